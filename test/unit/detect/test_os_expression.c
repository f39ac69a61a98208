/* Value expressions of reference prints (formats.md 8.1). */
#include "support.h"

#include "detect/os/os_expression.h"

#include <stdbool.h>
#include <string.h>

struct row {
	const char *expression, *value;
	bool matches;
};

static void check(const struct row *rows, size_t count, bool nests)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (os_expression_matches(rows[i].expression, rows[i].value, nests) !=
		    rows[i].matches)
			fail_msg("\"%s\" and \"%s\" should %smatch", rows[i].expression,
				 rows[i].value, rows[i].matches ? "" : "not ");
}

static void alternatives_ranges_and_bounds(void **state)
{
	static const struct row rows[] = {
		{"", "", true},           {"", "0", false},        {"0", "", false},
		{"Y", "Y", true},         {"Y|N", "N", true},      {"Y|N", "O", false},
		{"|R", "", true},         {"|R", "R", true},       {"R|", "", true},
		{"R|", "U", false},       {"FF", "FF", true},      {"0FF", "FF", true},
		{"FF", "00FF", true},     {"0", "00", true},       {"00", "0", true},
		{"FF", "FE", false},      {">7000", "7001", true}, {">7000", "7000", false},
		{">7000", "6FFF", false}, {">FFF", "1000", true},  {"<1000", "FFF", true},
		{"<1000", "1000", false}, {"<10", "0F", true},     {"3B-45", "3B", true},
		{"3B-45", "45", true},    {"3B-45", "40", true},   {"3B-45", "3A", false},
		{"3B-45", "46", false},   {"3B-45", "100", false}, {"3B-45", "040", true},
		{"FB-105", "100", true},  {"FB-105", "FA", false}, {"5-9", "S+", false},
		{">0", "", false},        {">0", "O", false},      {"A+", "A+", true},
		{"A", "A+", false},       {"AS", "AS", true},      {"AR|AS", "AS", true},
		{"1-6|A-C", "B", true},   {"1-6|A-C", "7", false}, {"[1-5]", "3", false},
	};

	check(rows, sizeof(rows) / sizeof(rows[0]), false);
}

static void numbers_in_brackets(void **state)
{
	static const struct row rows[] = {
		{"M5B4ST11NW7", "M5B4ST11NW7", true},
		{"M[>500]ST11NW7", "M5B4ST11NW7", true},
		{"M[>500]ST11NW7", "M500ST11NW7", false},
		{"M[>500]ST11NW7", "MST11NW7", false},
		{"M[>500]ST11NW7", "M5B4ST11NW8", false},
		{"M[>500]ST11NW7", "M5B4ST11NW7L", false},
		{"M[>500]ST11W[0-5]", "M5B4ST11W5", true},
		{"M[>500]ST11W[0-5]", "M5B4ST11W6", false},
		{"M[>500]ST11W[0-5]", "M5B4ST11W", false},
		{"M[5B4|400]L", "M400L", true},
		{"M[5B4|400]L", "M401L", false},
		{"M[5B4|400]L|N", "N", true},
		{"N|M[5B4|400]L|S", "M5B4L", true},
		{"|M[1-2]", "", true},
		{"M[1-2", "M1", false},
		{"M[|1]L", "ML", false},
		{"[>5]", "6", true},
		{"[>5]", "5", false},
	};

	check(rows, sizeof(rows) / sizeof(rows[0]), true);
}

/* Seen with Nmap 7.93 and a file of such entries. */
static void alternatives_as_nmap_793_has_them(void **state)
{
	static const struct row rows[] = {
		{"|Q", "M5B4ST11NWA", true},
		{"|M5B4", "M5B4ST11NWA", true},
		{"M5B4|Z", "M5B4ST11NWA", true},
		{"Z|M5B4", "M5B4ST11NWA", false},
		{"M5B4", "M5B4ST11NWA", false},
		{"Z|M5B4ST11NWA", "M5B4ST11NWA", true},
		{"", "", true},
		{"1-5|8", "6", false},
		{"1-5|8", "8", true},
		{">5|2", "6", true},
		{"5|7-9", "5", false},
		{"7-9|5", "5", true},
		{"5|>7", "5", true},
		{"50-60|40|70-80", "40", false},
		{"50-60|3B-45|70-80", "40", true},
		{"AS|1-5", "AS", true},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (os_expression_matches_793(rows[i].expression, rows[i].value) != rows[i].matches)
			fail_msg("row %zu", i);
}

static const char *fault(const char *expression, bool nests)
{
	return os_expression_fault(expression, strlen(expression), nests);
}

static void what_means_nothing_is_found(void **state)
{
	static const char *const good[] = {"", "|", "Y|N", ">0", "<FF", "1-A", "A+", "S+|Z"};
	static const char *const bad[] = {">", "<", ">G", "1-", "Z-3", "1-2-3", "Y|>"};
	static const char *const nested_good[] = {"M[>500]L", "M[1|2]|", "", "[0-5]", "MW[<F]N"};
	static const char *const nested_bad[] = {"M[",   "M]",      "M[]",   "M[[1]]",
						 "M[>]", "M[1]W[2", "M[1|]", "M[1]]"};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_null(fault(good[i], false));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(fault(bad[i], false));
	for (i = 0; i < sizeof(nested_good) / sizeof(nested_good[0]); i++)
		assert_null(fault(nested_good[i], true));
	for (i = 0; i < sizeof(nested_bad) / sizeof(nested_bad[0]); i++)
		if (!fault(nested_bad[i], true))
			fail_msg("%s should be wrong", nested_bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alternatives_ranges_and_bounds),
		cmocka_unit_test(numbers_in_brackets),
		cmocka_unit_test(alternatives_as_nmap_793_has_them),
		cmocka_unit_test(what_means_nothing_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
