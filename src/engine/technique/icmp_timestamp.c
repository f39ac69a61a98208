/* engine/technique/icmp_timestamp.c: what time is it there (RFC 792)? IPv4 only. Some
 * filters that stop echo requests forget this one. */
#include "engine/technique_icmp.h"

#define NO_REPLY 0xffu /* no ICMPv6 type that we could get: RFC 4443 reserves it */

/* The fields for the answer, the three times, are there and empty. */
static void timestamp_build(const struct probe_request *request, struct packet *ret_packet)
{
	static const uint8_t empty[12] = {0};

	icmp_build(request, ICMP_TIMESTAMP, ret_packet);
	ret_packet->payload = empty;
	ret_packet->payload_bytes = sizeof(empty);
}

static struct verdict timestamp_judge(const struct response *seen)
{
	return icmp_reply_judge(seen, ICMP_TIMESTAMP_REPLY, NO_REPLY, REASON_TIMESTAMP_REPLY);
}

const struct scan_technique technique_icmp_timestamp = {
	.name = "icmp-timestamp",
	.help = "ICMP timestamp request",
	.task = "Ping Scan",
	.transport = TRANSPORT_IP,
	.probe = PROBE_ICMP,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = timestamp_build,
	.judge = timestamp_judge,
};
