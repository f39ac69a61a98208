/* An IP packet: what is parsed can be built, and is the same then. */
#include "packet/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void check_ip(const struct ip_header *a, const struct ip_header *b)
{
	check(ip_equal(&a->src, &b->src) && ip_equal(&a->dst, &b->dst), "addresses");
	check(a->protocol == b->protocol, "protocol");
	check(a->ttl == b->ttl && a->tos == b->tos, "ttl, tos");
	check(a->flow_label == b->flow_label, "flow label");
	check(a->dont_fragment == b->dont_fragment && a->more_fragments == b->more_fragments,
	      "flags");
	check(a->fragment_offset == b->fragment_offset, "fragment offset");
	/* The fragment header of what is no fragment is not built. */
	if (a->src.family == IP_V4 || a->more_fragments || a->fragment_offset)
		check(a->id == b->id, "id");
	check(a->options_bytes == b->options_bytes &&
		      !memcmp(a->options, b->options, a->options_bytes),
	      "IPv4 options");
}

static void check_tcp(const struct tcp_header *a, const struct tcp_header *b)
{
	check(a->src_port == b->src_port && a->dst_port == b->dst_port, "ports");
	check(a->seq == b->seq && a->ack == b->ack, "seq, ack");
	check(a->flags == b->flags && a->reserved == b->reserved, "flags");
	check(a->window == b->window && a->urgent == b->urgent, "window, urgent");
	check(a->options_bytes == b->options_bytes &&
		      !memcmp(a->options, b->options, a->options_bytes),
	      "TCP options");
}

static void check_sctp(const struct sctp_header *a, const struct sctp_header *b)
{
	check(a->src_port == b->src_port && a->dst_port == b->dst_port && a->vtag == b->vtag,
	      "SCTP header");
	check(a->has_chunk == b->has_chunk && a->chunk_type == b->chunk_type &&
		      a->chunk_flags == b->chunk_flags,
	      "chunk");
}

static void check_transport(const struct packet *a, const struct packet *b)
{
	check(a->kind == b->kind, "kind");
	if (a->kind == PACKET_TCP)
		check_tcp(&a->tcp, &b->tcp);
	else if (a->kind == PACKET_SCTP)
		check_sctp(&a->sctp, &b->sctp);
	else if (a->kind == PACKET_UDP)
		check(a->udp.src_port == b->udp.src_port && a->udp.dst_port == b->udp.dst_port &&
			      b->udp.length_bytes == a->payload_bytes + 8,
		      "UDP header");
	else if (a->kind != PACKET_OTHER)
		check(a->icmp.type == b->icmp.type && a->icmp.code == b->icmp.code &&
			      a->icmp.rest == b->icmp.rest,
		      "ICMP header");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static uint8_t out[PACKET_BYTES_MAX];
	struct packet packet, again;
	size_t count;

	if (!packet_parse(data, bytes, &packet))
		return 0;
	check(packet.payload >= data && packet.payload + packet.payload_bytes <= data + bytes,
	      "the payload lies within the packet");
	if (packet.kind == PACKET_SCTP && !packet.sctp.has_chunk)
		return 0; /* packet_build() would add one */
	count = packet_build(&packet, out, sizeof(out));
	if (!count) {
		check(bytes > 65000, "all is in range but what is too long");
		return 0;
	}
	check(packet_parse(out, count, &again), "what is built can be parsed");
	check(again.ip.total_bytes == count, "total length");
	check_ip(&packet.ip, &again.ip);
	check_transport(&packet, &again);
	check(packet.payload_bytes == again.payload_bytes, "length of the payload");
	check(!packet.payload_bytes || !memcmp(packet.payload, again.payload, packet.payload_bytes),
	      "payload");
	return 0;
}
