/* Host discovery: is the target up? Without raw packets, by connecting to a
 * few ports (features.md HD-03): any answer of the host, open or closed,
 * proves it. -Pn takes the user's word, -sL asks nothing. */
#include "engine/run_private.h"
#include "engine/technique.h"

/* A near host answers the first port before the second is asked, which then
 * need not be: half the probes of a scan of live hosts. */
#define PING_GAP_NS (5 * NS_PER_MS)

static const struct scan_technique *connect_technique(void)
{
	return technique_by_name("tcp-connect");
}

static bool discover_wanted(const struct run *run, const struct host *host)
{
	(void)run;
	(void)host;
	return true;
}

static void decide(struct host *host, enum host_state state, const struct verdict *why,
		   uint16_t port)
{
	run_observe_host(host, state, why, port);
	run_stage_ended(host, STAGE_DISCOVER);
}

static bool proves_up(const struct run *run, const struct verdict *verdict)
{
	if (verdict->state == PORT_CLOSED)
		return !run->plan->discovery.ignore_reset;
	return verdict->state == PORT_OPEN;
}

static void ping_verdict(struct host *host, uint16_t port, const struct verdict *verdict)
{
	if (proves_up(host->run, verdict)) {
		sender_stop(host->sender, host);
		decide(host, HOST_UP, verdict, port);
	} else if (verdict->reason != REASON_NO_RESPONSE && verdict->state == PORT_FILTERED) {
		host->down_reason = verdict->reason;
	}
}

static void ping_finished(struct host *host)
{
	const struct verdict why = {.reason = (uint8_t)host->down_reason};

	decide(host, HOST_DOWN, &why, 0);
}

static void discover_start(struct host *host)
{
	struct run *run = host->run;
	const struct verdict user_set = {.reason = REASON_USER_SET};

	if (run->plan->list_only) {
		decide(host, HOST_UNKNOWN, &user_set, 0);
	} else if (run->plan->discovery.skip) {
		decide(host, HOST_UP, &user_set, 0);
	} else {
		host->down_reason = REASON_NO_RESPONSE;
		host->probing.gap_ns = PING_GAP_NS;
		sender_start(host->sender, host, connect_technique(), run->ping_ports,
			     run->ping_ports_count, ping_verdict, ping_finished);
	}
}

static void discover_stop(struct host *host)
{
	sender_stop(host->sender, host);
}

const struct stage stage_discover = {
	.name = "discover",
	.task = TASK_PING,
	.after = 0,
	.wanted = discover_wanted,
	.start = discover_start,
	.stop = discover_stop,
};
