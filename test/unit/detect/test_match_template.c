#include "support.h"

#include "detect/service/template.h"

#include <string.h>

/* Groups of a made-up match; "" took part and is empty, NULL took none. */
static struct match_group groups[MATCH_GROUPS];

static void give(size_t number, const void *bytes, size_t count)
{
	groups[number] = (struct match_group){bytes, count};
}

static void give_text(size_t number, const char *text)
{
	give(number, text, strlen(text));
}

static int forget(void **state)
{
	memset(groups, 0, sizeof(groups));
	return 0;
}

static const char *fill_as(enum match_field field, const char *template)
{
	static char text[MATCH_FIELD_BYTES];
	const char *why;

	memset(text, 'x', sizeof(text));
	why = match_template_fill(field, template, groups, text);
	assert_true(!why || !*text);
	assert_non_null(memchr(text, 0, match_field_bytes(field)));
	return why ? "!" : text;
}

static const char *fill(const char *template)
{
	return fill_as(MATCH_PRODUCT, template);
}

/* The example of formats.md 6.3. */
static void the_specs_example_comes_out(void **state)
{
	give_text(1, "1");
	give_text(2, "48");
	assert_string_equal(fill("Zork $P(2)"), "Zork 48");
	assert_string_equal(fill_as(MATCH_VERSION, "$I(1,\">\")"), "49");
	assert_string_equal(fill_as(MATCH_EXTRAINFO, "n=$1"), "n=1");
	assert_string_equal(fill_as(MATCH_HOSTNAME, "zork.$1"), "zork.1");
	assert_string_equal(fill_as(MATCH_CPE_H, "cpe:/h:infocom:zork:$2"),
			    "cpe:/h:infocom:zork:48");
	give_text(1, "8.9");
	give_text(2, "Open_SSH_");
	assert_string_equal(fill("x $SUBST(2,\"_\",\".\"), , "), "x Open.SSH.");
}

static void groups_are_copied_byte_for_byte(void **state)
{
	give(1, "\x01\xff\n", 3);
	give_text(9, "nine");
	assert_string_equal(fill("<$1$9>"), "<\x01\xff\nnine>");
	assert_string_equal(fill("$90"), "nine0");
	give_text(2, "");
	assert_string_equal(fill("a$2b"), "ab");
}

static void what_cannot_be_filled_is_empty(void **state)
{
	static const char *const bad[] = {
		"$2",
		"a $2 b",
		"$",
		"$0",
		"$x",
		"$P",
		"$P(",
		"$P(1",
		"$P()",
		"$P(2)",
		"$P(10)",
		"$P(0)",
		"$P(1,2)",
		"$P(\"1\")",
		"$p(1)",
		"$PX(1)",
		"$P(1 2)",
		"$I(1)",
		"$I(1,\">\",1)",
		"$I(1,\"=\")",
		"$I(1,\"\")",
		"$I(1,>)",
		"$I(1,1)",
		"$P(-1)",
		"$SUBST(1,\"a\")",
		"$SUBST(1,\"\",\"b\")",
		"$SUBST(1,\"\\q\",\"b\")",
		"$SUBST(1,\"a\",\"b)",
		"$SUBST(1,\"\\x4\",\"b\")",
		"$P(1,2,3,4,5,6)",
		"$P(09)",
		"$P(0x)",
		"$P(99999999999999999999)",
		"$SUBST(1,",
		"$SUBST(1,\"",
		"$SUBST(1,\"\\",
	};
	size_t i;

	give_text(1, "ab");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_string_equal(fill(bad[i]), "!");
}

static void arguments_are_c_like(void **state)
{
	char template[400] = "$SUBST(1,\"a\",\"", text[128];

	give_text(1, "a-b");
	assert_string_equal(fill("$P(0x1)$P(01)$P( 1 )"), "a-ba-ba-b");
	assert_string_equal(fill("$SUBST( 1 , \"-\" , \"\\x2b\\\\\\t\" )"), "a+\\\tb");
	memset(text, 'c', 127);
	text[127] = '\0';
	snprintf(template, sizeof(template), "$SUBST(1,\"a\",\"%s\")", text);
	assert_string_equal(fill_as(MATCH_EXTRAINFO, template) + 127, "-b");
	snprintf(template, sizeof(template), "$SUBST(1,\"a\",\"c%s\")", text);
	assert_string_equal(fill_as(MATCH_EXTRAINFO, template), "!");
}

static void printable_collapses_wide_text(void **state)
{
	give(1, "W\0i\0n\0\x80\x7f\x1f ~", 11);
	assert_string_equal(fill("$P(1)"), "Win ~");
}

static void every_occurrence_is_replaced_left_to_right(void **state)
{
	give_text(1, "aaaxaa");
	assert_string_equal(fill("$SUBST(1,\"aa\",\"b\")"), "baxb");
	assert_string_equal(fill("$SUBST(1,\"a\",\"\")"), "x");
	assert_string_equal(fill("$SUBST(1,\"aaaxaab\",\"\")"), "aaaxaa");
}

static void integers_have_two_byte_orders(void **state)
{
	give(1, "\x01\x02", 2);
	assert_string_equal(fill("$I(1,\">\")/$I(1,\"<\")"), "258/513");
	give(1, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	assert_string_equal(fill("$I(1,\">\")"), "18446744073709551615");
	give(1, "\xff\xff\xff\xff\xff\xff\xff\xff\x01", 9);
	assert_string_equal(fill("$I(1,\">\")"), "!");
	give(1, "", 0);
	assert_string_equal(fill("$I(1,\">\")"), "0");
}

static void ends_at_a_substituted_nul_and_before_blanks_and_commas(void **state)
{
	give(1, "ab \0cd", 6);
	assert_string_equal(fill("x$1y"), "xab");
	assert_string_equal(fill_as(MATCH_CPE_A, "cpe:/a:$1:c"), "cpe:/a:ab_");
	give(1, "a\0b\0c", 5);
	assert_string_equal(fill("$1$1"), "a");
	give_text(1, " ,\t\r\n,");
	assert_string_equal(fill("a, b$1"), "a, b");
	assert_string_equal(fill("$1"), "");
	assert_string_equal(fill(" ,a"), " ,a");
}

static void lengths_are_those_of_the_format(void **state)
{
	static const struct {
		enum match_field field;
		size_t bytes;
	} fields[] = {
		{MATCH_PRODUCT, 80},  {MATCH_VERSION, 80}, {MATCH_EXTRAINFO, 256},
		{MATCH_HOSTNAME, 80}, {MATCH_OSTYPE, 32},  {MATCH_DEVICETYPE, 32},
		{MATCH_CPE_A, 80},    {MATCH_CPE_H, 80},   {MATCH_CPE_O, 80},
	};
	char text[300], template[300];
	size_t i;

	memset(text, 'a', sizeof(text));
	memset(template, 'b', sizeof(template));
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		give(1, text, fields[i].bytes - 1);
		assert_int_equal(strlen(fill_as(fields[i].field, "$1")), fields[i].bytes - 1);
		give(1, text, fields[i].bytes);
		assert_string_equal(fill_as(fields[i].field, "$1"), "!");
		template[fields[i].bytes - 1] = '\0';
		assert_int_equal(strlen(fill_as(fields[i].field, template)), fields[i].bytes - 1);
		template[fields[i].bytes - 1] = 'b';
		template[fields[i].bytes] = '\0';
		assert_string_equal(fill_as(fields[i].field, template), "!");
		template[fields[i].bytes] = 'b';
	}
}

static void cpes_escape_what_was_substituted(void **state)
{
	give_text(1, "A b:/?#[]@!$&'()*+,;=%<>\"~-._\t");
	assert_string_equal(fill_as(MATCH_EXTRAINFO, "A $1"), "A A b:/?#[]@!$&'()*+,;=%<>\"~-._");
	give_text(1, "A b:/?#[]@!$");
	assert_string_equal(fill_as(MATCH_CPE_A, "cpe:/a:B c:$1"),
			    "cpe:/a:B c:a_b%3A%2F%3F%23%5B%5D%40%21%24");
	give_text(1, "&'()*+,;=%<>\"~-._\t\xc3");
	assert_string_equal(fill_as(MATCH_CPE_H, "$1"),
			    "%26%27%28%29%2A%2B%2C%3B%3D%25%3C%3E%22~-.__\xc3");
	assert_string_equal(fill_as(MATCH_CPE_O, "$SUBST(1,\"&\",\"M \")"),
			    "m_%27%28%29%2A%2B%2C%3B%3D%25%3C%3E%22~-.__\xc3");
}

static void a_cpe_too_long_once_escaped_is_empty(void **state)
{
	give_text(1, "::::::::::::::::::::::::::::");
	assert_string_equal(fill_as(MATCH_CPE_A, "$1"), "!");
	assert_string_equal(fill_as(MATCH_PRODUCT, "$1"), "::::::::::::::::::::::::::::");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_specs_example_comes_out, forget),
		cmocka_unit_test_setup(groups_are_copied_byte_for_byte, forget),
		cmocka_unit_test_setup(what_cannot_be_filled_is_empty, forget),
		cmocka_unit_test_setup(arguments_are_c_like, forget),
		cmocka_unit_test_setup(printable_collapses_wide_text, forget),
		cmocka_unit_test_setup(every_occurrence_is_replaced_left_to_right, forget),
		cmocka_unit_test_setup(integers_have_two_byte_orders, forget),
		cmocka_unit_test_setup(ends_at_a_substituted_nul_and_before_blanks_and_commas,
				       forget),
		cmocka_unit_test_setup(lengths_are_those_of_the_format, forget),
		cmocka_unit_test_setup(cpes_escape_what_was_substituted, forget),
		cmocka_unit_test_setup(a_cpe_too_long_once_escaped_is_empty, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
