#include "service_world.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

static void keep(char *to, size_t room, const char *text)
{
	snprintf(to, room, "%s", text ? text : "");
}

static struct service_fact *fact_of(struct service_world *world, uint16_t port)
{
	size_t i;

	for (i = 0; i < world->ports_count; i++)
		if (world->ports[i].number == port)
			return &world->facts[i];
	fail_msg("a fact about port %u, which nobody asked for", port);
	return NULL;
}

static void opened(void *self, const struct detect_port *port)
{
	struct service_world *world = self;

	(void)port;
	world->opened++;
}

static void found(void *self, const struct detect_port *port, const struct service_facts *facts)
{
	struct service_world *world = self;
	struct service_fact *fact = fact_of(world, port->number);

	fact->told = true;
	fact->times++;
	fact->port = port->number;
	fact->end = facts->end;
	fact->tunnel = facts->tunnel;
	fact->confidence = facts->confidence;
	fact->probes_sent = facts->probes_sent;
	fact->at_ns = loop_now_ns(world->loop);
	keep(fact->name, sizeof(fact->name), facts->name);
	keep(fact->product, sizeof(fact->product), facts->product);
	keep(fact->version, sizeof(fact->version), facts->version);
	keep(fact->extrainfo, sizeof(fact->extrainfo), facts->extrainfo);
	keep(fact->probe, sizeof(fact->probe), facts->probe);
	keep(fact->fingerprint, sizeof(fact->fingerprint), facts->fingerprint);
	keep(fact->subject, sizeof(fact->subject),
	     facts->tls ? facts->tls->certificate.subject : NULL);
	keep(fact->finding, sizeof(fact->finding), facts->finding ? facts->finding->id : NULL);
	keep(fact->seen, sizeof(fact->seen), facts->finding ? facts->finding->seen : NULL);
	keep(fact->source, sizeof(fact->source), facts->finding ? facts->finding->source : NULL);
	keep(fact->alpn, sizeof(fact->alpn), facts->tls ? facts->tls->alpn : NULL);
}

static void done(void *self)
{
	struct service_world *world = self;

	world->done++;
	world->work = NULL;
}

static void traced(void *self, const char *line)
{
	struct service_world *world = self;
	int bytes = snprintf(world->trace + world->trace_bytes,
			     sizeof(world->trace) - world->trace_bytes, "%s\n", line);

	if (bytes > 0 && world->trace_bytes + (size_t)bytes < sizeof(world->trace))
		world->trace_bytes += (size_t)bytes;
}

static void make_flows(struct service_world *world, size_t most, uint64_t seed)
{
	const struct flow_sim_config config = {
		.loop = world->loop,
		.gate = &world->gate,
		.hosts = &world->host,
		.hosts_count = 1,
		.max_open = most,
		.seed = seed,
	};

	assert_int_equal(flow_sim_new(&config, &world->flows), 0);
}

void service_world_limit(struct service_world *world, size_t connections)
{
	flow_net_free(world->flows);
	make_flows(world, connections, 1);
}

static void stop(void *self)
{
	struct service_world *world = self;
	struct detector detector = service_scan_detector(world->scan);

	assert_non_null(world->work);
	detector.stop(detector.self, world->work);
	world->work = NULL;
}

void service_world_init(struct service_world *world, enum probe_manner manner,
			const char *signatures, const struct flow_sim_port *servers, size_t count,
			uint64_t seed)
{
	struct text_file text = {"test.probe", signatures, strlen(signatures)};
	struct diag diag = {0};

	memset(world, 0, sizeof(*world));
	assert_true(ip_parse("10.0.0.1", &world->target.addr));
	world->host = (struct flow_sim_host){.first = world->target.addr,
					     .last = world->target.addr,
					     .rtt_ns = 10 * NS_PER_MS,
					     .ports = servers,
					     .ports_count = count,
					     .otherwise = FLOW_END_REFUSED};
	world->loop = loop_sim_new(1700000000 * NS_PER_S);
	make_flows(world, 0, seed);
	world->plan = plan_new();
	assert_non_null(world->plan);
	world->plan->version.wanted = true;
	world->plan->version.intensity = 7;
	if (probe_db_parse(&text, 1, manner, &world->db, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(matcher_new(world->db, NULL, NULL, &world->matcher), 0);
}

void service_world_port(struct service_world *world, enum transport transport, uint16_t number,
			enum port_state state)
{
	assert_true(world->ports_count < SERVICE_WORLD_PORTS);
	world->ports[world->ports_count++] =
		(struct detect_port){.transport = transport, .number = number, .state = state};
}

int service_world_try(struct service_world *world)
{
	const struct service_scan_config config = {
		.plan = world->plan,
		.loop = world->loop,
		.flows = world->flows,
		.db = world->db,
		.matcher = world->matcher,
		.programs = world->programs,
		.trace = traced,
		.self = world,
	};
	const struct detect_order order = {
		.target = &world->target,
		.ports = world->ports,
		.ports_count = world->ports_count,
		.opened = opened,
		.found = found,
		.done = done,
		.self = world,
	};
	struct detector detector;
	int r = service_scan_new(&config, &world->scan);

	if (r < 0)
		return r;
	detector = service_scan_detector(world->scan);
	r = detector.start(detector.self, &order, &world->work);
	if (r < 0)
		return r;
	world->stop.fire = stop;
	world->stop.self = world;
	if (world->stop_ns)
		assert_int_equal(loop_timer_set(world->loop, &world->stop, world->stop_ns), 0);
	return loop_run(world->loop);
}

void service_world_run(struct service_world *world)
{
	size_t i;

	assert_int_equal(service_world_try(world), 0);
	assert_int_equal(world->done, 1);
	for (i = 0; i < world->ports_count; i++)
		assert_int_equal(world->facts[i].times, 1);
	assert_int_equal(flow_net_open_count(world->flows), 0);
}

const struct service_fact *service_world_fact(const struct service_world *world, uint16_t port)
{
	size_t i;

	for (i = 0; i < world->ports_count; i++)
		if (world->ports[i].number == port && world->facts[i].told)
			return &world->facts[i];
	fail_msg("nothing was told of port %u", port);
	return NULL;
}

unsigned service_world_traced(const struct service_world *world, const char *text)
{
	const char *at = world->trace;
	unsigned times = 0;

	while ((at = strstr(at, text))) {
		times++;
		at += strlen(text);
	}
	return times;
}

void service_world_release(struct service_world *world)
{
	service_scan_free(world->scan);
	matcher_free(world->matcher);
	probe_db_free(world->db);
	rpc_programs_free(world->programs);
	flow_net_free(world->flows);
	plan_free(world->plan);
	loop_free(world->loop);
	alloc_free(world->target.name);
}
