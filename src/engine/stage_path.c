/* The way to a host, hop by hop (features.md section 14): the crew of the run traces it
 * with the probe that the host is known to answer, then its hops get names and places,
 * then it is told. Our own addresses have no path, and neighbours need no packet. */
#include "engine/path_crew.h"
#include "engine/path_names.h"
#include "engine/run_private.h"
#include "engine/sender_raw.h"
#include "util/alloc.h"

struct path_stage {
	struct host *host;
	struct path_trace trace;
	bool traced; /* the crew has it */
	struct path_facts facts;
	struct path_hop *hops; /* NULL before they are known */
	struct path_names *names;
};

static bool path_wanted(const struct run *run, const struct host *host)
{
	return run->plan->path.wanted && run->sender.raw && host->state == HOST_UP &&
	       !host->timed_out && !host->incomplete && !(host->route && host->route->local);
}

/* ---- the end ---- */

static void stage_free(struct host *host)
{
	struct path_stage *stage = host->path;

	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	if (!stage)
		return;
	if (stage->traced)
		path_crew_remove(&stage->trace);
	if (stage->names)
		path_names_release(stage->names);
	alloc_free(stage->names);
	alloc_free(stage->hops);
	alloc_free(stage);
	host->path = NULL;
}

static void path_end(struct host *host)
{
	stage_free(host);
	run_stage_ended(host, STAGE_PATH);
}

static void short_of_memory(struct host *host)
{
	host->incomplete = true;
	path_end(host);
}

static void tell(void *self)
{
	struct host *host = self;
	struct path_stage *stage = host->path;
	const struct run_config *config = &host->run->config;
	struct observation seen = {.kind = OBSERVED_PATH, .target = host->target};

	path_names_locate(stage->names, config->place, config->place_self, stage->hops,
			  stage->facts.hops_count);
	stage->facts.hops = stage->hops;
	seen.path = &stage->facts;
	run_observe(host->run, &seen);
	path_end(host);
}

/* The hops are known. */
static void name_hops(struct host *host)
{
	struct path_stage *stage = host->path;
	const struct run *run = host->run;

	stage->names->resolver = run->plan->names == NAMES_NEVER ? NULL : run->config.resolver;
	stage->names->done = tell;
	stage->names->self = host;
	path_names_ask(stage->names, stage->hops, stage->facts.hops_count);
}

static bool make_room(struct path_stage *stage, size_t hops)
{
	stage->hops = alloc_array(hops, sizeof(*stage->hops));
	stage->names = alloc_zero(sizeof(*stage->names));
	return (stage->hops || !hops) && stage->names;
}

/* ---- what the trace found ---- */

static struct path_hop hop_of(const struct trace *trace, uint8_t ttl)
{
	const struct trace_hop *hop = &trace->hops[ttl];
	struct path_hop found = {.ttl = ttl};

	if (hop->state != TRACE_ANSWERED)
		return found;
	found.from = hop->from;
	found.has_rtt = true;
	found.rtt_us = hop->rtt_us;
	found.cached = hop->cached;
	return found;
}

static void take_facts(struct path_stage *stage)
{
	struct path_facts *facts = &stage->facts;
	struct trace *trace = stage->trace.trace;
	size_t i;

	trace_probe_facts(&stage->trace.probe, facts);
	facts->same_hops = trace_join(trace, &facts->same_as);
	(void)trace_share(trace);
	facts->reached = trace->reached != 0;
	facts->incomplete = stage->trace.lost;
	facts->probes_sent = trace->probes_sent;
	facts->hops_count = trace_count(trace);
	for (i = 0; i < facts->hops_count; i++)
		stage->hops[i] = hop_of(trace, (uint8_t)(i + 1));
}

static void traced(void *self)
{
	struct host *host = self;
	struct path_stage *stage = host->path;

	host->incomplete = host->incomplete || stage->trace.lost;
	if (!stage->trace.trace || !make_room(stage, trace_count(stage->trace.trace))) {
		short_of_memory(host);
		return;
	}
	take_facts(stage);
	path_crew_remove(&stage->trace);
	stage->traced = false;
	name_hops(host);
}

/* ---- beginning ---- */

static int crew_of(struct run *run, struct path_crew **ret_crew)
{
	const unsigned retries = run->plan->timing.max_retries;
	const struct path_crew_config config = {
		.loop = run->loop,
		.talks = raw_talks(run->sender.raw),
		.sends = (uint8_t)(1 + (retries < TRACE_SENDS_MAX ? retries : TRACE_SENDS_MAX - 1)),
		.seed = random_u64(&run->random),
	};
	int r = run->paths ? 0 : path_crew_new(&config, &run->paths);

	if (r == 0)
		*ret_crew = run->paths;
	return r;
}

/* An open UDP port answers what it understands. */
static const struct payload *payload_of(const struct plan *plan, const struct path_hint *hint)
{
	const struct payload *payloads = NULL;
	size_t count = 0;

	if (hint->technique->probe == PROBE_UDP && hint->open && plan->payloads)
		payloads = payloads_of(plan->payloads, hint->port, &count);
	return count ? payloads : NULL;
}

static void choose_probe(const struct host *host, struct trace_probe *probe)
{
	const struct path_hint *hint = &host->path_hint;
	const struct plan *plan = host->run->plan;

	*probe = (struct trace_probe){
		.technique = technique_by_name("icmp-echo"),
		.to = host->target->addr,
		.scan_flags = -1,
	};
	if (!hint->technique || hint->technique->probe == PROBE_FLOW)
		return;
	probe->technique = hint->technique;
	probe->port = hint->port;
	probe->payload = payload_of(plan, hint);
	probe->scan_flags = hint->is_ping ? -1 : plan->packets.scan_flags;
}

static void trace_host(struct host *host)
{
	struct path_stage *stage = host->path;
	struct path_trace *trace = &stage->trace;
	struct path_crew *crew = NULL;

	choose_probe(host, &trace->probe);
	trace->start = host->path_start_ttl;
	if (!trace->start)
		trace->start = path_hint_distance(&host->path_hint, TRACE_TTL_MAX);
	trace->srtt_ns = host->rtt.valid ? host->rtt.srtt_ns : 0;
	trace->one_port = host->run->plan->packets.has_source_port;
	trace->done = traced;
	trace->self = host;
	if (crew_of(host->run, &crew) < 0) {
		short_of_memory(host);
		return;
	}
	stage->traced = true;
	path_crew_add(crew, trace);
}

/* It is on the link: its own answers were the whole path. */
static void tell_neighbour(struct host *host)
{
	struct path_stage *stage = host->path;

	if (!make_room(stage, 1)) {
		short_of_memory(host);
		return;
	}
	stage->hops[0] = (struct path_hop){
		.ttl = 1,
		.from = host->target->addr,
		.has_rtt = host->rtt.valid,
		.rtt_us = host->rtt.valid ? (uint32_t)(host->rtt.srtt_ns / NS_PER_US) : 0,
	};
	stage->facts.reached = true;
	stage->facts.hops_count = 1;
	name_hops(host);
}

static void host_timed_out(void *self)
{
	struct host *host = self;

	host->timed_out = true;
	path_end(host);
}

static void path_start(struct host *host)
{
	if (sender_route(host->sender, host) < 0 || host->route->local) {
		path_end(host);
		return;
	}
	host->path = alloc_zero(sizeof(*host->path));
	if (!host->path) {
		short_of_memory(host);
		return;
	}
	host->path->host = host;
	run_keep_deadline(host, host_timed_out);
	if (hop_is_neighbour(host->hop))
		tell_neighbour(host);
	else
		trace_host(host);
}

static void path_stop(struct host *host)
{
	stage_free(host);
}

const struct stage stage_path = {
	.name = "path",
	.task = TASK_PATH,
	.after = 1 << STAGE_SYSTEM,
	.wanted = path_wanted,
	.start = path_start,
	.stop = path_stop,
};
