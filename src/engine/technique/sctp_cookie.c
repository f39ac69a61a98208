/* engine/technique/sctp_cookie.c: the third step of SCTP's handshake without
 * the first two. An open port drops a COOKIE ECHO whose cookie it did not make,
 * a closed one aborts (RFC 9260, 5.1.5 and 8.4). */
#include "engine/technique_icmp.h"
#include "engine/technique_sctp.h"

#define COOKIE_BYTES 4u

static void cookie_build(const struct probe_request *request, struct packet *ret_packet)
{
	uint32_t made_up = (request->cookie ^ 0x85ebca6bu) * 0xc2b2ae35u;
	size_t i;

	for (i = 0; i < COOKIE_BYTES; i++)
		request->scratch[i] = (uint8_t)(made_up >> 8 * i);
	*ret_packet = (struct packet){
		.ip.protocol = PROTOCOL_SCTP,
		.kind = PACKET_SCTP,
		.sctp = {.src_port = request->src_port,
			 .dst_port = request->port,
			 .vtag = request->cookie,
			 .has_chunk = true,
			 .chunk_type = SCTP_COOKIE_ECHO},
		.payload = request->scratch,
		.payload_bytes = COOKIE_BYTES,
	};
}

static struct verdict cookie_judge(const struct response *seen)
{
	if (seen->quoted)
		return icmp_error_judge(seen, &icmp_own_filtered);
	if (sctp_is(seen, SCTP_ABORT))
		return verdict_of(PORT_CLOSED, REASON_ABORT);
	return verdict_none();
}

const struct scan_technique technique_sctp_cookie = {
	.name = "sctp-cookie",
	.letter = 'Z',
	.help = "send a made-up SCTP cookie: closed ports abort, open ones keep silent",
	.task = "SCTP COOKIE-ECHO Scan",
	.scaninfo = "sctpcookieecho",
	.transport = TRANSPORT_SCTP,
	.probe = PROBE_SCTP,
	.order = 11,
	.scaninfo_order = 12,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = cookie_build,
	.judge = cookie_judge,
};
