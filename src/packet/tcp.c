/* TCP (RFC 9293). */
#include "packet/checksum.h"
#include "packet/layer.h"
#include "packet/wire.h"

#define TCP_HEADER_BYTES 20u
#define TCP_CHECKSUM_AT  16u

static bool read_options(struct reader *in, size_t header_bytes, struct tcp_header *tcp)
{
	const uint8_t *options;

	if (header_bytes < TCP_HEADER_BYTES)
		return false;
	options = reader_take(in, header_bytes - TCP_HEADER_BYTES);
	if (!options)
		return false;
	tcp->options_bytes = (uint8_t)(header_bytes - TCP_HEADER_BYTES);
	memcpy(tcp->options, options, tcp->options_bytes);
	return true;
}

static bool parse(struct reader *in, enum parse_mode mode, struct packet *packet)
{
	struct tcp_header *tcp = &packet->tcp;
	bool quoted = mode == PARSE_QUOTE && in->left_bytes >= QUOTE_BYTES;
	uint8_t offset;

	*tcp = (struct tcp_header){0};
	tcp->src_port = read_be16(in);
	tcp->dst_port = read_be16(in);
	tcp->seq = read_be32(in);
	tcp->ack = read_be32(in);
	offset = read_u8(in);
	tcp->reserved = offset & 0x0f;
	tcp->flags = read_u8(in);
	tcp->window = read_be16(in);
	reader_skip(in, 2); /* checksum */
	tcp->urgent = read_be16(in);
	return (reader_ok(in) && read_options(in, (offset >> 4) * 4u, tcp)) || quoted;
}

static size_t header_bytes(const struct packet *packet)
{
	const struct tcp_header *tcp = &packet->tcp;

	if (tcp->options_bytes % 4 || tcp->options_bytes > TCP_OPTIONS_BYTES || tcp->reserved > 15)
		return 0;
	return TCP_HEADER_BYTES + tcp->options_bytes;
}

static void build(const struct packet *packet, uint64_t sum, uint8_t *out, size_t bytes)
{
	const struct tcp_header *tcp = &packet->tcp;

	put_be16(out, tcp->src_port);
	put_be16(out + 2, tcp->dst_port);
	put_be32(out + 4, tcp->seq);
	put_be32(out + 8, tcp->ack);
	out[12] = (uint8_t)((TCP_HEADER_BYTES + tcp->options_bytes) << 2 | tcp->reserved);
	out[13] = tcp->flags;
	put_be16(out + 14, tcp->window);
	put_be16(out + TCP_CHECKSUM_AT, 0);
	put_be16(out + 18, tcp->urgent);
	if (tcp->options_bytes)
		memcpy(out + TCP_HEADER_BYTES, tcp->options, tcp->options_bytes);
	put_be16(out + TCP_CHECKSUM_AT,
		 layer_checksum(checksum_add(sum, out, bytes), packet->bad_sum));
}

const struct layer layer_tcp = {
	.protocol = PROTOCOL_TCP,
	.pseudo_header = true,
	.parse = parse,
	.header_bytes = header_bytes,
	.build = build,
};

void tcp_add_mss(struct tcp_header *tcp, uint16_t mss)
{
	uint8_t *option = tcp->options + tcp->options_bytes;

	if (tcp->options_bytes > TCP_OPTIONS_BYTES - 4)
		return;
	option[0] = 2;
	option[1] = 4;
	put_be16(option + 2, mss);
	tcp->options_bytes = (uint8_t)(tcp->options_bytes + 4);
}
