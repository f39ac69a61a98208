/* The verdicts of one host under way, so that ports of the same fate become
 * ranges: open ports are rows of their own in the journal (each has its round
 * trip, its attempt, its time), all others are kept here, one byte a scanned
 * port, and come out as ranges. Knows no database. */
#ifndef PORTOLAN_REPORT_JOURNAL_VERDICTS_H
#define PORTOLAN_REPORT_JOURNAL_VERDICTS_H

#include "engine/verdict.h"
#include "report/journal/journal_ports.h"

/* Ports that share state, reason, TTL and responder. */
struct journal_class {
	struct verdict verdict; /* attempt: the highest; rtt_us: the lowest */
	uint32_t rtt_max_us;
};

struct journal_range {
	enum transport transport;
	uint16_t first, last;
	uint32_t ports; /* scanned ports in first..last: all of them are of this class */
	const struct journal_class *class;
};

struct journal_verdicts {
	const struct journal_ports *ports; /* borrowed; NULL: every port is a row */
	uint8_t *class_of;                 /* by rank */
	struct journal_class *classes;
	uint32_t *fresh; /* transport << 16 | number, noted since the last fresh_done() */
	size_t classes_count, classes_room, fresh_count, fresh_room;
};

void journal_verdicts_release(struct journal_verdicts *verdicts);

struct journal_placed {
	bool is_row;  /* write it as a row */
	bool was_row; /* an earlier verdict of this port may be a row: replace or delete it */
};
/* Takes a verdict; a later one replaces an earlier. ERROR_MEMORY. */
int journal_verdicts_note(struct journal_verdicts *verdicts, enum transport transport,
			  uint16_t number, const struct verdict *verdict,
			  struct journal_placed *ret_placed);

typedef int journal_range_visit(void *self, const struct journal_range *range);
/* The ranges of every port noted / of those noted since the last call of
 * journal_verdicts_fresh_done(). A negative return of visit stops and is given back. */
int journal_verdicts_each(const struct journal_verdicts *verdicts, journal_range_visit *visit,
			  void *self);
int journal_verdicts_each_fresh(struct journal_verdicts *verdicts, journal_range_visit *visit,
				void *self);
void journal_verdicts_fresh_done(struct journal_verdicts *verdicts);

#endif
