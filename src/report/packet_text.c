#include "report/packet_text.h"

#include "packet/ethernet.h"
#include "report/packet_text_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void packet_line_add(struct packet_line *line, const char *format, ...)
{
	size_t room = line->room - line->used;
	va_list args;
	int length;

	if (room <= 1)
		return;
	va_start(args, format);
	length = vsnprintf(line->text + line->used, room, format, args);
	va_end(args);
	if (length > 0)
		line->used += (size_t)length < room ? (size_t)length : room - 1;
}

void packet_line_add_address(struct packet_line *line, const struct ip_addr *addr)
{
	struct ip_addr plain = *addr;
	char text[IP_TEXT_BYTES];

	plain.scope_id = 0; /* an interface's name may hold any byte */
	packet_line_add(line, "%s", ip_format(&plain, text));
}

void packet_line_add_v4(struct packet_line *line, uint32_t addr)
{
	packet_line_add(line, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 0xff, addr >> 8 & 0xff,
			addr & 0xff);
}

static void add_route(struct packet_line *line, const struct packet *packet)
{
	packet_line_add_address(line, &packet->ip.src);
	packet_line_add(line, " > ");
	packet_line_add_address(line, &packet->ip.dst);
}

static void add_ports(struct packet_line *line, const struct packet *packet, uint16_t src,
		      uint16_t dst)
{
	packet_line_add_address(line, &packet->ip.src);
	packet_line_add(line, ":%u > ", src);
	packet_line_add_address(line, &packet->ip.dst);
	packet_line_add(line, ":%u ", dst);
}

static void add_fragment(struct packet_line *line, const struct ip_header *ip)
{
	if (ip->fragment_offset || ip->more_fragments)
		packet_line_add(line, "frag offset=%u%s ", ip->fragment_offset,
				ip->more_fragments ? "+" : "");
}

/* What the IP header says beside its addresses. */
static void add_header(struct packet_line *line, const struct ip_header *ip)
{
	if (ip->src.family == IP_V6) {
		packet_line_add(line, "hopl=%u flow=%x payloadlen=%u", ip->ttl, ip->flow_label,
				ip->total_bytes - IPV6_HEADER_BYTES);
		return;
	}
	packet_line_add(line, "ttl=%u id=%u iplen=%u ", ip->ttl, ip->id, ip->total_bytes);
	if (ip->options_bytes) {
		packet_line_add(line, "ipopts={");
		packet_line_add_ip_options(line, ip->options, ip->options_bytes);
		packet_line_add(line, "}");
	}
	add_fragment(line, ip);
}

static void add_flags(struct packet_line *line, uint8_t flags)
{
	static const struct {
		uint8_t bit;
		char letter;
	} letters[] = {{TCP_SYN, 'S'}, {TCP_FIN, 'F'}, {TCP_RST, 'R'}, {TCP_PSH, 'P'},
		       {TCP_ACK, 'A'}, {TCP_URG, 'U'}, {TCP_ECE, 'E'}, {TCP_CWR, 'C'}};
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (flags & letters[i].bit)
			packet_line_add(line, "%c", letters[i].letter);
}

static void add_tcp(struct packet_line *line, const struct packet *packet)
{
	const struct tcp_header *tcp = &packet->tcp;

	packet_line_add(line, "TCP ");
	add_ports(line, packet, tcp->src_port, tcp->dst_port);
	add_flags(line, tcp->flags);
	packet_line_add(line, " ");
	add_header(line, &packet->ip);
	packet_line_add(line, " seq=%u win=%u ", tcp->seq, tcp->window);
	packet_line_add_tcp_options(line, tcp->options, tcp->options_bytes);
}

static void add_udp(struct packet_line *line, const struct packet *packet)
{
	packet_line_add(line, "UDP ");
	add_ports(line, packet, packet->udp.src_port, packet->udp.dst_port);
	add_header(line, &packet->ip);
}

static void add_sctp(struct packet_line *line, const struct packet *packet)
{
	packet_line_add(line, "SCTP ");
	add_ports(line, packet, packet->sctp.src_port, packet->sctp.dst_port);
	add_header(line, &packet->ip);
}

static void add_icmp(struct packet_line *line, const struct packet *packet)
{
	packet_line_add(line, "ICMP ");
	packet_line_add_icmp(line, packet);
	packet_line_add(line, " IP [");
	add_header(line, &packet->ip);
	packet_line_add(line, "]");
}

static void add_icmpv6(struct packet_line *line, const struct packet *packet)
{
	packet_line_add(line, "ICMPv6 (58) ");
	add_route(line, packet);
	packet_line_add(line, " (type=%u/code=%u) ", packet->icmp.type, packet->icmp.code);
	add_header(line, &packet->ip);
}

/* A protocol without ports, a later fragment, or one cut too short to tell. */
static void add_other(struct packet_line *line, const struct packet *packet,
		      const struct services *services)
{
	uint8_t protocol = packet->ip.protocol;
	const char *name = services ? services_name(services, TRANSPORT_IP, protocol) : NULL;

	packet_line_add(line, "%s (%u) ", name && strlen(name) < 32 ? name : "unknown", protocol);
	add_route(line, packet);
	packet_line_add(line, ": ");
	add_header(line, &packet->ip);
}

static void add_ip(struct packet_line *line, const struct packet_trace *trace,
		   const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
		add_tcp(line, packet);
		break;
	case PACKET_UDP:
		add_udp(line, packet);
		break;
	case PACKET_SCTP:
		add_sctp(line, packet);
		break;
	case PACKET_ICMP:
		add_icmp(line, packet);
		break;
	case PACKET_ICMPV6:
		add_icmpv6(line, packet);
		break;
	default:
		add_other(line, packet, trace->services);
	}
}

/* ---- frames ---- */

static void add_arp(struct packet_line *line, const uint8_t *bytes, size_t count)
{
	struct arp_packet arp;
	char mac[MAC_TEXT_BYTES];

	if (!arp_parse(bytes, count, &arp)) {
		packet_line_add(line, "ARP (%zu bytes, not understood)", count);
		return;
	}
	if (arp.operation == ARP_REQUEST) {
		packet_line_add(line, "ARP who-has ");
		packet_line_add_address(line, &arp.target);
		packet_line_add(line, " tell ");
		packet_line_add_address(line, &arp.sender);
	} else if (arp.operation == ARP_REPLY) {
		packet_line_add(line, "ARP reply ");
		packet_line_add_address(line, &arp.sender);
		packet_line_add(line, " is-at %s", mac_format(&arp.sender_mac, mac));
	} else {
		packet_line_add(line, "ARP (operation %u)", arp.operation);
	}
}

/* What came as a frame, was asked for by one, and has a MAC address to tell. */
static bool add_advertisement(struct packet_line *line, const struct packet *packet)
{
	struct ip_addr target;
	struct mac_addr mac;
	bool has_mac = false;
	unsigned i;

	if (!nd_parse_advertisement(packet, &target, &mac, &has_mac) || !has_mac)
		return false;
	packet_line_add(line, "neighbor advertisement ");
	add_route(line, packet);
	packet_line_add(line, " ");
	packet_line_add_address(line, &target);
	packet_line_add(line, " is at ");
	for (i = 0; i < 6; i++)
		packet_line_add(line, "%s%02x", i ? ":" : "", mac.bytes[i]);
	return true;
}

static void add_bytes(struct packet_line *line, const struct packet_trace *trace)
{
	struct ethernet_header ethernet = {0};
	const uint8_t *bytes = trace->bytes;
	size_t count = trace->count;
	struct packet packet;

	if (trace->ethernet && !ethernet_parse(bytes, count, &ethernet, &bytes, &count)) {
		packet_line_add(line, "a frame of %zu bytes", count);
		return;
	}
	if (trace->ethernet && ethernet.type == ETHERNET_ARP) {
		add_arp(line, bytes, count);
	} else if (!packet_parse(bytes, count, &packet)) {
		packet_line_add(line, "%zu bytes that are no IP packet", count);
	} else if (!trace->ethernet || trace->sent || packet.kind != PACKET_ICMPV6 ||
		   !add_advertisement(line, &packet)) {
		add_ip(line, trace, &packet);
	}
}

size_t packet_text(const struct packet_trace *trace, char *text, size_t room)
{
	struct packet_line line = {.text = text, .room = room};

	if (!room)
		return 0;
	text[0] = 0;
	packet_line_add(&line, "%s (%.4fs) ", trace->sent ? "SENT" : "RCVD", trace->at_s);
	add_bytes(&line, trace);
	return line.used;
}
