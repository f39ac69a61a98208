#include "detect/os/os6_probes.h"

#include <string.h>

#define NS_HOP_LIMIT 255u

static const char *const names[] = {
#define OS6_PROBE_NAME(name) #name,
	OS6_PROBE_LIST(OS6_PROBE_NAME)
#undef OS6_PROBE_NAME
};

const char *os6_probe_name(enum os6_probe probe)
{
	return names[probe];
}

int os6_probe_find(const char *name, size_t bytes)
{
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++)
		if (strlen(names[probe]) == bytes && memcmp(names[probe], name, bytes) == 0)
			return probe;
	return -1;
}

int os6_probe_tcp(enum os6_probe probe)
{
	if (probe <= OS6_S6)
		return (int)probe;
	return probe >= OS6_TECN ? (int)(probe - OS6_TECN + OS6_SEQUENCE_PROBES) : -1;
}

/* ---- TCP ---- */

/* clang-format off */
#define WINDOW_SCALE(shift) 3, 3, (shift)
#define MSS(size)           2, 4, (size) >> 8, (size) & 0xff
#define SACK_PERMITTED      4, 2
#define TIMESTAMP           8, 10, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0
#define NOP                 1
#define END                 0
/* clang-format on */

struct tcp_form {
	bool to_open;
	uint8_t flags;
	uint16_t window, urgent;
	uint8_t options_bytes;
	uint8_t options[20];
};

#define TCP_SYN_FORM(win, bytes, ...)         \
	{                                     \
		true, TCP_SYN, win, 0, bytes, \
		{                             \
			__VA_ARGS__           \
		}                             \
	}
/* T2 to T6 have one set of options, and T7 nearly the same. */
#define TCP_ODD_FORM(open, flags, win, shift)                                         \
	{                                                                             \
		open, flags, win, 0, 20,                                              \
		{                                                                     \
			WINDOW_SCALE(shift), NOP, MSS(265), TIMESTAMP, SACK_PERMITTED \
		}                                                                     \
	}

static const struct tcp_form tcp_forms[OS6_TCP_PROBES] = {
	TCP_SYN_FORM(1, 20, WINDOW_SCALE(10), NOP, MSS(1460), TIMESTAMP, SACK_PERMITTED),
	TCP_SYN_FORM(63, 20, MSS(1400), WINDOW_SCALE(0), SACK_PERMITTED, TIMESTAMP, END),
	TCP_SYN_FORM(4, 20, TIMESTAMP, NOP, NOP, WINDOW_SCALE(5), NOP, MSS(640)),
	TCP_SYN_FORM(4, 16, SACK_PERMITTED, TIMESTAMP, WINDOW_SCALE(10), END),
	TCP_SYN_FORM(16, 20, MSS(536), SACK_PERMITTED, TIMESTAMP, WINDOW_SCALE(10), END),
	TCP_SYN_FORM(512, 16, MSS(265), SACK_PERMITTED, TIMESTAMP),
	{true,
	 TCP_SYN | TCP_ECE | TCP_CWR,
	 3,
	 63477,
	 12,
	 {WINDOW_SCALE(10), NOP, MSS(1460), SACK_PERMITTED, NOP, NOP}},
	TCP_ODD_FORM(true, 0, 128, 10),
	TCP_ODD_FORM(true, TCP_SYN | TCP_FIN | TCP_URG | TCP_PSH, 256, 10),
	TCP_ODD_FORM(true, TCP_ACK, 1024, 10),
	TCP_ODD_FORM(false, TCP_SYN, 31337, 10),
	TCP_ODD_FORM(false, TCP_ACK, 32768, 10),
	TCP_ODD_FORM(false, TCP_FIN | TCP_PSH | TCP_URG, 65535, 15),
};

static void make_tcp(const struct os6_base *base, unsigned place, struct packet *packet)
{
	const struct tcp_form *form = &tcp_forms[place];

	packet->kind = PACKET_TCP;
	packet->tcp = (struct tcp_header){
		.src_port = base->tcp_ports[place],
		.dst_port = (uint16_t)(form->to_open ? base->open_tcp : base->closed_tcp),
		.seq = base->seq + place,
		.ack = place == OS6_SEQUENCE_PROBES ? 0 : base->acks[place], /* TECN has none */
		.flags = form->flags,
		.window = form->window,
		.urgent = form->urgent,
		.options_bytes = form->options_bytes,
	};
	memcpy(packet->tcp.options, form->options, form->options_bytes);
}

/* ---- ICMPv6 and UDP ---- */

#define PAD_N_4             1, 4, 0, 0, 0, 0
#define NEXT_HOP_BY_HOP     0
#define NEXT_ROUTING        43
#define NEXT_DESTINATION    60
#define IE1_DATA_BYTES      120u
#define NS_DATA_BYTES       16u
#define ICMPV6_ECHO_NO_CODE 9

static const uint8_t ie1_headers[] = {PROTOCOL_ICMPV6, 0, PAD_N_4};
/* Hop-by-hop options belong at the start only, and routing headers of type 0 are out of
 * use (RFC 5095): who complains of what tells systems apart. */
static const uint8_t ie2_headers[] = {
	NEXT_DESTINATION, 0, PAD_N_4,                /* hop-by-hop */
	NEXT_ROUTING,     0, PAD_N_4,                /* destination options */
	NEXT_HOP_BY_HOP,  0, 0,       0, 0, 0, 0, 0, /* routing, type 0, no segments */
	PROTOCOL_ICMPV6,  0, PAD_N_4,                /* hop-by-hop */
};

static void make_echo(struct packet *packet, uint8_t code, uint16_t sequence)
{
	packet->kind = PACKET_ICMPV6;
	packet->icmp.type = ICMPV6_ECHO;
	packet->icmp.code = code;
	packet->icmp.rest = (uint32_t)OS6_ECHO_ID << 16 | sequence;
	packet->ip.extensions_first = NEXT_HOP_BY_HOP;
}

static void make_ie1(const struct os6_base *base, struct os6_packet *made)
{
	make_echo(&made->packet, ICMPV6_ECHO_NO_CODE, 0);
	made->packet.ip.extensions = ie1_headers;
	made->packet.ip.extensions_bytes = sizeof(ie1_headers);
	made->packet.payload_bytes = IE1_DATA_BYTES;
}

static void make_ie2(const struct os6_base *base, struct os6_packet *made)
{
	make_echo(&made->packet, 0, 1);
	made->packet.ip.extensions = ie2_headers;
	made->packet.ip.extensions_bytes = sizeof(ie2_headers);
}

static void make_ns(const struct os6_base *base, struct os6_packet *made)
{
	made->packet.kind = PACKET_ICMPV6;
	made->packet.ip.ttl = NS_HOP_LIMIT;
	made->packet.icmp.type = ICMPV6_NEIGHBOUR_SOLICITATION;
	memcpy(made->payload, base->target.bytes, NS_DATA_BYTES);
	made->packet.payload_bytes = NS_DATA_BYTES;
}

static void make_u1(const struct os6_base *base, struct os6_packet *made)
{
	made->packet.kind = PACKET_UDP;
	made->packet.udp.src_port = base->udp_port;
	made->packet.udp.dst_port = base->closed_udp;
	memset(made->payload, 'C', OS6_PAYLOAD_BYTES);
	made->packet.payload_bytes = OS6_PAYLOAD_BYTES;
}

void os6_probe_make(const struct os6_base *base, enum os6_probe probe,
		    struct os6_packet *ret_packet)
{
	static void (*const others[OS6_PROBES])(const struct os6_base *, struct os6_packet *) = {
		[OS6_IE1] = make_ie1,
		[OS6_IE2] = make_ie2,
		[OS6_NS] = make_ns,
		[OS6_U1] = make_u1,
	};
	int place = os6_probe_tcp(probe);

	memset(ret_packet, 0, sizeof(*ret_packet));
	ret_packet->packet.ip.src = base->source;
	ret_packet->packet.ip.dst = base->target;
	ret_packet->packet.ip.flow_label = OS6_FLOW_LABEL;
	ret_packet->packet.ip.ttl = base->hop_limit;
	ret_packet->packet.payload = ret_packet->payload;
	if (place >= 0)
		make_tcp(base, (unsigned)place, &ret_packet->packet);
	else
		others[probe](base, ret_packet);
}

bool os6_probe_applies(const struct os6_base *base, enum os6_probe probe, bool neighbour)
{
	int place = os6_probe_tcp(probe);

	if (place >= 0)
		return (tcp_forms[place].to_open ? base->open_tcp : base->closed_tcp) >= 0;
	return probe != OS6_NS || neighbour;
}
