#include "support.h"

#include "util/duration.h"
#include "util/error.h"
#include "util/loop.h"

#include <stdbool.h>

static void units_and_fractions_are_exact(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
		bool unit;
	} good[] = {
		{"0", 0, false},
		{"30", 30 * NS_PER_S, false},
		{"30s", 30 * NS_PER_S, true},
		{"1.5S", 1500 * NS_PER_MS, true},
		{"100ms", 100 * NS_PER_MS, true},
		{"0.1", 100 * NS_PER_MS, false},
		{"0.3ms", 300 * NS_PER_US, true},
		{"20Ms", 20 * NS_PER_MS, true},
		{"10m", 600 * NS_PER_S, true},
		{".5h", 1800 * NS_PER_S, true},
		{"3.H", 10800 * NS_PER_S, true},
		{"1e3ms", NS_PER_S, true},
		{"1.5E-2", 15 * NS_PER_MS, false},
		{"+2", 2 * NS_PER_S, false},
		{"-0", 0, false},
		{"0.000000001", 1, false},
		{"0.0000000019", 2, false},
		{"0.1234567891", 123456789, false},
		{"2562047h", 2562047ULL * 3600 * NS_PER_S, true},
		{"9223372036", 9223372036 * NS_PER_S, false},
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		uint64_t ns = 1;
		bool unit = !good[i].unit;

		assert_int_equal(duration_parse(good[i].text, &ns, &unit), 0);
		if (ns != good[i].ns || unit != good[i].unit)
			fail_msg("%s: %llu", good[i].text, (unsigned long long)ns);
		assert_int_equal(duration_parse(good[i].text, &ns, NULL), 0);
	}
}

static void anything_else_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",    "s",     "ms",  ".",    "-",    "1x",       "1 s", " 1",
		"1s ", "1.2.3", "1e",  "1d",   "1sec", "inf",      "nan", "0x10",
		"--1", "1,5",   "1e+", "1mss", "e3",   "infinity",
	};
	uint64_t ns = 7;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (duration_parse(wrong[i], &ns, NULL) != ERROR_SYNTAX)
			fail_msg("accepted '%s'", wrong[i]);
	assert_int_equal(ns, 7);
}

static void negative_and_endless_times_are_out_of_range(void **state)
{
	static const char *const wrong[] = {
		"-1", "-0.5ms", "9223372037", "2562048h", "1e300", "1e99999999999", "0e99999h",
	};
	char long_text[6001];
	uint64_t ns;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (duration_parse(wrong[i], &ns, NULL) != ERROR_RANGE)
			fail_msg("accepted '%s'", wrong[i]);
	for (size_t i = 0; i < sizeof(long_text) - 1; i++)
		long_text[i] = '9';
	long_text[6000] = '\0';
	assert_int_equal(duration_parse(long_text, &ns, NULL), ERROR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_and_fractions_are_exact),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(negative_and_endless_times_are_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
