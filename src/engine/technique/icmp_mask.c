/* engine/technique/icmp_mask.c: what is the mask of your network (RFC 950)? IPv4
 * only, and hardly anyone answers any more. */
#include "engine/technique_icmp.h"

#define NO_REPLY 0xffu /* no ICMPv6 type that we could get: RFC 4443 reserves it */

/* The fields for the answer, the mask, are there and empty. */
static void mask_build(const struct probe_request *request, struct packet *ret_packet)
{
	static const uint8_t empty[4] = {0};

	icmp_build(request, ICMP_MASK, ret_packet);
	ret_packet->payload = empty;
	ret_packet->payload_bytes = sizeof(empty);
}

static struct verdict mask_judge(const struct response *seen)
{
	return icmp_reply_judge(seen, ICMP_MASK_REPLY, NO_REPLY, REASON_ADDRESSMASK_REPLY);
}

const struct scan_technique technique_icmp_mask = {
	.name = "icmp-mask",
	.help = "ICMP address mask request",
	.task = "Ping Scan",
	.transport = TRANSPORT_IP,
	.probe = PROBE_ICMP,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = mask_build,
	.judge = mask_judge,
};
