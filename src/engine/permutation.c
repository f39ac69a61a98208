/* A Feistel network whose two halves together have just the bits of size - 1,
 * with cycle walking (Black and Rogaway 2002): the network permutes 2^bits
 * numbers, less than 2 * size, and a result past the end is fed through it
 * again until it falls below size. That ends, since the walk starts below size
 * and a permutation's cycle comes back to its start; it takes less than two
 * steps on average. The halves may differ by one bit, so rounds do not swap:
 * even ones change the upper half by the lower, odd ones the lower by the
 * upper, and the inverse runs the same rounds backwards. */
#include "engine/permutation.h"

#include "util/random.h"

static unsigned bits_of(uint128 value)
{
	unsigned bits = 0;

	for (; value; value >>= 1)
		bits++;
	return bits;
}

static uint64_t mask_of(unsigned bits)
{
	return bits ? UINT64_MAX >> (64 - bits) : 0;
}

void permutation_init(struct permutation *permutation, uint128 size, uint64_t seed)
{
	unsigned bits = bits_of(size - 1), i;
	struct random random;

	random_init(&random, seed);
	permutation->size = size;
	permutation->low_bits = bits / 2;
	permutation->low_mask = mask_of(bits / 2);
	permutation->high_mask = mask_of(bits - bits / 2);
	for (i = 0; i < PERMUTATION_ROUNDS; i++) {
		permutation->keys[i][0] = random_u64(&random);
		/* Odd, so that the product loses nothing of its other factor. */
		permutation->keys[i][1] = random_u64(&random) | 1;
	}
}

/* One multiplication mixes all bits: both halves of the product, folded. */
static inline uint64_t mix(uint64_t half, const uint64_t key[2])
{
	uint128 product = (uint128)(half ^ key[0]) * key[1];

	return (uint64_t)(product >> 64) ^ (uint64_t)product ^ (uint64_t)product >> 32;
}

static inline uint128 forth(const struct permutation *p, uint128 x)
{
	uint64_t low = (uint64_t)x & p->low_mask;
	uint64_t high = (uint64_t)(x >> p->low_bits) & p->high_mask;
	int i;

	for (i = 0; i < PERMUTATION_ROUNDS; i += 2) {
		high ^= mix(low, p->keys[i]) & p->high_mask;
		low ^= mix(high, p->keys[i + 1]) & p->low_mask;
	}
	return (uint128)high << p->low_bits | low;
}

static inline uint128 back(const struct permutation *p, uint128 x)
{
	uint64_t low = (uint64_t)x & p->low_mask;
	uint64_t high = (uint64_t)(x >> p->low_bits) & p->high_mask;
	int i;

	for (i = PERMUTATION_ROUNDS - 2; i >= 0; i -= 2) {
		low ^= mix(high, p->keys[i + 1]) & p->low_mask;
		high ^= mix(low, p->keys[i]) & p->high_mask;
	}
	return (uint128)high << p->low_bits | low;
}

uint128 permutation_value(const struct permutation *permutation, uint128 position)
{
	do
		position = forth(permutation, position);
	while (position >= permutation->size);
	return position;
}

uint128 permutation_position(const struct permutation *permutation, uint128 value)
{
	do
		value = back(permutation, value);
	while (value >= permutation->size);
	return value;
}
