#include "world.h"

#include "engine/technique.h"
#include "util/alloc.h"
#include "util/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ip_addr world_ip(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static struct world_host *host_of(struct world *world, const struct ip_addr *addr)
{
	unsigned i;

	for (i = 0; i < world->hosts_count; i++)
		if (ip_equal(&world->hosts[i].addr, addr))
			return &world->hosts[i];
	if (world->hosts_count == WORLD_HOSTS_MAX)
		return NULL;
	world->hosts[world->hosts_count].addr = *addr;
	return &world->hosts[world->hosts_count++];
}

struct world_host *world_find(struct world *world, const char *addr)
{
	struct ip_addr ip = world_ip(addr);
	struct world_host *host = host_of(world, &ip);

	assert_non_null(host);
	return host;
}

static void digest(struct world *world, const struct observation *seen)
{
	const struct hash_key key = {world->digest, 0};
	uint64_t words[4] = {(uint64_t)seen->kind, seen->wall_ns, 0, 0};

	if (seen->target)
		words[2] = seen->target->index;
	if (seen->kind == OBSERVED_PORT)
		words[3] = (uint64_t)seen->port.number << 8 | seen->port.verdict.state;
	world->digest = hash_bytes(key, words, sizeof(words));
}

static void note_port(struct world *world, struct world_host *host, const struct observation *seen)
{
	uint8_t state = seen->port.verdict.state;

	world->port_facts++;
	world->open_facts += state == PORT_OPEN;
	if (!host)
		return;
	host->verdicts++;
	host->open += state == PORT_OPEN;
	host->closed += state == PORT_CLOSED;
	host->filtered += state == PORT_FILTERED;
	if (seen->port.verdict.reason != REASON_SCRIPT_SET)
		assert_int_equal(host->ports[seen->port.number], 0);
	host->ports[seen->port.number] = state;
}

static void note_done(struct world *world, struct world_host *host, const struct observation *seen)
{
	world->done_facts++;
	if (!host)
		return;
	assert_false(host->done);
	host->done = true;
	host->timed_out = seen->done.timed_out;
	host->incomplete = seen->done.incomplete;
	host->done_ns = loop_now_ns(world->loop);
}

static int observe(void *self, const struct observation *seen)
{
	struct world *world = self;
	struct world_host *host = seen->target ? host_of(world, &seen->target->addr) : NULL;

	digest(world, seen);
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
		world->host_facts++;
		world->up_facts += seen->host.state == HOST_UP;
		if (host) {
			host->state = seen->host.state;
			host->reason = seen->host.reason;
		}
		break;
	case OBSERVED_NAME:
		if (host)
			snprintf(host->name, sizeof(host->name), "%s", seen->name);
		break;
	case OBSERVED_PORT:
		note_port(world, host, seen);
		break;
	case OBSERVED_SERVICE:
		host->services++;
		break;
	case OBSERVED_FINDING:
		if (host && seen->finding.place.scope == SCRIPT_PORT)
			host->findings += seen->finding.place.number;
		break;
	case OBSERVED_HOST_DONE:
		note_done(world, host, seen);
		break;
	default:
		break;
	}
	return 0;
}

static void fill_plan(struct plan *plan, const char *const *targets, size_t targets_count,
		      unsigned first_port, unsigned last_port, uint64_t seed)
{
	size_t i;

	plan->targets.expressions = arena_alloc(&plan->arena, targets_count * sizeof(char *));
	for (i = 0; i < targets_count; i++)
		plan->targets.expressions[i] = arena_strdup(&plan->arena, targets[i]);
	plan->targets.expressions_count = targets_count;
	plan->seed = seed;
	plan->names = NAMES_NEVER;
	portset_clear(&plan->discovery.connect);
	portset_add(&plan->discovery.connect, 80);
	portset_add(&plan->discovery.connect, 443);
	plan->port_scan = last_port != 0;
	if (!plan->port_scan)
		return;
	plan->techniques[0] = technique_by_name("tcp-connect");
	plan->techniques_count = 1;
	plan->ports = alloc_zero(sizeof(*plan->ports));
	assert_non_null(plan->ports);
	portset_add_range(&plan->ports->of[TRANSPORT_TCP], (uint16_t)first_port,
			  (uint16_t)last_port);
}

void world_init(struct world *world, const struct flow_sim_host *hosts, size_t hosts_count,
		size_t max_open, const char *const *targets, size_t targets_count,
		unsigned first_port, unsigned last_port, uint64_t seed)
{
	struct flow_sim_config config = {
		.hosts = hosts,
		.hosts_count = hosts_count,
		.max_open = max_open,
		.seed = seed,
	};

	memset(world, 0, sizeof(*world));
	world->hosts = calloc(WORLD_HOSTS_MAX, sizeof(*world->hosts));
	world->loop = loop_sim_new(1700000000 * NS_PER_S);
	assert_non_null(world->loop);
	config.loop = world->loop;
	config.gate = &world->gate;
	assert_int_equal(flow_sim_new(&config, &world->flows), 0);
	world->plan = plan_new();
	assert_non_null(world->plan);
	fill_plan(world->plan, targets, targets_count, first_port, last_port, seed);
	world->sink = (struct sink){world, observe};
}

void world_names(struct world *world, const struct resolver_sim_entry *entries, size_t count)
{
	assert_int_equal(resolver_sim_new(world->loop, entries, count, &world->resolver), 0);
}

static void finished(void *self)
{
	struct world *world = self;

	loop_stop(world->loop);
}

int world_try(struct world *world, struct diag *diag)
{
	const struct run_config config = {
		.plan = world->plan,
		.loop = world->loop,
		.flows = world->flows,
		.resolver = world->resolver,
		.services = world->services,
		.systems = world->systems,
		.scripts = world->scripts,
		.excludes = world->excludes,
		.done = world->done,
		.sinks = &world->sink,
		.sinks_count = 1,
		.finished = finished,
		.self = world,
	};
	int r;

	world->gate.excludes = world->excludes;
	r = run_new(&config, &world->run, diag);
	if (r == 0)
		r = run_start(world->run);
	if (r == 0)
		r = loop_run(world->loop);
	return r;
}

void world_run(struct world *world)
{
	struct diag diag;

	if (!world->resolver)
		world_names(world, NULL, 0);
	assert_int_equal(world_try(world, &diag), 0);
	assert_true(run_is_finished(world->run));
	assert_int_equal(world->begins, 1);
	assert_int_equal(world->ends, 1);
	assert_int_equal(flow_net_open_count(world->flows), 0);
}

void world_release(struct world *world)
{
	run_free(world->run);
	resolver_free(world->resolver);
	flow_net_free(world->flows);
	addrset_free(world->excludes);
	addrset_free(world->done);
	plan_free(world->plan);
	loop_free(world->loop);
	free(world->hosts);
}

uint64_t world_ms(const struct world *world)
{
	return loop_now_ns(world->loop) / NS_PER_MS;
}

void world_cancel_run(void *self)
{
	struct world *world = self;

	run_cancel(world->run);
}
