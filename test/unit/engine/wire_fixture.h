/* A link that the test holds in its hands, and a wire on it: every frame that leaves is seen,
 * and the link takes as much as the test lets it. Included by each test program; not a
 * library. */
#ifndef PORTOLAN_TEST_WIRE_FIXTURE_H
#define PORTOLAN_TEST_WIRE_FIXTURE_H

#include "support.h"

#include "engine/wire.h"
#include "packet/checksum.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MOST 4096
#define FRAME_BYTES 2048
#define MS(x)       ((x)*NS_PER_MS)

struct frame {
	uint64_t at_ns;
	size_t count;
	uint8_t bytes[FRAME_BYTES];
};

struct fake_link {
	struct link base;
	struct fixture *fixture;
};

struct fixture {
	struct loop *loop;
	struct gate gate;
	struct plan *plan;
	struct wire_ways ways;
	struct wire *wire;
	/* What the ways say. */
	struct route near, far, near6, far6, local;
	enum link_layer layer;
	unsigned mtu;
	bool cannot_open;
	bool knows_gateway;
	/* What the link does. */
	struct fake_link *link; /* the last that was opened */
	unsigned opened;
	size_t room; /* frames it takes a call */
	bool gone;   /* it fails */
	unsigned calls;
	uint64_t dropped;
	/* What is seen. */
	struct frame *frames;
	unsigned frames_count;
	unsigned heard, neighbours, changes, warnings, taps_sent, taps_heard;
	struct packet last;
	struct ip_addr neighbour;
	struct mac_addr neighbour_mac;
	bool neighbour_has_mac;
	enum hop_state last_state;
	char warning[256];
	size_t tap_bytes;
	bool tap_ethernet;
	/* Who hears in the fixture's place; self is the fixture. */
	void (*hears)(void *self, const struct packet *packet, uint64_t at_ns);
	void (*sees_hop)(void *self, struct hop *hop);
	struct talks *talks;
};

static const struct mac_addr own_mac = {{2, 0xaa, 0, 0, 0, 1}};
static const struct mac_addr gateway_mac = {{2, 0xbb, 0, 0, 0, 0xfe}};
static const struct mac_addr other_mac = {{2, 0xcc, 0, 0, 0, 0xcc}};

static inline struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

/* ---- the link ---- */

static inline int fake_send(struct link *link, const struct link_frame *frames, size_t count)
{
	struct fixture *fixture = ((struct fake_link *)link)->fixture;
	size_t i;

	fixture->calls++;
	if (fixture->gone)
		return ERROR_SYSTEM;
	for (i = 0; i < count && i < fixture->room; i++) {
		struct frame *frame = &fixture->frames[fixture->frames_count++];

		assert_in_range(fixture->frames_count, 1, FRAMES_MOST - 1);
		assert_in_range(frames[i].count, 1, FRAME_BYTES);
		memcpy(frame->bytes, frames[i].bytes, frames[i].count);
		frame->count = frames[i].count;
		frame->at_ns = loop_now_ns(fixture->loop);
	}
	fixture->dropped += count - i;
	return (int)i;
}

static inline size_t fake_poll(struct link *link, size_t most)
{
	return 0;
}

static inline int fake_filter(struct link *link, uint16_t first, uint16_t last, bool all_protocols)
{
	assert_int_equal(first, 40000);
	assert_int_equal(last, 40100);
	return 0;
}

static inline void fake_stats(const struct link *link, struct link_stats *ret_stats)
{
	ret_stats->dropped_sending = ((const struct fake_link *)link)->fixture->dropped;
}

static inline void fake_free(struct link *link)
{
	free(link);
}

static inline int fake_open(void *self, const struct route *route, bool ip_layer,
			    const struct link_config *config, struct link **ret_link,
			    struct mac_addr *ret_mac, struct diag *diag)
{
	static const struct link_ops ops = {fake_send, fake_poll, fake_filter, fake_stats,
					    fake_free};
	struct fixture *fixture = self;
	struct fake_link *link;

	if (fixture->cannot_open)
		return diag_set(diag, ERROR_PERMISSION, "no way to open it");
	link = calloc(1, sizeof(*link));
	link->base = (struct link){
		.ops = &ops,
		.config = *config,
		.layer = ip_layer ? LINK_IP : fixture->layer,
		.interface = route->interface,
		.mtu = fixture->mtu,
	};
	link->fixture = fixture;
	fixture->link = link;
	fixture->opened++;
	*ret_link = &link->base;
	*ret_mac = own_mac;
	return 0;
}

static inline int fake_route(void *self, const struct ip_addr *to, const struct route **ret_route)
{
	struct fixture *fixture = self;
	struct ip_addr own = addr_of("10.0.0.1"), nowhere = addr_of("10.99.0.1");

	if (ip_equal(to, &nowhere))
		return ERROR_NOT_FOUND;
	if (ip_equal(to, &own))
		*ret_route = &fixture->local;
	else if (to->family == IP_V6)
		*ret_route =
			to->bytes[0] == 0xfd && !to->bytes[1] ? &fixture->near6 : &fixture->far6;
	else
		*ret_route = to->bytes[1] == 0 ? &fixture->near : &fixture->far;
	return 0;
}

static inline bool fake_neighbour(void *self, unsigned interface, const struct ip_addr *addr,
				  struct mac_addr *ret_mac)
{
	struct fixture *fixture = self;
	struct ip_addr gateway = addr_of("10.0.0.254");

	*ret_mac = gateway_mac;
	return fixture->knows_gateway && ip_equal(addr, &gateway);
}

/* ---- what the wire tells ---- */

static inline void heard(void *self, const struct packet *packet, uint64_t at_ns)
{
	struct fixture *fixture = self;

	fixture->heard++;
	fixture->last = *packet;
}

static inline void neighbour(void *self, const struct ip_addr *addr, const struct mac_addr *mac,
			     bool has_mac, uint64_t at_ns)
{
	struct fixture *fixture = self;

	fixture->neighbours++;
	fixture->neighbour = *addr;
	fixture->neighbour_mac = *mac;
	fixture->neighbour_has_mac = has_mac;
}

static inline void hop_changed(void *self, struct hop *hop)
{
	struct fixture *fixture = self;

	fixture->changes++;
	fixture->last_state = hop_state(hop);
}

static inline void warn(void *self, const char *text)
{
	struct fixture *fixture = self;

	fixture->warnings++;
	snprintf(fixture->warning, sizeof(fixture->warning), "%s", text);
}

static inline void tap(void *self, bool sent, bool ethernet, const uint8_t *bytes, size_t count)
{
	struct fixture *fixture = self;

	fixture->taps_sent += sent;
	fixture->taps_heard += !sent;
	fixture->tap_ethernet = ethernet;
	fixture->tap_bytes = count;
}

/* ---- the fixture ---- */

static inline void fixture_init(struct fixture *fixture, enum link_layer layer)
{
	*fixture = (struct fixture){.layer = layer, .mtu = 1500, .room = SIZE_MAX};
	assert_non_null(fixture->loop = loop_sim_new(0));
	assert_non_null(fixture->plan = plan_new());
	assert_non_null(fixture->frames = calloc(FRAMES_MOST, sizeof(*fixture->frames)));
	fixture->plan->seed = 3;
	fixture->near = (struct route){.interface = 1, .source = addr_of("10.0.0.1")};
	fixture->far = fixture->near;
	fixture->far.next_hop = addr_of("10.0.0.254");
	fixture->near6 = (struct route){.interface = 1, .source = addr_of("fd00::1")};
	fixture->far6 = fixture->near6;
	fixture->far6.next_hop = addr_of("fd00::fe");
	fixture->local =
		(struct route){.interface = 1, .source = addr_of("10.0.0.1"), .local = true};
	fixture->ways = (struct wire_ways){fake_route, fake_neighbour, fake_open, fixture};
}

static inline void fixture_begin(struct fixture *fixture)
{
	const struct wire_config config = {
		.loop = fixture->loop,
		.gate = &fixture->gate,
		.ways = &fixture->ways,
		.plan = fixture->plan,
		.first_port = 40000,
		.last_port = 40100,
		.heard = fixture->hears ? fixture->hears : heard,
		.neighbour = neighbour,
		.hop_changed = fixture->sees_hop ? fixture->sees_hop : hop_changed,
		.warn = warn,
		.self = fixture,
	};

	assert_int_equal(wire_new(&config, &fixture->wire), 0);
}

static inline void fixture_release(struct fixture *fixture)
{
	wire_free(fixture->wire);
	addrset_free(fixture->gate.excludes);
	plan_free(fixture->plan);
	loop_free(fixture->loop);
	free(fixture->frames);
}

/* On bare IP, where nothing stands between. */
static inline void ip_fixture(struct fixture *fixture)
{
	fixture_init(fixture, LINK_IP);
	fixture_begin(fixture);
}

static inline struct packet syn(void)
{
	struct packet packet = {.kind = PACKET_TCP, .ip.protocol = PROTOCOL_TCP};

	packet.tcp.src_port = 40001;
	packet.tcp.dst_port = 80;
	packet.tcp.seq = 0x01020304;
	packet.tcp.flags = TCP_SYN;
	packet.tcp.window = 1024;
	return packet;
}

static inline int send_to(struct fixture *fixture, const char *to, struct packet packet)
{
	struct ip_addr addr = addr_of(to);
	const struct route *route;
	struct hop *hop;
	int r;

	assert_int_equal(wire_hop(fixture->wire, &addr, &hop, &route), 0);
	r = wire_send(fixture->wire, hop, route, &addr, &packet);
	hop_unref(fixture->wire, hop);
	return r;
}

static inline struct packet parsed(const struct fixture *fixture, unsigned i)
{
	const struct frame *frame = &fixture->frames[i];
	struct packet packet;
	size_t skip = fixture->layer == LINK_ETHERNET ? ETHERNET_HEADER_BYTES : 0;

	assert_in_range(i, 0, fixture->frames_count - 1);
	assert_true(packet_parse(frame->bytes + skip, frame->count - skip, &packet));
	return packet;
}

static inline bool header_sum_is_right(const uint8_t *ip)
{
	return checksum_fold(checksum_add(0, ip, (ip[0] & 15) * 4u)) == 0;
}

/* Of TCP over IPv4, as if for `to`. */
static inline bool tcp_sum_is_right(const uint8_t *ip, size_t count, const struct ip_addr *to)
{
	size_t header = (ip[0] & 15) * 4u, bytes = count - header;
	uint64_t sum = checksum_add(0, ip + 12, 4);

	sum = checksum_add(sum, to->bytes, 4);
	sum += 6 + bytes;
	return checksum_fold(checksum_add(sum, ip + header, bytes)) == 0;
}

/* ---- hops ---- */

static inline void say_arp(struct fixture *fixture, const char *who, const struct mac_addr *mac)
{
	uint8_t frame[ARP_FRAME_BYTES];
	struct ip_addr sender = addr_of(who), own = addr_of("10.0.0.1");
	struct link_seen seen = {frame, sizeof(frame), loop_now_ns(fixture->loop)};

	arp_build_request(mac, &sender, &own, frame);
	frame[ETHERNET_HEADER_BYTES + 7] = ARP_REPLY;
	fixture->link->base.config.heard(fixture->link->base.config.self, &fixture->link->base,
					 &seen);
}

static inline void say_advertisement(struct fixture *fixture, const char *who,
				     const struct mac_addr *mac)
{
	uint8_t frame[256], payload[24] = {0};
	struct packet packet = {.kind = PACKET_ICMPV6, .ip = {.ttl = 255}};
	const struct ethernet_header header = {own_mac, *mac, ETHERNET_IPV6};
	struct link_seen seen = {.bytes = frame, .at_ns = loop_now_ns(fixture->loop)};

	packet.ip.src = addr_of(who);
	packet.ip.dst = addr_of("fd00::1");
	packet.icmp.type = ICMPV6_NEIGHBOUR_ADVERTISEMENT;
	packet.icmp.rest = 0x60000000;
	memcpy(payload, packet.ip.src.bytes, 16);
	payload[16] = 2;
	payload[17] = 1;
	memcpy(payload + 18, mac->bytes, 6);
	packet.payload = payload;
	packet.payload_bytes = sizeof(payload);
	ethernet_build(&header, frame);
	seen.count = ETHERNET_HEADER_BYTES + packet_build(&packet, frame + ETHERNET_HEADER_BYTES,
							  sizeof(frame) - ETHERNET_HEADER_BYTES);
	fixture->link->base.config.heard(fixture->link->base.config.self, &fixture->link->base,
					 &seen);
}

static inline void say_packet(struct fixture *fixture, const struct packet *packet)
{
	uint8_t frame[2048];
	const struct ethernet_header header = {own_mac, gateway_mac,
					       packet->ip.src.family == IP_V6 ? ETHERNET_IPV6
									      : ETHERNET_IPV4};
	size_t skip = fixture->link->base.layer == LINK_ETHERNET ? ETHERNET_HEADER_BYTES : 0;
	struct link_seen seen = {.bytes = frame, .at_ns = 5};

	if (skip)
		ethernet_build(&header, frame);
	seen.count = skip + packet_build(packet, frame + skip, sizeof(frame) - skip);
	fixture->link->base.config.heard(fixture->link->base.config.self, &fixture->link->base,
					 &seen);
}

static inline struct hop *hop_to(struct fixture *fixture, const char *to,
				 const struct route **ret_route)
{
	struct ip_addr addr = addr_of(to);
	struct hop *hop;

	assert_int_equal(wire_hop(fixture->wire, &addr, &hop, ret_route), 0);
	return hop;
}

#endif
