#include "support.h"

#include "engine/target_random.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

static struct ip_addr at(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static void exclude(struct addrset *set, const char *first, const char *last)
{
	struct ip_addr a = at(first), b = at(last);

	assert_int_equal(addrset_add_range(set, &a, &b), 0);
}

static void reserved_blocks_are_never_drawn(void **state)
{
	static const struct {
		const char *first;
		unsigned bits;
	} blocks[] = {
		{"0.0.0.0", 8},      {"10.0.0.0", 8},    {"100.64.0.0", 10},   {"127.0.0.0", 8},
		{"169.254.0.0", 16}, {"172.16.0.0", 12}, {"192.0.0.0", 24},    {"192.0.2.0", 24},
		{"192.168.0.0", 16}, {"198.18.0.0", 15}, {"198.51.100.0", 24}, {"203.0.113.0", 24},
		{"224.0.0.0", 4},    {"240.0.0.0", 4},
	};
	uint64_t barred = 0, total = UINT64_C(1) << 32;
	struct target_random *random;
	struct ip_addr addr;
	size_t i, j;

	for (i = 0; i < 14; i++)
		total -= UINT64_C(1) << (32 - blocks[i].bits);
	assert_int_equal(target_random_new(NULL, 1, &random), 0);
	assert_true(target_random_total(random) == total);
	for (i = 0; i < 300000; i++) {
		assert_true(target_random_next(random, &addr));
		for (j = 0; j < 14; j++) {
			struct ip_addr block = at(blocks[j].first);
			struct ip_addr first = ip_first_of(&addr, blocks[j].bits);

			barred += ip_equal(&block, &first);
		}
	}
	assert_int_equal(barred, 0);
	target_random_free(random);
}

/* All but 8.0.0.0/15 and two bits at the ends excluded: each of what is left
 * must come, once. */
static void each_address_left_is_drawn_once(void **state)
{
	struct addrset *excludes = addrset_new();
	uint8_t *seen = calloc(1, 1u << 17);
	struct target_random *random;
	struct ip_addr addr;
	uint32_t drawn = 0, ends = 0;

	exclude(excludes, "1.0.0.1", "7.255.255.255");
	exclude(excludes, "8.2.0.0", "223.255.255.254");
	exclude(excludes, "8.1.0.0", "8.1.0.255");
	exclude(excludes, "::", "::ffff");
	assert_int_equal(target_random_new(excludes, 77, &random), 0);
	assert_int_equal(target_random_total(random), (1u << 17) - 256 + 2);
	while (target_random_next(random, &addr)) {
		uint32_t value = ip_v4_value(&addr);

		drawn++;
		assert_false(addrset_has(excludes, &addr));
		if (value >> 17 != 0x08000000 >> 17)
			ends += value == 0x01000000 || value == 0xdfffffff;
		else
			assert_int_equal(seen[value & 0x1ffff]++, 0);
	}
	assert_int_equal(drawn, (1u << 17) - 256 + 2);
	assert_int_equal(ends, 2);
	assert_false(target_random_next(random, &addr));
	target_random_free(random);
	addrset_free(excludes);
	free(seen);
}

static void the_seed_decides(void **state)
{
	struct target_random *a, *b, *again;
	struct ip_addr x, y, z;
	int i, same = 0;

	assert_int_equal(target_random_new(NULL, 5, &a), 0);
	assert_int_equal(target_random_new(NULL, 6, &b), 0);
	assert_int_equal(target_random_new(NULL, 5, &again), 0);
	for (i = 0; i < 1000; i++) {
		assert_true(target_random_next(a, &x) && target_random_next(b, &y) &&
			    target_random_next(again, &z));
		same += ip_equal(&x, &y);
		assert_true(ip_equal(&x, &z));
	}
	assert_true(same < 5);
	target_random_free(a);
	target_random_free(b);
	target_random_free(again);
}

static void nothing_may_be_left_to_draw(void **state)
{
	struct addrset *excludes = addrset_new();
	struct target_random *random;
	struct ip_addr addr;

	exclude(excludes, "0.0.0.0", "255.255.255.255");
	assert_int_equal(target_random_new(excludes, 1, &random), 0);
	assert_int_equal(target_random_total(random), 0);
	assert_false(target_random_next(random, &addr));
	target_random_free(random);
	target_random_free(NULL);
	addrset_free(excludes);
}

static int draw(void *self)
{
	struct target_random *random = NULL;
	struct ip_addr addr;
	int r = target_random_new(NULL, 3, &random);

	if (r == 0 && !target_random_next(random, &addr))
		fail_msg("nothing drawn");
	if (r == 0)
		target_random_free(random);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(draw, NULL, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reserved_blocks_are_never_drawn),
		cmocka_unit_test(each_address_left_is_drawn_once),
		cmocka_unit_test(the_seed_decides),
		cmocka_unit_test(nothing_may_be_left_to_draw),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
