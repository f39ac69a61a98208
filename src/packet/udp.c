/* UDP (RFC 768). */
#include "packet/checksum.h"
#include "packet/layer.h"
#include "packet/wire.h"

#define UDP_HEADER_BYTES 8u
#define UDP_CHECKSUM_AT  6u

static bool parse(struct reader *in, enum parse_mode mode, struct packet *packet)
{
	struct udp_header *udp = &packet->udp;

	*udp = (struct udp_header){0};
	udp->src_port = read_be16(in);
	udp->dst_port = read_be16(in);
	udp->length_bytes = read_be16(in);
	reader_skip(in, 2); /* checksum */
	if (!reader_ok(in))
		return false;
	if (udp->length_bytes < UDP_HEADER_BYTES)
		return mode == PARSE_QUOTE;
	reader_limit(in, udp->length_bytes - UDP_HEADER_BYTES);
	return true;
}

static size_t header_bytes(const struct packet *packet)
{
	return UDP_HEADER_BYTES;
}

static void build(const struct packet *packet, uint64_t sum, uint8_t *out, size_t bytes)
{
	const struct udp_header *udp = &packet->udp;

	put_be16(out, udp->src_port);
	put_be16(out + 2, udp->dst_port);
	put_be16(out + 4, (uint16_t)bytes); /* packet_build() has seen that it fits */
	put_be16(out + UDP_CHECKSUM_AT, 0);
	sum = checksum_add(sum, out, bytes);
	put_be16(out + UDP_CHECKSUM_AT, udp_never_zero(layer_checksum(sum, packet->bad_sum)));
}

const struct layer layer_udp = {
	.protocol = PROTOCOL_UDP,
	.pseudo_header = true,
	.parse = parse,
	.header_bytes = header_bytes,
	.build = build,
};
