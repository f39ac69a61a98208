/* The journal: every fact of every scan in one SQLite database (schema in
 * schema.sql, documented in data/schema/journal.md), WAL, written by a thread of its own in batches
 * of at most one second. */
#ifndef PORTOLAN_REPORT_JOURNAL_H
#define PORTOLAN_REPORT_JOURNAL_H

#include "engine/observation.h"
#include "engine/plan.h"
#include "report/format.h"
#include "util/diag.h"

#include <stdbool.h>

/* $XDG_STATE_HOME/portolan/journal.db, else ~/.local/state/...; under sudo the
 * home of the user who typed it. alloc_free(); NULL: no home or no memory. */
char *journal_default_path(void);

struct journal_writer;

struct journal_begin {
	const char *path;        /* NULL: the default; folders are made (mode 0700) */
	const struct plan *plan; /* borrowed for the call */
	const char *plan_json;   /* stored for resume; borrowed for the call */
	int64_t start_s;
	struct out_owner owner; /* files are given to this user */
};

/* Starts the writer thread. The database is opened there, so this returns at
 * once; a failure comes out of journal_writer_error(). */
int journal_writer_new(const struct journal_begin *begin, struct journal_writer **ret_writer,
		       struct diag *diag);
struct sink journal_writer_sink(struct journal_writer *writer);
/* 0, or why facts are not being kept (disk full, not writable, ...). */
int journal_writer_error(struct journal_writer *writer, struct diag *ret_diag);
/* Writes what is left and stops the thread; the scan's id (> 0), or 0 when it failed. */
int64_t journal_writer_finish(struct journal_writer *writer, struct diag *ret_diag);
void journal_writer_free(struct journal_writer *writer); /* after finish; NULL is fine */

/* Reading. */
struct journal;

struct journal_scan {
	int64_t id;
	int64_t start_s, end_s; /* end_s 0: never ended */
	const char *command_line,
		*outcome; /* "complete", "cancelled", "failed", "running or killed" */
	uint64_t hosts_total, hosts_up, open_ports;
	bool incomplete;
};

int journal_open(const char *path, struct journal **ret_journal, struct diag *diag);
void journal_close(struct journal *journal); /* NULL is fine */

/* Newest first; strings live for the call. A negative return of visit stops. */
int journal_list(struct journal *journal, int (*visit)(void *self, const struct journal_scan *scan),
		 void *self, struct diag *diag);

/* The plan of a scan as JSON (alloc_free()) and its facts; id 0 is the newest. */
int journal_load(struct journal *journal, int64_t id, char **ret_plan_json,
		 struct journal_scan *ret_scan, struct diag *diag);
/* Plays a scan into a writer: the events of the live run, hosts in target
 * order, a scan that never ended marked incomplete (totals.why says so). */
int journal_replay(struct journal *journal, int64_t id, struct format_writer *writer,
		   struct diag *diag);
/* The addresses whose reports were complete: for --resume. */
int journal_done_hosts(struct journal *journal, int64_t id, struct addrset *ret_done,
		       struct diag *diag);

#endif
