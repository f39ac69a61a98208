/* One packet's last steps: header fields, decoys, options, fragments. */
#include "engine/wire_private.h"

#include "packet/checksum.h"
#include "util/error.h"

#include <string.h>

/* The reference draws TTLs from 37 to 59; IPv6 probes with a header of their own
 * leave with 255 (features.md SC-23). */
static uint8_t ttl_of(struct wire *wire, const struct packet *packet)
{
	int wanted = wire->config.plan->ttl;

	if (wanted >= 0)
		return (uint8_t)wanted;
	if (packet->ip.ttl)
		return packet->ip.ttl;
	if (packet->ip.dst.family == IP_V6 && packet->kind != PACKET_OTHER)
		return 255;
	return (uint8_t)(37 + random_below(&wire->random, 23));
}

/* --data goes where it is nobody's header: SCTP would take it for a chunk's value, and
 * ICMP's timestamps and masks have a body of their own. */
static bool takes_data(const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
	case PACKET_UDP:
		return true;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		return !packet->payload_bytes;
	default:
		return false;
	}
}

static void fill_header(struct wire *wire, struct packet *packet)
{
	const struct plan_packets *wish = &wire->config.plan->packets;

	packet->ip.ttl = ttl_of(wire, packet);
	if (packet->ip.dst.family == IP_V4) {
		packet->ip.id = (uint16_t)random_u64(&wire->random);
		if (wish->ip_options_bytes && wish->ip_options_bytes <= IPV4_OPTIONS_BYTES) {
			memcpy(packet->ip.options, wish->ip_options, wish->ip_options_bytes);
			packet->ip.options_bytes = (uint8_t)wish->ip_options_bytes;
		}
	}
	packet->bad_sum = wish->bad_sum;
	packet->adler32 = wish->adler32;
	if (wish->has_data && takes_data(packet)) {
		packet->payload = wish->data;
		packet->payload_bytes = wish->data_bytes;
	}
}

/* Loose and strict source routes (RFC 791): the header names the first hop and
 * the option ends with the target; checksums above IP are of the target. */
static void route_by_source(const struct plan_packets *wish, const struct ip_addr *to,
			    uint8_t *bytes)
{
	size_t header_bytes = (bytes[0] & 15) * 4u;
	uint16_t sum;

	memcpy(bytes + 16, wish->first_hop.bytes, 4);
	if (wish->target_at + 4 <= header_bytes - IPV4_HEADER_BYTES)
		memcpy(bytes + IPV4_HEADER_BYTES + wish->target_at, to->bytes, 4);
	bytes[10] = bytes[11] = 0;
	sum = checksum_fold(checksum_add(0, bytes, header_bytes));
	bytes[10] = (uint8_t)(sum >> 8);
	bytes[11] = (uint8_t)sum;
}

static void put_be16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* One fragment of an IPv4 packet: header, and payload bytes from..from+count. */
static int queue_fragment(struct wire *wire, struct hop *hop, uint8_t *frame, size_t link_bytes,
			  const uint8_t *packet, size_t header_bytes, size_t from, size_t count,
			  bool more)
{
	uint8_t *ip = frame + link_bytes;
	uint16_t sum;

	memcpy(ip, packet, header_bytes);
	memcpy(ip + header_bytes, packet + header_bytes + from, count);
	put_be16(ip + 2, header_bytes + count);
	put_be16(ip + 6, from / 8 | (more ? 0x2000u : 0));
	put_be16(ip + 10, 0);
	sum = checksum_fold(checksum_add(0, ip, header_bytes));
	put_be16(ip + 10, sum);
	return wire_queue(wire, hop->port, frame, link_bytes + header_bytes + count);
}

static int queue_fragments(struct wire *wire, struct hop *hop, const uint8_t *frame,
			   size_t link_bytes, size_t count, size_t each)
{
	const uint8_t *packet = frame + link_bytes;
	size_t header_bytes = (packet[0] & 15) * 4u, payload = count - header_bytes, from;
	uint8_t out[2048];

	if (each > sizeof(out) - link_bytes - header_bytes)
		each = (sizeof(out) - link_bytes - header_bytes) & ~(size_t)7;
	if (!wire_has_room(wire, hop->port, payload / each + 1,
			   count + (payload / each + 1) * (link_bytes + header_bytes)))
		return ERROR_LIMIT;
	memcpy(out, frame, link_bytes);
	for (from = 0; from < payload; from += each) {
		bool more = payload - from > each;
		int r = queue_fragment(wire, hop, out, link_bytes, packet, header_bytes, from,
				       more ? each : payload - from, more);

		if (r < 0)
			return r;
	}
	return 0;
}

static int send_from(struct wire *wire, struct hop *hop, const struct ip_addr *from,
		     struct packet *packet)
{
	const struct plan_packets *wish = &wire->config.plan->packets;
	uint8_t *frame = wire->scratch;
	size_t link_bytes, count, header_bytes, each = wish->fragment_bytes;

	packet->ip.src = *from;
	link_bytes = hop_header(hop, &packet->ip.dst, frame);
	count = packet_build(packet, frame + link_bytes, sizeof(wire->scratch) - link_bytes);
	if (!count)
		return ERROR_RANGE;
	if (packet->ip.dst.family == IP_V6)
		return count > link_mtu(hop->port->link)
			       ? ERROR_RANGE
			       : wire_queue(wire, hop->port, frame, link_bytes + count);
	if (wish->first_hop.family == IP_V4)
		route_by_source(wish, &packet->ip.dst, frame + link_bytes);
	header_bytes = (frame[link_bytes] & 15) * 4u;
	if (!each && count > link_mtu(hop->port->link))
		each = (link_mtu(hop->port->link) - header_bytes) & ~(size_t)7;
	if (!each || count - header_bytes <= each)
		return wire_queue(wire, hop->port, frame, link_bytes + count);
	return queue_fragments(wire, hop, frame, link_bytes, count, each);
}

static enum transport transport_of(const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
		return TRANSPORT_TCP;
	case PACKET_UDP:
		return TRANSPORT_UDP;
	case PACKET_SCTP:
		return TRANSPORT_SCTP;
	default:
		return TRANSPORT_IP;
	}
}

/* The destination port, which TCP, UDP and SCTP have in the same place. */
static uint16_t port_of(const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
		return packet->tcp.dst_port;
	case PACKET_UDP:
		return packet->udp.dst_port;
	case PACKET_SCTP:
		return packet->sctp.dst_port;
	default:
		return 0;
	}
}

bool wire_allows(struct wire *wire, const struct ip_addr *to, enum transport transport,
		 uint16_t port)
{
	return gate_check(wire->config.gate, to, transport, port, false) == 0;
}

int wire_send(struct wire *wire, struct hop *hop, const struct route *route,
	      const struct ip_addr *to, struct packet *packet)
{
	const struct plan_packets *wish = &wire->config.plan->packets;
	size_t i;
	int r = gate_check(wire->config.gate, to, transport_of(packet), port_of(packet), false);

	if (r < 0)
		return r;
	if (hop->state == HOP_BROKEN)
		return ERROR_SYSTEM;
	packet->ip.dst = *to;
	fill_header(wire, packet);
	for (i = 0; r == 0 && i <= wish->decoys_count; i++) {
		if (i == wish->own_place)
			r = send_from(wire, hop, &route->source, packet);
		if (r == 0 && i < wish->decoys_count && wish->decoys[i].family == to->family)
			r = send_from(wire, hop, &wish->decoys[i], packet);
	}
	return r;
}
