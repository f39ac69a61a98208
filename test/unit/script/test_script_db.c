/* script.db read by its grammar, and written sorted. */
#include "support.h"

#include "script/script_db.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

#define NAMES(...)                              \
	(const char *const[])                   \
	{                                       \
		__VA_ARGS__ __VA_OPT__(, ) NULL \
	}

static void expect(const char *text, const char *expected)
{
	struct script_db db;
	struct diag diag = {0};
	char shown[512] = "";
	size_t used = 0;

	if (script_db_parse(text, strlen(text), &db, &diag) < 0)
		fail_msg("%s: %u:%u: %s", text, diag.line, diag.column, diag.text);
	for (size_t i = 0; i < db.count; i++) {
		used += snprintf(shown + used, sizeof(shown) - used, "%s:", db.all[i].file_name);
		for (const char *const *each = db.all[i].categories; *each; each++)
			used += snprintf(shown + used, sizeof(shown) - used, " %s", *each);
		used += snprintf(shown + used, sizeof(shown) - used, ";");
	}
	assert_string_equal(shown, expected);
	script_db_release(&db);
}

static void expect_error(const char *text, unsigned line, unsigned column, const char *words)
{
	struct script_db db;
	struct diag diag = {0};

	assert_int_equal(script_db_parse(text, strlen(text), &db, &diag), ERROR_SYNTAX);
	assert_string_equal(diag.text, words);
	assert_int_equal(diag.line, line);
	assert_int_equal(diag.column, column);
}

static void entries_are_read_as_written(void **state)
{
	(void)state;
	expect("", "");
	expect("Entry { filename = \"b.nse\", categories = { \"discovery\", \"safe\", } }\n"
	       "Entry { filename = \"a.nse\", categories = { \"vuln\", } }\n",
	       "b.nse: discovery safe;a.nse: vuln;");
	expect("Entry { filename = \"a.nse\", categories = { } }", "a.nse:;");
}

static void lua_allows_more_ways_to_write_it(void **state)
{
	(void)state;
	expect("-- all of them\nEntry({categories={'Safe';'vuln'};filename='a.nse'});Entry{"
	       "filename=\"b\\\\\\\"\\'\\n.nse\" , -- odd\n categories\t=\r\n{},}",
	       "a.nse: safe vuln;b\\\"'\n.nse:;");
}

static void what_is_no_entry_is_told_with_its_place(void **state)
{
	(void)state;
	expect_error("os.execute('x')", 1, 1, "`Entry` expected");
	expect_error("Entry { filename = \"a\", categories = {} }\n  Entries {}", 2, 3,
		     "`Entry` expected");
	expect_error("Entry \"a\"", 1, 7, "`{` expected");
	expect_error("Entry { filename = \"a\" }", 1, 25, "an entry with `categories` expected");
	expect_error("Entry { categories = {} }", 1, 26, "an entry with a `filename` expected");
	expect_error("Entry { filename = f(), categories = {} }", 1, 20, "a string expected");
	expect_error("Entry { filename = \"a", 1, 20, "a string expected");
	expect_error("Entry { filename = \"a\\", 1, 20, "a string expected");
	expect_error("Entry { filename = \"\\x41\"", 1, 20, "a string expected");
	expect_error("Entry { filename = \"a\" categories", 1, 24, "`,` or `}` expected");
	expect_error("Entry { filename \"a\"", 1, 18, "`=` expected");
	expect_error("Entry { name = \"a\"", 1, 9, "`filename` or `categories` expected");
	expect_error("Entry { categories = {{}} }", 1, 23, "a string expected");
	expect_error("Entry { categories = \"x\" }", 1, 22, "`{` expected");
	expect_error("Entry { categories = {\"x\" \"y\"} }", 1, 27, "`,` or `}` expected");
	expect_error("Entry({filename='a',categories={}}", 1, 35, "`)` expected");
}

static void what_is_written_is_sorted_and_can_be_read(void **state)
{
	struct script_db_entry entries[] = {
		{"b.nse", NAMES("vuln", "safe", "vuln")},
		{"a-b.nse", NAMES()},
		{"a\"\\\n.nse", NAMES("default")},
	};
	struct buf text = BUF_INIT;

	(void)state;
	assert_int_equal(script_db_write(entries, 3, &text), 0);
	assert_string_equal(
		buf_str(&text),
		"Entry { filename = \"a\\\"\\\\\\n.nse\", categories = { \"default\", } }\n"
		"Entry { filename = \"a-b.nse\", categories = { } }\n"
		"Entry { filename = \"b.nse\", categories = { \"safe\", \"vuln\", } }\n");
	expect(buf_str(&text), "a\"\\\n.nse: default;a-b.nse:;b.nse: safe vuln;");
	buf_release(&text);
}

static int read_and_write(void *self)
{
	static const char written[] = "Entry { filename = \"b.nse\", categories = { \"x\", } }\n";
	struct script_db db;
	struct buf text = BUF_INIT;
	int r = script_db_parse(written, strlen(written), &db, NULL);

	(void)self;
	if (r < 0)
		return r;
	r = script_db_write(db.all, db.count, &text);
	buf_release(&text);
	script_db_release(&db);
	return r;
}

static void short_memory_is_an_error(void **state)
{
	(void)state;
	support_each_allocation_fails(read_and_write, NULL, 50);
}

/* Our writer makes of Debian's list the list itself. */
static void the_list_of_nmap_is_written_as_it_is(void **state)
{
	struct script_db db;
	struct buf text = BUF_INIT;
	FILE *file = fopen("/usr/share/nmap/scripts/script.db", "rb");
	static char original[1 << 20];
	size_t bytes;

	(void)state;
	if (!file) {
		print_message("SKIPPED: nmap-common is not installed\n");
		skip();
	}
	bytes = fread(original, 1, sizeof(original) - 1, file);
	fclose(file);
	assert_int_equal(script_db_parse(original, bytes, &db, NULL), 0);
	assert_true(db.count >= 600);
	assert_int_equal(script_db_write(db.all, db.count, &text), 0);
	assert_string_equal(buf_str(&text), original);
	buf_release(&text);
	script_db_release(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_read_as_written),
		cmocka_unit_test(lua_allows_more_ways_to_write_it),
		cmocka_unit_test(what_is_no_entry_is_told_with_its_place),
		cmocka_unit_test(what_is_written_is_sorted_and_can_be_read),
		cmocka_unit_test(short_memory_is_an_error),
		cmocka_unit_test(the_list_of_nmap_is_written_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
