#include "report/journal/journal_read.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/loop.h"

#include <string.h>

#define NEVER_ENDED "running or killed"

int journal_open(const char *path, struct journal **ret_journal, struct diag *diag)
{
	char *standard = path ? NULL : journal_default_path();
	struct journal *journal;
	int r;

	if (!path && !standard)
		return diag_set(
			diag, ERROR_NOT_FOUND,
			"No home folder to look for the journal in; --journal FILE names it");
	if ((journal = alloc_zero(sizeof(*journal))))
		r = journal_db_open(path ? path : standard, JOURNAL_READS, &journal->db, diag);
	else
		r = diag_set(diag, ERROR_MEMORY, "The journal: out of memory");
	alloc_free(standard);
	if (r < 0) {
		alloc_free(journal);
		return r;
	}
	*ret_journal = journal;
	return 0;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	journal_db_close(journal->db);
	alloc_free(journal->strings[0]);
	alloc_free(journal->strings[1]);
	alloc_free(journal);
}

#define SCAN_COLUMNS "id, start_s, end_ns, command_line, outcome, hosts_total, hosts_up, open_ports"

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void read_scan(sqlite3_stmt *stmt, struct journal_scan *ret_scan)
{
	struct journal_row row = journal_row_of(stmt);
	const char *outcome;

	*ret_scan = (struct journal_scan){0};
	ret_scan->id = row_int(&row);
	ret_scan->start_s = row_int(&row);
	ret_scan->end_s = row_int(&row) / (int64_t)NS_PER_S;
	ret_scan->command_line = or_empty(row_text(&row));
	outcome = row_text(&row);
	ret_scan->outcome = outcome ? outcome : NEVER_ENDED;
	ret_scan->hosts_total = (uint64_t)row_int(&row);
	ret_scan->hosts_up = (uint64_t)row_int(&row);
	ret_scan->open_ports = (uint64_t)row_int(&row);
	ret_scan->incomplete = strcmp(ret_scan->outcome, "complete") != 0;
}

int journal_list(struct journal *journal, int (*visit)(void *self, const struct journal_scan *scan),
		 void *self, struct diag *diag)
{
	struct journal_scan scan;
	sqlite3_stmt *stmt = NULL;
	int r, step = SQLITE_DONE;

	r = journal_db_prepare(journal->db, "SELECT " SCAN_COLUMNS " FROM scan ORDER BY id DESC",
			       &stmt, diag);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		read_scan(stmt, &scan);
		r = visit(self, &scan);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = journal_db_error(journal->db, diag);
	sqlite3_finalize(stmt);
	return r < 0 ? r : 0;
}

/* A statement on one scan that has a row, or ERROR_NOT_FOUND; the newest for id 0. */
static int find_scan(struct journal *journal, const char *sql, int64_t id, sqlite3_stmt **ret_stmt,
		     struct diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	int r = journal_db_prepare(journal->db, sql, &stmt, diag);

	if (r == 0) {
		sqlite3_bind_int64(stmt, 1, id);
		switch (sqlite3_step(stmt)) {
		case SQLITE_ROW:
			*ret_stmt = stmt;
			return 0;
		case SQLITE_DONE:
			r = id ? diag_set(diag, ERROR_NOT_FOUND,
					  "There is no scan %lld in the journal; `portolan list` "
					  "shows them",
					  (long long)id)
			       : diag_set(diag, ERROR_NOT_FOUND, "The journal holds no scan yet");
			break;
		default:
			r = journal_db_error(journal->db, diag);
		}
	}
	sqlite3_finalize(stmt);
	return r;
}

#define WHERE_SCAN " FROM scan WHERE id=iif(?1, ?1, (SELECT max(id) FROM scan))"

static int keep(char **place, const char **text)
{
	char *copy = alloc_strdup(*text);

	if (!copy)
		return ERROR_MEMORY;
	alloc_free(*place);
	*text = *place = copy;
	return 0;
}

int journal_load(struct journal *journal, int64_t id, char **ret_plan_json,
		 struct journal_scan *ret_scan, struct diag *diag)
{
	struct journal_scan scan;
	sqlite3_stmt *stmt = NULL;
	char *plan = NULL;
	int r = find_scan(journal, "SELECT " SCAN_COLUMNS ", plan" WHERE_SCAN, id, &stmt, diag);

	if (r < 0)
		return r;
	read_scan(stmt, &scan);
	if (!(plan = alloc_strdup(or_empty((const char *)sqlite3_column_text(stmt, 8)))) ||
	    keep(&journal->strings[0], &scan.command_line) < 0 ||
	    keep(&journal->strings[1], &scan.outcome) < 0) {
		alloc_free(plan);
		r = diag_set(diag, ERROR_MEMORY, "The journal: out of memory");
	} else {
		*ret_plan_json = plan;
		*ret_scan = scan;
	}
	sqlite3_finalize(stmt);
	return r;
}

void journal_scan_facts_release(struct journal_scan_facts *facts)
{
	alloc_free(facts->outcome);
	alloc_free(facts->why);
	facts->outcome = facts->why = NULL;
}

#define COUNT_COLUMNS                                                                     \
	"hosts_total, hosts_up, hosts_down, probes_sent, probes_answered, probes_resent," \
	" dropped_locally, estimated_missed, probes_planned, dropped_receiving, missed,"  \
	" missed_low, missed_high, raw_sent, raw_sent_bytes, raw_received, raw_received_bytes"

static void read_counts(struct journal_row *row, struct observation *ret_end)
{
	struct observation end = {.kind = OBSERVED_RUN_END};

	end.end.hosts_total = (uint64_t)row_int(row);
	end.end.hosts_up = (uint64_t)row_int(row);
	end.end.hosts_down = (uint64_t)row_int(row);
	end.end.probes_sent = (uint64_t)row_int(row);
	end.end.probes_answered = (uint64_t)row_int(row);
	end.end.probes_resent = (uint64_t)row_int(row);
	end.end.dropped_locally = (uint64_t)row_int(row);
	end.end.estimated_missed = row_double(row, -1);
	end.end.probes_planned = (uint64_t)row_int(row);
	end.end.dropped_receiving = (uint64_t)row_int(row);
	end.end.missed = row_double(row, -1);
	end.end.missed_low = row_double(row, -1);
	end.end.missed_high = row_double(row, -1);
	end.end.raw_sent = (uint64_t)row_int(row);
	end.end.raw_sent_bytes = (uint64_t)row_int(row);
	end.end.raw_received = (uint64_t)row_int(row);
	end.end.raw_received_bytes = (uint64_t)row_int(row);
	*ret_end = end;
}

int journal_read_scan(struct journal *journal, int64_t id, struct journal_scan_facts *ret_facts,
		      struct diag *diag)
{
	struct journal_scan_facts facts = {0};
	const char *outcome, *why;
	struct journal_row row;
	sqlite3_stmt *stmt = NULL;
	int r = find_scan(journal,
			  "SELECT id, start_s, begin_ns, last_ns, end_ns, list_only, outcome, why,"
			  " " COUNT_COLUMNS WHERE_SCAN,
			  id, &stmt, diag);

	if (r < 0)
		return r;
	row = journal_row_of(stmt);
	facts.id = row_int(&row);
	facts.start_s = row_int(&row);
	facts.begin_ns = row_int(&row);
	facts.last_ns = row_int(&row);
	facts.end_ns = row_int(&row);
	facts.list_only = row_int(&row);
	outcome = row_text(&row);
	why = row_text(&row);
	read_counts(&row, &facts.end);
	if ((outcome && !(facts.outcome = alloc_strdup(outcome))) ||
	    (why && !(facts.why = alloc_strdup(why)))) {
		journal_scan_facts_release(&facts);
		r = diag_set(diag, ERROR_MEMORY, "The journal: out of memory");
	} else {
		*ret_facts = facts;
	}
	sqlite3_finalize(stmt);
	return r;
}

int journal_done_hosts(struct journal *journal, int64_t id, struct addrset *ret_done,
		       struct diag *diag)
{
	struct journal_scan_facts facts = {0};
	sqlite3_stmt *stmt = NULL;
	int r, step = SQLITE_DONE;

	if ((r = journal_read_scan(journal, id, &facts, diag)) < 0)
		return r;
	r = journal_db_prepare(
		journal->db, "SELECT address_key, scope FROM host WHERE scan_id=? AND incomplete=0",
		&stmt, diag);
	if (r == 0)
		sqlite3_bind_int64(stmt, 1, facts.id);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct journal_row row = journal_row_of(stmt);
		struct ip_addr addr = row_key(&row);

		if (addr.family != IP_NONE)
			r = addrset_add(ret_done, &addr);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = journal_db_error(journal->db, diag);
	sqlite3_finalize(stmt);
	journal_scan_facts_release(&facts);
	return r;
}
