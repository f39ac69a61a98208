/* What must hold of every raw run, whatever it is told to do: nothing is sent to an
 * excluded address, and running out of memory ends it cleanly. */
#include "raw_world.h"

#include "packet/ethernet.h"
#include "packet/packet.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/random.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SETS     250 /* of each kind of run */

/* ---- excluded addresses ---- */

struct guard {
	struct raw_world world;
	struct random random;
	uint64_t sent;
};

/* Whom a frame is for. */
static void destination(const uint8_t *bytes, size_t count, struct ip_addr *ret_to)
{
	struct ethernet_header header;
	const uint8_t *rest;
	size_t rest_bytes;
	struct packet packet;
	struct arp_packet arp;

	assert_true(ethernet_parse(bytes, count, &header, &rest, &rest_bytes));
	if (header.type == ETHERNET_ARP) {
		assert_true(arp_parse(rest, rest_bytes, &arp));
		*ret_to = arp.target;
	} else {
		assert_true(packet_parse(rest, rest_bytes, &packet));
		*ret_to = packet.ip.dst;
	}
}

static void watch(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		  size_t count)
{
	struct guard *guard = self;
	struct packet packet;
	struct ip_addr to;

	if (where != LINK_SIM_SENT)
		return;
	guard->sent++;
	if (bytes[0] >> 4 == 4 && packet_parse(bytes, count, &packet) &&
	    packet.ip.total_bytes == count)
		to = packet.ip.dst; /* the sweep's way to neighbours has no frames */
	else
		destination(bytes, count, &to);
	/* A gateway is asked for its hardware address even when it is excluded. */
	if (addrset_has(guard->world.excludes, &to) &&
	    !ip_equal(&to, &guard->world.net.config.gateway_v4))
		fail_msg("something was sent to an excluded address");
}

static void pick_range(struct guard *guard, const char *prefix, char first[32], char last[32])
{
	unsigned from = (unsigned)random_below(&guard->random, 256);
	unsigned to = from + (unsigned)random_below(&guard->random, 256 - from);

	snprintf(first, 32, "%s%u", prefix, from);
	snprintf(last, 32, "%s%u", prefix, to);
}

/* Some of 10.0.0.0/24, on the link, and of 10.7.1.0/24, behind the gateway. */
static void random_sets(struct guard *guard)
{
	static const char *const prefixes[] = {"10.0.0.", "10.7.1."};
	char first[32], last[32], expression[64];
	unsigned i, count = 1 + (unsigned)random_below(&guard->random, 3);

	for (i = 0; i < count; i++) {
		const char *prefix = prefixes[random_below(&guard->random, 2)];

		pick_range(guard, prefix, first, last);
		snprintf(expression, sizeof(expression), "%s-%s", first, strrchr(last, '.') + 1);
		raw_world_target(&guard->world, expression);
		pick_range(guard, prefix, first, last);
		raw_world_exclude(&guard->world, first, last);
	}
}

static void discovery(struct raw_world *world)
{
}

static void syn_scan(struct raw_world *world)
{
	raw_world_technique(world, "tcp-syn");
	raw_world_ports(world, TRANSPORT_TCP, 22, 23);
	world->plan->discovery.skip = true;
	world->plan->discovery.neighbours = false;
}

static void udp_scan(struct raw_world *world)
{
	raw_world_technique(world, "udp");
	raw_world_ports(world, TRANSPORT_UDP, 53, 53);
	world->plan->discovery.skip = true;
}

static void sweep(struct raw_world *world)
{
	raw_world_technique(world, "tcp-syn");
	raw_world_ports(world, TRANSPORT_TCP, 22, 23);
	world->plan->sweep.wanted = true;
}

static void guarded_run(struct guard *guard, void (*kind)(struct raw_world *), uint64_t seed)
{
	struct raw_world *world = &guard->world;

	memset(guard, 0, sizeof(*guard));
	random_init(&guard->random, seed);
	raw_world_init(world, LINK_ETHERNET, seed);
	net_world_add(&world->net, "10.0.0.16", "10.0.0.127");
	net_world_add(&world->net, "10.7.1.0", "10.7.1.127");
	world->plan->timing.max_retries = 0;
	world->plan->targets.unique = true;
	kind(world);
	random_sets(guard);
	world->net.config.tap = watch;
	world->net.config.tap_self = guard;
	raw_world_run(world);
}

static void excludes_hold(void (*kind)(struct raw_world *))
{
	static struct guard guard;
	uint64_t seed, sent = 0;

	for (seed = 1; seed <= SETS; seed++) {
		guarded_run(&guard, kind, seed);
		sent += guard.sent;
		raw_world_release(&guard.world);
	}
	assert_true(sent > SETS);
}

static void discovery_spares_the_excluded(void **state)
{
	excludes_hold(discovery);
}

static void a_syn_scan_spares_the_excluded(void **state)
{
	excludes_hold(syn_scan);
}

static void a_udp_scan_spares_the_excluded(void **state)
{
	excludes_hold(udp_scan);
}

static void a_sweep_spares_the_excluded(void **state)
{
	excludes_hold(sweep);
}

/* The target stream leaves them out; the gate must hold without its help. */
static void the_gate_holds_alone(void **state)
{
	static struct guard guard;
	struct raw_world *world = &guard.world;
	struct addrset *excludes;

	raw_world_init(world, LINK_ETHERNET, 5);
	net_world_add(&world->net, "10.0.0.16", "10.0.0.127");
	net_world_add(&world->net, "10.7.1.0", "10.7.1.127");
	syn_scan(world);
	world->plan->discovery.neighbours = true;
	raw_world_target(world, "10.0.0.20-29");
	raw_world_target(world, "10.7.1.20-29");
	raw_world_exclude(world, "10.0.0.20", "10.0.0.24");
	raw_world_exclude(world, "10.7.1.20", "10.7.1.24");
	world->net.config.tap = watch;
	world->net.config.tap_self = &guard;
	excludes = world->excludes;
	world->excludes_gate_only = true;
	raw_world_run(world);
	assert_ptr_equal(world->gate.excludes, excludes);
	assert_true(world->gate.refused > 0);
	assert_int_equal(world->hosts_count, 20);
	assert_int_equal(raw_world_find(world, "10.0.0.25")->states[PORT_OPEN], 1);
	assert_int_equal(raw_world_find(world, "10.0.0.20")->verdicts, 0);
	assert_int_equal(raw_world_find(world, "10.7.1.25")->states[PORT_OPEN], 1);
	assert_int_equal(raw_world_find(world, "10.7.1.20")->verdicts, 0);
	raw_world_release(world);
}

/* ---- memory ---- */

/* One run with the nth allocation failing; true while there was an nth. */
static bool short_of_memory(void (*kind)(struct raw_world *), long nth)
{
	struct raw_world world;
	struct diag diag;
	bool hit;
	int r;

	raw_world_init(&world, LINK_ETHERNET, 5);
	net_world_add(&world.net, "10.0.0.16", "10.0.0.127");
	net_world_add(&world.net, "10.7.1.0", "10.7.1.127");
	kind(&world);
	raw_world_target(&world, "10.7.1.126-129");
	raw_world_target(&world, "10.0.0.126-129");
	raw_world_ready(&world);
	alloc_fault_after(nth);
	r = raw_world_try(&world, &diag);
	hit = alloc_fault_hit();
	alloc_fault_after(-1);
	if (r < 0)
		assert_true(hit);
	else
		assert_true(run_is_finished(world.run));
	if (!hit)
		assert_int_equal(world.end.end.outcome, RUN_COMPLETE);
	raw_world_release(&world);
	return hit;
}

static void every_allocation_may_fail(void (*kind)(struct raw_world *))
{
	long nth = 0;

	while (short_of_memory(kind, nth))
		nth++;
	assert_in_range(nth, 20, 5000);
}

static void discovery_survives_short_memory(void **state)
{
	every_allocation_may_fail(discovery);
}

static void a_syn_scan_survives_short_memory(void **state)
{
	every_allocation_may_fail(syn_scan);
}

static void a_udp_scan_survives_short_memory(void **state)
{
	every_allocation_may_fail(udp_scan);
}

static void a_sweep_survives_short_memory(void **state)
{
	every_allocation_may_fail(sweep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(discovery_spares_the_excluded),
		cmocka_unit_test(a_syn_scan_spares_the_excluded),
		cmocka_unit_test(a_udp_scan_spares_the_excluded),
		cmocka_unit_test(a_sweep_spares_the_excluded),
		cmocka_unit_test(the_gate_holds_alone),
		cmocka_unit_test(discovery_survives_short_memory),
		cmocka_unit_test(a_syn_scan_survives_short_memory),
		cmocka_unit_test(a_udp_scan_survives_short_memory),
		cmocka_unit_test(a_sweep_survives_short_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
