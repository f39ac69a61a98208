#include "report/journal/journal_port_reader.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

int journal_port_reader_init(struct journal_port_reader *reader, sqlite3 *db, int64_t scan_id,
			     struct diag *diag)
{
	int r;

	*reader = (struct journal_port_reader){.db = db, .scan_id = scan_id};
	if ((r = journal_db_prepare(db,
				    "SELECT transport, ports FROM port_set WHERE scan_id=? AND "
				    "port_set=?",
				    &reader->sets, diag)) == 0 &&
	    (r = journal_db_prepare(db,
				    "SELECT transport, first, last, ports, state, reason, ttl,"
				    " from_address, attempt_max, rtt_min_us FROM port_range"
				    " WHERE scan_id=? AND host=? ORDER BY piece",
				    &reader->ranges, diag)) == 0)
		r = journal_db_prepare(db,
				       "SELECT transport, number, state, reason, ttl, from_address,"
				       " attempt, rtt_us FROM port WHERE scan_id=? AND host=?",
				       &reader->rows, diag);
	if (r < 0)
		journal_port_reader_release(reader);
	return r;
}

void journal_port_reader_release(struct journal_port_reader *reader)
{
	sqlite3_finalize(reader->sets);
	sqlite3_finalize(reader->ranges);
	sqlite3_finalize(reader->rows);
	alloc_free(reader->plan_set);
	alloc_free(reader->other_set);
	alloc_free(reader->ports);
	*reader = (struct journal_port_reader){0};
}

/* Steps through the rows of a statement about (scan, key). */
static int each_row(struct journal_port_reader *reader, sqlite3_stmt *stmt, int64_t key,
		    int (*take)(struct journal_port_reader *reader, struct journal_row *row,
				void *with),
		    void *with, struct diag *diag)
{
	int r = 0, step = SQLITE_DONE;

	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, reader->scan_id);
	sqlite3_bind_int64(stmt, 2, key);
	while (r == 0 && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
		struct journal_row row = journal_row_of(stmt);

		r = take(reader, &row, with);
	}
	if (r == 0 && step != SQLITE_DONE)
		r = journal_db_error(reader->db, diag);
	sqlite3_reset(stmt);
	return r;
}

static int take_set(struct journal_port_reader *reader, struct journal_row *row, void *with)
{
	struct journal_ports *ports = with;
	const char *name = row_text(row), *text = row_text(row);
	int transport = name ? journal_transport_parse(name) : -1;

	if (transport < 0 || !text || !journal_ports_parse(text, &ports->of[transport]))
		return ERROR_CORRUPT;
	return 0;
}

/* The plan's set is kept, of the others the last one. */
static int load_set(struct journal_port_reader *reader, int64_t id,
		    const struct journal_ports **ret_ports, struct diag *diag)
{
	struct journal_ports **place = id ? &reader->other_set : &reader->plan_set;
	int r;

	if (id < 0) {
		*ret_ports = NULL;
		return 0;
	}
	if (!*place || (id && id != reader->other_id)) {
		alloc_free(*place);
		if (!(*place = alloc_zero(sizeof(**place))))
			return ERROR_MEMORY;
		reader->other_id = id ? id : reader->other_id;
		r = each_row(reader, reader->sets, id, take_set, *place, diag);
		if (r < 0) {
			alloc_free(*place);
			*place = NULL;
			return r;
		}
		journal_ports_number(*place);
	}
	*ret_ports = *place;
	return 0;
}

static int make_room(struct journal_port_reader *reader, size_t count)
{
	struct port_report *grown;

	if (count <= reader->room)
		return 0;
	count = count < 16 ? 16 : count + count / 2;
	if (!(grown = alloc_resize(reader->ports, count, sizeof(*grown))))
		return ERROR_MEMORY;
	reader->ports = grown;
	reader->room = count;
	return 0;
}

/* State, reason, TTL, responder: four columns. False: not of this version. */
static bool read_verdict(struct journal_row *row, struct verdict *ret_verdict)
{
	const char *state_text = row_text(row), *reason_text = row_text(row);
	int state = state_text ? port_state_parse(state_text) : -1;
	int reason = reason_text ? reason_parse(reason_text) : -1;

	*ret_verdict = (struct verdict){.ttl = (uint8_t)row_int(row)};
	ret_verdict->from = row_address(row);
	if (state <= PORT_UNKNOWN || reason < 0)
		return false;
	ret_verdict->state = (uint8_t)state;
	ret_verdict->reason = (uint8_t)reason;
	return true;
}

static int take_range(struct journal_port_reader *reader, struct journal_row *row, void *with)
{
	const struct journal_ports *set = with;
	const char *name = row_text(row);
	int transport = name ? journal_transport_parse(name) : -1;
	int64_t first = row_int(row), last = row_int(row), count = row_int(row);
	struct port_report port = {0};

	if (!set || transport < 0 || first < 0 || last > UINT16_MAX ||
	    !read_verdict(row, &port.verdict))
		return 0;
	if (count == 1) { /* else they differ, and only their bounds are known */
		port.verdict.attempt = (uint8_t)row_int(row);
		port.verdict.rtt_us = (uint32_t)row_int(row);
	}
	port.transport = (uint8_t)transport;
	for (int32_t p = portset_next(&set->of[transport], (uint32_t)first); p >= 0 && p <= last;
	     p = portset_next(&set->of[transport], (uint32_t)p + 1)) {
		port.number = (uint16_t)p;
		reader->ports[journal_ports_rank(set, (enum transport)transport, (uint16_t)p)] =
			port;
	}
	return 0;
}

static int take_port(struct journal_port_reader *reader, struct journal_row *row, void *with)
{
	const struct journal_ports *set = with;
	const char *name = row_text(row);
	int transport = name ? journal_transport_parse(name) : -1;
	int64_t number = row_int(row);
	struct port_report port = {.number = (uint16_t)number};
	int32_t rank;
	int r;

	if (transport < 0 || number < 0 || number > UINT16_MAX || !read_verdict(row, &port.verdict))
		return 0;
	port.transport = (uint8_t)transport;
	port.verdict.attempt = (uint8_t)row_int(row);
	port.verdict.rtt_us = (uint32_t)row_int(row);
	rank = set ? journal_ports_rank(set, (enum transport)transport, port.number) : -1;
	if (rank >= 0) {
		reader->ports[rank] = port;
		return 0;
	}
	if ((r = make_room(reader, reader->count + 1)) == 0)
		reader->ports[reader->count++] = port;
	return r;
}

static int compare_ports(const void *a, const void *b)
{
	const struct port_report *x = a, *y = b;

	if (x->transport != y->transport)
		return x->transport < y->transport ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Slots without a verdict go; ports outside the set, which came last, are put in place. */
static void settle(struct journal_port_reader *reader, size_t planned)
{
	bool extras = reader->count > planned;
	size_t kept = 0;

	for (size_t i = 0; i < reader->count; i++)
		if (reader->ports[i].verdict.state != PORT_UNKNOWN)
			reader->ports[kept++] = reader->ports[i];
	reader->count = kept;
	if (extras)
		qsort(reader->ports, kept, sizeof(*reader->ports), compare_ports);
}

int journal_port_reader_read(struct journal_port_reader *reader, uint64_t host, int64_t port_set,
			     struct diag *diag)
{
	const struct journal_ports *set = NULL;
	size_t planned;
	int r;

	if ((r = load_set(reader, port_set, &set, diag)) < 0)
		return r;
	planned = set ? set->count : 0;
	if ((r = make_room(reader, planned)) < 0)
		return r;
	for (size_t i = 0; i < planned; i++)
		reader->ports[i] = (struct port_report){0};
	reader->count = planned;
	if ((r = each_row(reader, reader->ranges, (int64_t)host, take_range, (void *)set, diag)) <
		    0 ||
	    (r = each_row(reader, reader->rows, (int64_t)host, take_port, (void *)set, diag)) < 0)
		return r;
	settle(reader, planned);
	return 0;
}
