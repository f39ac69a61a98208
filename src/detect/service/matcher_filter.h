/* Which match lines may fit a response, without running their patterns: one pass over
 * the response, whose cost does not grow with the number of lines. It may name lines that
 * do not fit, and never leaves out one that does. Knows bytes and lines; patterns are
 * read by pattern_parse.h. One per thread. */
#ifndef PORTOLAN_DETECT_SERVICE_MATCHER_FILTER_H
#define PORTOLAN_DETECT_SERVICE_MATCHER_FILTER_H

#include "detect/service/probes.h"

struct matcher_filter;

/* db is read, and not kept. ERROR_MEMORY. */
int matcher_filter_new(const struct probe_db *db, struct matcher_filter **ret_filter);
void matcher_filter_free(struct matcher_filter *filter); /* NULL is fine */

/* Looks at a response. Until the next one, matcher_filter_next() tells what it found. False
 * when memory is short: then every line is told. */
bool matcher_filter_scan(struct matcher_filter *filter, const uint8_t *response, size_t bytes);
/* The first id in [from, end) of a line that may fit; `end`: there is none. */
size_t matcher_filter_next(const struct matcher_filter *filter, size_t from, size_t end);

size_t matcher_filter_bytes(const struct matcher_filter *filter); /* its memory */
/* Lines that every response is tried against, if it is long enough. */
size_t matcher_filter_unfiltered(const struct matcher_filter *filter);

#endif
