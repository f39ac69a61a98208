/* A scan played into a format: hosts in target order, and before each the
 * small events (hints, open ports, warnings) that a live run gave by then. In
 * a live run a host is reported when it and all before it are done, so "by
 * then" is the highest seq at which one of them was done. */
#include "report/journal/journal_hops.h"
#include "report/journal/journal_port_reader.h"
#include "report/journal/journal_read.h"
#include "report/journal/journal_script.h"
#include "report/journal/journal_service.h"
#include "report/journal/journal_system.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/loop.h"

#include <string.h>
#include <time.h>

#define HOST_COLUMNS                                                                              \
	"host, address_key, scope, port_set, name, ptr, state, reason, ttl, from_address,"        \
	" hinted, found_ns, found_seq, done_seq, ports_scanned, timed_out, incomplete, start_ns," \
	" end_ns, srtt_us, rttvar_us, timeout_us, attempt, rtt_us, probe_port, mac, liar,"        \
	" liar_ttl"

#define EVENTS                                                                                    \
	"SELECT seq, 's', at_ns, NULL, expression, why, NULL FROM skipped WHERE scan_id=?1"       \
	" UNION ALL SELECT seq, 'w', at_ns, NULL, text, NULL, NULL FROM warning WHERE scan_id=?1" \
	" UNION ALL SELECT found_seq, 'h', found_ns, host, NULL, NULL, NULL FROM host"            \
	" WHERE scan_id=?1 AND hinted"                                                            \
	" UNION ALL SELECT seq, 'p', at_ns, host, transport, reason, number FROM port"            \
	" WHERE scan_id=?1 AND state='open'"                                                      \
	" UNION ALL SELECT seq, 'v', at_ns, host, transport, NULL, number FROM service"           \
	" WHERE scan_id=?1"                                                                       \
	" UNION ALL SELECT seq, 'o', at_ns, host, NULL, NULL, NULL FROM system WHERE scan_id=?1"  \
	" UNION ALL SELECT seq, 't', at_ns, host, NULL, NULL, NULL FROM path WHERE scan_id=?1"    \
	" UNION ALL SELECT seq, 'c', at_ns, host, NULL, NULL, NULL FROM script WHERE scan_id=?1"  \
	" UNION ALL SELECT seq, 'f', at_ns, host, NULL, NULL, NULL FROM finding WHERE scan_id=?1" \
	" UNION ALL SELECT seq, 'b', at_ns, NULL, scope, NULL, NULL FROM script_block"            \
	" WHERE scan_id=?1"                                                                       \
	" ORDER BY 1"

struct replay {
	struct journal *journal;
	struct format_writer *writer;
	struct diag *diag;
	struct journal_scan_facts facts;
	struct journal_port_reader ports;
	struct journal_service_reader services;
	struct journal_system_reader systems;
	struct journal_hops_reader paths;
	struct journal_script_reader scripts;
	int64_t told[SCRIPT_SCOPES]; /* of SCRIPT_PRE and SCRIPT_POST: up to which seq */
	struct format_totals found;  /* the findings only */
	sqlite3_stmt *hosts, *one_host, *others, *events, *one_port;
	bool event_waits; /* events stands on a row not yet played */
	int64_t reached;  /* the highest done_seq so far */
	struct ip_addr *other;
	size_t others_room;
	uint64_t hosts_total, hosts_up;
};

static int prepare(struct replay *replay)
{
	const struct {
		sqlite3_stmt **stmt;
		const char *sql;
	} all[] = {
		{&replay->hosts,
		 "SELECT " HOST_COLUMNS " FROM host WHERE scan_id=?1 ORDER BY host"},
		{&replay->one_host,
		 "SELECT " HOST_COLUMNS " FROM host WHERE scan_id=?1 AND host=?2"},
		{&replay->others, "SELECT address_key, scope FROM host_other WHERE scan_id=?1"
				  " AND host=?2 ORDER BY position"},
		{&replay->events, EVENTS},
		{&replay->one_port, "SELECT state, reason, ttl, from_address, attempt, rtt_us"
				    " FROM port WHERE scan_id=?1 AND host=?2 AND transport=?3"
				    " AND number=?4"},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(all) / sizeof(*all); i++) {
		r = journal_db_prepare(replay->journal->db, all[i].sql, all[i].stmt, replay->diag);
		if (r == 0)
			sqlite3_bind_int64(*all[i].stmt, 1, replay->facts.id);
	}
	if (r == 0)
		r = journal_port_reader_init(&replay->ports, replay->journal->db, replay->facts.id,
					     replay->diag);
	if (r == 0)
		r = journal_service_reader_init(&replay->services, replay->journal->db,
						replay->facts.id, replay->diag);
	if (r == 0)
		r = journal_system_reader_init(&replay->systems, replay->journal->db,
					       replay->facts.id, replay->diag);
	if (r == 0)
		r = journal_hops_reader_init(&replay->paths, replay->journal->db, replay->facts.id,
					     replay->diag);
	if (r == 0)
		r = journal_script_reader_init(&replay->scripts, replay->journal->db,
					       replay->facts.id, replay->diag);
	return r;
}

static void finalize(struct replay *replay)
{
	sqlite3_finalize(replay->hosts);
	sqlite3_finalize(replay->one_host);
	sqlite3_finalize(replay->others);
	sqlite3_finalize(replay->events);
	sqlite3_finalize(replay->one_port);
	journal_port_reader_release(&replay->ports);
	journal_service_reader_release(&replay->services);
	journal_system_reader_release(&replay->systems);
	journal_hops_reader_release(&replay->paths);
	journal_script_reader_release(&replay->scripts);
	alloc_free(replay->other);
	journal_scan_facts_release(&replay->facts);
}

static void play(struct replay *replay, const struct format_event *event)
{
	format_writer_event(replay->writer, event);
}

static int step(struct replay *replay, sqlite3_stmt *stmt, bool *ret_row)
{
	int r = sqlite3_step(stmt);

	*ret_row = r == SQLITE_ROW;
	return r == SQLITE_ROW || r == SQLITE_DONE
		       ? 0
		       : journal_db_error(replay->journal->db, replay->diag);
}

/* --- hosts ------------------------------------------------------------- */

struct host_row {
	struct host_report report; /* strings and arrays live until the next step */
	int64_t port_set;          /* -1 none */
	bool hinted;
	int64_t found_ns, found_seq, done_seq; /* 0: not */
	struct observation found;
};

static enum host_state state_of(const char *text)
{
	for (enum host_state state = HOST_UNKNOWN; state <= HOST_SKIPPED; state++)
		if (text && !strcmp(text, host_state_name(state)))
			return state;
	return HOST_UNKNOWN;
}

static void read_timing(struct journal_row *row, struct host_report *report)
{
	report->start_s = row_int(row) / (int64_t)NS_PER_S;
	report->end_s = row_int(row) / (int64_t)NS_PER_S;
	report->has_rtt = !row_is_null(row);
	report->srtt_us = (uint64_t)row_int(row);
	report->rttvar_us = (uint64_t)row_int(row);
	report->timeout_us = (uint64_t)row_int(row);
}

static void read_host(const struct replay *replay, sqlite3_stmt *stmt, struct host_row *ret_host)
{
	struct journal_row row = journal_row_of(stmt);
	struct host_row host = {0};
	struct host_report *report = &host.report;
	const char *reason, *mac, *liar;

	report->index = (uint64_t)row_int(&row);
	report->addr = row_key(&row);
	host.port_set = row_is_null(&row) ? -1 : sqlite3_column_int64(stmt, row.column);
	row.column++;
	report->name = row_text(&row);
	report->ptr = row_text(&row);
	report->state = state_of(row_text(&row));
	reason = row_text(&row);
	report->reason = (enum reason)(reason && reason_parse(reason) >= 0 ? reason_parse(reason)
									   : REASON_NO_RESPONSE);
	report->reason_ttl = (uint8_t)row_int(&row);
	report->reason_from = row_address(&row);
	host.hinted = row_int(&row);
	host.found_ns = row_int(&row);
	host.found_seq = row_int(&row);
	host.done_seq = row_int(&row);
	report->ports_scanned = row_int(&row);
	report->timed_out = row_int(&row);
	report->incomplete = row_int(&row);
	report->list_only = replay->facts.list_only;
	read_timing(&row, report);
	host.found.host.attempt = (uint8_t)row_int(&row);
	host.found.host.rtt_us = (uint32_t)row_int(&row);
	host.found.host.port = (uint16_t)row_int(&row);
	mac = row_text(&row);
	report->has_mac = mac && mac_parse(mac, &report->mac);
	liar = row_text(&row);
	report->liar.kind = liar ? liar_kind_parse(liar) : LIAR_NONE;
	report->liar.ttl = (uint8_t)row_int(&row);
	*ret_host = host;
}

static int read_others(struct replay *replay, struct host_report *report)
{
	size_t count = 0;
	bool row = false;
	int r;

	sqlite3_reset(replay->others);
	sqlite3_bind_int64(replay->others, 2, (int64_t)report->index);
	while ((r = step(replay, replay->others, &row)) == 0 && row) {
		struct journal_row columns = journal_row_of(replay->others);
		struct ip_addr *grown;

		if (count == replay->others_room) {
			size_t room = count ? count * 2 : 8;

			if (!(grown = alloc_resize(replay->other, room, sizeof(*grown))))
				return ERROR_MEMORY;
			replay->other = grown;
			replay->others_room = room;
		}
		replay->other[count++] = row_key(&columns);
	}
	sqlite3_reset(replay->others);
	report->others = replay->other;
	report->others_count = count;
	return r;
}

/* --- small events ------------------------------------------------------ */

static int find_host(struct replay *replay, int64_t index, struct host_row *ret_host)
{
	bool row = false;
	int r;

	sqlite3_reset(replay->one_host);
	sqlite3_bind_int64(replay->one_host, 2, index);
	if ((r = step(replay, replay->one_host, &row)) < 0)
		return r;
	if (!row)
		return ERROR_CORRUPT;
	read_host(replay, replay->one_host, ret_host);
	return 0;
}

/* As it was known when the host was found: no reverse name, no ports. */
static int play_hint(struct replay *replay, struct observation *seen, int64_t index)
{
	struct host_report report;
	struct target target = {0};
	struct host_row host;
	int r;

	if ((r = find_host(replay, index, &host)) < 0 ||
	    (r = read_others(replay, &host.report)) < 0)
		return r;
	report = (struct host_report){.index = host.report.index,
				      .addr = host.report.addr,
				      .name = host.report.name,
				      .others = host.report.others,
				      .others_count = host.report.others_count,
				      .state = HOST_UP,
				      .reason = host.report.reason,
				      .reason_ttl = host.report.reason_ttl,
				      .reason_from = host.report.reason_from,
				      .has_mac = host.report.has_mac,
				      .mac = host.report.mac};
	target.index = report.index;
	target.addr = report.addr;
	target.name = (char *)report.name;
	seen->kind = OBSERVED_HOST;
	seen->target = &target;
	seen->host = host.found.host;
	seen->host.state = HOST_UP;
	seen->host.reason = report.reason;
	seen->host.ttl = report.reason_ttl;
	seen->host.from = report.reason_from;
	seen->host.more = true;
	play(replay, &(struct format_event){.kind = FORMAT_HINT, .seen = seen, .host = &report});
	return 0;
}

static int read_open_port(struct replay *replay, int64_t index, const char *transport,
			  int64_t number, struct verdict *ret_verdict)
{
	struct journal_row row = journal_row_of(replay->one_port);
	const char *reason;
	bool found = false;
	int r;

	sqlite3_reset(replay->one_port);
	sqlite3_bind_int64(replay->one_port, 2, index);
	sqlite3_bind_text(replay->one_port, 3, transport, -1, SQLITE_TRANSIENT);
	sqlite3_bind_int64(replay->one_port, 4, number);
	if ((r = step(replay, replay->one_port, &found)) < 0)
		return r;
	if (!found)
		return ERROR_CORRUPT;
	(void)row_text(&row);
	reason = row_text(&row);
	*ret_verdict = (struct verdict){.state = PORT_OPEN};
	if (reason && reason_parse(reason) >= 0)
		ret_verdict->reason = (uint8_t)reason_parse(reason);
	ret_verdict->ttl = (uint8_t)row_int(&row);
	ret_verdict->from = row_address(&row);
	ret_verdict->attempt = (uint8_t)row_int(&row);
	ret_verdict->rtt_us = (uint32_t)row_int(&row);
	return 0;
}

static int play_port(struct replay *replay, struct observation *seen, int64_t index,
		     const char *transport, int64_t number)
{
	int known = transport ? journal_transport_parse(transport) : -1;
	struct target target = {0};
	struct host_row host;
	int r;

	if (known < 0 || number < 0 || number > UINT16_MAX)
		return 0;
	if ((r = find_host(replay, index, &host)) < 0)
		return r;
	target.index = host.report.index;
	target.addr = host.report.addr;
	target.name = (char *)host.report.name;
	seen->kind = OBSERVED_PORT;
	seen->target = &target;
	seen->port.transport = (enum transport)known;
	seen->port.number = (uint16_t)number;
	if ((r = read_open_port(replay, index, transport, number, &seen->port.verdict)) == 0)
		play(replay, &(struct format_event){
				     .kind = FORMAT_PORT, .seen = seen, .host = &host.report});
	return r;
}

static int play_service(struct replay *replay, struct observation *seen, int64_t index,
			const char *transport, int64_t number)
{
	int known = transport ? journal_transport_parse(transport) : -1;
	struct host_services services = {0};
	struct target target = {0};
	struct host_row host;
	int r;

	if (known < 0 || number < 0 || number > UINT16_MAX)
		return 0;
	if ((r = find_host(replay, index, &host)) < 0)
		return r;
	target.index = host.report.index;
	target.addr = host.report.addr;
	target.name = (char *)host.report.name;
	seen->kind = OBSERVED_SERVICE;
	seen->target = &target;
	seen->service.transport = (enum transport)known;
	seen->service.number = (uint16_t)number;
	r = journal_service_reader_one(&replay->services, (uint64_t)index, (enum transport)known,
				       (uint16_t)number, &services, &seen->service.facts);
	if (r == 0 && seen->service.facts)
		play(replay, &(struct format_event){
				     .kind = FORMAT_SERVICE, .seen = seen, .host = &host.report});
	host_services_release(&services);
	return r;
}

static int play_system(struct replay *replay, struct observation *seen, struct host_row *host)
{
	int r;

	seen->kind = OBSERVED_SYSTEM;
	r = journal_system_reader_read(&replay->systems, host->report.index, &seen->system);
	if (r < 0 || !seen->system)
		return r;
	play(replay,
	     &(struct format_event){.kind = FORMAT_SYSTEM, .seen = seen, .host = &host->report});
	alloc_free((void *)seen->system);
	return 0;
}

static int play_path(struct replay *replay, struct observation *seen, struct host_row *host)
{
	int r;

	seen->kind = OBSERVED_PATH;
	r = journal_hops_reader_read(&replay->paths, host->report.index, &seen->path);
	if (r < 0 || !seen->path)
		return r;
	play(replay,
	     &(struct format_event){.kind = FORMAT_PATH, .seen = seen, .host = &host->report});
	alloc_free((void *)seen->path);
	return 0;
}

/* What concerns a host as a whole. */
static int play_host_fact(struct replay *replay, struct observation *seen, int64_t index,
			  int (*play_fact)(struct replay *, struct observation *,
					   struct host_row *))
{
	struct target target = {0};
	struct host_row host;
	int r = find_host(replay, index, &host);

	if (r < 0)
		return r;
	target.index = host.report.index;
	target.addr = host.report.addr;
	target.name = (char *)host.report.name;
	seen->target = &target;
	return play_fact(replay, seen, &host);
}

static int play_script(struct replay *replay, struct observation *seen, int64_t index, int64_t seq,
		       const struct host_report *host)
{
	const struct journal_script_range range = {index, seq, seq};
	struct host_scripts all = {0};
	struct scripts_report report = {0};
	struct format_event event = {.seen = seen, .host = host};
	int r = journal_script_reader_read(&replay->scripts, &range, -1, &all);

	if (r == 0)
		r = host_scripts_give(&all, &report);
	if (r == 0 && report.scripts_count) {
		event.kind = FORMAT_SCRIPT;
		seen->kind = OBSERVED_SCRIPT;
		seen->script.place = report.scripts[0].place;
		seen->script.result = report.scripts[0].result;
		play(replay, &event);
	} else if (r == 0 && report.findings_count) {
		event.kind = FORMAT_FINDING;
		seen->kind = OBSERVED_FINDING;
		seen->finding.place = report.findings[0].place;
		seen->finding.finding = report.findings[0].finding;
		play(replay, &event);
	}
	host_scripts_release(&all);
	return r;
}

/* A script's or a finding: of the run, or of a host. */
static int play_found(struct replay *replay, struct observation *seen, int64_t index, int64_t seq)
{
	struct target target = {0};
	struct host_row host;
	int r;

	if (index == JOURNAL_NO_HOST)
		return play_script(replay, seen, index, seq, NULL);
	if ((r = find_host(replay, index, &host)) < 0)
		return r;
	target.index = host.report.index;
	target.addr = host.report.addr;
	target.name = (char *)host.report.name;
	seen->target = &target;
	return play_script(replay, seen, index, seq, &host.report);
}

/* What was found for the run before seq `until`, and not told yet. */
static int play_block(struct replay *replay, enum script_scope scope, int64_t until)
{
	const struct journal_script_range range = {JOURNAL_NO_HOST, replay->told[scope], until};
	struct format_block block = {.scope = scope};
	struct host_scripts all = {0};
	int r = journal_script_reader_read(&replay->scripts, &range, (int)scope, &all);

	if (r == 0)
		r = host_scripts_give(&all, &block.scripts);
	if (r == 0 && (block.scripts.scripts_count || block.scripts.findings_count)) {
		format_count_findings(&replay->found, &block.scripts);
		play(replay, &(struct format_event){.kind = FORMAT_SCRIPTS, .block = &block});
	}
	replay->told[scope] = until;
	host_scripts_release(&all);
	return r;
}

static int play_scripts_done(struct replay *replay, const char *scope, int64_t seq)
{
	int known = scope ? script_scope_parse(scope) : -1;

	return known < 0 ? 0 : play_block(replay, (enum script_scope)known, seq);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int play_event(struct replay *replay)
{
	struct journal_row row = {replay->events, 1};
	const char kind = or_empty(row_text(&row))[0];
	struct observation seen = {.wall_ns = (uint64_t)row_int(&row)};
	int64_t index = row_int(&row);
	const char *first = row_text(&row), *second = row_text(&row);

	switch (kind) {
	case 's':
		seen.kind = OBSERVED_TARGET_SKIPPED;
		seen.skipped.expression = or_empty(first);
		seen.skipped.why = or_empty(second);
		play(replay, &(struct format_event){.kind = FORMAT_SKIPPED, .seen = &seen});
		return 0;
	case 'w':
		seen.kind = OBSERVED_WARNING;
		seen.warning = or_empty(first);
		play(replay, &(struct format_event){
				     .kind = FORMAT_WARNING, .seen = &seen, .text = seen.warning});
		return 0;
	case 'h':
		return play_hint(replay, &seen, index);
	case 'o':
		return play_host_fact(replay, &seen, index, play_system);
	case 't':
		return play_host_fact(replay, &seen, index, play_path);
	case 'c':
	case 'f':
		return play_found(replay, &seen, index, sqlite3_column_int64(replay->events, 0));
	case 'b':
		return play_scripts_done(replay, first, sqlite3_column_int64(replay->events, 0));
	case 'v':
		return play_service(replay, &seen, index, first, row_int(&row));
	default:
		return play_port(replay, &seen, index, first, row_int(&row));
	}
}

/* The events made before seq `until`. */
static int play_events(struct replay *replay, int64_t until)
{
	int r = 0;

	while (r == 0 && replay->event_waits && sqlite3_column_int64(replay->events, 0) < until) {
		r = play_event(replay);
		if (r == 0)
			r = step(replay, replay->events, &replay->event_waits);
	}
	return r;
}

/* --- the whole --------------------------------------------------------- */

/* The host and what was found out about it, which lives for the call. */
static int play_report(struct replay *replay, struct host_report *report)
{
	const struct journal_script_range range = {(int64_t)report->index, 0, INT64_MAX};
	struct host_services services = {0};
	struct host_scripts scripts = {0};
	int r = journal_service_reader_read(&replay->services, report->index, &services);

	if (r == 0)
		r = journal_system_reader_read(&replay->systems, report->index, &report->system);
	if (r == 0)
		r = journal_hops_reader_read(&replay->paths, report->index, &report->path);
	if (r == 0)
		r = journal_script_reader_read(&replay->scripts, &range, -1, &scripts);
	if (r == 0)
		r = host_scripts_give(&scripts, &report->scripts);
	format_count_findings(&replay->found, &report->scripts);
	host_services_give(&services, replay->ports.ports, replay->ports.count);
	report->ports = replay->ports.ports;
	report->ports_count = replay->ports.count;
	if (r == 0)
		play(replay, &(struct format_event){.kind = FORMAT_HOST, .host = report});
	alloc_free((void *)report->system);
	alloc_free((void *)report->path);
	host_services_release(&services);
	host_scripts_release(&scripts);
	return r;
}

static int play_host(struct replay *replay)
{
	struct host_report *report;
	struct host_row host;
	int r;

	read_host(replay, replay->hosts, &host);
	report = &host.report;
	if (!host.found_seq && !host.done_seq)
		return 0; /* a name, and then the scan was killed */
	if (host.done_seq > replay->reached)
		replay->reached = host.done_seq;
	if ((r = play_events(replay, replay->reached)) < 0 ||
	    (r = read_others(replay, report)) < 0 ||
	    (r = journal_port_reader_read(&replay->ports, report->index, host.port_set,
					  replay->diag)) < 0)
		return r;
	if (!host.done_seq && replay->ports.count) { /* cut off: what is known is shown */
		report->ports_scanned = true;
		report->start_s = host.found_ns / (int64_t)NS_PER_S;
		report->end_s = replay->facts.last_ns / (int64_t)NS_PER_S;
	}
	replay->hosts_total++;
	replay->hosts_up += report->state == HOST_UP;
	return play_report(replay, report);
}

static void say_interrupted(const struct journal_scan_facts *facts, char *ret_why, size_t size)
{
	time_t last_s = (time_t)(facts->last_ns / (int64_t)NS_PER_S);
	char when[32] = "its start";
	struct tm local;

	if (localtime_r(&last_s, &local))
		strftime(when, sizeof(when), "%H:%M:%S", &local);
	snprintf(ret_why, size, "%s%sthe scan was interrupted; this is what was found until %s",
		 or_empty(facts->why), facts->why ? "; " : "", when);
}

static void play_end(struct replay *replay)
{
	const struct journal_scan_facts *facts = &replay->facts;
	bool ended = facts->end_ns != 0;
	int64_t end_ns = ended ? facts->end_ns : facts->last_ns;
	char interrupted[1024];
	struct format_totals totals = {
		.outcome = RUN_FAILED,
		.why = facts->why,
		.end_s = end_ns / (int64_t)NS_PER_S,
		.elapsed_s = (double)(end_ns - facts->begin_ns) / (double)NS_PER_S,
		.hosts_total = ended ? facts->end.end.hosts_total : replay->hosts_total,
		.hosts_up = ended ? facts->end.end.hosts_up : replay->hosts_up,
		.probes_sent = facts->end.end.probes_sent,
		.estimated_missed = facts->end.end.estimated_missed,
	};
	struct observation seen = facts->end;

	if (!ended) {
		say_interrupted(facts, interrupted, sizeof(interrupted));
		totals.why = interrupted;
	} else if (!strcmp(or_empty(facts->outcome), "complete")) {
		totals.outcome = RUN_COMPLETE;
	} else if (!strcmp(or_empty(facts->outcome), "cancelled")) {
		totals.outcome = RUN_CANCELLED;
	}
	for (int i = 0; i < FINDING_SEVERITIES; i++)
		totals.findings[i] = replay->found.findings[i];
	seen.wall_ns = (uint64_t)end_ns;
	seen.end.outcome = totals.outcome;
	seen.end.why = totals.why;
	seen.end.hosts_total = totals.hosts_total;
	seen.end.hosts_up = totals.hosts_up;
	play(replay, &(struct format_event){.kind = FORMAT_END, .seen = &seen, .totals = &totals});
}

static int play_all(struct replay *replay)
{
	struct observation begin = {.kind = OBSERVED_RUN_BEGIN,
				    .wall_ns = (uint64_t)replay->facts.begin_ns};
	bool row = false;
	int r;

	play(replay, &(struct format_event){.kind = FORMAT_BEGIN, .seen = &begin});
	if ((r = step(replay, replay->events, &replay->event_waits)) < 0)
		return r;
	while ((r = step(replay, replay->hosts, &row)) == 0 && row)
		if ((r = play_host(replay)) < 0)
			return r;
	if (r == 0 && (r = play_events(replay, INT64_MAX)) == 0 &&
	    (r = play_block(replay, SCRIPT_PRE, INT64_MAX)) == 0 &&
	    (r = play_block(replay, SCRIPT_POST, INT64_MAX)) == 0)
		play_end(replay);
	return r;
}

int journal_replay(struct journal *journal, int64_t id, struct format_writer *writer,
		   struct diag *diag)
{
	struct replay replay = {.journal = journal, .writer = writer, .diag = diag};
	int r = journal_read_scan(journal, id, &replay.facts, diag);

	if (r < 0)
		return r;
	if (diag)
		diag->text[0] = '\0';
	/* One read transaction: a scan still running is shown as of one instant. */
	if ((r = journal_db_exec(journal->db, "BEGIN", diag)) == 0) {
		if ((r = prepare(&replay)) == 0)
			r = play_all(&replay);
		finalize(&replay);
		sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
	} else {
		finalize(&replay);
	}
	if (r < 0 && diag && !diag->text[0])
		diag_set(diag, r, "The journal: %s", error_text(r));
	return r;
}
