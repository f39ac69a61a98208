/* Host discovery: is the target up? With raw packets, neighbours by ARP or ND
 * and others by the pings of the plan (features.md HD-01 to HD-04); else by
 * connecting to a few ports (HD-03). Any answer of the host, open or closed,
 * proves it. -Pn takes the user's word (but asks neighbours all the same, HD-09),
 * -sL asks nothing. */
#include "engine/run_private.h"
#include "engine/sender_private.h"
#include "engine/sweep.h"
#include "engine/technique.h"
#include "engine/verdict_merge.h"
#include "engine/wire.h"
#include "net/route.h"
#include "util/error.h"

#include <stdio.h>

/* A near host answers the first question before the second is asked, which then
 * need not be: half the probes of a scan of live hosts. */
#define PING_GAP_NS    (5 * NS_PER_MS)
#define NO_ROUTES_TOLD 3u

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

static bool is_reset(const struct verdict *verdict)
{
	return verdict->reason == REASON_RESET || verdict->reason == REASON_CONN_REFUSED;
}

static enum host_state state_by(const struct run *run, const struct verdict *verdict)
{
	if (is_reset(verdict) && run->plan->discovery.ignore_reset)
		return HOST_UNKNOWN;
	return verdict_host_state(verdict, verdict->from.family == IP_NONE);
}

static void ping_verdict(struct host *host, uint16_t value, const struct verdict *verdict)
{
	uint16_t port = sender_port(host, value);
	enum host_state state = state_by(host->run, verdict);

	if (state == HOST_UP) {
		struct verdict why = *verdict;

		/* As a ping the echo is one protocol of several. */
		if (sender_technique_of(host, value)->probe == PROBE_PROTOCOL &&
		    why.reason == REASON_ECHO_REPLY)
			why.reason = REASON_PROTO_RESPONSE;
		path_hint_ping(&host->path_hint, sender_technique_of(host, value), port, verdict);
		sender_stop(host->sender, host);
		decide(host, HOST_UP, &why, port);
	} else if (state == HOST_DOWN) {
		host->down_reason = verdict->reason;
	}
}

static void ping_finished(struct host *host)
{
	const struct verdict why = {.reason = (uint8_t)host->down_reason};

	decide(host, HOST_DOWN, &why, 0);
}

static void ask(struct host *host, const struct ping_list *list)
{
	host->down_reason = REASON_NO_RESPONSE;
	host->probing.gap_ns = PING_GAP_NS;
	if (list->count)
		sender_start_pings(host->sender, host, list->pings, list->places, list->count,
				   ping_verdict, ping_finished);
	else
		ping_finished(host);
}

/* Said of the first few only: a net without a route may be large. */
static void tell_no_route(struct host *host)
{
	char address[IP_TEXT_BYTES], text[160];

	if (host->run->without_route++ >= NO_ROUTES_TOLD)
		return;
	snprintf(text, sizeof(text),
		 "Warning: this machine has no route to %s: it is taken to be down.%s",
		 ip_format(&host->target->addr, address),
		 host->run->without_route == NO_ROUTES_TOLD ? " (No more of these are told.)" : "");
	run_warn(host->run, host, WARNING_ERRORS, text);
}

/* With raw packets the way to the host decides how it is asked. */
static void discover_raw(struct host *host)
{
	static const struct verdict user_set = {.reason = REASON_USER_SET};
	static const struct verdict localhost = {.reason = REASON_LOCALHOST_RESPONSE};
	static const struct verdict no_route = {.reason = REASON_NO_ROUTE};
	const struct plan_discovery *plan = &host->run->plan->discovery;

	if (sender_route(host->sender, host) < 0) {
		tell_no_route(host);
		decide(host, HOST_DOWN, &no_route, 0);
		return;
	}
	if (plan->neighbours && hop_is_neighbour(host->hop) && !host->route->local)
		ask(host, &host->run->neighbours);
	else if (plan->skip)
		decide(host, HOST_UP, &user_set, 0);
	else if (host->route->local)
		decide(host, HOST_UP, &localhost, 0);
	else
		ask(host, &host->run->pings[host->target->addr.family == IP_V6]);
}

static void discover_start(struct host *host)
{
	struct run *run = host->run;
	static const struct verdict user_set = {.reason = REASON_USER_SET};

	if (host->found) {
		decide(host, HOST_UP, &host->swept->up, host->swept->up_port);
	} else if (run->plan->list_only) {
		decide(host, HOST_UNKNOWN, &user_set, 0);
	} else if (run->sender.raw) {
		discover_raw(host);
	} else if (run->plan->discovery.skip) {
		decide(host, HOST_UP, &user_set, 0);
	} else {
		host->down_reason = REASON_NO_RESPONSE;
		host->probing.gap_ns = PING_GAP_NS;
		sender_start(host->sender, host, connect_technique(), run->ping_ports, NULL,
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
