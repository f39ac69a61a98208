/* The pipeline. A host comes from the target stream, goes through the stages
 * in the order of the table, and is done; no host waits for another. Stages
 * end by run_stage_ended(), which only notes it: the run looks at the host in
 * its own turn (advance), so no stage is freed under its own feet.
 *
 * Work is taken depth first: the port stage of hosts found up before new
 * targets, and a new target only when there is room that no host fills. So
 * the first hosts are reported early and memory holds few hosts at a time. */
#include "engine/run_private.h"

#include "engine/path_crew.h"
#include "engine/port_order.h"
#include "engine/sender_idle.h"
#include "engine/sender_raw.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define HOSTS_LIMIT         4096u
#define QUEUE_LIMIT         512u
#define SCANNING_MEMORY     ((uint64_t)64 << 20)
#define SCANNING_HOST_BYTES 1024u
#define SCANNING_PORT_BYTES 10u /* prober 8, collector 1, and some */

static const struct stage *const stages[STAGES] = {
	[STAGE_DISCOVER] = &stage_discover, [STAGE_NAMES] = &stage_names,
	[STAGE_PORTS] = &stage_ports,       [STAGE_SERVICES] = &stage_services,
	[STAGE_SYSTEM] = &stage_system,     [STAGE_PATH] = &stage_path,
	[STAGE_SCRIPTS] = &stage_scripts,
};

/* ---- facts out ---- */

void run_observe(struct run *run, struct observation *seen)
{
	size_t i;

	seen->wall_ns = loop_wall_ns(run->loop);
	run_scripts_note(run, seen);
	for (i = 0; i < run->config.sinks_count; i++) {
		const struct sink *sink = &run->config.sinks[i];
		int r = sink->observe(sink->self, seen);

		if (r < 0 && !run->sink_error)
			run->sink_error = r;
	}
}

void run_observe_host(struct host *host, enum host_state state, const struct verdict *why,
		      uint16_t port)
{
	struct observation seen = {.kind = OBSERVED_HOST, .target = host->target};

	host->state = state;
	if (why->from.family == IP_NONE)
		liars_note_ping(&host->liars, why->reason, why->ttl);
	host->run->up += state == HOST_UP;
	host->run->down += state == HOST_DOWN;
	seen.host.state = state;
	seen.host.reason = why->reason;
	seen.host.ttl = why->ttl;
	seen.host.attempt = why->attempt;
	seen.host.rtt_us = why->rtt_us;
	seen.host.from = why->from;
	seen.host.port = port;
	seen.host.has_mac =
		host->hop && hop_is_neighbour(host->hop) && hop_mac(host->hop, &seen.host.mac);
	seen.host.more = state == HOST_UP && host->run->plan->port_scan &&
			 why->reason != REASON_USER_SET && why->reason != REASON_LOCALHOST_RESPONSE;
	run_observe(host->run, &seen);
}

void run_warn(struct run *run, const struct host *host, enum warning_audience audience,
	      const char *text)
{
	struct observation seen = {.kind = OBSERVED_WARNING, .audience = audience};

	seen.target = host ? host->target : NULL;
	seen.warning = text;
	run_observe(run, &seen);
}

static void sender_warns(void *self, const struct host *host, const char *text)
{
	run_warn(self, host, WARNING_PLAIN, text);
}

static void stream_warns(void *self, const char *text)
{
	run_warn(self, NULL, WARNING_STDERR, text);
}

/* ---- a host's way ---- */

static void advance_later(struct run *run)
{
	loop_defer(run->loop, &run->advance);
}

void run_stage_ended(struct host *host, enum stage_id stage)
{
	struct run *run = host->run;

	host->stages_ended |= (uint8_t)(1u << stage);
	run->tasks[stages[stage]->task].hosts_through++;
	if (host->stages_started & 1u << stage)
		run->tasks[stages[stage]->task].hosts_now--;
	if (stage == STAGE_PORTS && (host->stages_started & 1u << stage))
		run->scanning_now--;
	if (host->advancing)
		return;
	host->advancing = true;
	host->advance_next = NULL;
	if (run->advance_last)
		run->advance_last->advance_next = host;
	else
		run->advance_first = host;
	run->advance_last = host;
	advance_later(run);
}

void run_keep_deadline(struct host *host, void (*timed_out)(void *host))
{
	if (!host->deadline_ns)
		return;
	host->deadline_timer.fire = timed_out;
	host->deadline_timer.self = host;
	/* Without memory for a timer the host takes its time. */
	(void)loop_timer_set(host->run->loop, &host->deadline_timer, host->deadline_ns);
}

static void queue_push(struct run *run, struct host *host)
{
	host->queued = true;
	host->queue_next = NULL;
	if (run->queue_last)
		run->queue_last->queue_next = host;
	else
		run->queue_first = host;
	run->queue_last = host;
	run->queue_count++;
	sender_kick(&run->sender);
}

static struct host *queue_pop(struct run *run)
{
	struct host *host = run->queue_first;

	if (!host)
		return NULL;
	run->queue_first = host->queue_next;
	if (!run->queue_first)
		run->queue_last = NULL;
	run->queue_count--;
	host->queued = false;
	return host;
}

static void stage_begin(struct host *host, enum stage_id stage)
{
	struct run *run = host->run;

	host->stages_started |= (uint8_t)(1u << stage);
	run->tasks[stages[stage]->task].hosts_in++;
	run->tasks[stages[stage]->task].hosts_now++;
	if (stage == STAGE_PORTS)
		run->scanning_now++;
	run_task_begin(run, stages[stage]->task, host);
	stages[stage]->start(host);
}

/* May this stage begin now? A stage the host does not go through is ended. */
static bool stage_is_due(struct host *host, enum stage_id id)
{
	const struct stage *stage = stages[id];
	uint8_t bit = (uint8_t)(1u << id);

	if ((host->stages_started | host->stages_ended) & bit ||
	    (host->stages_ended & stage->after) != stage->after)
		return false;
	if (stage->wanted(host->run, host))
		return !host->queued;
	host->stages_ended |= bit;
	host->run->tasks[stage->task].hosts_through++;
	if (id == STAGE_PORTS)
		run_techniques_passed(host, host->run->plan->techniques_count);
	return false;
}

static void host_free(struct host *host)
{
	struct run *run = host->run;

	if (host->prev)
		host->prev->next = host->next;
	else
		run->hosts = host->next;
	if (host->next)
		host->next->prev = host->prev;
	run->hosts_now--;
	sender_forget(&run->sender, host);
	host->target->host = NULL;
	script_host_free(host->facts);
	target_unref(host->target);
	service_ports_release(&host->services);
	system_hints_free(host->hints);
	alloc_free(host->name);
	alloc_free(host);
}

static void observe_done(struct host *host)
{
	struct observation seen = {.kind = OBSERVED_HOST_DONE, .target = host->target};

	seen.done.state = host->state;
	seen.done.ports_scanned = host->ports_scanned;
	seen.done.timed_out = host->timed_out;
	seen.done.incomplete = host->incomplete;
	host->run->left += host->incomplete && !host->run->cancelled;
	seen.done.start_wall_ns = host->start_wall_ns;
	seen.done.end_wall_ns = host->end_wall_ns;
	seen.done.has_rtt = host->rtt.valid;
	seen.done.srtt_us = host->rtt.srtt_ns / NS_PER_US;
	seen.done.rttvar_us = host->rtt.rttvar_ns / NS_PER_US;
	seen.done.timeout_us = host->rtt.timeout_ns / NS_PER_US;
	run_observe(host->run, &seen);
}

static void host_done(struct host *host)
{
	struct run *run = host->run;

	run->done++;
	observe_done(host);
	host_free(host);
	sender_kick(&run->sender);
	run_sweep_kick(run);
}

static void host_advance(struct host *host)
{
	int id;

	/* What is over is said before what follows from it. */
	run_tasks_end(host->run);
	for (id = 0; id < STAGES; id++) {
		if (!stage_is_due(host, (enum stage_id)id))
			continue;
		/* The port stage costs memory: hosts enter it as others leave. */
		if (id == STAGE_PORTS && !host->ports_known)
			queue_push(host->run, host);
		else
			stage_begin(host, (enum stage_id)id);
	}
	if (host->stages_ended == (1u << STAGES) - 1 && !host->advancing)
		host_done(host);
}

/* ---- hosts in ---- */

int run_host_new(struct run *run, struct target *target, const struct swept *swept)
{
	struct host *host = alloc_zero(sizeof(*host));

	if (!host)
		return ERROR_MEMORY;
	host->run = run;
	host->sender = &run->sender;
	host->target = target;
	target->host = host;
	if (target->index >= run->next_index)
		run->next_index = target->index + 1;
	host->scan_delay_ns = run->plan->timing.scan_delay_ns;
	rtt_init(&host->rtt, &run->plan->timing);
	window_init_host(&host->window, &run->plan->timing);
	system_ports_init(&host->system_ports);
	host->next = run->hosts;
	if (run->hosts)
		run->hosts->prev = host;
	run->hosts = host;
	run->hosts_now++;
	run->taken++;
	run_scripts_note_target(run, target);
	host->swept = swept;
	host->found = swept != NULL;
	host->ports_known = swept && run_sweeps_ports(run);
	host->incomplete = run->cancelled;
	host_advance(host);
	return 0;
}

void run_fail(struct run *run, const struct diag *why)
{
	if (!run->failed)
		run->why = *why;
	run->failed = true;
	run->drained = true;
	advance_later(run);
}

void run_drained(struct run *run)
{
	run->drained = !run_scripts_next_stream(run);
	sender_kick(&run->sender);
	advance_later(run);
}

static void stream_ended(struct run *run)
{
	struct diag why;

	if (target_stream_error(run->stream, &why) < 0)
		run_fail(run, &why);
	run->drained = !run_scripts_next_stream(run);
	if (!run->drained)
		sender_kick(&run->sender);
	advance_later(run);
}

/* Takes one target; true when the sender should look again. */
static bool take_target(struct run *run)
{
	struct observation seen = {.kind = OBSERVED_TARGET_SKIPPED};
	struct target_skipped skipped;
	struct target *target = NULL;
	struct diag why;

	switch (target_stream_next(run->stream, &target, &skipped)) {
	case TARGET_READY:
		if (run_host_new(run, target, NULL) == 0)
			return true;
		target_unref(target);
		diag_set(&why, ERROR_MEMORY, "out of memory after %llu targets",
			 (unsigned long long)run->taken);
		run_fail(run, &why);
		return false;
	case TARGET_BAD:
		seen.skipped.expression = skipped.expression;
		seen.skipped.why = skipped.why;
		run_observe(run, &seen);
		return true;
	case TARGET_WAIT:
		return false;
	default:
		stream_ended(run);
		return false;
	}
}

static bool run_hungry(void *self)
{
	struct run *run = self;

	if (run->queue_first && run->scanning_now < run->scanning_limit) {
		stage_begin(queue_pop(run), STAGE_PORTS);
		return true;
	}
	if (run->drained || run_scripts_hold(run) || (run->sweep && !run->scripts.streaming) ||
	    run->hosts_now >= run->hosts_limit || run->queue_count >= QUEUE_LIMIT)
		return false;
	return take_target(run);
}

static void stream_wakes(void *self)
{
	struct run *run = self;

	sender_kick(&run->sender);
}

/* ---- the end ---- */

static void end_estimates(struct run *run, struct observation *seen)
{
	uint64_t asked = run->sender.sent - run->sender.resent;
	struct wire_stats stats = {0};

	sender_missed(&run->sender, &seen->end.missed, &seen->end.missed_low,
		      &seen->end.missed_high);
	seen->end.estimated_missed = -1;
	if (seen->end.missed >= 0 && asked)
		seen->end.estimated_missed = seen->end.missed / (double)asked;
	seen->end.probes_planned = asked;
	if (!run->sender.raw)
		return;
	wire_stats(raw_wire(run->sender.raw), &stats);
	seen->end.dropped_locally += stats.dropped_sending;
	seen->end.dropped_receiving = stats.dropped_receiving;
	seen->end.raw_sent = stats.sent;
	seen->end.raw_sent_bytes = stats.sent_bytes;
	seen->end.raw_received = stats.received;
	seen->end.raw_received_bytes = stats.received_bytes;
}

/* What was not done as asked is no success, though much may be known. */
static void fail_for_those_left(struct run *run)
{
	if (!run->left || run->failed || run->cancelled)
		return;
	run->failed = true;
	diag_set(&run->why, ERROR_SYSTEM,
		 "%llu of %llu hosts could not be scanned to the end: the way to them was lost",
		 (unsigned long long)run->left, (unsigned long long)run->done);
}

static void run_finish(struct run *run)
{
	struct observation seen = {.kind = OBSERVED_RUN_END};

	run->finished = true;
	sender_halt(&run->sender);
	fail_for_those_left(run);
	run_liars_end(run);
	if (!run->taken && !run->failed && !run->cancelled && !run->sweep)
		run_warn(run, NULL, WARNING_ERRORS,
			 run->config.done && !addrset_is_empty(run->config.done)
				 ? "Nothing is left to scan: every target was done before."
				 : "WARNING: No targets were specified, so 0 hosts scanned.");
	seen.end.outcome = run->failed ? RUN_FAILED : run->cancelled ? RUN_CANCELLED : RUN_COMPLETE;
	seen.end.why = run->failed ? run->why.text : NULL;
	seen.end.hosts_total = run->done;
	seen.end.hosts_up = run->up;
	seen.end.hosts_down = run->down;
	seen.end.probes_sent = run->sender.sent;
	seen.end.probes_answered = run->sender.answered + run->sender.beside_answered;
	seen.end.probes_resent = run->sender.resent;
	seen.end.dropped_locally = run->sender.unsent;
	end_estimates(run, &seen);
	run_sweep_end(run, &seen);
	run_observe(run, &seen);
	if (run->config.finished)
		run->config.finished(run->config.self);
}

static void run_advance(void *self)
{
	struct run *run = self;
	struct host *host;

	while ((host = run->advance_first)) {
		run->advance_first = host->advance_next;
		if (!run->advance_first)
			run->advance_last = NULL;
		host->advancing = false;
		host_advance(host);
	}
	run_tasks_end(run); /* the stream may have ended after the last host */
	if (run->drained && !run->hosts_now && !run->finished && !run_scripts_go_on(run))
		run_finish(run);
}

static void host_stop(struct host *host)
{
	int id;

	for (id = 0; id < STAGES; id++)
		if ((host->stages_started & ~host->stages_ended) & 1u << id)
			stages[id]->stop(host);
	host->incomplete = true;
}

static void host_drop(struct host *host)
{
	host_stop(host);
	host_free(host);
}

static void host_cancel(struct host *host)
{
	host_stop(host);
	/* A host nobody has decided on yet is not reported. */
	if (host->stages_ended & 1u << STAGE_DISCOVER)
		host_done(host);
	else
		host_free(host);
}

static void hosts_drop(struct run *run, void (*drop)(struct host *))
{
	run->queue_first = run->queue_last = NULL;
	run->queue_count = 0;
	run->advance_first = run->advance_last = NULL;
	while (run->hosts)
		drop(run->hosts);
}

void run_cancel(struct run *run)
{
	if (run->finished || run->cancelled || !run->started)
		return;
	run->cancelled = true;
	run->drained = true;
	run_sweep_stop(run);
	run_scripts_stop(run);
	hosts_drop(run, host_cancel);
	advance_later(run);
}

bool run_is_finished(const struct run *run)
{
	return run->finished;
}

/* ---- making and freeing ---- */

static uint64_t scanning_limit(const struct run *run)
{
	const struct timing *timing = &run->plan->timing;
	uint64_t ports = 0, limit, port_bytes = SCANNING_PORT_BYTES;
	size_t i;

	if (run->config.scripts)
		port_bytes += sizeof(struct script_port);
	for (i = 0; run->plan->ports && i < TRANSPORTS; i++)
		ports += run->plan->ports->of[i].count;
	limit = SCANNING_MEMORY / (ports * port_bytes + SCANNING_HOST_BYTES);
	if (limit < timing->min_hostgroup)
		limit = timing->min_hostgroup;
	if (timing->max_hostgroup && limit > timing->max_hostgroup)
		limit = timing->max_hostgroup;
	/* There is one zombie, and it can count for one target only. */
	if (run->plan->idle.zombie.family != IP_NONE)
		limit = 1;
	return limit ? limit : 1;
}

static int ping_ports_init(struct run *run)
{
	const struct portset *set = &run->plan->discovery.connect;

	if (!set->count)
		return 0;
	run->ping_ports = port_order_new(set, TRANSPORT_TCP, true, &run->random);
	run->ping_ports_count = set->count;
	return run->ping_ports ? 0 : ERROR_MEMORY;
}

static int stream_new(struct run *run, const struct target_config *targets,
		      struct target_stream **ret_stream, struct diag *diag)
{
	struct port_list_request ports = {
		.services = run->plan->services,
		.transports = 0,
		.prefixes = true,
	};
	struct target_stream_config config = {
		.targets = targets,
		.excludes = run->config.excludes,
		.done = run->scripts.known ? run->scripts.known : run->config.done,
		.resolver = run->config.resolver,
		.ports = &run->line_ports,
		.seed = run->plan->seed,
		.first_index = run->next_index,
		.loop = run->loop,
		.wake = stream_wakes,
		.warn = stream_warns,
		.self = run,
	};
	size_t i;

	for (i = 0; i < run->plan->techniques_count; i++)
		ports.transports |= 1u << run->plan->techniques[i]->transport;
	run->line_ports = ports;
	return target_stream_new(&config, ret_stream, diag);
}

int run_replace_stream(struct run *run, const struct target_config *targets, struct diag *diag)
{
	struct target_stream *stream = NULL;
	int r = stream_new(run, targets, &stream, diag);

	if (r < 0)
		return r;
	target_stream_free(run->stream);
	run->stream = stream;
	if (run->expected >= 0)
		run->expected += target_count(targets, run->config.excludes);
	return 0;
}

int run_new(const struct run_config *config, struct run **ret_run, struct diag *diag)
{
	struct run *run = alloc_zero(sizeof(*run));
	int r;

	if (!run)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	run->config = *config;
	run->plan = config->plan;
	run->loop = config->loop;
	run->expected = -1;
	random_init(&run->random, config->plan->seed);
	sender_init(&run->sender, run->loop, config->flows, run->plan);
	run->sender.hungry = run_hungry;
	run->sender.warn = sender_warns;
	run->sender.self = run;
	run->advance.run = run_advance;
	run->advance.self = run;
	run->hosts_limit = HOSTS_LIMIT;
	run->scanning_limit = scanning_limit(run);
	r = ping_ports_init(run);
	if (r == 0)
		r = run_raw_init(run);
	if (r < 0)
		diag_set(diag, r, "out of memory");
	else
		r = stream_new(run, &run->plan->targets, &run->stream, diag);
	if (r == 0)
		r = run_sweep_new(run, diag);
	if (r < 0) {
		run_free(run);
		return r;
	}
	*ret_run = run;
	return 0;
}

void run_begin_hosts(struct run *run)
{
	if (run->sweep) {
		run_sweep_task_begin(run);
		run_sweep_start(run);
	}
	sender_kick(&run->sender);
}

int run_start(struct run *run)
{
	struct observation seen = {.kind = OBSERVED_RUN_BEGIN};

	run->started = true;
	run->start_ns = loop_now_ns(run->loop);
	eta_init(&run->eta, run->start_ns);
	/* Counting the lines of files waits until somebody asks for progress. */
	if (!run->plan->targets.input_files_count)
		run_count_targets(run);
	run_observe(run, &seen);
	if (!run_scripts_begin(run))
		run_begin_hosts(run);
	return 0;
}

void run_free(struct run *run)
{
	if (!run)
		return;
	sender_halt(&run->sender);
	hosts_drop(run, host_drop);
	run_scripts_free(run);
	run_sweep_free(run);
	loop_defer_cancel(run->loop, &run->advance);
	sender_idle_free(run->idle);
	proxied_free(run->proxied);
	path_crew_free(run->paths);
	sender_release(&run->sender);
	target_stream_free(run->stream);
	run_orders_free(run);
	alloc_free(run->ping_ports);
	run_raw_free(run);
	alloc_free(run);
}
