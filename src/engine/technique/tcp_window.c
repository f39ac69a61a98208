/* engine/technique/tcp_window.c: some stacks answer an ACK to an open port
 * with a reset whose window is not zero. */
#include "engine/technique_tcp.h"

static void window_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, TCP_ACK, ret_packet);
}

static struct verdict window_judge(const struct response *seen)
{
	bool open = seen->packet->kind == PACKET_TCP && seen->packet->tcp.window;

	return tcp_reset_judge(seen, open ? PORT_OPEN : PORT_CLOSED);
}

const struct scan_technique technique_tcp_window = {
	.name = "tcp-window",
	.letter = 'W',
	.help = "tell open from closed by the window of a reset",
	.task = "Window Scan",
	.scaninfo = "window",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 3,
	.scaninfo_order = 7,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = window_build,
	.judge = window_judge,
};
