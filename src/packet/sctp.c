/* SCTP (RFC 9260): the common header and the first chunk. */
#include "packet/checksum.h"
#include "packet/layer.h"
#include "packet/wire.h"

#define SCTP_HEADER_BYTES 12u
#define SCTP_CHECKSUM_AT  8u
#define CHUNK_BYTES       4u

/* A chunk that is shorter than its own header is none. */
static void read_chunk(struct reader *in, struct sctp_header *sctp)
{
	struct reader chunk = *in;
	uint8_t type = read_u8(&chunk), flags = read_u8(&chunk);
	uint16_t length = read_be16(&chunk);

	if (!reader_ok(&chunk) || length < CHUNK_BYTES)
		return;
	*in = chunk;
	reader_limit(in, length - CHUNK_BYTES);
	sctp->has_chunk = true;
	sctp->chunk_type = type;
	sctp->chunk_flags = flags;
}

static bool parse(struct reader *in, enum parse_mode mode, struct packet *packet)
{
	struct sctp_header *sctp = &packet->sctp;
	bool quoted = mode == PARSE_QUOTE && in->left_bytes >= QUOTE_BYTES;

	*sctp = (struct sctp_header){0};
	sctp->src_port = read_be16(in);
	sctp->dst_port = read_be16(in);
	sctp->vtag = read_be32(in);
	reader_skip(in, 4); /* checksum */
	if (!reader_ok(in))
		return quoted;
	read_chunk(in, sctp);
	return true;
}

static size_t header_bytes(const struct packet *packet)
{
	return packet->payload_bytes > UINT16_MAX - CHUNK_BYTES ? 0
								: SCTP_HEADER_BYTES + CHUNK_BYTES;
}

/* Chunks end at a multiple of four bytes (RFC 9260, 3.2). */
static size_t padding_bytes(const struct packet *packet)
{
	return -packet->payload_bytes & 3u;
}

/* CRC32c stands with its low byte first (RFC 9260, appendix A), unlike all else. */
static void seal(const struct packet *packet, uint8_t *out, size_t bytes)
{
	uint32_t sum = packet->adler32 ? checksum_adler32(out, bytes) : checksum_crc32c(out, bytes);

	if (packet->bad_sum)
		sum--;
	put_be32(out + SCTP_CHECKSUM_AT, packet->adler32 ? sum : __builtin_bswap32(sum));
}

static void build(const struct packet *packet, uint64_t sum, uint8_t *out, size_t bytes)
{
	const struct sctp_header *sctp = &packet->sctp;
	size_t padding = padding_bytes(packet);

	put_be16(out, sctp->src_port);
	put_be16(out + 2, sctp->dst_port);
	put_be32(out + 4, sctp->vtag);
	put_be32(out + SCTP_CHECKSUM_AT, 0);
	out[12] = sctp->chunk_type;
	out[13] = sctp->chunk_flags;
	put_be16(out + 14, (uint16_t)(CHUNK_BYTES + packet->payload_bytes));
	memset(out + bytes - padding, 0, padding);
	seal(packet, out, bytes);
}

const struct layer layer_sctp = {
	.protocol = PROTOCOL_SCTP,
	.parse = parse,
	.header_bytes = header_bytes,
	.padding_bytes = padding_bytes,
	.build = build,
};
