/* The text of --script-help. */
#include "support.h"

#include "script/script_help.h"

static void expect(const struct script_head *head, const char *expected)
{
	struct buf out = BUF_INIT;

	script_help_add(&out, "an-id", head);
	assert_string_equal(buf_str(&out), expected);
	buf_release(&out);
}

static const char *const categories[] = {"safe", "Default", NULL};

static void lines_are_indented_and_empty_ones_are_not(void **state)
{
	const struct script_head head = {.categories = categories,
					 .description = "\n\n  lead\n\nmid\n"};

	(void)state;
	expect(&head, "\nan-id\nCategories: safe Default\n\n\n    lead\n\n  mid\n");
}

static void what_is_missing_is_left_out(void **state)
{
	const struct script_head none = {.categories = categories + 2};
	const struct script_head open_end = {.categories = categories + 1, .description = "x"};

	(void)state;
	expect(&none, "\nan-id\nCategories:\n");
	expect(&open_end, "\nan-id\nCategories: Default\n  x\n");
}

static void a_terminal_obeys_nothing_in_it(void **state)
{
	const struct script_head head = {.categories = categories + 2,
					 .description = "a\x1b[2Jb\rc"};

	(void)state;
	expect(&head, "\nan-id\nCategories:\n  a\\x1B[2Jb\\x0Dc\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_indented_and_empty_ones_are_not),
		cmocka_unit_test(what_is_missing_is_left_out),
		cmocka_unit_test(a_terminal_obeys_nothing_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
