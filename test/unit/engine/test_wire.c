/* The wire on a link that the test holds in its hands. */
#include "wire_fixture.h"

static struct arp_packet arp_at(const struct fixture *fixture, unsigned i)
{
	struct ethernet_header header;
	struct arp_packet arp;
	const uint8_t *rest;
	size_t rest_bytes;

	assert_in_range(i, 0, fixture->frames_count - 1);
	assert_true(ethernet_parse(fixture->frames[i].bytes, fixture->frames[i].count, &header,
				   &rest, &rest_bytes));
	assert_int_equal(header.type, ETHERNET_ARP);
	assert_true(arp_parse(rest, rest_bytes, &arp));
	return arp;
}

static void a_gateway_is_asked_for_by_arp(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct ip_addr to = addr_of("10.7.0.7"), gateway = addr_of("10.0.0.254");
	struct packet packet = syn();
	struct ethernet_header header;
	struct arp_packet arp;
	struct hop *hop;
	struct mac_addr mac;
	const uint8_t *rest;
	size_t rest_bytes;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.7.0.7", &route);
	assert_int_equal(hop_state(hop), HOP_ASKING);
	assert_false(hop_is_neighbour(hop));
	assert_false(hop_mac(hop, &mac));
	hop_resolve(fixture.wire, hop);
	hop_resolve(fixture.wire, hop); /* it is being asked: once is enough */
	wire_flush(fixture.wire);
	assert_int_equal(fixture.frames_count, 1);
	arp = arp_at(&fixture, 0);
	assert_int_equal(arp.operation, ARP_REQUEST);
	assert_true(ip_equal(&arp.target, &gateway));
	assert_true(ip_equal(&arp.sender, &route->source));
	assert_true(mac_equal(&arp.sender_mac, &own_mac));
	say_arp(&fixture, "10.0.0.254", &gateway_mac);
	assert_int_equal(hop_state(hop), HOP_READY);
	assert_int_equal(fixture.changes, 1);
	assert_int_equal(fixture.neighbours, 1);
	assert_true(hop_mac(hop, &mac) && mac_equal(&mac, &gateway_mac));
	/* Whoever speaks later would like to be it. */
	say_arp(&fixture, "10.0.0.254", &other_mac);
	assert_true(hop_mac(hop, &mac) && mac_equal(&mac, &gateway_mac));
	assert_int_equal(wire_send(fixture.wire, hop, route, &to, &packet), 0);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 2);
	assert_true(ethernet_parse(fixture.frames[1].bytes, fixture.frames[1].count, &header, &rest,
				   &rest_bytes));
	assert_true(mac_equal(&header.dst, &gateway_mac));
	assert_true(mac_equal(&header.src, &own_mac));
	assert_int_equal(header.type, ETHERNET_IPV4);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

static void a_neighbour_is_asked_for_by_nd(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct packet packet;
	struct ip_addr target, group;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "fd00::7", &route);
	assert_true(hop_is_neighbour(hop));
	hop_resolve(fixture.wire, hop);
	wire_flush(fixture.wire);
	packet = parsed(&fixture, 0);
	target = addr_of("fd00::7");
	group = nd_solicited_node(&target);
	assert_int_equal(packet.kind, PACKET_ICMPV6);
	assert_int_equal(packet.icmp.type, ICMPV6_NEIGHBOUR_SOLICITATION);
	assert_true(ip_equal(&packet.ip.dst, &group));
	assert_memory_equal(packet.payload, target.bytes, 16);
	say_advertisement(&fixture, "fd00::7", &other_mac);
	assert_int_equal(hop_state(hop), HOP_READY);
	assert_int_equal(fixture.neighbours, 1);
	assert_true(fixture.neighbour_has_mac);
	assert_int_equal(fixture.heard, 0);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

static void a_silent_hop_is_asked_four_times(void **state)
{
	static const uint64_t at_ms[] = {0, 250, 750, 1500};
	struct fixture fixture;
	const struct route *route;
	struct hop *hop;
	unsigned i;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.7.0.7", &route);
	hop_resolve(fixture.wire, hop);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 4);
	for (i = 0; i < 4; i++)
		assert_int_equal(fixture.frames[i].at_ns, MS(at_ms[i]));
	assert_int_equal(hop_state(hop), HOP_SILENT);
	assert_int_equal(fixture.changes, 1);
	assert_int_equal(fixture.last_state, HOP_SILENT);
	assert_int_equal(loop_now_ns(fixture.loop), MS(2500));
	/* Asked for again it is asked again, and may have come back. */
	hop_resolve(fixture.wire, hop);
	assert_int_equal(hop_state(hop), HOP_ASKING);
	say_arp(&fixture, "10.0.0.254", &gateway_mac);
	assert_int_equal(hop_state(hop), HOP_READY);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

/* It had been given up. */
static void a_hop_that_speaks_late_is_ready(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.7.0.7", &route);
	hop_resolve(fixture.wire, hop);
	assert_int_equal(loop_run(fixture.loop), 0);
	say_arp(&fixture, "10.0.0.254", &gateway_mac);
	assert_int_equal(hop_state(hop), HOP_READY);
	assert_int_equal(fixture.changes, 2);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

static void what_the_system_knows_is_not_asked(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture.knows_gateway = true;
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.7.0.7", &route);
	assert_int_equal(hop_state(hop), HOP_READY);
	hop_resolve(fixture.wire, hop);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 0);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

static void targets_behind_one_gateway_share_a_hop(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct hop *a, *b, *c, *d;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	a = hop_to(&fixture, "10.7.0.7", &route);
	b = hop_to(&fixture, "10.8.0.8", &route);
	c = hop_to(&fixture, "10.0.0.7", &route);
	d = hop_to(&fixture, "10.0.0.8", &route);
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_ptr_not_equal(c, d);
	assert_int_equal(fixture.opened, 1);
	hop_unref(fixture.wire, a);
	hop_unref(fixture.wire, b);
	hop_unref(fixture.wire, c);
	hop_unref(fixture.wire, d);
	hop_unref(fixture.wire, NULL);
	fixture_release(&fixture);
}

static void there_may_be_no_route(void **state)
{
	struct fixture fixture;
	struct ip_addr to = addr_of("10.99.0.1");
	const struct route *route;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	assert_int_equal(wire_hop(fixture.wire, &to, &hop, &route), ERROR_NOT_FOUND);
	assert_int_equal(wire_hop_shared(fixture.wire, &to, &hop, &route), ERROR_NOT_FOUND);
	fixture_release(&fixture);
}

static void the_kernel_reaches_our_own_and_shared_neighbours(void **state)
{
	struct fixture fixture;
	struct ip_addr a = addr_of("10.0.0.7"), b = addr_of("10.0.0.8"), far = addr_of("10.7.0.7");
	const struct route *route;
	struct hop *own, *one, *two, *gateway, *plain;
	uint8_t header[ETHERNET_HEADER_BYTES];

	fixture_init(&fixture, LINK_ETHERNET);
	fixture.knows_gateway = true;
	fixture_begin(&fixture);
	own = hop_to(&fixture, "10.0.0.1", &route);
	assert_int_equal(hop_state(own), HOP_READY);
	assert_false(hop_is_neighbour(own));
	assert_int_equal(wire_hop_shared(fixture.wire, &a, &one, &route), 0);
	assert_int_equal(wire_hop_shared(fixture.wire, &b, &two, &route), 0);
	assert_ptr_equal(one, two);
	assert_int_equal(hop_state(one), HOP_READY);
	assert_int_equal(hop_header(one, &a, header), 0);
	assert_int_equal(wire_hop_shared(fixture.wire, &far, &gateway, &route), 0);
	plain = hop_to(&fixture, "10.8.0.7", &route);
	assert_ptr_equal(gateway, plain);
	assert_int_equal(hop_header(gateway, &far, header), ETHERNET_HEADER_BYTES);
	assert_int_equal(fixture.opened, 2);
	hop_unref(fixture.wire, own);
	hop_unref(fixture.wire, one);
	hop_unref(fixture.wire, two);
	hop_unref(fixture.wire, gateway);
	hop_unref(fixture.wire, plain);
	fixture_release(&fixture);
}

/* ---- the gate ---- */

static void nothing_is_sent_to_the_excluded(void **state)
{
	struct fixture fixture;
	struct ip_addr bad = addr_of("10.0.0.7"), bad6 = addr_of("fd00::7"),
		       good = addr_of("10.0.0.8");
	const struct route *route;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture.gate.excludes = addrset_new();
	assert_int_equal(addrset_add(fixture.gate.excludes, &bad), 0);
	assert_int_equal(addrset_add(fixture.gate.excludes, &bad6), 0);
	fixture_begin(&fixture);
	assert_int_equal(send_to(&fixture, "10.0.0.7", syn()), ERROR_EXCLUDED);
	assert_int_equal(send_to(&fixture, "fd00::7", syn()), ERROR_EXCLUDED);
	hop = hop_to(&fixture, "10.0.0.7", &route);
	assert_int_equal(wire_ask_neighbour(fixture.wire, hop, route, &bad), ERROR_EXCLUDED);
	assert_false(wire_allows(fixture.wire, &bad, TRANSPORT_TCP, 80));
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 0);
	assert_true(wire_allows(fixture.wire, &good, TRANSPORT_TCP, 80));
	assert_int_equal(wire_ask_neighbour(fixture.wire, hop, route, &good), 0);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 1);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

/* A neighbour that is excluded is not even asked for its hardware address. */
static void an_excluded_neighbour_is_not_resolved(void **state)
{
	struct fixture fixture;
	struct ip_addr bad = addr_of("10.0.0.7");
	const struct route *route;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture.gate.excludes = addrset_new();
	assert_int_equal(addrset_add(fixture.gate.excludes, &bad), 0);
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.0.0.7", &route);
	hop_resolve(fixture.wire, hop);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 0);
	assert_int_equal(hop_state(hop), HOP_SILENT);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

/* ---- what packets look like ---- */

static void what_is_sent_is_what_was_given(void **state)
{
	struct fixture fixture;
	struct packet packet, given = syn();
	struct ip_addr to = addr_of("10.7.0.7");
	uint8_t bytes[256];
	size_t count;

	ip_fixture(&fixture);
	tcp_add_mss(&given.tcp, 1460);
	assert_int_equal(send_to(&fixture, "10.7.0.7", given), 0);
	assert_int_equal(fixture.frames_count, 0); /* until the end of the turn */
	assert_int_equal(loop_run(fixture.loop), 0);
	packet = parsed(&fixture, 0);
	given.ip.src = fixture.far.source;
	given.ip.dst = to;
	given.ip.ttl = packet.ip.ttl;
	given.ip.id = packet.ip.id;
	count = packet_build(&given, bytes, sizeof(bytes));
	assert_int_equal(count, 44);
	assert_int_equal(fixture.frames[0].count, count);
	assert_memory_equal(fixture.frames[0].bytes, bytes, count);
	fixture_release(&fixture);
}

static void ttl_and_identification_vary(void **state)
{
	struct fixture fixture;
	unsigned ttls[256] = {0}, i, different = 0;
	struct packet other = {.kind = PACKET_OTHER, .ip.protocol = 47}, own = syn();

	ip_fixture(&fixture);
	for (i = 0; i < 1000; i++)
		assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
	own.ip.ttl = 7;
	assert_int_equal(send_to(&fixture, "10.7.0.7", own), 0);
	assert_int_equal(send_to(&fixture, "fd77::7", syn()), 0);
	assert_int_equal(send_to(&fixture, "fd77::7", other), 0);
	wire_flush(fixture.wire);
	assert_int_equal(fixture.frames_count, 1003);
	for (i = 0; i < 1000; i++) {
		ttls[parsed(&fixture, i).ip.ttl]++;
		assert_false(parsed(&fixture, i).ip.dont_fragment);
		different += i && parsed(&fixture, i).ip.id != parsed(&fixture, i - 1).ip.id;
	}
	for (i = 0; i < 256; i++)
		assert_int_equal(ttls[i] > 0, i >= 37 && i <= 59);
	assert_true(different > 990);
	assert_int_equal(parsed(&fixture, 1000).ip.ttl, 7);
	assert_int_equal(parsed(&fixture, 1001).ip.ttl, 255);
	assert_in_range(parsed(&fixture, 1002).ip.ttl, 37, 59);
	fixture_release(&fixture);
}

static void the_plan_may_set_the_ttl(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, LINK_IP);
	fixture.plan->ttl = 3;
	fixture_begin(&fixture);
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
	assert_int_equal(send_to(&fixture, "fd77::7", syn()), 0);
	wire_flush(fixture.wire);
	assert_int_equal(parsed(&fixture, 0).ip.ttl, 3);
	assert_int_equal(parsed(&fixture, 1).ip.ttl, 3);
	fixture_release(&fixture);
}

static void a_packet_may_leave_exactly_as_it_is(void **state)
{
	static const uint8_t data[] = "data";
	struct fixture fixture;
	const struct route *route;
	struct ip_addr to = addr_of("10.7.0.7");
	struct packet packet = syn();
	struct hop *hop;

	(void)state;
	fixture_init(&fixture, LINK_IP);
	fixture.plan->ttl = 99;
	fixture.plan->packets.has_data = true;
	fixture.plan->packets.data = data;
	fixture.plan->packets.data_bytes = 4;
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.7.0.7", &route);
	packet.ip.ttl = 5;
	packet.ip.id = 0x1042;
	assert_int_equal(wire_send_exactly(fixture.wire, hop, route, &to, &packet), 0);
	packet.ip.ttl = 0;
	packet.ip.id = 0;
	assert_int_equal(wire_send_exactly(fixture.wire, hop, route, &to, &packet), 0);
	wire_flush(fixture.wire);
	assert_int_equal(parsed(&fixture, 0).ip.ttl, 5);
	assert_int_equal(parsed(&fixture, 0).ip.id, 0x1042);
	assert_int_equal(parsed(&fixture, 0).payload_bytes, 0);
	assert_int_equal(parsed(&fixture, 1).ip.ttl, 99);
	assert_int_not_equal(parsed(&fixture, 1).ip.id, 0);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

static void a_wrong_checksum_is_wrong_alone(void **state)
{
	struct fixture fixture;
	struct ip_addr to = addr_of("10.7.0.7");
	int bad;

	for (bad = 0; bad < 2; bad++) {
		fixture_init(&fixture, LINK_IP);
		fixture.plan->packets.bad_sum = bad;
		fixture_begin(&fixture);
		assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
		wire_flush(fixture.wire);
		assert_true(header_sum_is_right(fixture.frames[0].bytes));
		assert_int_equal(
			tcp_sum_is_right(fixture.frames[0].bytes, fixture.frames[0].count, &to),
			!bad);
		fixture_release(&fixture);
	}
}

static void data_goes_behind_headers_and_nowhere_else(void **state)
{
	static const uint8_t data[] = "data", init[16] = "an init's value";
	struct fixture fixture;
	struct packet udp = {.kind = PACKET_UDP}, echo = {.kind = PACKET_ICMP},
		      stamp = {.kind = PACKET_ICMP, .payload = init, .payload_bytes = 12},
		      sctp = {.kind = PACKET_SCTP, .payload = init, .payload_bytes = sizeof(init)},
		      other = {.kind = PACKET_OTHER, .ip.protocol = 47};
	int i;

	fixture_init(&fixture, LINK_IP);
	fixture.plan->packets.has_data = true;
	fixture.plan->packets.data = data;
	fixture.plan->packets.data_bytes = sizeof(data);
	fixture_begin(&fixture);
	udp.payload = init; /* a known payload gives way */
	udp.payload_bytes = 3;
	echo.icmp.type = ICMP_ECHO;
	stamp.icmp.type = ICMP_TIMESTAMP;
	sctp.sctp.chunk_type = SCTP_INIT;
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", udp), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", echo), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", stamp), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", sctp), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", other), 0);
	wire_flush(fixture.wire);
	for (i = 0; i < 3; i++) {
		assert_int_equal(parsed(&fixture, i).payload_bytes, sizeof(data));
		assert_memory_equal(parsed(&fixture, i).payload, data, sizeof(data));
	}
	assert_int_equal(parsed(&fixture, 3).payload_bytes, 12);
	assert_int_equal(parsed(&fixture, 4).payload_bytes, sizeof(init));
	assert_memory_equal(parsed(&fixture, 4).payload, init, sizeof(init));
	assert_int_equal(parsed(&fixture, 5).payload_bytes, 0);
	fixture_release(&fixture);
}

/* ---- decoys ---- */

static void with_decoys(struct fixture *fixture, struct ip_addr decoys[4], size_t own_place)
{
	decoys[0] = addr_of("10.9.0.1");
	decoys[1] = addr_of("10.9.0.2");
	decoys[2] = addr_of("fd99::3");
	decoys[3] = addr_of("10.9.0.4");
	fixture->plan->packets.decoys = decoys;
	fixture->plan->packets.decoys_count = 4;
	fixture->plan->packets.own_place = own_place;
}

static void decoys_send_in_their_order(void **state)
{
	static const char *const expected[][4] = {
		{"10.0.0.1", "10.9.0.1", "10.9.0.2", "10.9.0.4"},
		{"10.9.0.1", "10.0.0.1", "10.9.0.2", "10.9.0.4"},
		{"10.9.0.1", "10.9.0.2", "10.0.0.1", "10.9.0.4"},
		{"10.9.0.1", "10.9.0.2", "10.0.0.1", "10.9.0.4"}, /* the third is IPv6's */
		{"10.9.0.1", "10.9.0.2", "10.9.0.4", "10.0.0.1"},
	};
	struct ip_addr decoys[4];
	struct fixture fixture;
	unsigned place, i;

	for (place = 0; place <= 4; place++) {
		fixture_init(&fixture, LINK_IP);
		with_decoys(&fixture, decoys, place);
		fixture_begin(&fixture);
		assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
		assert_int_equal(send_to(&fixture, "fd77::7", syn()), 0);
		wire_flush(fixture.wire);
		assert_int_equal(fixture.frames_count, 4 + 2);
		for (i = 0; i < 4; i++) {
			struct ip_addr from = addr_of(expected[place][i]);
			struct packet packet = parsed(&fixture, i);

			assert_true(ip_equal(&packet.ip.src, &from));
			assert_int_equal(packet.tcp.seq, 0x01020304);
		}
		fixture_release(&fixture);
	}
}

/* All of them or none: what is sent in part would be sent again whole. */
static void decoys_leave_together(void **state)
{
	struct ip_addr decoys[4];
	struct fixture fixture;
	unsigned i;

	fixture_init(&fixture, LINK_IP);
	with_decoys(&fixture, decoys, 1);
	fixture_begin(&fixture);
	fixture.room = 0;
	for (i = 0; i < 64; i++)
		assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), ERROR_LIMIT);
	fixture.room = 2; /* not enough for the four */
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), ERROR_LIMIT);
	fixture.room = SIZE_MAX;
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 256);
	fixture_release(&fixture);
}

/* ---- fragments ---- */

/* Puts the fragments from..to together; gives the packet's length. */
static size_t reassemble(const struct fixture *fixture, unsigned from, unsigned to, size_t most,
			 uint8_t out[65536])
{
	size_t next = 0, header = 0;
	unsigned i;

	for (i = from; i < to; i++) {
		const uint8_t *ip = fixture->frames[i].bytes;
		size_t total = (size_t)(ip[2] << 8 | ip[3]), offset = (ip[6] << 8 | ip[7]) & 0x1fff;
		bool more = ip[6] & 0x20;

		header = (ip[0] & 15) * 4u;
		assert_int_equal(total, fixture->frames[i].count);
		assert_true(header_sum_is_right(ip));
		assert_int_equal(offset * 8, next);
		assert_in_range(total - header, 1, most);
		assert_int_equal(more, i + 1 < to);
		if (more)
			assert_int_equal((total - header) % 8, 0);
		if (i == from)
			memcpy(out, ip, header);
		assert_memory_equal(out + 4, ip + 4, 2); /* one identification for all */
		memcpy(out + header + next, ip + header, total - header);
		next += total - header;
	}
	out[2] = (uint8_t)((header + next) >> 8);
	out[3] = (uint8_t)(header + next);
	out[6] = out[7] = out[10] = out[11] = 0;
	return header + next;
}

static void fragments_are_the_whole_packet(void **state)
{
	static uint8_t out[65536], data[1400];
	static const uint16_t sizes[] = {8, 16, 24, 64, 1480};
	struct fixture fixture;
	struct ip_addr to = addr_of("10.7.0.7");
	unsigned i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct packet given = syn(), packet;
		size_t count;

		fixture_init(&fixture, LINK_IP);
		fixture.plan->packets.fragment_bytes = sizes[i];
		fixture_begin(&fixture);
		given.payload = data;
		given.payload_bytes = sizeof(data);
		tcp_add_mss(&given.tcp, 1460);
		assert_int_equal(send_to(&fixture, "10.7.0.7", given), 0);
		wire_flush(fixture.wire);
		assert_int_equal(fixture.frames_count, (24 + 1400 + sizes[i] - 1) / sizes[i]);
		count = reassemble(&fixture, 0, fixture.frames_count, sizes[i], out);
		assert_int_equal(count, 20 + 24 + 1400);
		assert_true(tcp_sum_is_right(out, count, &to));
		assert_true(packet_parse(out, count, &packet));
		assert_int_equal(packet.tcp.seq, given.tcp.seq);
		assert_memory_equal(packet.payload, data, sizeof(data));
		fixture_release(&fixture);
	}
}

static void what_is_longer_than_the_link_is_fragmented(void **state)
{
	static uint8_t out[65536], data[60000];
	struct fixture fixture;
	struct packet given = syn();
	struct ip_addr to = addr_of("10.7.0.7");
	size_t count;

	ip_fixture(&fixture);
	given.payload = data;
	given.payload_bytes = sizeof(data);
	assert_int_equal(send_to(&fixture, "10.7.0.7", given), 0);
	wire_flush(fixture.wire);
	assert_int_equal(fixture.frames_count, (60020 + 1479) / 1480);
	count = reassemble(&fixture, 0, fixture.frames_count, 1480, out);
	assert_int_equal(count, 60040);
	assert_true(tcp_sum_is_right(out, count, &to));
	/* IPv6 is not fragmented on the way (nor here). */
	assert_int_equal(send_to(&fixture, "fd77::7", given), ERROR_RANGE);
	fixture_release(&fixture);
}

/* More than the batch will ever hold is said to be too much, not to be tried later. */
static void too_many_fragments_are_too_many(void **state)
{
	static uint8_t data[8000];
	struct fixture fixture;
	struct packet given = syn();

	fixture_init(&fixture, LINK_IP);
	fixture.plan->packets.fragment_bytes = 8;
	fixture_begin(&fixture);
	given.payload = data;
	given.payload_bytes = sizeof(data);
	assert_int_equal(send_to(&fixture, "10.7.0.7", given), ERROR_RANGE);
	fixture_release(&fixture);
}

/* ---- IP options ---- */

static void ip_options_are_in_the_header(void **state)
{
	static const uint8_t options[8] = {7, 7, 4, 0, 0, 0, 0, 0}; /* record route */
	struct fixture fixture;
	struct packet packet;
	struct ip_addr to = addr_of("10.7.0.7");

	fixture_init(&fixture, LINK_IP);
	fixture.plan->packets.ip_options = options;
	fixture.plan->packets.ip_options_bytes = sizeof(options);
	fixture_begin(&fixture);
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
	assert_int_equal(send_to(&fixture, "fd77::7", syn()), 0);
	wire_flush(fixture.wire);
	packet = parsed(&fixture, 0);
	assert_int_equal(packet.ip.options_bytes, sizeof(options));
	assert_memory_equal(packet.ip.options, options, sizeof(options));
	assert_true(header_sum_is_right(fixture.frames[0].bytes));
	assert_true(tcp_sum_is_right(fixture.frames[0].bytes, fixture.frames[0].count, &to));
	assert_int_equal(parsed(&fixture, 1).kind, PACKET_TCP);
	fixture_release(&fixture);
}

static void a_source_route_begins_at_its_first_hop(void **state)
{
	/* Loose: type 131, 11 bytes, pointer 4; one more hop, then the target. */
	static const uint8_t options[12] = {131, 11, 4, 10, 8, 0, 2, 0, 0, 0, 0, 0};
	struct fixture fixture;
	struct packet packet;
	struct ip_addr first = addr_of("10.8.0.1"), to = addr_of("10.7.0.7");
	int fragments;

	for (fragments = 0; fragments < 2; fragments++) {
		static uint8_t out[65536];
		size_t count;

		fixture_init(&fixture, LINK_IP);
		fixture.plan->packets.ip_options = options;
		fixture.plan->packets.ip_options_bytes = sizeof(options);
		fixture.plan->packets.first_hop = first;
		fixture.plan->packets.target_at = 7;
		fixture.plan->packets.fragment_bytes = fragments ? 8 : 0;
		fixture_begin(&fixture);
		assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
		wire_flush(fixture.wire);
		packet = parsed(&fixture, 0);
		assert_true(ip_equal(&packet.ip.dst, &first));
		assert_memory_equal(packet.ip.options, options, 7);
		assert_memory_equal(packet.ip.options + 7, to.bytes, 4);
		assert_true(header_sum_is_right(fixture.frames[0].bytes));
		count = reassemble(&fixture, 0, fixture.frames_count, fragments ? 8 : 1480, out);
		assert_true(tcp_sum_is_right(out, count, &to));
		fixture_release(&fixture);
	}
}

/* ---- the batch ---- */

static struct packet numbered(unsigned i)
{
	struct packet packet = syn();

	packet.tcp.seq = i;
	return packet;
}

static void what_the_link_does_not_take_leaves_later_in_order(void **state)
{
	struct fixture fixture;
	struct wire_stats stats;
	unsigned i;

	ip_fixture(&fixture);
	fixture.room = 3;
	for (i = 0; i < 100; i++)
		assert_int_equal(send_to(&fixture, "10.7.0.7", numbered(i)), 0);
	wire_flush(fixture.wire);
	assert_int_equal(fixture.frames_count, 3);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 100);
	for (i = 0; i < 100; i++)
		assert_int_equal(parsed(&fixture, i).tcp.seq, i);
	/* Not all in one instant: the loop has other things to do. */
	assert_true(fixture.frames[99].at_ns > fixture.frames[0].at_ns);
	wire_stats(fixture.wire, &stats);
	assert_int_equal(stats.sent, 100);
	assert_int_equal(stats.sent_bytes, 100 * 40);
	assert_true(stats.dropped_sending > 0);
	fixture_release(&fixture);
}

static void a_full_batch_leaves_at_once(void **state)
{
	struct fixture fixture;
	unsigned i;

	ip_fixture(&fixture);
	for (i = 0; i < 256; i++)
		assert_int_equal(send_to(&fixture, "10.7.0.7", numbered(i)), 0);
	assert_int_equal(fixture.calls, 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", numbered(256)), 0);
	assert_int_equal(fixture.calls, 1);
	assert_int_equal(fixture.frames_count, 256);
	fixture.room = 0;
	for (; i < 256 + 255; i++)
		assert_int_equal(send_to(&fixture, "10.7.0.7", numbered(i + 1)), 0);
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), ERROR_LIMIT);
	fixture.room = SIZE_MAX;
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 512);
	for (i = 0; i < 512; i++)
		assert_int_equal(parsed(&fixture, i).tcp.seq, i);
	fixture_release(&fixture);
}

static void a_sweep_writes_into_the_batch(void **state)
{
	struct fixture fixture;
	struct ip_addr to = addr_of("10.7.0.7");
	const struct route *route;
	struct hop *hop;
	uint8_t *room;
	unsigned i;

	ip_fixture(&fixture);
	assert_int_equal(wire_hop_shared(fixture.wire, &to, &hop, &route), 0);
	for (i = 0; i < 10; i++) {
		assert_non_null(room = wire_room(fixture.wire, hop, 100));
		memset(room, (int)i, 60);
		wire_put(fixture.wire, hop, 60);
	}
	fixture.room = 0;
	for (i = 10; (room = wire_room(fixture.wire, hop, 100)); i++) {
		memset(room, (int)i, 60);
		wire_put(fixture.wire, hop, 60);
	}
	assert_int_equal(i, 256);
	fixture.room = SIZE_MAX;
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(fixture.frames_count, 256);
	for (i = 0; i < 256; i++) {
		assert_int_equal(fixture.frames[i].count, 60);
		assert_int_equal(fixture.frames[i].bytes[59], i);
	}
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

/* ---- loss of the link ---- */

static void a_lost_link_breaks_its_hops(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct ip_addr to = addr_of("10.7.0.7");
	struct packet packet = syn();
	struct hop *a, *b;
	int way;

	/* It says so, or it fails when something is sent. */
	for (way = 0; way < 2; way++) {
		fixture_init(&fixture, LINK_ETHERNET);
		fixture.knows_gateway = true;
		fixture_begin(&fixture);
		a = hop_to(&fixture, "10.7.0.7", &route);
		assert_int_equal(wire_send(fixture.wire, a, route, &to, &packet), 0);
		fixture.gone = true;
		if (way)
			wire_flush(fixture.wire);
		else
			fixture.link->base.config.lost(fixture.link->base.config.self,
						       &fixture.link->base);
		assert_int_equal(hop_state(a), HOP_BROKEN);
		assert_int_equal(fixture.changes, 1);
		assert_int_equal(fixture.warnings, 1);
		assert_non_null(strstr(fixture.warning, "interface"));
		fixture.link->base.config.lost(fixture.link->base.config.self, &fixture.link->base);
		assert_int_equal(fixture.warnings, 1);
		fixture.calls = 0;
		assert_int_equal(wire_send(fixture.wire, a, route, &to, &packet), ERROR_SYSTEM);
		assert_null(wire_room(fixture.wire, a, 100));
		b = hop_to(&fixture, "10.0.0.9", &route);
		assert_int_equal(hop_state(b), HOP_BROKEN);
		hop_resolve(fixture.wire, b);
		to = addr_of("10.0.0.9");
		assert_int_equal(wire_ask_neighbour(fixture.wire, b, route, &to), ERROR_SYSTEM);
		say_arp(&fixture, "10.0.0.9", &other_mac);
		assert_int_equal(hop_state(b), HOP_BROKEN);
		assert_int_equal(loop_run(fixture.loop), 0);
		assert_int_equal(fixture.calls, 0);
		assert_int_equal(fixture.frames_count, 0);
		hop_unref(fixture.wire, a);
		hop_unref(fixture.wire, b);
		fixture_release(&fixture);
	}
}

static void a_hop_that_is_being_asked_breaks_too(void **state)
{
	struct fixture fixture;
	const struct route *route;
	struct hop *hop;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture_begin(&fixture);
	hop = hop_to(&fixture, "10.7.0.7", &route);
	hop_resolve(fixture.wire, hop);
	fixture.link->base.config.lost(fixture.link->base.config.self, &fixture.link->base);
	assert_int_equal(hop_state(hop), HOP_BROKEN);
	assert_int_equal(loop_run(fixture.loop), 0);
	assert_int_equal(hop_state(hop), HOP_BROKEN);
	assert_int_equal(fixture.changes, 1);
	assert_int_equal(fixture.calls, 0);
	hop_unref(fixture.wire, hop);
	fixture_release(&fixture);
}

static void a_link_that_cannot_be_opened_is_told_once(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, LINK_ETHERNET);
	fixture.cannot_open = true;
	fixture_begin(&fixture);
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), ERROR_SYSTEM);
	assert_int_equal(send_to(&fixture, "10.7.0.8", syn()), ERROR_SYSTEM);
	assert_int_equal(fixture.warnings, 1);
	assert_non_null(strstr(fixture.warning, "no way to open it"));
	wire_flush(fixture.wire);
	wire_poll(fixture.wire);
	fixture_release(&fixture);
}

/* ---- what comes in ---- */

static void what_is_heard_is_taken_apart(void **state)
{
	struct fixture fixture;
	struct packet answer = syn();
	struct wire_stats stats;
	struct link_seen cut = {(const uint8_t *)"\x45\x00\x00\x28", 4, 0};
	enum link_layer layer;

	for (layer = LINK_ETHERNET; layer <= LINK_IP; layer++) {
		fixture_init(&fixture, layer);
		fixture.knows_gateway = true;
		fixture_begin(&fixture);
		assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
		answer.ip.src = addr_of("10.7.0.7");
		answer.ip.dst = addr_of("10.0.0.1");
		answer.ip.ttl = 64;
		say_packet(&fixture, &answer);
		assert_int_equal(fixture.heard, 1);
		assert_true(ip_equal(&fixture.last.ip.src, &answer.ip.src));
		assert_int_equal(fixture.last.tcp.seq, answer.tcp.seq);
		fixture.link->base.config.heard(fixture.link->base.config.self, &fixture.link->base,
						&cut);
		assert_int_equal(fixture.heard, 1);
		wire_stats(fixture.wire, &stats);
		assert_int_equal(stats.received, 1);
		assert_int_equal(stats.received_bytes, 40);
		/* Link-local addresses are of their link. */
		answer.ip.src = addr_of("fe80::7");
		answer.ip.dst = addr_of("fe80::1");
		say_packet(&fixture, &answer);
		assert_int_equal(fixture.last.ip.src.scope_id, 1);
		fixture_release(&fixture);
	}
}

static void taps_see_both_ways(void **state)
{
	struct fixture fixture;
	struct packet answer = syn();

	fixture_init(&fixture, LINK_ETHERNET);
	fixture.knows_gateway = true;
	fixture_begin(&fixture);
	wire_set_tap(fixture.wire, tap, &fixture);
	assert_int_equal(send_to(&fixture, "10.7.0.7", syn()), 0);
	assert_int_equal(fixture.taps_sent, 1);
	assert_true(fixture.tap_ethernet);
	assert_int_equal(fixture.tap_bytes, 14 + 40);
	answer.ip.src = addr_of("10.7.0.7");
	answer.ip.dst = addr_of("10.0.0.1");
	say_packet(&fixture, &answer);
	assert_int_equal(fixture.taps_heard, 1);
	say_arp(&fixture, "10.0.0.9", &other_mac);
	assert_int_equal(fixture.taps_heard, 2);
	wire_set_tap(fixture.wire, NULL, NULL);
	say_packet(&fixture, &answer);
	assert_int_equal(send_to(&fixture, "10.0.0.1", syn()), 0);
	assert_int_equal(fixture.taps_heard, 2);
	assert_int_equal(fixture.taps_sent, 1);
	fixture_release(&fixture);
}

static int make_and_send(void *self)
{
	struct fixture *fixture = self;
	struct ip_addr near = addr_of("10.0.0.7"), far = addr_of("10.7.0.7");
	const struct wire_config config = {
		.loop = fixture->loop,
		.gate = &fixture->gate,
		.ways = &fixture->ways,
		.plan = fixture->plan,
		.first_port = 40000,
		.last_port = 40100,
		.heard = heard,
		.neighbour = neighbour,
		.self = fixture,
	};
	struct hop *a = NULL, *b = NULL;
	const struct route *route;
	int r = wire_new(&config, &fixture->wire);

	if (r == 0)
		r = wire_hop(fixture->wire, &near, &a, &route);
	if (r == 0)
		r = wire_hop_shared(fixture->wire, &far, &b, &route);
	if (r == 0)
		hop_resolve(fixture->wire, a);
	hop_unref(fixture->wire, a);
	hop_unref(fixture->wire, b);
	wire_free(fixture->wire);
	fixture->wire = NULL;
	return r;
}

static void short_memory_is_told(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, LINK_ETHERNET);
	support_each_allocation_fails(make_and_send, &fixture, 100);
	fixture_release(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gateway_is_asked_for_by_arp),
		cmocka_unit_test(a_neighbour_is_asked_for_by_nd),
		cmocka_unit_test(a_silent_hop_is_asked_four_times),
		cmocka_unit_test(a_hop_that_speaks_late_is_ready),
		cmocka_unit_test(what_the_system_knows_is_not_asked),
		cmocka_unit_test(targets_behind_one_gateway_share_a_hop),
		cmocka_unit_test(there_may_be_no_route),
		cmocka_unit_test(the_kernel_reaches_our_own_and_shared_neighbours),
		cmocka_unit_test(nothing_is_sent_to_the_excluded),
		cmocka_unit_test(an_excluded_neighbour_is_not_resolved),
		cmocka_unit_test(what_is_sent_is_what_was_given),
		cmocka_unit_test(ttl_and_identification_vary),
		cmocka_unit_test(the_plan_may_set_the_ttl),
		cmocka_unit_test(a_packet_may_leave_exactly_as_it_is),
		cmocka_unit_test(a_wrong_checksum_is_wrong_alone),
		cmocka_unit_test(data_goes_behind_headers_and_nowhere_else),
		cmocka_unit_test(decoys_send_in_their_order),
		cmocka_unit_test(decoys_leave_together),
		cmocka_unit_test(fragments_are_the_whole_packet),
		cmocka_unit_test(what_is_longer_than_the_link_is_fragmented),
		cmocka_unit_test(too_many_fragments_are_too_many),
		cmocka_unit_test(ip_options_are_in_the_header),
		cmocka_unit_test(a_source_route_begins_at_its_first_hop),
		cmocka_unit_test(what_the_link_does_not_take_leaves_later_in_order),
		cmocka_unit_test(a_full_batch_leaves_at_once),
		cmocka_unit_test(a_sweep_writes_into_the_batch),
		cmocka_unit_test(a_lost_link_breaks_its_hops),
		cmocka_unit_test(a_hop_that_is_being_asked_breaks_too),
		cmocka_unit_test(a_link_that_cannot_be_opened_is_told_once),
		cmocka_unit_test(what_is_heard_is_taken_apart),
		cmocka_unit_test(taps_see_both_ways),
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
