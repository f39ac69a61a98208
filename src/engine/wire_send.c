/* One packet's last steps: header fields, decoys, options, fragments. */
#include "engine/wire_private.h"

#include "packet/checksum.h"
#include "util/error.h"

#include <string.h>

#define FRAGMENT_BYTES_MOST 1976u /* a multiple of 8 */

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

static void fill_sums(const struct wire *wire, struct packet *packet)
{
	packet->bad_sum = wire->config.plan->packets.bad_sum;
	packet->adler32 = wire->config.plan->packets.adler32;
}

/* What the packet leaves open. */
static void fill_gaps(struct wire *wire, struct packet *packet)
{
	if (!packet->ip.ttl)
		packet->ip.ttl = ttl_of(wire, packet);
	if (packet->ip.dst.family == IP_V4 && !packet->ip.id)
		packet->ip.id = (uint16_t)random_u64(&wire->random);
	fill_sums(wire, packet);
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
	fill_sums(wire, packet);
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

/* How many bytes of payload each fragment of an IPv4 packet takes; 0: it stays whole. */
static size_t fragment_bytes(const struct wire *wire, const struct hop *hop, size_t header_bytes,
			     size_t count)
{
	size_t each = wire->config.plan->packets.fragment_bytes, mtu = link_mtu(hop->port->link);

	if (!each && count > mtu)
		each = (mtu - header_bytes) & ~(size_t)7;
	if (each > FRAGMENT_BYTES_MOST)
		each = FRAGMENT_BYTES_MOST;
	return each && count - header_bytes > each ? each : 0;
}

static size_t frames_of(size_t header_bytes, size_t count, size_t each)
{
	return each ? (count - header_bytes + each - 1) / each : 1;
}

static int queue_fragments(struct wire *wire, struct hop *hop, const uint8_t *frame,
			   size_t link_bytes, size_t count, size_t each)
{
	const uint8_t *packet = frame + link_bytes;
	size_t header_bytes = (packet[0] & 15) * 4u, payload = count - header_bytes, from;
	size_t frames = frames_of(header_bytes, count, each);
	uint8_t out[ETHERNET_HEADER_BYTES + IPV4_HEADER_BYTES + IPV4_OPTIONS_BYTES +
		    FRAGMENT_BYTES_MOST];

	if (frames > WIRE_BATCH_FRAMES)
		return ERROR_RANGE; /* they leave together or not at all */
	if (!wire_has_room(wire, hop->port, frames, count + frames * (link_bytes + header_bytes)))
		return hop->port->lost ? ERROR_SYSTEM : ERROR_LIMIT;
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
	size_t link_bytes, count, each;

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
	each = fragment_bytes(wire, hop, (frame[link_bytes] & 15) * 4u, count);
	if (!each)
		return wire_queue(wire, hop->port, frame, link_bytes + count);
	return queue_fragments(wire, hop, frame, link_bytes, count, each);
}

static size_t senders_of(const struct plan_packets *wish, int family)
{
	size_t senders = 1, i;

	for (i = 0; i < wish->decoys_count; i++)
		senders += wish->decoys[i].family == family;
	return senders;
}

/* Room for the packet from us and from every decoy, so that none is sent twice because
 * the last had none. Sets that are larger than the batch leave as they can. */
static bool has_room_for_all(struct wire *wire, struct hop *hop, const struct ip_addr *own,
			     struct packet *packet)
{
	size_t senders = senders_of(&wire->config.plan->packets, packet->ip.dst.family);
	size_t header_bytes = IPV4_HEADER_BYTES + packet->ip.options_bytes, frames = senders, count;

	packet->ip.src = *own;
	count = packet_build(packet, wire->scratch, sizeof(wire->scratch));
	if (packet->ip.dst.family == IP_V4 && count)
		frames *= frames_of(header_bytes, count,
				    fragment_bytes(wire, hop, header_bytes, count));
	count = senders * count + frames * (ETHERNET_HEADER_BYTES + header_bytes);
	return frames > WIRE_BATCH_FRAMES || count > WIRE_BATCH_BYTES ||
	       wire_has_room(wire, hop->port, frames, count);
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

static int may_send(struct wire *wire, const struct hop *hop, const struct packet *packet)
{
	int r = gate_check(wire->config.gate, &packet->ip.dst, transport_of(packet),
			   port_of(packet), false);

	return r == 0 && hop->state == HOP_BROKEN ? ERROR_SYSTEM : r;
}

/* From us and every decoy. */
static int send_from_all(struct wire *wire, struct hop *hop, const struct route *route,
			 struct packet *packet)
{
	const struct plan_packets *wish = &wire->config.plan->packets;
	int r = 0, family = packet->ip.dst.family;
	size_t i;

	if (wish->decoys_count && !has_room_for_all(wire, hop, &route->source, packet))
		return hop->state == HOP_BROKEN ? ERROR_SYSTEM : ERROR_LIMIT;
	for (i = 0; r == 0 && i <= wish->decoys_count; i++) {
		if (i == wish->own_place)
			r = send_from(wire, hop, &route->source, packet);
		if (r == 0 && i < wish->decoys_count && wish->decoys[i].family == family)
			r = send_from(wire, hop, &wish->decoys[i], packet);
	}
	return r;
}

int wire_send(struct wire *wire, struct hop *hop, const struct route *route,
	      const struct ip_addr *to, struct packet *packet)
{
	int r;

	packet->ip.dst = *to;
	r = may_send(wire, hop, packet);
	if (r < 0)
		return r;
	fill_header(wire, packet);
	return send_from_all(wire, hop, route, packet);
}

int wire_send_exactly(struct wire *wire, struct hop *hop, const struct route *route,
		      const struct ip_addr *to, struct packet *packet)
{
	int r;

	packet->ip.dst = *to;
	r = may_send(wire, hop, packet);
	if (r < 0)
		return r;
	fill_gaps(wire, packet);
	return send_from_all(wire, hop, route, packet);
}

int wire_send_as(struct wire *wire, struct hop *hop, struct packet *packet)
{
	const struct ip_addr from = packet->ip.src;
	int r = may_send(wire, hop, packet);

	if (r < 0)
		return r;
	fill_header(wire, packet);
	return send_from(wire, hop, &from, packet);
}
