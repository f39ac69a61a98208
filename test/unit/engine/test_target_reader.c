#include "support.h"

#include "engine/target_reader.h"
#include "util/alloc.h"
#include "util/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_list(char path[32], const void *bytes, size_t count)
{
	int fd;

	memcpy(path, "/tmp/portolan-list-XXXXXX", 26);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, count), (ssize_t)count);
	close(fd);
}

/* The words, joined by '|', then '.' at the end or '!' for a failure. */
static void check_words(const void *bytes, size_t count, const char *expected)
{
	struct target_reader *reader;
	char path[32], list[256] = "";
	enum target_read got;
	const char *word;
	struct diag diag;
	size_t n = 0;

	write_list(path, bytes, count);
	assert_int_equal(target_reader_open(path, &reader, &diag), 0);
	assert_true(target_reader_is_regular(reader));
	while ((got = target_reader_next(reader, false, &word, &diag)) == TARGET_READ_WORD)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s|", word);
	snprintf(list + n, sizeof(list) - n, "%s", got == TARGET_READ_END ? "." : "!");
	assert_string_equal(list, expected);
	target_reader_close(reader);
	unlink(path);
}

static void words_are_cut_at_blanks_and_comments(void **state)
{
	static const char text[] = "10.0.0.1 # c 1\n#x\n10.0.0.2#y\n\r\n\t10.0.0.3\0 a\vb\rc";

	check_words(text, sizeof(text) - 1, "10.0.0.1|10.0.0.2|10.0.0.3|a\vb|c|.");
	check_words("", 0, ".");
	check_words("#only", 5, ".");
	check_words("#a\0b\nx", 6, "x|.");
	check_words("x", 1, "x|.");
}

static void a_word_of_1023_bytes_is_the_longest(void **state)
{
	char text[2100];
	struct target_reader *reader;
	const char *word;
	char path[32];
	struct diag diag;

	memset(text, 'a', sizeof(text));
	text[1023] = ' ';
	text[1024 + 1023] = 'a';
	write_list(path, text, 1024 + 1024);
	assert_int_equal(target_reader_open(path, &reader, &diag), 0);
	assert_int_equal(target_reader_next(reader, true, &word, &diag), TARGET_READ_WORD);
	assert_int_equal(strlen(word), 1023);
	assert_int_equal(target_reader_next(reader, true, &word, &diag), TARGET_READ_FAILED);
	assert_non_null(strstr(diag.text, path));
	assert_int_equal(diag.line, 1);
	target_reader_close(reader);
	unlink(path);
}

static void words_across_chunks_are_whole(void **state)
{
	size_t i, words = 40000;
	char *text = malloc(words * 8), path[32], expected[16];
	struct target_reader *reader;
	const char *word;
	struct diag diag;

	for (i = 0; i < words; i++)
		snprintf(text + i * 7, 9, "w%05zu\n", i);
	write_list(path, text, words * 7);
	assert_int_equal(target_reader_open(path, &reader, &diag), 0);
	for (i = 0; i < words; i++) {
		assert_int_equal(target_reader_next(reader, true, &word, &diag), TARGET_READ_WORD);
		snprintf(expected, sizeof(expected), "w%05zu", i);
		assert_string_equal(word, expected);
	}
	assert_int_equal(target_reader_next(reader, true, &word, &diag), TARGET_READ_END);
	assert_int_equal(target_reader_next(reader, true, &word, &diag), TARGET_READ_END);
	target_reader_close(reader);
	unlink(path);
	free(text);
}

static void an_idle_pipe_is_not_waited_for(void **state)
{
	char path[64] = "/tmp/portolan-pipe-XXXXXX";
	struct target_reader *reader;
	const char *word;
	struct diag diag;
	int fd;

	assert_non_null(mkdtemp(path));
	snprintf(path + strlen(path), 8, "/p");
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(target_reader_open(path, &reader, &diag), 0);
	assert_false(target_reader_is_regular(reader));
	assert_int_equal(target_reader_next(reader, false, &word, &diag), TARGET_READ_LATER);
	assert_int_equal(write(fd, "on", 2), 2);
	assert_int_equal(target_reader_next(reader, false, &word, &diag), TARGET_READ_LATER);
	assert_int_equal(write(fd, "e two", 5), 5);
	assert_int_equal(target_reader_next(reader, false, &word, &diag), TARGET_READ_WORD);
	assert_string_equal(word, "one");
	close(fd);
	assert_int_equal(target_reader_next(reader, false, &word, &diag), TARGET_READ_WORD);
	assert_string_equal(word, "two");
	assert_int_equal(target_reader_next(reader, false, &word, &diag), TARGET_READ_END);
	target_reader_close(reader);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void what_cannot_be_read_is_named(void **state)
{
	struct target_reader *reader = NULL;
	const char *word;
	struct diag diag;

	assert_int_equal(target_reader_open("/nonexistent/list", &reader, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, "/nonexistent/list"));
	assert_int_equal(target_reader_open("/tmp", &reader, &diag), 0);
	assert_int_equal(target_reader_next(reader, true, &word, &diag), TARGET_READ_FAILED);
	assert_non_null(strstr(diag.text, "/tmp"));
	target_reader_close(reader);
	target_reader_close(NULL);
}

static int open_once(void *self)
{
	struct target_reader *reader = NULL;
	int r = target_reader_open("/dev/null", &reader, NULL);

	if (r == 0)
		target_reader_close(reader);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(open_once, NULL, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_at_blanks_and_comments),
		cmocka_unit_test(a_word_of_1023_bytes_is_the_longest),
		cmocka_unit_test(words_across_chunks_are_whole),
		cmocka_unit_test(an_idle_pipe_is_not_waited_for),
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
