/* All targets of a sweep as one number space: index in, address out, and back.
 * Costs 48 bytes a range, whatever the ranges' size. */
#ifndef PORTOLAN_ENGINE_TARGET_SPACE_H
#define PORTOLAN_ENGINE_TARGET_SPACE_H

#include "engine/permutation.h"
#include "engine/target.h"

struct target_space;

struct target_space_config {
	const struct target_config *targets;
	struct loop *loop; /* run while names are resolved */
	struct resolver *resolver;
	bool special;  /* special-purpose prefixes within wider ranges, too */
	uint64_t seed; /* for -iR */
};

/* Reads expressions and files, resolves names. ERROR_NOT_FOUND, ERROR_SYNTAX,
 * ERROR_IO ... with words, also when no address is left. *ret_left: how many special-purpose
 * addresses were left out. */
int target_space_new(const struct target_space_config *config, struct target_space **ret_space,
		     double *ret_left, struct diag *diag);
void target_space_free(struct target_space *space); /* NULL is fine */

uint128 target_space_size(const struct target_space *space);
/* index is below the size. */
struct ip_addr target_space_at(const struct target_space *space, uint128 index);
/* False: not one of the targets. */
bool target_space_find(const struct target_space *space, const struct ip_addr *addr,
		       uint128 *ret_index);

#endif
