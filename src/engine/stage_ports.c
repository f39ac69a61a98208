/* The ports of one host: every technique of the plan, one after the other
 * (features.md SC-19), under the host's own clock (TM-24). */
#include "engine/run_private.h"
#include "engine/sweep.h"
#include "engine/technique.h"

static bool ports_wanted(const struct run *run, const struct host *host)
{
	return run->plan->port_scan && host->state == HOST_UP;
}

static void next_technique(struct host *host);

static void port_verdict(struct host *host, uint16_t port, const struct verdict *verdict)
{
	struct run *run = host->run;
	struct observation seen = {.kind = OBSERVED_PORT, .target = host->target};

	seen.port.transport = host->probing.technique->transport;
	seen.port.number = port;
	seen.port.verdict = *verdict;
	run->techniques[host->technique_index].ports_done++;
	host->ports_done++;
	run_observe(run, &seen);
}

static void ports_end(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	host->end_wall_ns = loop_wall_ns(host->run->loop);
	host->ports_scanned = true;
	run_techniques_passed(host, host->run->plan->techniques_count);
	run_stage_ended(host, STAGE_PORTS);
}

static void technique_finished(struct host *host)
{
	host->technique_index++;
	next_technique(host);
}

static void next_technique(struct host *host)
{
	struct run *run = host->run;
	const struct rules_order *order = host->order;

	while (order && host->technique_index < run->plan->techniques_count &&
	       !order->counts[host->technique_index])
		host->technique_index++;
	if (!order || host->technique_index >= run->plan->techniques_count) {
		host->incomplete = host->incomplete || !order;
		ports_end(host);
		return;
	}
	run_techniques_passed(host, host->technique_index);
	run_technique_begins(host);
	sender_start(host->sender, host, run->plan->techniques[host->technique_index],
		     order->ports[host->technique_index], order->places[host->technique_index],
		     order->counts[host->technique_index], port_verdict, technique_finished);
}

static void host_timed_out(void *self)
{
	struct host *host = self;

	sender_stop(host->sender, host);
	host->timed_out = true;
	ports_end(host);
}

/* All was asked by the sweep. */
static void give_swept(struct host *host)
{
	struct run *run = host->run;
	struct observation seen = {.kind = OBSERVED_PORT, .target = host->target};
	uint32_t i;

	for (i = 0; i < host->swept->sweep_probes; i++) {
		seen.port.transport = swept_probe(host->swept, i)->technique->transport;
		seen.port.number = swept_probe(host->swept, i)->port;
		seen.port.verdict = swept_verdict(host->swept, i);
		run->techniques[0].ports_done++;
		host->ports_done++;
		run_observe(run, &seen);
	}
}

static void ports_start(struct host *host)
{
	const struct plan *plan = host->run->plan;

	host->start_wall_ns = loop_wall_ns(host->run->loop);
	if (host->found) {
		run_technique_begins(host);
		give_swept(host);
		ports_end(host);
		return;
	}
	if (plan->timing.host_timeout_ns) {
		host->deadline_timer.fire = host_timed_out;
		host->deadline_timer.self = host;
		(void)loop_timer_set(host->run->loop, &host->deadline_timer,
				     loop_now_ns(host->run->loop) + plan->timing.host_timeout_ns);
	}
	host->order = run_rules_order(host->run, run_rules_of(host->run, host));
	next_technique(host);
}

static void ports_stop(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	sender_stop(host->sender, host);
	host->end_wall_ns = loop_wall_ns(host->run->loop);
	host->ports_scanned = true;
}

const struct stage stage_ports = {
	.name = "ports",
	.task = TASK_PORTS,
	.after = 1 << STAGE_DISCOVER,
	.wanted = ports_wanted,
	.start = ports_start,
	.stop = ports_stop,
};
