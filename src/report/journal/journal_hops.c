#include "report/journal/journal_hops.h"

#include "engine/path_copy.h"
#include "report/journal/journal_ports.h"
#include "report/journal/journal_take.h"
#include "util/error.h"

int journal_hops_reader_init(struct journal_hops_reader *reader, sqlite3 *db, int64_t scan_id,
			     struct diag *diag)
{
	int r;

	*reader = (struct journal_hops_reader){.db = db, .diag = diag};
	if ((r = journal_db_prepare(
		     db, "SELECT " JOURNAL_PATH_COLUMNS " FROM path WHERE scan_id=?1 AND host=?2",
		     &reader->path, diag)) < 0 ||
	    (r = journal_db_prepare(db,
				    "SELECT ttl, " JOURNAL_HOP_COLUMNS
				    " FROM hop WHERE scan_id=?1 AND host=?2 ORDER BY ttl",
				    &reader->hops, diag)) < 0) {
		journal_hops_reader_release(reader);
		return r;
	}
	sqlite3_bind_int64(reader->path, 1, scan_id);
	sqlite3_bind_int64(reader->hops, 1, scan_id);
	return 0;
}

void journal_hops_reader_release(struct journal_hops_reader *reader)
{
	sqlite3_finalize(reader->path);
	sqlite3_finalize(reader->hops);
	*reader = (struct journal_hops_reader){0};
}

/* An IP protocol has the transport "ip". */
static void read_probe(struct journal_row *row, struct path_facts *facts)
{
	const char *name = row_text(row);
	int transport = name ? journal_transport_parse(name) : -1;

	if (transport >= 0) {
		facts->probe = transport == TRANSPORT_IP ? PATH_PROTOCOL : PATH_PORT;
		facts->transport = (enum transport)transport;
	}
	facts->number = (uint16_t)row_int(row);
}

static void read_facts(sqlite3_stmt *stmt, struct path_facts *facts)
{
	struct journal_row row = journal_row_of(stmt);

	read_probe(&row, facts);
	facts->reached = row_int(&row);
	facts->incomplete = row_int(&row);
	facts->same_hops = (uint8_t)row_int(&row);
	facts->same_as = row_key(&row);
	facts->probes_sent = take_u32(&row);
}

static void read_hop(sqlite3_stmt *stmt, struct journal_taker *taker, struct path_hop *hop)
{
	struct journal_row row = journal_row_of(stmt);

	*hop = (struct path_hop){.ttl = (uint8_t)row_int(&row)};
	(void)row_text(&row); /* for people */
	hop->from = row_key(&row);
	hop->has_rtt = !row_is_null(&row);
	hop->rtt_us = take_u32(&row);
	hop->cached = row_int(&row);
	hop->name = take_text(taker, &row);
	hop->place.country = take_text(taker, &row);
	hop->place.organization = take_text(taker, &row);
	hop->place.asn = take_u32(&row);
}

static int read_hops(struct journal_hops_reader *reader, struct journal_taker *taker,
		     struct path_facts *facts)
{
	struct path_hop found[PATH_HOPS_MAX];
	int step = SQLITE_DONE;
	size_t count = 0;

	while (count < PATH_HOPS_MAX && (step = sqlite3_step(reader->hops)) == SQLITE_ROW)
		read_hop(reader->hops, taker, &found[count++]);
	facts->hops = take_array(taker, found, count * sizeof(*found));
	facts->hops_count = count;
	return step == SQLITE_ROW || step == SQLITE_DONE
		       ? 0
		       : journal_db_error(reader->db, reader->diag);
}

int journal_hops_reader_read(struct journal_hops_reader *reader, uint64_t host,
			     const struct path_facts **ret_facts)
{
	struct journal_taker taker = {.failed = false};
	struct path_facts facts = {0};
	const struct path_facts *copy = NULL;
	int r = 0, step;

	sqlite3_reset(reader->path);
	sqlite3_reset(reader->hops);
	sqlite3_bind_int64(reader->path, 2, (int64_t)host);
	sqlite3_bind_int64(reader->hops, 2, (int64_t)host);
	step = sqlite3_step(reader->path);
	if (step == SQLITE_ROW) {
		read_facts(reader->path, &facts);
		r = read_hops(reader, &taker, &facts);
		if (r == 0 && (taker.failed || !(copy = path_copy_new(&facts))))
			r = ERROR_MEMORY;
	} else if (step != SQLITE_DONE) {
		r = journal_db_error(reader->db, reader->diag);
	}
	if (r == 0)
		*ret_facts = copy;
	arena_release(&taker.arena);
	sqlite3_reset(reader->path);
	sqlite3_reset(reader->hops);
	return r;
}
