/* engine/technique/tcp_null.c: a segment without flags. A closed port resets it, an
 * open one drops it for want of ACK (RFC 9293, 3.10.7.2). */
#include "engine/technique_tcp.h"

static void null_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, 0, ret_packet);
}

static struct verdict null_judge(const struct response *seen)
{
	return tcp_reset_judge(seen, PORT_CLOSED);
}

const struct scan_technique technique_tcp_null = {
	.name = "tcp-null",
	.letter = 'N',
	.help = "send no flags: closed ports reset it, open ones keep silent",
	.task = "NULL Scan",
	.scaninfo = "null",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 6,
	.scaninfo_order = 5,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = null_build,
	.judge = null_judge,
};
