#include "raw_world.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a hash table of hosts, and one of ports in each ---- */

static uint64_t hash_of(const struct ip_addr *addr)
{
	return hash_bytes((struct hash_key){1, 2}, addr->bytes, sizeof(addr->bytes));
}

static bool same(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static uint32_t *index_slot(const struct raw_world *world, const struct ip_addr *addr)
{
	unsigned at = (unsigned)(hash_of(addr) & (world->index_cap - 1));

	while (world->index[at] && !same(&world->hosts[world->index[at] - 1].addr, addr))
		at = (at + 1) & (world->index_cap - 1);
	return &world->index[at];
}

static void hosts_grow(struct raw_world *world)
{
	unsigned i;

	if (world->hosts_count < world->hosts_cap)
		return;
	world->hosts_cap = world->hosts_cap ? world->hosts_cap * 2 : 64;
	world->hosts = realloc(world->hosts, world->hosts_cap * sizeof(*world->hosts));
	free(world->index);
	world->index_cap = world->hosts_cap * 4;
	world->index = calloc(world->index_cap, sizeof(*world->index));
	assert_non_null(world->hosts);
	assert_non_null(world->index);
	for (i = 0; i < world->hosts_count; i++)
		*index_slot(world, &world->hosts[i].addr) = i + 1;
}

static struct raw_world_host *host_of(struct raw_world *world, const struct ip_addr *addr)
{
	uint32_t *slot;

	hosts_grow(world);
	slot = index_slot(world, addr);
	if (!*slot) {
		world->hosts[world->hosts_count] = (struct raw_world_host){.addr = *addr};
		*slot = ++world->hosts_count;
	}
	return &world->hosts[*slot - 1];
}

struct raw_world_host *raw_world_host(const struct raw_world *world, const struct ip_addr *addr)
{
	uint32_t at = world->index_cap ? *index_slot(world, addr) : 0;

	return at ? &world->hosts[at - 1] : NULL;
}

struct raw_world_host *raw_world_find(const struct raw_world *world, const char *text)
{
	struct raw_world_host *host;
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	host = raw_world_host(world, &addr);
	if (!host)
		fail_msg("nothing was said of %s", text);
	return host;
}

static struct raw_world_port *port_slot(const struct raw_world_host *host, enum transport transport,
					uint16_t number)
{
	unsigned at = (number * 40503u + (unsigned)transport * 17u) & (host->ports_cap - 1);
	struct raw_world_port *port;

	for (;; at = (at + 1) & (host->ports_cap - 1)) {
		port = &host->ports[at];
		if (!port->times || (port->transport == transport && port->number == number))
			return port;
	}
}

static void ports_grow(struct raw_world_host *host)
{
	struct raw_world_host wider = {.ports_cap = host->ports_cap ? host->ports_cap * 2 : 8};
	unsigned i;

	if (host->ports_cap && (host->verdicts + 1) * 2 <= host->ports_cap)
		return;
	wider.ports = calloc(wider.ports_cap, sizeof(*wider.ports));
	assert_non_null(wider.ports);
	for (i = 0; i < host->ports_cap; i++)
		if (host->ports[i].times)
			*port_slot(&wider, host->ports[i].transport, host->ports[i].number) =
				host->ports[i];
	free(host->ports);
	host->ports = wider.ports;
	host->ports_cap = wider.ports_cap;
}

struct raw_world_port raw_world_port(const struct raw_world_host *host, enum transport transport,
				     uint16_t number)
{
	return host->ports_cap ? *port_slot(host, transport, number) : (struct raw_world_port){0};
}

/* ---- what is observed ---- */

static void note_port(struct raw_world_host *host, const struct observation *seen)
{
	const struct verdict *verdict = &seen->port.verdict;
	struct raw_world_port *port;

	assert_false(host->done);
	ports_grow(host);
	port = port_slot(host, seen->port.transport, seen->port.number);
	if (port->times)
		host->states[port->state]--;
	else
		host->verdicts++;
	host->states[verdict->state]++;
	*port = (struct raw_world_port){
		.times = (uint8_t)(port->times < UINT8_MAX ? port->times + 1 : UINT8_MAX),
		.transport = (uint8_t)seen->port.transport,
		.state = verdict->state,
		.reason = verdict->reason,
		.number = seen->port.number,
		.attempt = verdict->attempt,
		.ttl = verdict->ttl,
		.from_other = verdict->from.family != IP_NONE,
	};
}

static void note_host(struct raw_world *world, struct raw_world_host *host,
		      const struct observation *seen)
{
	host->told++;
	host->state = seen->host.state;
	host->reason = seen->host.reason;
	host->ping_port = seen->host.port;
	host->has_mac = seen->host.has_mac;
	world->up += seen->host.state == HOST_UP;
	world->down += seen->host.state == HOST_DOWN;
}

static void note_done(struct raw_world *world, struct raw_world_host *host,
		      const struct observation *seen)
{
	assert_false(host->done);
	host->done = true;
	host->timed_out = seen->done.timed_out;
	host->incomplete = seen->done.incomplete;
	host->done_ns = loop_now_ns(world->net.loop);
}

static int observe(void *self, const struct observation *seen)
{
	struct raw_world *world = self;

	switch (seen->kind) {
	case OBSERVED_RUN_BEGIN:
		world->begins++;
		break;
	case OBSERVED_RUN_END:
		world->ends++;
		world->end = *seen;
		break;
	case OBSERVED_TARGET_SKIPPED:
		world->skipped++;
		break;
	case OBSERVED_WARNING:
		world->warnings++;
		snprintf(world->warning, sizeof(world->warning), "%s", seen->warning);
		break;
	case OBSERVED_HOST:
		note_host(world, host_of(world, &seen->target->addr), seen);
		break;
	case OBSERVED_PORT:
		note_port(host_of(world, &seen->target->addr), seen);
		break;
	case OBSERVED_HOST_DONE:
		note_done(world, host_of(world, &seen->target->addr), seen);
		break;
	default:
		break;
	}
	return 0;
}

/* ---- the ways of the wire ---- */

static int find_route(void *self, const struct ip_addr *to, const struct route **ret_route)
{
	struct raw_world *world = self;
	struct route *route = world->routes;
	unsigned i;

	for (i = 0; i < world->routes_count; i++, route++)
		if (route->first.family == to->family && ip_compare(&route->first, to) <= 0 &&
		    ip_compare(to, &route->last) <= 0) {
			*ret_route = route;
			return 0;
		}
	assert_in_range(world->routes_count, 0, RAW_WORLD_ROUTES - 1);
	if (!link_sim_route(world->router, to, route))
		return ERROR_NOT_FOUND;
	world->routes_count++;
	*ret_route = route;
	return 0;
}

static int open_link(void *self, const struct route *route, bool ip_layer,
		     const struct link_config *config, struct link **ret_link,
		     struct mac_addr *ret_mac, struct diag *diag)
{
	struct raw_world *world = self;
	struct link_sim_config wanted = world->net.config;

	assert_in_range(world->links_count, 0, RAW_WORLD_LINKS - 1);
	wanted.link = *config;
	if (ip_layer)
		wanted.layer = LINK_IP;
	if (link_sim_new(&wanted, ret_link) < 0)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	world->links[world->links_count++] = *ret_link;
	*ret_mac = wanted.mac;
	return 0;
}

/* ---- the plan ---- */

void raw_world_no_pings(struct raw_world *world)
{
	world->plan->discovery.pings_count = 0;
}

void raw_world_ping(struct raw_world *world, const char *name, unsigned port)
{
	struct plan_discovery *discovery = &world->plan->discovery;

	assert_in_range(discovery->pings_count, 0, 15);
	world->pings[discovery->pings_count] =
		(struct plan_ping){technique_by_name(name), (uint16_t)port};
	assert_non_null(world->pings[discovery->pings_count].technique);
	discovery->pings_count++;
}

void raw_world_init(struct raw_world *world, enum link_layer layer, uint64_t seed)
{
	struct flow_sim_config flows = {.gate = &world->gate, .max_open = 1000, .seed = seed};
	struct plan *plan;

	memset(world, 0, sizeof(*world));
	net_world_init(&world->net, layer, seed);
	flows.loop = world->net.loop;
	assert_int_equal(flow_sim_new(&flows, &world->flows), 0);
	assert_non_null(plan = world->plan = plan_new());
	assert_non_null(plan->ports = alloc_zero(sizeof(*plan->ports)));
	plan->seed = seed;
	plan->privileged = true;
	plan->names = NAMES_NEVER;
	plan->discovery.neighbours = true;
	plan->discovery.pings = world->pings;
	raw_world_ping(world, "icmp-echo", 0);
	raw_world_ping(world, "tcp-syn", 443);
	raw_world_ping(world, "tcp-ack", 80);
	raw_world_ping(world, "icmp-timestamp", 0);
	world->ways = (struct wire_ways){.route = find_route, .open = open_link, .self = world};
	world->sink = (struct sink){world, observe};
}

void raw_world_target(struct raw_world *world, const char *expression)
{
	struct target_config *targets = &world->plan->targets;
	size_t count = targets->expressions_count + 1;
	char **wider = arena_alloc(&world->plan->arena, count * sizeof(char *));

	assert_non_null(wider);
	if (count > 1)
		memcpy(wider, targets->expressions, (count - 1) * sizeof(char *));
	wider[count - 1] = arena_strdup(&world->plan->arena, expression);
	targets->expressions = wider;
	targets->expressions_count = count;
}

void raw_world_technique(struct raw_world *world, const char *name)
{
	const struct scan_technique *technique = technique_by_name(name);
	struct plan *plan = world->plan;

	assert_non_null(technique);
	assert_in_range(plan->techniques_count, 0, PLAN_TECHNIQUES_MAX - 1);
	plan->techniques[plan->techniques_count++] = technique;
	if (technique->probe == PROBE_UDP && !plan->payloads)
		assert_int_equal(payloads_builtin(&plan->payloads), 0);
}

void raw_world_ports(struct raw_world *world, enum transport transport, unsigned first,
		     unsigned last)
{
	portset_add_range(&world->plan->ports->of[transport], (uint16_t)first, (uint16_t)last);
}

void raw_world_exclude(struct raw_world *world, const char *first, const char *last)
{
	struct ip_addr from, to;

	assert_true(ip_parse(first, &from));
	assert_true(ip_parse(last, &to));
	if (!world->excludes)
		assert_non_null(world->excludes = addrset_new());
	assert_int_equal(addrset_add_range(world->excludes, &from, &to), 0);
}

/* ---- the run ---- */

static void finished(void *self)
{
	struct raw_world *world = self;

	loop_stop(world->net.loop);
}

void raw_world_ready(struct raw_world *world)
{
	struct link_sim_config config = world->net.config;

	config.link = (struct link_config){.loop = world->net.loop};
	config.lost_at_ns = 0;
	config.tap = NULL;
	assert_int_equal(link_sim_new(&config, &world->router), 0);
	if (!world->resolver)
		assert_int_equal(resolver_sim_new(world->net.loop, NULL, 0, &world->resolver), 0);
}

int raw_world_try(struct raw_world *world, struct diag *diag)
{
	const struct run_config config = {
		.plan = world->plan,
		.loop = world->net.loop,
		.flows = world->flows,
		.ways = &world->ways,
		.systems = world->systems,
		.gate = &world->gate,
		.resolver = world->resolver,
		.place = world->place,
		.excludes = world->excludes_gate_only ? NULL : world->excludes,
		.done = world->done,
		.sinks = &world->sink,
		.sinks_count = 1,
		.finished = finished,
		.self = world,
	};
	int r;

	world->gate.excludes = world->excludes;
	world->plan->port_scan = world->plan->techniques_count > 0;
	r = run_new(&config, &world->run, diag);
	if (r == 0)
		r = run_start(world->run);
	if (r == 0)
		r = loop_run(world->net.loop);
	return r;
}

void raw_world_run(struct raw_world *world)
{
	struct diag diag;

	raw_world_ready(world);
	assert_int_equal(raw_world_try(world, &diag), 0);
	assert_true(run_is_finished(world->run));
	assert_int_equal(world->begins, 1);
	assert_int_equal(world->ends, 1);
}

void raw_world_cancel(void *self)
{
	struct raw_world *world = self;

	run_cancel(world->run);
}

void raw_world_release(struct raw_world *world)
{
	unsigned i;

	run_free(world->run);
	link_free(world->router);
	resolver_free(world->resolver);
	flow_net_free(world->flows);
	addrset_free(world->excludes);
	addrset_free(world->done);
	plan_free(world->plan);
	net_world_release(&world->net);
	for (i = 0; i < world->hosts_count; i++)
		free(world->hosts[i].ports);
	free(world->hosts);
	free(world->index);
}

/* ---- sums ---- */

static void add_way(struct link_sim_way_truth *sum, const struct link_sim_way_truth *part)
{
	sum->entered += part->entered;
	sum->policed += part->policed;
	sum->queue_full += part->queue_full;
	sum->lost += part->lost;
	sum->duplicated += part->duplicated;
	sum->delivered += part->delivered;
	sum->reordered += part->reordered;
}

void raw_world_truth(const struct raw_world *world, struct link_sim_truth *ret_truth)
{
	struct link_sim_truth sum = {0}, part;
	unsigned i;

	for (i = 0; i < world->links_count; i++) {
		link_sim_truth(world->links[i], &part);
		add_way(&sum.out, &part.out);
		add_way(&sum.back, &part.back);
		sum.refused += part.refused;
		sum.too_long += part.too_long;
		sum.unparsable += part.unparsable;
		sum.bad_checksum += part.bad_checksum;
		sum.wrong_mac += part.wrong_mac;
		sum.to_nowhere += part.to_nowhere;
		sum.to_others += part.to_others;
		sum.answers += part.answers;
		sum.any_limited += part.any_limited;
		sum.rst_limited += part.rst_limited;
		sum.icmp_limited += part.icmp_limited;
		sum.expired += part.expired;
		sum.forged += part.forged;
		sum.late += part.late;
		sum.contradicted += part.contradicted;
		sum.filtered += part.filtered;
		sum.ring_full += part.ring_full;
		sum.no_memory += part.no_memory;
	}
	*ret_truth = sum;
}

uint64_t raw_world_ms(const struct raw_world *world)
{
	return loop_now_ns(world->net.loop) / NS_PER_MS;
}
