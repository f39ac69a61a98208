/* engine/technique/tcp_fin.c: a FIN out of nowhere. A closed port resets it, an open
 * one drops it (RFC 9293, 3.10.7.2). */
#include "engine/technique_tcp.h"

static void fin_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, TCP_FIN, ret_packet);
}

static struct verdict fin_judge(const struct response *seen)
{
	return tcp_reset_judge(seen, PORT_CLOSED);
}

const struct scan_technique technique_tcp_fin = {
	.name = "tcp-fin",
	.letter = 'F',
	.help = "send a FIN: closed ports reset it, open ones keep silent",
	.task = "FIN Scan",
	.scaninfo = "fin",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 4,
	.scaninfo_order = 9,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = fin_build,
	.judge = fin_judge,
};
