/* Seeded pseudo-random numbers (xoshiro256**, Blackman and Vigna 2018): the
 * same seed gives the same run. Not for secrets. */
#ifndef PORTOLAN_UTIL_RANDOM_H
#define PORTOLAN_UTIL_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed);
uint64_t random_u64(struct random *random);
/* Uniform in [0, below); below must not be 0. */
uint64_t random_below(struct random *random, uint64_t below);
/* A seed from the system; falls back to the clock where there is none. */
uint64_t random_system_seed(void);

#endif
