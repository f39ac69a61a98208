/* ISNs, IP IDs and timestamps (os-detection.md A7). */
#include "support.h"

#include "detect/os/os_attributes.h"
#include "detect/os/os_sequence.h"

#include <string.h>

#define MS 1000000ull

static const uint64_t times[6] = {0, 100 * MS, 200 * MS, 300 * MS, 400 * MS, 500 * MS};

static void isns_have_gcd_rate_and_deviation(void **state)
{
	static const struct {
		size_t count;
		uint32_t isns[6];
		uint32_t gcd, rate, index;
	} rows[] = {
		/* Constant. */
		{6, {5, 5, 5, 5, 5, 5}, 0, 0, 0},
		/* 64,000 every 100 ms: 8 * log2(640000) = 154.3, no deviation. */
		{6, {0, 64000, 128000, 192000, 256000, 320000}, 64000, 0x9a, 0},
		/* Around 0, and backwards: the smaller way round. */
		{4, {0xffffff00u, 0x100, 0x300, 0x500}, 512, 0x63, 0},
		{4, {0x500, 0x300, 0x100, 0xffffff00u}, 512, 0x63, 0},
		/* Rates 10, 30, 10, 30, 20: mean 20, deviation 10: 8 * log2(10) = 26.6;
		 * 8 * log2(20) = 34.6. */
		{6, {0, 1, 4, 5, 8, 10}, 1, 35, 27},
		/* The same times 100, gcd 100: SP as before. */
		{6, {0, 100, 400, 500, 800, 1000}, 100, 88, 27},
		/* Times 9: gcd 9 does not divide: deviation 90, 8 * log2(90) = 51.9. */
		{6, {0, 9, 36, 45, 72, 90}, 9, 60, 52},
		/* A deviation of at most 1 counts as none: rates 10, 10, 10. */
		{4, {1, 2, 3, 4}, 1, 27, 0},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct os_isn_facts facts = os_isn_facts_of(rows[i].isns, times, rows[i].count);

		if (facts.gcd != rows[i].gcd || facts.rate != rows[i].rate ||
		    facts.index != rows[i].index)
			fail_msg("row %zu: GCD %u, ISR %u, SP %u", i, facts.gcd, facts.rate,
				 facts.index);
	}
}

static void difficulty_has_words(void **state)
{
	assert_string_equal(os_difficulty_words(0), "Trivial joke");
	assert_string_equal(os_difficulty_words(3), "Easy");
	assert_string_equal(os_difficulty_words(6), "Medium");
	assert_string_equal(os_difficulty_words(10), "Medium");
	assert_string_equal(os_difficulty_words(11), "Formidable");
	assert_string_equal(os_difficulty_words(12), "Worthy challenge");
	assert_string_equal(os_difficulty_words(15), "Worthy challenge");
	assert_string_equal(os_difficulty_words(16), "Good luck!");
}

struct ipid_row {
	size_t count;
	uint16_t ids[6];
	enum os_ipid_class nmap, ours, local;
};

static void ipids_have_classes(void **state)
{
	/* In Nmap's manner, with wraps, and on this machine. */
	static const struct ipid_row rows[] = {
		{1, {5}, OS_IPID_UNKNOWN, OS_IPID_UNKNOWN, OS_IPID_UNKNOWN},
		{3, {0, 0, 0}, OS_IPID_ZERO, OS_IPID_ZERO, OS_IPID_ZERO},
		{2, {0, 0}, OS_IPID_ZERO, OS_IPID_ZERO, OS_IPID_ZERO},
		{3, {7, 7, 7}, OS_IPID_CONSTANT, OS_IPID_CONSTANT, OS_IPID_CONSTANT},
		{4, {1, 2, 3, 4}, OS_IPID_INCREMENTAL, OS_IPID_INCREMENTAL, OS_IPID_INCREMENTAL},
		{4, {1, 10, 19, 20}, OS_IPID_INCREMENTAL, OS_IPID_INCREMENTAL, OS_IPID_INCREMENTAL},
		{4, {1, 11, 20, 21}, OS_IPID_UNKNOWN, OS_IPID_UNKNOWN, OS_IPID_UNKNOWN},
		/* Each of our resets took one: 2, 4, 6 are 1, 3, 5. */
		{4, {1, 3, 7, 13}, OS_IPID_BY_TWO, OS_IPID_BY_TWO, OS_IPID_INCREMENTAL},
		{4, {1, 3, 5, 7}, OS_IPID_BY_TWO, OS_IPID_BY_TWO, OS_IPID_INCREMENTAL},
		{3, {1, 501, 1001}, OS_IPID_BY_TWO, OS_IPID_BY_TWO, OS_IPID_UNKNOWN},
		{3, {1, 1001, 2001}, OS_IPID_BY_TWO, OS_IPID_BY_TWO, OS_IPID_UNKNOWN},
		{3, {1, 1002, 2003}, OS_IPID_POSITIVE, OS_IPID_POSITIVE, OS_IPID_BY_TWO},
		{3, {1, 1003, 2005}, OS_IPID_POSITIVE, OS_IPID_POSITIVE, OS_IPID_POSITIVE},
		{3, {0, 256, 512}, OS_IPID_BROKEN, OS_IPID_BROKEN, OS_IPID_CONSTANT},
		{3, {0, 512, 1024}, OS_IPID_BROKEN, OS_IPID_BROKEN, OS_IPID_BROKEN},
		{3, {0, 5120, 10240}, OS_IPID_BROKEN, OS_IPID_BROKEN, OS_IPID_BROKEN},
		{3, {0, 5376, 10752}, OS_IPID_BY_TWO, OS_IPID_BY_TWO, OS_IPID_BROKEN},
		{2, {0, 25600}, OS_IPID_POSITIVE, OS_IPID_POSITIVE, OS_IPID_BY_TWO},
		{2, {0, 25856}, OS_IPID_POSITIVE, OS_IPID_POSITIVE, OS_IPID_POSITIVE},
		{3, {0, 20000, 40000}, OS_IPID_POSITIVE, OS_IPID_POSITIVE, OS_IPID_POSITIVE},
		{3, {0, 20001, 40002}, OS_IPID_RANDOM, OS_IPID_RANDOM, OS_IPID_RANDOM},
		{3, {9, 8, 9}, OS_IPID_RANDOM, OS_IPID_RANDOM, OS_IPID_RANDOM},
		/* Two samples cannot be random: 9 to 8 is a step of 65535. */
		{2, {9, 8}, OS_IPID_POSITIVE, OS_IPID_POSITIVE, OS_IPID_POSITIVE},
		/* Around 65535. */
		{4, {65534, 65535, 0, 1}, OS_IPID_RANDOM, OS_IPID_INCREMENTAL, OS_IPID_RANDOM},
		{4, {65024, 65280, 0, 256}, OS_IPID_RANDOM, OS_IPID_BROKEN, OS_IPID_RANDOM},
		{4, {65000, 50, 65010, 60}, OS_IPID_RANDOM, OS_IPID_RANDOM, OS_IPID_RANDOM},
		{4, {60000, 65535, 6000, 6001}, OS_IPID_RANDOM, OS_IPID_RANDOM, OS_IPID_RANDOM},
	};
	const struct os_ipid_rules nmap = {0}, ours = {.wraps = true}, local = {.local = true};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ipid_row *row = &rows[i];

		if (os_ipid_class_of(row->ids, row->count, nmap, NULL) != row->nmap ||
		    os_ipid_class_of(row->ids, row->count, ours, NULL) != row->ours ||
		    os_ipid_class_of(row->ids, row->count, local, NULL) != row->local)
			fail_msg(
				"row %zu: %s, %s, %s", i,
				os_ipid_words(os_ipid_class_of(row->ids, row->count, nmap, NULL)),
				os_ipid_words(os_ipid_class_of(row->ids, row->count, ours, NULL)),
				os_ipid_words(os_ipid_class_of(row->ids, row->count, local, NULL)));
	}
}

static void ipid_classes_have_values(void **state)
{
	char text[8];

	assert_string_equal(os_ipid_value(OS_IPID_BY_TWO, 1, text), "I");
	assert_string_equal(os_ipid_value(OS_IPID_INCREMENTAL, 1, text), "I");
	assert_string_equal(os_ipid_value(OS_IPID_CONSTANT, 0xbeef, text), "BEEF");
	assert_string_equal(os_ipid_value(OS_IPID_ZERO, 0, text), "Z");
	assert_string_equal(os_ipid_value(OS_IPID_BROKEN, 0, text), "BI");
	assert_string_equal(os_ipid_value(OS_IPID_RANDOM, 0, text), "RD");
	assert_string_equal(os_ipid_value(OS_IPID_POSITIVE, 0, text), "RI");
	assert_null(os_ipid_value(OS_IPID_UNKNOWN, 0, text));
	assert_string_equal(os_ipid_words(OS_IPID_BY_TWO), "Incrementing by 2");
}

static void timestamps_have_bins(void **state)
{
	static const struct {
		double rate;
		int value;
		enum os_timestamp_class class;
	} rows[] = {
		{0, OS_NONE, OS_TIMESTAMP_UNKNOWN}, {0.5, 1, OS_TIMESTAMP_2HZ},
		{2, 1, OS_TIMESTAMP_2HZ},           {5.66, 1, OS_TIMESTAMP_2HZ},
		{5.67, 3, OS_TIMESTAMP_OTHER},      {10, 3, OS_TIMESTAMP_OTHER},
		{70, 6, OS_TIMESTAMP_OTHER},        {70.1, 7, OS_TIMESTAMP_100HZ},
		{100, 7, OS_TIMESTAMP_100HZ},       {150, 7, OS_TIMESTAMP_100HZ},
		{150.1, 8, OS_TIMESTAMP_OTHER},     {250, 8, OS_TIMESTAMP_OTHER},
		{350, 8, OS_TIMESTAMP_OTHER},       {363, 9, OS_TIMESTAMP_OTHER},
		{724, 9, OS_TIMESTAMP_OTHER},       {725, 10, OS_TIMESTAMP_1000HZ},
		{1000, 10, OS_TIMESTAMP_1000HZ},    {1448, 10, OS_TIMESTAMP_1000HZ},
		{1449, 11, OS_TIMESTAMP_OTHER},     {8589934592.0, 33, OS_TIMESTAMP_OTHER},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (os_timestamp_value(rows[i].rate) != rows[i].value ||
		    os_timestamp_class_of(rows[i].rate) != rows[i].class)
			fail_msg("row %zu: %d, %s", i, os_timestamp_value(rows[i].rate),
				 os_timestamp_words(os_timestamp_class_of(rows[i].rate)));
}

static void timestamps_have_rates_and_uptimes(void **state)
{
	static const uint32_t steady[] = {100000, 100100, 100200, 100300};
	static const uint32_t around[] = {0xffffffffu, 99, 199, 299};
	static const uint32_t wild[] = {1, 0x40000000, 0x10000000, 0x50000000};
	/* One connection that began elsewhere spoils two of five steps. */
	static const uint32_t once[] = {1000, 1100, 0x40000000, 1300, 1400, 1500};

	assert_float_equal(os_timestamp_rate(steady, times, 4), 1000, 0.01);
	assert_float_equal(os_timestamp_rate(around, times, 4), 1000, 0.01);
	assert_float_equal(os_timestamp_rate(steady, times, 1), 0, 0);
	assert_false(os_timestamp_is_random(steady, times, 4));
	assert_true(os_timestamp_is_random(wild, times, 4));
	assert_true(os_timestamp_is_random(wild, times, 2));
	assert_false(os_timestamp_is_random(once, times, 6));
	assert_int_equal(os_timestamp_uptime_s(100000, 1010), 100);
	assert_int_equal(os_timestamp_uptime_s(100000, 98), 1000);
	assert_int_equal(os_timestamp_uptime_s(100000, 2.2), 50000);
	assert_int_equal(os_timestamp_uptime_s(100000, 250.2), 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(isns_have_gcd_rate_and_deviation),
		cmocka_unit_test(difficulty_has_words),
		cmocka_unit_test(ipids_have_classes),
		cmocka_unit_test(ipid_classes_have_values),
		cmocka_unit_test(timestamps_have_bins),
		cmocka_unit_test(timestamps_have_rates_and_uptimes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
