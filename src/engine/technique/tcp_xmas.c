/* engine/technique/tcp_xmas.c: FIN, PSH and URG, lit up like a tree. As with FIN
 * alone; a filter that looks for a bare FIN lets it pass. */
#include "engine/technique_tcp.h"

static void xmas_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, TCP_FIN | TCP_PSH | TCP_URG, ret_packet);
}

static struct verdict xmas_judge(const struct response *seen)
{
	return tcp_reset_judge(seen, PORT_CLOSED);
}

const struct scan_technique technique_tcp_xmas = {
	.name = "tcp-xmas",
	.letter = 'X',
	.help = "send FIN, PSH and URG: closed ports reset it, open ones keep silent",
	.task = "XMAS Scan",
	.scaninfo = "xmas",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 5,
	.scaninfo_order = 6,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = xmas_build,
	.judge = xmas_judge,
};
