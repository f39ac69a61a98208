#include "api/session.h"

#include "api/options.h"
#include "api/resume.h"
#include "api/session_files.h"
#include "api/session_packets.h"
#include "api/session_scripts.h"
#include "api/session_services.h"
#include "api/session_systems.h"
#include "engine/technique.h"
#include "engine/wire_system.h"
#include "report/collector.h"
#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/confine.h"
#include "util/error.h"
#include <portolan_config.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define TICK_NS   (200 * NS_PER_MS)
#define SINKS_MAX 8

#define RING_SMALL_PROBES 4096.0
#define RING_SMALL_BYTES  ((size_t)2 << 20)

struct session {
	struct session_config config;
	const struct plan *plan;
	struct loop *loop;
	struct gate gate;
	struct flow_net *flows;
	struct wire_system *raw; /* NULL: no raw packets */
	struct resolver *resolver;
	struct addrset *excludes, *done;
	struct session_files files;
	struct collector *collector;
	struct journal_writer *journal;
	int64_t journal_id;
	struct run *run;
	struct sink sinks[SINKS_MAX];
	size_t sinks_count;
	struct timer tick;
	atomic_bool cancel_asked;
	int outcome; /* 0 or ERROR_*, of the run */
	struct diag why;
	struct session_packets packets;
	struct session_services services;
	struct session_systems systems;
	struct session_scripts scripts;
	bool trace; /* a line per answered connection attempt */
	uint64_t start_wall_ns;
};

/* ---- our own sink: what people must hear of ---- */

static void speak(struct session *session, const char *text)
{
	if (session->config.warn)
		session->config.warn(session->config.self, text);
}

static bool connects(const struct plan *plan)
{
	return plan->techniques_count == 1 && plan->techniques[0]->probe == PROBE_FLOW;
}

/* features.md OU-17: what connect scans show of their packets. */
static void trace_port(struct session *session, const struct observation *seen)
{
	const struct verdict *verdict = &seen->port.verdict;
	double at_s = (double)(seen->wall_ns - session->start_wall_ns) / (double)NS_PER_S;
	char address[IP_TEXT_BYTES], text[160];
	int length;

	if (!session->trace || !session->files.screen_out || !connects(session->plan))
		return;
	length = snprintf(text, sizeof(text), "CONN (%.4fs) TCP localhost > %s:%u => %s\n", at_s,
			  ip_format(&seen->target->addr, address), seen->port.number,
			  verdict->state == PORT_OPEN              ? "Connected"
			  : verdict->reason == REASON_CONN_REFUSED ? "Connection refused"
								   : reason_name(verdict->reason));
	if (length > 0)
		out_write(session->files.screen_out, text, (size_t)length);
}

static int session_observe(void *self, const struct observation *seen)
{
	struct session *session = self;

	switch (seen->kind) {
	case OBSERVED_RUN_BEGIN:
		session->start_wall_ns = seen->wall_ns;
		session_scripts_tell(&session->scripts);
		break;
	case OBSERVED_PORT:
		trace_port(session, seen);
		break;
	case OBSERVED_WARNING:
		if (seen->audience != WARNING_PLAIN)
			speak(session, seen->warning);
		break;
	case OBSERVED_TARGET_SKIPPED:
		speak(session, seen->skipped.why);
		break;
	case OBSERVED_RUN_END:
		if (seen->end.outcome == RUN_CANCELLED)
			session->outcome = diag_set(&session->why, ERROR_CANCELLED, "cancelled");
		else if (seen->end.outcome == RUN_FAILED)
			session->outcome = diag_set(&session->why, ERROR_IO, "%s", seen->end.why);
		break;
	default:
		break;
	}
	return 0;
}

static void add_sink(struct session *session, struct sink sink)
{
	if (session->sinks_count < SINKS_MAX)
		session->sinks[session->sinks_count++] = sink;
}

/* ---- the loop's callbacks ---- */

static void tick_again(struct session *session)
{
	(void)loop_timer_set(session->loop, &session->tick, loop_now_ns(session->loop) + TICK_NS);
}

static void session_tick(void *self)
{
	struct session *session = self;

	session_files_tick(&session->files, session->run);
	if (session->config.tick)
		session->config.tick(session->config.self, session);
	tick_again(session);
}

static void session_woken(void *self)
{
	struct session *session = self;

	if (atomic_load(&session->cancel_asked) && session->run)
		run_cancel(session->run);
}

static void run_finished(void *self)
{
	struct session *session = self;

	loop_timer_cancel(session->loop, &session->tick);
	loop_stop(session->loop);
}

/* ---- making ---- */

static int make_resolver(struct session *session, struct diag *diag)
{
	const struct plan *plan = session->plan;
	const struct resolver_config config = {
		.loop = session->loop,
		.servers = plan->dns_servers,
		.servers_count = plan->dns_servers_count,
		.system_only = plan->system_dns,
		.interface = plan->source_interface,
		.seed = plan->seed,
	};

	return resolver_cares_new(&config, &session->resolver, diag);
}

/* The kernel's buffer for what comes in: 64 MiB, but small scans do not wait for it. */
static size_t ring_bytes(const struct plan *plan)
{
	double probes = target_count(&plan->targets, NULL);
	size_t i;

	if (plan->targets.input_files_count || probes < 0)
		return 0;
	for (i = 0; plan->ports && i < TRANSPORTS; i++)
		if (plan->ports->of[i].count)
			probes *= plan->ports->of[i].count;
	return probes <= RING_SMALL_PROBES ? RING_SMALL_BYTES : 0;
}

/* Before everything else: the sockets need a privilege that is soon given up. */
static int make_raw(struct session *session, struct diag *diag)
{
	const struct plan *plan = session->plan;

	if (!plan->privileged || plan->list_only)
		return 0;
	return wire_system_new(plan, ring_bytes(plan), &session->raw, diag);
}

static int make_network(struct session *session, struct diag *diag)
{
	struct flow_socket_config config = {.gate = &session->gate};
	int r;

	r = make_raw(session, diag);
	if (r < 0)
		return r;
	session->loop = loop_uv_new();
	if (!session->loop)
		return diag_set(diag, ERROR_MEMORY,
				"the event loop could not be made: out of "
				"memory or file descriptors");
	loop_on_wake(session->loop, session_woken, session);
	config.loop = session->loop;
	r = flow_socket_new(&config, &session->flows);
	if (r < 0)
		return diag_set(diag, r, "no connections can be made: %s", error_text(r));
	r = make_resolver(session, diag);
	if (r < 0)
		return r;
	if (session->plan->targets.excludes_count || session->plan->targets.exclude_files_count)
		r = target_excludes(&session->plan->targets, session->loop, session->resolver,
				    &session->excludes, diag);
	session->gate.excludes = session->excludes;
	session->gate.all_ports = session->plan->version.all_ports;
	return r;
}

/* The journal is a promise, not a precondition: without it the scan goes on. */
static void make_journal(struct session *session)
{
	struct journal_begin begin = {
		.path = session->plan->output.journal_path,
		.plan = session->plan,
		.plan_json = session->config.plan_json,
		.start_s = session->files.start_s,
		.owner = session->config.owner,
	};
	char *json = NULL;
	struct diag diag = {0};

	if (!session->plan->output.journal)
		return;
	if (!begin.plan_json)
		begin.plan_json = json = plan_to_json(session->plan);
	if (journal_writer_new(&begin, &session->journal, &diag) < 0)
		speak(session, diag.text);
	alloc_free(json);
	if (session->journal)
		add_sink(session, journal_writer_sink(session->journal));
}

static int make_report(struct session *session, struct diag *diag)
{
	const struct collector_config config = {
		.plan = session->plan,
		.loop = session->loop,
		.writers = session->files.writers,
		.writers_count = session->files.count,
	};
	int r = collector_new(&config, &session->collector);

	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	make_journal(session);
	add_sink(session, collector_sink(session->collector));
	add_sink(session, (struct sink){session, session_observe});
	for (size_t i = 0; i < session->config.sinks_count; i++)
		add_sink(session, session->config.sinks[i]);
	return 0;
}

static int make_services(struct session *session, struct diag *diag)
{
	struct session_services *services = &session->services;

	services->screen = session->files.screen_out;
	services->warn = session->config.warn;
	services->self = session->config.self;
	return session_services_open(services, session->plan, session->loop, session->flows, diag);
}

static int make_systems(struct session *session, struct diag *diag)
{
	struct session_systems *systems = &session->systems;

	systems->vendors = session->files.vendors;
	systems->warn = session->config.warn;
	systems->self = session->config.self;
	return session_systems_open(systems, session->plan, session->loop, diag);
}

static int make_scripts(struct session *session, struct diag *diag)
{
	struct session_scripts *scripts = &session->scripts;

	scripts->loop = session->loop;
	scripts->flows = session->flows;
	scripts->gate = &session->gate;
	scripts->resolver = session->resolver;
	scripts->vendors = session->files.vendors;
	scripts->probes = session->services.db;
	scripts->screen = session->files.screen_out;
	scripts->debugging = &session->files.debugging;
	scripts->verbosity = &session->files.verbosity;
	scripts->warn = session->config.warn;
	scripts->self = session->config.self;
	return session_scripts_open(scripts, session->plan, diag);
}

static int make_run(struct session *session, struct diag *diag)
{
	const struct run_config config = {
		.plan = session->plan,
		.loop = session->loop,
		.flows = session->flows,
		.ways = session->raw ? wire_system_ways(session->raw) : NULL,
		.gate = &session->gate,
		.resolver = session->resolver,
		.services = session_services_detector(&session->services),
		.systems = session_systems_detector(&session->systems),
		.scripts = session_scripts_runner(&session->scripts),
		.place = session->systems.geo ? session_systems_place : NULL,
		.place_self = &session->systems,
		.excludes = session->excludes,
		.done = session->done,
		.sinks = session->sinks,
		.sinks_count = session->sinks_count,
		.finished = run_finished,
		.self = session,
	};
	int r;

	r = run_new(&config, &session->run, diag);
	if (r == 0 && session->scripts.run)
		script_run_attach(session->scripts.run, session->run);
	return r;
}

static void release_network(struct session *session)
{
	resolver_free(session->resolver);
	flow_net_free(session->flows);
	wire_system_free(session->raw);
	addrset_free(session->excludes);
	addrset_free(session->done);
	loop_free(session->loop);
}

int session_new(const struct session_config *config, struct session **ret_session,
		struct diag *diag)
{
	struct session *session = alloc_zero(sizeof(*session));
	int r;

	if (!session)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	session->config = *config;
	session->plan = config->plan;
	session->trace = session->packets.trace = config->plan->output.packet_trace;
	session->tick.fire = session_tick;
	session->tick.self = session;
	r = session_files_open(&session->files, config, diag);
	if (r == 0)
		r = session_packets_open(&session->packets, config->plan, diag);
	if (r == 0)
		r = make_network(session, diag);
	if (r == 0 && session->plan->resume_from)
		r = resume_done_hosts(session->plan, &session->done, diag);
	if (r == 0)
		r = make_report(session, diag);
	if (r == 0)
		r = make_services(session, diag);
	if (r == 0)
		r = make_systems(session, diag);
	if (r == 0)
		r = make_scripts(session, diag);
	if (r == 0)
		r = make_run(session, diag);
	if (r < 0) {
		session_files_fail(&session->files, diag->text);
		session_free(session);
		return r;
	}
	*ret_session = session;
	return 0;
}

static int explain_json(const struct plan *plan, struct buf *out, struct diag *diag)
{
	char *json = plan_to_json(plan);

	if (!json)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	buf_addf(out, "%s\n", json);
	alloc_free(json);
	return 0;
}

int session_explain(const struct plan *plan, struct buf *out, struct diag *diag)
{
	struct session session = {.plan = plan};
	int r;

	if (plan->json)
		return explain_json(plan, out, diag);
	r = make_network(&session, diag);
	if (r == 0)
		r = session_systems_load(&session.systems, plan, diag);
	if (r == 0)
		plan_explain(plan, target_count(&plan->targets, session.excludes), out);
	session_systems_close(&session.systems);
	release_network(&session);
	return r;
}

/* ---- running ---- */

/* The run's own trouble first, then that of the files, then the journal's. */
static void note_trouble(struct session *session, int r, const struct diag *diag)
{
	if (r == 0)
		return;
	if (session->outcome == 0) {
		session->outcome = r;
		session->why = *diag;
	} else {
		speak(session, diag->text);
	}
}

static void finish_reports(struct session *session)
{
	struct diag diag = {0};
	int r;

	collector_free(session->collector);
	session->collector = NULL;
	r = session_files_close(&session->files, &diag);
	note_trouble(session, r, &diag);
	r = session_packets_close(&session->packets, &diag);
	note_trouble(session, r, &diag);
	if (!session->journal)
		return;
	session->journal_id = journal_writer_finish(session->journal, &diag);
	/* A user without a home (nobody, a container's) did not ask for it. */
	if (session->journal_id <= 0 && session->plan->output.journal_path)
		note_trouble(session, ERROR_IO, &diag);
	else if (session->journal_id <= 0)
		speak(session, diag.text);
}

static void attach_packets(struct session *session)
{
	session->packets.loop = session->loop;
	session->packets.services = session->plan->services;
	session->packets.screen = session->files.screen_out;
	if (!session->packets.start_ns)
		session->packets.start_ns = loop_time_ns(session->loop);
	session_packets_attach(&session->packets, run_wire(session->run));
}

/* Files, sockets and threads are there, and none will be needed that takes more
 * than any user may do. */
static int confine(struct session *session, struct diag *diag)
{
	const struct out_owner *owner = &session->config.owner;
	bool low_ports = session->scripts.run != NULL; /* scripts bind to them */
	int r = 0;

	if (!session->config.confine)
		return 0;
	if (low_ports)
		confine_keep_over_user();
	if (owner->set)
		r = confine_user(owner->uid, owner->gid, diag);
	if (r == 0)
		r = low_ports ? confine_capabilities_but_low_ports(diag)
			      : confine_capabilities(diag);
	/* What the user granted to scripts is started as the user. */
	if (r == 0 && !session->plan->scripts.processes &&
	    (r = confine_syscalls(diag)) == ERROR_UNSUPPORTED) {
		speak(session, diag->text);
		r = 0;
	}
	return r;
}

int session_run(struct session *session, struct diag *diag)
{
	int r;

	attach_packets(session);
	r = run_start(session->run);
	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	if ((r = confine(session, diag)) < 0)
		return r;
	tick_again(session);
	session_woken(session);
	r = loop_run(session->loop);
	if (r < 0)
		session->outcome =
			diag_set(&session->why, r, "the event loop failed: %s", error_text(r));
	finish_reports(session);
	if (session->outcome < 0)
		*diag = session->why;
	return session->outcome;
}

void session_cancel(struct session *session)
{
	atomic_store(&session->cancel_asked, true);
	loop_wake(session->loop);
}

void session_progress(struct session *session, struct run_progress *ret_progress)
{
	run_progress(session->run, ret_progress);
}

struct loop *session_loop(struct session *session)
{
	return session->loop;
}

int64_t session_journal_id(const struct session *session)
{
	return session->journal_id;
}

void session_each_script(struct session *session,
			 bool (*look)(void *self, const char *id, const struct target *target,
				      uint16_t port, uint64_t age_ns),
			 void *self)
{
	if (session->scripts.run)
		script_run_each(session->scripts.run, look, self);
}

void session_report_progress(struct session *session)
{
	session_files_progress(&session->files, session->run);
}

static int level(int value, int change)
{
	value += change;
	return value < 0 ? 0 : value > 10 ? 10 : value;
}

void session_add_verbosity(struct session *session, int verbosity, int debugging)
{
	session->files.verbosity = level(session->files.verbosity, verbosity);
	session->files.debugging = level(session->files.debugging, debugging);
}

void session_set_trace(struct session *session, bool on)
{
	session->trace = session->packets.trace = on;
	attach_packets(session);
}

int session_verbosity(const struct session *session)
{
	return session->files.verbosity;
}

int session_debugging(const struct session *session)
{
	return session->files.debugging;
}

void session_free(struct session *session)
{
	struct diag ignored;

	if (!session)
		return;
	run_free(session->run);
	session_scripts_close(&session->scripts);
	session_services_close(&session->services);
	session_systems_close(&session->systems);
	collector_free(session->collector);
	(void)session_files_close(&session->files, &ignored);
	(void)session_packets_close(&session->packets, &ignored);
	journal_writer_free(session->journal);
	if (session->loop)
		loop_timer_cancel(session->loop, &session->tick);
	release_network(session);
	alloc_free(session);
}
