/* Results of scripts and findings in the journal: their columns, and the facts put together
 * again from rows. Writing is journal_store_script.c's. */
#ifndef PORTOLAN_REPORT_JOURNAL_SCRIPT_H
#define PORTOLAN_REPORT_JOURNAL_SCRIPT_H

#include "report/host_scripts.h"
#include "report/journal/journal_db.h"

/* In the order in which they are bound and read; before them are scan_id and host (of values
 * also script and position), behind those of scripts and findings at_ns and seq. */
#define JOURNAL_SCRIPT_COLUMNS       "scope, transport, number, id, text, cut, stopped, took_ns"
#define JOURNAL_SCRIPT_VALUE_COLUMNS "depth, kind, key, text"
#define JOURNAL_FINDING_COLUMNS                                                     \
	"scope, transport, number, id, source, severity, title, seen, why, remedy," \
	" reference_lines, confidence"

/* The host of what concerns the run. */
#define JOURNAL_NO_HOST (-1)

struct journal_script_reader {
	sqlite3 *db;
	sqlite3_stmt *scripts, *values, *findings;
	struct diag *diag;
};

/* Of a host, those whose seq is in first..last. */
struct journal_script_range {
	int64_t host, first, last;
};

int journal_script_reader_init(struct journal_script_reader *reader, sqlite3 *db, int64_t scan_id,
			       struct diag *diag);
void journal_script_reader_release(struct journal_script_reader *reader);
/* Adds all in the order in which they came; with a scope (-1: any) only its. */
int journal_script_reader_read(struct journal_script_reader *reader,
			       const struct journal_script_range *range, int scope,
			       struct host_scripts *all);

#endif
