/* The option somebody may have meant: for the sentence about a wrong one. */
#ifndef PORTOLAN_UTIL_OPTION_NEAREST_H
#define PORTOLAN_UTIL_OPTION_NEAREST_H

#include "util/option.h"

/* Looks for the shown long option that is fewest slips away from what was
 * typed (dashes and "=value" are passed over). False when none is near. */
bool option_nearest(const struct option_table *table, const char *typed,
		    char ret_title[OPTION_TITLE_BYTES]);

#endif
