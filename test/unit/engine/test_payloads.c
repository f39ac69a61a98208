/* UDP payloads: the grammar, and what every payload of ours keeps to. */
#include "support.h"

#include "engine/payloads.h"
#include "util/buf.h"
#include "util/error.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHOLE_DATAGRAM 1472u /* an Ethernet frame's, less IPv4 and UDP headers */

static struct payloads *parsed(const char *text)
{
	struct payloads *payloads = NULL;
	struct diag diag = {0};

	if (payloads_parse(text, strlen(text), &payloads, &diag))
		fail_msg("%u:%u %s", diag.line, diag.column, diag.text);
	return payloads;
}

static void payload_is(const struct payloads *payloads, uint16_t port, size_t index,
		       const char *bytes, size_t wanted)
{
	size_t count;
	const struct payload *all = payloads_of(payloads, port, &count);

	assert_true(index < count);
	assert_int_equal(all[index].count, wanted);
	assert_memory_equal(all[index].bytes, bytes, wanted);
}

static void count_is(const struct payloads *payloads, uint16_t port, size_t wanted)
{
	size_t count;
	const struct payload *all = payloads_of(payloads, port, &count);

	assert_int_equal(count, wanted);
	assert_int_equal(!all, !wanted);
}

static void strings_that_follow_each_other_are_one_payload(void **state)
{
	struct payloads *payloads = parsed("# first\nudp 7 \"ab\" # and on\n\t\"c\"\n\"d\"\n");

	count_is(payloads, 7, 1);
	payload_is(payloads, 7, 0, "abcd", 4);
	payloads_free(payloads);
}

static void escapes_stand_for_bytes(void **state)
{
	struct payloads *payloads = parsed("udp 7 \"\\x00\\xfF\\0\\r\\n\\t\\a\\b\\f\\v\\\\\\\"#\"");

	payload_is(payloads, 7, 0, "\x00\xff\0\r\n\t\a\b\f\v\\\"#", 13);
	payloads_free(payloads);
}

static void ports_are_lists_and_ranges(void **state)
{
	struct payloads *payloads = parsed("udp 0,5-7,65535 \"x\"");

	count_is(payloads, 0, 1);
	count_is(payloads, 4, 0);
	count_is(payloads, 5, 1);
	count_is(payloads, 7, 1);
	count_is(payloads, 8, 0);
	count_is(payloads, 65534, 0);
	count_is(payloads, 65535, 1);
	payloads_free(payloads);
}

static void blocks_of_a_port_add_up_in_order(void **state)
{
	struct payloads *payloads =
		parsed("udp 7 \"one\"\nudp 6,7 \"two\"\nudp 6 \"six\" udp 7 \"\"\n");

	count_is(payloads, 7, 3);
	payload_is(payloads, 7, 0, "one", 3);
	payload_is(payloads, 7, 1, "two", 3);
	payload_is(payloads, 7, 2, "", 0);
	payload_is(payloads, 6, 0, "two", 3);
	payload_is(payloads, 6, 1, "six", 3);
	payloads_free(payloads);
}

static void keywords_end_a_block(void **state)
{
	struct payloads *payloads =
		parsed("udp 500 \"a\"\n source 500 # why\n later \"no string\"\nudp 501 \"b\"\n");
	size_t count;

	count_is(payloads, 500, 1);
	assert_int_equal(payloads_of(payloads, 500, &count)->src_port, 500);
	assert_int_equal(payloads_of(payloads, 501, &count)->src_port, 0);
	payloads_free(payloads);
}

static void nothing_is_an_empty_table(void **state)
{
	struct payloads *payloads = parsed("");

	count_is(payloads, 53, 0);
	payloads_free(payloads);
	payloads_free(NULL);
}

static void mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *words;
	} cases[] = {
		{"tcp 7 \"a\"", 1, 1, "udp"},
		{"udp 7 \"a\"\nupd 7 \"a\"\n7", 3, 1,
		 "udp"}, /* an unknown keyword, as Nmap has it */
		{"udp \"a\"", 1, 5, "port number"},
		{"udp 7, \"a\"", 1, 7, "port number"},
		{"udp 65536 \"a\"", 1, 10, "port number"},
		{"udp 9-7 \"a\"", 1, 8, "low to high"},
		{"udp 9- \"a\"", 1, 7, "low to high"},
		{"udp 7\n\n  x", 3, 3, "quotes"},
		{"udp 7", 1, 6, "quotes"},
		{"udp 7 \"a\n\"", 2, 1, "no end"},
		{"udp 7 \"a", 1, 9, "no end"},
		{"udp 7 \"\\q\"", 1, 10, "hexadecimal"},
		{"udp 7 \"\\x4\"", 1, 11, "hexadecimal"},
		{"udp 7 \"\\", 1, 9, "hexadecimal"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct payloads *payloads = NULL;
		struct diag diag = {0};

		assert_int_equal(
			payloads_parse(cases[i].text, strlen(cases[i].text), &payloads, &diag),
			ERROR_SYNTAX);
		assert_null(payloads);
		if (diag.line != cases[i].line || diag.column != cases[i].column ||
		    !strstr(diag.text, cases[i].words))
			fail_msg("%s: %u:%u %s", cases[i].text, diag.line, diag.column, diag.text);
	}
}

static void absurd_amounts_are_refused(void **state)
{
	struct buf text = BUF_INIT;
	struct payloads *payloads = NULL;
	struct diag diag = {0};
	int i;

	for (i = 0; i < 255; i++)
		buf_add_str(&text, "udp 7 \"a\"\n");
	assert_int_equal(payloads_parse(text.data, text.len, &payloads, &diag), 0);
	count_is(payloads, 7, 255);
	payloads_free(payloads);
	payloads = NULL;
	buf_add_str(&text, "udp 7 \"a\"\n");
	assert_int_equal(payloads_parse(text.data, text.len, &payloads, &diag), ERROR_LIMIT);
	buf_clear(&text);
	for (i = 0; i < 5; i++)
		buf_add_str(&text, "udp 0-65535 \"a\"\n");
	assert_int_equal(payloads_parse(text.data, text.len, &payloads, &diag), ERROR_LIMIT);
	buf_clear(&text);
	buf_add_str(&text, "udp 7 \"");
	buf_add_repeat(&text, 'a', PAYLOAD_BYTES_MAX + 1);
	buf_add_str(&text, "\"");
	assert_int_equal(payloads_parse(text.data, text.len, &payloads, &diag), ERROR_SYNTAX);
	assert_null(payloads);
	buf_release(&text);
}

static int parse_some(void *self)
{
	static const char text[] = "udp 1-100 \"abc\"\nudp 5 \"d\"\n";
	struct payloads *payloads = NULL;
	int r = payloads_parse(text, sizeof(text) - 1, &payloads, NULL);

	payloads_free(payloads);
	return r;
}

static void memory_may_run_short(void **state)
{
	support_each_allocation_fails(parse_some, NULL, 30);
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/portolan-payloads-XXXXXX";
	int fd = mkstemp(path);
	struct payloads *payloads = NULL;
	struct diag diag = {0};

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "udp 9 \"disc\"\n", 13), 13);
	close(fd);
	assert_int_equal(payloads_load(path, &payloads, &diag), 0);
	payload_is(payloads, 9, 0, "disc", 4);
	payloads_free(payloads);
	unlink(path);
	assert_int_equal(payloads_load(path, &payloads, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, path));
	assert_int_equal(payloads_load("/", &payloads, &diag), ERROR_IO);
}

static void ours_are_whole_datagrams_and_differ(void **state)
{
	struct payloads *payloads = NULL;
	size_t count, i, j, ports = 0;
	uint32_t port;

	assert_int_equal(payloads_builtin(&payloads), 0);
	for (port = 0; port < 65536; port++) {
		const struct payload *all = payloads_of(payloads, (uint16_t)port, &count);

		/* In the upper half any port may be that of an RPC program. */
		ports += count > 0 && port < 32768;
		for (i = 0; i < count; i++) {
			assert_in_range(all[i].count, 1, WHOLE_DATAGRAM);
			for (j = 0; j < i; j++)
				assert_false(all[i].count == all[j].count &&
					     !memcmp(all[i].bytes, all[j].bytes, all[i].count));
		}
	}
	assert_in_range(ports, 50, 200);
	count_is(payloads, 53, 2);
	payload_is(payloads, 1434, 0, "\x03", 1);
	count_is(payloads, 67, 0); /* a lease is not ours to ask for */
	payloads_free(payloads);
}

/* A QUIC server may ignore what is shorter than 1200 bytes (RFC 9000, 14.1). */
static void quic_is_as_long_as_an_initial(void **state)
{
	struct payloads *payloads = NULL;
	size_t count;

	assert_int_equal(payloads_builtin(&payloads), 0);
	assert_int_equal(payloads_of(payloads, 8443, &count)[1].count, 1200);
	count_is(payloads, 443, 2);
	payloads_free(payloads);
}

/* Every file of ours says where its bytes come from, has ports in order, and is
 * one that the build has taken. */
static void check_file(const char *name, const struct payloads *builtin)
{
	char path[300];
	char *text, *line, *rest;
	struct payloads *own;
	size_t bytes, count, all;
	uint32_t port;

	snprintf(path, sizeof(path), "data/payloads/%s", name);
	text = support_read_file(path, &bytes);
	assert_int_equal(text[0], '#');
	own = parsed(text);
	for (port = 0, all = 0; port < 65536; port++) {
		payloads_of(own, (uint16_t)port, &count);
		all += count;
		if (count)
			assert_non_null(payloads_of(builtin, (uint16_t)port, &count));
	}
	assert_true(all > 0);
	payloads_free(own);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		long last = -1, number;
		char *at = line + 4;

		for (; !strncmp(line, "udp ", 4); at++) {
			number = strtol(at, &at, 10);
			assert_true(number > last);
			last = number;
			if (*at != ',')
				break;
		}
	}
	free(text);
}

static void files_name_their_documents_and_sort_their_ports(void **state)
{
	char folder[300];
	struct payloads *builtin = NULL;
	struct dirent *entry;
	unsigned files = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/data/payloads", getenv("PORTOLAN_SOURCE_ROOT"));
	assert_non_null(dir = opendir(folder));
	assert_int_equal(payloads_builtin(&builtin), 0);
	while ((entry = readdir(dir)))
		if (strstr(entry->d_name, ".payload")) {
			check_file(entry->d_name, builtin);
			files++;
		}
	closedir(dir);
	payloads_free(builtin);
	assert_true(files > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_that_follow_each_other_are_one_payload),
		cmocka_unit_test(escapes_stand_for_bytes),
		cmocka_unit_test(ports_are_lists_and_ranges),
		cmocka_unit_test(blocks_of_a_port_add_up_in_order),
		cmocka_unit_test(keywords_end_a_block),
		cmocka_unit_test(nothing_is_an_empty_table),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(absurd_amounts_are_refused),
		cmocka_unit_test(memory_may_run_short),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(ours_are_whole_datagrams_and_differ),
		cmocka_unit_test(quic_is_as_long_as_an_initial),
		cmocka_unit_test(files_name_their_documents_and_sort_their_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
