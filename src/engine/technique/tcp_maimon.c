/* engine/technique/tcp_maimon.c: FIN and ACK, after Uriel Maimon (Phrack 49, 1996):
 * stacks of the BSD family reset it for closed ports only. */
#include "engine/technique_tcp.h"

static void maimon_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, TCP_FIN | TCP_ACK, ret_packet);
}

static struct verdict maimon_judge(const struct response *seen)
{
	return tcp_reset_judge(seen, PORT_CLOSED);
}

const struct scan_technique technique_tcp_maimon = {
	.name = "tcp-maimon",
	.letter = 'M',
	.help = "send FIN and ACK: some stacks reset it only for closed ports",
	.task = "Maimon Scan",
	.scaninfo = "maimon",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 7,
	.scaninfo_order = 8,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = maimon_build,
	.judge = maimon_judge,
};
