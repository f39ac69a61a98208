#include "replay.h"

#include "tcp_probe.h"

#include <string.h>

#define HOP_LIMIT_PLAIN   64u
#define HOP_LIMIT_ND      255u
#define ECHO_CODE         9u
#define ADVERTISED        0x60000000u /* solicited, override: RFC 4861, 4.4 */
#define TARGET_BYTES      16u
#define QUOTE_PORTS_AT    IPV6_HEADER_BYTES
#define QUOTE_CHECKSUM_AT (IPV6_HEADER_BYTES + 6)
#define DATA_BYTE         0x43

int replay_read(const char *text, size_t bytes, struct replay *ret_host, struct diag *diag)
{
	const char *end = text + bytes, *line_end;

	while (text < end && *text == '#' && (line_end = memchr(text, '\n', (size_t)(end - text))))
		text = line_end + 1;
	return os6_print_parse(text, (size_t)(end - text), &ret_host->print, NULL, NULL, diag);
}

/* ------------------------------------------------- which probe? */

/* The print's order is another one than that of IPv4. */
static int probe_of_tcp(const struct tcp_header *tcp)
{
	enum tcp_probe probe = tcp_probe_of(tcp);

	if (probe == TCP_PROBES)
		return -1;
	return probe <= PROBE_SEQ6 ? OS6_S1 + (int)probe : OS6_TECN + (int)probe - (int)PROBE_ECN;
}

static int probe_of_icmp(const struct packet *packet)
{
	if (packet->icmp.type == ICMPV6_ECHO && packet->icmp.rest >> 16 == OS6_ECHO_ID)
		return packet->icmp.code == ECHO_CODE ? OS6_IE1 : OS6_IE2;
	if (packet->icmp.type == ICMPV6_NEIGHBOUR_SOLICITATION && packet->ip.dst.bytes[0] != 0xff)
		return OS6_NS;
	return -1;
}

/* Negative: it is none. */
static int probe_of(const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
		return probe_of_tcp(&packet->tcp);
	case PACKET_ICMPV6:
		return probe_of_icmp(packet);
	case PACKET_UDP:
		return packet->payload_bytes == OS6_PAYLOAD_BYTES && packet->payload[0] == DATA_BYTE
			       ? OS6_U1
			       : -1;
	default:
		return -1;
	}
}

/* ------------------------------------------------- replies of the print */

static void write_be16(uint8_t *out, uint16_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

/* Acknowledgements name the probe; other numbers are as they were, so that their steps
 * are. */
static void adapt_tcp(const struct tcp_header *asked, struct tcp_header *tcp)
{
	tcp->src_port = asked->dst_port;
	tcp->dst_port = asked->src_port;
	if (tcp->flags & TCP_ACK)
		tcp->ack = asked->seq + 1;
	else if (tcp->seq)
		tcp->seq = asked->ack;
}

/* What an error quotes is the probe, as far as it goes. */
static void adapt_quote(const uint8_t *probe, size_t count, uint8_t *quote, size_t bytes)
{
	size_t addresses_at = IPV6_HEADER_BYTES - 2 * TARGET_BYTES;

	if (bytes < IPV6_HEADER_BYTES || count < QUOTE_CHECKSUM_AT + 2)
		return;
	memcpy(quote + addresses_at, probe + addresses_at, 2 * TARGET_BYTES);
	if (bytes < QUOTE_CHECKSUM_AT + 2 || probe[6] != PROTOCOL_UDP)
		return;
	memcpy(quote + QUOTE_PORTS_AT, probe + QUOTE_PORTS_AT, 4);
	memcpy(quote + QUOTE_CHECKSUM_AT, probe + QUOTE_CHECKSUM_AT, 2);
}

static size_t answer_probe(const struct replay *host, int probe, const struct packet *asked,
			   const uint8_t *bytes, size_t count, uint8_t *out)
{
	const struct os6_reply *reply = &host->print.replies[probe];
	uint8_t copy[OS6_REPLY_BYTES];
	struct packet packet;
	uint8_t *payload;

	if (!reply->seen)
		return 0;
	memcpy(copy, reply->bytes, reply->count);
	if (!packet_parse(copy, reply->count, &packet))
		return 0;
	payload = copy + (packet.payload - copy);
	packet.ip.src = host->addr;
	packet.ip.dst = asked->ip.src;
	if (packet.kind == PACKET_TCP)
		adapt_tcp(&asked->tcp, &packet.tcp);
	else if (packet_is_icmp_error(&packet))
		adapt_quote(bytes, count, payload, packet.payload_bytes);
	else if (packet.icmp.type == ICMPV6_NEIGHBOUR_ADVERTISEMENT &&
		 packet.payload_bytes >= TARGET_BYTES)
		memcpy(payload, host->addr.bytes, TARGET_BYTES);
	else
		packet.icmp.rest = asked->icmp.rest;
	return packet_build(&packet, out, REPLAY_ANSWER_BYTES);
}

/* ------------------------------------------------- what is no probe */

static bool has_any(const struct replay *host, int first, int last)
{
	for (; first <= last; first++)
		if (host->print.replies[first].seen)
			return true;
	return false;
}

static size_t answer_port(const struct replay *host, const struct packet *asked, uint8_t *out)
{
	bool open = asked->tcp.dst_port == REPLAY_OPEN_PORT && has_any(host, OS6_S1, OS6_S6);
	struct packet packet = {
		.kind = PACKET_TCP,
		.ip = {.src = host->addr, .dst = asked->ip.src, .ttl = HOP_LIMIT_PLAIN},
		.tcp = {.src_port = asked->tcp.dst_port,
			.dst_port = asked->tcp.src_port,
			.ack = asked->tcp.seq + 1,
			.flags = open ? TCP_SYN | TCP_ACK : TCP_RST | TCP_ACK},
	};

	if (asked->tcp.flags != TCP_SYN || (!open && !has_any(host, OS6_T5, OS6_T7)))
		return 0;
	return packet_build(&packet, out, REPLAY_ANSWER_BYTES);
}

/* Asked of a group: where is the address? */
static size_t answer_solicitation(const struct replay *host, const struct packet *asked,
				  uint8_t *out)
{
	uint8_t payload[TARGET_BYTES + 8] = {0};
	const struct packet packet = {
		.kind = PACKET_ICMPV6,
		.ip = {.src = host->addr, .dst = asked->ip.src, .ttl = HOP_LIMIT_ND},
		.icmp = {.type = ICMPV6_NEIGHBOUR_ADVERTISEMENT, .rest = ADVERTISED},
		.payload = payload,
		.payload_bytes = sizeof(payload),
	};

	memcpy(payload, host->addr.bytes, TARGET_BYTES);
	write_be16(payload + TARGET_BYTES, 0x0201); /* target's link-layer address, 8 bytes */
	memcpy(payload + TARGET_BYTES + 2, host->mac.bytes, sizeof(host->mac.bytes));
	return packet_build(&packet, out, REPLAY_ANSWER_BYTES);
}

static bool is_for(const struct replay *host, const struct packet *packet)
{
	if (packet->kind == PACKET_ICMPV6 && packet->icmp.type == ICMPV6_NEIGHBOUR_SOLICITATION)
		return packet->payload_bytes >= TARGET_BYTES &&
		       memcmp(packet->payload, host->addr.bytes, TARGET_BYTES) == 0;
	return memcmp(packet->ip.dst.bytes, host->addr.bytes, TARGET_BYTES) == 0;
}

size_t replay_answer(const struct replay *host, const uint8_t *bytes, size_t count, uint8_t *out)
{
	struct packet asked;
	int probe;

	if (!packet_parse(bytes, count, &asked) || asked.ip.dst.family != IP_V6 ||
	    !is_for(host, &asked))
		return 0;
	probe = probe_of(&asked);
	if (probe >= 0)
		return answer_probe(host, probe, &asked, bytes, count, out);
	if (asked.kind == PACKET_TCP)
		return answer_port(host, &asked, out);
	if (asked.kind == PACKET_ICMPV6 && asked.icmp.type == ICMPV6_NEIGHBOUR_SOLICITATION)
		return answer_solicitation(host, &asked, out);
	return 0;
}
