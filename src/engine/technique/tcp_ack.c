/* engine/technique/tcp_ack.c: a segment of no connection. Every port resets it,
 * open or not; where no reset comes back a filter is in between. */
#include "engine/technique_tcp.h"

static void ack_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, TCP_ACK, ret_packet);
}

static struct verdict ack_judge(const struct response *seen)
{
	return tcp_reset_judge(seen, PORT_UNFILTERED);
}

const struct scan_technique technique_tcp_ack = {
	.name = "tcp-ack",
	.letter = 'A',
	.help = "tell filtered from unfiltered by the answer to an ACK",
	.task = "ACK Scan",
	.scaninfo = "ack",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 2,
	.scaninfo_order = 2,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = ack_build,
	.judge = ack_judge,
};
