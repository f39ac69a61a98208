/* Writes the facts of one scan into the database, a batch of records in one
 * transaction. Knows no thread and no clock: the writer's thread drives it. */
#ifndef PORTOLAN_REPORT_JOURNAL_BATCH_H
#define PORTOLAN_REPORT_JOURNAL_BATCH_H

#include "report/journal/journal_record.h"
#include "report/out.h"
#include "util/diag.h"

/* What the journal keeps of a plan. */
struct journal_scan_row {
	char *program, *command_line, *plan_json;
	uint64_t seed;
	bool list_only;
	int64_t start_s;
	struct port_rules *ports; /* NULL: no port scan */
};

struct journal_batch;

/* Opens the database (making it where it is missing) and commits the row of
 * the scan. The row is borrowed for the call. */
int journal_batch_open(const char *path, const struct out_owner *owner,
		       const struct journal_scan_row *scan, struct journal_batch **ret_batch,
		       struct diag *diag);
/* One transaction; durable: on the disk, not just in the kernel, when it
 * returns. After an error the scan is kept as far as the transaction before. */
int journal_batch_write(struct journal_batch *batch, const struct buf *records, bool durable,
			struct diag *diag);
int64_t journal_batch_scan_id(const struct journal_batch *batch);
/* Notes in the scan's row, if that is still possible, that facts are missing. */
void journal_batch_spoil(struct journal_batch *batch, const char *why);
/* tidy: folds the write-ahead log back into the file. NULL is fine. */
void journal_batch_free(struct journal_batch *batch, bool tidy);

#endif
