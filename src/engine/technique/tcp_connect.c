/* engine/technique/tcp_connect.c: the kernel's own handshake. Needs no
 * privilege; what comes back is an errno, so neither TTL nor the address of
 * an ICMP sender is known. */
#include "engine/technique.h"

static struct verdict connect_judge(const struct flow_event *event)
{
	if (event->kind == FLOW_CONNECTED)
		return verdict_of(PORT_OPEN, REASON_SYN_ACK);
	switch (event->end) {
	case FLOW_END_REFUSED:
	case FLOW_END_RESET:
		return verdict_of(PORT_CLOSED, REASON_CONN_REFUSED);
	case FLOW_END_HOST_UNREACH:
		return verdict_of(PORT_FILTERED, REASON_HOST_UNREACH);
	case FLOW_END_NET_UNREACH:
		return verdict_of(PORT_FILTERED, REASON_NET_UNREACH);
	case FLOW_END_NO_PROTO:
		return verdict_of(PORT_FILTERED, REASON_PROTO_UNREACH);
	case FLOW_END_PROHIBITED:
		return verdict_of(PORT_FILTERED, REASON_ADMIN_PROHIBITED);
	case FLOW_END_NO_ROUTE:
		return verdict_of(PORT_FILTERED, REASON_NO_ROUTE);
	default:
		return verdict_none();
	}
}

const struct scan_technique technique_tcp_connect = {
	.name = "tcp-connect",
	.letter = 'T',
	.help = "complete the TCP handshake with the system's connect call",
	.task = "Connect Scan",
	.scaninfo = "connect",
	.transport = TRANSPORT_TCP,
	.order = 9,
	.scaninfo_order = 4,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.judge_flow = connect_judge,
	.handshake = true,
};
