#include "engine/technique_icmp.h"

#define ANY_CODE 256u

enum icmp_says {
	SAYS_FILTERED,
	SAYS_NO_PORT,
	SAYS_NO_PROTOCOL,
	/* The host read the header and did not like it: it is there and takes the
	 * protocol. Nmap calls the port open, whatever the technique. */
	SAYS_OPEN,
};

struct icmp_row {
	enum packet_kind kind;
	uint8_t type;
	uint16_t code;
	enum icmp_says says;
	enum reason reason;
};

/* Errors that are not here say nothing of a port: "fragmentation needed",
 * redirects, unused codes. */
static const struct icmp_row icmp_rows[] = {
	{PACKET_ICMP, ICMP_UNREACHABLE, 0, SAYS_FILTERED, REASON_NET_UNREACH},
	{PACKET_ICMP, ICMP_UNREACHABLE, 1, SAYS_FILTERED, REASON_HOST_UNREACH},
	{PACKET_ICMP, ICMP_UNREACHABLE, 2, SAYS_NO_PROTOCOL, REASON_PROTO_UNREACH},
	{PACKET_ICMP, ICMP_UNREACHABLE, 3, SAYS_NO_PORT, REASON_PORT_UNREACH},
	{PACKET_ICMP, ICMP_UNREACHABLE, 9, SAYS_FILTERED, REASON_NET_PROHIBITED},
	{PACKET_ICMP, ICMP_UNREACHABLE, 10, SAYS_FILTERED, REASON_HOST_PROHIBITED},
	{PACKET_ICMP, ICMP_UNREACHABLE, 13, SAYS_FILTERED, REASON_ADMIN_PROHIBITED},
	{PACKET_ICMP, ICMP_TIME_EXCEEDED, ANY_CODE, SAYS_FILTERED, REASON_TIME_EXCEEDED},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 0, SAYS_FILTERED, REASON_NO_ROUTE},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 1, SAYS_FILTERED, REASON_ADMIN_PROHIBITED},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 2, SAYS_FILTERED, REASON_BEYOND_SCOPE},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 3, SAYS_FILTERED, REASON_HOST_UNREACH},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 4, SAYS_NO_PORT, REASON_PORT_UNREACH},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 5, SAYS_FILTERED, REASON_ADMIN_PROHIBITED},
	{PACKET_ICMPV6, ICMPV6_UNREACHABLE, 6, SAYS_FILTERED, REASON_REJECT_ROUTE},
	{PACKET_ICMPV6, ICMPV6_TIME_EXCEEDED, ANY_CODE, SAYS_FILTERED, REASON_TIME_EXCEEDED},
	{PACKET_ICMPV6, ICMPV6_PARAMETER_PROBLEM, 0, SAYS_OPEN, REASON_PARAM_PROBLEM},
	{PACKET_ICMPV6, ICMPV6_PARAMETER_PROBLEM, 1, SAYS_NO_PROTOCOL, REASON_PARAM_PROBLEM},
};

const struct icmp_own icmp_own_filtered = {
	.port_unreach = PORT_FILTERED,
	.proto_unreach = PORT_FILTERED,
};

static const struct icmp_row *row_of(const struct packet *error)
{
	size_t i;

	for (i = 0; i < sizeof(icmp_rows) / sizeof(icmp_rows[0]); i++)
		if (icmp_rows[i].kind == error->kind && icmp_rows[i].type == error->icmp.type &&
		    (icmp_rows[i].code == error->icmp.code || icmp_rows[i].code == ANY_CODE))
			return &icmp_rows[i];
	return NULL;
}

static enum port_state state_of(const struct icmp_row *row, bool from_target,
				const struct icmp_own *own)
{
	if (row->says == SAYS_OPEN)
		return PORT_OPEN;
	if (from_target && row->says == SAYS_NO_PORT)
		return own->port_unreach;
	if (from_target && row->says == SAYS_NO_PROTOCOL)
		return own->proto_unreach;
	return PORT_FILTERED;
}

struct verdict icmp_error_judge(const struct response *seen, const struct icmp_own *own)
{
	const struct icmp_row *row = seen->quoted ? row_of(seen->packet) : NULL;

	if (!row)
		return verdict_none();
	return verdict_of(state_of(row, seen->from_target, own), row->reason);
}

void icmp_build(const struct probe_request *request, enum icmp_type type, struct packet *ret_packet)
{
	bool v6 = request->to.family == IP_V6;

	*ret_packet = (struct packet){
		.ip.protocol = v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP,
		.kind = v6 ? PACKET_ICMPV6 : PACKET_ICMP,
		.icmp.type = v6 ? (uint8_t)ICMPV6_ECHO : (uint8_t)type,
		.icmp.rest = request->cookie << 16,
	};
}

struct verdict icmp_reply_judge(const struct response *seen, uint8_t v4, uint8_t v6,
				enum reason reason)
{
	const struct packet *packet = seen->packet;

	if (seen->quoted)
		return icmp_error_judge(seen, &icmp_own_filtered);
	if ((packet->kind == PACKET_ICMP && packet->icmp.type == v4) ||
	    (packet->kind == PACKET_ICMPV6 && packet->icmp.type == v6))
		return verdict_of(PORT_OPEN, reason);
	return verdict_none();
}
