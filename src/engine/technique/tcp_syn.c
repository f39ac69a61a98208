/* engine/technique/tcp_syn.c: the first step of the handshake, and no second
 * (the kernel, which knows of no connection, resets the target's answer). */
#include "engine/technique_icmp.h"
#include "engine/technique_tcp.h"

static void syn_build(const struct probe_request *request, struct packet *ret_packet)
{
	tcp_build(request, TCP_SYN, ret_packet);
}

/* A SYN that was not sent is not acknowledged, by --scanflags or not. A bare SYN is the other side
 * opening at the same time, or a "split handshake" (RFC 9293, 3.5): it listens. */
static struct verdict syn_judge(const struct response *seen)
{
	if (seen->quoted)
		return icmp_error_judge(seen, &icmp_own_filtered);
	if (tcp_has(seen, TCP_SYN | TCP_ACK) && !seen->without_syn)
		return verdict_of(PORT_OPEN, REASON_SYN_ACK);
	if (tcp_has(seen, TCP_RST))
		return verdict_of(PORT_CLOSED, REASON_RESET);
	if (tcp_has(seen, TCP_SYN) && !tcp_has(seen, TCP_ACK))
		return verdict_of(PORT_OPEN, REASON_SPLIT_HANDSHAKE_SYN);
	return verdict_none();
}

const struct scan_technique technique_tcp_syn = {
	.name = "tcp-syn",
	.letter = 'S',
	.help = "send the first packet of the TCP handshake only",
	.task = "SYN Stealth Scan",
	.scaninfo = "syn",
	.transport = TRANSPORT_TCP,
	.probe = PROBE_TCP,
	.order = 1,
	.scaninfo_order = 1,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = syn_build,
	.judge = syn_judge,
	.handshake = true,
};
