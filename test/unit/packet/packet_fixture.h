/* Packets with random fields, and whether two are the same. */
#ifndef PORTOLAN_TEST_PACKET_FIXTURE_H
#define PORTOLAN_TEST_PACKET_FIXTURE_H

#include "support.h"

#include "packet/packet.h"
#include "util/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct ip_addr random_addr(struct random *random, enum ip_family family)
{
	ip_value value = (ip_value)random_u64(random) << 64 | random_u64(random);

	if (family == IP_V4)
		value = (uint32_t)value;
	return ip_from_value(family, value, 0);
}

static inline void random_bytes(struct random *random, uint8_t *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = (uint8_t)random_u64(random);
}

static inline void random_ip(struct random *random, enum ip_family family, struct ip_header *ip)
{
	*ip = (struct ip_header){
		.src = random_addr(random, family),
		.dst = random_addr(random, family),
		.ttl = (uint8_t)random_u64(random),
		.tos = (uint8_t)random_u64(random),
	};
	if (family == IP_V6) {
		ip->flow_label = (uint32_t)random_below(random, 1 << 20);
		return;
	}
	ip->id = (uint16_t)random_u64(random);
	ip->dont_fragment = random_below(random, 2);
	ip->options_bytes = (uint8_t)(random_below(random, 11) * 4);
	random_bytes(random, ip->options, ip->options_bytes);
}

static inline void random_transport(struct random *random, struct packet *packet)
{
	uint64_t a = random_u64(random), b = random_u64(random);

	switch (packet->kind) {
	case PACKET_TCP:
		packet->tcp = (struct tcp_header){
			.src_port = (uint16_t)a,
			.dst_port = (uint16_t)(a >> 16),
			.seq = (uint32_t)(a >> 32),
			.ack = (uint32_t)b,
			.flags = (uint8_t)(b >> 32),
			.reserved = (b >> 40) & 15,
			.window = (uint16_t)(b >> 44),
			.urgent = (uint16_t)random_u64(random),
			.options_bytes = (uint8_t)(random_below(random, 11) * 4),
		};
		random_bytes(random, packet->tcp.options, packet->tcp.options_bytes);
		break;
	case PACKET_UDP:
		packet->udp = (struct udp_header){(uint16_t)a, (uint16_t)(a >> 16), 0};
		break;
	case PACKET_SCTP:
		packet->sctp = (struct sctp_header){.src_port = (uint16_t)a,
						    .dst_port = (uint16_t)(a >> 16),
						    .vtag = (uint32_t)(a >> 32),
						    .has_chunk = true,
						    .chunk_type = (uint8_t)b,
						    .chunk_flags = (uint8_t)(b >> 8)};
		break;
	case PACKET_OTHER:
		packet->ip.protocol = 253; /* for experiments: no layout */
		break;
	default:
		packet->icmp =
			(struct icmp_header){(uint8_t)a, (uint8_t)(a >> 8), (uint32_t)(a >> 32)};
	}
}

static inline bool kind_suits(enum packet_kind kind, enum ip_family family)
{
	if (kind == PACKET_ICMPV6)
		return family == IP_V6;
	return family == IP_V4 || (kind != PACKET_ICMP && kind != PACKET_IGMP);
}

/* `payload` has room for `most`. */
static inline void random_packet(struct random *random, enum packet_kind kind,
				 enum ip_family family, uint8_t *payload, size_t most,
				 struct packet *packet)
{
	*packet = (struct packet){.kind = kind};
	random_ip(random, family, &packet->ip);
	random_transport(random, packet);
	packet->payload_bytes = random_below(random, most + 1);
	random_bytes(random, payload, packet->payload_bytes);
	packet->payload = payload;
}

static inline void same_ip(const struct ip_header *a, const struct ip_header *b)
{
	assert_true(ip_equal(&a->src, &b->src));
	assert_true(ip_equal(&a->dst, &b->dst));
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->tos, b->tos);
	assert_int_equal(a->id, b->id);
	assert_int_equal(a->flow_label, b->flow_label);
	assert_int_equal(a->dont_fragment, b->dont_fragment);
	assert_int_equal(a->more_fragments, b->more_fragments);
	assert_int_equal(a->fragment_offset, b->fragment_offset);
	assert_int_equal(a->options_bytes, b->options_bytes);
	assert_memory_equal(a->options, b->options, sizeof(a->options));
}

static inline void same_tcp(const struct tcp_header *a, const struct tcp_header *b)
{
	assert_int_equal(a->src_port, b->src_port);
	assert_int_equal(a->dst_port, b->dst_port);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->ack, b->ack);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->reserved, b->reserved);
	assert_int_equal(a->window, b->window);
	assert_int_equal(a->urgent, b->urgent);
	assert_int_equal(a->options_bytes, b->options_bytes);
	assert_memory_equal(a->options, b->options, sizeof(a->options));
}

static inline void same_sctp(const struct sctp_header *a, const struct sctp_header *b)
{
	assert_int_equal(a->src_port, b->src_port);
	assert_int_equal(a->dst_port, b->dst_port);
	assert_int_equal(a->vtag, b->vtag);
	assert_int_equal(a->has_chunk, b->has_chunk);
	assert_int_equal(a->chunk_type, b->chunk_type);
	assert_int_equal(a->chunk_flags, b->chunk_flags);
}

/* But for lengths that only parsing knows. */
static inline void same_packet(const struct packet *a, const struct packet *b)
{
	same_ip(&a->ip, &b->ip);
	assert_int_equal(a->kind, b->kind);
	if (a->kind == PACKET_TCP) {
		same_tcp(&a->tcp, &b->tcp);
	} else if (a->kind == PACKET_UDP) {
		assert_int_equal(a->udp.src_port, b->udp.src_port);
		assert_int_equal(a->udp.dst_port, b->udp.dst_port);
	} else if (a->kind == PACKET_SCTP) {
		same_sctp(&a->sctp, &b->sctp);
	} else if (a->kind == PACKET_OTHER) {
		assert_int_equal(a->ip.protocol, b->ip.protocol);
	} else {
		assert_int_equal(a->icmp.type, b->icmp.type);
		assert_int_equal(a->icmp.code, b->icmp.code);
		assert_int_equal(a->icmp.rest, b->icmp.rest);
	}
	assert_int_equal(a->payload_bytes, b->payload_bytes);
	if (a->payload_bytes)
		assert_memory_equal(a->payload, b->payload, a->payload_bytes);
}

/* A copy of exactly this size, so that a sanitizer sees a read past it. */
static inline uint8_t *exact_copy(const void *bytes, size_t count)
{
	uint8_t *copy = malloc(count);

	if (count)
		memcpy(copy, bytes, count);
	return copy;
}

/* Bytes of hex digits, with blanks anywhere between pairs; gives how many. */
static inline size_t unhex(const char *text, uint8_t *out)
{
	size_t count = 0;
	unsigned byte;

	for (; *text; text++)
		if (*text != ' ') {
			assert_int_equal(sscanf(text++, "%2x", &byte), 1);
			out[count++] = (uint8_t)byte;
		}
	return count;
}

#endif
