/* The raw engine on scripted networks: what each technique finds of each kind of port,
 * what changes nothing, and what is never sent. */
#include "raw_world.h"

#include "packet/ethernet.h"
#include "util/alloc.h"

#include <stdio.h>
#include <string.h>

#define MS(x)    ((x)*NS_PER_MS)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* One port of each kind; the numbers serve ports and protocols. */
enum { OPEN = 200, CLOSED = 201, SILENT = 202, FILTERED = 203, KINDS = 4 };

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static size_t script_ports(struct link_sim_port ports[], bool v6)
{
	static const enum transport transports[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_SCTP,
						    TRANSPORT_IP};
	size_t i, count = 0;

	for (i = 0; i < COUNT(transports); i++) {
		ports[count++] = (struct link_sim_port){
			.transport = transports[i],
			.first = OPEN,
			.last = OPEN,
			.state = LINK_SIM_OPEN,
			.answer = "hello",
			.answer_bytes = 5,
		};
		ports[count++] = (struct link_sim_port){
			.transport = transports[i],
			.first = SILENT,
			.last = SILENT,
			.state = LINK_SIM_SILENT,
		};
		ports[count++] = (struct link_sim_port){
			.transport = transports[i],
			.first = FILTERED,
			.last = FILTERED,
			.state = LINK_SIM_REJECTED,
			.icmp_type = v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE,
			.icmp_code = v6 ? 1 : 13,
			.router = addr_of(v6 ? "fd77::1" : "10.255.0.1"),
		};
	}
	return count;
}

struct row {
	const char *technique;
	enum transport transport;
	bool bsd;
	struct verdict expected[KINDS];
};

#define V(s, r)                                         \
	{                                               \
		.state = PORT_##s, .reason = REASON_##r \
	}
#define PROHIBITED V(FILTERED, ADMIN_PROHIBITED)
#define NOTHING    V(OPEN_FILTERED, NO_RESPONSE)

static const struct row rows[] = {
	{"tcp-syn",
	 TRANSPORT_TCP,
	 false,
	 {V(OPEN, SYN_ACK), V(CLOSED, RESET), V(FILTERED, NO_RESPONSE), PROHIBITED}},
	{"tcp-ack",
	 TRANSPORT_TCP,
	 false,
	 {V(UNFILTERED, RESET), V(UNFILTERED, RESET), V(FILTERED, NO_RESPONSE), PROHIBITED}},
	{"tcp-window",
	 TRANSPORT_TCP,
	 false,
	 {V(OPEN, RESET), V(CLOSED, RESET), V(FILTERED, NO_RESPONSE), PROHIBITED}},
	{"tcp-fin", TRANSPORT_TCP, false, {NOTHING, V(CLOSED, RESET), NOTHING, PROHIBITED}},
	{"tcp-null", TRANSPORT_TCP, false, {NOTHING, V(CLOSED, RESET), NOTHING, PROHIBITED}},
	{"tcp-xmas", TRANSPORT_TCP, false, {NOTHING, V(CLOSED, RESET), NOTHING, PROHIBITED}},
	{"tcp-maimon", TRANSPORT_TCP, true, {NOTHING, V(CLOSED, RESET), NOTHING, PROHIBITED}},
	{"udp",
	 TRANSPORT_UDP,
	 false,
	 {V(OPEN, UDP_RESPONSE), V(CLOSED, PORT_UNREACH), NOTHING, PROHIBITED}},
	{"sctp-init",
	 TRANSPORT_SCTP,
	 false,
	 {V(OPEN, INIT_ACK), V(CLOSED, ABORT), V(FILTERED, NO_RESPONSE), PROHIBITED}},
	{"sctp-cookie", TRANSPORT_SCTP, false, {NOTHING, V(CLOSED, ABORT), NOTHING, PROHIBITED}},
	{"ip-protocol",
	 TRANSPORT_IP,
	 false,
	 {V(OPEN, PROTO_RESPONSE), V(CLOSED, PROTO_UNREACH), NOTHING, PROHIBITED}},
};

/* A world with one host that has a port of each kind. */
struct scripted {
	struct raw_world world;
	struct link_sim_port ports[16];
	struct link_sim_host *host;
	const char *name; /* its address */
	unsigned kinds;   /* of ports that are asked */
};

static void scripted_init(struct scripted *scripted, const struct row *row, bool v6, unsigned kinds)
{
	struct raw_world *world = &scripted->world;

	raw_world_init(world, LINK_ETHERNET, 7);
	scripted->name = v6 ? "fd77::7" : "10.7.0.7";
	scripted->host = net_world_add(&world->net, scripted->name, scripted->name);
	scripted->host->ports = scripted->ports;
	scripted->host->ports_count = script_ports(scripted->ports, v6);
	world->net.stack.rst_window_open = 4096;
	if (row->bsd)
		world->net.stack.tcp = LINK_SIM_TCP_BSD;
	world->plan->discovery.skip = true;
	raw_world_target(world, scripted->name);
	raw_world_technique(world, row->technique);
	raw_world_ports(world, row->transport, OPEN, OPEN + kinds - 1);
	scripted->kinds = kinds;
}

static void assert_row(const struct scripted *scripted, const struct row *row, bool v6)
{
	const struct raw_world_host *host = raw_world_find(&scripted->world, scripted->name);
	unsigned i;

	assert_true(host->done);
	assert_false(host->incomplete);
	assert_int_equal(host->verdicts, scripted->kinds);
	for (i = 0; i < scripted->kinds; i++) {
		struct raw_world_port port =
			raw_world_port(host, row->transport, (uint16_t)(OPEN + i));
		struct verdict expected = row->expected[i];

		/* ICMPv6 has no "protocol unreachable". */
		if (v6 && expected.reason == REASON_PROTO_UNREACH)
			expected.reason = REASON_PARAM_PROBLEM;
		if (port.state != expected.state || port.reason != expected.reason ||
		    port.times != 1)
			fail_msg("%s%s: port %u is %s, %s, told %u times", row->technique,
				 v6 ? " over IPv6" : "", OPEN + i, port_state_name(port.state),
				 reason_name(port.reason), port.times);
		assert_int_equal(port.from_other, i == FILTERED - OPEN);
	}
}

static void run_rows(void (*change)(struct scripted *scripted))
{
	unsigned i;
	int v6;

	for (i = 0; i < COUNT(rows); i++)
		for (v6 = 0; v6 < 2; v6++) {
			struct scripted scripted;

			scripted_init(&scripted, &rows[i], v6, KINDS);
			if (change)
				change(&scripted);
			raw_world_run(&scripted.world);
			assert_row(&scripted, &rows[i], v6);
			raw_world_release(&scripted.world);
		}
}

static void every_technique_tells_every_kind_of_port(void **state)
{
	run_rows(NULL);
}

/* ---- what changes nothing ---- */

static void forge(struct scripted *scripted)
{
	scripted->world.net.config.garbage.wrong_cookie = 1;
	scripted->world.net.config.garbage.wrong_port = 1;
	scripted->world.net.config.garbage.wrong_source = 1;
}

/* Protocols have neither port nor cookie: what comes from the host counts there. The
 * quote of an SCTP INIT, whose tag is 0, has only ports. */
static void forged_answers_change_nothing(void **state)
{
	unsigned i;
	int v6;

	for (i = 0; i < COUNT(rows); i++)
		for (v6 = 0; v6 < 2; v6++) {
			struct scripted scripted;
			struct link_sim_truth truth;

			if (rows[i].transport == TRANSPORT_IP)
				continue;
			scripted_init(&scripted, &rows[i], v6,
				      rows[i].transport == TRANSPORT_SCTP ? FILTERED - OPEN
									  : KINDS);
			forge(&scripted);
			raw_world_run(&scripted.world);
			raw_world_truth(&scripted.world, &truth);
			assert_true(truth.forged > 0);
			assert_row(&scripted, &rows[i], v6);
			raw_world_release(&scripted.world);
		}
}

static void duplicate(struct scripted *scripted)
{
	scripted->world.net.config.path.out.duplicated = 1;
	scripted->world.net.config.path.back.duplicated = 1;
}

static void duplicates_are_told_once(void **state)
{
	run_rows(duplicate);
}

static void slow_down(struct scripted *scripted)
{
	scripted->host->rtt_ns = MS(600);
	scripted->host->jitter_ns = MS(300);
}

static void far_hosts_give_the_same(void **state)
{
	run_rows(slow_down);
}

static void by_ip_layer(struct scripted *scripted)
{
	scripted->world.plan->packets.layer = LAYER_IP;
}

static void the_ip_layer_gives_the_same(void **state)
{
	run_rows(by_ip_layer);
}

static void fragment(struct scripted *scripted)
{
	scripted->world.plan->packets.fragment_bytes = 8;
}

static void fragments_give_the_same(void **state)
{
	run_rows(fragment);
}

static void from_one_port(struct scripted *scripted)
{
	scripted->world.plan->packets.has_source_port = true;
	scripted->world.plan->packets.source_port = 53;
}

static void a_fixed_source_port_gives_the_same(void **state)
{
	run_rows(from_one_port);
}

static void with_data(struct scripted *scripted)
{
	static const uint8_t data[] = "something to say";

	scripted->world.plan->packets.has_data = true;
	scripted->world.plan->packets.data = data;
	scripted->world.plan->packets.data_bytes = sizeof(data);
}

static void data_gives_the_same(void **state)
{
	run_rows(with_data);
}

static void among_decoys(struct scripted *scripted)
{
	static struct ip_addr decoys[3];
	struct plan_packets *packets = &scripted->world.plan->packets;

	decoys[0] = addr_of("10.9.0.1");
	decoys[1] = addr_of("fd99::1");
	decoys[2] = addr_of("10.9.0.3");
	packets->decoys = decoys;
	packets->decoys_count = COUNT(decoys);
	packets->own_place = 1;
}

static void decoys_give_the_same(void **state)
{
	run_rows(among_decoys);
}

static void with_options(struct scripted *scripted)
{
	static const uint8_t nops[] = {1, 1, 1, 0};

	scripted->world.plan->packets.ip_options = nops;
	scripted->world.plan->packets.ip_options_bytes = sizeof(nops);
}

static void ip_options_give_the_same(void **state)
{
	run_rows(with_options);
}

static void behind_a_full_card(struct scripted *scripted)
{
	scripted->world.net.config.full = 0.5;
	scripted->world.net.config.card = (struct link_sim_rate){100, 1};
}

static void a_full_card_loses_nothing(void **state)
{
	run_rows(behind_a_full_card);
}

/* ---- answers that nobody asked for ---- */

struct intruder {
	struct raw_world *world;
	struct timer timer;
	uint16_t our_port; /* that the last probe left from */
	uint16_t from_port;
	unsigned told;
};

static void overhear(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		     size_t count)
{
	struct intruder *intruder = self;
	struct packet packet;

	if (where == LINK_SIM_ARRIVED && packet_parse(bytes, count, &packet) &&
	    packet.kind == PACKET_UDP)
		intruder->our_port = packet.udp.src_port;
}

static void intrude(void *self)
{
	struct intruder *intruder = self;
	struct link *link = intruder->world->links[0];
	struct packet packet = {.kind = PACKET_UDP, .ip.ttl = 60};
	uint8_t bytes[64];
	struct link_seen seen = {.bytes = bytes, .at_ns = loop_now_ns(intruder->world->net.loop)};

	packet.ip.src = addr_of("10.7.0.7");
	packet.ip.dst = intruder->world->net.own[0];
	packet.udp.src_port = intruder->from_port;
	packet.udp.dst_port = intruder->our_port;
	seen.count = packet_build(&packet, bytes, sizeof(bytes));
	intruder->told++;
	link->config.heard(link->config.self, link, &seen);
}

/* UDP has no cookie: an answer from a port that was not asked, or is not yet, to a port
 * of ours that is right, has no place in the results. */
static void udp_answers_of_ports_not_asked_do_not_count(void **state)
{
	static const uint16_t froms[] = {7777, 1049};
	unsigned i;

	for (i = 0; i < COUNT(froms); i++) {
		struct raw_world world;
		struct raw_world_host *host;
		struct intruder intruder = {
			.world = &world,
			.timer = {.fire = intrude, .self = &intruder},
			.from_port = froms[i],
		};

		raw_world_init(&world, LINK_IP, 3);
		net_world_add(&world.net, "10.7.0.7", "10.7.0.7");
		raw_world_target(&world, "10.7.0.7");
		raw_world_technique(&world, "udp");
		raw_world_ports(&world, TRANSPORT_UDP, 1000, 1049);
		world.plan->discovery.skip = true;
		world.plan->sequential_ports = true;
		world.plan->timing.scan_delay_ns = MS(20);
		world.net.config.tap = overhear;
		world.net.config.tap_self = &intruder;
		assert_int_equal(loop_timer_set(world.net.loop, &intruder.timer, MS(500)), 0);
		raw_world_run(&world);
		assert_int_equal(intruder.told, 1);
		assert_int_not_equal(intruder.our_port, 0);
		host = raw_world_find(&world, "10.7.0.7");
		assert_int_equal(host->verdicts, 50);
		assert_int_equal(host->states[PORT_OPEN_FILTERED], 50);
		raw_world_release(&world);
	}
}

/* ---- late and contradictory answers ---- */

static void syn_world(struct raw_world *world, const char *first, const char *last,
		      const char *target)
{
	raw_world_init(world, LINK_ETHERNET, 3);
	net_world_add(&world->net, first, last);
	raw_world_target(world, target);
	raw_world_technique(world, "tcp-syn");
	world->plan->discovery.skip = true;
}

/* Each answer takes half a second more than the timeout; the scan, 400 ms a probe,
 * goes on long enough to hear most of them. */
static void late_answers_are_credited(void **state)
{
	struct raw_world world;
	struct raw_world_host *host;

	syn_world(&world, "10.7.0.7", "10.7.0.7", "10.7.0.7");
	world.net.config.garbage.late = 1;
	world.net.config.garbage.late_ns = MS(1500);
	world.plan->timing.max_retries = 0;
	world.plan->timing.scan_delay_ns = MS(400);
	raw_world_ports(&world, TRANSPORT_TCP, 1, 20);
	raw_world_run(&world);
	host = raw_world_find(&world, "10.7.0.7");
	assert_int_equal(host->verdicts, 20);
	assert_in_range(host->states[PORT_CLOSED], 17, 19);
	assert_int_equal(host->states[PORT_CLOSED] + host->states[PORT_FILTERED], 20);
	raw_world_release(&world);
}

/* Late, and the port was asked again meanwhile: one verdict, of the first send. */
static void an_answer_to_the_first_send_counts_when_the_second_is_out(void **state)
{
	struct raw_world world;
	struct raw_world_host *host;

	syn_world(&world, "10.7.0.7", "10.7.0.7", "10.7.0.7");
	world.net.hosts[0].rtt_ns = MS(1500);
	raw_world_ports(&world, TRANSPORT_TCP, 22, 22);
	raw_world_run(&world);
	host = raw_world_find(&world, "10.7.0.7");
	assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 22).state, PORT_OPEN);
	assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 22).attempt, 1);
	assert_int_equal(world.end.end.probes_sent, 2);
	raw_world_release(&world);
}

/* SC-21: closed gives way to open, open to nothing (in a SYN scan). Silent ports
 * keep the scan open until the contradictions are in. */
static void of_two_answers_the_better_stands(void **state)
{
	struct raw_world world;
	struct raw_world_host *host;

	syn_world(&world, "10.7.0.7", "10.7.0.7", "10.7.0.7");
	world.net.config.garbage.contradicted = 1;
	world.net.config.garbage.contradicted_ns = MS(1);
	raw_world_ports(&world, TRANSPORT_TCP, 20, 25);
	raw_world_ports(&world, TRANSPORT_TCP, 100, 109);
	raw_world_run(&world);
	host = raw_world_find(&world, "10.7.0.7");
	assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 22).state, PORT_OPEN);
	assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 22).times, 1);
	assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 23).state, PORT_OPEN);
	assert_int_equal(raw_world_port(host, TRANSPORT_TCP, 23).times, 2);
	assert_int_equal(host->states[PORT_OPEN], 6);
	assert_int_equal(host->states[PORT_FILTERED], 10);
	raw_world_release(&world);
}

/* A port that answers is asked again and again while the rest is silent; that is
 * seen in what is sent, and not in what is told. */
static void canaries_do_not_show(void **state)
{
	static const struct link_sim_port one[] = {
		{.transport = TRANSPORT_TCP, .first = 7, .last = 7, .state = LINK_SIM_OPEN},
	};
	struct raw_world world;
	struct raw_world_host *host;
	unsigned port;

	syn_world(&world, "10.7.0.7", "10.7.0.7", "10.7.0.7");
	world.plan->sequential_ports = true;
	world.net.hosts[0].ports = one;
	world.net.hosts[0].ports_count = 1;
	world.net.hosts[0].otherwise[TRANSPORT_TCP] = LINK_SIM_SILENT;
	raw_world_ports(&world, TRANSPORT_TCP, 1, 2000);
	raw_world_run(&world);
	host = raw_world_find(&world, "10.7.0.7");
	assert_true(world.end.end.probes_sent > 2 * 1999 + 1);
	assert_int_equal(host->states[PORT_OPEN], 1);
	assert_int_equal(host->states[PORT_FILTERED], 1999);
	for (port = 1; port <= 2000; port++)
		assert_int_equal(raw_world_port(host, TRANSPORT_TCP, (uint16_t)port).times, 1);
	raw_world_release(&world);
}

/* ---- discovery ---- */

static void a_dead_neighbour_is_down_whatever_the_user_says(void **state)
{
	struct raw_world world;

	syn_world(&world, "10.0.0.7", "10.0.0.7", "10.0.0.7-8");
	raw_world_target(&world, "fd00::7");
	raw_world_target(&world, "fd00::8");
	raw_world_ports(&world, TRANSPORT_TCP, 22, 22);
	net_world_add(&world.net, "fd00::7", "fd00::7");
	raw_world_run(&world);
	assert_int_equal(world.hosts_count, 4);
	assert_int_equal(raw_world_find(&world, "10.0.0.7")->reason, REASON_ARP_RESPONSE);
	assert_true(raw_world_find(&world, "10.0.0.7")->has_mac);
	assert_int_equal(raw_world_find(&world, "fd00::7")->reason, REASON_ND_RESPONSE);
	assert_int_equal(raw_world_find(&world, "10.0.0.8")->state, HOST_DOWN);
	assert_int_equal(raw_world_find(&world, "fd00::8")->state, HOST_DOWN);
	assert_int_equal(raw_world_find(&world, "fd00::8")->reason, REASON_NO_RESPONSE);
	assert_int_equal(raw_world_find(&world, "10.0.0.8")->verdicts, 0);
	assert_int_equal(raw_world_find(&world, "10.0.0.7")->states[PORT_OPEN], 1);
	raw_world_release(&world);
}

static void without_arp_ping_the_user_is_believed(void **state)
{
	struct raw_world world;

	syn_world(&world, "10.0.0.7", "10.0.0.7", "10.0.0.8");
	raw_world_ports(&world, TRANSPORT_TCP, 22, 22);
	world.plan->discovery.neighbours = false;
	raw_world_run(&world);
	assert_int_equal(raw_world_find(&world, "10.0.0.8")->reason, REASON_USER_SET);
	assert_int_equal(raw_world_find(&world, "10.0.0.8")->states[PORT_FILTERED], 1);
	assert_int_equal(raw_world_find(&world, "10.0.0.8")->incomplete, false);
	raw_world_release(&world);
}

/* The gateway is found by ARP, what is behind it is not, in either order. */
static void a_gateway_may_be_a_target_too(void **state)
{
	static const char *const orders[2][2] = {{"10.0.0.254", "10.7.0.7"},
						 {"10.7.0.7", "10.0.0.254"}};
	struct raw_world world;
	int i;

	for (i = 0; i < 2; i++) {
		raw_world_init(&world, LINK_ETHERNET, 3);
		net_world_add(&world.net, "10.7.0.7", "10.7.0.7");
		net_world_add(&world.net, "10.0.0.254", "10.0.0.254")->mac =
			world.net.config.gateway_mac;
		raw_world_target(&world, orders[i][0]);
		raw_world_target(&world, orders[i][1]);
		raw_world_run(&world);
		assert_int_equal(raw_world_find(&world, "10.0.0.254")->reason, REASON_ARP_RESPONSE);
		assert_int_equal(raw_world_find(&world, "10.7.0.7")->reason, REASON_ECHO_REPLY);
		raw_world_release(&world);
	}
}

static void our_own_address_is_up_without_a_probe(void **state)
{
	struct raw_world world;

	raw_world_init(&world, LINK_ETHERNET, 3);
	raw_world_target(&world, "10.0.0.1");
	raw_world_run(&world);
	assert_int_equal(raw_world_find(&world, "10.0.0.1")->state, HOST_UP);
	assert_int_equal(raw_world_find(&world, "10.0.0.1")->reason, REASON_LOCALHOST_RESPONSE);
	assert_int_equal(world.end.end.probes_sent, 0);
	raw_world_release(&world);
}

/* The first probe's answer comes before the second is due. */
static void a_near_live_host_costs_one_probe(void **state)
{
	struct raw_world world;
	unsigned i;

	raw_world_init(&world, LINK_ETHERNET, 3);
	net_world_add(&world.net, "10.7.0.0", "10.7.0.255")->rtt_ns = MS(3);
	raw_world_target(&world, "10.7.0.0/24");
	raw_world_run(&world);
	assert_int_equal(world.up, 256);
	assert_int_equal(world.end.end.probes_sent, 256);
	for (i = 0; i < world.hosts_count; i++)
		assert_int_equal(world.hosts[i].reason, REASON_ECHO_REPLY);
	raw_world_release(&world);
}

static void a_dead_host_is_asked_everything_twice(void **state)
{
	struct raw_world world;

	raw_world_init(&world, LINK_ETHERNET, 3);
	raw_world_target(&world, "10.7.0.7");
	raw_world_run(&world);
	assert_int_equal(world.down, 1);
	assert_int_equal(raw_world_find(&world, "10.7.0.7")->reason, REASON_NO_RESPONSE);
	assert_int_equal(world.end.end.probes_sent, 8);
	raw_world_release(&world);
}

/* Every ping proves a host up that answers nothing else. */
static void every_ping_finds_its_host(void **state)
{
	static const struct {
		const char *technique;
		unsigned port;
		enum reason reason;
	} pings[] = {
		{"icmp-echo", 0, REASON_ECHO_REPLY},
		{"icmp-timestamp", 0, REASON_TIMESTAMP_REPLY},
		{"icmp-mask", 0, REASON_ADDRESSMASK_REPLY},
		{"tcp-syn", 80, REASON_SYN_ACK},
		{"tcp-syn", 81, REASON_RESET},
		{"tcp-ack", 81, REASON_RESET},
		{"udp", 40125, REASON_PORT_UNREACH},
		{"udp", 53, REASON_UDP_RESPONSE},
		{"sctp-init", 80, REASON_ABORT},
		{"ip-protocol", 17, REASON_PORT_UNREACH},
		{"ip-protocol", 1, REASON_PROTO_RESPONSE},
		{"ip-protocol", 6, REASON_PROTO_RESPONSE},
		{"ip-protocol", 99, REASON_PROTO_UNREACH},
	};
	unsigned i;

	for (i = 0; i < COUNT(pings); i++) {
		struct raw_world world;
		struct raw_world_host *host;

		raw_world_init(&world, LINK_ETHERNET, 3);
		world.net.stack.answers |= LINK_SIM_MASK;
		net_world_add(&world.net, "10.7.0.7", "10.7.0.7");
		raw_world_target(&world, "10.7.0.7-8");
		raw_world_no_pings(&world);
		raw_world_ping(&world, pings[i].technique, pings[i].port);
		raw_world_run(&world);
		assert_int_equal(raw_world_find(&world, "10.7.0.8")->state, HOST_DOWN);
		host = raw_world_find(&world, "10.7.0.7");
		if (host->state != HOST_UP || host->reason != pings[i].reason)
			fail_msg("%s %u says %s, %s", pings[i].technique, pings[i].port,
				 host_state_name(host->state), reason_name(host->reason));
		raw_world_release(&world);
	}
}

/* "Host unreachable" of a router proves nothing, so it is no reason either (HD-17). */
static void what_a_router_says_proves_nobody_up(void **state)
{
	struct raw_world world;
	struct link_sim_host *host;

	raw_world_init(&world, LINK_ETHERNET, 3);
	host = net_world_add(&world.net, "10.7.0.7", "10.7.0.7");
	host->unreachable = true;
	host->router = addr_of("10.6.0.1");
	raw_world_target(&world, "10.7.0.7");
	raw_world_run(&world);
	assert_int_equal(raw_world_find(&world, "10.7.0.7")->state, HOST_DOWN);
	assert_int_equal(raw_world_find(&world, "10.7.0.7")->reason, REASON_NO_RESPONSE);
	raw_world_release(&world);
}

/* The card takes 20,000 a second, and nobody answers who might wake the sender: it has to
 * look after the card by itself. */
static void a_slow_card_is_kept_busy(void **state)
{
	struct raw_world world;
	struct link_sim_truth truth;

	syn_world(&world, "10.8.0.0", "10.8.0.1", "10.7.0.0/20");
	raw_world_ports(&world, TRANSPORT_TCP, 1, 5);
	world.plan->timing.max_retries = 0;
	world.net.config.card = (struct link_sim_rate){20000, 256};
	raw_world_run(&world);
	raw_world_truth(&world, &truth);
	assert_true(truth.refused > 0);
	assert_int_equal(world.end.end.probes_sent, 4096 * 5);
	assert_in_range(raw_world_ms(&world), 1000, 3500);
	raw_world_release(&world);
}

/* ---- what goes wrong ---- */

/* Nothing but ARP requests is sent, and the hosts behind it are silent, not lost. */
static void hosts_behind_a_silent_gateway_are_down(void **state)
{
	struct raw_world world;
	struct link_sim_truth truth;

	raw_world_init(&world, LINK_ETHERNET, 3);
	net_world_add(&world.net, "10.7.0.0", "10.7.0.255");
	world.net.config.path.back.loss = 1;
	raw_world_target(&world, "10.7.0.0/24");
	raw_world_technique(&world, "tcp-syn");
	raw_world_ports(&world, TRANSPORT_TCP, 22, 30);
	raw_world_run(&world);
	raw_world_truth(&world, &truth);
	assert_int_equal(world.down, 256);
	assert_int_equal(world.end.end.outcome, RUN_COMPLETE);
	assert_in_range(truth.out.entered, 1, 16);
	raw_world_release(&world);
}

static void ports_behind_a_silent_gateway_are_silent(void **state)
{
	struct raw_world world;
	struct raw_world_host *host;

	syn_world(&world, "10.7.0.0", "10.7.0.255", "10.7.0.7");
	world.net.config.path.back.loss = 1;
	raw_world_ports(&world, TRANSPORT_TCP, 1, 100);
	raw_world_run(&world);
	host = raw_world_find(&world, "10.7.0.7");
	assert_int_equal(host->states[PORT_FILTERED], 100);
	assert_true(host->done);
	raw_world_release(&world);
}

struct watcher {
	uint64_t until_ns; /* nothing may be sent from then on */
	uint64_t sent, too_late;
};

static void watch(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		  size_t count)
{
	struct watcher *watcher = self;

	if (where != LINK_SIM_SENT)
		return;
	watcher->sent++;
	watcher->too_late += at_ns >= watcher->until_ns;
}

static void a_lost_interface_ends_the_run(void **state)
{
	struct watcher watcher = {.until_ns = MS(60)};
	struct raw_world world;
	struct link_sim_truth truth;
	unsigned i;

	syn_world(&world, "10.7.0.0", "10.7.0.255", "10.7.0.0/28");
	raw_world_ports(&world, TRANSPORT_TCP, 1, 1000);
	world.net.config.lost_at_ns = watcher.until_ns;
	world.net.config.tap = watch;
	world.net.config.tap_self = &watcher;
	raw_world_run(&world);
	raw_world_truth(&world, &truth);
	assert_true(watcher.sent > 100);
	assert_int_equal(watcher.too_late, 0);
	assert_int_equal(world.warnings, 1);
	assert_non_null(strstr(world.warning, "interface"));
	assert_int_equal(world.hosts_count, 16);
	for (i = 0; i < world.hosts_count; i++) {
		assert_true(world.hosts[i].done);
		assert_true(world.hosts[i].incomplete);
	}
	assert_true(raw_world_ms(&world) < 1000);
	raw_world_release(&world);
}

static void a_cancelled_run_ends_at_once(void **state)
{
	struct raw_world world;
	struct timer timer = {.fire = raw_world_cancel, .self = &world};

	syn_world(&world, "10.7.0.0", "10.7.0.255", "10.7.0.0/28");
	raw_world_ports(&world, TRANSPORT_TCP, 1, 1000);
	assert_int_equal(loop_timer_set(world.net.loop, &timer, MS(60)), 0);
	raw_world_run(&world);
	assert_int_equal(world.end.end.outcome, RUN_CANCELLED);
	assert_int_equal(raw_world_ms(&world), 60);
	raw_world_release(&world);
}

static void loss_hides_no_port(void **state)
{
	struct raw_world world;
	struct raw_world_host *host;

	syn_world(&world, "10.7.0.7", "10.7.0.7", "10.7.0.7");
	net_world_lose(&world.net, 0.05);
	raw_world_ports(&world, TRANSPORT_TCP, 1, 1000);
	raw_world_run(&world);
	host = raw_world_find(&world, "10.7.0.7");
	assert_int_equal(host->states[PORT_OPEN], 3);
	assert_int_equal(host->states[PORT_FILTERED], 110);
	assert_int_equal(host->states[PORT_CLOSED], 887);
	raw_world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_technique_tells_every_kind_of_port),
		cmocka_unit_test(forged_answers_change_nothing),
		cmocka_unit_test(duplicates_are_told_once),
		cmocka_unit_test(far_hosts_give_the_same),
		cmocka_unit_test(the_ip_layer_gives_the_same),
		cmocka_unit_test(fragments_give_the_same),
		cmocka_unit_test(a_fixed_source_port_gives_the_same),
		cmocka_unit_test(data_gives_the_same),
		cmocka_unit_test(decoys_give_the_same),
		cmocka_unit_test(ip_options_give_the_same),
		cmocka_unit_test(a_full_card_loses_nothing),
		cmocka_unit_test(udp_answers_of_ports_not_asked_do_not_count),
		cmocka_unit_test(late_answers_are_credited),
		cmocka_unit_test(an_answer_to_the_first_send_counts_when_the_second_is_out),
		cmocka_unit_test(of_two_answers_the_better_stands),
		cmocka_unit_test(canaries_do_not_show),
		cmocka_unit_test(a_dead_neighbour_is_down_whatever_the_user_says),
		cmocka_unit_test(without_arp_ping_the_user_is_believed),
		cmocka_unit_test(a_gateway_may_be_a_target_too),
		cmocka_unit_test(our_own_address_is_up_without_a_probe),
		cmocka_unit_test(a_near_live_host_costs_one_probe),
		cmocka_unit_test(a_dead_host_is_asked_everything_twice),
		cmocka_unit_test(every_ping_finds_its_host),
		cmocka_unit_test(what_a_router_says_proves_nobody_up),
		cmocka_unit_test(a_slow_card_is_kept_busy),
		cmocka_unit_test(hosts_behind_a_silent_gateway_are_down),
		cmocka_unit_test(ports_behind_a_silent_gateway_are_silent),
		cmocka_unit_test(a_lost_interface_ends_the_run),
		cmocka_unit_test(a_cancelled_run_ends_at_once),
		cmocka_unit_test(loss_hides_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
