/* Prints of IPv6 hosts as texts (os-detection.md B3). */
#include "support.h"

#include "detect/os/os6_print.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/* Of a namespace of ours, from Nmap 7.93 (2026-11-26), with some of its replies. */
static const char seen[] =
	"OS:SCAN(V=7.93%E=6%D=11/26%OT=8080%CT=81%CU=38991%PV=N%DS=1%DC=D%G=Y%M=BA7\n"
	"OS:466%TM=6B07BAFB%P=x86_64-pc-linux-gnu)S6(P=600c39f800240640XX{32}1f90aa\n"
	"OS:6c558af79758f50a549012fb04fafa0000020405a00402080a7357203fff{4}%ST=0.55\n"
	"OS:8484%RT=0.558495)IE2(P=600e919b00583a40XX{32}0401d8fc00{3}3860012345002\n"
	"OS:8002eXX{32}3c00010400{4}2b00010400{12}3a00010400{4}8000d91dabcd0001%ST=\n"
	"OS:0.657%RT=0.657012)NS(P=6000{4}183affXX{32}88003f734000{3}XX{16}%ST=0.70\n"
	"OS:6324%RT=0.706339)T4(P=600c3f2800140640XX{32}1f90aa700d5044c800{4}500400\n"
	"OS:00faea0000%ST=0.952731%RT=0.952744)EXTRA(FL=12345)\n";

static struct os6_print print;

static int parse(const char *text, struct os_scan_line *scan, struct diag *diag)
{
	bool has_scan;

	return os6_print_parse(text, strlen(text), &print, scan, &has_scan, diag);
}

static void nmaps_print_is_read_and_written(void **state)
{
	struct os_scan_line scan = {0};
	struct buf whole = BUF_INIT;

	assert_int_equal(parse(seen, &scan, NULL), 0);
	assert_int_equal(scan.ip_version, 6);
	assert_int_equal(scan.open_tcp, 8080);
	assert_int_equal(print.flow_label, 0x12345);
	assert_true(print.replies[OS6_S6].seen);
	assert_false(print.replies[OS6_S1].seen);
	assert_int_equal(print.replies[OS6_S6].count, 76);
	assert_int_equal(print.replies[OS6_S6].bytes[75], 0xff);
	assert_int_equal(print.replies[OS6_S6].sent_us, 558484);
	assert_int_equal(print.replies[OS6_IE2].sent_us, 657000);
	os6_print_block(&scan, &print, &whole);
	assert_string_equal(buf_str(&whole), seen);
	buf_release(&whole);
}

static void without_folds_every_byte_is_there(void **state)
{
	struct buf text = BUF_INIT;

	assert_int_equal(
		parse("NS(P=6000{4}183affXX{32}88003f734000{3}XX{16}%ST=1%RT=2.5)", NULL, NULL), 0);
	os6_print_tests(&print, true, false, &text);
	assert_string_equal(
		buf_str(&text),
		"NS(P="
		"6000000000183affXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
		"88003f7340000000XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX%ST=1%RT=2.5)\n"
		"EXTRA(FL=00000)\n");
	buf_release(&text);
}

/* A reply as it comes from a talk. */
static void note(enum os6_probe probe, const char *payload, size_t payload_bytes, uint8_t type)
{
	struct packet packet = {.kind = PACKET_ICMPV6, .icmp.type = type};

	assert_true(ip_parse("fd66::2", &packet.ip.src));
	assert_true(ip_parse("fd66::1", &packet.ip.dst));
	packet.ip.ttl = 64;
	packet.payload = (const uint8_t *)payload;
	packet.payload_bytes = payload_bytes;
	os6_print_note(&print, probe, &packet, 1, 2);
}

/* Neither the packet's addresses, nor a quoted packet's, nor neighbours'. */
static void addresses_are_never_told(void **state)
{
	uint8_t quote[64] = {0x60,
			     [6] = PROTOCOL_ICMPV6,
			     [8] = 0xfd,
			     [9] = 0x66,
			     [23] = 0x77,
			     [39] = 0x77,
			     [40] = ICMPV6_NEIGHBOUR_SOLICITATION,
			     [48] = 0xfd,
			     [49] = 0x66,
			     [63] = 0x77};
	struct buf text = BUF_INIT;

	memset(&print, 0, sizeof(print));
	note(OS6_NS, (const char *)quote, sizeof(quote), ICMPV6_UNREACHABLE);
	note(OS6_IE1, "\xfd\x66\0\0\0\0\0\0\0\0\0\0\0\0\0\x77", 16, ICMPV6_NEIGHBOUR_ADVERTISEMENT);
	os6_print_tests(&print, false, false, &text);
	assert_null(strstr(buf_str(&text), "fd66"));
	assert_null(strstr(buf_str(&text), "77"));
	buf_release(&text);
	/* Of an echo's data nothing is hidden. */
	memset(&print, 0, sizeof(print));
	note(OS6_IE1, "\xfd\x66\0\0\0\0\0\0\0\0\0\0\0\0\0\x77", 16, ICMPV6_ECHO_REPLY);
	os6_print_tests(&print, false, false, &text);
	assert_non_null(strstr(buf_str(&text), "fd66"));
	buf_release(&text);
}

/* Addresses of those who paste them unhidden are not kept. */
static void addresses_are_forgotten(void **state)
{
	assert_int_equal(
		parse("T4(P=600c3f2800140640fd660000000000000000000000000001fd66000000000000000000"
		      "00000000021f90aa700d5044c80000000050040000faea0000%ST=1%RT=2)",
		      NULL, NULL),
		0);
	assert_int_equal(print.replies[OS6_T4].count, 60);
	assert_int_equal(print.replies[OS6_T4].bytes[8], 0);
	assert_int_equal(print.replies[OS6_T4].bytes[39], 0);
	assert_int_equal(print.replies[OS6_T4].bytes[40], 0x1f);
}

static void long_replies_are_cut(void **state)
{
	static const char data[2000];

	memset(&print, 0, sizeof(print));
	note(OS6_IE1, data, sizeof(data), ICMPV6_ECHO_REPLY);
	assert_int_equal(print.replies[OS6_IE1].count, OS6_REPLY_BYTES);
	assert_int_equal(print.replies[OS6_IE1].bytes[4] << 8 | print.replies[OS6_IE1].bytes[5],
			 2008);
}

static void times_are_read(void **state)
{
	assert_int_equal(parse("S1(P=60%ST=5e-05%RT=12.3456789)", NULL, NULL), 0);
	assert_int_equal(print.replies[OS6_S1].sent_us, 50);
	assert_int_equal(print.replies[OS6_S1].heard_us, 12345679);
}

static void the_first_of_two_counts(void **state)
{
	assert_int_equal(parse("S1(P=6001)S1(P=6002)", NULL, NULL), 0);
	assert_int_equal(print.replies[OS6_S1].bytes[1], 1);
}

static void tests_that_nobody_knows_are_passed_over(void **state)
{
	assert_int_equal(parse("NI(P=zz)S2(P=6001%NEW=1)LATER(x=1)", NULL, NULL), 0);
	assert_true(print.replies[OS6_S2].seen);
}

static void nonsense_is_told(void **state)
{
	static const char *const wrong[] = {
		"S1(P=6)",        "S1(P=6g)",         "S1(P=60{0})",
		"S1(P=60{1281})", "S1(P=60{1280}00)", "S1(P=60{3)",
		"S1(P=60X0)",     "S1(P=)",           "S1()",
		"S1(60)",         "S1(P=60%ST=)",     "S1(P=60%ST=1,5)",
		"S1(P=60%ST=-1)", "S1(P=60%ST=1e9)",  "S1(P=60%ST=99999999999)",
		"S1(P=60",        "S1 P=60)",         "EXTRA(FL=123456)",
		"EXTRA(FL=)",     "EXTRA(FL=xyz)",
	};
	struct diag diag = {0};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		diag.text[0] = '\0';
		if (parse(wrong[i], NULL, &diag) != ERROR_SYNTAX)
			fail_msg("%s is taken", wrong[i]);
		assert_non_null(strstr(diag.text, "line 1"));
	}
	assert_int_equal(parse(" \n", NULL, &diag), ERROR_NOT_FOUND);
}

static void short_memory_is_told(void **state)
{
	struct os_scan_line scan = {0};
	struct buf out = BUF_INIT;

	assert_int_equal(parse(seen, &scan, NULL), 0);
	alloc_fault_after(0);
	os6_print_block(&scan, &print, &out);
	assert_false(buf_ok(&out));
	alloc_fault_after(-1);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nmaps_print_is_read_and_written),
		cmocka_unit_test(without_folds_every_byte_is_there),
		cmocka_unit_test(addresses_are_never_told),
		cmocka_unit_test(addresses_are_forgotten),
		cmocka_unit_test(long_replies_are_cut),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(the_first_of_two_counts),
		cmocka_unit_test(tests_that_nobody_knows_are_passed_over),
		cmocka_unit_test(nonsense_is_told),
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
