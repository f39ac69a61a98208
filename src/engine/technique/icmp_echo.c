/* engine/technique/icmp_echo.c: "ping" as everyone knows it (RFC 792; RFC 4443, 4.1). */
#include "engine/technique_icmp.h"

static void echo_build(const struct probe_request *request, struct packet *ret_packet)
{
	icmp_build(request, ICMP_ECHO, ret_packet);
}

static struct verdict echo_judge(const struct response *seen)
{
	return icmp_reply_judge(seen, ICMP_ECHO_REPLY, ICMPV6_ECHO_REPLY, REASON_ECHO_REPLY);
}

const struct scan_technique technique_icmp_echo = {
	.name = "icmp-echo",
	.help = "ICMP or ICMPv6 echo request",
	.task = "Ping Scan",
	.transport = TRANSPORT_IP,
	.probe = PROBE_ICMP,
	.on_silence = {.state = PORT_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = echo_build,
	.judge = echo_judge,
};
