/* engine/technique/ip_protocol.c: which IP protocols does the host speak? The
 * "port" is the protocol's number. Those with a header that hosts look at get
 * one; the others are asked with an IP header and nothing behind it. */
#include "engine/technique_icmp.h"
#include "engine/technique_sctp.h"
#include "engine/technique_tcp.h"

#define TCP_ASKED_PORT  80u
#define UDP_ASKED_PORT  40125u /* where nobody should listen */
#define SCTP_ASKED_PORT 80u
#define IGMP_QUERY      0x11u

static void build_tcp(const struct probe_request *request, struct packet *ret_packet)
{
	struct probe_request ack = *request;

	ack.port = TCP_ASKED_PORT;
	tcp_build(&ack, TCP_ACK, ret_packet);
}

static void build_udp(const struct probe_request *request, struct packet *ret_packet)
{
	*ret_packet = (struct packet){
		.ip.protocol = PROTOCOL_UDP,
		.kind = PACKET_UDP,
		.udp = {.src_port = request->src_port, .dst_port = UDP_ASKED_PORT},
	};
}

static void protocol_build(const struct probe_request *request, struct packet *ret_packet)
{
	bool v4 = request->to.family == IP_V4;

	*ret_packet = (struct packet){.ip.protocol = (uint8_t)request->port};
	if (request->port == (v4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6))
		icmp_build(request, ICMP_ECHO, ret_packet);
	else if (request->port == PROTOCOL_TCP)
		build_tcp(request, ret_packet);
	else if (request->port == PROTOCOL_UDP)
		build_udp(request, ret_packet);
	else if (request->port == PROTOCOL_SCTP)
		sctp_build_init(request, SCTP_ASKED_PORT, ret_packet);
	else if (request->port == PROTOCOL_IGMP && v4) {
		ret_packet->kind = PACKET_IGMP;
		ret_packet->icmp.type = IGMP_QUERY;
	}
}

static bool is_icmp(const struct packet *packet)
{
	return packet->kind == PACKET_ICMP || packet->kind == PACKET_ICMPV6;
}

/* Who asks or tells something by ICMP does not answer our echo request. */
static struct verdict judge_reply(const struct packet *packet)
{
	if (packet->kind == PACKET_ICMP && packet->icmp.type == ICMP_ECHO_REPLY)
		return verdict_of(PORT_OPEN, REASON_ECHO_REPLY);
	if (is_icmp(packet) &&
	    !(packet->kind == PACKET_ICMPV6 && packet->icmp.type == ICMPV6_ECHO_REPLY))
		return verdict_none();
	return verdict_of(PORT_OPEN, REASON_PROTO_RESPONSE);
}

static struct verdict protocol_judge(const struct response *seen)
{
	static const struct icmp_own own = {
		.port_unreach = PORT_OPEN, /* it looked for the port, so it has the protocol */
		.proto_unreach = PORT_CLOSED,
	};

	if (seen->quoted)
		return icmp_error_judge(seen, &own);
	if (seen->packet->ip.protocol == seen->port)
		return judge_reply(seen->packet);
	return verdict_none();
}

/* Who complains by ICMP speaks ICMP (of ICMPv6, which every IPv6 host speaks, only the
 * reply is taken: SC-13). */
static bool protocol_also(const struct response *seen, uint16_t *ret_port,
			  struct verdict *ret_verdict)
{
	struct verdict told = icmp_error_judge(seen, &icmp_own_filtered);

	if (!seen->from_target || told.state == PORT_UNKNOWN || seen->packet->kind != PACKET_ICMP ||
	    seen->port == PROTOCOL_ICMP)
		return false;
	*ret_port = PROTOCOL_ICMP;
	*ret_verdict = verdict_of(PORT_OPEN, told.reason);
	return true;
}

const struct scan_technique technique_ip_protocol = {
	.name = "ip-protocol",
	.letter = 'O',
	.help = "find the IP protocols that the host speaks",
	.task = "IPProto Scan",
	.scaninfo = "ipproto",
	.transport = TRANSPORT_IP,
	.probe = PROBE_PROTOCOL,
	.order = 12,
	.scaninfo_order = 13,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = protocol_build,
	.judge = protocol_judge,
	.also = protocol_also,
};
