#include "support.h"

#include "api/packet_words.h"
#include "util/error.h"

#include <string.h>

struct flags_case {
	const char *text;
	int flags; /* -1: refused */
};

static void flags_are_numbers_or_names(void **state)
{
	static const struct flags_case cases[] = {
		{"SYNFIN", 0x03},  {"synfin", 0x03}, {"SYN,FIN", 0x03},
		{"SYN FIN", 0x03}, {"RESET", 0x04},  {"rst", 0x04},
		{"PUSHPSH", 0x08}, {"ECECWR", 0xc0}, {"ALL", 0xff},
		{"NONE", 0},       {"0x12", 0x12},   {"010", 8},
		{"255", 255},      {"0", 0},         {"256", -1},
		{"-1", -1},        {"", -1},         {"synfinx", -1},
		{"12abc", -1},     {"SYN,", -1},     {"999999999999999999999", -1},
		{" 1", -1},        {"URGACK", 0x30},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct diag diag = {0};
		int flags = -1, r = tcp_flags_parse(cases[i].text, &flags, &diag);

		if ((r == 0) != (cases[i].flags >= 0) || (r == 0 && flags != cases[i].flags))
			fail_msg("%s: %d %#x %s", cases[i].text, r, (unsigned)flags, diag.text);
	}
}

static void bytes_in_hex_have_three_spellings(void **state)
{
	static const char *const good[] = {"0xCAfe", "CAFE", "\\xca\\xFE", "0XcaFE"};
	static const char *const bad[] = {"",        "0x",      "C",    "CAF",
					  "ca fe",   "ca:fe",   "\\xc", "\\xca1",
					  "\\xca\\", "\\xcafe", "zz",   "0x0x11"};
	uint8_t bytes[4];
	size_t i, count;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(hex_bytes_parse(good[i], bytes, sizeof(bytes), &count), 0);
		assert_int_equal(count, 2);
		assert_memory_equal(bytes, "\xca\xfe", 2);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (hex_bytes_parse(bad[i], bytes, sizeof(bytes), &count) != ERROR_SYNTAX)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(hex_bytes_parse("1122334455", bytes, sizeof(bytes), &count), ERROR_LIMIT);
}

struct options_case {
	const char *text, *bytes;
	size_t count;
	const char *first_hop;
	size_t target_at;
};

/* The bytes are those that nmap 7.93 was seen to send. */
static void ip_options_are_what_nmap_sends(void **state)
{
	static const struct options_case cases[] = {
		{"R", "\x01\x07\x27\x04\0\0\0", 40, NULL, 0},
		{"T", "\x44\x28\x05\x00\0\0\0", 40, NULL, 0},
		{"U", "\x44\x24\x05\x01\0\0\0", 36, NULL, 0},
		{"L 10.99.0.2 10.1.1.1", "\x01\x83\x0f\x04\x0a\x63\0\x02\x0a\x01\x01\x01\0\0\0\0",
		 16, "10.99.0.2", 12},
		{"S10.99.0.2", "\x01\x89\x0b\x04\x0a\x63\0\x02\0\0\0\0", 12, "10.99.0.2", 8},
		{"\\x01\\x07*3", "\x01\x07\x07\x07", 4, NULL, 0},
		{"\\1\\002\\3\\004", "\x01\x02\x03\x04", 4, NULL, 0},
		{"\\255*40", "\xff\xff", 40, NULL, 0},
		{"", "", 0, NULL, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t compared = cases[i].count < 40 && cases[i].first_hop ? cases[i].count : 2;
		struct ip_options_text options;
		struct diag diag = {0};
		char hop[IP_TEXT_BYTES];

		if (ip_options_parse(cases[i].text, &options, &diag) < 0)
			fail_msg("%s: %s", cases[i].text, diag.text);
		assert_int_equal(options.count, cases[i].count);
		if (cases[i].count)
			assert_memory_equal(options.bytes, cases[i].bytes, compared);
		assert_int_equal(options.target_at, cases[i].target_at);
		if (cases[i].first_hop)
			assert_string_equal(ip_format(&options.first_hop, hop), cases[i].first_hop);
		else
			assert_int_equal(options.first_hop.family, IP_NONE);
	}
}

static void other_ip_options_are_refused(void **state)
{
	static const char *const bad[] = {
		"X",
		"R T",
		"L",
		"S",
		"S foo",
		"L ::1",
		"\\x01",
		"\\x01*45",
		"\\x1",
		"\\999\\1\\1\\1",
		"\\x01*0*4",
		"\\x01*",
		"01020304",
		"\\x01*4 \\x0",
		"\\*4",
		"L 1.2.3.4,",
		("L 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 "
		 "10.0.0.9"),
		"L 1111111111111111111111111111111111111111111111111111111111111111111111111111111",
		"\\x01*40\\x01*4"};
	struct ip_options_text options;
	struct diag diag;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ip_options_parse(bad[i], &options, &diag) >= 0)
			fail_msg("%s was taken", bad[i]);
}

static void a_hardware_address_may_be_begun(void **state)
{
	struct mac_addr mac;

	assert_int_equal(mac_prefix_parse("", &mac), 0);
	assert_int_equal(mac_prefix_parse("02:1b", &mac), 2);
	assert_memory_equal(mac.bytes, "\x02\x1b\0\0\0\0", 6);
	assert_int_equal(mac_prefix_parse("021B33", &mac), 3);
	assert_int_equal(mac_prefix_parse("01:02:03:04:05:06", &mac), 6);
	assert_int_equal(mac_prefix_parse("01:02:03:04:05:06:07", &mac), ERROR_LIMIT);
	assert_int_equal(mac_prefix_parse("0:1", &mac), ERROR_SYNTAX);
	assert_int_equal(mac_prefix_parse("01:", &mac), ERROR_SYNTAX);
	assert_int_equal(mac_prefix_parse("01-02", &mac), ERROR_SYNTAX);
	assert_int_equal(mac_prefix_parse("012", &mac), ERROR_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_numbers_or_names),
		cmocka_unit_test(bytes_in_hex_have_three_spellings),
		cmocka_unit_test(ip_options_are_what_nmap_sends),
		cmocka_unit_test(other_ip_options_are_refused),
		cmocka_unit_test(a_hardware_address_may_be_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
