#include "report/journal/journal_store.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/loop.h"
#include "util/random.h"

#include <portolan_config.h>

#define BEGIN_TRIES 3

static struct journal_row begin_row(struct journal_store *store, enum statement statement)
{
	struct journal_row row = journal_row_of(store->statements[statement]);

	row_put_int(&row, store->scan_id);
	return row;
}

static int run_row(struct journal_store *store, struct journal_row *row)
{
	return row_run(row, store->db, store->diag);
}

int journal_store_open(struct journal_store *store, const char *path)
{
	int r = journal_db_open(path, JOURNAL_WRITES, &store->db, store->diag);

	for (int i = 0; r == 0 && i < STATEMENTS; i++)
		r = journal_db_prepare(store->db, journal_statement_sql((enum statement)i),
				       &store->statements[i], store->diag);
	return r;
}

void journal_store_close(struct journal_store *store, bool tidy)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->statements[i]);
	if (store->db)
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, tidy ? 0 : 1, NULL);
	journal_db_close(store->db);
}

/* Takes the write lock at once, so that nothing in the store can meet a lock
 * later on. Several scans take turns here. */
int journal_store_begin(struct journal_store *store, bool durable)
{
	int r;

	/* In WAL mode NORMAL survives SIGKILL and keeps the file whole over a power
	 * loss; FULL also brings the facts through the latter. */
	r = journal_db_exec(store->db,
			    durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL",
			    store->diag);
	if (r < 0)
		return r;
	r = ERROR_BUSY;

	for (int i = 0; i < BEGIN_TRIES && r == ERROR_BUSY; i++)
		r = journal_db_exec(store->db, "BEGIN IMMEDIATE", store->diag);
	return r;
}

int journal_store_end(struct journal_store *store, int r)
{
	if (r == 0)
		r = journal_db_exec(store->db, "COMMIT", store->diag);
	if (r < 0 && !sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* Version 4 of RFC 9562: what names this scan when journals are put together. */
static int make_uuid(char **ret_uuid)
{
	uint64_t a = random_system_seed(), b = random_system_seed();

	*ret_uuid = alloc_printf("%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
				 (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
				 (unsigned)(b >> 48 & 0x3fff) | 0x8000u,
				 (unsigned long long)(b & 0xffffffffffff));
	return *ret_uuid ? 0 : ERROR_MEMORY;
}

int journal_store_add_scan(struct journal_store *store, const struct journal_scan_row *scan)
{
	struct journal_row row = journal_row_of(store->statements[ADD_SCAN]);
	char *uuid = NULL, *seed = NULL;
	int r;

	if ((r = make_uuid(&uuid)) < 0)
		return r;
	seed = alloc_printf("%llu", (unsigned long long)scan->seed);
	row_put_bytes(&row, uuid);
	row_put_bytes(&row, scan->program);
	row_put_word(&row, PORTOLAN_VERSION);
	row_put_bytes(&row, scan->command_line);
	row_put_bytes(&row, scan->plan_json);
	row_put_bytes(&row, seed);
	row_put_int(&row, scan->list_only);
	row_put_int(&row, scan->start_s);
	row_put_int(&row, scan->start_s * (int64_t)NS_PER_S);
	row_put_int(&row, scan->start_s * (int64_t)NS_PER_S);
	r = seed ? run_row(store, &row) : ERROR_MEMORY;
	store->scan_id = sqlite3_last_insert_rowid(store->db);
	alloc_free(uuid);
	alloc_free(seed);
	return r;
}

int journal_store_add_port_set(struct journal_store *store, uint32_t id,
			       const struct journal_ports *ports)
{
	int r = 0;

	for (int t = 0; r == 0 && t < TRANSPORTS; t++) {
		struct journal_row row = begin_row(store, ADD_PORT_SET);
		struct buf text = BUF_INIT;

		if (!ports->of[t].count)
			continue;
		portset_format(&ports->of[t], &text);
		row_put_int(&row, id);
		row_put_word(&row, transport_name((enum transport)t));
		row_put_bytes(&row, buf_str(&text));
		r = buf_ok(&text) ? run_row(store, &row) : ERROR_MEMORY;
		buf_release(&text);
	}
	return r;
}

int journal_store_begin_scan(struct journal_store *store, const struct journal_record *record)
{
	struct journal_row row = journal_row_of(store->statements[BEGIN_SCAN]);

	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, store->scan_id);
	return run_row(store, &row);
}

/* How far the scan had come, for those who look at it while it runs, or after a crash. */
int journal_store_progress(struct journal_store *store, const struct journal_progress *progress)
{
	struct journal_row row = journal_row_of(store->statements[PROGRESS_SCAN]);

	row_put_int(&row, (int64_t)progress->last_ns);
	row_put_int(&row, (int64_t)progress->hosts_total);
	row_put_int(&row, (int64_t)progress->hosts_up);
	row_put_int(&row, (int64_t)progress->hosts_down);
	row_put_int(&row, (int64_t)progress->open_ports);
	row_put_int(&row, store->scan_id);
	return run_row(store, &row);
}

static void put_known(struct journal_row *row, double value, bool known)
{
	if (known)
		row_put_double(row, value);
	else
		row_put_null(row);
}

static void put_counts(struct journal_row *row, const struct observation *seen)
{
	bool known = seen->end.probes_planned && seen->end.missed >= 0;

	row_put_int(row, (int64_t)seen->end.probes_planned);
	row_put_int(row, (int64_t)seen->end.dropped_receiving);
	put_known(row, seen->end.missed, known);
	put_known(row, seen->end.missed_low, known);
	put_known(row, seen->end.missed_high, known);
	row_put_int(row, (int64_t)seen->end.raw_sent);
	row_put_int(row, (int64_t)seen->end.raw_sent_bytes);
	row_put_int(row, (int64_t)seen->end.raw_received);
	row_put_int(row, (int64_t)seen->end.raw_received_bytes);
}

int journal_store_end_scan(struct journal_store *store, const struct journal_record *record)
{
	static const char *const outcomes[] = {[RUN_COMPLETE] = "complete",
					       [RUN_CANCELLED] = "cancelled",
					       [RUN_FAILED] = "failed"};
	struct journal_row row = journal_row_of(store->statements[END_SCAN]);
	const struct observation *seen = &record->seen;

	row_put_int(&row, (int64_t)seen->wall_ns);
	row_put_word(&row, outcomes[seen->end.outcome]);
	row_put_bytes(&row, journal_record_text(record, 0));
	row_put_int(&row, (int64_t)seen->end.hosts_total);
	row_put_int(&row, (int64_t)seen->end.hosts_up);
	row_put_int(&row, (int64_t)seen->end.hosts_down);
	row_put_int(&row, (int64_t)seen->end.probes_sent);
	row_put_int(&row, (int64_t)seen->end.probes_answered);
	row_put_int(&row, (int64_t)seen->end.probes_resent);
	row_put_int(&row, (int64_t)seen->end.dropped_locally);
	row_put_double(&row, seen->end.estimated_missed);
	put_counts(&row, seen);
	row_put_int(&row, store->scan_id);
	return run_row(store, &row);
}

int journal_store_spoil(struct journal_store *store, const char *why)
{
	struct journal_row row = journal_row_of(store->statements[SPOIL_SCAN]);

	row_put_bytes(&row, why);
	row_put_int(&row, store->scan_id);
	return run_row(store, &row);
}
