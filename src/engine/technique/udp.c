/* engine/technique/udp.c: a datagram, with words the port's service answers
 * to if we know any. Closed ports say so by ICMP (RFC 1122, 4.1.3.1), slowly
 * and not always; open ones that do not understand keep silent. */
#include "engine/technique_icmp.h"

static void udp_build(const struct probe_request *request, struct packet *ret_packet)
{
	*ret_packet = (struct packet){
		.ip.protocol = PROTOCOL_UDP,
		.kind = PACKET_UDP,
		.udp = {.src_port = request->src_port, .dst_port = request->port},
	};
	if (request->payload) {
		ret_packet->payload = request->payload->bytes;
		ret_packet->payload_bytes = request->payload->count;
	}
}

static struct verdict udp_judge(const struct response *seen)
{
	static const struct icmp_own own = {
		.port_unreach = PORT_CLOSED,
		.proto_unreach = PORT_FILTERED,
	};

	if (!seen->quoted && seen->packet->kind == PACKET_UDP)
		return verdict_of(PORT_OPEN, REASON_UDP_RESPONSE);
	return icmp_error_judge(seen, &own);
}

const struct scan_technique technique_udp = {
	.name = "udp",
	.letter = 'U',
	.help = "send UDP datagrams, with a payload where one is known",
	.task = "UDP Scan",
	.scaninfo = "udp",
	.transport = TRANSPORT_UDP,
	.probe = PROBE_UDP,
	.order = 8,
	.scaninfo_order = 10,
	.on_silence = {.state = PORT_OPEN_FILTERED, .reason = REASON_NO_RESPONSE},
	.build = udp_build,
	.judge = udp_judge,
};
