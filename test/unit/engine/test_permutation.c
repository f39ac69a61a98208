#include "support.h"

#include "engine/permutation.h"
#include "util/random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Every value once, and every value finds its way back. */
static void check_cover(uint32_t size, uint64_t seed, uint8_t *seen)
{
	struct permutation permutation;
	uint32_t i;

	permutation_init(&permutation, size, seed);
	memset(seen, 0, size);
	for (i = 0; i < size; i++) {
		uint128 value = permutation_value(&permutation, i);

		if (value >= size || seen[(uint32_t)value]++)
			fail_msg("size %u: position %u", size, i);
		if (permutation_position(&permutation, value) != i)
			fail_msg("size %u: value of position %u does not come back", size, i);
	}
}

/* PERMUTATION_ALL=1: every size to 2^16, which takes minutes under the sanitizers. */
static void every_small_size_is_covered_exactly(void **state)
{
	static uint8_t seen[1u << 16];
	bool all = getenv("PERMUTATION_ALL") != NULL;
	uint32_t size;

	for (size = 1; size <= 1u << 16; size += size < 4096 || all ? 1 : 251)
		check_cover(size, size * 7919u, seen);
	for (size = 1; size <= 1u << 16; size *= 2)
		check_cover(size, 11, seen);
}

static void random_sizes_are_covered_exactly(void **state)
{
	uint8_t *seen = malloc(1u << 26);
	struct random random;
	int i, most = getenv("PERMUTATION_ALL") ? 26 : 22;

	random_init(&random, 4);
	assert_non_null(seen);
	for (i = 0; i < 4; i++)
		check_cover((uint32_t)random_below(&random, 1u << most) + 1, random_u64(&random),
			    seen);
	check_cover(1u << 20, 3, seen);
	check_cover((1u << 20) + 1, 3, seen);
	check_cover((1u << (most - 1)) + 12345, 5, seen);
	free(seen);
}

static uint128 random_wide(struct random *random, uint128 below)
{
	uint128 wide = (uint128)random_u64(random) << 64 | random_u64(random);

	return wide % below;
}

static void sizes_past_64_bits_come_back(void **state)
{
	struct random random;
	unsigned bits;
	int i;

	random_init(&random, 9);
	for (bits = 60; bits <= 128; bits++) {
		uint128 size = bits == 128 ? ~(uint128)0 : ((uint128)1 << bits) + 12345;
		struct permutation permutation;

		permutation_init(&permutation, size, bits);
		for (i = 0; i < 500; i++) {
			uint128 position = random_wide(&random, size), value;

			if (i < 2)
				position = i ? size - 1 : 0;
			value = permutation_value(&permutation, position);
			assert_true(value < size);
			assert_true(permutation_position(&permutation, value) == position);
			value = permutation_position(&permutation, position);
			assert_true(permutation_value(&permutation, value) == position);
		}
	}
}

static void the_seed_decides_the_order(void **state)
{
	struct permutation a, b, again;
	int i, same = 0;

	permutation_init(&a, 1u << 20, 1);
	permutation_init(&b, 1u << 20, 2);
	permutation_init(&again, 1u << 20, 1);
	for (i = 0; i < 1000; i++) {
		same += permutation_value(&a, (uint128)i) == permutation_value(&b, (uint128)i);
		assert_true(permutation_value(&a, (uint128)i) ==
			    permutation_value(&again, (uint128)i));
	}
	assert_true(same < 10);
}

/* Chi-square over 256 buckets: 255 degrees of freedom, so 400 is past any
 * luck (one in 10^8) and neighbours must land as if drawn. */
static void check_spread(uint128 size, unsigned stride)
{
	struct permutation permutation;
	double sum = 0, expected = 65536.0 / 256;
	unsigned count[256] = {0};
	uint32_t i;

	permutation_init(&permutation, size, 77);
	for (i = 0; i < 65536; i++) {
		uint128 value = permutation_value(&permutation, (uint128)i * stride);

		count[(unsigned)((long double)value / (long double)size * 256)]++;
	}
	for (i = 0; i < 256; i++)
		sum += ((double)count[i] - expected) * ((double)count[i] - expected) / expected;
	if (sum > 400 || sum < 140)
		fail_msg("stride %u: chi-square %f", stride, sum);
}

static void neighbours_spread_evenly(void **state)
{
	check_spread((uint128)1 << 32, 1);
	check_spread((uint128)1 << 32, 256);
	check_spread((uint128)1 << 32, 65536);
	check_spread((uint128)3000000001u, 1);
	check_spread(((uint128)1 << 80) + 1, 1);
	check_spread(((uint128)1 << 100), 4096);
}

/* A short space has few orders: every position must still meet every value. */
static void short_spaces_are_mixed_too(void **state)
{
	uint32_t size, seed, count[16][16];

	for (size = 2; size <= 16; size++) {
		memset(count, 0, sizeof(count));
		for (seed = 0; seed < 4000; seed++) {
			struct permutation permutation;
			uint32_t i;

			permutation_init(&permutation, size, seed);
			for (i = 0; i < size; i++)
				count[i][(uint32_t)permutation_value(&permutation, i)]++;
		}
		for (seed = 0; seed < size * size; seed++) {
			uint32_t n = count[seed / size][seed % size], fair = 4000 / size;

			if (n < fair / 2 || n > fair * 2)
				fail_msg("size %u: %u goes to %u %u times", size, seed / size,
					 seed % size, n);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_small_size_is_covered_exactly),
		cmocka_unit_test(random_sizes_are_covered_exactly),
		cmocka_unit_test(sizes_past_64_bits_come_back),
		cmocka_unit_test(the_seed_decides_the_order),
		cmocka_unit_test(neighbours_spread_evenly),
		cmocka_unit_test(short_spaces_are_mixed_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
