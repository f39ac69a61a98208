/* ICMP messages in words (RFC 792 and those that came after). */
#include "report/packet_text_line.h"
#include "util/reader.h"

#include <stdio.h>

enum {
	CODES_UNREACHABLE = 16,
	ICMP_ROUTER_ADVERTISEMENT = 9,
	ICMP_INFORMATION = 15,
	ICMP_INFORMATION_REPLY = 16,
};

/* %A: where the quoted packet went to; %P its protocol, %Q its port and a
 * blank, or nothing when it has none. */
static const char *const unreachable[CODES_UNREACHABLE] = {
	"Network %A unreachable",
	"Host %A unreachable",
	"Protocol %P unreachable",
	"Port %Qunreachable",
	"Fragmentation required",
	"Source route failed",
	"Destination network %A unknown",
	"Destination host %A unknown",
	"Source host isolated",
	"Destination network %A administratively prohibited",
	"Destination host %A administratively prohibited",
	"Network %A unreachable for TOS",
	"Host %A unreachable for TOS",
	"Communication administratively prohibited by filtering",
	"Host precedence violation",
	"Precedence cutoff in effect",
};

static void add_quoted_port(struct packet_line *line, const struct packet *quoted)
{
	if (quoted->kind == PACKET_TCP)
		packet_line_add(line, "%u ", quoted->tcp.dst_port);
	else if (quoted->kind == PACKET_UDP)
		packet_line_add(line, "%u ", quoted->udp.dst_port);
	else if (quoted->kind == PACKET_SCTP)
		packet_line_add(line, "%u ", quoted->sctp.dst_port);
}

static void add_pattern(struct packet_line *line, const char *pattern, const struct packet *quoted)
{
	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			packet_line_add(line, "%c", *pattern);
			continue;
		}
		pattern++;
		if (*pattern == 'A')
			packet_line_add_address(line, &quoted->ip.dst);
		else if (*pattern == 'P')
			packet_line_add(line, "%u", quoted->ip.protocol);
		else
			add_quoted_port(line, quoted);
	}
}

/* The IP header of a quote is there when the quote has its first twenty bytes. */
static bool parse_quote(const struct packet *packet, struct packet *ret_quoted)
{
	return packet_parse_quote(packet, ret_quoted) ||
	       packet_parse(packet->payload, packet->payload_bytes, ret_quoted);
}

static void add_unreachable(struct packet_line *line, const struct packet *packet)
{
	struct packet quoted;

	if (packet->icmp.code >= CODES_UNREACHABLE)
		packet_line_add(line, "Destination unreachable (unknown code)");
	else if (!parse_quote(packet, &quoted))
		packet_line_add(line, "Destination unreachable");
	else
		add_pattern(line, unreachable[packet->icmp.code], &quoted);
}

/* Types whose codes have names; the last name is that of the others. */
static const char *by_code(const struct packet *packet)
{
	static const char *const redirects[] = {"Network redirect", "Host redirect",
						"Redirect (unknown code)"};
	static const char *const exceeded[] = {"TTL=0 during transit", "TTL=0 during reassembly",
					       "TTL exceeded (unknown code)"};
	static const char *const problems[] = {
		"Parameter problem (pointer indicates error)", "Parameter problem (option missing)",
		"Parameter problem (bad length)", "Parameter problem (unknown code)"};
	uint8_t code = packet->icmp.code;

	switch (packet->icmp.type) {
	case ICMP_REDIRECT:
		return redirects[code < 2 ? code : 2];
	case ICMP_TIME_EXCEEDED:
		return exceeded[code < 2 ? code : 2];
	case ICMP_PARAMETER_PROBLEM:
		return problems[code < 3 ? code : 3];
	case ICMP_ROUTER_ADVERTISEMENT:
		return code == 16 ? "Router advertisement (Mobile Agent Only)"
				  : "Router advertisement";
	default:
		return NULL;
	}
}

static const char *by_type(uint8_t type)
{
	static const char *const names[] = {
		[ICMP_ECHO_REPLY] = "Echo reply",
		[ICMP_SOURCE_QUENCH] = "Source quench",
		[ICMP_ECHO] = "Echo request",
		[10] = "Router solicitation",
		[ICMP_TIMESTAMP] = "Timestamp request",
		[ICMP_TIMESTAMP_REPLY] = "Timestamp reply",
		[ICMP_INFORMATION] = "Information request",
		[ICMP_INFORMATION_REPLY] = "Information reply",
		[ICMP_MASK] = "Address mask request",
		[ICMP_MASK_REPLY] = "Address mask reply",
		[30] = "Traceroute",
		[37] = "Domain name request",
		[38] = "Domain name reply",
		[40] = "Security failures",
	};

	if (type >= sizeof(names) / sizeof(names[0]) || !names[type])
		return "Unknown type";
	return names[type];
}

static void add_name(struct packet_line *line, const struct packet *packet)
{
	const char *name = by_code(packet);

	if (packet->icmp.type == ICMP_UNREACHABLE)
		add_unreachable(line, packet);
	else
		packet_line_add(line, "%s", name ? name : by_type(packet->icmp.type));
}

static void add_times(struct packet_line *line, struct reader in)
{
	uint32_t orig = read_be32(&in), recv = read_be32(&in), trans = read_be32(&in);

	packet_line_add(line, " orig=%u recv=%u trans=%u", orig, recv, trans);
}

/* What the message says beside its name. */
static void add_detail(struct packet_line *line, const struct packet *packet)
{
	struct reader in = reader_of(packet->payload, packet->payload_bytes);
	uint32_t rest = packet->icmp.rest;

	switch (packet->icmp.type) {
	case ICMP_UNREACHABLE:
		if (packet->icmp.code == 4)
			packet_line_add(line, "Next-Hop-MTU=%u", rest & 0xffff);
		break;
	case ICMP_REDIRECT:
		packet_line_add(line, "addr=");
		packet_line_add_v4(line, rest);
		break;
	case ICMP_PARAMETER_PROBLEM:
		packet_line_add(line, "pointer=%u", rest >> 24);
		break;
	case ICMP_ROUTER_ADVERTISEMENT:
		packet_line_add(line, "addrs=%u addrlen=%u lifetime=%u", rest >> 24,
				rest >> 16 & 0xff, rest & 0xffff);
		break;
	case ICMP_ECHO:
	case ICMP_ECHO_REPLY:
	case ICMP_INFORMATION:
	case ICMP_INFORMATION_REPLY:
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMP_REPLY:
	case ICMP_MASK:
	case ICMP_MASK_REPLY:
		packet_line_add(line, "id=%u seq=%u", rest >> 16, rest & 0xffff);
		break;
	default:
		break;
	}
	if (packet->icmp.type == ICMP_TIMESTAMP || packet->icmp.type == ICMP_TIMESTAMP_REPLY)
		add_times(line, in);
	if (packet->icmp.type == ICMP_MASK || packet->icmp.type == ICMP_MASK_REPLY) {
		packet_line_add(line, " mask=");
		packet_line_add_v4(line, read_be32(&in));
	}
}

void packet_line_add_icmp(struct packet_line *line, const struct packet *packet)
{
	packet_line_add(line, "[");
	packet_line_add_address(line, &packet->ip.src);
	packet_line_add(line, " > ");
	packet_line_add_address(line, &packet->ip.dst);
	packet_line_add(line, " ");
	add_name(line, packet);
	packet_line_add(line, " (type=%u/code=%u) ", packet->icmp.type, packet->icmp.code);
	add_detail(line, packet);
	packet_line_add(line, "]");
}
