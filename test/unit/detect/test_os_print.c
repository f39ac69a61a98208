/* Observed prints as texts (os-detection.md A13, formats.md 9.9). */
#include "os_fixture.h"

#include "util/alloc.h"

static const struct os_scan_line usual = {
	.version = "7.93",
	.platform = "x86_64-pc-linux-gnu",
	.ip_version = 4,
	.month = 11,
	.day = 20,
	.open_tcp = 22,
	.closed_tcp = 23,
	.closed_udp = 33572,
	.special_purpose = true,
	.has_distance = true,
	.distance = 1,
	.distance_by = 'D',
	.good = true,
	.has_vendor = true,
	.vendor = {0x52, 0x54, 0x00},
	.time_s = 0x6B00D83E,
};

#define SCAN                                                                       \
	"SCAN(V=7.93%E=4%D=11/20%OT=22%CT=23%CU=33572%PV=Y%DS=1%DC=D%G=Y%M=525400" \
	"%TM=6B00D83E%P=x86_64-pc-linux-gnu)"

static void the_scan_line_is_written(void **state)
{
	const struct os_scan_line bare = {.version = "1",
					  .platform = "p",
					  .ip_version = 4,
					  .month = 1,
					  .day = 2,
					  .open_tcp = OS_NONE,
					  .closed_tcp = OS_NONE,
					  .closed_udp = OS_NONE};
	struct buf out = BUF_INIT;

	os_print_scan(&usual, false, &out);
	assert_string_equal(buf_str(&out), SCAN);
	buf_clear(&out);
	os_print_scan(&bare, true, &out);
	assert_string_equal(buf_str(&out), "SCAN(V=1%E=4%D=1/2%OT=%CT=%CU=%PV=N%G=N%TM=0%P=p)\n");
	buf_release(&out);
}

/* The example of formats.md 9.9 and its folds. */
static void a_block_is_wrapped(void **state)
{
	const struct os_fingerprint print =
		print_of("SEQ(SP=106%GCD=1%ISR=10B%TI=Z%CI=Z%II=I%TS=22)"
			 "OPS(O1=M5B4ST11NWA%O2=M5B4ST11NWA%O3=M5B4NNT11NWA%O4=M5B4ST11NWA)");
	const struct os_fingerprint *prints[] = {&print};
	struct buf out = BUF_INIT;

	os_print_block(&usual, prints, 1, &out);
	assert_string_equal(
		buf_str(&out),
		"OS:SCAN(V=7.93%E=4%D=11/20%OT=22%CT=23%CU=33572%PV=Y%DS=1%DC=D%G=Y%M=525400\n"
		"OS:%TM=6B00D83E%P=x86_64-pc-linux-gnu)SEQ(SP=106%GCD=1%ISR=10B%TI=Z%CI=Z%II\n"
		"OS:=I%TS=22)OPS(O1=M5B4ST11NWA%O2=M5B4ST11NWA%O3=M5B4NNT11NWA%O4=M5B4ST11NW\n"
		"OS:A)\n");
	buf_release(&out);
}

static void lines_have_exact_widths(void **state)
{
	char text[200];
	struct buf out = BUF_INIT;

	memset(text, 'x', sizeof(text));
	os_print_wrap(text, 144, OS_WRAP_IPV4, &out);
	assert_int_equal(out.len, 2 * 76);
	assert_int_equal(strcspn(buf_str(&out), "\n"), 75);
	buf_clear(&out);
	os_print_wrap(text, 72, OS_WRAP_IPV6, &out);
	assert_int_equal(strcspn(buf_str(&out), "\n"), 74);
	assert_int_equal(out.len, 75 + 5);
	buf_clear(&out);
	os_print_wrap(text, 0, OS_WRAP_IPV4, &out);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void rounds_are_merged(void **state)
{
	const struct os_fingerprint a = print_of("SEQ(SP=106%GCD=1)\nT1(R=Y%DF=Y)\nIE(R=N)"),
				    b = print_of("SEQ(SP=105%GCD=1)\nT1(R=Y%DF=Y)\nU1(R=N)"),
				    c = print_of("SEQ(GCD=2)\nT1(R=Y%DF=N)\n");
	const struct os_fingerprint *prints[] = {&a, &b, &c};
	struct buf out = BUF_INIT;

	os_print_tests(prints, 3, true, &out);
	assert_string_equal(buf_str(&out), "SEQ(GCD=2)\nSEQ(SP=105%GCD=1)\nSEQ(SP=106%GCD=1)\n"
					   "T1(R=Y%DF=N)\nT1(R=Y%DF=Y)\nU1(R=N)\nIE(R=N)\n");
	buf_release(&out);
}

static void empty_and_absent_are_two_things(void **state)
{
	const struct os_fingerprint print = print_of("ECN(R=Y%O=%Q=)");
	const struct os_fingerprint *prints[] = {&print};
	struct buf out = BUF_INIT;

	assert_string_equal(os_fingerprint_get(&print, OS_ECN_O), "");
	assert_null(os_fingerprint_get(&print, OS_ECN_W));
	assert_true(os_fingerprint_has(&print, OS_TEST_ECN));
	assert_false(os_fingerprint_has(&print, OS_TEST_T1));
	os_print_tests(prints, 1, false, &out);
	assert_string_equal(buf_str(&out), "ECN(R=Y%O=%Q=)");
	buf_release(&out);
}

static void a_pasted_block_is_read(void **state)
{
	static const char pasted[] =
		"  OS:SCAN(V=7.93%E=4%D=11/20%OT=22%CT=23%CU=33572%PV=Y%DS=1%DC=D%G=Y%M=525400\r\n"
		"  OS:%TM=6B00D83E%P=x86_64-pc-linux-gnu)SEQ(SP=106%GCD=1%ISR=10B%TI=Z%CI=Z%II\r\n"
		"OS:=I%TS=22)SEQ(SP=107)T2()T3(DF=Y)\r\n";
	struct os_fingerprint print;
	struct os_scan_line scan;
	struct buf out = BUF_INIT;
	bool has_scan;

	assert_int_equal(os_print_parse(pasted, sizeof(pasted) - 1, &print, &scan, &has_scan, NULL),
			 0);
	assert_true(has_scan);
	os_print_scan(&scan, false, &out);
	assert_string_equal(buf_str(&out), SCAN);
	assert_string_equal(os_fingerprint_get(&print, OS_SEQ_II), "I");
	assert_string_equal(os_fingerprint_get(&print, OS_SEQ_SP), "106");
	assert_string_equal(os_fingerprint_get(&print, OS_T2_R), "N");
	assert_string_equal(os_fingerprint_get(&print, OS_T3_R), "Y");
	buf_release(&out);
}

static void what_is_wrong_has_a_place(void **state)
{
	static const struct {
		const char *text, *words;
		int error;
	} rows[] = {
		{"", "no test", ERROR_NOT_FOUND},
		{"SCAN(V=1)", "no test", ERROR_NOT_FOUND},
		{"SEQ(SP=1)\nSEQ(SP=", "cut", ERROR_SYNTAX},
		{"SEQ(SP=1%XX=2)", "no attribute", ERROR_SYNTAX},
		{"SEQ(SP=1=2)", "never in one", ERROR_SYNTAX},
		{"SCAN(OT=65536)SEQ(SP=1)", "SCAN", ERROR_SYNTAX},
		{"SCAN(E=5)SEQ(SP=1)", "SCAN", ERROR_SYNTAX},
		{"SCAN(M=12345)SEQ(SP=1)", "SCAN", ERROR_SYNTAX},
		{"SEQ(SP=0123456789012345678901234567890123456789012345678901234567890123456)",
		 "too long", ERROR_SYNTAX},
		{"T1(R=N%DF=Y)", "allow Y", ERROR_SYNTAX},
	};
	struct os_fingerprint print;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diag diag = {0};
		int r = os_print_parse(rows[i].text, strlen(rows[i].text), &print, NULL, NULL,
				       &diag);

		if (r != rows[i].error || !strstr(diag.text, rows[i].words))
			fail_msg("%s: %d, %s", rows[i].text, r, diag.text);
	}
	assert_int_equal(os_print_parse("SEQ(SP=1)\0x", 11, &print, NULL, NULL, NULL),
			 ERROR_SYNTAX);
}

static void a_print_holds_so_much_and_no_more(void **state)
{
	static const char longest[] =
		"0123456789012345678901234567890123456789012345678901234567890123";
	struct os_fingerprint print = {0};
	size_t set = 0;
	int attribute;

	assert_int_equal(sizeof(longest) - 1, OS_VALUE_MAX);
	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++)
		set += os_fingerprint_set(&print, attribute, longest, OS_VALUE_MAX);
	assert_int_equal(set, (OS_FINGERPRINT_TEXT_BYTES - 1) / (OS_VALUE_MAX + 1));
	assert_null(os_fingerprint_get(&print, OS_IE_CD));
	assert_string_equal(os_fingerprint_get(&print, OS_SEQ_SP), longest);
	assert_false(os_fingerprint_set(&print, 0, "a b", 3));
	assert_string_equal(os_fingerprint_get(&print, OS_SEQ_SP), longest);
}

static void names_are_found(void **state)
{
	int test, attribute;

	for (test = 0; test < OS_TESTS; test++) {
		const char *name = os_test_name((enum os_test)test);

		assert_int_equal(os_test_find(name, strlen(name)), test);
		for (attribute = os_test_first((enum os_test)test);
		     attribute < os_test_end((enum os_test)test); attribute++) {
			name = os_attribute_name((enum os_attribute)attribute);
			assert_int_equal(os_attribute_test((enum os_attribute)attribute), test);
			assert_int_equal(os_attribute_find((enum os_test)test, name, strlen(name)),
					 attribute);
		}
	}
	assert_int_equal(OS_ATTRIBUTES, 119);
	assert_int_equal(os_test_find("T8", 2), OS_NONE);
	assert_true(os_attribute_nests(OS_OPS_O6) && os_attribute_nests(OS_T7_O));
	assert_false(os_attribute_nests(OS_WIN_W1) || os_attribute_nests(OS_ECN_Q));
}

static int print_some(void *self)
{
	const struct os_fingerprint print = print_of("SEQ(SP=1)");
	const struct os_fingerprint *prints[] = {&print};
	struct buf out = BUF_INIT;
	int r;

	os_print_block(&usual, prints, 1, &out);
	r = buf_ok(&out) ? 0 : ERROR_MEMORY;
	buf_release(&out);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(print_some, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_scan_line_is_written),
		cmocka_unit_test(a_block_is_wrapped),
		cmocka_unit_test(lines_have_exact_widths),
		cmocka_unit_test(rounds_are_merged),
		cmocka_unit_test(empty_and_absent_are_two_things),
		cmocka_unit_test(a_pasted_block_is_read),
		cmocka_unit_test(what_is_wrong_has_a_place),
		cmocka_unit_test(a_print_holds_so_much_and_no_more),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
