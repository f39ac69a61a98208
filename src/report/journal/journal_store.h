/* The rows of one scan being written: what a row is made of. When which row is
 * written is journal_batch.c's. */
#ifndef PORTOLAN_REPORT_JOURNAL_STORE_H
#define PORTOLAN_REPORT_JOURNAL_STORE_H

#include "report/journal/journal_batch.h"
#include "report/journal/journal_db.h"
#include "report/journal/journal_host.h"

enum statement {
	ADD_SCAN,
	BEGIN_SCAN,
	PROGRESS_SCAN,
	END_SCAN,
	SPOIL_SCAN,
	ADD_PORT_SET,
	PUT_HOST,
	PUT_OTHER,
	PUT_PORT,
	DELETE_PORT,
	ADD_RANGE,
	DELETE_RANGES,
	PUT_SERVICE,
	ADD_CERTIFICATE,
	PUT_SYSTEM,
	PUT_MATCH,
	PUT_CLASS,
	PUT_RUNNING,
	PUT_SAMPLE,
	PUT_GUESS,
	PUT_EVIDENCE,
	DELETE_MATCHES, /* from here ... */
	DELETE_CLASSES,
	DELETE_RUNNING,
	DELETE_SAMPLES,
	DELETE_GUESSES,
	DELETE_EVIDENCE, /* ... to here: the lists of a system */
	PUT_PATH,
	PUT_HOP,
	DELETE_HOPS,
	PUT_SCRIPT,
	PUT_SCRIPT_VALUE,
	DELETE_SCRIPT_VALUES,
	PUT_FINDING,
	PUT_SCRIPTS_DONE,
	ADD_SKIPPED,
	ADD_WARNING,
	STATEMENTS
};

const char *journal_statement_sql(enum statement statement);

struct journal_store {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	int64_t scan_id;
	struct diag *diag; /* of the caller's call */
};

/* How far the scan had come, for those who look at it while it runs, or after a crash. */
struct journal_progress {
	uint64_t last_ns, hosts_total, hosts_up, hosts_down, open_ports;
};

int journal_store_open(struct journal_store *store, const char *path);
void journal_store_close(struct journal_store *store, bool tidy);
int journal_store_begin(struct journal_store *store, bool durable);
/* Commits when r is 0, else rolls back; gives r or the commit's error. */
int journal_store_end(struct journal_store *store, int r);

int journal_store_add_scan(struct journal_store *store, const struct journal_scan_row *scan);
int journal_store_begin_scan(struct journal_store *store, const struct journal_record *record);
int journal_store_progress(struct journal_store *store, const struct journal_progress *progress);
int journal_store_end_scan(struct journal_store *store, const struct journal_record *record);
int journal_store_spoil(struct journal_store *store, const char *why);

int journal_store_add_port_set(struct journal_store *store, uint32_t id,
			       const struct journal_ports *ports);
int journal_store_put_host(struct journal_store *store, const struct journal_host *host);
int journal_store_put_others(struct journal_store *store, const struct journal_record *record);
int journal_store_put_port(struct journal_store *store, const struct journal_record *record);
int journal_store_delete_port(struct journal_store *store, const struct journal_record *record);
int journal_store_add_range(struct journal_store *store, uint64_t host, uint32_t piece,
			    const struct journal_range *range);
int journal_store_delete_ranges(struct journal_store *store, uint64_t host);
/* And the certificate it showed. */
int journal_store_put_service(struct journal_store *store, const struct journal_record *record);
/* With all that belongs to them; what was there of an earlier finding goes. */
int journal_store_put_system(struct journal_store *store, const struct journal_record *record);
int journal_store_put_path(struct journal_store *store, const struct journal_record *record);
/* With its value; that of the result it replaces goes. */
int journal_store_put_script(struct journal_store *store, const struct journal_record *record);
int journal_store_put_finding(struct journal_store *store, const struct journal_record *record);
int journal_store_put_scripts_done(struct journal_store *store,
				   const struct journal_record *record);
/* ADD_SKIPPED or ADD_WARNING. */
int journal_store_add_text(struct journal_store *store, const struct journal_record *record,
			   enum statement statement);

#endif
