/* Heads as a text and back. */
#include "support.h"

#include "script/script_cache.h"
#include "util/error.h"

#include <string.h>

#define NAMES(...)                              \
	(const char *const[])                   \
	{                                       \
		__VA_ARGS__ __VA_OPT__(, ) NULL \
	}

static const char written[] = "portolan scripts 1\n"
			      "folder /a\\nb\\\\\n"
			      "script 17 4 5 one two.nse\n"
			      "category safe\n"
			      "category vuln\n"
			      "dependency x\n"
			      "author A\n"
			      "license free\n"
			      "description \\nline\\n\\\\n\n"
			      "script 18446744073709551609 0 1 b.nse\n"
			      "end\n";

static int parse(const char *text, struct script_records *ret_records)
{
	struct arena arena = ARENA_INIT;
	int r = script_cache_parse(text, strlen(text), "/a\nb\\", &arena, ret_records);

	arena_release(&arena);
	return r;
}

static void expect_corrupt(const char *text)
{
	struct script_records records = {.room = 99};

	if (parse(text, &records) != ERROR_CORRUPT)
		fail_msg("%s", text);
	assert_int_equal(records.room, 99);
}

static void what_is_written_reads_back(void **state)
{
	struct arena arena = ARENA_INIT;
	struct script_records records;
	const struct script_head *head;
	struct buf text = BUF_INIT;

	(void)state;
	assert_int_equal(script_cache_parse(written, strlen(written), "/a\nb\\", &arena, &records),
			 0);
	assert_int_equal(records.count, 2);
	assert_string_equal(records.all[0].file_name, "one two.nse");
	assert_int_equal(records.all[0].mtime_ns, 17);
	assert_int_equal(records.all[0].bytes, 4);
	head = &records.all[0].head;
	assert_int_equal(head->rules, SCRIPT_RULE_PRE | SCRIPT_RULE_PORT);
	assert_string_equal(head->categories[1], "vuln");
	assert_null(head->categories[2]);
	assert_string_equal(head->dependencies[0], "x");
	assert_string_equal(head->description, "\nline\n\\n");
	assert_null(records.all[1].head.description);
	assert_null(records.all[1].head.categories[0]);
	assert_int_equal(script_cache_write("/a\nb\\", &records, &text), 0);
	assert_string_equal(buf_str(&text), written);
	buf_release(&text);
	script_records_release(&records);
	arena_release(&arena);
}

#define TOP "portolan scripts 1\nfolder /a\\nb\\\\\n"

static void anything_else_is_damaged(void **state)
{
	static char many[10000] = TOP "script 1 1 1 a\n";
	char cut[sizeof(written)];

	(void)state;
	for (size_t bytes = 0; bytes < sizeof(written) - 1; bytes++) {
		memcpy(cut, written, bytes);
		cut[bytes] = '\0';
		expect_corrupt(cut);
	}
	expect_corrupt("portolan scripts 2\nfolder /a\\nb\\\\\nend\n");
	expect_corrupt("portolan scripts 1\nfolder /a\nend\n");
	expect_corrupt(TOP "end\nend\n");
	expect_corrupt(TOP "category x\nend\n");
	expect_corrupt(TOP "script 1 1 0 a\nend\n");
	expect_corrupt(TOP "script 1 1 16 a\nend\n");
	expect_corrupt(TOP "script 1 1 a\nend\n");
	expect_corrupt(TOP "script -1 1 1 a\nend\n");
	expect_corrupt(TOP "script 18446744073709551616 1 1 a\nend\n");
	expect_corrupt(TOP "script 1 1 1 ../a\nend\n");
	expect_corrupt(TOP "script 1 1 1 \nend\n");
	expect_corrupt(TOP "script 1 1 1 a\nother x\nend\n");
	for (size_t i = 0, at = strlen(many); i <= 257; i++)
		at += snprintf(many + at, sizeof(many) - at, i < 257 ? "category x\n" : "end\n");
	expect_corrupt(many);
}

static int read_and_write(void *self)
{
	struct arena arena = ARENA_INIT;
	struct script_records records;
	struct buf text = BUF_INIT;
	int r = script_cache_parse(written, strlen(written), "/a\nb\\", &arena, &records);

	(void)self;
	if (r == 0) {
		r = script_cache_write("/a", &records, &text);
		buf_release(&text);
		script_records_release(&records);
	}
	arena_release(&arena);
	return r;
}

static void short_memory_is_an_error(void **state)
{
	(void)state;
	support_each_allocation_fails(read_and_write, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(anything_else_is_damaged),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
