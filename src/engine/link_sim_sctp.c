/* What a host says to SCTP (RFC 9260, 5.1 and 8.4). It keeps no associations. */
#include "engine/link_sim_impl.h"

#include <string.h>

#define INIT_BYTES   16u /* initiate tag, window, streams out and in, TSN */
#define COOKIE_BYTES 12u /* a parameter of eight bytes */
#define REFLECTED    1   /* T bit of an ABORT: the tag is the receiver's own */

/* The tag that the peer wants to see in what we send. */
static uint32_t initiate_tag(const struct packet *probe)
{
	const uint8_t *at = probe->payload;

	if (probe->payload_bytes < 4)
		return 0;
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

struct packet sim_init_ack(const struct sim_exchange *exchange)
{
	/* Any tag will do; then 64 KiB, ten streams each way, and a State Cookie. */
	static const uint8_t value[INIT_BYTES + COOKIE_BYTES] = {
		0x53, 0x49, 0x4d, 0x21, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1, 0, 7, 0, COOKIE_BYTES,
	};
	struct packet answer = sim_reply(exchange);

	answer.sctp.vtag = initiate_tag(exchange->probe);
	answer.sctp.has_chunk = true;
	answer.sctp.chunk_type = SCTP_INIT_ACK;
	answer.payload = value;
	answer.payload_bytes = sizeof(value);
	return answer;
}

static void abort_it(struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;
	struct packet answer = sim_reply(exchange);

	answer.sctp.has_chunk = true;
	answer.sctp.chunk_type = SCTP_ABORT;
	if (probe->sctp.chunk_type == SCTP_INIT) {
		answer.sctp.vtag = initiate_tag(probe);
	} else {
		answer.sctp.vtag = probe->sctp.vtag;
		answer.sctp.chunk_flags = REFLECTED;
	}
	sim_answer(exchange, &answer);
}

static void listening(struct sim_exchange *exchange)
{
	uint8_t chunk = exchange->probe->sctp.chunk_type;
	struct packet answer;

	if (chunk == SCTP_INIT) {
		answer = sim_init_ack(exchange);
		sim_answer(exchange, &answer);
	} else if (chunk != SCTP_COOKIE_ECHO) { /* a cookie that is not ours: 5.1.5 */
		abort_it(exchange);
	}
}

void sim_sctp(struct sim_exchange *exchange)
{
	const struct sctp_header *probe = &exchange->probe->sctp;
	const struct link_sim_port *port;
	enum link_sim_state state =
		sim_port_state(exchange, TRANSPORT_SCTP, probe->dst_port, &port);

	if (!probe->has_chunk || probe->chunk_type == SCTP_ABORT) {
		exchange->answered = true;
		return;
	}
	if (state == LINK_SIM_OPEN)
		listening(exchange);
	else if (state == LINK_SIM_CLOSED)
		abort_it(exchange);
	else if (state == LINK_SIM_REJECTED)
		sim_reject(exchange, port);
}
