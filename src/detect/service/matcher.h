/* Which match line fits a response. One pass over the response finds the lines
 * that may fit (matcher_filter.c: literals that a pattern needs, first bytes that an
 * anchored one allows); PCRE2 compiles those when they are first needed, and
 * confirms and captures under limits (50,000 steps, depth 1,000, heap 10 MiB).
 * One matcher per thread.
 *
 * Costs, with Nmap's 11,917 lines: 11 ms and 1.2 MB to make (about a hundred bytes a line,
 * compiled or not), 2 us a response. A line that was needed keeps 0.4 KB of code on average, 64 KB
 * at most, and from its third run on 1.2 KB of machine code; larger ones than 16 KB get
 * none. A hard pattern may leave the heap's 10 MiB allocated, once. (bench/match) */
#ifndef PORTOLAN_DETECT_SERVICE_MATCHER_H
#define PORTOLAN_DETECT_SERVICE_MATCHER_H

#include "detect/service/probes.h"

struct matcher;

/* What a line made of a response: its templates filled in (formats.md 6.3).
 * NULL: the field has no template, could not be filled, or nothing was left of it. */
struct match_result {
	const struct match_line *line;    /* NULL: nothing matched */
	const struct service_probe *with; /* the probe whose line it is */
	const char *fields[MATCH_FIELDS]; /* the matcher's, until its next call */
};

/* db is borrowed. warn (may be NULL) is told, once per line, of patterns that cannot be
 * used and fields that cannot be filled. ERROR_MEMORY. */
int matcher_new(const struct probe_db *db, void (*warn)(void *self, const char *text), void *self,
		struct matcher **ret_matcher);
void matcher_free(struct matcher *matcher); /* NULL is fine */

/* For benches and tests, right after matcher_new(): tries every line, as if there were no filter;
 * turns patterns into machine code at another run than the third (0: never). What matches
 * is the same. */
void matcher_without_filter(struct matcher *matcher);
void matcher_jit_after(struct matcher *matcher, unsigned runs);

/* The lines of `probe`, of its fallbacks, then (TCP) of the NULL probe, against the whole
 * response, in the database's manner. hard_only leaves softmatch lines out.
 * True when one matched. ERROR_* never: what cannot be matched does not match. */
bool matcher_match(struct matcher *matcher, const struct service_probe *probe,
		   const uint8_t *response, size_t bytes, bool hard_only,
		   struct match_result *ret_result);
/* The same for one line (lint, tests): does it match, and what does it give? */
bool matcher_try(struct matcher *matcher, const struct match_line *line, const uint8_t *response,
		 size_t bytes, struct match_result *ret_result);

/* Compiles every pattern now; tells warn() of each that cannot be used, with its line and the
 * reason. Gives how many cannot. */
size_t matcher_check(struct matcher *matcher);

struct matcher_stats {
	uint64_t responses, candidates, confirmed, compiled, limits_hit;
	size_t filter_bytes; /* memory of the filter */
	size_t unfiltered;   /* lines that every response must be tried against */
};
void matcher_stats(const struct matcher *matcher, struct matcher_stats *ret_stats);

#endif
