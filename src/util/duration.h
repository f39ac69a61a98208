/* Times as users write them (features.md CL-09): <float>[ms|s|m|h], any case,
 * default seconds. */
#ifndef PORTOLAN_UTIL_DURATION_H
#define PORTOLAN_UTIL_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* The whole text must be a time, not negative, below 292 years. *ret_unit
 * (may be NULL) tells whether a unit was written. ERROR_SYNTAX, ERROR_RANGE. */
int duration_parse(const char *text, uint64_t *ret_ns, bool *ret_unit);

#endif
