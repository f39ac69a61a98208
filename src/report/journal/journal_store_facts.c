#include "report/journal/journal_store.h"

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

int journal_store_add_text(struct journal_store *store, const struct journal_record *record,
			   enum statement statement)
{
	struct journal_row row = begin_row(store, statement);

	row_put_int(&row, (int64_t)record->seq);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_bytes(&row, journal_record_text(record, 0));
	if (statement == ADD_SKIPPED)
		row_put_bytes(&row, journal_record_text(record, 1));
	return run_row(store, &row);
}

static void put_found(struct journal_row *row, const struct journal_host *host)
{
	bool known = host->found_seq != 0;

	if (known)
		row_put_word(row, reason_name(host->found.host.reason));
	else
		row_put_null(row);
	row_put_int(row, known ? host->found.host.ttl : 0);
	row_put_text_of(row, &host->found.host.from);
	row_put_int(row, known ? host->found.host.attempt : 0);
	row_put_int(row, known ? host->found.host.rtt_us : 0);
	row_put_int(row, known ? host->found.host.port : 0);
	if (known) {
		row_put_int(row, (int64_t)host->found.wall_ns);
		row_put_int(row, (int64_t)host->found_seq);
	} else {
		row_put_null(row);
		row_put_null(row);
	}
	row_put_int(row, host->hinted);
}

static void put_ns(struct journal_row *row, uint64_t ns)
{
	if (ns)
		row_put_int(row, (int64_t)ns);
	else
		row_put_null(row);
}

static void put_done(struct journal_row *row, const struct journal_host *host)
{
	bool known = host->done_seq != 0, rtt = known && host->done.done.has_rtt;

	put_ns(row, known ? host->done.wall_ns : 0);
	put_ns(row, host->done_seq);
	row_put_int(row, known && host->done.done.ports_scanned);
	row_put_int(row, known && host->done.done.timed_out);
	row_put_int(row, !known || host->done.done.incomplete);
	put_ns(row, known ? host->done.done.start_wall_ns : 0);
	put_ns(row, known ? host->done.done.end_wall_ns : 0);
	if (rtt) {
		row_put_int(row, (int64_t)host->done.done.srtt_us);
		row_put_int(row, (int64_t)host->done.done.rttvar_us);
		row_put_int(row, (int64_t)host->done.done.timeout_us);
		return;
	}
	for (int i = 0; i < 3; i++)
		row_put_null(row);
}

static void put_mac(struct journal_row *row, const struct journal_host *host)
{
	char text[MAC_TEXT_BYTES];

	row_put_bytes(row, host->has_mac ? mac_format(&host->mac, text) : NULL);
}

static void put_liar(struct journal_row *row, const struct journal_host *host)
{
	bool known = host->liar.kind != LIAR_NONE;

	row_put_bytes(row, known ? liar_kind_name(host->liar.kind) : NULL);
	if (known)
		row_put_int(row, host->liar.ttl);
	else
		row_put_null(row);
}

int journal_store_put_host(struct journal_store *store, const struct journal_host *host)
{
	struct journal_row row = begin_row(store, PUT_HOST);

	row_put_int(&row, (int64_t)host->index);
	row_put_text_of(&row, &host->addr);
	row_put_key_of(&row, &host->addr);
	if (host->port_set == JOURNAL_NO_PORT_SET)
		row_put_null(&row);
	else
		row_put_int(&row, host->port_set);
	row_put_bytes(&row, host->name);
	row_put_bytes(&row, host->ptr);
	row_put_word(&row, host_state_name(journal_host_state(host)));
	put_found(&row, host);
	put_done(&row, host);
	put_mac(&row, host);
	put_liar(&row, host);
	return run_row(store, &row);
}

int journal_store_put_others(struct journal_store *store, const struct journal_record *record)
{
	const struct ip_addr *others = journal_record_others(record);
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < record->others_count; i++) {
		struct journal_row row = begin_row(store, PUT_OTHER);

		row_put_int(&row, (int64_t)record->index);
		row_put_int(&row, i);
		row_put_text_of(&row, &others[i]);
		row_put_key_of(&row, &others[i]);
		r = run_row(store, &row);
	}
	return r;
}

int journal_store_put_port(struct journal_store *store, const struct journal_record *record)
{
	const struct verdict *verdict = &record->seen.port.verdict;
	struct journal_row row = begin_row(store, PUT_PORT);

	row_put_int(&row, (int64_t)record->index);
	row_put_word(&row, transport_name(record->seen.port.transport));
	row_put_int(&row, record->seen.port.number);
	row_put_word(&row, port_state_name(verdict->state));
	row_put_word(&row, reason_name(verdict->reason));
	row_put_int(&row, verdict->ttl);
	row_put_text_of(&row, &verdict->from);
	row_put_int(&row, verdict->attempt);
	row_put_int(&row, verdict->rtt_us);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	return run_row(store, &row);
}

int journal_store_delete_port(struct journal_store *store, const struct journal_record *record)
{
	struct journal_row row = begin_row(store, DELETE_PORT);

	row_put_int(&row, (int64_t)record->index);
	row_put_word(&row, transport_name(record->seen.port.transport));
	row_put_int(&row, record->seen.port.number);
	return run_row(store, &row);
}

int journal_store_add_range(struct journal_store *store, uint64_t host, uint32_t piece,
			    const struct journal_range *range)
{
	const struct journal_class *class = range->class;
	struct journal_row row = begin_row(store, ADD_RANGE);

	row_put_int(&row, (int64_t)host);
	row_put_int(&row, piece);
	row_put_word(&row, transport_name(range->transport));
	row_put_int(&row, range->first);
	row_put_int(&row, range->last);
	row_put_int(&row, range->ports);
	row_put_word(&row, port_state_name(class->verdict.state));
	row_put_word(&row, reason_name(class->verdict.reason));
	row_put_int(&row, class->verdict.ttl);
	row_put_text_of(&row, &class->verdict.from);
	row_put_int(&row, class->verdict.attempt);
	row_put_int(&row, class->verdict.rtt_us);
	row_put_int(&row, class->rtt_max_us);
	return run_row(store, &row);
}

int journal_store_delete_ranges(struct journal_store *store, uint64_t host)
{
	struct journal_row row = begin_row(store, DELETE_RANGES);

	row_put_int(&row, (int64_t)host);
	return run_row(store, &row);
}
