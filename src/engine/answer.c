#include "engine/answer.h"

#include <string.h>

static void from_icmp(struct answer *answer, const struct icmp_header *icmp)
{
	answer->kind = PROBE_ICMP;
	answer->our_port = (uint16_t)(icmp->rest >> 16);
	answer->sequence = (uint16_t)icmp->rest;
}

static void from_quote(struct answer *answer)
{
	const struct packet *quoted = &answer->quoted;

	answer->target = quoted->ip.dst;
	answer->protocol = quoted->ip.protocol;
	switch (quoted->kind) {
	case PACKET_TCP:
		answer->kind = PROBE_TCP;
		answer->port = quoted->tcp.dst_port;
		answer->our_port = quoted->tcp.src_port;
		answer->cookies[answer->cookies_count++] = quoted->tcp.seq;
		break;
	case PACKET_UDP:
		answer->kind = PROBE_UDP;
		answer->port = quoted->udp.dst_port;
		answer->our_port = quoted->udp.src_port;
		break;
	case PACKET_SCTP:
		answer->kind = PROBE_SCTP;
		answer->port = quoted->sctp.dst_port;
		answer->our_port = quoted->sctp.src_port;
		if (quoted->sctp.vtag)
			answer->cookies[answer->cookies_count++] = quoted->sctp.vtag;
		break;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		from_icmp(answer, &quoted->icmp);
		break;
	default:
		answer->kind = PROBE_PROTOCOL;
	}
}

/* What acknowledges a probe: seq + 1 (SYN and FIN count) or seq, with or without what
 * counts besides (an open port may leave data for later); the reset of a segment that
 * had ACK set takes its sequence number from there. */
static void from_tcp(struct answer *answer, const struct tcp_header *tcp, uint32_t more)
{
	answer->kind = PROBE_TCP;
	answer->port = tcp->src_port;
	answer->our_port = tcp->dst_port;
	if (tcp->flags & TCP_ACK) {
		answer->cookies[answer->cookies_count++] = tcp->ack - 1;
		answer->cookies[answer->cookies_count++] = tcp->ack;
	}
	if (tcp->flags & TCP_ACK && more) {
		answer->cookies[answer->cookies_count++] = tcp->ack - 1 - more;
		answer->cookies[answer->cookies_count++] = tcp->ack - more;
	}
	if (tcp->flags & TCP_RST)
		answer->cookies[answer->cookies_count++] = tcp->seq;
}

static void directly(struct answer *answer, const struct packet *packet, size_t more)
{
	answer->target = packet->ip.src;
	answer->protocol = packet->ip.protocol;
	switch (packet->kind) {
	case PACKET_TCP:
		from_tcp(answer, &packet->tcp, (uint32_t)more);
		break;
	case PACKET_UDP:
		answer->kind = PROBE_UDP;
		answer->port = packet->udp.src_port;
		answer->our_port = packet->udp.dst_port;
		break;
	case PACKET_SCTP:
		answer->kind = PROBE_SCTP;
		answer->port = packet->sctp.src_port;
		answer->our_port = packet->sctp.dst_port;
		answer->cookies[answer->cookies_count++] = packet->sctp.vtag;
		break;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		from_icmp(answer, &packet->icmp);
		break;
	default:
		answer->kind = PROBE_PROTOCOL;
	}
}

size_t answer_more(const struct plan_packets *packets)
{
	const int both = TCP_SYN | TCP_FIN;

	return (packets->has_data ? packets->data_bytes : 0) +
	       (packets->scan_flags >= 0 && (packets->scan_flags & both) == both);
}

bool answer_same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool answer_init(struct answer *answer, const struct packet *packet, size_t more, uint64_t at_ns)
{
	*answer = (struct answer){.response.packet = packet, .at_ns = at_ns};
	if (!packet_is_icmp_error(packet)) {
		directly(answer, packet, more);
	} else {
		if (!packet_parse_quote(packet, &answer->quoted))
			return false;
		answer->response.quoted = &answer->quoted;
		from_quote(answer);
	}
	answer->response.from_target = answer_same_addr(&answer->target, &packet->ip.src);
	return true;
}

void answer_init_neighbour(struct answer *answer, const struct ip_addr *addr, struct packet *packet,
			   uint64_t at_ns)
{
	*packet = (struct packet){.kind = PACKET_OTHER};
	packet->ip.src = *addr;
	*answer = (struct answer){
		.response = {.packet = packet, .from_target = true},
		.target = *addr,
		.kind = PROBE_NEIGHBOUR,
		.at_ns = at_ns,
	};
}
