#include "engine/technique_sctp.h"

#define INIT_VALUE_BYTES 16u
#define INIT_WINDOW      32768u
#define INIT_STREAMS_OUT 10u
#define INIT_STREAMS_IN  2048u

static uint8_t *put_be16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *put_be32(uint8_t *at, uint32_t value)
{
	return put_be16(put_be16(at, value >> 16), value);
}

/* RFC 9260, 3.3.2. The verification tag of a packet with INIT is 0 (8.5.1). The
 * first TSN may be anything: the cookie, stirred so that it does not look like it. */
void sctp_build_init(const struct probe_request *request, uint16_t port, struct packet *ret_packet)
{
	uint8_t *at = request->scratch;

	at = put_be32(at, request->cookie);
	at = put_be32(at, INIT_WINDOW);
	at = put_be16(at, INIT_STREAMS_OUT);
	at = put_be16(at, INIT_STREAMS_IN);
	put_be32(at, (request->cookie ^ 0x5bd1e995u) * 0x9e3779b1u);
	*ret_packet = (struct packet){
		.ip.protocol = PROTOCOL_SCTP,
		.kind = PACKET_SCTP,
		.sctp = {.src_port = request->src_port,
			 .dst_port = port,
			 .has_chunk = true,
			 .chunk_type = SCTP_INIT},
		.payload = request->scratch,
		.payload_bytes = INIT_VALUE_BYTES,
	};
}
