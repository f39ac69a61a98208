/* Sweeps on scripted networks: what is found is the truth, what is sent is what was asked
 * for, and shards are shares. */
#include "raw_world.h"

#include "packet/ethernet.h"

#include <stdio.h>
#include <string.h>

#define MS(x)    ((x)*NS_PER_MS)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HOSTS    256
#define LIVE     100 /* 10.7.0.0 .. 10.7.0.99 */

/* Counts what is sent to each of 10.7.0.x (or fd77::x), by destination port / 100. */
struct tally {
	struct raw_world world;
	uint16_t sent[HOSTS][8];
	uint64_t all, too_late, until_ns;
};

static unsigned slot_of(uint16_t port)
{
	return port == 22 ? 0 : port == 23 ? 1 : port == 150 ? 2 : port == 205 ? 3 : 4;
}

static void watch(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		  size_t count)
{
	struct tally *tally = self;
	struct ethernet_header header;
	const uint8_t *rest;
	size_t rest_bytes;
	struct packet packet;
	uint16_t port;

	if (where != LINK_SIM_SENT)
		return;
	tally->too_late += tally->until_ns && at_ns >= tally->until_ns;
	if (!ethernet_parse(bytes, count, &header, &rest, &rest_bytes) ||
	    header.type == ETHERNET_ARP)
		return;
	assert_true(packet_parse(rest, rest_bytes, &packet));
	if (packet.kind == PACKET_ICMPV6 && packet.icmp.type == ICMPV6_NEIGHBOUR_SOLICITATION)
		return;
	/* TCP, UDP and SCTP have it in the same place. */
	port = packet.kind == PACKET_ICMP || packet.kind == PACKET_ICMPV6 ? 0 : packet.tcp.dst_port;
	tally->all++;
	tally->sent[packet.ip.dst.bytes[packet.ip.dst.family == IP_V6 ? 15 : 3]][slot_of(port)]++;
}

static void add_port(struct raw_world *world, enum transport transport, unsigned port)
{
	raw_world_ports(world, transport, port, port);
}

/* An open, a closed, a silent and a prohibited port of each. */
static void tally_init(struct tally *tally, uint64_t seed)
{
	struct raw_world *world = &tally->world;

	memset(tally, 0, sizeof(*tally));
	raw_world_init(world, LINK_ETHERNET, seed);
	net_world_add(&world->net, "10.7.0.0", "10.7.0.99");
	raw_world_target(world, "10.7.0.0/24");
	world->plan->sweep.wanted = true;
	world->plan->sweep.special = true;
	world->net.config.tap = watch;
	world->net.config.tap_self = tally;
}

static void four_ports(struct tally *tally)
{
	raw_world_technique(&tally->world, "tcp-syn");
	add_port(&tally->world, TRANSPORT_TCP, 22);
	add_port(&tally->world, TRANSPORT_TCP, 23);
	add_port(&tally->world, TRANSPORT_TCP, 150);
	add_port(&tally->world, TRANSPORT_TCP, 205);
}

/* Every live host with every port as it is, once, and nobody else. */
static void assert_four_ports_are_true(const struct tally *tally)
{
	static const struct {
		uint16_t number;
		enum port_state state;
		enum reason reason;
	} expected[] = {
		{22, PORT_OPEN, REASON_SYN_ACK},
		{23, PORT_CLOSED, REASON_RESET},
		{150, PORT_FILTERED, REASON_NO_RESPONSE},
		{205, PORT_FILTERED, REASON_ADMIN_PROHIBITED},
	};
	const struct raw_world *world = &tally->world;
	unsigned i, j;

	assert_int_equal(world->hosts_count, LIVE);
	for (i = 0; i < LIVE; i++) {
		const struct raw_world_host *host = &world->hosts[i];

		assert_in_range(host->addr.bytes[3], 0, LIVE - 1);
		assert_int_equal(host->state, HOST_UP);
		assert_int_equal(host->told, 1);
		assert_true(host->done);
		assert_int_equal(host->verdicts, 4);
		for (j = 0; j < COUNT(expected); j++) {
			struct raw_world_port port =
				raw_world_port(host, TRANSPORT_TCP, expected[j].number);

			if (port.state != expected[j].state || port.reason != expected[j].reason)
				fail_msg("port %u is %s, %s", expected[j].number,
					 port_state_name(port.state), reason_name(port.reason));
			assert_int_equal(port.times, 1);
		}
	}
}

static void a_sweep_tells_the_truth(void **state)
{
	static struct tally tally;

	tally_init(&tally, 11);
	four_ports(&tally);
	raw_world_run(&tally.world);
	assert_four_ports_are_true(&tally);
	assert_int_equal(tally.world.end.end.outcome, RUN_COMPLETE);
	assert_int_equal(tally.world.end.end.probes_planned, HOSTS * 4);
	assert_int_equal(tally.world.end.end.probes_answered, LIVE * 3);
	assert_int_equal(tally.world.end.end.hosts_total, HOSTS);
	assert_int_equal(tally.world.end.end.hosts_up, LIVE);
	assert_int_equal(tally.world.end.end.missed, 0);
	raw_world_release(&tally.world);
}

/* ---- how often ---- */

static void silent_positions_are_sent_to_as_often_as_asked(void **state)
{
	static struct tally tally;
	int retries;
	unsigned i, j;

	for (retries = 0; retries <= 3; retries++) {
		tally_init(&tally, 12);
		four_ports(&tally);
		tally.world.plan->sweep.retries = retries;
		raw_world_run(&tally.world);
		assert_four_ports_are_true(&tally);
		for (i = 0; i < HOSTS; i++)
			for (j = 0; j < 4; j++) {
				if (i >= LIVE || j == 2)
					assert_int_equal(tally.sent[i][j], retries + 1);
				else
					assert_true(tally.sent[i][j] >= 1);
			}
		raw_world_release(&tally.world);
	}
}

/* --- shards --- */

static void shards_share_the_positions(void **state)
{
	static const unsigned ways[] = {1, 2, 5, 7};
	static struct tally tally;
	unsigned i, j, k;

	for (k = 0; k < COUNT(ways); k++) {
		static uint16_t sum[HOSTS][8];
		uint64_t planned = 0;

		memset(sum, 0, sizeof(sum));
		for (i = 0; i < ways[k]; i++) {
			uint64_t mine = 0;
			unsigned host;

			tally_init(&tally, 13);
			four_ports(&tally);
			tally.world.plan->sweep.retries = 0;
			tally.world.plan->sweep.shards = ways[k];
			tally.world.plan->sweep.shard = i;
			/* Without answers there are no canaries, which are sent twice. */
			tally.world.net.config.hosts_count = 0;
			raw_world_run(&tally.world);
			for (host = 0; host < HOSTS; host++)
				for (j = 0; j < 4; j++) {
					sum[host][j] += tally.sent[host][j];
					mine += tally.sent[host][j];
				}
			assert_in_range(mine, HOSTS * 4 / ways[k], HOSTS * 4 / ways[k] + 1);
			assert_int_equal(tally.world.end.end.probes_planned, mine);
			planned += mine;
			raw_world_release(&tally.world);
		}
		assert_int_equal(planned, HOSTS * 4);
		for (i = 0; i < HOSTS; i++)
			for (j = 0; j < 4; j++)
				assert_int_equal(sum[i][j], 1);
	}
}

/* More shards than positions: some have nothing to do, and end. */
static void a_shard_may_be_empty(void **state)
{
	static struct tally tally;
	uint64_t sent = 0;
	unsigned i;

	for (i = 0; i < 4; i++) {
		tally_init(&tally, 13);
		tally.world.plan->targets.expressions_count = 0;
		raw_world_target(&tally.world, "10.7.0.0/31");
		raw_world_technique(&tally.world, "tcp-syn");
		add_port(&tally.world, TRANSPORT_TCP, 150);
		tally.world.plan->sweep.retries = 0;
		tally.world.plan->sweep.shards = 4;
		tally.world.plan->sweep.shard = i;
		raw_world_run(&tally.world);
		sent += tally.all;
		raw_world_release(&tally.world);
	}
	assert_int_equal(sent, 2);
}

/* ---- what changes nothing ---- */

static void duplicates_count_once(void **state)
{
	static struct tally tally;

	tally_init(&tally, 14);
	four_ports(&tally);
	tally.world.net.config.path.out.duplicated = 1;
	tally.world.net.config.path.back.duplicated = 1;
	raw_world_run(&tally.world);
	assert_four_ports_are_true(&tally);
	assert_int_equal(tally.world.end.end.probes_answered, LIVE * 3);
	raw_world_release(&tally.world);
}

static void a_single_probe_is_told_once(void **state)
{
	static struct tally tally;
	unsigned i;

	tally_init(&tally, 14);
	raw_world_technique(&tally.world, "tcp-syn");
	add_port(&tally.world, TRANSPORT_TCP, 22);
	tally.world.net.config.path.out.duplicated = 1;
	tally.world.net.config.path.back.duplicated = 1;
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.hosts_count, LIVE);
	for (i = 0; i < LIVE; i++) {
		assert_int_equal(tally.world.hosts[i].told, 1);
		assert_int_equal(tally.world.hosts[i].verdicts, 1);
		assert_int_equal(tally.world.hosts[i].states[PORT_OPEN], 1);
	}
	raw_world_release(&tally.world);
}

static void forge(struct tally *tally)
{
	tally->world.net.config.garbage.wrong_cookie = 1;
	tally->world.net.config.garbage.wrong_port = 1;
	tally->world.net.config.garbage.wrong_source = 1;
}

static void forged_answers_change_nothing(void **state)
{
	static struct tally tally;

	tally_init(&tally, 15);
	four_ports(&tally);
	forge(&tally);
	raw_world_run(&tally.world);
	assert_four_ports_are_true(&tally);
	raw_world_release(&tally.world);
}

/* An echo reply is known by the numbers it brings back; with many hosts, chance would
 * let a few forged ones pass if only half of them were looked at. */
static void forged_echo_replies_raise_nobody(void **state)
{
	static struct tally tally;
	struct link_sim_truth truth;

	tally_init(&tally, 16);
	raw_world_no_pings(&tally.world);
	raw_world_ping(&tally.world, "icmp-echo", 0);
	tally.world.net.stack.answers = 0;
	tally.world.net.hosts[0].last.bytes[2] = 15;
	tally.world.plan->targets.expressions_count = 0;
	raw_world_target(&tally.world, "10.7.0.0/20");
	forge(&tally);
	raw_world_run(&tally.world);
	raw_world_truth(&tally.world, &truth);
	assert_true(truth.forged > 3000);
	assert_int_equal(tally.world.hosts_count, 0);
	raw_world_release(&tally.world);
}

/* ---- SC-21 ---- */

static void of_two_answers_the_better_stands(void **state)
{
	static struct tally tally;
	unsigned i;

	tally_init(&tally, 17);
	four_ports(&tally);
	tally.world.net.config.garbage.contradicted = 1;
	tally.world.net.config.garbage.contradicted_ns = MS(1);
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.hosts_count, LIVE);
	for (i = 0; i < LIVE; i++) {
		struct raw_world_host *host = &tally.world.hosts[i];

		assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 22).state, PORT_OPEN);
		assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 23).state, PORT_OPEN);
	}
	raw_world_release(&tally.world);
}

/* ---- other questions ---- */

static void every_technique_may_sweep(void **state)
{
	static const struct {
		const char *technique;
		enum transport transport;
		uint16_t port;
		enum port_state state;
	} rows[] = {
		{"tcp-ack", TRANSPORT_TCP, 22, PORT_UNFILTERED},
		{"tcp-window", TRANSPORT_TCP, 23, PORT_CLOSED},
		{"tcp-fin", TRANSPORT_TCP, 23, PORT_CLOSED},
		{"tcp-null", TRANSPORT_TCP, 23, PORT_CLOSED},
		{"tcp-xmas", TRANSPORT_TCP, 23, PORT_CLOSED},
		{"tcp-maimon", TRANSPORT_TCP, 23, PORT_CLOSED},
		{"udp", TRANSPORT_UDP, 53, PORT_OPEN},
		{"udp", TRANSPORT_UDP, 123, PORT_OPEN},
		{"udp", TRANSPORT_UDP, 54, PORT_CLOSED},
		{"sctp-init", TRANSPORT_SCTP, 36412, PORT_OPEN},
		{"sctp-cookie", TRANSPORT_SCTP, 100, PORT_CLOSED},
	};
	static struct tally tally;
	unsigned i, j;

	for (i = 0; i < COUNT(rows); i++) {
		tally_init(&tally, 18);
		raw_world_technique(&tally.world, rows[i].technique);
		add_port(&tally.world, rows[i].transport, rows[i].port);
		raw_world_run(&tally.world);
		if (tally.world.hosts_count != LIVE)
			fail_msg("%s %u finds %u", rows[i].technique, rows[i].port,
				 tally.world.hosts_count);
		for (j = 0; j < LIVE; j++)
			assert_int_equal(tally.world.hosts[j].states[rows[i].state], 1);
		raw_world_release(&tally.world);
	}
}

static void a_sweep_pings(void **state)
{
	static struct tally tally;
	unsigned i;

	tally_init(&tally, 19);
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.up, LIVE);
	assert_int_equal(tally.world.end.end.probes_answered, LIVE * 4);
	for (i = 0; i < LIVE; i++)
		assert_int_equal(tally.world.hosts[i].told, 1);
	raw_world_release(&tally.world);
}

/* Neighbours are reached through the kernel, which finds their hardware addresses. */
static void neighbours_are_swept_by_the_kernel(void **state)
{
	static struct tally tally;

	tally_init(&tally, 20);
	net_world_add(&tally.world.net, "10.0.0.16", "10.0.0.31");
	tally.world.net.config.tap = NULL;
	tally.world.plan->targets.expressions_count = 0;
	raw_world_target(&tally.world, "10.0.0.0/24");
	four_ports(&tally);
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.up, 16);
	assert_int_equal(tally.world.links_count, 1);
	assert_int_equal(tally.world.links[0]->layer, LINK_IP);
	raw_world_release(&tally.world);
}

static void both_families_are_swept(void **state)
{
	static struct tally tally;

	tally_init(&tally, 21);
	net_world_add(&tally.world.net, "fd77::", "fd77::f");
	raw_world_target(&tally.world, "fd77::/120");
	four_ports(&tally);
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.up, LIVE + 16);
	assert_int_equal(raw_world_find(&tally.world, "fd77::7")->states[PORT_OPEN], 1);
	assert_int_equal(raw_world_find(&tally.world, "fd77::7")->states[PORT_CLOSED], 1);
	raw_world_release(&tally.world);
}

static void what_packets_look_like_does_not_matter(void **state)
{
	static const uint8_t data[] = "data";
	static const uint8_t nops[] = {1, 1, 1, 0};
	static struct tally tally;
	static struct ip_addr decoy;
	struct plan_packets *packets;
	int i;

	assert_true(ip_parse("10.9.9.9", &decoy));
	for (i = 0; i < 5; i++) {
		tally_init(&tally, 22);
		four_ports(&tally);
		packets = &tally.world.plan->packets;
		switch (i) {
		case 0:
			packets->fragment_bytes = 8;
			break;
		case 1:
			packets->decoys = &decoy;
			packets->decoys_count = 1;
			break;
		case 2:
			packets->has_data = true;
			packets->data = data;
			packets->data_bytes = sizeof(data);
			break;
		case 3:
			packets->ip_options = nops;
			packets->ip_options_bytes = sizeof(nops);
			break;
		default:
			packets->has_source_port = true;
			packets->source_port = 53;
		}
		raw_world_run(&tally.world);
		assert_four_ports_are_true(&tally);
		raw_world_release(&tally.world);
	}
}

/* ---- what goes wrong ---- */

static void loss_is_made_good(void **state)
{
	static struct tally tally;
	uint64_t seed;

	for (seed = 1; seed <= 10; seed++) {
		tally_init(&tally, seed);
		four_ports(&tally);
		net_world_lose(&tally.world.net, 0.05);
		raw_world_run(&tally.world);
		assert_four_ports_are_true(&tally);
		raw_world_release(&tally.world);
	}
}

static void a_full_card_loses_nothing(void **state)
{
	static struct tally tally;

	tally_init(&tally, 24);
	four_ports(&tally);
	tally.world.net.config.full = 0.3;
	tally.world.net.config.card = (struct link_sim_rate){2000, 16};
	raw_world_run(&tally.world);
	assert_four_ports_are_true(&tally);
	raw_world_release(&tally.world);
}

static void a_silent_gateway_ends_the_sweep(void **state)
{
	static struct tally tally;

	tally_init(&tally, 25);
	four_ports(&tally);
	tally.world.net.config.path.back.loss = 1;
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.hosts_count, 0);
	assert_int_equal(tally.all, 0);
	raw_world_release(&tally.world);
}

static void a_lost_interface_ends_the_sweep(void **state)
{
	static struct tally tally;

	tally_init(&tally, 26);
	four_ports(&tally);
	tally.until_ns = tally.world.net.config.lost_at_ns = MS(100);
	raw_world_run(&tally.world);
	assert_int_equal(tally.too_late, 0);
	assert_int_equal(tally.world.warnings, 1);
	assert_in_range(tally.world.hosts_count, 1, LIVE);
	assert_int_not_equal(tally.world.end.end.outcome, RUN_COMPLETE);
	assert_true(raw_world_ms(&tally.world) < 1000);
	raw_world_release(&tally.world);
}

static void a_cancelled_sweep_tells_what_it_found(void **state)
{
	static struct tally tally;
	struct timer timer = {.fire = raw_world_cancel, .self = &tally.world};

	tally_init(&tally, 27);
	four_ports(&tally);
	assert_int_equal(loop_timer_set(tally.world.net.loop, &timer, MS(100)), 0);
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.end.end.outcome, RUN_CANCELLED);
	assert_int_equal(raw_world_ms(&tally.world), 100);
	assert_in_range(tally.world.hosts_count, 1, LIVE);
	assert_true(tally.world.hosts[0].incomplete);
	raw_world_release(&tally.world);
}

static void special_prefixes_are_left_out_unless_named(void **state)
{
	static struct tally tally;

	tally_init(&tally, 28);
	tally.world.plan->sweep.special = false;
	tally.world.plan->targets.expressions_count = 0;
	raw_world_target(&tally.world, "9.255.255.254-255");
	raw_world_target(&tally.world, "10.7.0.22");
	raw_world_technique(&tally.world, "tcp-syn");
	add_port(&tally.world, TRANSPORT_TCP, 22);
	raw_world_run(&tally.world);
	assert_int_equal(tally.world.end.end.probes_planned, 3);
	assert_int_equal(tally.world.up, 1);
	raw_world_release(&tally.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sweep_tells_the_truth),
		cmocka_unit_test(silent_positions_are_sent_to_as_often_as_asked),
		cmocka_unit_test(shards_share_the_positions),
		cmocka_unit_test(a_shard_may_be_empty),
		cmocka_unit_test(duplicates_count_once),
		cmocka_unit_test(a_single_probe_is_told_once),
		cmocka_unit_test(forged_answers_change_nothing),
		cmocka_unit_test(forged_echo_replies_raise_nobody),
		cmocka_unit_test(of_two_answers_the_better_stands),
		cmocka_unit_test(every_technique_may_sweep),
		cmocka_unit_test(a_sweep_pings),
		cmocka_unit_test(neighbours_are_swept_by_the_kernel),
		cmocka_unit_test(both_families_are_swept),
		cmocka_unit_test(what_packets_look_like_does_not_matter),
		cmocka_unit_test(loss_is_made_good),
		cmocka_unit_test(a_full_card_loses_nothing),
		cmocka_unit_test(a_silent_gateway_ends_the_sweep),
		cmocka_unit_test(a_lost_interface_ends_the_sweep),
		cmocka_unit_test(a_cancelled_sweep_tells_what_it_found),
		cmocka_unit_test(special_prefixes_are_left_out_unless_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
