/* A keyed, invertible order of 0 .. size-1 that costs no memory: position in,
 * value out, and back. Knows numbers, not targets or ports. The same size and
 * seed give the same order on every machine. Not for secrets. */
#ifndef PORTOLAN_ENGINE_PERMUTATION_H
#define PORTOLAN_ENGINE_PERMUTATION_H

#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 uint128;

#define PERMUTATION_ROUNDS 8

/* A value; copy it freely. */
struct permutation {
	uint128 size;
	unsigned low_bits;            /* width of the lower half; the upper takes the rest */
	uint64_t low_mask, high_mask; /* the halves, each shifted down to bit 0 */
	uint64_t keys[PERMUTATION_ROUNDS][2];
};

/* size is 1 .. 2^128 - 1. */
void permutation_init(struct permutation *permutation, uint128 size, uint64_t seed);

/* position and value are below size. */
uint128 permutation_value(const struct permutation *permutation, uint128 position);
uint128 permutation_position(const struct permutation *permutation, uint128 value);

#endif
