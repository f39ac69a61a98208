#include "support.h"

#include "report/out.h"
#include "util/alloc.h"
#include "util/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static int make_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/portolan-out-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	return rmdir(folder);
}

static const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* The content of a file, and the file is gone afterwards. */
static const char *take(const char *path)
{
	static char text[9000];
	int fd = open(path, O_RDONLY);
	ssize_t got;

	assert_true(fd >= 0);
	got = read(fd, text, sizeof(text) - 1);
	assert_true(got >= 0);
	text[got] = '\0';
	close(fd);
	unlink(path);
	return text;
}

static struct out *open_ok(const char *path, bool append)
{
	struct out *out = NULL;
	struct diag diag;

	if (out_open_file(path, append, NULL, &out, &diag))
		fail_msg("%s", diag.text);
	return out;
}

static void a_file_appears_with_its_first_bytes(void **state)
{
	const char *path = path_of("new");
	struct out *out = open_ok(path, false);
	struct stat found;

	assert_int_equal(access(path, F_OK), -1);
	out_write(out, "one\n", 4);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_size, 4);
	assert_int_equal(found.st_mode & 0777 & ~0644u, 0);
	out_write(out, "two\n", 4);
	assert_string_equal(out_name(out), path);
	assert_int_equal(out_close(out, NULL), 0);
	assert_string_equal(take(path), "one\ntwo\n");
}

static void an_old_file_is_kept_until_there_is_something_new(void **state)
{
	const char *path = path_of("old");
	struct out *out = open_ok(path, false);
	struct stat before, after;

	out_write(out, "a long old text\n", 16);
	assert_int_equal(out_close(out, NULL), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(stat(path, &before), 0);
	out_close(open_ok(path, false), NULL);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_size, 16);
	out = open_ok(path, false);
	out_write_with_tail(out, "<r>", 3, "</r>\n", 5);
	assert_int_equal(out_close(out, NULL), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_mode, before.st_mode);
	assert_string_equal(take(path), "<r></r>\n");
}

/* mktemp's way: the maker of the empty file reads it through his descriptor. */
static void an_empty_file_is_written_not_replaced(void **state)
{
	const char *path = path_of("made");
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	char text[8] = "";
	struct out *out;

	assert_true(fd >= 0);
	out = open_ok(path, false);
	out_write(out, "word", 4);
	assert_int_equal(out_close(out, NULL), 0);
	assert_int_equal(pread(fd, text, sizeof(text) - 1, 0), 4);
	assert_string_equal(text, "word");
	close(fd);
	assert_string_equal(take(path), "word");
}

static void links_are_followed_not_replaced(void **state)
{
	char link_path[128];
	const char *path = path_of("real");
	struct out *out = open_ok(path, false);
	struct stat found;

	snprintf(link_path, sizeof(link_path), "%s/link", folder);
	out_write(out, "old and longer", 14);
	out_close(out, NULL);
	assert_int_equal(symlink(path, link_path), 0);
	out = open_ok(link_path, false);
	out_write_with_tail(out, "<r>", 3, "</r>\n", 5);
	out_write_with_tail(out, "x", 1, "</r>\n", 5);
	assert_int_equal(out_close(out, NULL), 0);
	assert_int_equal(lstat(link_path, &found), 0);
	assert_true(S_ISLNK(found.st_mode));
	unlink(link_path);
	assert_string_equal(take(path), "<r>x</r>\n");
}

static void appending_goes_on_at_the_end(void **state)
{
	const char *path = path_of("log");
	struct out *out = open_ok(path, true);

	out_write(out, "one\n", 4);
	out_close(out, NULL);
	out = open_ok(path, true);
	out_write_with_tail(out, "<r>", 3, "</r>\n", 5);
	out_write_with_tail(out, "<a/>", 4, "</r>\n", 5);
	out_close(out, NULL);
	out = open_ok(path, true);
	out_write(out, "two\n", 4);
	out_close(out, NULL);
	assert_string_equal(take(path), "one\n<r><a/></r>\ntwo\n");
}

/* Makes a file of this text, goes on in it, and gives what became of it. */
static const char *go_on(const char *text, const char *more)
{
	const char *path = path_of("resumed");
	struct out *out = open_ok(path, false);

	out_write(out, text, strlen(text));
	out_close(out, NULL);
	out = open_ok(path, true);
	out_reopen_document(out, "</r>\n", "<stats>");
	if (*more)
		out_write_with_tail(out, more, strlen(more), "</r>\n", 5);
	assert_int_equal(out_close(out, NULL), 0);
	return take(path);
}

static void a_document_can_go_on_where_it_ended(void **state)
{
	assert_string_equal(go_on("<r><a/>\n</r>\n", "<b/>\n"), "<r><a/>\n<b/>\n</r>\n");
	assert_string_equal(go_on("<r><a/>\n<stats>x</stats>\n</r>\n", "<b/>\n"),
			    "<r><a/>\n<b/>\n</r>\n");
	/* A killed run leaves its reserve, and in it perhaps half a chunk. */
	assert_string_equal(go_on("<r><a/>\n</r>\n<?r      ?>\n", "<b/>\n"),
			    "<r><a/>\n<b/>\n</r>\n");
	assert_string_equal(go_on("<r><a/>\n</r>\n<?r <c/>\n</r>\n<?r  ?>\n", "<b/>\n"),
			    "<r><a/>\n<b/>\n</r>\n");
	/* Nothing more came. */
	assert_string_equal(go_on("<r><a/>\n<stats>x</stats>\n</r>\n", ""), "<r><a/>\n</r>\n");
	/* Not closed: a log of Nmap's own. */
	assert_string_equal(go_on("<r><a/>\n", "<b/>\n"), "<r><a/>\n<b/>\n</r>\n");
	assert_string_equal(go_on("x</stats></r>", "<b/>\n"), "x</stats><b/>\n</r>\n");
}

static void a_killed_document_goes_on(void **state)
{
	const char *path = path_of("killed");
	char text[8192] = "";
	struct out *out = open_ok(path, false);
	int fd;

	out_write_with_tail(out, "<r>", 3, "</r>\n", 5);
	out_write_with_tail(out, "<a/>", 4, "</r>\n", 5);
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 2000);
	close(fd);
	out_close(out, NULL);
	take(path);
	assert_string_equal(go_on(text, "<b/>"), "<r><a/><b/></r>\n");
}

static void a_tail_is_in_the_file_before_it_is_closed(void **state)
{
	const char *path = path_of("tail");
	struct out *out = open_ok(path, false);
	char text[32] = "";
	int fd;

	out_write_with_tail(out, "<r><a/>", 7, "</r>\n", 5);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, text, 16), 16);
	close(fd);
	assert_string_equal(text, "<r><a/></r>\n<?r ");
	out_close(out, NULL);
	assert_string_equal(take(path), "<r><a/></r>\n");
}

static void a_pipe_gets_its_tail_at_the_end(void **state)
{
	char text[32] = "";
	struct out *out;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(out_open_fd(ends[1], "standard output", &out), 0);
	out_write_with_tail(out, "<r>", 3, "</r>", 4);
	out_write_with_tail(out, "x", 1, "</r>", 4);
	assert_int_equal(read(ends[0], text, sizeof(text)), 4);
	assert_string_equal(text, "<r>x");
	assert_int_equal(out_close(out, NULL), 0);
	assert_int_equal(write(ends[1], "!", 1), 1); /* it is still ours */
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	assert_memory_equal(text, "</r>!", 5);
	close(ends[0]);
	close(ends[1]);
}

static void a_full_disk_is_told_in_words_once(void **state)
{
	struct out *out = open_ok("/dev/full", false);
	struct diag diag;

	assert_int_equal(out_error(out, NULL), 0);
	out_write(out, "one", 3);
	assert_int_equal(out_error(out, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "/dev/full"));
	assert_non_null(strstr(diag.text, "the disk is full"));
	out_write_with_tail(out, "two", 3, "x", 1);
	assert_int_equal(out_close(out, &diag), ERROR_IO);
}

static void what_cannot_be_opened_says_why(void **state)
{
	struct out *out;
	struct diag diag;

	assert_int_equal(out_open_file("/nonexistent/x", false, NULL, &out, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "folder does not exist"));
	assert_int_equal(out_open_file(folder, false, NULL, &out, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "it is a folder"));
}

static void new_files_belong_to_the_one_who_typed_sudo(void **state)
{
	const struct out_owner owner = {.set = true, .uid = 12345, .gid = 23456};
	const char *path = path_of("mine");
	struct out *out;
	struct stat found;
	int round;

	if (geteuid() != 0)
		skip();
	for (round = 0; round < 2; round++) {
		assert_int_equal(out_open_file(path, round == 1, &owner, &out, NULL), 0);
		out_write(out, "x", 1);
		out_close(out, NULL);
		assert_int_equal(stat(path, &found), 0);
		assert_int_equal(found.st_uid, 12345);
		assert_int_equal(found.st_gid, 23456);
		take(path);
	}
	/* A file that was there keeps its owner. */
	out_close(open_ok(path, true), NULL);
	assert_int_equal(out_open_file(path, false, &owner, &out, NULL), 0);
	out_write(out, "x", 1);
	out_close(out, NULL);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_uid, 0);
	take(path);
}

static void marks_of_time_expand_in_names(void **state)
{
	static const struct tm when = {
		.tm_year = 126, .tm_mon = 10, .tm_mday = 3, .tm_hour = 7, .tm_min = 8, .tm_sec = 9};
	static const char *const cases[][2] = {
		{"a%H%M%S.xml", "a070809.xml"},
		{"%m-%d-%y-%Y", "11-03-26-2026"},
		{"%T %R %D %F", "070809 0708 110326 2026-11-03"},
		{"100%%%q%", "100%q"},
		{"", ""},
		{"%", ""},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *name = out_expand_name(cases[i][0], &when);

		assert_string_equal(name, cases[i][1]);
		alloc_free(name);
	}
}

static int allocate(void *self)
{
	static const struct tm when = {.tm_year = 126};
	char *name = out_expand_name(path_of("m%F"), &when);
	struct buf text = BUF_INIT;
	struct out *out = NULL;
	int r;

	r = name ? out_open_file(name, false, NULL, &out, NULL) : ERROR_MEMORY;
	if (!r) {
		out_write_with_tail(out, "<r>", 3, "</r>", 4);
		r = out_close(out, NULL);
		unlink(name);
	}
	alloc_free(name);
	if (!r && !(r = out_open_buf(&text, &out))) {
		out_write_with_tail(out, "<r>", 3, "</r>", 4);
		r = out_close(out, NULL);
	}
	buf_release(&text);
	return r;
}

static void memory_may_be_short_at_any_point(void **state)
{
	support_each_allocation_fails(allocate, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_appears_with_its_first_bytes),
		cmocka_unit_test(an_old_file_is_kept_until_there_is_something_new),
		cmocka_unit_test(an_empty_file_is_written_not_replaced),
		cmocka_unit_test(links_are_followed_not_replaced),
		cmocka_unit_test(appending_goes_on_at_the_end),
		cmocka_unit_test(a_document_can_go_on_where_it_ended),
		cmocka_unit_test(a_killed_document_goes_on),
		cmocka_unit_test(a_tail_is_in_the_file_before_it_is_closed),
		cmocka_unit_test(a_pipe_gets_its_tail_at_the_end),
		cmocka_unit_test(a_full_disk_is_told_in_words_once),
		cmocka_unit_test(what_cannot_be_opened_says_why),
		cmocka_unit_test(new_files_belong_to_the_one_who_typed_sudo),
		cmocka_unit_test(marks_of_time_expand_in_names),
		cmocka_unit_test(memory_may_be_short_at_any_point),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
