/* Systems, what they rest on, and ways into rows. */
#include "report/journal/journal_store.h"

#include "report/system_result.h"
#include "util/error.h"

static struct journal_row begin_row(struct journal_store *store, enum statement statement,
				    uint64_t host)
{
	struct journal_row row = journal_row_of(store->statements[statement]);

	row_put_int(&row, store->scan_id);
	row_put_int(&row, (int64_t)host);
	return row;
}

static struct journal_row begin_item(struct journal_store *store, enum statement statement,
				     uint64_t host, size_t position)
{
	struct journal_row row = begin_row(store, statement, host);

	row_put_int(&row, (int64_t)position);
	return row;
}

static int run_row(struct journal_store *store, struct journal_row *row)
{
	return row_run(row, store->db, store->diag);
}

static void put_port(struct journal_row *row, int32_t port)
{
	if (port >= 0)
		row_put_int(row, port);
	else
		row_put_null(row);
}

static void put_known(struct journal_row *row, int64_t value, bool known)
{
	if (known)
		row_put_int(row, value);
	else
		row_put_null(row);
}

/* One a line. */
static void put_lines(struct journal_row *row, const char *const *texts, size_t count,
		      struct buf *lines)
{
	buf_clear(lines);
	for (size_t i = 0; i < count; i++) {
		buf_add_str(lines, i ? "\n" : "");
		buf_add_str(lines, texts[i]);
	}
	row_put_bytes(row, count ? buf_str(lines) : NULL);
}

static void put_flags(struct journal_row *row, const struct system_facts *facts)
{
	row_put_word(row, system_result_name(facts->result));
	row_put_int(row, facts->ip_version);
	row_put_int(row, facts->incomplete);
	row_put_int(row, facts->own_data);
	row_put_int(row, facts->unreliable);
	row_put_int(row, facts->guessing);
	row_put_bytes(row, facts->unfit);
	put_port(row, facts->open_tcp);
	put_port(row, facts->closed_tcp);
	put_port(row, facts->closed_udp);
}

static void put_print(struct journal_row *row, const struct system_facts *facts, struct buf *lines)
{
	row_put_int(row, (int64_t)facts->perfect_count);
	put_lines(row, facts->types, facts->types_count, lines);
	put_lines(row, facts->cpes, facts->cpes_count, lines);
	row_put_bytes(row, facts->fingerprint);
	put_known(row, facts->uptime_s, facts->has_uptime);
	put_known(row, facts->boot_s, facts->has_uptime);
	put_known(row, facts->distance, facts->has_distance);
	put_known(row, facts->distance_by, facts->has_distance);
}

static void put_replies(struct journal_row *row, const struct system_facts *facts)
{
	put_known(row, facts->index, facts->has_index);
	row_put_bytes(row, facts->difficulty);
	row_put_bytes(row, facts->ipid_class);
	row_put_bytes(row, facts->timestamp_class);
	row_put_int(row, facts->has_timestamps);
	row_put_int(row, facts->rounds);
	row_put_int(row, facts->probes_sent);
	row_put_int(row, facts->probes_answered);
	row_put_int(row, (int64_t)facts->took_ns);
}

static int put_system(struct journal_store *store, const struct journal_record *record,
		      const struct system_facts *facts)
{
	struct journal_row row = begin_row(store, PUT_SYSTEM, record->index);
	struct buf lines = BUF_INIT;
	int r;

	put_flags(&row, facts);
	put_print(&row, facts, &lines);
	put_replies(&row, facts);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	r = buf_ok(&lines) ? run_row(store, &row) : ERROR_MEMORY;
	buf_release(&lines);
	return r;
}

static int put_class(struct journal_store *store, uint64_t host, size_t match, size_t position,
		     const struct system_class *class)
{
	struct journal_row row = begin_item(store, PUT_CLASS, host, match);
	struct buf lines = BUF_INIT;
	int r;

	row_put_int(&row, (int64_t)position);
	row_put_bytes(&row, class->vendor);
	row_put_bytes(&row, class->family);
	row_put_bytes(&row, class->generation);
	row_put_bytes(&row, class->type);
	row_put_int(&row, class->accuracy);
	put_lines(&row, class->cpes, class->cpes_count, &lines);
	r = buf_ok(&lines) ? run_row(store, &row) : ERROR_MEMORY;
	buf_release(&lines);
	return r;
}

static int put_match(struct journal_store *store, uint64_t host, size_t position,
		     const struct system_match *match)
{
	struct journal_row row = begin_item(store, PUT_MATCH, host, position);
	int r;

	row_put_bytes(&row, match->name);
	row_put_int(&row, match->accuracy);
	row_put_int(&row, match->perfect);
	row_put_int(&row, match->guess);
	row_put_int(&row, match->line);
	row_put_bytes(&row, match->file);
	r = run_row(store, &row);
	for (size_t i = 0; r == 0 && i < match->classes_count; i++)
		r = put_class(store, host, position, i, &match->classes[i]);
	return r;
}

static int put_running(struct journal_store *store, uint64_t host, size_t position,
		       const struct system_running *running)
{
	struct journal_row row = begin_item(store, PUT_RUNNING, host, position);

	row_put_bytes(&row, running->name);
	row_put_int(&row, running->percent);
	row_put_int(&row, running->certain);
	return run_row(store, &row);
}

static int put_sample(struct journal_store *store, uint64_t host, size_t position,
		      const struct system_facts *facts)
{
	struct journal_row row = begin_item(store, PUT_SAMPLE, host, position);

	row_put_int(&row, facts->isns[position]);
	row_put_int(&row, facts->ids[position]);
	row_put_int(&row, facts->timestamps[position]);
	return run_row(store, &row);
}

static int put_guess(struct journal_store *store, uint64_t host, size_t position,
		     const struct system_guess *guess)
{
	struct journal_row row = begin_item(store, PUT_GUESS, host, position);

	row_put_bytes(&row, guess->name);
	row_put_bytes(&row, guess->family);
	row_put_double(&row, guess->probability);
	return run_row(store, &row);
}

static int put_evidence(struct journal_store *store, uint64_t host, size_t position,
			const struct system_evidence *evidence)
{
	struct journal_row row = begin_item(store, PUT_EVIDENCE, host, position);

	row_put_bytes(&row, evidence->source);
	row_put_bytes(&row, evidence->says);
	row_put_bytes(&row, evidence->family);
	row_put_double(&row, evidence->weight);
	return run_row(store, &row);
}

static int put_lists(struct journal_store *store, uint64_t host, const struct system_facts *facts)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < facts->matches_count; i++)
		r = put_match(store, host, i, &facts->matches[i]);
	for (size_t i = 0; r == 0 && i < facts->running_count; i++)
		r = put_running(store, host, i, &facts->running[i]);
	for (size_t i = 0; r == 0 && i < facts->samples; i++)
		r = put_sample(store, host, i, facts);
	for (size_t i = 0; r == 0 && i < facts->guesses_count; i++)
		r = put_guess(store, host, i, &facts->guesses[i]);
	for (size_t i = 0; r == 0 && i < facts->evidence_count; i++)
		r = put_evidence(store, host, i, &facts->evidence[i]);
	return r;
}

/* What an earlier finding left. */
static int delete_lists(struct journal_store *store, uint64_t host, enum statement first,
			enum statement last)
{
	int r = 0;

	for (enum statement i = first; r == 0 && i <= last; i++) {
		struct journal_row row = begin_row(store, i, host);

		r = run_row(store, &row);
	}
	return r;
}

int journal_store_put_system(struct journal_store *store, const struct journal_record *record)
{
	const struct system_facts *facts = journal_record_system(record);
	int r = put_system(store, record, facts);

	if (r == 0)
		r = delete_lists(store, record->index, DELETE_MATCHES, DELETE_EVIDENCE);
	return r < 0 ? r : put_lists(store, record->index, facts);
}

/* --- ways --------------------------------------------------------------- */

static void put_key_if_known(struct journal_row *row, const struct ip_addr *addr)
{
	if (addr->family == IP_NONE) {
		row_put_null(row);
		row_put_int(row, 0);
	} else {
		row_put_key_of(row, addr);
	}
}

static void put_probe(struct journal_row *row, const struct path_facts *facts)
{
	bool known = facts->probe != PATH_NONE;
	enum transport transport = facts->probe == PATH_PROTOCOL ? TRANSPORT_IP : facts->transport;

	row_put_bytes(row, known ? transport_name(transport) : NULL);
	put_known(row, facts->number, known);
}

static int put_path(struct journal_store *store, const struct journal_record *record,
		    const struct path_facts *facts)
{
	struct journal_row row = begin_row(store, PUT_PATH, record->index);

	put_probe(&row, facts);
	row_put_int(&row, facts->reached);
	row_put_int(&row, facts->incomplete);
	row_put_int(&row, facts->same_hops);
	put_key_if_known(&row, &facts->same_as);
	row_put_int(&row, facts->probes_sent);
	row_put_int(&row, (int64_t)record->seen.wall_ns);
	row_put_int(&row, (int64_t)record->seq);
	return run_row(store, &row);
}

static int put_hop(struct journal_store *store, uint64_t host, const struct path_hop *hop)
{
	struct journal_row row = begin_item(store, PUT_HOP, host, hop->ttl);

	row_put_text_of(&row, &hop->from);
	put_key_if_known(&row, &hop->from);
	put_known(&row, hop->rtt_us, hop->has_rtt);
	row_put_int(&row, hop->cached);
	row_put_bytes(&row, hop->name);
	row_put_bytes(&row, hop->place.country);
	row_put_bytes(&row, hop->place.organization);
	put_known(&row, hop->place.asn, hop->place.asn);
	return run_row(store, &row);
}

int journal_store_put_path(struct journal_store *store, const struct journal_record *record)
{
	const struct path_facts *facts = journal_record_path(record);
	int r = put_path(store, record, facts);

	if (r == 0)
		r = delete_lists(store, record->index, DELETE_HOPS, DELETE_HOPS);
	for (size_t i = 0; r == 0 && i < facts->hops_count; i++)
		r = put_hop(store, record->index, &facts->hops[i]);
	return r;
}
