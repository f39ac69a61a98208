/* -iR: IPv4 addresses in a random order, none twice, the reserved blocks of
 * TS-09, multicast and the user's excludes left out. Memory grows with the
 * excludes, not with what was drawn: a permutation numbers the addresses that
 * remain. The same seed and excludes give the same order. */
#ifndef PORTOLAN_ENGINE_TARGET_RANDOM_H
#define PORTOLAN_ENGINE_TARGET_RANDOM_H

#include "net/addrset.h"

struct target_random;

/* excludes may be NULL and is read here only. ERROR_MEMORY. */
int target_random_new(struct addrset *excludes, uint64_t seed, struct target_random **ret_random);
void target_random_free(struct target_random *random); /* NULL is fine */

/* How many there are to draw, and the next of them; false when all are drawn. */
uint64_t target_random_total(const struct target_random *random);
bool target_random_next(struct target_random *random, struct ip_addr *ret_addr);

#endif
