/* A simulated network, and a scanner that only asks and keeps what it hears.
 * Included by each test program; not a library. */
#ifndef PORTOLAN_TEST_LINK_SIM_FIXTURE_H
#define PORTOLAN_TEST_LINK_SIM_FIXTURE_H

#include "support.h"

#include "engine/link_sim.h"
#include "packet/ethernet.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <stdio.h>
#include <string.h>

#define MS(x)     ((x)*NS_PER_MS)
#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define KEPT      32
#define SRC_PORT  40000
#define START_S   1700000000
#define OUR_SEQ   0x12345678u
#define OUR_ACK   0x9abcdef0u
#define OUR_VTAG  0x01020304u
#define OUR_IDENT 0x70010002u

struct heard {
	uint64_t at_ns;
	size_t count;
	uint8_t bytes[1600];
	struct packet packet; /* points into bytes */
};

struct fixture {
	struct loop *loop;
	struct link *link;
	struct link_sim_config config;
	struct ip_addr own[2];
	struct link_sim_prefix on_link[2];
	uint64_t heard, lost, digest;
	struct heard kept[KEPT]; /* the first ones */
	struct link_sim_truth truth;
};

static inline struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static inline void fixture_mix(struct fixture *fixture, const void *bytes, size_t count)
{
	fixture->digest = hash_bytes((struct hash_key){fixture->digest, 1}, bytes, count);
}

static inline void fixture_heard(void *self, struct link *link, const struct link_seen *seen)
{
	struct fixture *fixture = self;
	struct heard *kept;
	size_t header = link_layer(link) == LINK_ETHERNET ? ETHERNET_HEADER_BYTES : 0;

	assert_int_equal(seen->at_ns, loop_now_ns(fixture->loop));
	fixture_mix(fixture, &seen->at_ns, sizeof(seen->at_ns));
	fixture_mix(fixture, seen->bytes, seen->count);
	if (fixture->heard++ >= KEPT)
		return;
	kept = &fixture->kept[fixture->heard - 1];
	assert_in_range(seen->count, 1, sizeof(kept->bytes));
	kept->at_ns = seen->at_ns;
	kept->count = seen->count;
	memcpy(kept->bytes, seen->bytes, seen->count);
	packet_parse(kept->bytes + header, kept->count - header, &kept->packet);
}

static inline void fixture_lost(void *self, struct link *link)
{
	((struct fixture *)self)->lost++;
}

/* The scenario is fixture->config from here on, until fixture_begin(). */
static inline void fixture_init(struct fixture *fixture, const struct link_sim_host *hosts,
				size_t hosts_count)
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->own[0] = addr_of("10.0.0.1");
	fixture->own[1] = addr_of("fd00::1");
	fixture->on_link[0] = (struct link_sim_prefix){addr_of("10.0.0.0"), 24};
	fixture->on_link[1] = (struct link_sim_prefix){addr_of("fd00::"), 64};
	fixture->config = (struct link_sim_config){
		.link = {.heard = fixture_heard, .lost = fixture_lost, .self = fixture},
		.layer = LINK_IP,
		.interface = 7,
		.mac = {{2, 0xaa, 0, 0, 0, 1}},
		.own = fixture->own,
		.own_count = 2,
		.on_link = fixture->on_link,
		.on_link_count = 2,
		.gateway_v4 = addr_of("10.0.0.254"),
		.gateway_v6 = addr_of("fd00::fe"),
		.gateway_mac = {{2, 0xbb, 0, 0, 0, 0xfe}},
		.hosts = hosts,
		.hosts_count = hosts_count,
		.seed = 1,
	};
}

static inline void fixture_begin(struct fixture *fixture)
{
	fixture->loop = loop_sim_new((uint64_t)START_S * NS_PER_S);
	assert_non_null(fixture->loop);
	fixture->config.link.loop = fixture->loop;
	assert_int_equal(link_sim_new(&fixture->config, &fixture->link), 0);
}

static inline void fixture_end(struct fixture *fixture)
{
	link_free(fixture->link);
	loop_free(fixture->loop);
}

/* A probe of ours, to be changed. */
static inline struct packet probe_of(const struct fixture *fixture, const char *to,
				     enum packet_kind kind)
{
	struct packet packet = {.kind = kind};

	packet.ip.dst = addr_of(to);
	packet.ip.src = fixture->own[packet.ip.dst.family == IP_V6];
	packet.ip.ttl = 64;
	return packet;
}

static inline struct packet tcp_probe(const struct fixture *fixture, const char *to, uint16_t port,
				      uint8_t flags)
{
	struct packet packet = probe_of(fixture, to, PACKET_TCP);

	packet.tcp.src_port = SRC_PORT;
	packet.tcp.dst_port = port;
	packet.tcp.seq = OUR_SEQ;
	packet.tcp.ack = flags & TCP_ACK ? OUR_ACK : 0;
	packet.tcp.flags = flags;
	packet.tcp.window = 1024;
	return packet;
}

static inline struct packet udp_probe(const struct fixture *fixture, const char *to, uint16_t port,
				      const char *payload)
{
	struct packet packet = probe_of(fixture, to, PACKET_UDP);

	packet.udp.src_port = SRC_PORT;
	packet.udp.dst_port = port;
	packet.payload = (const uint8_t *)payload;
	packet.payload_bytes = strlen(payload);
	return packet;
}

/* In a frame to `mac`, or (NULL) to whom the route says. */
static inline void send_frame(struct fixture *fixture, const struct packet *packet,
			      const struct mac_addr *mac)
{
	uint8_t bytes[2048];
	bool is_frame = fixture->config.layer == LINK_ETHERNET;
	size_t header = is_frame ? ETHERNET_HEADER_BYTES : 0;
	struct link_frame frame = {.bytes = bytes};
	struct ethernet_header ethernet = {
		.src = fixture->config.mac,
		.type = packet->ip.dst.family == IP_V6 ? ETHERNET_IPV6 : ETHERNET_IPV4,
	};

	frame.count = packet_build(packet, bytes + header, sizeof(bytes) - header);
	assert_true(frame.count > 0);
	frame.count += header;
	if (is_frame) {
		ethernet.dst = mac ? *mac : link_sim_mac(&packet->ip.dst);
		ethernet_build(&ethernet, bytes);
	}
	link_send(fixture->link, &frame, 1);
}

static inline void send_packet(struct fixture *fixture, const struct packet *packet)
{
	send_frame(fixture, packet, NULL);
}

/* Lets everything happen that is under way. */
static inline void settle(struct fixture *fixture)
{
	assert_int_equal(loop_run(fixture->loop), 0);
	link_sim_truth(fixture->link, &fixture->truth);
}

/* Asks, and gives the one answer; NULL: there was none. */
static inline const struct packet *ask(struct fixture *fixture, const struct packet *packet)
{
	fixture->heard = 0;
	send_packet(fixture, packet);
	settle(fixture);
	if (!fixture->heard)
		return NULL;
	assert_int_equal(fixture->heard, 1);
	return &fixture->kept[0].packet;
}

/* Sends `count` copies, `every_ns` apart from now on, each to the next port. */
struct stream {
	struct fixture *fixture;
	struct packet packet;
	uint64_t every_ns;
	unsigned left;
	struct timer timer;
};

static inline void stream_fire(void *self)
{
	struct stream *stream = self;

	send_packet(stream->fixture, &stream->packet);
	stream->packet.tcp.dst_port++;
	if (--stream->left)
		loop_timer_set(stream->fixture->loop, &stream->timer,
			       loop_now_ns(stream->fixture->loop) + stream->every_ns);
}

static inline void send_stream(struct fixture *fixture, const struct packet *packet, unsigned count,
			       uint64_t every_ns)
{
	struct stream stream = {fixture, *packet, every_ns, count, {0}};

	stream.timer.fire = stream_fire;
	stream.timer.self = &stream;
	loop_timer_set(fixture->loop, &stream.timer, loop_now_ns(fixture->loop));
	settle(fixture);
}

#endif
