#include "support.h"

#include "engine/target_pattern.h"
#include "util/random.h"

#include <stdio.h>
#include <string.h>

static struct target_pattern parse(const char *text)
{
	struct target_pattern pattern;

	if (!target_pattern_parse(text, strlen(text), &pattern))
		fail_msg("'%s' is not read", text);
	return pattern;
}

static void check_list(struct target_pattern pattern, const char *expected)
{
	char list[512] = "";
	uint32_t addr = 0;
	size_t n = 0;

	while (target_pattern_next(&pattern, addr, &addr) && n + 20 < sizeof(list)) {
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%u.%u.%u.%u", n ? " " : "",
				      addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255);
		if (addr++ == UINT32_MAX)
			break;
	}
	assert_string_equal(list, expected);
}

static void octet_lists_and_ranges_are_walked_last_octet_fastest(void **state)
{
	check_list(parse("10.0.0-1.1,5-7"), "10.0.0.1 10.0.0.5 10.0.0.6 10.0.0.7 "
					    "10.0.1.1 10.0.1.5 10.0.1.6 10.0.1.7");
	check_list(parse("1,3.2.2-2.254-"), "1.2.2.254 1.2.2.255 3.2.2.254 3.2.2.255");
	check_list(parse("0.0.0.-1,1,0,001"), "0.0.0.0 0.0.0.1");
	check_list(parse("255.255.255.255"), "255.255.255.255");
	assert_int_equal(target_pattern_count(&(struct target_pattern){0}), 0);
}

/* As nmap 7.93 lists 10.0.0-1.1,5-7/31. */
static void a_mask_widens_every_octet(void **state)
{
	struct target_pattern pattern = parse("10.0.0-1.1,5-7");

	target_pattern_widen(&pattern, 31);
	check_list(pattern, "10.0.0.0 10.0.0.1 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
			    "10.0.1.0 10.0.1.1 10.0.1.4 10.0.1.5 10.0.1.6 10.0.1.7");
	pattern = parse("10.7.0.9");
	target_pattern_widen(&pattern, 15);
	assert_int_equal(target_pattern_count(&pattern), 131072);
	assert_true(target_pattern_has(&pattern, 0x0a060000));
	assert_true(target_pattern_has(&pattern, 0x0a07ffff));
	assert_false(target_pattern_has(&pattern, 0x0a080000));
	target_pattern_widen(&pattern, 32);
	assert_int_equal(target_pattern_count(&pattern), 131072);
	target_pattern_widen(&pattern, 0);
	assert_true(target_pattern_count(&pattern) == UINT64_C(1) << 32);
}

static void what_is_no_pattern_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"1",
		"1.2.3",
		"1.2.3.",
		"1.2.3.4.",
		".1.2.3",
		"1.2.3.256",
		"1.2.3.5-3",
		"1.2.3.1-256",
		"1.2.3.,1",
		"1.2.3.1,",
		"1.2.3.1,,2",
		"1.2.3.1--2",
		"1.2.3.*,1",
		"1.2.3.1,*",
		"1.2.3.4 ",
		"1.2.3.[1-2]",
		"1.2.3.+4",
		"1.2.3.0x4",
		"1..2.3",
		"a.b.c.d",
		"1.2.3.4/24",
		"1.2.3.99999999999999999999",
		"*",
		"1.2.3.**",
	};
	struct target_pattern pattern;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (target_pattern_parse(cases[i], strlen(cases[i]), &pattern))
			fail_msg("'%s' is taken for a pattern", cases[i]);
}

/* Random patterns whose first two octets are fixed, against walking them. */
static void random_pattern(struct random *random, struct target_pattern *ret_pattern,
			   uint32_t *base)
{
	struct target_pattern pattern = {0};
	unsigned high = (unsigned)random_below(random, 3) * 127, i, octet;

	if (high == 254)
		high = 255;
	*base = high << 24 | high << 16;
	pattern.octets[0][high >> 6] = pattern.octets[1][high >> 6] = UINT64_C(1) << (high & 63);
	for (octet = 2; octet < 4; octet++) {
		unsigned kind = (unsigned)random_below(random, 4);

		for (i = 0; i < 4; i++)
			pattern.octets[octet][i] = kind == 0   ? UINT64_MAX
						   : kind == 1 ? random_u64(random)
						   : kind == 2 ? random_u64(random) |
									 random_u64(random) |
									 random_u64(random)
							       : 0;
		if (kind == 3)
			for (i = 0; i < 3; i++) {
				unsigned at = (unsigned)random_below(random, 256);

				pattern.octets[octet][at >> 6] |= UINT64_C(1) << (at & 63);
			}
		if (random_below(random, 2)) {
			pattern.octets[octet][0] |= 1;
			pattern.octets[octet][3] |= UINT64_C(1) << 63;
		}
	}
	*ret_pattern = pattern;
}

static void check_arithmetic(const struct target_pattern *pattern, uint32_t base)
{
	uint64_t below = target_pattern_count_below(pattern, base), runs = 0;
	uint32_t i, run_end = 0, expected_next = UINT32_MAX;
	bool in_run = false;

	assert_int_equal(below, 0);
	for (i = 0; i < 65536; i++) {
		uint32_t next, addr = base + i;
		bool has = target_pattern_has(pattern, addr);

		if (target_pattern_count_below(pattern, addr) != below)
			fail_msg("%u below %x", (unsigned)below, addr);
		below += has;
		if (has && !in_run) {
			runs++;
			run_end = target_pattern_run_end(pattern, addr);
		}
		if (!has && in_run)
			assert_int_equal(run_end, addr - 1);
		in_run = has;
		if (expected_next == UINT32_MAX || addr > expected_next)
			expected_next =
				target_pattern_next(pattern, addr, &next) ? next : UINT32_MAX;
		if (has != (expected_next == addr) && addr != UINT32_MAX)
			fail_msg("next at %x is %x", addr, expected_next);
		if (has)
			assert_int_equal(target_pattern_run_end(pattern, addr),
					 in_run ? run_end : addr);
	}
	assert_int_equal(below, target_pattern_count(pattern));
	assert_int_equal(target_pattern_count_below(pattern, UINT64_C(1) << 32), below);
	assert_int_equal(target_pattern_runs(pattern), runs);
}

static void arithmetic_agrees_with_walking(void **state)
{
	struct target_pattern pattern;
	struct random random;
	uint32_t base;
	int i;

	random_init(&random, 5);
	for (i = 0; i < 30; i++) {
		random_pattern(&random, &pattern, &base);
		check_arithmetic(&pattern, base);
	}
}

static void runs_join_over_the_ends_of_octets(void **state)
{
	static const struct {
		const char *text;
		uint32_t from, end;
		uint64_t runs;
	} cases[] = {
		{"*.*.*.*", 5, 0xffffffff, 1},
		{"10.*.*.*", 0x0a000100, 0x0affffff, 1},
		{"10.0.0-1.*", 0x0a000007, 0x0a0001ff, 1},
		{"10.0.0,2.*", 0x0a000007, 0x0a0000ff, 2},
		{"10.0.0-1.0-9,250-255", 0x0a0000fa, 0x0a000109, 3},
		{"*.*.*.1", 1, 1, 16777216},
		{"1-2.0,255.*.*", 0x01ff0003, 0x0200ffff, 3},
		{"255.255.255.250-255", 0xfffffffb, 0xffffffff, 1},
		{"10-11.0,255.0,255.0,255", 0x0affffff, 0x0b000000, 15},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target_pattern pattern = parse(cases[i].text);

		assert_int_equal(target_pattern_run_end(&pattern, cases[i].from), cases[i].end);
		assert_int_equal(target_pattern_runs(&pattern), cases[i].runs);
	}
}

static void one_pattern_may_contain_another(void **state)
{
	struct target_pattern whole = parse("10.0.0-9.*"), part = parse("10.0.3,5.7-"),
			      other = parse("10.0.3,10.7");

	assert_true(target_pattern_contains(&whole, &part));
	assert_true(target_pattern_contains(&whole, &whole));
	assert_false(target_pattern_contains(&part, &whole));
	assert_false(target_pattern_contains(&whole, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octet_lists_and_ranges_are_walked_last_octet_fastest),
		cmocka_unit_test(a_mask_widens_every_octet),
		cmocka_unit_test(what_is_no_pattern_is_refused),
		cmocka_unit_test(arithmetic_agrees_with_walking),
		cmocka_unit_test(runs_join_over_the_ends_of_octets),
		cmocka_unit_test(one_pattern_may_contain_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
