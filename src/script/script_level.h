/* Run levels (nse-api.md 2.3): a script runs after those of the chosen ones that it depends on.
 * Knows ids, not scripts. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_LEVEL_H
#define PORTOLAN_SCRIPT_SCRIPT_LEVEL_H

#include "util/diag.h"

#include <stddef.h>

struct script_level_input {
	const char *id;                  /* unique */
	const char *const *dependencies; /* ids; ends with NULL; those not chosen do not count */
};

/* Writes `count` levels, from 1 on. ERROR_SYNTAX for a circle, with its chain in diag;
 * ERROR_MEMORY. */
int script_levels(const struct script_level_input *inputs, size_t count, unsigned *ret_levels,
		  struct diag *diag);

#endif
