/* What reading and replaying a journal share. */
#ifndef PORTOLAN_REPORT_JOURNAL_READ_H
#define PORTOLAN_REPORT_JOURNAL_READ_H

#include "report/journal/journal.h"
#include "report/journal/journal_db.h"

struct journal {
	sqlite3 *db;
	char *strings[2]; /* of the last journal_load(): command line, outcome */
};

/* The columns of `scan` that reports need. */
struct journal_scan_facts {
	int64_t id, start_s, begin_ns, last_ns, end_ns; /* end_ns 0: never ended */
	bool list_only;
	struct observation end; /* its totals and counts; outcome and why are below */
	char *outcome, *why;    /* owned; NULL */
};

/* id 0: the newest. ERROR_NOT_FOUND. */
int journal_read_scan(struct journal *journal, int64_t id, struct journal_scan_facts *ret_facts,
		      struct diag *diag);
void journal_scan_facts_release(struct journal_scan_facts *facts);

#endif
