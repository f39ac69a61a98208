/* Every packet has a place: its TTL and how often that was asked. The place is in
 * our port (with -g there is but one), in TCP's sequence number, in ICMP's, and in the IP
 * identification (IPv6: the flow label), so that even the shortest quote tells it.
 * Only the direct answer of a UDP port with -g, or of a protocol without a layout, does not. */
#include "engine/trace_probe.h"

#define SEQ_STEP 16u /* what acknowledges one is not mistaken for the next */

static unsigned place_of(unsigned ttl, unsigned send)
{
	return (ttl - 1) * TRACE_SENDS_MAX + send;
}

static bool is_icmp(enum packet_kind kind)
{
	return kind == PACKET_ICMP || kind == PACKET_ICMPV6;
}

static uint16_t port_of(const struct packet *packet, bool source)
{
	switch (packet->kind) {
	case PACKET_TCP:
		return source ? packet->tcp.src_port : packet->tcp.dst_port;
	case PACKET_UDP:
		return source ? packet->udp.src_port : packet->udp.dst_port;
	case PACKET_SCTP:
		return source ? packet->sctp.src_port : packet->sctp.dst_port;
	default:
		return 0;
	}
}

/* None of them is 0, which would be drawn anew. */
static uint16_t first_id(const struct trace_probe *probe)
{
	return (uint16_t)(1 + (probe->base >> 8) % (UINT16_MAX - TRACE_PLACES));
}

/* ---- building ---- */

static void mark(const struct trace_probe *probe, unsigned place, struct packet *packet)
{
	packet->ip.id = (uint16_t)(first_id(probe) + place);
	if (probe->to.family == IP_V6 && (packet->kind == PACKET_OTHER || probe->one_port))
		packet->ip.flow_label = place + 1;
	if (is_icmp(packet->kind))
		packet->icmp.rest = (probe->base & 0xffff) << 16 | place;
}

void trace_probe_build(const struct trace_probe *probe, unsigned ttl, unsigned send,
		       uint8_t *scratch, struct packet *ret_packet)
{
	unsigned place = place_of(ttl, send);
	const struct probe_request request = {
		.from = probe->from,
		.to = probe->to,
		.port = probe->port,
		.src_port = (uint16_t)(probe->first_port + (probe->one_port ? 0 : place)),
		.cookie = probe->base + place * SEQ_STEP,
		.scan_flags = probe->scan_flags,
		.payload = probe->payload,
		.scratch = scratch,
	};

	*ret_packet = (struct packet){.kind = PACKET_OTHER};
	probe->technique->build(&request, ret_packet);
	ret_packet->ip.ttl = (uint8_t)ttl;
	mark(probe, place, ret_packet);
}

void trace_probe_init(struct trace_probe *probe)
{
	uint8_t scratch[PROBE_SCRATCH_BYTES];
	struct packet packet;

	probe->base |= SEQ_STEP / 2; /* so that no cookie is 0 */
	trace_probe_build(probe, 1, 0, scratch, &packet);
	probe->kind = packet.kind;
	probe->dst_port = port_of(&packet, false);
}

/* ---- telling apart ---- */

#define NO_PLACE TRACE_PLACES

static unsigned place_by_port(const struct trace_probe *probe, uint16_t ours)
{
	unsigned place = (uint16_t)(ours - probe->first_port);

	return !probe->one_port && place < TRACE_PLACES ? place : NO_PLACE;
}

static unsigned place_by_seq(const struct trace_probe *probe, uint32_t seq)
{
	uint32_t past = seq - probe->base;

	return past < TRACE_PLACES * SEQ_STEP && past % SEQ_STEP <= 1 ? past / SEQ_STEP : NO_PLACE;
}

static unsigned place_by_mark(const struct trace_probe *probe, const struct ip_header *ip)
{
	uint16_t place = (uint16_t)(ip->id - first_id(probe));

	if (probe->to.family == IP_V6)
		return ip->flow_label - 1 < TRACE_PLACES ? ip->flow_label - 1 : NO_PLACE;
	return place < TRACE_PLACES ? place : NO_PLACE;
}

static unsigned place_by_icmp(const struct trace_probe *probe, const struct icmp_header *icmp)
{
	unsigned place = icmp->rest & 0xffff;

	return icmp->rest >> 16 == (probe->base & 0xffff) && place < TRACE_PLACES ? place
										  : NO_PLACE;
}

static unsigned place_in_quote(const struct trace_probe *probe, const struct packet *quoted)
{
	uint16_t ours = port_of(quoted, true);

	if (quoted->kind != probe->kind)
		return NO_PLACE;
	if (is_icmp(probe->kind))
		return place_by_icmp(probe, &quoted->icmp);
	if (port_of(quoted, false) != probe->dst_port)
		return NO_PLACE;
	if (!probe->dst_port)
		return quoted->ip.protocol == probe->port ? place_by_mark(probe, &quoted->ip)
							  : NO_PLACE;
	if (!probe->one_port)
		return place_by_port(probe, ours);
	if (ours != probe->first_port)
		return NO_PLACE;
	return probe->kind == PACKET_TCP ? place_by_seq(probe, quoted->tcp.seq)
					 : place_by_mark(probe, &quoted->ip);
}

/* Of a TCP packet that came to our only port. */
static unsigned place_in_tcp(const struct trace_probe *probe, const struct tcp_header *tcp)
{
	unsigned place = tcp->flags & TCP_ACK ? place_by_seq(probe, tcp->ack) : NO_PLACE;

	return place == NO_PLACE && tcp->flags & TCP_RST ? place_by_seq(probe, tcp->seq) : place;
}

static bool is_reply(const struct packet *packet)
{
	if (packet->kind == PACKET_ICMPV6)
		return packet->icmp.type == ICMPV6_ECHO_REPLY;
	return packet->icmp.type == ICMP_ECHO_REPLY || packet->icmp.type == ICMP_TIMESTAMP_REPLY ||
	       packet->icmp.type == ICMP_MASK_REPLY;
}

/* From the target itself; *ret_any: ours, though not which one. */
static unsigned place_directly(const struct trace_probe *probe, const struct packet *packet,
			       bool *ret_any)
{
	uint16_t ours = port_of(packet, false);

	if (packet->kind != probe->kind)
		return NO_PLACE;
	if (is_icmp(probe->kind))
		return is_reply(packet) ? place_by_icmp(probe, &packet->icmp) : NO_PLACE;
	if (!probe->dst_port) {
		*ret_any = packet->ip.protocol == probe->port;
		return NO_PLACE;
	}
	if (port_of(packet, true) != probe->dst_port)
		return NO_PLACE;
	if (!probe->one_port)
		return place_by_port(probe, ours);
	if (ours == probe->first_port && probe->kind == PACKET_TCP)
		return place_in_tcp(probe, &packet->tcp);
	*ret_any = ours == probe->first_port;
	return NO_PLACE;
}

/* Redirects and the like come from routers that pass the packet on. */
static bool is_its_end(const struct packet *error)
{
	uint8_t type = error->icmp.type;

	if (error->kind == PACKET_ICMPV6)
		return type == ICMPV6_UNREACHABLE || type == ICMPV6_TIME_EXCEEDED ||
		       type == ICMPV6_PARAMETER_PROBLEM;
	return type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETER_PROBLEM;
}

bool trace_probe_answered(const struct trace_probe *probe, const struct packet *packet,
			  const struct packet *quoted, unsigned *ret_ttl, unsigned *ret_send)
{
	bool any = false;
	unsigned place =
		quoted ? place_in_quote(probe, quoted) : place_directly(probe, packet, &any);

	if ((place == NO_PLACE && !any) || (quoted && !is_its_end(packet)))
		return false;
	*ret_ttl = place == NO_PLACE ? 0 : place / TRACE_SENDS_MAX + 1;
	*ret_send = place == NO_PLACE ? 0 : place % TRACE_SENDS_MAX;
	return true;
}

void trace_probe_facts(const struct trace_probe *probe, struct path_facts *facts)
{
	bool icmp = probe->technique->probe == PROBE_ICMP;

	if (probe->technique->transport != TRANSPORT_IP) {
		facts->probe = PATH_PORT;
		facts->transport = probe->technique->transport;
		facts->number = probe->port;
		return;
	}
	facts->probe = PATH_PROTOCOL;
	facts->number = probe->port;
	if (icmp)
		facts->number = probe->to.family == IP_V6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
}
