#include "support.h"

#include "detect/service/pattern_parse.h"
#include "util/buf.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct pattern_needs needs;

static void parse(const char *pattern)
{
	memset(&needs, 0xa5, sizeof(needs));
	pattern_parse((const uint8_t *)pattern, strlen(pattern), &needs);
}

static void add_literal(struct buf *out, const struct pattern_literal *literal)
{
	assert_true(literal->begin + literal->bytes <= needs.text_bytes);
	buf_add(out, needs.text + literal->begin, literal->bytes);
}

/* "MIN PREFIX: factor factor|or|one ...", or "unknown". In the prefix: a byte that is known,
 * `~` for one of which something is known, `.` for any. */
static const char *said(const char *pattern)
{
	static struct buf out = BUF_INIT;
	size_t i, j;

	parse(pattern);
	buf_clear(&out);
	if (!needs.known)
		return "unknown";
	buf_addf(&out, "%u ", needs.min_bytes);
	for (i = 0, j = PATTERN_PREFIX_BYTES; j && !needs.mask[j - 1]; j--)
		assert_int_equal(needs.value[j - 1], 0);
	for (; i < j; i++)
		buf_add_char(&out, needs.mask[i] == 0xff ? (char)needs.value[i]
				   : needs.mask[i]       ? '~'
							 : '.');
	buf_add_str(&out, ":");
	for (i = 0; i < needs.factors_count; i++) {
		for (j = 0; j < needs.factors[i].count; j++) {
			buf_add_char(&out, j ? '|' : ' ');
			add_literal(&out, &needs.literals[needs.factors[i].first + j]);
		}
	}
	return buf_str(&out);
}

static void demands_are_read(void **state)
{
	static const char *const cases[][2] = {
		/* runs, and what ends them */
		{"", "0 :"},
		{"a", "1 :"},
		{"abc", "3 : abc"},
		{"aBc DEF", "7 : abc def"},
		{"^SSH-", "4 ssh-: ssh-"},
		{"ab.cd", "5 : ab cd"},
		{"ab\\d\\scd", "6 : ab cd"},
		{"ab[xy]cd", "5 : ab cd"},
		{"ab[x]cd", "5 : abxcd"},
		{"ab[xX]cd", "5 : abxcd"},
		{"ab[^x]cd", "5 : ab cd"},
		{"ab\\.cd\\r\\n", "7 : ab.cd\r\n"},
		{"\\x41\\x{42}\\103\\x4a", "unknown"},
		{"\\x41\\x{42}C\\x4a", "4 : abcj"},
		{"\\a\\e\\f\\n\\r\\t", "6 : \a\033\f\n\r\t"},
		{"\\060\\0601", "3 : 001"},
		/* zero width */
		{"ab\\bcd$", "4 : abcd"},
		{"ab^cd", "4 : abcd"},
		{"ab(?=xyz)cd", "4 : abcd"},
		{"ab(?!xyz)cd", "4 : abcd"},
		{"ab(?<=xyz|b)cd", "4 : abcd"},
		{"^ab(?!xyz)cd", "4 abcd: abcd"},
		/* counts */
		{"abc?de", "4 : ab de"},
		{"abc*de", "4 : ab de"},
		{"abc+de", "5 : abc cde"},
		{"abc+?de", "5 : abc cde"},
		{"abc++de", "5 : abc cde"},
		{"abc{0}de", "4 : abde"},
		{"abc{2}de", "6 : abccde"},
		{"abc{2,3}de", "6 : abcc cde"},
		{"abc{2,}de", "6 : abcc cde"},
		{"abc{20}de", "24 : abcccccccc cde"},
		{"abc{,2}de", "9 : abc{,2}de"},
		{"abc{de", "6 : abc{de"},
		{".{200}", "200 :"},
		{"(a.{60000}){60000}", "65535 :"},
		{"abc(?#x)?de", "4 : ab de"},
		{"a{2}{3}", "unknown"},
		{"*a", "unknown"},
		/* groups */
		{"ab(cd)ef", "6 : abcdef"},
		{"ab(?:cd)ef", "6 : abcdef"},
		{"ab(?>cd)ef", "6 : abcdef"},
		{"ab(?<n>cd)(?P<m>ef)(?'o'gh)", "8 : abcdefgh"},
		{"ab(cd)?ef", "4 : ab ef"},
		{"ab(cd)*ef", "4 : ab ef"},
		{"ab(cd)+ef", "6 : abcd ef"},
		{"ab(cd){3}ef", "10 : abcd ef"},
		{"ab(c(de)?f)gh", "6 : abc fgh"},
		{"ab(cd.ef)?gh", "4 : ab gh"},
		{"ab(?i)cd(?s-i)ef", "6 : abcdef"},
		{"ab(?i:cd)ef", "6 : abcdef"},
		{"ab(cd", "unknown"},
		{"ab)cd", "unknown"},
		/* alternatives */
		{"abc|def", "3 : abc|def"},
		{"^abc|def", "3 : abc|def"},
		{"ab(cd|efg)hi", "6 : abcd|efg ab hi"},
		{"ab(cd|e)hi", "5 : ab hi"},
		{"ab(cd|)hi", "4 : ab hi"},
		{"ab(cd|ef)?hi", "4 : ab hi"},
		{"(abc.d|e.fghi)", "5 : abc|fghi"},
		{"(ab|(cd|ef)|gh)", "2 : ab|cd|ef|gh"},
		{"^(?:220|230)-x", "5 : 220|230 -x"},
		{"^ab(c|d)ef", "5 ab: ab ef"},
		/* prefixes */
		{"^(ab)cdefghij", "10 abcdefgh: abcdefghij"},
		{"^a.c\\dd", "5 a.c.d:"},
		{"^[ab]cd", "3 ~cd: cd"},
		{"^[a-z]\\x00d", "3 ~"},
		{"^ab?c", "2 a:"},
		{"^ab+c", "3 ab: ab bc"},
		{"^a{2}b", "3 aab: aab"},
		{"^(ab){2}c", "5 ab: ab"},
		{"^(ab)?c", "1 :"},
		{"^^ab", "2 ab: ab"},
		{"^?ab", "2 : ab"},
		{"(^ab)", "2 : ab"},
		{"a^b", "2 : ab"},
		{"(?i)^ab", "2 ab: ab"},
		{"(?m)^ab", "2 : ab"},
		{"(?im)^ab", "2 : ab"},
		{"(?#c)^ab", "2 ab: ab"},
		/* unknown lengths */
		{"(ab)\\1cd", "4 : ab cd"},
		{"ab\\Rcd", "5 : ab cd"},
		{"ab\\R?cd", "4 : ab cd"},
		/* classes */
		{"[]a]bc", "3 : bc"},
		{"[^]a]bc", "3 : bc"},
		{"[[:alpha:]]bc", "3 : bc"},
		{"[[:]bc", "3 : bc"},
		{"[\\]]bc", "3 : ]bc"},
		{"[\\b]bc", "3 : \bbc"},
		{"[\\101]bc", "3 : abc"},
		{"[a-]bc", "3 : bc"},
		{"[a", "unknown"},
		{"[", "unknown"},
		{"[\\", "unknown"},
		/* what is not understood */
		{"\\", "unknown"},
		{"a(?R)b", "unknown"},
		{"a(?1)b", "unknown"},
		{"a(?(1)b|c)", "unknown"},
		{"(*UTF)a", "unknown"},
		{"a(*ACCEPT)b", "unknown"},
		{"(?x) a b", "unknown"},
		{"(?^)a", "unknown"},
		{"a(?C)b", "unknown"},
		{"\\Qa\\E", "unknown"},
		{"\\p{L}", "unknown"},
		{"\\cA", "unknown"},
		{"\\g1", "unknown"},
		{"\\k<n>", "unknown"},
		{"\\N{U+61}", "unknown"},
		{"\\x{100}", "unknown"},
		{"\\x{}", "unknown"},
		{"\\x{", "unknown"},
		{"a\\10", "unknown"},
		{"(?<n", "unknown"},
		{"(?", "unknown"},
		{"(?#", "unknown"},
		{"a(?P>n)", "unknown"},
		{"a(?P=n)", "unknown"},
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		const char *got = said(cases[i][0]);

		if (strcmp(got, cases[i][1]) != 0)
			print_message("%s\n", cases[i][0]);
		assert_string_equal(got, cases[i][1]);
	}
}

static void nulls_and_high_bytes_are_bytes(void **state)
{
	static const uint8_t pattern[] = "^\0\xff\\x00A";

	pattern_parse(pattern, sizeof(pattern) - 1, &needs);
	assert_true(needs.known);
	assert_int_equal(needs.min_bytes, 4);
	assert_memory_equal(needs.mask, "\xff\xff\xff\xff\0\0\0\0", 8);
	assert_memory_equal(needs.value, "\0\xff\0a\0\0\0\0", 8);
	assert_int_equal(needs.literals[0].bytes, 4);
}

static void repeat(char *to, size_t room, const char *what, size_t times, const char *end)
{
	struct buf out = BUF_INIT;

	while (times--)
		buf_add_str(&out, what);
	buf_add_str(&out, end);
	assert_true(out.len < room);
	memcpy(to, buf_str(&out), out.len + 1);
	buf_release(&out);
}

/* More than there is room for makes less known, not something else. */
static void caps_hold(void **state)
{
	static char pattern[20000];
	size_t i;

	repeat(pattern, sizeof(pattern), "ab.", 5000, "cd");
	parse(pattern);
	assert_true(needs.known);
	assert_int_equal(needs.min_bytes, 15002);
	assert_int_equal(needs.factors_count, PATTERN_FACTORS_MAX);
	repeat(pattern, sizeof(pattern), "abcd", 3000, "");
	parse(pattern);
	assert_int_equal(needs.factors_count, 1);
	assert_int_equal(needs.literals[0].bytes, PATTERN_TEXT_MAX);
	repeat(pattern, sizeof(pattern), "ab|", PATTERN_SET_MAX - 1, "ab");
	parse(pattern);
	assert_int_equal(needs.factors[0].count, PATTERN_SET_MAX);
	repeat(pattern, sizeof(pattern), "ab|", PATTERN_SET_MAX, "ab");
	parse(pattern);
	assert_true(needs.known);
	assert_int_equal(needs.factors_count, 0);
	repeat(pattern, sizeof(pattern), "(ab|cd)", 2000, "");
	parse(pattern);
	assert_true(needs.known);
	for (i = 0; i < needs.factors_count; i++)
		assert_true(needs.factors[i].first + needs.factors[i].count <=
			    needs.literals_count);
	repeat(pattern, sizeof(pattern), "(", PATTERN_NESTED_MAX + 1, "");
	parse(pattern);
	assert_false(needs.known);
	assert_int_equal(needs.min_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(demands_are_read),
		cmocka_unit_test(nulls_and_high_bytes_are_bytes),
		cmocka_unit_test(caps_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
