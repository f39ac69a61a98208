#include "support.h"

#include "net/services.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct services *parsed(const char *text)
{
	struct services *services = NULL;
	struct diag diag = {0};

	if (services_parse(text, strlen(text), &services, &diag))
		fail_msg("%u:%u %s", diag.line, diag.column, diag.text);
	return services;
}

static void set_is(const struct portset *set, const char *wanted)
{
	struct buf buf = BUF_INIT;

	portset_format(set, &buf);
	assert_string_equal(buf_str(&buf), wanted);
	buf_release(&buf);
}

static void top_is(const struct services *services, uint32_t count, const char *wanted)
{
	static struct portset set;

	portset_clear(&set);
	services_top(services, TRANSPORT_TCP, count, NULL, &set);
	set_is(&set, wanted);
}

static void every_line_form_is_read(void **state)
{
	struct services *services = parsed("a 1/tcp 0.5\n"
					   "\t b\t2/TCP\t1/4 # note\r\n"
					   "# c 3/tcp 0.5\n"
					   "   # d 4/tcp\n"
					   "e 5/tcp # 0.5\n"
					   "f 6/udp alias other\n"
					   "g 7/sctp 0/3\n"
					   "\n"
					   "h 065535/tcp 1/1");

	assert_string_equal(services_name(services, TRANSPORT_TCP, 1), "a");
	assert_string_equal(services_name(services, TRANSPORT_TCP, 2), "b");
	assert_false(services_knows(services, TRANSPORT_TCP, 3));
	assert_false(services_knows(services, TRANSPORT_TCP, 4));
	assert_string_equal(services_name(services, TRANSPORT_TCP, 5), "e");
	assert_string_equal(services_name(services, TRANSPORT_UDP, 6), "f");
	assert_null(services_name(services, TRANSPORT_TCP, 6));
	assert_string_equal(services_name(services, TRANSPORT_SCTP, 7), "g");
	assert_string_equal(services_name(services, TRANSPORT_TCP, 65535), "h");
	assert_true(services_frequency(services, TRANSPORT_TCP, 1) == 0.5);
	assert_true(services_frequency(services, TRANSPORT_TCP, 2) == 0.25);
	assert_true(services_frequency(services, TRANSPORT_TCP, 5) == 0);
	assert_true(services_frequency(services, TRANSPORT_TCP, 65535) == 1);
	assert_true(services_frequency(services, TRANSPORT_TCP, 9) == 0);
	services_free(services);
}

static void decimals_are_the_nearest_double(void **state)
{
	struct services *services = parsed("a 1/tcp 0.484143\nb 2/tcp 0.000013\nc 3/tcp 0.\n"
					   "d 4/tcp 0.5x\ne 5/tcp 1.5\nf 6/tcp 213/1000\n"
					   "g 7/tcp 0.12345678901234567890\n");

	assert_true(services_frequency(services, TRANSPORT_TCP, 1) == 0.484143);
	assert_true(services_frequency(services, TRANSPORT_TCP, 2) == 0.000013);
	assert_true(services_frequency(services, TRANSPORT_TCP, 3) == 0);
	assert_true(services_frequency(services, TRANSPORT_TCP, 4) == 0.5);
	assert_true(services_frequency(services, TRANSPORT_TCP, 5) == 0);
	assert_true(services_frequency(services, TRANSPORT_TCP, 6) == 0.213);
	assert_true(services_frequency(services, TRANSPORT_TCP, 7) > 0.1234567);
	assert_true(services_frequency(services, TRANSPORT_TCP, 7) < 0.1234568);
	services_free(services);
}

static void lines_that_do_not_scan_are_ignored(void **state)
{
	char text[2600] = "a\nb 2\nc 3 /tcp\nd x/tcp\ne 65536/tcp\nf -1/tcp\ng 7/tcp#\n"
			  "h 8/tcp,udp\ni 99999999999999999999/tcp\nj 10/ddp\nk 11/ip\n/tcp\n"
			  "l 0x10/tcp\nm\x1b 13/tcp\nok 14/tcp 0.5\n";
	struct services *services;
	size_t used = strlen(text);

	memset(text + used, 'n', 128);
	memcpy(text + used + 128, " 15/tcp\n", 8);
	used += 136;
	memset(text + used, 'o', 127);
	memcpy(text + used + 127, " 16/tcp\n", 8);
	used += 135;
	memset(text + used, '#', 2000);
	services = parsed(text);
	top_is(services, 100, "14,16");
	services_free(services);
}

static void a_wrong_frequency_is_an_error_with_its_place(void **state)
{
	static const char *const wrong[] = {"2/1",     "1/0",   "0/0",   "-1/2",
					    "1/",      "/2",    "1e3/1", "b/c",
					    "0.1/0.5", "nan/1", "1/-2",  "9999999999999999999/1"};
	struct services *services;
	struct diag diag;
	char text[80];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		int length = snprintf(text, sizeof(text), "a 1/tcp 0.5\nbb  2/tcp\t%s\n", wrong[i]);

		if (services_parse(text, (size_t)length, &services, &diag) != ERROR_SYNTAX)
			fail_msg("accepted %s", wrong[i]);
		assert_int_equal(diag.line, 2);
		assert_int_equal(diag.column, 11);
		assert_non_null(strstr(diag.text, wrong[i]));
	}
}

static void the_first_entry_of_a_port_wins(void **state)
{
	struct services *services = parsed("a 1/tcp 0.5\nb 1/tcp 0.9\nc 1/udp\nd 2/tcp 0.6\n");

	assert_string_equal(services_name(services, TRANSPORT_TCP, 1), "a");
	assert_string_equal(services_name(services, TRANSPORT_UDP, 1), "c");
	top_is(services, 1, "2");
	services_free(services);
}

static void the_top_is_stable_in_file_order(void **state)
{
	struct services *services = parsed("b 20/tcp 0.5\nc 3/tcp 1/2\nd 1/tcp 0.5\ne 9/tcp 0.4\n"
					   "f 4/tcp\ng 5/tcp 0.9\nh 2/tcp 0\n");

	top_is(services, 0, "");
	top_is(services, 1, "5");
	top_is(services, 2, "5,20");
	top_is(services, 3, "3,5,20");
	top_is(services, 4, "1,3,5,20");
	top_is(services, 6, "1,3-5,9,20");
	top_is(services, 65536, "1-5,9,20");
	services_free(services);
}

static void top_and_ratio_choose_among_a_set(void **state)
{
	struct services *services = parsed("b 20/tcp 0.5\nc 3/tcp 0.4\nd 1/tcp 0.3\n");
	static struct portset among, set;

	portset_clear(&among);
	portset_add_range(&among, 1, 10);
	portset_clear(&set);
	services_top(services, TRANSPORT_TCP, 1, &among, &set);
	set_is(&set, "3");
	services_top(services, TRANSPORT_TCP, 10, &among, &set);
	set_is(&set, "1,3");
	portset_clear(&set);
	services_at_least(services, TRANSPORT_TCP, 0.4, NULL, &set);
	set_is(&set, "3,20");
	portset_clear(&set);
	services_at_least(services, TRANSPORT_TCP, 0.4, &among, &set);
	set_is(&set, "3");
	services_free(services);
}

static void unknown_is_no_name_but_can_be_asked_for(void **state)
{
	struct services *services = parsed("unknown 40/tcp 0.5\nunknown 41/tcp\nx 42/tcp\n");
	static struct portset set;

	assert_null(services_name(services, TRANSPORT_TCP, 40));
	assert_true(services_knows(services, TRANSPORT_TCP, 41));
	portset_clear(&set);
	assert_int_equal(services_match(services, TRANSPORT_TCP, "unknown", &set), 2);
	set_is(&set, "40-41");
	services_free(services);
}

static void names_match_with_wildcards_in_any_case(void **state)
{
	struct services *services = parsed("Http 80/tcp\nhttp-alt 8080/tcp\nhttps 443/udp\n");
	static struct portset set;

	portset_clear(&set);
	assert_int_equal(services_match(services, TRANSPORT_TCP, "http*", &set), 2);
	set_is(&set, "80,8080");
	portset_clear(&set);
	assert_int_equal(services_match(services, TRANSPORT_TCP, "h?tp", &set), 1);
	assert_int_equal(services_match(services, TRANSPORT_TCP, "https", &set), 0);
	set_is(&set, "80");
	services_free(services);
}

static void a_file_without_frequencies_is_old_style(void **state)
{
	static const struct {
		const char *text;
		bool old;
	} table[] = {
		{"", true},
		{"a 1/tcp\nb 2/udp alias # 0.5\n", true},
		{"a 1/tcp 0\n", true},
		{"a 1/tcp 1.5\n", true},
		{"a 1/tcp #x/y\n", true},
		{"a 1/tcp 0.000\n", false},
		{"a 1/tcp\nb 2/sctp 0/5\n", false},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct services *services = parsed(table[i].text);

		assert_int_equal(services_is_old_style(services), table[i].old);
		services_free(services);
	}
}

static void protocols_are_read_and_replaced(void **state)
{
	static const char text[] = "# own\nicmp 1 # x\n\n bad\nicmp 7\nother 1\nigmp\t2 IGMP\n"
				   "big 256\nnone x\nlast 255";
	struct services *services = parsed("");
	struct diag diag;

	assert_string_equal(services_name(services, TRANSPORT_IP, 132), "sctp");
	assert_int_equal(services_parse_protocols(services, text, sizeof(text) - 1, &diag), 0);
	assert_int_equal(diag.line, 4);
	assert_non_null(strstr(diag.text, "skipped"));
	assert_string_equal(services_name(services, TRANSPORT_IP, 1), "icmp");
	assert_string_equal(services_name(services, TRANSPORT_IP, 2), "igmp");
	assert_false(services_knows(services, TRANSPORT_IP, 7));
	assert_false(services_knows(services, TRANSPORT_IP, 0));
	assert_false(services_knows(services, TRANSPORT_IP, 132));
	assert_string_equal(services_name(services, TRANSPORT_IP, 255), "last");
	assert_int_equal(services_parse_protocols(services, "a 1\n", 4, &diag), 0);
	assert_int_equal(diag.line, 0);
	services_free(services);
}

static void the_compiled_in_table_serves_every_default(void **state)
{
	static const struct {
		const char *name;
		uint16_t port;
		enum transport transport;
	} known[] = {
		{"ssh", 22, TRANSPORT_TCP},         {"http", 80, TRANSPORT_TCP},
		{"https", 443, TRANSPORT_TCP},      {"domain", 53, TRANSPORT_UDP},
		{"rpcbind", 111, TRANSPORT_TCP},    {"msrpc", 135, TRANSPORT_TCP},
		{"mysql", 3306, TRANSPORT_TCP},     {"ms-wbt-server", 3389, TRANSPORT_TCP},
		{"vnc", 5900, TRANSPORT_TCP},       {"http-proxy", 8080, TRANSPORT_TCP},
		{"https-alt", 8443, TRANSPORT_TCP}, {"ntp", 123, TRANSPORT_UDP},
		{"diameter", 3868, TRANSPORT_SCTP}, {"icmp", 1, TRANSPORT_IP},
		{"ipv6-icmp", 58, TRANSPORT_IP},    {"ospfigp", 89, TRANSPORT_IP},
	};
	static struct portset set;
	struct services *services = NULL;

	assert_int_equal(services_builtin(&services), 0);
	assert_false(services_is_old_style(services));
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_string_equal(services_name(services, known[i].transport, known[i].port),
				    known[i].name);
	for (int i = TRANSPORT_TCP; i <= TRANSPORT_UDP; i++) {
		portset_clear(&set);
		services_top(services, (enum transport)i, 1000, NULL, &set);
		assert_int_equal(set.count, 1000);
		portset_clear(&set);
		/* Every one of them ranked above the ports that only have a name. */
		services_at_least(services, (enum transport)i, 0.00001, NULL, &set);
		assert_true(set.count >= 1000);
	}
	portset_clear(&set);
	services_top(services, TRANSPORT_SCTP, 1000, NULL, &set);
	assert_in_range(set.count, 50, 100);
	portset_clear(&set);
	services_top(services, TRANSPORT_TCP, 10, NULL, &set);
	set_is(&set, "21-23,25,53,80,443,445,3389,8080");
	services_free(services);
}

static void a_missing_file_is_named(void **state)
{
	struct services *services = NULL;
	struct diag diag;

	assert_int_equal(services_load("/nonexistent/services", &services, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "/nonexistent/services"));
	assert_int_equal(services_load("/", &services, &diag), ERROR_IO);
	assert_int_equal(services_load("/dev/zero", &services, &diag), ERROR_LIMIT);
	assert_null(services);
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/test_services_XXXXXX";
	struct services *services = NULL;
	struct diag diag;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "lab 80/tcp 0.5\n", 15), 15);
	assert_int_equal(services_load(path, &services, &diag), 0);
	assert_string_equal(services_name(services, TRANSPORT_TCP, 80), "lab");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "own 6\n", 6, 0), 6);
	assert_int_equal(services_load_protocols(services, path, &diag), 0);
	assert_string_equal(services_name(services, TRANSPORT_IP, 6), "own");
	close(fd);
	unlink(path);
	services_free(services);
}

static int parse_some(void *self)
{
	static const char text[] = "a 1/tcp 0.5\nb 2/udp 1/3\nunknown 3/sctp\n";
	struct services *services = NULL;
	int r = services_parse(text, sizeof(text) - 1, &services, NULL);

	if (!r)
		r = services_parse_protocols(services, "x 1\n", 4, NULL);
	services_free(services);
	return r;
}

static int load_some(void *self)
{
	struct services *services = NULL;
	int r = services_load("/etc/protocols", &services, NULL);

	services_free(services);
	return r;
}

static void short_memory_is_an_error_and_nothing_leaks(void **state)
{
	support_each_allocation_fails(parse_some, NULL, 500);
	support_each_allocation_fails(load_some, NULL, 500);
	services_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_form_is_read),
		cmocka_unit_test(decimals_are_the_nearest_double),
		cmocka_unit_test(lines_that_do_not_scan_are_ignored),
		cmocka_unit_test(a_wrong_frequency_is_an_error_with_its_place),
		cmocka_unit_test(the_first_entry_of_a_port_wins),
		cmocka_unit_test(the_top_is_stable_in_file_order),
		cmocka_unit_test(top_and_ratio_choose_among_a_set),
		cmocka_unit_test(unknown_is_no_name_but_can_be_asked_for),
		cmocka_unit_test(names_match_with_wildcards_in_any_case),
		cmocka_unit_test(a_file_without_frequencies_is_old_style),
		cmocka_unit_test(protocols_are_read_and_replaced),
		cmocka_unit_test(the_compiled_in_table_serves_every_default),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(short_memory_is_an_error_and_nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
