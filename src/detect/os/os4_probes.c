#include "detect/os/os4_probes.h"

#include "detect/os/os_tests.h"

#include <string.h>

#define ECHO_SEQUENCE   295u
#define ECHO_FIRST_CODE 9u
#define ECHO_TOS        4u
#define ECHO_FIRST      120u
#define ECHO_SECOND     150u
#define ECN_RESERVED    8u
#define ECN_URGENT      0xf7f5u

/* Options as bytes; T: a timestamp of all ones that echoes nothing. */
#define T "\x08\x0a\xff\xff\xff\xff\0\0\0\0"

/* The data of U1, OS_UDP_DATA_BYTE each. */
#define C10  "CCCCCCCCCC"
#define C50  C10 C10 C10 C10 C10
#define C300 C50 C50 C50 C50 C50 C50
_Static_assert(sizeof(C300) - 1 == OS_UDP_DATA_BYTES, "U1's data");

struct options {
	const char *bytes;
	uint8_t count;
};
#define OPTIONS(text)                     \
	{                                 \
		(text), sizeof(text) - 1u \
	}

static const struct options sequence_options[] = {
	OPTIONS("\x03\x03\x0a\x01\x02\x04\x05\xb4" T "\x04\x02"),
	OPTIONS("\x02\x04\x05\x78\x03\x03\0\x04\x02" T "\0"),
	OPTIONS(T "\x01\x01\x03\x03\x05\x01\x02\x04\x02\x80"),
	OPTIONS("\x04\x02" T "\x03\x03\x0a\0"),
	OPTIONS("\x02\x04\x02\x18\x04\x02" T "\x03\x03\x0a\0"),
	OPTIONS("\x02\x04\x01\x09\x04\x02" T),
};
static const struct options ecn_options =
	OPTIONS("\x03\x03\x0a\x01\x02\x04\x05\xb4\x04\x02\x01\x01");
static const struct options other_options =
	OPTIONS("\x03\x03\x0a\x01\x02\x04\x01\x09" T "\x04\x02");
static const struct options last_options = OPTIONS("\x03\x03\x0f\x01\x02\x04\x01\x09" T "\x04\x02");

static const uint16_t sequence_windows[] = {1, 63, 4, 4, 16, 512};

/* ECN and T2 to T7. */
struct form {
	uint8_t flags;
	bool dont_fragment;
	uint16_t window;
	const struct options *options;
};

static const struct form forms[OS4_PROBES] = {
	[OS4_ECN] = {TCP_SYN | TCP_ECE | TCP_CWR, false, 3, &ecn_options},
	[OS4_T2] = {0, true, 128, &other_options},
	[OS4_T3] = {TCP_SYN | TCP_FIN | TCP_URG | TCP_PSH, false, 256, &other_options},
	[OS4_T4] = {TCP_ACK, true, 1024, &other_options},
	[OS4_T5] = {TCP_SYN, false, 31337, &other_options},
	[OS4_T6] = {TCP_ACK, true, 32768, &other_options},
	[OS4_T7] = {TCP_FIN | TCP_PSH | TCP_URG, false, 65535, &last_options},
};

enum os4_to os4_probe_to(enum os4_probe probe)
{
	switch (probe) {
	case OS4_IE_1:
	case OS4_IE_2:
		return OS4_TO_NONE;
	case OS4_U1:
		return OS4_TO_UDP;
	case OS4_T5:
	case OS4_T6:
	case OS4_T7:
		return OS4_TO_CLOSED;
	default:
		return OS4_TO_OPEN;
	}
}

unsigned os4_probe_place(enum os4_probe probe)
{
	if (probe <= OS4_SEQ_6)
		return probe;
	if (probe >= OS4_OPS_1)
		return 6u + (unsigned)(probe - OS4_OPS_1);
	return probe == OS4_U1 ? OS4_PORTS - 1 : OS4_PORTS;
}

static void build_echo(bool second, const struct os4_values *values, struct packet *packet)
{
	static const uint8_t zeros[ECHO_SECOND];
	uint32_t id = (uint16_t)(values->echo_id + second);

	packet->kind = PACKET_ICMP;
	packet->ip.protocol = PROTOCOL_ICMP;
	packet->ip.tos = second ? ECHO_TOS : 0;
	packet->ip.dont_fragment = !second;
	packet->icmp.type = ICMP_ECHO;
	packet->icmp.code = second ? 0 : ECHO_FIRST_CODE;
	packet->icmp.rest = id << 16 | (ECHO_SEQUENCE + second);
	packet->payload = zeros;
	packet->payload_bytes = second ? ECHO_SECOND : ECHO_FIRST;
}

static void build_udp(const struct os4_values *values, struct packet *packet)
{
	packet->kind = PACKET_UDP;
	packet->ip.protocol = PROTOCOL_UDP;
	packet->ip.id = OS_UDP_IP_ID;
	packet->ip.ttl = values->udp_ttl;
	packet->udp.src_port = values->src_port[os4_probe_place(OS4_U1)];
	packet->udp.dst_port = values->closed_udp;
	packet->payload = (const uint8_t *)C300;
	packet->payload_bytes = OS_UDP_DATA_BYTES;
}

static void set_form(struct packet *packet, const struct form *form)
{
	packet->ip.dont_fragment = form->dont_fragment;
	packet->tcp.flags = form->flags;
	packet->tcp.window = form->window;
	packet->tcp.options_bytes = form->options->count;
	memcpy(packet->tcp.options, form->options->bytes, form->options->count);
}

/* SEQ, OPS and T1: the n-th of six. */
static struct form sequence_form(unsigned n)
{
	return (struct form){TCP_SYN, false, sequence_windows[n], &sequence_options[n]};
}

static void build_tcp(enum os4_probe probe, const struct os4_values *values, struct packet *packet)
{
	struct form form = forms[probe];

	if (probe <= OS4_SEQ_6)
		form = sequence_form(probe);
	else if (probe <= OS4_OPS_6)
		form = sequence_form(probe - OS4_OPS_1);
	else if (probe == OS4_T1)
		form = sequence_form(0);
	packet->kind = PACKET_TCP;
	packet->ip.protocol = PROTOCOL_TCP;
	set_form(packet, &form);
	packet->tcp.src_port = values->src_port[os4_probe_place(probe)];
	packet->tcp.dst_port = os4_probe_to(probe) == OS4_TO_OPEN ? values->open : values->closed;
	packet->tcp.seq = values->seq + (probe <= OS4_SEQ_6 ? (uint32_t)probe : 0);
	packet->tcp.ack = values->ack;
	if (probe == OS4_ECN) {
		packet->tcp.ack = 0;
		packet->tcp.reserved = ECN_RESERVED;
		packet->tcp.urgent = ECN_URGENT;
	}
}

void os4_probe_build(enum os4_probe probe, const struct os4_values *values,
		     struct packet *ret_packet)
{
	*ret_packet = (struct packet){0};
	if (probe == OS4_U1)
		build_udp(values, ret_packet);
	else if (os4_probe_to(probe) == OS4_TO_NONE)
		build_echo(probe == OS4_IE_2, values, ret_packet);
	else
		build_tcp(probe, values, ret_packet);
}
