/* What the formats say of systems and paths in the same words: which of a print's matches
 * are shown, the print itself, distances, hops (formats.md 2.10 and 2.12). */
#ifndef PORTOLAN_REPORT_FORMAT_WORDS_SYSTEM_H
#define PORTOLAN_REPORT_FORMAT_WORDS_SYSTEM_H

#include "report/format.h"
#include "util/buf.h"

#define WORDS_NEAR_MAX 10 /* matches that are not perfect */

/* What is said of the matches: their names, those that are near, or that there are none or
 * too many of them. */
enum words_matches { WORDS_PERFECT, WORDS_NEAR, WORDS_NONE, WORDS_TOO_MANY };
enum words_matches words_matches(const struct format_context *context,
				 const struct system_facts *facts);
/* Are the matches[i] shown: all perfect ones, else those that are near to the best? */
size_t words_matches_shown(const struct format_context *context, const struct system_facts *facts);

/* -vv or -d: prints are shown whatever they are good for. */
bool words_shows_prints(const struct format_context *context);
/* Does the host's report hold its print? */
bool words_has_print(const struct format_context *context, const struct host_report *host);
/* The print, with the distance as it is known now: wrapped when it is fit for submission, else a
 * test a line. */
void words_add_print(struct buf *out, const struct host_report *host);

/* Hops to the host: a way that was traced to its end counts more than what OS detection saw.
 * False: not known. */
bool words_distance(const struct host_report *host, int32_t *ret_hops);
/* Percent, rounded down. */
unsigned words_percent(double probability);
/* "0,1A" in upper-case hex. */
void words_add_ids(struct buf *out, const uint16_t *values, size_t count);
void words_add_hex(struct buf *out, const uint32_t *values, size_t count);

/* Is there a place for its path, whether or not one was found? */
bool words_is_traced(const struct plan *plan, const struct host_report *host);
/* The name of the protocol that a path was traced with; NULL: none is known. */
const char *words_path_protocol(const struct plan *plan, const struct path_facts *path);
/* "AS64500 Example, DE"; nothing when nothing is known. */
void words_add_place(struct buf *out, const struct path_place *place, bool terminal);

#endif
