#include "support.h"

#include "net/ip.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

static void good_texts_come_back_as_rfc_5952_writes_them(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"10.20.30.40", "10.20.30.40"},
		{"::", "::"},
		{"::1", "::1"},
		{"1::", "1::"},
		{"2001:DB8::A", "2001:db8::a"},
		{"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
		/* one zero group is not shortened; the first of two equal runs is */
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"1:0:0:0:0:0:0:0", "1::"},
		{"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
		{"::ffff:102:304", "::ffff:1.2.3.4"},
		{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
		{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
		{"::1.2.3.4", "::102:304"},
	};
	char text[IP_TEXT_BYTES];
	struct ip_addr addr;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (!ip_parse(cases[i].in, &addr))
			fail_msg("%s is not read", cases[i].in);
		assert_string_equal(ip_format(&addr, text), cases[i].out);
	}
}

static void anything_but_a_whole_address_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"1",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.4 ",
		" 1.2.3.4",
		"1.2.3.256",
		"1.2.3.04",
		"1.2.3.0004",
		"1.2.3.",
		".1.2.3",
		"1..2.3",
		"1.2.3.+4",
		"1.2.3.4%lo",
		":",
		":::",
		"::1:",
		":1::",
		"1:",
		":1",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8",
		"1::2::3",
		"12345::",
		"::g",
		"::1.2.3",
		"::1.2.3.4:5",
		"1.2.3.4::",
		"1:2:3:4:5:6:7:1.2.3.4",
		"::1.2.3.256",
		"::1%",
		"::1%0",
		"::1%4294967296",
		"::1%no-such-zone-here",
		"[::1]",
		"::1/64",
		"localhost",
	};
	struct ip_addr addr;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (ip_parse(cases[i], &addr))
			fail_msg("'%s' is taken for an address", cases[i]);
}

/* Random texts of the alphabet, held against the system's own parser. */
static void parsing_agrees_with_the_system(void **state)
{
	static const char alphabet[] = "01259af:::..";
	uint32_t x = 12345;
	char text[24];
	int round, i, good = 0;

	for (round = 0; round < 200000; round++) {
		struct ip_addr addr;
		uint8_t v4[4], v6[16];
		int length;

		x = x * 1664525u + 1013904223u;
		length = 2 + (int)((x >> 24) % 14);
		for (i = 0; i < length; i++) {
			x = x * 1664525u + 1013904223u;
			text[i] = alphabet[(x >> 20) % (sizeof(alphabet) - 1)];
		}
		text[length] = '\0';
		if (inet_pton(AF_INET, text, v4) == 1) {
			assert_true(ip_parse(text, &addr));
			assert_memory_equal(addr.bytes, v4, 4);
		} else if (inet_pton(AF_INET6, text, v6) == 1) {
			assert_true(ip_parse(text, &addr));
			assert_memory_equal(addr.bytes, v6, 16);
			good++;
		} else if (ip_parse(text, &addr)) {
			fail_msg("'%s': the system refuses it", text);
		}
	}
	assert_true(good > 100);
}

static void zones_are_names_or_numbers(void **state)
{
	char text[IP_TEXT_BYTES], name[IF_NAMESIZE];
	struct ip_addr addr;

	assert_true(ip_parse("fe80::1%4000000000", &addr));
	assert_int_equal(addr.scope_id, 4000000000u);
	assert_string_equal(ip_format(&addr, text), "fe80::1%4000000000");
	if (if_indextoname(1, name)) {
		assert_true(ip_parse("fe80::1%1", &addr));
		assert_int_equal(addr.scope_id, 1);
		ip_format(&addr, text);
		assert_string_equal(text + strlen("fe80::1%"), name);
		assert_true(ip_parse(text, &addr));
		assert_int_equal(addr.scope_id, 1);
	}
}

static struct ip_addr at(const char *text)
{
	struct ip_addr addr;

	if (!ip_parse(text, &addr))
		fail_msg("%s", text);
	return addr;
}

static void order_is_family_value_zone(void **state)
{
	static const char *const ascending[] = {
		"0.0.0.0", "9.9.9.9", "10.0.0.0", "255.255.255.255", "::", "::1",
		"::1%7",   "::2",     "ff::",
	};
	size_t i, j;

	for (i = 0; i < 9; i++)
		for (j = 0; j < 9; j++) {
			struct ip_addr a = at(ascending[i]), b = at(ascending[j]);

			assert_int_equal(ip_compare(&a, &b), (i > j) - (i < j));
			assert_int_equal(ip_equal(&a, &b), i == j);
		}
}

static void sums_stop_at_the_end_of_the_space(void **state)
{
	char text[IP_TEXT_BYTES];
	struct ip_addr a = at("10.0.0.255"), sum;

	assert_true(ip_add(&a, 2, &sum));
	assert_string_equal(ip_format(&sum, text), "10.0.1.1");
	a = at("255.255.255.255");
	assert_true(ip_add(&a, 0, &sum));
	assert_false(ip_add(&a, 1, &sum));
	assert_false(ip_add(&a, UINT64_MAX, &sum));
	a = at("::ffff:ffff:ffff:ffff%7");
	assert_true(ip_add(&a, UINT64_MAX, &sum));
	assert_string_equal(ip_format(&sum, text), "::1:ffff:ffff:ffff:fffe%7");
	a = at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	assert_false(ip_add(&a, 1, &sum));
}

static void prefixes_have_a_first_and_a_last(void **state)
{
	static const struct {
		const char *addr;
		unsigned bits;
		const char *first, *last;
	} cases[] = {
		{"10.1.2.3", 0, "0.0.0.0", "255.255.255.255"},
		{"10.1.2.3", 15, "10.0.0.0", "10.1.255.255"},
		{"10.1.2.3", 31, "10.1.2.2", "10.1.2.3"},
		{"10.1.2.3", 32, "10.1.2.3", "10.1.2.3"},
		{"10.1.2.3", 40, "10.1.2.3", "10.1.2.3"},
		{"2001:db8::1", 0, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"2001:db8::1", 33, "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
		{"2001:db8::1", 128, "2001:db8::1", "2001:db8::1"},
	};
	char text[IP_TEXT_BYTES];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ip_addr addr = at(cases[i].addr), first, last;

		first = ip_first_of(&addr, cases[i].bits);
		last = ip_last_of(&addr, cases[i].bits);
		assert_string_equal(ip_format(&first, text), cases[i].first);
		assert_string_equal(ip_format(&last, text), cases[i].last);
	}
}

static void special_addresses_are_known(void **state)
{
	static const char *const loopback[] = {"127.0.0.1", "127.255.0.9", "::1",
					       "::ffff:127.0.0.1"};
	static const char *const other[] = {"128.0.0.1", "126.0.0.1", "::2", "::ffff:10.0.0.1",
					    "::127.0.0.1"};
	struct ip_addr addr;
	size_t i;

	for (i = 0; i < 4; i++) {
		addr = at(loopback[i]);
		assert_true(ip_is_loopback(&addr));
	}
	for (i = 0; i < 5; i++) {
		addr = at(other[i]);
		assert_false(ip_is_loopback(&addr));
	}
	addr = at("febf::1");
	assert_true(ip_is_link_local(&addr));
	addr = at("ff02::1");
	assert_true(ip_is_link_local(&addr));
	addr = at("fec0::1");
	assert_false(ip_is_link_local(&addr));
	addr = at("254.128.0.1");
	assert_false(ip_is_link_local(&addr));
}

static void sockaddrs_go_there_and_back(void **state)
{
	static const char *const cases[] = {"192.0.2.7", "2001:db8::7", "fe80::7%9"};
	struct sockaddr_storage sa;
	struct ip_addr addr, back;
	uint16_t port = 0;
	size_t i;

	for (i = 0; i < 3; i++) {
		addr = at(cases[i]);
		assert_int_equal(ip_to_sockaddr(&addr, 4321, &sa),
				 i ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
		assert_true(ip_from_sockaddr((struct sockaddr *)&sa, &back, &port));
		assert_true(ip_equal(&addr, &back));
		assert_int_equal(port, 4321);
		assert_true(ip_from_sockaddr((struct sockaddr *)&sa, &back, NULL));
	}
	sa.ss_family = AF_UNIX;
	assert_false(ip_from_sockaddr((struct sockaddr *)&sa, &back, &port));
}

static void reverse_names_are_written_backwards(void **state)
{
	char text[IP_ARPA_BYTES];
	struct ip_addr addr = at("4.30.200.1");

	assert_string_equal(ip_arpa_name(&addr, text), "1.200.30.4.in-addr.arpa");
	addr = at("2001:db8::567:89ab");
	assert_string_equal(
		ip_arpa_name(&addr, text),
		"b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_texts_come_back_as_rfc_5952_writes_them),
		cmocka_unit_test(anything_but_a_whole_address_is_refused),
		cmocka_unit_test(parsing_agrees_with_the_system),
		cmocka_unit_test(zones_are_names_or_numbers),
		cmocka_unit_test(order_is_family_value_zone),
		cmocka_unit_test(sums_stop_at_the_end_of_the_space),
		cmocka_unit_test(prefixes_have_a_first_and_a_last),
		cmocka_unit_test(special_addresses_are_known),
		cmocka_unit_test(sockaddrs_go_there_and_back),
		cmocka_unit_test(reverse_names_are_written_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
