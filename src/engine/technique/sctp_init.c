/* engine/technique/sctp_init.c: SCTP's SYN scan: the first of the four steps
 * of its handshake. */
#include "engine/technique_icmp.h"
#include "engine/technique_sctp.h"

static void init_build(const struct probe_request *request, struct packet *ret_packet)
{
	sctp_build_init(request, request->port, ret_packet);
}

static struct verdict init_judge(const struct response *seen)
{
	if (seen->quoted)
		return icmp_error_judge(seen, &icmp_own_filtered);
	if (sctp_is(seen, SCTP_INIT_ACK))
		return verdict_of(PORT_OPEN, REASON_INIT_ACK);
	if (sctp_is(seen, SCTP_ABORT))
		return verdict_of(PORT_CLOSED, REASON_ABORT);
	return verdict_none();
}

const struct scan_technique technique_sctp_init = {
	.name = "sctp-init",
	.letter = 'Y',
	.help = "send the first packet of the SCTP handshake only",
	.task = "SCTP INIT Scan",
	.scaninfo = "sctpinit",
	.transport = TRANSPORT_SCTP,
	.probe = PROBE_SCTP,
	.order = 10,
	.scaninfo_order = 11,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = init_build,
	.judge = init_judge,
};
