/* Files read whole, and folders of them. */
#include "support.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void write_file(const char *name, const char *text, size_t bytes)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, bytes, file), bytes);
	assert_int_equal(fclose(file), 0);
}

static const char *at(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int begin(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/portolan-files-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void a_file_is_added_to_what_is_there(void **state)
{
	struct buf text = BUF_INIT;
	struct diag diag = {0};

	(void)state;
	write_file("one", "a\0b", 3);
	buf_add_str(&text, "x");
	assert_int_equal(file_read(at("one"), 3, &text, &diag), 0);
	assert_int_equal(text.len, 4);
	assert_memory_equal(text.data, "xa\0b", 4);
	buf_release(&text);
}

static void a_byte_too_much_is_told(void **state)
{
	struct buf text = BUF_INIT;
	struct diag diag = {0};

	(void)state;
	write_file("one", "abcd", 4);
	assert_int_equal(file_read(at("one"), 3, &text, &diag), ERROR_LIMIT);
	assert_non_null(strstr(diag.text, "one is larger"));
	buf_release(&text);
}

static void what_is_missing_or_no_file_is_told_apart(void **state)
{
	struct buf text = BUF_INIT;
	struct diag diag = {0};

	(void)state;
	assert_int_equal(file_read(at("none"), 9, &text, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "cannot open"));
	assert_int_equal(file_read(folder, 9, &text, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "cannot read"));
	buf_release(&text);
}

static void a_folder_gives_its_files_by_name(void **state)
{
	struct text_files files;
	struct diag diag = {0};

	(void)state;
	write_file("b.txt", "B", 1);
	write_file("a.txt", "AA", 2);
	write_file("c.other", "C", 1);
	write_file(".txt", "no", 2);
	write_file(".d.txt", "no", 2);
	assert_int_equal(text_files_read(folder, ".txt", 3, &files, &diag), 0);
	assert_true(files.folder);
	assert_int_equal(files.count, 2);
	assert_non_null(strstr(files.all[0].name, "/a.txt"));
	assert_memory_equal(files.all[0].text, "AA", 2);
	assert_int_equal(files.all[1].bytes, 1);
	text_files_release(&files);
	/* The limit is of all. */
	assert_int_equal(text_files_read(folder, ".txt", 2, &files, &diag), ERROR_LIMIT);
	text_files_release(&files);
	assert_int_equal(text_files_read(folder, ".nothing", 9, &files, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "*.nothing"));
	text_files_release(&files);
	assert_int_equal(text_files_read(at("c.other"), ".txt", 9, &files, &diag), 0);
	assert_false(files.folder);
	assert_int_equal(files.count, 1);
	text_files_release(&files);
}

static int read_folder(void *self)
{
	struct text_files files;
	int r = text_files_read(self, ".txt", 100, &files, NULL);

	text_files_release(&files);
	return r;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	write_file("a.txt", "A", 1);
	write_file("b.txt", "B", 1);
	support_each_allocation_fails(read_folder, folder, 50);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_added_to_what_is_there),
		TEST(a_byte_too_much_is_told),
		TEST(what_is_missing_or_no_file_is_told_apart),
		TEST(a_folder_gives_its_files_by_name),
		TEST(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
