#include "support.h"

#include "util/error.h"
#include "util/text.h"

#include <string.h>

static void safe_is(const char *bytes, size_t count, const char *wanted)
{
	struct buf buf = BUF_INIT;

	text_add_safe(&buf, bytes, count);
	assert_string_equal(buf_str(&buf), wanted);
	buf_release(&buf);
}

static void readable_text_passes(void **state)
{
	static const char text[] =
		"a b\tc\nd~ \xc2\xa0 \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xe2\x80\xaf";

	safe_is(text, sizeof(text) - 1, text);
	safe_is("", 0, "");
}

static void what_a_terminal_obeys_is_shown(void **state)
{
	safe_is("\0\x1b[2J\r\x7f", 7, "\\x00\\x1B[2J\\x0D\\x7F");
	safe_is("\b\x0b\x0c", 3, "\\x08\\x0B\\x0C");
	safe_is("a\xc2\x9b"
		"b",
		4, "a\\xC2\\x9Bb"); /* U+009B, the 8-bit CSI */
	safe_is("\xc2\x80", 2, "\\xC2\\x80");
}

static void what_reorders_or_breaks_lines_is_shown(void **state)
{
	safe_is("\xd8\x9c", 2, "\\xD8\\x9C");            /* U+061C */
	safe_is("\xe2\x80\x8e", 3, "\\xE2\\x80\\x8E");   /* U+200E */
	safe_is("\xe2\x80\x8f", 3, "\\xE2\\x80\\x8F");   /* U+200F */
	safe_is("\xe2\x80\xa8", 3, "\\xE2\\x80\\xA8");   /* U+2028 */
	safe_is("x\xe2\x80\xae", 4, "x\\xE2\\x80\\xAE"); /* U+202E */
	safe_is("\xe2\x81\xa6", 3, "\\xE2\\x81\\xA6");   /* U+2066 */
	safe_is("\xe2\x81\xa9", 3, "\\xE2\\x81\\xA9");   /* U+2069 */
	safe_is("\xef\xbb\xbf", 3, "\\xEF\\xBB\\xBF");   /* BOM */
	safe_is("\xe2\x80\x8d", 3, "\xe2\x80\x8d");      /* a joiner is text */
}

static void bytes_that_are_no_utf8_are_shown(void **state)
{
	safe_is("\x80", 1, "\\x80");
	safe_is("\xc0\x80", 2, "\\xC0\\x80"); /* overlong */
	safe_is("\xe0\x80\x80", 3, "\\xE0\\x80\\x80");
	safe_is("\xf0\x8f\xbf\xbf", 4, "\\xF0\\x8F\\xBF\\xBF");
	safe_is("\xed\xa0\x80", 3, "\\xED\\xA0\\x80");          /* surrogate */
	safe_is("\xf4\x90\x80\x80", 4, "\\xF4\\x90\\x80\\x80"); /* past U+10FFFF */
	safe_is("\xff\xfe", 2, "\\xFF\\xFE");
	safe_is("\xe2\x82", 2, "\\xE2\\x82"); /* cut short */
	/* What stands behind the end is not read, even where it would fit. */
	safe_is("\xe2\x82\xac", 2, "\\xE2\\x82");
	safe_is("\xe2\x82z", 3, "\\xE2\\x82z");
	safe_is("\xf4\x8f\xbf\xbf", 4, "\xf4\x8f\xbf\xbf");
}

static void utf8_is_told_from_the_rest(void **state)
{
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("\0a\x1b", 3));
	assert_true(text_is_utf8("\xe2\x80\xae\xf0\x9f\x98\x80", 7));
	assert_false(text_is_utf8("a\xe9", 2));
	assert_false(text_is_utf8("\xf0\x9f\x98", 3));
	assert_false(text_is_utf8("\xc1\xbf", 2));
}

static void ascii_keeps_tab_and_line_feed_only(void **state)
{
	struct buf buf = BUF_INIT;

	text_add_ascii(&buf, "a\t\n ~\\\r\x7f\xc3\xa9\0z", 12);
	assert_string_equal(buf_str(&buf), "a\t\n ~\\\\x0D\\x7F\\xC3\\xA9\\x00z");
	buf_release(&buf);
}

static void host_names_keep_what_names_may_hold(void **state)
{
	char name[24];

	text_clean_host_name("aZ09.-+=:_~*x", name, sizeof(name));
	assert_string_equal(name, "aZ09.-+=:_~*x");
	text_clean_host_name("a b/<\x1b\xc3\xa9@[`{", name, sizeof(name));
	assert_string_equal(name, "a*b*********");
	text_clean_host_name("abcdef", name, 4);
	assert_string_equal(name, "abc");
	text_clean_host_name("abcdef", name, 1);
	assert_string_equal(name, "");
	name[0] = 'k';
	text_clean_host_name("abc", name, 0);
	assert_int_equal(name[0], 'k');
}

static void wildcards_match_whole_texts_in_any_case(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} table[] = {
		{"http", "HTTP", true},  {"http", "https", false}, {"http*", "https", true},
		{"http*", "http", true}, {"*", "", true},          {"", "", true},
		{"", "a", false},        {"?", "", false},         {"?", "a", true},
		{"??", "a", false},      {"a*b*c", "aXbYc", true}, {"a*b*c", "abbbcc", true},
		{"a*b*c", "acb", false}, {"*ab", "aab", true},     {"*a?b", "aaab", true},
		{"**a**", "bab", true},  {"*-*-*", "a-b", false},  {"n?tbios*", "NetBIOS-ns", true},
		{"a", "*", false},       {"*b", "abab", true},     {"a*a", "a", false},
		{"[", "{", false},       {"@", "`", false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (text_matches(table[i].pattern, table[i].text) != table[i].matches)
			fail_msg("%s against %s", table[i].pattern, table[i].text);
}

/* A matcher that tries every split takes longer than the sun has left. */
static void many_stars_do_not_explode(void **state)
{
	char pattern[401], text[2001];

	for (size_t i = 0; i < 400; i++)
		pattern[i] = i % 2 ? '*' : 'a';
	pattern[399] = 'b';
	pattern[400] = '\0';
	memset(text, 'a', 2000);
	text[2000] = '\0';
	assert_false(text_matches(pattern, text));
	text[1999] = 'b';
	assert_true(text_matches(pattern, text));
}

static int add_both(void *self)
{
	struct buf buf = BUF_INIT;
	bool ok;

	for (int i = 0; i < 40; i++) {
		text_add_safe(&buf, "abc\x1b\xc3\xa9", 6);
		text_add_ascii(&buf, "abc\x1b\xc3\xa9", 6);
	}
	ok = buf_ok(&buf);
	buf_release(&buf);
	return ok ? 0 : ERROR_MEMORY;
}

static void short_memory_is_remembered(void **state)
{
	support_each_allocation_fails(add_both, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readable_text_passes),
		cmocka_unit_test(what_a_terminal_obeys_is_shown),
		cmocka_unit_test(what_reorders_or_breaks_lines_is_shown),
		cmocka_unit_test(bytes_that_are_no_utf8_are_shown),
		cmocka_unit_test(utf8_is_told_from_the_rest),
		cmocka_unit_test(ascii_keeps_tab_and_line_feed_only),
		cmocka_unit_test(host_names_keep_what_names_may_hold),
		cmocka_unit_test(wildcards_match_whole_texts_in_any_case),
		cmocka_unit_test(many_stars_do_not_explode),
		cmocka_unit_test(short_memory_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
