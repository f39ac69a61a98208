/* The path to hosts (features.md section 14), on simulated networks whose routers are
 * known: what is found, with which packets, and how few of them. */
#include "raw_world.h"

#include "engine/system_detector.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define MS(x)    ((x)*NS_PER_MS)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define PATHS_MOST 256

struct seen_path {
	struct ip_addr target;
	struct path_facts facts;
	struct path_hop hops[PATH_HOPS_MAX];
	char names[PATH_HOPS_MAX][32];
	char countries[PATH_HOPS_MAX][8];
};

struct path_world {
	struct raw_world raw;
	struct sink inner;
	struct seen_path paths[PATHS_MOST];
	unsigned count;
	unsigned begun, ended; /* TASK_PATH */
	struct ip_addr routers[16];
	unsigned out, out_most; /* probes of paths that wait for an answer */
};

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static void note_path(struct path_world *world, const struct observation *seen)
{
	struct seen_path *path = &world->paths[world->count++];
	size_t i;

	assert_in_range(world->count, 1, PATHS_MOST);
	path->target = seen->target->addr;
	path->facts = *seen->path;
	memcpy(path->hops, seen->path->hops, seen->path->hops_count * sizeof(path->hops[0]));
	for (i = 0; i < seen->path->hops_count; i++) {
		const struct path_hop *hop = &seen->path->hops[i];

		assert_int_equal(hop->ttl, i + 1);
		snprintf(path->names[i], sizeof(path->names[i]), "%s", hop->name ? hop->name : "");
		snprintf(path->countries[i], sizeof(path->countries[i]), "%s",
			 hop->place.country ? hop->place.country : "");
	}
}

static int observe(void *self, const struct observation *seen)
{
	struct path_world *world = self;

	if (seen->kind == OBSERVED_PATH)
		note_path(world, seen);
	if (seen->kind == OBSERVED_TASK_BEGIN && seen->task.task == TASK_PATH)
		world->begun++;
	if (seen->kind == OBSERVED_TASK_END && seen->task.task == TASK_PATH) {
		assert_int_equal(world->begun, 1);
		world->ended++;
	}
	return world->inner.observe(world->inner.self, seen);
}

static void world_init(struct path_world *world, uint64_t seed)
{
	memset(world, 0, sizeof(*world));
	raw_world_init(&world->raw, LINK_ETHERNET, seed);
	world->inner = world->raw.sink;
	world->raw.sink = (struct sink){world, observe};
	world->raw.plan->path.wanted = true;
}

/* Hosts behind `distance` routers: 10.200.0.1, 10.200.0.2 ... (or fd0a::1 ...). */
static struct link_sim_host *add_hosts(struct path_world *world, const char *first,
				       const char *last, uint8_t distance)
{
	struct link_sim_host *host = net_world_add(&world->raw.net, first, last);
	unsigned i;

	host->distance = distance;
	for (i = 0; i < distance; i++)
		assert_true(
			ip_add(&(struct ip_addr){.family = host->first.family,
						 .bytes = {host->first.family == IP_V4 ? 10 : 0xfd,
							   host->first.family == IP_V4 ? 200 : 10}},
			       i + 1, &world->routers[i]));
	host->routers = world->routers;
	return host;
}

static const struct seen_path *path_to(const struct path_world *world, const char *text)
{
	const struct ip_addr addr = addr_of(text);
	unsigned i;

	for (i = 0; i < world->count; i++)
		if (ip_equal(&world->paths[i].target, &addr))
			return &world->paths[i];
	fail_msg("no path to %s", text);
	return NULL;
}

/* All routers, then the target. */
static void assert_path(const struct path_world *world, const struct seen_path *path,
			unsigned distance)
{
	unsigned i;

	assert_true(path->facts.reached);
	assert_false(path->facts.incomplete);
	assert_int_equal(path->facts.hops_count, distance + 1);
	for (i = 0; i < distance; i++) {
		assert_true(ip_equal(&path->hops[i].from, &world->routers[i]));
		assert_int_equal(path->hops[i].has_rtt, world->routers[i].family != IP_NONE);
	}
	assert_true(ip_equal(&path->hops[distance].from, &path->target));
}

static void run_to(struct path_world *world, const char *target)
{
	raw_world_target(&world->raw, target);
	raw_world_run(&world->raw);
	assert_int_equal(world->ended, world->begun);
}

static void release(struct path_world *world)
{
	raw_world_release(&world->raw);
}

/* ---- the path ---- */

static void every_router_and_the_target_are_found(void **state)
{
	static struct path_world world;
	const struct seen_path *path;
	unsigned distance;

	for (distance = 1; distance <= 14; distance++) {
		world_init(&world, distance);
		add_hosts(&world, "10.7.0.1", "10.7.0.1", (uint8_t)distance);
		run_to(&world, "10.7.0.1");
		path = path_to(&world, "10.7.0.1");
		assert_path(&world, path, distance);
		assert_int_equal(path->facts.probe, PATH_PROTOCOL);
		assert_int_equal(path->facts.number, 1);
		assert_in_range(path->hops[0].rtt_us, 19000, 21000);
		assert_int_equal(path->facts.same_hops, 0);
		/* The answer to the ping told how far it is. */
		assert_int_equal(path->facts.probes_sent, distance + 1);
		assert_true(raw_world_find(&world.raw, "10.7.0.1")->done);
		assert_int_equal(world.begun, 1);
		release(&world);
	}
}

static void ipv6_as_well(void **state)
{
	static struct path_world world;
	const struct seen_path *path;

	world_init(&world, 6);
	add_hosts(&world, "fd07::1", "fd07::1", 4);
	run_to(&world, "fd07::1");
	path = path_to(&world, "fd07::1");
	assert_path(&world, path, 4);
	assert_int_equal(path->facts.number, 58);
	release(&world);
}

static void silent_hops_are_asked_three_times_and_left_out(void **state)
{
	static struct path_world world;
	const struct seen_path *path;

	world_init(&world, 1);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 5);
	world.routers[1] = world.routers[2] = (struct ip_addr){.family = IP_NONE};
	run_to(&world, "10.7.0.1");
	path = path_to(&world, "10.7.0.1");
	assert_path(&world, path, 5);
	assert_int_equal(path->facts.probes_sent, 6 + 2 * 2);
	assert_in_range(raw_world_ms(&world.raw), 3000, 3300);
	release(&world);
}

static void retries_are_limited_by_the_plan(void **state)
{
	static struct path_world world;

	world_init(&world, 1);
	world.raw.plan->timing.max_retries = 1;
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 5);
	world.routers[1] = (struct ip_addr){.family = IP_NONE};
	run_to(&world, "10.7.0.1");
	assert_int_equal(path_to(&world, "10.7.0.1")->facts.probes_sent, 6 + 1);
	release(&world);
}

static void the_way_back_may_be_another(void **state)
{
	static const uint8_t backs[] = {1, 3, 12, 25};
	static struct path_world world;
	unsigned i;

	for (i = 0; i < COUNT(backs); i++) {
		world_init(&world, i);
		add_hosts(&world, "10.7.0.1", "10.7.0.1", 6)->back_distance = backs[i];
		run_to(&world, "10.7.0.1");
		assert_path(&world, path_to(&world, "10.7.0.1"), 6);
		release(&world);
	}
}

static void loss_does_not_change_the_path(void **state)
{
	static struct path_world world;
	unsigned seed;

	for (seed = 0; seed < 20; seed++) {
		world_init(&world, seed);
		net_world_lose(&world.raw.net, 0.05);
		net_world_reorder(&world.raw.net, 0.2, MS(15));
		add_hosts(&world, "10.7.0.1", "10.7.0.1", 8);
		world.raw.plan->discovery.skip = true;
		run_to(&world, "10.7.0.1");
		/* A hop may be lost three times, but is never another's. */
		if (path_to(&world, "10.7.0.1")->facts.probes_sent < 16)
			assert_path(&world, path_to(&world, "10.7.0.1"), 8);
		release(&world);
	}
}

static void a_silent_target_ends_at_ttl_30(void **state)
{
	static const struct link_sim_stack silent = {.ttl = 64};
	static struct path_world world;
	const struct seen_path *path;

	world_init(&world, 3);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 3)->stack = &silent;
	world.raw.plan->discovery.skip = true;
	run_to(&world, "10.7.0.1");
	path = path_to(&world, "10.7.0.1");
	assert_false(path->facts.reached);
	assert_int_equal(path->facts.hops_count, 30);
	assert_true(ip_equal(&path->hops[2].from, &world.routers[2]));
	assert_int_equal(path->hops[3].from.family, IP_NONE);
	assert_int_equal(path->hops[29].from.family, IP_NONE);
	assert_int_equal(path->facts.probes_sent, 3 + 3 * 27);
	/* Nmap 7.93 takes 7 s. */
	assert_in_range(raw_world_ms(&world.raw), 3000, 6500);
	release(&world);
}

static void a_router_that_says_unreachable_is_a_hop(void **state)
{
	static struct path_world world;
	struct link_sim_host *host;
	const struct seen_path *path;

	world_init(&world, 3);
	host = add_hosts(&world, "10.7.0.1", "10.7.0.1", 3);
	host->unreachable = true;
	host->router = world.routers[2];
	world.raw.plan->discovery.skip = true;
	run_to(&world, "10.7.0.1");
	path = path_to(&world, "10.7.0.1");
	assert_false(path->facts.reached);
	assert_int_equal(path->facts.hops_count, 30);
	assert_true(ip_equal(&path->hops[1].from, &world.routers[1]));
	assert_true(ip_equal(&path->hops[2].from, &world.routers[2]));
	assert_true(ip_equal(&path->hops[29].from, &world.routers[2]));
	release(&world);
}

/* ---- what OS detection knows ---- */

struct surveyor {
	struct system_detector detector;
	struct loop *loop;
	struct deferred soon;
	struct system_order order;
	char by;
};

static void survey(void *self)
{
	struct surveyor *surveyor = self;
	const struct system_facts facts = {
		.has_distance = true,
		.distance = 5,
		.distance_by = surveyor->by,
	};

	surveyor->order.found(surveyor->order.self, &facts);
	surveyor->order.done(surveyor->order.self);
}

static int survey_start(void *self, const struct system_order *order, struct system_work **ret_work)
{
	struct surveyor *surveyor = self;

	surveyor->order = *order;
	surveyor->soon = (struct deferred){.run = survey, .self = surveyor};
	loop_defer(surveyor->loop, &surveyor->soon);
	*ret_work = (struct system_work *)surveyor;
	return 0;
}

static void survey_stop(void *self, struct system_work *work)
{
	struct surveyor *surveyor = self;

	loop_defer_cancel(surveyor->loop, &surveyor->soon);
}

static void the_distance_of_os_detection_is_the_start(void **state)
{
	static const struct {
		char by;
		unsigned probes;
	} rows[] = {{'I', 5}, {'D', 21}};
	static struct path_world world;
	unsigned i;

	for (i = 0; i < COUNT(rows); i++) {
		struct surveyor surveyor = {.by = rows[i].by};

		world_init(&world, 2);
		surveyor.loop = world.raw.net.loop;
		surveyor.detector = (struct system_detector){&surveyor, survey_start, survey_stop};
		world.raw.systems = &surveyor.detector;
		world.raw.plan->system.wanted = true;
		raw_world_technique(&world.raw, "tcp-syn");
		raw_world_ports(&world.raw, TRANSPORT_TCP, 80, 80);
		add_hosts(&world, "10.7.0.1", "10.7.0.1", 4)->back_distance = 20;
		run_to(&world, "10.7.0.1");
		assert_path(&world, path_to(&world, "10.7.0.1"), 4);
		assert_int_equal(path_to(&world, "10.7.0.1")->facts.probes_sent, rows[i].probes);
		release(&world);
	}
}

/* ---- many hosts ---- */

static void shared_hops_are_asked_for_once(void **state)
{
	static struct path_world world;
	struct ip_addr same_as = {.family = IP_NONE};
	unsigned i, alone = 0, probes = 0;

	world_init(&world, 4);
	add_hosts(&world, "10.7.0.0", "10.7.0.127", 8);
	run_to(&world, "10.7.0.0/25");
	assert_int_equal(world.count, 128);
	for (i = 0; i < world.count; i++) {
		const struct seen_path *path = &world.paths[i];

		assert_path(&world, path, 8);
		probes += path->facts.probes_sent;
		if (!path->facts.same_hops) {
			alone++;
			same_as = path->target;
			continue;
		}
		assert_int_equal(path->facts.same_hops, 8);
		assert_true(ip_equal(&path->facts.same_as, &same_as));
		assert_true(path->hops[0].cached);
		assert_false(path->hops[8].cached);
		assert_int_equal(path->facts.probes_sent, 2);
	}
	assert_int_equal(alone, 1);
	assert_int_equal(probes, 9 + 127 * 2);
	release(&world);
}

/* Hosts that were never heard of start where the longest path so far ended. */
static void the_longest_path_is_where_others_start(void **state)
{
	static struct path_world world;
	unsigned i, second = 0;

	world_init(&world, 4);
	world.raw.plan->discovery.skip = true;
	add_hosts(&world, "10.7.0.1", "10.7.0.2", 14);
	raw_world_technique(&world.raw, "tcp-syn");
	raw_world_ports(&world.raw, TRANSPORT_TCP, 100, 100);
	world.raw.plan->timing.max_hostgroup = 1; /* one after the other */
	run_to(&world, "10.7.0.1-2");
	assert_int_equal(world.count, 2);
	for (i = 0; i < world.count; i++) {
		assert_path(&world, &world.paths[i], 14);
		if (world.paths[i].facts.same_hops)
			second = world.paths[i].facts.probes_sent;
	}
	assert_int_equal(second, 2);
	release(&world);
}

/* As Linux does: 50 at once, then 1,000 a second. */
static void routers_that_say_it_so_often_are_not_overrun(void **state)
{
	static struct path_world world;
	static struct link_sim_stack stack;
	struct link_sim_host *host;
	unsigned i;

	world_init(&world, 4);
	stack = link_sim_plain;
	stack.icmp = (struct link_sim_rate){1000, 50};
	host = add_hosts(&world, "10.7.0.0", "10.7.0.127", 6);
	host->stack = &stack;
	host->rtt_ns = MS(1) / 2;
	run_to(&world, "10.7.0.0/25");
	assert_int_equal(world.count, 128);
	for (i = 0; i < world.count; i++)
		assert_in_range(world.paths[i].facts.probes_sent, 1, 7);
	assert_in_range(raw_world_ms(&world.raw), 1, 900);
	release(&world);
}

static void count_probes(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
			 size_t count)
{
	struct path_world *world = self;
	struct packet packet;

	if (!packet_parse(bytes + 14, count - 14, &packet) || packet.kind != PACKET_ICMP)
		return;
	if (where == LINK_SIM_SENT && packet.icmp.type == ICMP_ECHO && packet.ip.ttl <= 30)
		world->out++;
	if (where == LINK_SIM_HEARD && world->out)
		world->out--;
	if (world->out > world->out_most)
		world->out_most = world->out;
}

static void ten_are_outstanding_at_most(void **state)
{
	static struct path_world world;

	world_init(&world, 4);
	world.raw.net.config.tap = count_probes;
	world.raw.net.config.tap_self = &world;
	add_hosts(&world, "10.7.0.0", "10.7.0.127", 12);
	run_to(&world, "10.7.0.0/25");
	assert_int_equal(world.count, 128);
	assert_int_equal(world.out_most, 10);
	release(&world);
}

static void ways_that_part_are_told_apart(void **state)
{
	static struct path_world world;
	static struct ip_addr others[6];
	struct link_sim_host *host;
	const struct seen_path *path;

	world_init(&world, 5);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 6);
	memcpy(others, world.routers, sizeof(others));
	others[3] = addr_of("10.201.0.4");
	others[4] = addr_of("10.201.0.5");
	others[5] = addr_of("10.201.0.6");
	host = net_world_add(&world.raw.net, "10.8.0.1", "10.8.0.1");
	host->distance = 6;
	host->routers = others;
	raw_world_target(&world.raw, "10.7.0.1");
	run_to(&world, "10.8.0.1");
	path = path_to(&world, "10.7.0.1");
	if (!path->facts.same_hops)
		path = path_to(&world, "10.8.0.1");
	assert_int_equal(path->facts.same_hops, 3);
	assert_int_equal(path->facts.hops_count, 7);
	assert_true(path->facts.reached);
	assert_path(&world, path_to(&world, "10.7.0.1"), 6);
	path = path_to(&world, "10.8.0.1");
	assert_true(ip_equal(&path->hops[3].from, &others[3]));
	assert_true(ip_equal(&path->hops[2].from, &world.routers[2]));
	release(&world);
}

/* ---- without a packet ---- */

static void neighbours_need_no_packet_and_we_have_no_path(void **state)
{
	static struct path_world world;
	struct link_sim_truth truth;
	const struct seen_path *path;

	world_init(&world, 7);
	net_world_add(&world.raw.net, "10.0.0.9", "10.0.0.9");
	raw_world_target(&world.raw, "10.0.0.1");
	run_to(&world, "10.0.0.9");
	assert_int_equal(world.count, 1);
	path = path_to(&world, "10.0.0.9");
	assert_int_equal(world.begun, 0);
	assert_int_equal(path->facts.probe, PATH_NONE);
	assert_int_equal(path->facts.hops_count, 1);
	assert_true(path->facts.reached);
	assert_true(path->hops[0].has_rtt);
	assert_in_range(path->hops[0].rtt_us, 900, 1100);
	assert_true(raw_world_find(&world.raw, "10.0.0.1")->done);
	raw_world_truth(&world.raw, &truth);
	assert_int_equal(truth.expired, 0);
	release(&world);
}

static void our_own_addresses_are_no_task(void **state)
{
	static struct path_world world;

	world_init(&world, 7);
	run_to(&world, "10.0.0.1");
	assert_int_equal(world.count, 0);
	assert_int_equal(world.begun, 0);
	assert_true(raw_world_find(&world.raw, "10.0.0.1")->done);
	release(&world);
}

static void nothing_is_traced_unasked_or_to_who_is_down(void **state)
{
	static struct path_world world;

	world_init(&world, 8);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 3);
	world.raw.plan->path.wanted = false;
	run_to(&world, "10.7.0.1");
	assert_int_equal(world.count, 0);
	release(&world);
	world_init(&world, 8);
	run_to(&world, "10.7.0.1");
	assert_int_equal(world.count, 0);
	assert_int_equal(world.begun, 0);
	release(&world);
}

/* ---- the probe that worked ---- */

struct probe_row {
	const char *ping, *technique;
	uint16_t ping_port, port;
	enum path_probe probe;
	enum transport transport;
	uint16_t number;
};

/* As Nmap 7.93 chose when it was watched. */
static const struct probe_row probe_rows[] = {
	{"icmp-echo", NULL, 0, 0, PATH_PROTOCOL, 0, 1},
	{"icmp-timestamp", NULL, 0, 0, PATH_PROTOCOL, 0, 1},
	{"tcp-syn", NULL, 80, 0, PATH_PORT, TRANSPORT_TCP, 80},
	{"tcp-ack", NULL, 81, 0, PATH_PORT, TRANSPORT_TCP, 81},
	{"udp", NULL, 40, 0, PATH_PORT, TRANSPORT_UDP, 40},
	{"sctp-init", NULL, 22, 0, PATH_PORT, TRANSPORT_SCTP, 22},
	{"ip-protocol", NULL, 17, 0, PATH_PROTOCOL, 0, 17},
	{"ip-protocol", NULL, 6, 0, PATH_PROTOCOL, 0, 6},
	{"ip-protocol", NULL, 132, 0, PATH_PROTOCOL, 0, 132},
	{"ip-protocol", NULL, 1, 0, PATH_PROTOCOL, 0, 1},
	{"ip-protocol", NULL, 99, 0, PATH_PROTOCOL, 0, 99},
	{"icmp-echo", "tcp-syn", 0, 80, PATH_PORT, TRANSPORT_TCP, 80},
	{"icmp-echo", "tcp-syn", 0, 81, PATH_PORT, TRANSPORT_TCP, 81},
	{"icmp-echo", "tcp-syn", 0, 101, PATH_PROTOCOL, 0, 1},
	{"icmp-echo", "tcp-syn", 0, 200, PATH_PROTOCOL, 0, 1},
	{"tcp-syn", "tcp-syn", 80, 81, PATH_PORT, TRANSPORT_TCP, 81},
	{"tcp-syn", "tcp-syn", 81, 80, PATH_PORT, TRANSPORT_TCP, 81},
	{"tcp-ack", "tcp-syn", 80, 81, PATH_PORT, TRANSPORT_TCP, 80},
	{"tcp-syn", "tcp-ack", 81, 80, PATH_PORT, TRANSPORT_TCP, 80},
	{"tcp-syn", "tcp-fin", 81, 82, PATH_PORT, TRANSPORT_TCP, 82},
	{"udp", "tcp-syn", 40, 80, PATH_PORT, TRANSPORT_TCP, 80},
	{"icmp-echo", "udp", 0, 54, PATH_PORT, TRANSPORT_UDP, 54},
	{"icmp-echo", "udp", 0, 123, PATH_PORT, TRANSPORT_UDP, 123},
	{"udp", "udp", 40, 54, PATH_PORT, TRANSPORT_UDP, 40},
	{"sctp-init", "udp", 22, 54, PATH_PORT, TRANSPORT_SCTP, 22},
	{"sctp-init", "tcp-syn", 22, 80, PATH_PORT, TRANSPORT_SCTP, 22},
	{"sctp-init", "tcp-syn", 22, 81, PATH_PORT, TRANSPORT_TCP, 81},
	{"ip-protocol", "tcp-syn", 17, 80, PATH_PORT, TRANSPORT_TCP, 80},
	{"ip-protocol", "udp", 17, 54, PATH_PORT, TRANSPORT_UDP, 54},
	{"tcp-syn", "ip-protocol", 80, 17, PATH_PROTOCOL, 0, 17},
	{"tcp-ack", "ip-protocol", 80, 6, PATH_PROTOCOL, 0, 6},
	{"icmp-echo", "ip-protocol", 0, 1, PATH_PROTOCOL, 0, 1},
};

static void run_row(struct path_world *world, const struct probe_row *row)
{
	const struct seen_path *path;

	raw_world_no_pings(&world->raw);
	raw_world_ping(&world->raw, row->ping, row->ping_port);
	if (row->technique) {
		raw_world_technique(&world->raw, row->technique);
		raw_world_ports(&world->raw, technique_by_name(row->technique)->transport,
				row->port, row->port);
	}
	add_hosts(world, "10.7.0.1", "10.7.0.1", 5);
	run_to(world, "10.7.0.1");
	path = path_to(world, "10.7.0.1");
	assert_int_equal(path->facts.probe, row->probe);
	assert_int_equal(path->facts.number, row->number);
	if (row->probe == PATH_PORT)
		assert_int_equal(path->facts.transport, row->transport);
	assert_path(world, path, 5);
	assert_int_equal(path->facts.probes_sent, 6);
}

static void the_best_probe_that_was_answered_is_used(void **state)
{
	static struct path_world world;
	unsigned i;

	for (i = 0; i < COUNT(probe_rows); i++) {
		world_init(&world, i);
		run_row(&world, &probe_rows[i]);
		release(&world);
	}
}

static void one_source_port_is_enough(void **state)
{
	static struct path_world world;
	unsigned i;

	for (i = 0; i < COUNT(probe_rows); i++) {
		world_init(&world, i);
		world.raw.plan->packets.has_source_port = true;
		world.raw.plan->packets.source_port = 53;
		run_row(&world, &probe_rows[i]);
		release(&world);
	}
}

/* ---- names and places ---- */

static void tell_place(void *self, const struct ip_addr *addr, struct path_place *ret_place)
{
	static char country[3];

	snprintf(country, sizeof(country), "C%u", addr->bytes[3] % 10u);
	ret_place->country = country;
	ret_place->asn = addr->bytes[3];
}

static void hops_get_names_and_places(void **state)
{
	static struct path_world world;
	const struct resolver_sim_entry entries[] = {
		{.name = "one.example", .addr = addr_of("10.200.0.1"), .delay_ns = MS(500)},
		{.name = "three.example", .addr = addr_of("10.200.0.3")},
		{.name = "end.example", .addr = addr_of("10.7.0.1")},
	};
	const struct seen_path *path;

	world_init(&world, 9);
	world.raw.plan->names = NAMES_UP;
	world.raw.place = tell_place;
	assert_int_equal(
		resolver_sim_new(world.raw.net.loop, entries, COUNT(entries), &world.raw.resolver),
		0);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 4);
	run_to(&world, "10.7.0.1");
	path = path_to(&world, "10.7.0.1");
	assert_string_equal(path->names[0], "one.example");
	assert_string_equal(path->names[1], "");
	assert_string_equal(path->names[2], "three.example");
	assert_string_equal(path->names[4], "end.example");
	assert_string_equal(path->countries[0], "C1");
	assert_string_equal(path->countries[3], "C4");
	assert_int_equal(path->hops[3].place.asn, 4);
	release(&world);
}

static void no_names_with_n(void **state)
{
	static struct path_world world;
	const struct resolver_sim_entry entries[] = {
		{.name = "one.example", .addr = addr_of("10.200.0.1")}};

	world_init(&world, 9);
	assert_int_equal(
		resolver_sim_new(world.raw.net.loop, entries, COUNT(entries), &world.raw.resolver),
		0);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 4);
	run_to(&world, "10.7.0.1");
	assert_string_equal(path_to(&world, "10.7.0.1")->names[0], "");
	release(&world);
}

/* ---- when it does not go on ---- */

static void the_host_timeout_goes_on(void **state)
{
	static struct path_world world;
	struct raw_world_host *host;

	world_init(&world, 10);
	raw_world_technique(&world.raw, "tcp-syn");
	raw_world_ports(&world.raw, TRANSPORT_TCP, 80, 80);
	world.raw.plan->timing.host_timeout_ns = MS(1500);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 4);
	world.routers[2] = (struct ip_addr){.family = IP_NONE};
	run_to(&world, "10.7.0.1");
	assert_int_equal(world.count, 0);
	host = raw_world_find(&world.raw, "10.7.0.1");
	assert_true(host->timed_out);
	assert_in_range(raw_world_ms(&world.raw), 1500, 1600);
	release(&world);
}

static void a_cancelled_run_tells_no_path(void **state)
{
	static struct path_world world;
	struct timer timer = {.fire = raw_world_cancel, .self = &world.raw};

	world_init(&world, 11);
	add_hosts(&world, "10.7.0.0", "10.7.0.15", 4);
	world.routers[2] = (struct ip_addr){.family = IP_NONE};
	assert_int_equal(loop_timer_set(world.raw.net.loop, &timer, MS(1500)), 0);
	raw_world_target(&world.raw, "10.7.0.0/28");
	raw_world_run(&world.raw);
	assert_int_equal(world.raw.end.end.outcome, RUN_CANCELLED);
	assert_true(raw_world_find(&world.raw, "10.7.0.5")->incomplete);
	release(&world);
}

static void a_cancelled_run_waits_for_no_name(void **state)
{
	static struct path_world world;
	const struct resolver_sim_entry entries[] = {
		{.name = "one.example", .addr = addr_of("10.200.0.1"), .delay_ns = MS(5000)}};
	struct timer timer = {.fire = raw_world_cancel, .self = &world.raw};

	world_init(&world, 11);
	world.raw.plan->names = NAMES_UP;
	assert_int_equal(
		resolver_sim_new(world.raw.net.loop, entries, COUNT(entries), &world.raw.resolver),
		0);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 4);
	assert_int_equal(loop_timer_set(world.raw.net.loop, &timer, MS(1500)), 0);
	raw_world_target(&world.raw, "10.7.0.1");
	raw_world_run(&world.raw);
	assert_int_equal(world.count, 0);
	assert_int_equal(resolver_outstanding(world.raw.resolver), 0);
	assert_true(raw_world_find(&world.raw, "10.7.0.1")->incomplete);
	release(&world);
}

static void a_lost_link_ends_it(void **state)
{
	static struct path_world world;

	world_init(&world, 12);
	add_hosts(&world, "10.7.0.1", "10.7.0.1", 4);
	world.routers[2] = (struct ip_addr){.family = IP_NONE};
	world.raw.net.config.lost_at_ns = MS(1200);
	run_to(&world, "10.7.0.1");
	assert_true(raw_world_find(&world.raw, "10.7.0.1")->incomplete);
	assert_true(path_to(&world, "10.7.0.1")->facts.incomplete);
	release(&world);
}

static void the_rate_of_the_plan_holds(void **state)
{
	static struct path_world world;
	struct link_sim_truth truth;

	world_init(&world, 13);
	world.raw.plan->timing.max_rate_pps = 10;
	add_hosts(&world, "10.7.0.0", "10.7.0.15", 6);
	run_to(&world, "10.7.0.0/28");
	raw_world_truth(&world.raw, &truth);
	assert_int_equal(world.count, 16);
	assert_in_range(raw_world_ms(&world.raw), (truth.out.entered - 12) * 100, 20000);
	release(&world);
}

static void memory_may_run_out(void **state)
{
	static struct path_world world;
	struct diag diag;
	long nth;
	bool hit = true;

	for (nth = 0; hit; nth++) {
		world_init(&world, 14);
		add_hosts(&world, "10.7.0.1", "10.7.0.2", 4);
		raw_world_target(&world.raw, "10.7.0.1-2");
		raw_world_ready(&world.raw);
		alloc_fault_after(nth);
		if (raw_world_try(&world.raw, &diag) == 0)
			assert_true(run_is_finished(world.raw.run));
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		release(&world);
	}
	assert_true(nth > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_router_and_the_target_are_found),
		cmocka_unit_test(ipv6_as_well),
		cmocka_unit_test(silent_hops_are_asked_three_times_and_left_out),
		cmocka_unit_test(retries_are_limited_by_the_plan),
		cmocka_unit_test(the_way_back_may_be_another),
		cmocka_unit_test(loss_does_not_change_the_path),
		cmocka_unit_test(a_silent_target_ends_at_ttl_30),
		cmocka_unit_test(a_router_that_says_unreachable_is_a_hop),
		cmocka_unit_test(the_distance_of_os_detection_is_the_start),
		cmocka_unit_test(shared_hops_are_asked_for_once),
		cmocka_unit_test(the_longest_path_is_where_others_start),
		cmocka_unit_test(routers_that_say_it_so_often_are_not_overrun),
		cmocka_unit_test(ten_are_outstanding_at_most),
		cmocka_unit_test(ways_that_part_are_told_apart),
		cmocka_unit_test(neighbours_need_no_packet_and_we_have_no_path),
		cmocka_unit_test(our_own_addresses_are_no_task),
		cmocka_unit_test(nothing_is_traced_unasked_or_to_who_is_down),
		cmocka_unit_test(the_best_probe_that_was_answered_is_used),
		cmocka_unit_test(one_source_port_is_enough),
		cmocka_unit_test(hops_get_names_and_places),
		cmocka_unit_test(no_names_with_n),
		cmocka_unit_test(the_host_timeout_goes_on),
		cmocka_unit_test(a_cancelled_run_tells_no_path),
		cmocka_unit_test(a_cancelled_run_waits_for_no_name),
		cmocka_unit_test(a_lost_link_ends_it),
		cmocka_unit_test(the_rate_of_the_plan_holds),
		cmocka_unit_test(memory_may_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
