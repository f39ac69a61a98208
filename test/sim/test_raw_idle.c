/* The idle scan on simulated networks: a printer of old tells the open ports of others. */
#include "raw_world.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define MS(x)  ((x)*NS_PER_MS)
#define ZOMBIE "10.7.9.9"

struct spy {
	struct raw_world world;
	unsigned to_zombie, to_targets;
	unsigned as_us;   /* sent to a target in our own name */
	unsigned decoyed; /* sent in the name of a decoy */
};

static void watch(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		  size_t count)
{
	struct spy *spy = self;
	struct packet packet;

	if (where != LINK_SIM_SENT || !packet_parse(bytes, count, &packet))
		return;
	if (ip_equal(&packet.ip.dst, &spy->world.plan->idle.zombie)) {
		spy->to_zombie++;
	} else {
		spy->to_targets++;
		spy->as_us += ip_equal(&packet.ip.src, &spy->world.net.own[0]);
	}
	spy->decoyed += packet.ip.src.bytes[1] == 99;
}

/* Servers and a zombie behind a router; -Pn -sI 10.7.9.9 -p20-49. */
static void begin(struct spy *spy, const struct link_sim_stack *stack, const char *first,
		  const char *last)
{
	struct raw_world *world = &spy->world;
	struct link_sim_host *zombie;

	memset(spy, 0, sizeof(*spy));
	raw_world_init(world, LINK_IP, 5);
	zombie = net_world_add(&world->net, ZOMBIE, ZOMBIE);
	zombie->stack = stack;
	net_world_add(&world->net, first, last);
	world->net.config.tap = watch;
	world->net.config.tap_self = spy;
	raw_world_technique(world, "idle");
	raw_world_ports(world, TRANSPORT_TCP, 20, 49);
	world->plan->discovery.skip = true;
	world->plan->idle.zombie_name = ZOMBIE;
	world->plan->idle.port = 80;
	assert_true(ip_parse(ZOMBIE, &world->plan->idle.zombie));
}

static void assert_found(const struct raw_world *world, const char *addr)
{
	const struct raw_world_host *host = raw_world_find(world, addr);
	unsigned port;

	assert_true(host->done);
	assert_false(host->incomplete);
	assert_int_equal(host->verdicts, 30);
	for (port = 20; port < 50; port++) {
		struct raw_world_port said = raw_world_port(host, TRANSPORT_TCP, (uint16_t)port);

		assert_int_equal(said.times, 1);
		assert_int_equal(said.state, port == 22 ? PORT_OPEN : PORT_CLOSED_FILTERED);
		assert_int_equal(said.reason,
				 port == 22 ? REASON_IPID_CHANGE : REASON_NO_IPID_CHANGE);
	}
}

/* One after the other: what is open on one host must not be counted for the next. */
static void every_target_is_told_by_the_zombie(void **state)
{
	static struct spy spy;

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.4");
	raw_world_target(&spy.world, "10.7.0.1-4");
	raw_world_run(&spy.world);
	assert_found(&spy.world, "10.7.0.1");
	assert_found(&spy.world, "10.7.0.2");
	assert_found(&spy.world, "10.7.0.3");
	assert_found(&spy.world, "10.7.0.4");
	assert_int_equal(spy.world.end.end.outcome, RUN_COMPLETE);
	assert_string_equal(spy.world.warning,
			    "Idle scan using zombie 10.7.9.9 (10.7.9.9:80); Class: Incremental");
	assert_int_equal(spy.world.warnings, 1);
	assert_int_equal(spy.as_us, 0);
	raw_world_release(&spy.world);
}

static void decoys_and_a_source_port_leave_the_zombie_alone(void **state)
{
	static struct spy spy;
	struct ip_addr decoy;

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.1");
	raw_world_target(&spy.world, "10.7.0.1");
	assert_true(ip_parse("10.99.0.1", &decoy));
	spy.world.plan->packets.decoys = &decoy;
	spy.world.plan->packets.decoys_count = 1;
	spy.world.plan->packets.has_source_port = true;
	spy.world.plan->packets.source_port = 65530; /* no room for ports above */
	raw_world_run(&spy.world);
	assert_found(&spy.world, "10.7.0.1");
	assert_int_equal(spy.decoyed, 0);
	raw_world_release(&spy.world);
}

static void fails(const struct link_sim_stack *stack, const char *why)
{
	static struct spy spy;

	begin(&spy, stack, "10.7.0.1", "10.7.0.3");
	raw_world_target(&spy.world, "10.7.0.1-3");
	raw_world_run(&spy.world);
	assert_int_equal(spy.world.end.end.outcome, RUN_FAILED);
	assert_int_equal(raw_world_find(&spy.world, "10.7.0.1")->verdicts, 0);
	assert_true(raw_world_find(&spy.world, "10.7.0.1")->incomplete);
	assert_int_equal(spy.to_targets, 0);
	if (why)
		assert_non_null(strstr(spy.world.end.end.why, why));
	raw_world_release(&spy.world);
}

static void a_zombie_that_does_not_count_ends_the_run(void **state)
{
	struct link_sim_stack stack = link_sim_zombie;

	stack.ipid = LINK_SIM_IPID_RANDOM;
	fails(&stack, "Randomized");
	stack.ipid = LINK_SIM_IPID_ZERO;
	fails(&stack, "All zeros");
	stack.ipid = LINK_SIM_IPID_PER_PEER;
	fails(&stack, "counts for each host apart");
}

static void an_excluded_zombie_gets_no_packet(void **state)
{
	static struct spy spy;

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.1");
	raw_world_target(&spy.world, "10.7.0.1");
	raw_world_exclude(&spy.world, ZOMBIE, ZOMBIE);
	raw_world_run(&spy.world);
	assert_int_equal(spy.world.end.end.outcome, RUN_FAILED);
	assert_non_null(strstr(spy.world.end.end.why, "excluded"));
	assert_int_equal(spy.to_zombie + spy.to_targets, 0);
	raw_world_release(&spy.world);
}

static void it_is_for_ipv4(void **state)
{
	static struct spy spy;

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.1");
	raw_world_target(&spy.world, "fd77::1");
	raw_world_target(&spy.world, "10.7.0.1");
	raw_world_run(&spy.world);
	assert_true(raw_world_find(&spy.world, "fd77::1")->incomplete);
	assert_found(&spy.world, "10.7.0.1");
	raw_world_release(&spy.world);
	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.1");
	raw_world_target(&spy.world, "10.7.0.1");
	assert_true(ip_parse("fd77::9", &spy.world.plan->idle.zombie));
	raw_world_run(&spy.world);
	assert_int_equal(spy.world.end.end.outcome, RUN_FAILED);
	assert_non_null(strstr(spy.world.end.end.why, "IPv4"));
	raw_world_release(&spy.world);
}

/* The check of the zombie begins anew with the next target. */
static void a_host_that_takes_too_long_is_left(void **state)
{
	static struct spy spy;
	unsigned i;

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.40");
	raw_world_target(&spy.world, "10.7.0.1-40");
	spy.world.plan->timing.host_timeout_ns = MS(300); /* in the middle of the check */
	raw_world_run(&spy.world);
	assert_int_equal(spy.world.hosts_count, 40);
	for (i = 0; i < 40; i++) {
		assert_true(spy.world.hosts[i].timed_out);
		assert_int_equal(spy.world.hosts[i].verdicts, 0);
	}
	assert_int_equal(spy.world.end.end.outcome, RUN_COMPLETE);
	raw_world_release(&spy.world);
}

static void stops(uint64_t at_ns)
{
	static struct spy spy;
	struct timer timer = {.fire = raw_world_cancel, .self = &spy.world};

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.2");
	raw_world_target(&spy.world, "10.7.0.1-2");
	assert_int_equal(loop_timer_set(spy.world.net.loop, &timer, at_ns), 0);
	raw_world_run(&spy.world);
	assert_int_equal(spy.world.end.end.outcome, RUN_CANCELLED);
	raw_world_release(&spy.world);
}

static void a_run_stops_at_any_time(void **state)
{
	uint64_t at_ns;

	for (at_ns = MS(1); at_ns < MS(1500); at_ns += MS(37))
		stops(at_ns);
}

/* False: nothing was short any more. */
static bool short_of_memory(long nth)
{
	static struct spy spy;
	struct diag diag;
	bool failed;
	int r;

	begin(&spy, &link_sim_zombie, "10.7.0.1", "10.7.0.1");
	raw_world_target(&spy.world, "10.7.0.1");
	raw_world_ready(&spy.world);
	alloc_fault_after(nth);
	r = raw_world_try(&spy.world, &diag);
	failed = alloc_fault_hit() != 0;
	alloc_fault_after(-1);
	assert_true(r < 0 || run_is_finished(spy.world.run));
	raw_world_release(&spy.world);
	return failed;
}

static void it_survives_short_memory(void **state)
{
	long nth = 0;

	while (short_of_memory(nth))
		nth++;
	assert_in_range(nth, 20, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_target_is_told_by_the_zombie),
		cmocka_unit_test(decoys_and_a_source_port_leave_the_zombie_alone),
		cmocka_unit_test(a_zombie_that_does_not_count_ends_the_run),
		cmocka_unit_test(an_excluded_zombie_gets_no_packet),
		cmocka_unit_test(it_is_for_ipv4),
		cmocka_unit_test(a_host_that_takes_too_long_is_left),
		cmocka_unit_test(a_run_stops_at_any_time),
		cmocka_unit_test(it_survives_short_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
