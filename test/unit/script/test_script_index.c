/* Folders of scripts: from their script.db, their heads, or the cache of these. */
#include "folder_fixture.h"

#include "script/script_index.h"
#include "script/script_name.h"
#include "util/error.h"
#include "util/files.h"

#include <fcntl.h>
#include <time.h>

#define REST " action = print portrule = print\n"

static struct script_index *read_index(const char *const *places, size_t count, const char *cache)
{
	const struct script_folders folders = {places, count};
	struct script_index *index = NULL;
	struct diag diag = {0};

	if (script_index_read(NULL, &folders, cache, &index, &diag) < 0)
		fail_msg("%s", diag.text);
	return index;
}

/* "path: category category;" of all, without the folder's own path. */
static void expect(const struct script_index *index, const char *expected)
{
	const struct script_entries *entries = script_index_entries(index);
	char shown[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < entries->count; i++) {
		const struct script_entry *entry = &entries->all[i];

		assert_int_equal(strncmp(entry->path, folder, strlen(folder)), 0);
		used += snprintf(shown + used, sizeof(shown) - used,
				 "%s(%s):", entry->path + strlen(folder) + 1, entry->id);
		for (const char *const *each = entry->categories; *each; each++)
			used += snprintf(shown + used, sizeof(shown) - used, " %s", *each);
		used += snprintf(shown + used, sizeof(shown) - used, ";");
	}
	assert_string_equal(shown, expected);
}

static void expect_one(const char *place, const char *cache, const char *expected)
{
	struct script_index *index = read_index(&place, 1, cache);

	expect(index, expected);
	script_index_free(index);
}

static void script_db_is_asked_first(void **state)
{
	(void)state;
	make_folder("s");
	write_file("s/a.nse", "this is not even read");
	write_file("s/script.db", "Entry { filename = \"a.nse\", categories = { \"Safe\", } }\n");
	expect_one(in_folder("s"), NULL, "s/a.nse(a): safe;");
}

static void heads_are_read_where_there_is_none(void **state)
{
	(void)state;
	make_folder("s");
	write_file("s/b.nse", "categories = {'Default', 'safe'}" REST);
	write_file("s/a.nse", REST);
	write_file("s/notes", "none");
	expect_one(in_folder("s"), NULL, "s/a.nse(a):;s/b.nse(b): default safe;");
}

static void the_first_folder_counts_and_a_missing_one_does_not(void **state)
{
	const char *const places[] = {in_folder("none"), in_folder("s"), in_folder("t")};
	struct script_index *index;

	(void)state;
	make_folder("s");
	make_folder("t");
	write_file("s/a.nse", "categories = {'safe'}" REST);
	write_file("t/a.nse", "categories = {'vuln'}" REST);
	write_file("t/b.nse", "categories = {'vuln'}" REST);
	index = read_index(places, 3, NULL);
	expect(index, "s/a.nse(a): safe;t/b.nse(b): vuln;");
	script_index_free(index);
	write_file("t/script.db", "Entry { filename = \"a.nse\", categories = { \"dos\", } }\n"
				  "Entry { filename = \"c.nse\", categories = { \"dos\", } }\n");
	index = read_index(places, 3, NULL);
	expect(index, "s/a.nse(a): safe;t/c.nse(c): dos;");
	script_index_free(index);
}

static void what_cannot_be_understood_is_named(void **state)
{
	const char *place = in_folder("s");
	const struct script_folders folders = {&place, 1};
	struct script_index *index = NULL;
	struct diag diag = {0};
	char expected[400];

	(void)state;
	make_folder("s");
	write_file("s/a.nse", "x = = 1");
	assert_int_equal(script_index_read(NULL, &folders, NULL, &index, &diag), ERROR_SYNTAX);
	snprintf(expected, sizeof(expected), "Failed to load %s: %s:1: unexpected symbol near '='",
		 in_folder("s/a.nse"), in_folder("s/a.nse"));
	assert_string_equal(diag.text, expected);
	write_file("s/script.db", "\nEntry(1)");
	assert_int_equal(script_index_read(NULL, &folders, NULL, &index, &diag), ERROR_SYNTAX);
	snprintf(expected, sizeof(expected), "%s: `{` expected", in_folder("s/script.db"));
	assert_string_equal(diag.text, expected);
	assert_int_equal(diag.line, 2);
	assert_null(index);
}

static void heads_are_told_of_any_file(void **state)
{
	const char *place = in_folder("s");
	struct script_index *index;
	const struct script_head *head, *again;
	struct diag diag = {0};

	(void)state;
	make_folder("s");
	write_file("s/a.nse", "description = 'of a'" REST);
	write_file("b.nse", "description = 'of b'" REST);
	index = read_index(&place, 1, NULL);
	assert_int_equal(script_index_head(index, in_folder("s/a.nse"), &head, NULL), 0);
	assert_string_equal(head->description, "of a");
	assert_int_equal(script_index_head(index, in_folder("b.nse"), &head, NULL), 0);
	assert_string_equal(head->description, "of b");
	assert_int_equal(script_index_head(index, in_folder("b.nse"), &again, NULL), 0);
	assert_ptr_equal(head, again);
	assert_int_equal(script_index_head(index, in_folder("c.nse"), &head, &diag),
			 ERROR_NOT_FOUND);
	script_index_free(index);
}

/* ---- the cache ---- */

static void set_mtime(const char *name, time_t seconds)
{
	const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

	assert_int_equal(utimensat(AT_FDCWD, in_folder(name), times, 0), 0);
}

static void a_head_is_read_again_only_when_its_file_changed(void **state)
{
	(void)state;
	make_folder("s");
	write_file("s/a.nse", "categories = {'one'}" REST);
	write_file("s/b.nse", "categories = {'two'}" REST);
	set_mtime("s/a.nse", 1000);
	set_mtime("s/b.nse", 1000);
	expect_one(in_folder("s"), in_folder("c/d"), "s/a.nse(a): one;s/b.nse(b): two;");
	/* Same size, same time: nobody can tell, so the cache answers. */
	write_file("s/a.nse", "categories = {'new'}" REST);
	write_file("s/b.nse", "categories = {'new'}" REST);
	set_mtime("s/a.nse", 1000);
	set_mtime("s/b.nse", 1001);
	expect_one(in_folder("s"), in_folder("c/d"), "s/a.nse(a): one;s/b.nse(b): new;");
	write_file("s/b.nse", "categories = {'size'}" REST);
	set_mtime("s/b.nse", 1001);
	expect_one(in_folder("s"), in_folder("c/d"), "s/a.nse(a): one;s/b.nse(b): size;");
	/* Files come and go. */
	unlink(in_folder("s/b.nse"));
	write_file("s/0.nse", "categories = {'zero'}" REST);
	expect_one(in_folder("s"), in_folder("c/d"), "s/0.nse(0): zero;s/a.nse(a): one;");
	expect_one(in_folder("s"), NULL, "s/0.nse(0): zero;s/a.nse(a): new;");
}

static void damage_caches(void)
{
	char command[300];

	snprintf(command, sizeof(command), "for f in %s/c/*; do echo damaged > $f; done", folder);
	assert_int_equal(system(command), 0);
}

static void a_damaged_cache_is_made_anew(void **state)
{
	(void)state;
	make_folder("s");
	write_file("s/a.nse", "categories = {'one'}" REST);
	set_mtime("s/a.nse", 1000);
	expect_one(in_folder("s"), in_folder("c"), "s/a.nse(a): one;");
	damage_caches();
	write_file("s/a.nse", "categories = {'new'}" REST);
	set_mtime("s/a.nse", 1000);
	expect_one(in_folder("s"), in_folder("c"), "s/a.nse(a): new;");
}

static void a_cache_that_cannot_be_written_is_done_without(void **state)
{
	(void)state;
	make_folder("s");
	write_file("s/a.nse", "categories = {'one'}" REST);
	expect_one(in_folder("s"), "/proc/nowhere", "s/a.nse(a): one;");
}

/* ---- --script-updatedb ---- */

static void expect_text(const char *name, const char *expected)
{
	struct buf text = BUF_INIT;

	assert_int_equal(file_read(in_folder(name), 1 << 16, &text, NULL), 0);
	assert_string_equal(buf_str(&text), expected);
	buf_release(&text);
}

static void script_db_is_written_anew(void **state)
{
	struct diag diag = {0};
	static const char expected[] =
		"Entry { filename = \"a.nse\", categories = { \"default\", \"safe\", } }\n"
		"Entry { filename = \"b.nse\", categories = { } }\n";

	(void)state;
	make_folder("s");
	write_file("s/b.nse", REST);
	write_file("s/a.nse", "categories = {'safe', 'Default'}" REST);
	write_file("s/script.db", "old");
	assert_int_equal(script_index_update_db(in_folder("s"), NULL), 0);
	expect_one(in_folder("s"), NULL, "s/a.nse(a): default safe;s/b.nse(b):;");
	expect_text("s/script.db", expected);
	write_file("s/c.nse", "error('no')");
	assert_int_equal(script_index_update_db(in_folder("s"), &diag), ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "s/c.nse:1: no"));
	expect_text("s/script.db", expected);
	assert_int_equal(script_index_update_db(in_folder("none"), &diag), ERROR_NOT_FOUND);
}

/* What is known needs no file, and comes first. */
static void known_heads_are_not_read(void **state)
{
	static const char text[] = "portolan scripts 1\nfolder none:\n"
				   "script 0 0 4 a.nse\ncategory Safe\ndescription It is.\n"
				   "script 0 0 1 c.nse\nend\n";
	struct script_known known = {"none:", text, sizeof(text) - 1};
	const char *place = in_folder("s");
	const struct script_folders folders = {&place, 1};
	const struct script_entries *entries;
	const struct script_head *head;
	struct script_index *index;
	struct diag diag = {0};

	(void)state;
	make_folder("s");
	write_file("s/a.nse", REST);
	write_file("s/b.nse", REST);
	assert_int_equal(script_index_read(&known, &folders, NULL, &index, &diag), 0);
	entries = script_index_entries(index);
	assert_int_equal(entries->count, 3);
	assert_string_equal(entries->all[0].path, "none:/a.nse");
	assert_string_equal(entries->all[0].categories[0], "safe");
	assert_string_equal(entries->all[1].id, "c");
	assert_string_equal(entries->all[2].path, in_folder("s/b.nse"));
	assert_int_equal(script_index_head(index, "none:/a.nse", &head, &diag), 0);
	assert_string_equal(head->description, "It is.");
	script_index_free(index);
	known.bytes--;
	assert_int_equal(script_index_read(&known, &folders, NULL, &index, &diag), ERROR_CORRUPT);
	assert_string_equal(diag.text, "none:: damaged data");
}

static int read_all(void *self)
{
	const char *places[] = {in_folder("s"), in_folder("t")};
	const struct script_folders folders = {places, 2};
	struct script_index *index;
	const struct script_head *head;
	int r = script_index_read(NULL, &folders, self, &index, NULL);

	if (r < 0)
		return r;
	r = script_index_head(index, in_folder("s/a.nse"), &head, NULL);
	script_index_free(index);
	return r < 0 ? r : script_index_update_db(in_folder("u"), NULL);
}

/* Without a cache: it is done without when memory is short. */
static void short_memory_is_an_error(void **state)
{
	(void)state;
	make_folder("s");
	make_folder("t");
	make_folder("u");
	write_file("t/b.nse", "categories = {'one'}" REST);
	write_file("u/b.nse", "categories = {'one'}" REST);
	write_file("s/a.nse", REST);
	write_file("s/script.db", "Entry { filename = \"a.nse\", categories = { \"safe\" } }\n");
	support_each_allocation_fails(read_all, NULL, 5000);
}

/* Measures, and holds that the list is the same whichever way it was read. */
static void both_ways_tell_the_same_of_nmap_s_scripts(void **state)
{
	const char *const original = "/usr/share/nmap/scripts", *place = in_folder("s");
	struct timespec times[4];
	struct script_index *index[3];
	const struct script_entries *by_db, *by_heads;
	char command[300];

	(void)state;
	if (script_kind_of("/usr/share/nmap/scripts/script.db") == SCRIPT_KIND_NONE) {
		print_message("SKIPPED: nmap-common is not installed\n");
		skip();
	}
	snprintf(command, sizeof(command), "mkdir %s/s && ln -s %s/*.nse %s/s", folder, original,
		 folder);
	assert_int_equal(system(command), 0);
	clock_gettime(CLOCK_MONOTONIC, &times[0]);
	index[0] = read_index(&original, 1, NULL);
	clock_gettime(CLOCK_MONOTONIC, &times[1]);
	index[1] = read_index(&place, 1, in_folder("c"));
	clock_gettime(CLOCK_MONOTONIC, &times[2]);
	index[2] = read_index(&place, 1, in_folder("c"));
	clock_gettime(CLOCK_MONOTONIC, &times[3]);
	by_db = script_index_entries(index[0]);
	for (int way = 0; way < 3; way++) {
		by_heads = script_index_entries(index[way]);
		print_message("%s: %zu scripts in %.1f ms\n",
			      (const char *[]){"script.db", "heads", "cache"}[way], by_heads->count,
			      (times[way + 1].tv_sec - times[way].tv_sec) * 1e3 +
				      (times[way + 1].tv_nsec - times[way].tv_nsec) / 1e6);
		assert_int_equal(by_heads->count, by_db->count);
		for (size_t i = 0; i < by_db->count; i++)
			assert_string_equal(by_db->all[i].id, by_heads->all[i].id);
	}
	for (int way = 0; way < 3; way++)
		script_index_free(index[way]);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_begin, folder_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(script_db_is_asked_first),
		IN_FOLDER(heads_are_read_where_there_is_none),
		IN_FOLDER(the_first_folder_counts_and_a_missing_one_does_not),
		IN_FOLDER(what_cannot_be_understood_is_named),
		IN_FOLDER(heads_are_told_of_any_file),
		IN_FOLDER(a_head_is_read_again_only_when_its_file_changed),
		IN_FOLDER(a_damaged_cache_is_made_anew),
		IN_FOLDER(a_cache_that_cannot_be_written_is_done_without),
		IN_FOLDER(known_heads_are_not_read),
		IN_FOLDER(script_db_is_written_anew),
		IN_FOLDER(short_memory_is_an_error),
		IN_FOLDER(both_ways_tell_the_same_of_nmap_s_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
