/* Probes that are connections of the kernel's. */
#include "engine/sender_private.h"

/* What the event says of the round trip; 0 nothing: "host unreachable" may be
 * our own machine that gave up asking for a MAC address after three seconds. */
static uint64_t trip_of(const struct flow_event *event)
{
	if (event->kind == FLOW_CONNECTED || event->end == FLOW_END_REFUSED ||
	    event->end == FLOW_END_RESET)
		return event->rtt_ns ? event->rtt_ns : 1;
	return 0;
}

static void flow_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct probe *probe = self;
	struct host *host = probe->host;
	struct sender *sender = host->sender;
	struct verdict verdict = sender_technique_of(host, probe->again.port)->judge_flow(event);

	if (event->kind == FLOW_CONNECTED)
		flow_close(flow);
	probe->flow = NULL;
	if (verdict.state != PORT_UNKNOWN)
		sender_answered(sender, probe, probe->again.attempts, verdict, trip_of(event));
	else if (event->end == FLOW_END_LOCAL)
		sender_unsent(sender, probe, event->system_error);
	else
		sender_silent(sender, probe);
	/* The verdict may have stopped the probing, or ended the host's stage:
	 * sender_settle() looks before it leaps. */
	if (host->probing.technique)
		sender_settle(sender, host);
	sender_kick(sender);
}

int sender_send_flow(struct sender *sender, struct host *host, struct probe *probe)
{
	const struct plan *plan = sender->plan;
	const struct flow_config config = {
		.to = host->target->addr,
		.port = sender_port(host, probe->again.port),
		.source = plan->source_addr,
		.interface = plan->source_interface,
		.ttl = plan->ttl,
		.deadline_ns = probe->sent_ns + sender_timeout_ns(sender, host),
		.event = flow_event,
		.self = probe,
	};

	return flow_open(sender->flows, &config, &probe->flow);
}
