#include "raw_scan.h"

#include "engine/flow.h"
#include "engine/technique.h"
#include "engine/wire.h"
#include "packet/ethernet.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <stdio.h>
#include <string.h>

/* ---- the ways of a simulated machine ---- */

static int sim_route(void *self, const struct ip_addr *to, const struct route **ret_route)
{
	struct raw_scan *scan = self;
	unsigned i;

	for (i = 0; i < scan->routes_count; i++)
		if (ip_compare(&scan->routes[i].first, to) <= 0 &&
		    ip_compare(to, &scan->routes[i].last) <= 0) {
			*ret_route = &scan->routes[i];
			return 0;
		}
	assert_in_range(scan->routes_count, 0, RAW_SCAN_ROUTES - 1);
	if (!link_sim_route(scan->net.link, to, &scan->routes[i]))
		return ERROR_NOT_FOUND;
	scan->routes_count++;
	*ret_route = &scan->routes[i];
	return 0;
}

static int sim_open(void *self, const struct route *route, bool ip_layer,
		    const struct link_config *config, struct link **ret_link,
		    struct mac_addr *ret_mac, struct diag *diag)
{
	struct raw_scan *scan = self;

	*ret_mac = scan->net.config.mac;
	scan->net.config.link = *config;
	return link_sim_new(&scan->net.config, ret_link);
}

/* ---- what is said ---- */

static bool place_of(const struct raw_scan *scan, const struct ip_addr *addr, uint16_t port,
		     size_t *ret_place)
{
	ip_value host = ip_value_of(addr) - ip_value_of(&scan->first);

	*ret_place = (size_t)host * scan->ports + scan->place_of[port];
	return host < scan->hosts && scan->port[scan->place_of[port]] == port;
}

static void note_port(struct raw_scan *scan, const struct observation *seen)
{
	const struct hash_key key = {1, 2};
	uint64_t words[2];
	size_t place;

	assert_true(place_of(scan, &seen->target->addr, seen->port.number, &place));
	scan->said[place] = seen->port.verdict.state;
	scan->reasons[place] = seen->port.verdict.reason;
	words[0] = place;
	words[1] = (uint64_t)seen->port.verdict.state << 8 | seen->port.verdict.reason;
	scan->digest += hash_bytes(key, words, sizeof(words));
}

static int observe(void *self, const struct observation *seen)
{
	struct raw_scan *scan = self;

	switch (seen->kind) {
	case OBSERVED_PORT:
		note_port(scan, seen);
		break;
	case OBSERVED_WARNING:
		scan->warnings++;
		snprintf(scan->warning, sizeof(scan->warning), "%s", seen->warning);
		break;
	case OBSERVED_RUN_END:
		scan->ends++;
		scan->end = *seen;
		break;
	default:
		break;
	}
	return 0;
}

/* ---- making ---- */

static void add_ping(struct plan *plan, const char *name, uint16_t port)
{
	struct plan_ping *pings = (struct plan_ping *)plan->discovery.pings;

	pings[plan->discovery.pings_count++] = (struct plan_ping){technique_by_name(name), port};
}

static void fill_plan(struct raw_scan *scan, bool sweep, uint64_t seed)
{
	struct plan *plan = scan->plan;
	char first[IP_TEXT_BYTES], text[2 * IP_TEXT_BYTES];
	struct ip_addr at;
	const char **expressions;
	uint32_t left = scan->hosts, step, i;

	/* Prefixes, the largest that fit. */
	expressions = arena_alloc(&plan->arena, 64 * sizeof(char *));
	for (at = scan->first; left; left -= step) {
		uint32_t value = (uint32_t)ip_value_of(&at);
		unsigned bits = 32;

		for (step = 1; step * 2 <= left && !(value & step); step *= 2)
			bits--;
		snprintf(text, sizeof(text), "%s/%u", ip_format(&at, first), bits);
		expressions[plan->targets.expressions_count++] = arena_strdup(&plan->arena, text);
		at = ip_from_value(IP_V4, ip_value_of(&at) + step, 0);
	}
	plan->targets.expressions = (char **)expressions;
	plan->seed = seed;
	plan->names = NAMES_NEVER;
	plan->privileged = true;
	plan->techniques[0] = technique_by_name("tcp-syn");
	plan->techniques_count = 1;
	plan->ports = alloc_zero(sizeof(*plan->ports));
	assert_non_null(plan->ports);
	for (i = 0; i < scan->ports; i++)
		portset_add(&plan->ports->of[TRANSPORT_TCP], scan->port[i]);
	plan->discovery.pings = arena_alloc(&plan->arena, 4 * sizeof(struct plan_ping));
	add_ping(plan, "icmp-echo", 0);
	add_ping(plan, "tcp-syn", 443);
	add_ping(plan, "tcp-ack", 80);
	add_ping(plan, "icmp-timestamp", 0);
	plan->discovery.neighbours = true;
	plan->sweep.wanted = sweep;
	plan->sweep.special = sweep;
}

void raw_scan_init(struct raw_scan *scan, enum link_layer layer, const char *first, uint32_t hosts,
		   const uint16_t *port, uint32_t ports, bool sweep, uint64_t seed)
{
	uint32_t i;

	memset(scan, 0, sizeof(*scan));
	net_world_init(&scan->net, layer, seed);
	assert_true(ip_parse(first, &scan->first));
	scan->hosts = hosts;
	scan->port = port;
	scan->ports = ports;
	for (i = 0; i < ports; i++)
		scan->place_of[port[i]] = i;
	scan->said = calloc((size_t)hosts * ports + 1, 1);
	scan->reasons = calloc((size_t)hosts * ports + 1, 1);
	scan->plan = plan_new();
	assert_true(scan->said && scan->reasons && scan->plan);
	fill_plan(scan, sweep, seed);
	scan->sink = (struct sink){scan, observe};
}

/* ---- running ---- */

static void tap(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		size_t count)
{
	struct raw_scan *scan = self;
	uint64_t second = (at_ns - scan->start_ns) / NS_PER_S;

	if (where == LINK_SIM_SENT && second < RAW_SCAN_SECONDS)
		scan->sent_in[second]++;
}

static void finished(void *self)
{
	struct raw_scan *scan = self;

	scan->end_ns = loop_now_ns(scan->net.loop);
	loop_stop(scan->net.loop);
}

static void network_begin(struct raw_scan *scan)
{
	const struct link_config none = {0};
	const struct flow_sim_config flows = {
		.loop = scan->net.loop,
		.gate = &scan->gate,
		.seed = 1,
	};

	scan->start_ns = loop_now_ns(scan->net.loop);
	scan->net.config.tap = tap;
	scan->net.config.tap_self = scan;
	/* This link is asked for routes only; the wire opens its own. */
	net_world_begin(&scan->net, &none);
	assert_int_equal(flow_sim_new(&flows, &scan->flows), 0);
	assert_int_equal(resolver_sim_new(scan->net.loop, NULL, 0, &scan->resolver), 0);
	scan->ways = (struct wire_ways){.route = sim_route, .open = sim_open, .self = scan};
}

void raw_scan_run(struct raw_scan *scan)
{
	struct run_config config = {
		.plan = scan->plan,
		.loop = scan->net.loop,
		.ways = &scan->ways,
		.gate = &scan->gate,
		.sinks = &scan->sink,
		.sinks_count = 1,
		.finished = finished,
		.self = scan,
	};
	struct diag diag;

	network_begin(scan);
	config.flows = scan->flows;
	config.resolver = scan->resolver;
	assert_int_equal(run_new(&config, &scan->run, &diag), 0);
	assert_int_equal(run_start(scan->run), 0);
	assert_int_equal(loop_run(scan->net.loop), 0);
	assert_true(run_is_finished(scan->run));
	assert_int_equal(scan->ends, 1);
	assert_int_equal(scan->end.end.outcome, RUN_COMPLETE);
}

void raw_scan_release(struct raw_scan *scan)
{
	run_free(scan->run);
	resolver_free(scan->resolver);
	flow_net_free(scan->flows);
	plan_free(scan->plan);
	free(scan->said);
	free(scan->reasons);
	net_world_release(&scan->net);
}

/* ---- the truth ---- */

static const struct link_sim_host *host_at(const struct raw_scan *scan, ip_value addr)
{
	size_t i;

	for (i = 0; i < scan->net.config.hosts_count; i++) {
		const struct link_sim_host *host = &scan->net.hosts[i];

		if (ip_value_of(&host->first) <= addr && addr <= ip_value_of(&host->last))
			return host;
	}
	return NULL;
}

static enum link_sim_state truth_of(const struct link_sim_host *host, uint16_t port)
{
	size_t i;

	for (i = 0; i < host->ports_count; i++)
		if (host->ports[i].transport == TRANSPORT_TCP && host->ports[i].first <= port &&
		    port <= host->ports[i].last)
			return host->ports[i].state;
	return host->otherwise[TRANSPORT_TCP];
}

/* The state that an answer makes; unknown for silence. */
static enum port_state state_by_answer(enum link_sim_state truth)
{
	static const enum port_state states[] = {
		[LINK_SIM_CLOSED] = PORT_CLOSED,
		[LINK_SIM_OPEN] = PORT_OPEN,
		[LINK_SIM_SILENT] = PORT_UNKNOWN,
		[LINK_SIM_REJECTED] = PORT_FILTERED,
	};

	return states[truth];
}

static void compare_port(enum port_state said, enum reason reason, enum port_state truth,
			 struct raw_scan_result *result)
{
	bool silent = said == PORT_UNKNOWN || reason == REASON_NO_RESPONSE;

	result->answerable += truth != PORT_UNKNOWN;
	if (silent)
		result->missed += truth != PORT_UNKNOWN;
	else if (said != truth)
		result->wrong++;
	else
		result->found++;
}

void raw_scan_compare(const struct raw_scan *scan, struct raw_scan_result *ret_result)
{
	struct raw_scan_result result = {0};
	size_t place = 0;
	uint32_t h, p;

	for (h = 0; h < scan->hosts; h++) {
		const struct link_sim_host *host = host_at(scan, ip_value_of(&scan->first) + h);

		for (p = 0; p < scan->ports; p++, place++)
			compare_port(scan->said[place], scan->reasons[place],
				     host ? state_by_answer(truth_of(host, scan->port[p]))
					  : PORT_UNKNOWN,
				     &result);
	}
	result.sent = scan->end.end.probes_sent;
	result.seconds = (double)(scan->end_ns - scan->start_ns) / (double)NS_PER_S;
	*ret_result = result;
}

bool raw_scan_estimated(const struct raw_scan *scan, uint64_t missed)
{
	return scan->end.end.missed_low <= (double)missed &&
	       (double)missed <= scan->end.end.missed_high;
}
