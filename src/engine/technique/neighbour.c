/* engine/technique/neighbour.c: a host on our own link cannot be spoken to
 * without its hardware address, so whoever tells it is up (ARP, RFC 826;
 * neighbour discovery, RFC 4861). The wire builds the frames and matches the
 * answers; here it is only said what they prove. */
#include "engine/technique.h"

static struct verdict neighbour_judge(const struct response *seen)
{
	bool v6 = seen->packet->ip.src.family == IP_V6;

	return verdict_of(PORT_OPEN, v6 ? REASON_ND_RESPONSE : REASON_ARP_RESPONSE);
}

const struct scan_technique technique_neighbour = {
	.name = "neighbour",
	.help = "ARP or neighbour discovery",
	.task = "ARP Ping Scan", /* IPv6: "ND Ping Scan" */
	.transport = TRANSPORT_IP,
	.probe = PROBE_NEIGHBOUR,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.judge = neighbour_judge,
};
