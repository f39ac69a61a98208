/* The ports of one host: every technique of the plan, one after the other
 * (features.md SC-19), under the host's own clock (TM-24). */
#include "engine/run_private.h"
#include "engine/sender_idle.h"
#include "engine/sweep.h"
#include "engine/technique.h"

static bool ports_wanted(const struct run *run, const struct host *host)
{
	return run->plan->port_scan && host->state == HOST_UP;
}

static void next_technique(struct host *host);

static const struct scan_technique *technique_now(const struct host *host)
{
	return host->run->plan->techniques[host->technique_index];
}

static void note_service(struct host *host, const struct observation *seen)
{
	if (host->run->config.services)
		service_ports_note(&host->services, seen->port.transport, seen->port.number,
				   (enum port_state)seen->port.verdict.state);
}

/* What a UDP port said need not be asked for again. */
static void udp_responded(struct host *host, const struct response *seen)
{
	const struct packet *packet = seen->packet;

	if (seen->from_target && packet->kind == PACKET_UDP)
		service_ports_note_reply(&host->services, seen->port, packet->payload,
					 packet->payload_bytes);
}

static void port_verdict(struct host *host, uint16_t port, const struct verdict *verdict)
{
	struct run *run = host->run;
	struct observation seen = {.kind = OBSERVED_PORT, .target = host->target};

	seen.port.transport = technique_now(host)->transport;
	seen.port.number = port;
	seen.port.verdict = *verdict;
	run->techniques[host->technique_index].ports_done++;
	host->ports_done++;
	liars_note(&host->liars, verdict);
	note_service(host, &seen);
	system_ports_note(&host->system_ports, seen.port.transport, port,
			  (enum port_state)verdict->state);
	path_hint_port(&host->path_hint, technique_now(host), port, verdict);
	run_observe(run, &seen);
}

static void ports_end(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	host->end_wall_ns = loop_wall_ns(host->run->loop);
	host->ports_scanned = true;
	run_techniques_passed(host, host->run->plan->techniques_count);
	if (host->services.short_of_memory)
		host->incomplete = true;
	service_ports_sort(&host->services);
	run_stage_ended(host, STAGE_PORTS);
}

static void technique_checked(struct host *host)
{
	run_liars_tell(host);
	host->technique_index++;
	next_technique(host);
}

static void technique_finished(struct host *host)
{
	if (run_liars_check(host, technique_checked))
		return;
	host->technique_index++;
	next_technique(host);
}

static void technique_start(struct host *host)
{
	const struct rules_order *order = host->order;
	unsigned i = host->technique_index;

	run_liars_begin(host);
	if (technique_now(host)->idle)
		sender_idle_start(host->run->idle, host, order->ports[i], order->counts[i],
				  port_verdict, technique_finished);
	else
		sender_start(host->sender, host, technique_now(host), order->ports[i],
			     order->places[i], order->counts[i], port_verdict, technique_finished);
	if (technique_now(host)->handshake)
		run_liars_listen(host);
	else if (host->run->config.services && technique_now(host)->transport == TRANSPORT_UDP)
		host->probing.responded = udp_responded;
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
	technique_start(host);
}

static void asking_stop(struct host *host)
{
	sender_stop(host->sender, host);
	sender_idle_stop(host->run->idle, host);
}

static void host_timed_out(void *self)
{
	struct host *host = self;

	asking_stop(host);
	host->timed_out = true;
	ports_end(host);
}

/* All was asked by the sweep. */
static void give_swept(struct host *host)
{
	struct run *run = host->run;
	struct observation seen = {.kind = OBSERVED_PORT, .target = host->target};
	uint32_t i;

	run_liars_begin(host);
	for (i = 0; i < host->swept->sweep_probes; i++) {
		seen.port.transport = swept_probe(host->swept, i)->technique->transport;
		seen.port.number = swept_probe(host->swept, i)->port;
		seen.port.verdict = swept_verdict(host->swept, i);
		run->techniques[0].ports_done++;
		host->ports_done++;
		liars_note(&host->liars, &seen.port.verdict);
		note_service(host, &seen);
		system_ports_note(&host->system_ports, seen.port.transport, seen.port.number,
				  (enum port_state)seen.port.verdict.state);
		path_hint_port(&host->path_hint, swept_probe(host->swept, i)->technique,
			       seen.port.number, &seen.port.verdict);
		run_observe(run, &seen);
	}
}

static void swept_checked(struct host *host)
{
	run_liars_tell(host);
	ports_end(host);
}

static void ports_start(struct host *host)
{
	const struct plan *plan = host->run->plan;

	host->start_wall_ns = loop_wall_ns(host->run->loop);
	host->order = run_rules_order(host->run, run_rules_of(host->run, host));
	if (host->ports_known) {
		run_technique_begins(host);
		give_swept(host);
		if (!host->order || !run_liars_check(host, swept_checked))
			ports_end(host);
		return;
	}
	if (plan->timing.host_timeout_ns) {
		host->deadline_timer.fire = host_timed_out;
		host->deadline_timer.self = host;
		host->deadline_ns = loop_now_ns(host->run->loop) + plan->timing.host_timeout_ns;
		(void)loop_timer_set(host->run->loop, &host->deadline_timer, host->deadline_ns);
	}
	next_technique(host);
}

static void ports_stop(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	asking_stop(host);
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
