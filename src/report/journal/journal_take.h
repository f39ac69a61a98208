/* Columns of many rows read into one arena, so that what was read outlives each row.
 * Whether memory sufficed is asked once, at the end. */
#ifndef PORTOLAN_REPORT_JOURNAL_TAKE_H
#define PORTOLAN_REPORT_JOURNAL_TAKE_H

#include "report/journal/journal_db.h"
#include "util/arena.h"

struct journal_taker {
	struct arena arena;
	bool failed;
};

/* A text that lives as long as the arena; NULL for NULL. */
const char *take_text(struct journal_taker *taker, struct journal_row *row);
/* The lines of a text, at most `most`, into texts[]; gives how many. */
size_t take_lines(struct journal_taker *taker, struct journal_row *row, const char **texts,
		  size_t most);
/* A copy of an array; NULL for none. */
const void *take_array(struct journal_taker *taker, const void *items, size_t bytes);
/* A number of a size that reports can print, whatever stands in the file. */
double take_double(struct journal_row *row);
/* An unsigned number; 0 for one that does not fit. */
uint32_t take_u32(struct journal_row *row);

#endif
