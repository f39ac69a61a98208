/* Forged answers: each is wrong in one thing that a scanner can know, and
 * right in all others. UDP has no cookie, so there the wrong port is ours, and the
 * wrong source is far away: nothing else would show that it is forged. */
#include "engine/link_sim_impl.h"

#include <string.h>

#define QUOTE_BYTES_MAX 128u

/* The quote of an ICMP error, to be changed. */
struct quote {
	uint8_t bytes[QUOTE_BYTES_MAX];
	uint8_t protocol;
	size_t transport_at;
};

/* Puts a copy of the quote into the packet; false: it has none, or nothing to
 * change. */
static bool open_quote(struct packet *packet, struct quote *quote)
{
	bool is_v6 = packet->kind == PACKET_ICMPV6;
	size_t bytes = packet->payload_bytes;

	if (!packet_is_icmp_error(packet))
		return false;
	if (bytes > QUOTE_BYTES_MAX)
		bytes = QUOTE_BYTES_MAX;
	memcpy(quote->bytes, packet->payload, bytes);
	packet->payload = quote->bytes;
	packet->payload_bytes = bytes;
	quote->transport_at = is_v6 ? IPV6_HEADER_BYTES : (quote->bytes[0] & 15u) * 4u;
	quote->protocol = quote->bytes[is_v6 ? 6 : 9];
	return quote->transport_at + 8 <= bytes;
}

/* TCP's seq, SCTP's vtag and ICMP's identifier are at the same place. */
static bool spoil_cookie(struct packet *packet, struct quote *quote)
{
	if (open_quote(packet, quote)) {
		quote->bytes[quote->transport_at + 4] ^= 0x55;
		return quote->protocol != PROTOCOL_UDP;
	}
	switch (packet->kind) {
	case PACKET_TCP:
		if (packet->tcp.flags & TCP_ACK)
			packet->tcp.ack ^= 0x55aa0000;
		else
			packet->tcp.seq ^= 0x55aa0000;
		return true;
	case PACKET_SCTP:
		packet->sctp.vtag ^= 0x55aa0000;
		return true;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		packet->icmp.rest ^= 0x55aa0000;
		return !packet_is_icmp_error(packet);
	default:
		return false;
	}
}

static bool spoil_port(struct packet *packet, struct quote *quote)
{
	if (open_quote(packet, quote)) {
		if (quote->protocol == PROTOCOL_UDP)
			quote->bytes[quote->transport_at] ^= 0x80;
		else
			quote->bytes[quote->transport_at + 3] ^= 1;
		return quote->protocol == PROTOCOL_UDP || quote->protocol == PROTOCOL_TCP ||
		       quote->protocol == PROTOCOL_SCTP;
	}
	if (packet->kind == PACKET_UDP)
		packet->udp.dst_port ^= 0x8000;
	else if (packet->kind == PACKET_TCP || packet->kind == PACKET_SCTP)
		packet->tcp.src_port ^= 1; /* SCTP's is at the same place */
	else
		return false;
	return true;
}

static bool spoil_source(struct packet *packet, struct quote *quote)
{
	if (packet_is_icmp_error(packet))
		return false;
	if (packet->kind == PACKET_UDP)
		packet->ip.src.bytes[0] ^= 0x40;
	else
		packet->ip.src.bytes[packet->ip.src.family == IP_V6 ? 15 : 3] ^= 1;
	return true;
}

static void forge(struct sim_exchange *exchange, const struct packet *answer, double share,
		  bool (*spoil)(struct packet *packet, struct quote *quote))
{
	struct packet packet = *answer;
	struct quote quote;

	if (!sim_chance(exchange->sim, share) || !spoil(&packet, &quote))
		return;
	exchange->sim->truth.forged++;
	sim_launch(exchange, &packet, 0);
}

void sim_forge(struct sim_exchange *exchange, const struct packet *answer)
{
	const struct link_sim_garbage *garbage = exchange->host->garbage;

	if (!garbage)
		garbage = &exchange->sim->config.garbage;
	forge(exchange, answer, garbage->wrong_cookie, spoil_cookie);
	forge(exchange, answer, garbage->wrong_port, spoil_port);
	forge(exchange, answer, garbage->wrong_source, spoil_source);
}

void sim_forge_alone(struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;
	struct packet answer = sim_reply(exchange);

	if (probe->kind == PACKET_TCP)
		answer = sim_syn_ack(exchange);
	else if (probe->kind == PACKET_SCTP)
		answer = sim_init_ack(exchange);
	else if (probe->kind == PACKET_ICMP && probe->icmp.type == ICMP_ECHO)
		answer.icmp =
			(struct icmp_header){.type = ICMP_ECHO_REPLY, .rest = probe->icmp.rest};
	else if (probe->kind == PACKET_ICMPV6 && probe->icmp.type == ICMPV6_ECHO)
		answer.icmp =
			(struct icmp_header){.type = ICMPV6_ECHO_REPLY, .rest = probe->icmp.rest};
	else if (probe->kind != PACKET_UDP)
		return;
	answer.ip.ttl = (uint8_t)(exchange->stack->ttl - exchange->host->distance);
	sim_forge(exchange, &answer);
}
