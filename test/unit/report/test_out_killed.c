/* A real process writes a document and is killed, or read meanwhile. */
#include "support.h"
#include "xml_check.h"

#include "report/out.h"
#include "util/buf.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char path[64];

/* The child writes a chunk for each byte it is given, and gives one back. */
static void write_chunks(int channel)
{
	struct buf chunk = BUF_INIT;
	struct out *out;
	char byte;
	size_t i;

	if (out_open_file(path, false, NULL, &out, NULL) < 0)
		_exit(1);
	out_write_with_tail(out, "<?xml version=\"1.0\"?>\n<r>\n", 26, "</r>\n", 5);
	for (i = 0; read(channel, &byte, 1) == 1; i++) {
		buf_clear(&chunk);
		buf_addf(&chunk, "<c n=\"%zu\" x=\"", i);
		buf_add_repeat(&chunk, 'x', i * 7919 % 9000);
		buf_add_str(&chunk, "\"/>\n");
		out_write_buf_with_tail(out, &chunk, "</r>\n", 5);
		if (write(channel, "", 1) != 1)
			break;
	}
	_exit(0);
}

/* Page by page, as a reader would that is slower than the writer. */
static void read_whole(struct buf *text)
{
	int fd = open(path, O_RDONLY);
	ssize_t got = 0;

	buf_clear(text);
	while (fd >= 0 && buf_reserve(text, 4096) &&
	       (got = read(fd, text->data + text->len, 4096)) > 0)
		text->len += (size_t)got;
	if (fd >= 0)
		close(fd);
}

static void expect_whole(const struct buf *text)
{
	size_t at = 0;

	if (!xml_is_well_formed(text->data, text->len, &at))
		fail_msg("not well-formed at byte %zu of %zu", at, text->len);
}

static pid_t start(int *ret_channel)
{
	int ends[2];
	pid_t child;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(ends[0]);
		write_chunks(ends[1]);
	}
	close(ends[1]);
	*ret_channel = ends[0];
	return child;
}

static void stop(pid_t child, int channel)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(channel);
}

static void ask_for(int channel, size_t chunks)
{
	while (chunks--)
		assert_int_equal(write(channel, "", 1), 1);
}

static void wait_for(int channel, size_t chunks)
{
	char byte;

	while (chunks--)
		assert_int_equal(read(channel, &byte, 1), 1);
}

static void a_killed_writer_leaves_a_whole_document(void **state)
{
	struct buf text = BUF_INIT;
	size_t round;

	for (round = 0; round < 30; round++) {
		int channel;
		pid_t child = start(&channel);
		char last[32];

		/* It is killed while it is at the chunks that are not waited for. */
		ask_for(channel, round + 20);
		wait_for(channel, round + 1);
		stop(child, channel);
		read_whole(&text);
		expect_whole(&text);
		snprintf(last, sizeof(last), "<c n=\"%zu\"", round);
		assert_non_null(strstr(buf_str(&text), last));
		unlink(path);
	}
	buf_release(&text);
}

static void a_reader_beside_the_writer_sees_whole_documents(void **state)
{
	struct buf text = BUF_INIT;
	int channel, i;
	pid_t child = start(&channel);

	ask_for(channel, 1);
	wait_for(channel, 1);
	/* One chunk is written while we read, not more (see out_tail.c). */
	for (i = 0; i < 60; i++) {
		ask_for(channel, 1);
		read_whole(&text);
		expect_whole(&text);
		wait_for(channel, 1);
	}
	stop(child, channel);
	unlink(path);
	buf_release(&text);
}

static int make_path(void **state)
{
	snprintf(path, sizeof(path), "/tmp/portolan-killed-%ld.xml", (long)getpid());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_writer_leaves_a_whole_document),
		cmocka_unit_test(a_reader_beside_the_writer_sees_whole_documents),
	};

	return cmocka_run_group_tests(tests, make_path, NULL);
}
