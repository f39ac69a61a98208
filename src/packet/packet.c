/* Whole packets: the IP header (ip_header.c) and one of the layers below, or nothing known. */
#include "packet/packet.h"

#include "packet/layer.h"

#include <string.h>

static const struct layer *const layers[] = {
	[PACKET_OTHER] = NULL,       [PACKET_TCP] = &layer_tcp,   [PACKET_UDP] = &layer_udp,
	[PACKET_SCTP] = &layer_sctp, [PACKET_ICMP] = &layer_icmp, [PACKET_ICMPV6] = &layer_icmpv6,
	[PACKET_IGMP] = &layer_igmp,
};
#define KINDS (sizeof(layers) / sizeof(layers[0]))

static bool suits(const struct layer *layer, const struct ip_header *ip)
{
	return layer->family == IP_NONE || layer->family == (enum ip_family)ip->src.family;
}

/* The kind that a packet is by its IP header alone. */
static enum packet_kind kind_of(const struct ip_header *ip)
{
	size_t i;

	for (i = PACKET_TCP; i < KINDS && !ip->fragment_offset; i++)
		if (layers[i]->protocol == ip->protocol && suits(layers[i], ip))
			return (enum packet_kind)i;
	return PACKET_OTHER;
}

/* False: the transport header was not there, and is payload now. */
static bool parse_layer(struct reader *in, enum parse_mode mode, struct packet *packet)
{
	enum packet_kind kind = kind_of(&packet->ip);
	struct reader header = *in;
	bool whole = true;

	if (kind != PACKET_OTHER) {
		whole = layers[kind]->parse(&header, mode, packet);
		if (whole) {
			packet->kind = kind;
			*in = header;
		}
	}
	packet->payload = in->at;
	packet->payload_bytes = in->left_bytes;
	return whole;
}

bool packet_parse(const void *bytes, size_t count, struct packet *ret_packet)
{
	struct reader in = reader_of(bytes, count);
	struct packet packet = {0};

	if (!ip_header_parse(&in, PARSE_WHOLE, &packet.ip))
		return false;
	(void)parse_layer(&in, PARSE_WHOLE, &packet);
	*ret_packet = packet;
	return true;
}

static bool is_icmpv4_error(uint8_t type)
{
	return type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
}

bool packet_is_icmp_error(const struct packet *packet)
{
	if (packet->kind == PACKET_ICMPV6) /* RFC 4443, 2.1 */
		return packet->icmp.type > 0 && packet->icmp.type < 128;
	return packet->kind == PACKET_ICMP && is_icmpv4_error(packet->icmp.type);
}

/* RFC 4884, 4: where the quote ends and extensions begin; 0: not told. */
static size_t told_quote_bytes(const struct packet *error)
{
	uint8_t type = error->icmp.type;

	if (error->kind == PACKET_ICMPV6)
		return type == ICMPV6_UNREACHABLE || type == ICMPV6_TIME_EXCEEDED
			       ? (error->icmp.rest >> 24) * 8
			       : 0;
	return type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED ||
			       type == ICMP_PARAMETER_PROBLEM
		       ? (error->icmp.rest >> 16 & 0xff) * 4
		       : 0;
}

bool packet_parse_quote(const struct packet *error, struct packet *ret_quoted)
{
	struct packet quoted = {0};
	struct reader in;
	size_t told;

	if (!packet_is_icmp_error(error))
		return false;
	in = reader_of(error->payload, error->payload_bytes);
	/* With extensions the quote has at least this much (RFC 4884, 3); routers
	 * from before it leave anything in these bits. */
	told = told_quote_bytes(error);
	if (told >= 128)
		reader_limit(&in, told);
	if (!ip_header_parse(&in, PARSE_QUOTE, &quoted.ip))
		return false;
	/* A probe that had no whole header is quoted without one. */
	if (!parse_layer(&in, PARSE_QUOTE, &quoted) && quoted.ip.total_bytes > error->payload_bytes)
		return false;
	*ret_quoted = quoted;
	return true;
}

/* What a packet consists of, in bytes. */
struct layout {
	const struct layer *layer; /* NULL: none */
	uint8_t protocol;
	size_t ip, header, after; /* `after` the IP header: header, payload, padding */
};

static bool lay_out(const struct packet *packet, struct layout *ret_layout)
{
	struct layout layout = {.protocol = packet->ip.protocol};

	layout.ip = ip_header_bytes(&packet->ip);
	if (!layout.ip || (size_t)packet->kind >= KINDS || packet->payload_bytes > UINT16_MAX)
		return false;
	layout.layer = layers[packet->kind];
	layout.after = packet->payload_bytes;
	if (layout.layer) {
		layout.protocol = layout.layer->protocol;
		layout.header = layout.layer->header_bytes(packet);
		if (!layout.header || !suits(layout.layer, &packet->ip))
			return false;
		layout.after += layout.header;
		if (layout.layer->padding_bytes)
			layout.after += layout.layer->padding_bytes(packet);
	}
	*ret_layout = layout;
	return true;
}

size_t packet_build(const struct packet *packet, uint8_t *out, size_t room)
{
	struct layout layout;
	uint8_t *after;
	uint64_t sum = 0;

	if (!lay_out(packet, &layout) || room < layout.ip + layout.after)
		return 0;
	if (!ip_header_build(&packet->ip, layout.protocol, layout.after, out))
		return 0;
	after = out + layout.ip;
	if (packet->payload_bytes)
		memcpy(after + layout.header, packet->payload, packet->payload_bytes);
	if (layout.layer) {
		if (layout.layer->pseudo_header)
			sum = ip_pseudo_sum(&packet->ip, layout.protocol, layout.after, out);
		layout.layer->build(packet, sum, after, layout.after);
	}
	return layout.ip + layout.after;
}
