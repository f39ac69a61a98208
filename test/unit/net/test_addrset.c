#include "support.h"

#include "net/addrset.h"
#include "util/error.h"
#include "util/random.h"

#include <string.h>

static struct ip_addr at(const char *text)
{
	struct ip_addr addr;

	if (!ip_parse(text, &addr))
		fail_msg("%s", text);
	return addr;
}

static int add(struct addrset *set, const char *first, const char *last)
{
	struct ip_addr a = at(first), b = at(last);

	return addrset_add_range(set, &a, &b);
}

static bool has(struct addrset *set, const char *text)
{
	struct ip_addr addr = at(text);

	return addrset_has(set, &addr);
}

static void ranges_are_merged_and_ordered(void **state)
{
	struct addrset *set = addrset_new();
	struct ip_addr first, last;
	char text[IP_TEXT_BYTES];

	assert_true(addrset_is_empty(set));
	assert_int_equal(addrset_ranges(set), 0);
	add(set, "::5", "::9");
	add(set, "10.0.0.8", "10.0.0.9");
	add(set, "10.0.0.1", "10.0.0.3");
	add(set, "10.0.0.4", "10.0.0.5"); /* touches */
	add(set, "10.0.0.2", "10.0.0.2"); /* within */
	add(set, "255.255.255.255", "255.255.255.255");
	add(set, "0.0.0.0", "0.0.0.0");
	assert_false(addrset_is_empty(set));
	assert_int_equal(addrset_ranges(set), 5);
	addrset_range_at(set, 1, &first, &last);
	assert_string_equal(ip_format(&first, text), "10.0.0.1");
	assert_string_equal(ip_format(&last, text), "10.0.0.5");
	addrset_range_at(set, 4, &first, &last);
	assert_string_equal(ip_format(&first, text), "::5");
	assert_true(has(set, "0.0.0.0"));
	assert_true(has(set, "10.0.0.5"));
	assert_false(has(set, "10.0.0.6"));
	assert_false(has(set, "0.0.0.5"));
	assert_true(has(set, "255.255.255.255"));
	assert_true(has(set, "::9"));
	assert_false(has(set, "::4"));
	add(set, "0.0.0.0", "255.255.255.255");
	add(set, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	assert_int_equal(addrset_ranges(set), 2);
	addrset_free(set);
}

static void the_last_range_does_not_wrap_to_the_first(void **state)
{
	static const char *const lasts[] = {"255.255.255.255",
					    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
	struct addrset *set = addrset_new();
	size_t i;

	add(set, "0.0.0.0", "0.0.0.9");
	add(set, "255.255.255.250", "255.255.255.255");
	add(set, "::", "::9");
	add(set, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0", lasts[1]);
	for (i = 0; i < 2; i++) {
		struct ip_addr end = at(lasts[i]), first, last;

		assert_true(addrset_range_end(set, &end, &last));
		assert_true(ip_equal(&last, &end));
		assert_true(addrset_next(set, &end, &first, &last));
		assert_true(ip_equal(&last, &end));
	}
	addrset_free(set);
}

static void ranges_that_are_none_are_refused(void **state)
{
	struct addrset *set = addrset_new();
	struct ip_addr none = {0};

	assert_int_equal(add(set, "10.0.0.2", "10.0.0.1"), ERROR_RANGE);
	assert_int_equal(add(set, "10.0.0.2", "::1"), ERROR_RANGE);
	assert_int_equal(add(set, "fe80::1%7", "fe80::2"), ERROR_RANGE);
	assert_int_equal(addrset_add(set, &none), ERROR_RANGE);
	assert_true(addrset_is_empty(set));
	addrset_free(set);
	addrset_free(NULL);
}

static void a_zone_is_its_own_space_and_no_zone_is_all(void **state)
{
	struct addrset *set = addrset_new();
	struct ip_addr first, last, from = at("fe80::%2");
	char text[IP_TEXT_BYTES];

	add(set, "fe80::10%2000002", "fe80::1f%2000002");
	assert_true(has(set, "fe80::10%2000002"));
	assert_false(has(set, "fe80::10%2000003"));
	assert_false(has(set, "fe80::10"));
	add(set, "fe80::20", "fe80::2f");
	assert_true(has(set, "fe80::20%2000002"));
	assert_true(has(set, "fe80::20%2000003"));
	assert_true(has(set, "fe80::20"));
	from = at("fe80::15%2000002");
	assert_true(addrset_range_end(set, &from, &last));
	assert_string_equal(ip_format(&last, text), "fe80::2f%2000002");
	from = at("fe80::%2000003");
	assert_true(addrset_next(set, &from, &first, &last));
	assert_string_equal(ip_format(&first, text), "fe80::20%2000003");
	addrset_free(set);
}

/* Against a plane of bits: random ranges over a small space, asked all the
 * while, at the bottom, the middle and the top of both families. */
#define SPACE 20000

static void check_all(struct addrset *set, const uint8_t *plane, const struct ip_addr *base)
{
	size_t i;

	for (i = 0; i < SPACE; i++) {
		struct ip_addr addr, first, last;
		size_t end = i, next = i;
		bool more;

		assert_true(ip_add(base, i, &addr));
		if (addrset_has(set, &addr) != (plane[i] != 0))
			fail_msg("%zu", i);
		while (end + 1 < SPACE && plane[end + 1])
			end++;
		assert_int_equal(addrset_range_end(set, &addr, &last), plane[i] != 0);
		if (plane[i])
			assert_int_equal(ip_value_of(&last) - ip_value_of(base), end);
		while (next < SPACE && !plane[next])
			next++;
		more = addrset_next(set, &addr, &first, &last);
		assert_int_equal(more, next < SPACE);
		if (more && !plane[i])
			assert_int_equal(ip_value_of(&first) - ip_value_of(base), next);
	}
}

static void check_random(const struct ip_addr *base, uint64_t seed, unsigned longest)
{
	struct addrset *set = addrset_new();
	uint8_t plane[SPACE] = {0};
	struct random random;
	size_t ranges = 0;
	int round;
	size_t i;

	random_init(&random, seed);
	for (round = 0; round < 4000; round++) {
		size_t from = (size_t)random_below(&random, SPACE);
		size_t to = from + (size_t)random_below(&random, longest);
		struct ip_addr first, last, probe;

		if (to >= SPACE)
			to = SPACE - 1;
		ip_add(base, from, &first);
		ip_add(base, to, &last);
		assert_int_equal(addrset_add_range(set, &first, &last), 0);
		memset(plane + from, 1, to - from + 1);
		i = (size_t)random_below(&random, SPACE);
		ip_add(base, i, &probe);
		assert_int_equal(addrset_has(set, &probe), plane[i]);
		if (round == 2500)
			check_all(set, plane, base);
	}
	check_all(set, plane, base);
	for (i = 0; i < SPACE; i++)
		ranges += plane[i] && (!i || !plane[i - 1]);
	assert_int_equal(addrset_ranges(set), ranges);
	check_all(set, plane, base);
	addrset_free(set);
}

static void any_history_gives_the_same_set(void **state)
{
	static const char *const bases[] = {"0.0.0.0",
					    "10.0.0.0",
					    "255.255.177.224",
					    "::",
					    "::ffff:ffff:ffff:f000%9",
					    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:b1e0"};
	size_t i;

	for (i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct ip_addr base = at(bases[i]);

		check_random(&base, i, 1);
		check_random(&base, i + 100, 3);
	}
}

static void ten_million_ordered_addresses_are_one_range(void **state)
{
	struct addrset *set = addrset_new();
	uint32_t i;

	for (i = 0; i < 10000000; i++) {
		struct ip_addr addr = ip_v4(i + 5);

		addrset_add(set, &addr);
	}
	assert_int_equal(addrset_ranges(set), 1);
	addrset_free(set);
}

static int build(void *self)
{
	struct addrset *set = addrset_new();
	uint32_t i, x = 1;
	int r = 0;

	if (!set)
		return ERROR_MEMORY;
	for (i = 0; i < 3000 && r == 0; i++) {
		struct ip_addr addr;

		x = x * 1664525u + 1013904223u;
		addr = ip_v4(x & ~1u);
		r = addrset_add(set, &addr);
		if (r == 0 && !addrset_has(set, &addr))
			fail_msg("%u is lost", i);
	}
	if (r == 0 && addrset_ranges(set) != 3000)
		fail_msg("%zu ranges", addrset_ranges(set));
	addrset_free(set);
	return r;
}

/* A merge that finds no memory sorts in place, so some faults go unnoticed. */
static void no_range_is_lost_when_memory_is_short(void **state)
{
	support_each_allocation_fails(build, NULL, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_merged_and_ordered),
		cmocka_unit_test(the_last_range_does_not_wrap_to_the_first),
		cmocka_unit_test(ranges_that_are_none_are_refused),
		cmocka_unit_test(a_zone_is_its_own_space_and_no_zone_is_all),
		cmocka_unit_test(any_history_gives_the_same_set),
		cmocka_unit_test(ten_million_ordered_addresses_are_one_range),
		cmocka_unit_test(no_range_is_lost_when_memory_is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
