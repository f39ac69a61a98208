/* ICMP (RFC 792), ICMPv6 (RFC 4443) and IGMP (RFC 2236), which share a layout. */
#include "packet/checksum.h"
#include "packet/layer.h"
#include "packet/wire.h"

#define ICMP_HEADER_BYTES 8u
#define ICMP_CHECKSUM_AT  2u

static bool parse(struct reader *in, enum parse_mode mode, struct packet *packet)
{
	struct icmp_header *icmp = &packet->icmp;

	*icmp = (struct icmp_header){0};
	icmp->type = read_u8(in);
	icmp->code = read_u8(in);
	reader_skip(in, 2); /* checksum */
	icmp->rest = read_be32(in);
	return reader_ok(in);
}

static size_t header_bytes(const struct packet *packet)
{
	return ICMP_HEADER_BYTES;
}

static void build(const struct packet *packet, uint64_t sum, uint8_t *out, size_t bytes)
{
	out[0] = packet->icmp.type;
	out[1] = packet->icmp.code;
	put_be16(out + ICMP_CHECKSUM_AT, 0);
	put_be32(out + 4, packet->icmp.rest);
	put_be16(out + ICMP_CHECKSUM_AT,
		 layer_checksum(checksum_add(sum, out, bytes), packet->bad_sum));
}

const struct layer layer_icmp = {
	.protocol = PROTOCOL_ICMP,
	.family = IP_V4,
	.parse = parse,
	.header_bytes = header_bytes,
	.build = build,
};

const struct layer layer_igmp = {
	.protocol = PROTOCOL_IGMP,
	.family = IP_V4,
	.parse = parse,
	.header_bytes = header_bytes,
	.build = build,
};

const struct layer layer_icmpv6 = {
	.protocol = PROTOCOL_ICMPV6,
	.family = IP_V6,
	.pseudo_header = true,
	.parse = parse,
	.header_bytes = header_bytes,
	.build = build,
};
