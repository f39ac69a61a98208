#include "support.h"

#include "engine/flow.h"
#include "util/error.h"

#include <string.h>

#define RTT_NS      (20 * NS_PER_MS)
#define MANY        20000
#define SEED        42
#define DEADLINE_NS (5 * NS_PER_S)

/* Counts what many flows came to, and in which order. */
struct tally {
	struct loop *loop;
	size_t connected, refused, silent, others;
	uint64_t order; /* a hash of who ended when */
	uint64_t last_ns;
};

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct tally *tally = self;

	tally->last_ns = loop_now_ns(tally->loop);
	tally->order = (tally->order ^ ((uint64_t)event->kind << 8 | event->end)) * 0x100000001b3u;
	tally->order = (tally->order ^ tally->last_ns) * 0x100000001b3u;
	if (event->kind == FLOW_CONNECTED) {
		tally->connected++;
		assert_int_equal(event->rtt_ns, RTT_NS);
		flow_close(flow);
	} else if (event->end == FLOW_END_REFUSED) {
		tally->refused++;
		assert_int_equal(event->rtt_ns, RTT_NS);
	} else if (event->end == FLOW_END_DEADLINE) {
		tally->silent++;
		assert_int_equal(event->rtt_ns, 0);
	} else {
		tally->others++;
	}
}

static const struct flow_sim_port ports[] = {
	{.first = 22, .last = 22},
	{.first = 80, .last = 90, .connect = FLOW_END_HOST_UNREACH},
	{.first = 100, .last = 100, .connect = FLOW_END_DEADLINE},
};

static struct flow_sim_host host_of(uint32_t first, uint32_t last)
{
	return (struct flow_sim_host){
		.first = ip_v4(first),
		.last = ip_v4(last),
		.rtt_ns = RTT_NS,
		.ports = ports,
		.ports_count = 3,
		.otherwise = FLOW_END_REFUSED,
	};
}

struct world {
	struct loop *loop;
	struct gate gate;
	struct flow_net *net;
	struct tally tally;
};

static void world_init(struct world *world, const struct flow_sim_host *hosts, size_t count)
{
	struct flow_sim_config config = {.hosts = hosts, .hosts_count = count, .seed = SEED};

	memset(world, 0, sizeof(*world));
	world->loop = config.loop = loop_sim_new(0);
	config.gate = &world->gate;
	world->tally.loop = world->loop;
	assert_int_equal(flow_sim_new(&config, &world->net), 0);
}

static void world_release(struct world *world)
{
	flow_net_free(world->net);
	loop_free(world->loop);
}

static void ask(struct world *world, uint32_t to, uint16_t port)
{
	struct flow_config config = {
		.to = ip_v4(to),
		.port = port,
		.ttl = -1,
		.deadline_ns = loop_now_ns(world->loop) + DEADLINE_NS,
		.event = on_event,
		.self = &world->tally,
	};
	struct flow *flow;

	assert_int_equal(flow_open(world->net, &config, &flow), 0);
}

static void the_script_is_followed_and_strangers_are_silent(void **state)
{
	struct flow_sim_host host = host_of(0x0a000001, 0x0a00000a);
	struct world world;

	world_init(&world, &host, 1);
	ask(&world, 0x0a000001, 22);
	ask(&world, 0x0a00000a, 21);
	ask(&world, 0x0a000001, 85);
	loop_run(world.loop);
	assert_int_equal(world.tally.connected, 1);
	assert_int_equal(world.tally.refused, 1);
	assert_int_equal(world.tally.others, 1);
	assert_int_equal(world.tally.last_ns, RTT_NS);
	ask(&world, 0x0a000001, 100);
	ask(&world, 0x0a00000b, 22);
	loop_run(world.loop);
	assert_int_equal(world.tally.silent, 2);
	assert_int_equal(world.tally.last_ns, RTT_NS + DEADLINE_NS);
	world_release(&world);
}

static void a_million_hosts_are_one_range(void **state)
{
	struct flow_sim_host host = host_of(0x0a000000, 0x0affffff);
	struct world world;
	uint32_t i;

	world_init(&world, &host, 1);
	for (i = 0; i < MANY; i++)
		ask(&world, 0x0a000000 + i * 800, 22);
	assert_int_equal(flow_net_open_count(world.net), MANY);
	loop_run(world.loop);
	assert_int_equal(world.tally.connected, MANY);
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
}

static struct tally lossy_run(void)
{
	struct flow_sim_host host = host_of(0x0a000000, 0x0affffff);
	struct world world;
	uint32_t i;

	host.loss = 0.1;
	world_init(&world, &host, 1);
	for (i = 0; i < MANY; i++)
		ask(&world, 0x0a000000 + i, i % 2 ? 22 : 23);
	loop_run(world.loop);
	world_release(&world);
	return world.tally;
}

static void loss_is_drawn_from_the_seed(void **state)
{
	struct tally one = lossy_run(), two = lossy_run();

	assert_in_range(one.silent, MANY / 10 - 200, MANY / 10 + 200);
	assert_int_equal(one.silent + one.connected + one.refused, MANY);
	assert_int_equal(one.order, two.order);
	assert_int_equal(one.silent, two.silent);
}

static void a_rate_limited_host_answers_so_many_a_second(void **state)
{
	struct flow_sim_host host = host_of(0x0a000000, 0x0a0000ff);
	struct world world;
	uint16_t i;

	host.answers_per_s = 100;
	world_init(&world, &host, 1);
	for (i = 0; i < 250; i++)
		ask(&world, 0x0a000001, (uint16_t)(1000 + i));
	ask(&world, 0x0a000002, 1000);
	loop_run(world.loop);
	/* A second's worth at once, nothing more in that instant; its neighbour
	 * has a bucket of its own. */
	assert_int_equal(world.tally.refused, 101);
	assert_int_equal(world.tally.silent, 150);
	/* The clock went on by more than a second: the bucket is full again. */
	for (i = 0; i < 250; i++)
		ask(&world, 0x0a000001, (uint16_t)(1000 + i));
	loop_run(world.loop);
	assert_int_equal(world.tally.refused, 201);
	world_release(&world);
}

static void the_first_matching_host_wins(void **state)
{
	struct flow_sim_host hosts[2] = {host_of(0x0a000005, 0x0a000005),
					 host_of(0x0a000000, 0x0a0000ff)};
	struct world world;

	hosts[0].otherwise = FLOW_END_PROHIBITED;
	world_init(&world, hosts, 2);
	ask(&world, 0x0a000005, 1);
	ask(&world, 0x0a000006, 1);
	loop_run(world.loop);
	assert_int_equal(world.tally.others, 1);
	assert_int_equal(world.tally.refused, 1);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_script_is_followed_and_strangers_are_silent),
		cmocka_unit_test(a_million_hosts_are_one_range),
		cmocka_unit_test(loss_is_drawn_from_the_seed),
		cmocka_unit_test(a_rate_limited_host_answers_so_many_a_second),
		cmocka_unit_test(the_first_matching_host_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
