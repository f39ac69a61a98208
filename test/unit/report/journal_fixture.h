/* What the journal's tests share: a folder of their own, a scan made by hand,
 * and a format that writes down the events it is played. Included by each test
 * program; not a library. */
#ifndef PORTOLAN_TEST_JOURNAL_FIXTURE_H
#define PORTOLAN_TEST_JOURNAL_FIXTURE_H

#include "support.h"

#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/loop.h"

#include <ftw.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_S 1700000000

static char test_folder[64];

static inline int make_folder(void **state)
{
	/* In memory where that is possible: other people's disk traffic is no part of the test. */
	snprintf(test_folder, sizeof(test_folder), "%s/pt-journal-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	return mkdtemp(test_folder) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *info, int flag, struct FTW *at)
{
	return remove(path);
}

static inline int remove_folder(void **state)
{
	return nftw(test_folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *journal_path(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", test_folder, name);
	return path;
}

/* --- a scan by hand ---------------------------------------------------- */

struct test_scan {
	struct plan plan;
	struct port_rules ports;
	struct journal_writer *writer;
	struct sink sink;
	uint64_t wall_ns;
};

/* Plans a scan of the TCP ports 1..ports_last. */
static inline void scan_plan(struct test_scan *scan, uint16_t ports_last)
{
	memset(scan, 0, sizeof(*scan));
	scan->plan.program = "portolan";
	scan->plan.command_line = "portolan -p1-9 192.0.2.0/24";
	scan->plan.seed = UINT64_MAX - 1;
	scan->plan.port_scan = true;
	scan->plan.ports = &scan->ports;
	if (ports_last)
		portset_add_range(&scan->ports.of[TRANSPORT_TCP], 1, ports_last);
}

static inline void scan_start(struct test_scan *scan, const char *path)
{
	const struct journal_begin begin = {
		.path = path, .plan = &scan->plan, .plan_json = "{\"v\":1}", .start_s = START_S};
	struct diag diag = {0};

	scan->wall_ns = START_S * NS_PER_S;
	if (journal_writer_new(&begin, &scan->writer, &diag) < 0)
		fail_msg("%s", diag.text);
	scan->sink = journal_writer_sink(scan->writer);
}

static inline void scan_begin(struct test_scan *scan, const char *path, uint16_t ports_last)
{
	scan_plan(scan, ports_last);
	scan_start(scan, path);
}

static inline void see(struct test_scan *scan, struct observation seen)
{
	seen.wall_ns = scan->wall_ns += NS_PER_MS;
	(void)scan->sink.observe(scan->sink.self, &seen);
}

static inline void see_run_begin(struct test_scan *scan)
{
	see(scan, (struct observation){.kind = OBSERVED_RUN_BEGIN});
}

static inline void see_up(struct test_scan *scan, const struct target *target, bool more)
{
	struct observation seen = {.kind = OBSERVED_HOST, .target = target};

	seen.host.state = HOST_UP;
	seen.host.reason = REASON_SYN_ACK;
	seen.host.ttl = 61;
	seen.host.attempt = 2;
	seen.host.rtt_us = 1234;
	seen.host.port = 80;
	seen.host.more = more;
	see(scan, seen);
}

static inline void see_service(struct test_scan *scan, const struct target *target, uint16_t number,
			       const struct service_facts *facts)
{
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = target};

	seen.service.transport = TRANSPORT_TCP;
	seen.service.number = number;
	seen.service.facts = facts;
	see(scan, seen);
}

static inline void see_system(struct test_scan *scan, const struct target *target,
			      const struct system_facts *facts)
{
	struct observation seen = {.kind = OBSERVED_SYSTEM, .target = target};

	seen.system = facts;
	see(scan, seen);
}

/* Of a port of the host, of the host (port 0), or (host NULL) of what was before the scan. */
static inline struct script_place place_of(const struct target *target, uint16_t number)
{
	return (struct script_place){.scope = !target   ? SCRIPT_PRE
					      : !number ? SCRIPT_HOST
							: SCRIPT_PORT,
				     .transport = number ? TRANSPORT_TCP : (enum transport)0,
				     .number = number};
}

static inline void see_script(struct test_scan *scan, const struct target *target, uint16_t number,
			      const struct script_result *result)
{
	struct observation seen = {.kind = OBSERVED_SCRIPT, .target = target};

	seen.script.place = place_of(target, number);
	seen.script.result = result;
	see(scan, seen);
}

static inline void see_finding(struct test_scan *scan, const struct target *target, uint16_t number,
			       const struct script_finding *finding)
{
	struct observation seen = {.kind = OBSERVED_FINDING, .target = target};

	seen.finding.place = place_of(target, number);
	seen.finding.finding = finding;
	see(scan, seen);
}

static inline void see_path(struct test_scan *scan, const struct target *target,
			    const struct path_facts *facts)
{
	struct observation seen = {.kind = OBSERVED_PATH, .target = target};

	seen.path = facts;
	see(scan, seen);
}

static inline void see_port(struct test_scan *scan, const struct target *target, uint16_t number,
			    enum port_state state, enum reason reason)
{
	struct observation seen = {.kind = OBSERVED_PORT, .target = target};

	seen.port.transport = TRANSPORT_TCP;
	seen.port.number = number;
	seen.port.verdict.state = (uint8_t)state;
	seen.port.verdict.reason = (uint8_t)reason;
	seen.port.verdict.attempt = 1;
	seen.port.verdict.rtt_us = 1000u + number;
	see(scan, seen);
}

static inline void see_done(struct test_scan *scan, const struct target *target,
			    enum host_state state)
{
	struct observation seen = {.kind = OBSERVED_HOST_DONE, .target = target};

	seen.done.state = state;
	seen.done.ports_scanned = scan->plan.port_scan && state == HOST_UP;
	seen.done.start_wall_ns = (START_S + 1) * NS_PER_S;
	seen.done.end_wall_ns = (START_S + 3) * NS_PER_S;
	seen.done.has_rtt = state == HOST_UP;
	seen.done.srtt_us = 900;
	seen.done.rttvar_us = 90;
	seen.done.timeout_us = 100000;
	see(scan, seen);
}

static inline void see_run_end(struct test_scan *scan, uint64_t total, uint64_t up)
{
	struct observation seen = {.kind = OBSERVED_RUN_END};

	seen.end.outcome = RUN_COMPLETE;
	seen.end.hosts_total = total;
	seen.end.hosts_up = up;
	seen.end.hosts_down = total - up;
	seen.end.probes_sent = 77;
	seen.end.estimated_missed = 0.25;
	see(scan, seen);
}

static inline int64_t scan_finish(struct test_scan *scan)
{
	struct diag diag = {0};
	int64_t id = journal_writer_finish(scan->writer, &diag);

	journal_writer_free(scan->writer);
	if (id <= 0)
		print_message("%s\n", diag.text);
	return id;
}

static inline struct target target_of(uint64_t index, const char *address)
{
	struct target target = {.index = index, .refs = 1};

	assert_true(ip_parse(address, &target.addr));
	return target;
}

/* --- a format that writes down what it is played ----------------------- */

struct recording {
	struct buf *text;
};

static inline void record_ports(struct buf *text, const struct host_report *host)
{
	char from[IP_TEXT_BYTES];

	for (size_t i = 0; i < host->ports_count; i++) {
		const struct port_report *port = &host->ports[i];
		const struct verdict *v = &port->verdict;

		buf_addf(text, " %u/%s=%s/%s", port->number,
			 transport_name((enum transport)port->transport), port_state_name(v->state),
			 reason_name(v->reason));
		if (v->ttl)
			buf_addf(text, "/ttl%u", v->ttl);
		if (v->from.family != IP_NONE)
			buf_addf(text, "/from%s", ip_format(&v->from, from));
		if (v->state == PORT_OPEN)
			buf_addf(text, "/try%u/%uus", v->attempt, v->rtt_us);
	}
}

static inline void record_host(struct buf *text, const struct host_report *host)
{
	char addr[IP_TEXT_BYTES];

	buf_addf(text, " %llu %s", (unsigned long long)host->index, ip_format(&host->addr, addr));
	if (host->name)
		buf_addf(text, " name=%s", host->name);
	if (host->ptr)
		buf_addf(text, " ptr=%s", host->ptr);
	for (size_t i = 0; i < host->others_count; i++)
		buf_addf(text, " other=%s", ip_format(&host->others[i], addr));
	buf_addf(text, " %s/%s/ttl%u", host_state_name(host->state), reason_name(host->reason),
		 host->reason_ttl);
	if (host->reason_from.family != IP_NONE)
		buf_addf(text, "/from%s", ip_format(&host->reason_from, addr));
	if (host->has_rtt)
		buf_addf(text, " rtt=%llu/%llu/%llu", (unsigned long long)host->srtt_us,
			 (unsigned long long)host->rttvar_us, (unsigned long long)host->timeout_us);
	if (host->start_s)
		buf_addf(text, " at=%lld-%lld", (long long)host->start_s, (long long)host->end_s);
	buf_addf(text, "%s%s%s%s", host->ports_scanned ? " scanned" : "",
		 host->timed_out ? " timed-out" : "", host->incomplete ? " incomplete" : "",
		 host->list_only ? " listed" : "");
	record_ports(text, host);
}

static inline void record_event(struct format_writer *writer, const struct format_event *event)
{
	static const char *const names[] = {[FORMAT_BEGIN] = "begin",
					    [FORMAT_SKIPPED] = "skipped",
					    [FORMAT_HINT] = "hint",
					    [FORMAT_PORT] = "port",
					    [FORMAT_SERVICE] = "service",
					    [FORMAT_SYSTEM] = "system",
					    [FORMAT_PATH] = "path",
					    [FORMAT_SCRIPT] = "script",
					    [FORMAT_FINDING] = "finding",
					    [FORMAT_SCRIPTS] = "scripts",
					    [FORMAT_TASK_BEGIN] = "task-begin",
					    [FORMAT_TASK_END] = "task-end",
					    [FORMAT_TASK_PROGRESS] = "task",
					    [FORMAT_HOST] = "host",
					    [FORMAT_WARNING] = "warning",
					    [FORMAT_END] = "end"};
	struct buf *text = ((struct recording *)writer->state)->text;
	char addr[IP_TEXT_BYTES];

	buf_addf(text, "%s", names[event->kind]);
	if (event->kind == FORMAT_SKIPPED)
		buf_addf(text, " %s: %s", event->seen->skipped.expression,
			 event->seen->skipped.why);
	if (event->kind == FORMAT_WARNING)
		buf_addf(text, " %s", event->text);
	if (event->kind == FORMAT_PORT)
		buf_addf(text, " %s %u %s/%uus", ip_format(&event->seen->target->addr, addr),
			 event->seen->port.number, reason_name(event->seen->port.verdict.reason),
			 event->seen->port.verdict.rtt_us);
	if (event->host && event->kind != FORMAT_PORT)
		record_host(text, event->host);
	if (event->totals)
		buf_addf(text,
			 " outcome=%d why=%s end=%lld %.3fs %llu/%llu probes=%llu missed=%.2f",
			 event->totals->outcome, event->totals->why ? event->totals->why : "-",
			 (long long)event->totals->end_s, event->totals->elapsed_s,
			 (unsigned long long)event->totals->hosts_up,
			 (unsigned long long)event->totals->hosts_total,
			 (unsigned long long)event->totals->probes_sent,
			 event->totals->estimated_missed);
	buf_add_char(text, '\n');
}

static const struct report_format recorder = {.name = "recorder", .event = record_event};

static inline int replay_text(const char *path, int64_t id, struct buf *text, struct diag *diag)
{
	struct recording recording = {text};
	struct format_writer writer = {.format = &recorder, .state = &recording};
	struct journal *journal = NULL;
	int r = journal_open(path, &journal, diag);

	if (r == 0)
		r = journal_replay(journal, id, &writer, diag);
	journal_close(journal);
	return r < 0 ? r : buf_ok(text) ? 0 : ERROR_MEMORY;
}

static inline void assert_replay(const char *path, int64_t id, const char *expected)
{
	struct buf text = BUF_INIT;
	struct diag diag = {0};

	if (replay_text(path, id, &text, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_string_equal(buf_str(&text), expected);
	buf_release(&text);
}

static inline int64_t query(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	int64_t value;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return value;
}

#endif
