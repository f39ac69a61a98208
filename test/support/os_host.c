#include "os_host.h"

#include <string.h>

static const uint8_t synack_options[] = {2, 4, 5,    0xb4, 4,    2,    8, 10, 0, 0,
					 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 3,  3, 7};

static void put_32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static void begin(const struct os_host *host, const struct packet *probe, struct packet *answer)
{
	*answer = (struct packet){.kind = probe->kind};
	answer->ip.src = probe->ip.dst;
	answer->ip.dst = probe->ip.src;
	answer->ip.protocol = probe->ip.protocol;
	answer->ip.ttl = (uint8_t)(64 - host->hops);
}

static void accept_syn(struct os_host *host, const struct packet *probe, struct packet *answer)
{
	answer->ip.dont_fragment = true;
	answer->tcp.flags = TCP_SYN | TCP_ACK;
	answer->tcp.seq = host->isn;
	host->isn += 64000;
	answer->tcp.ack = probe->tcp.seq + 1;
	answer->tcp.window = 64240;
	answer->tcp.options_bytes = sizeof(synack_options);
	memcpy(answer->tcp.options, synack_options, sizeof(synack_options));
	put_32(answer->tcp.options + 8, host->now_ms);
}

static void reset(const struct packet *probe, struct packet *answer)
{
	bool acked = probe->tcp.flags & TCP_ACK;

	answer->ip.dont_fragment = true;
	answer->tcp.flags = acked ? TCP_RST : TCP_RST | TCP_ACK;
	answer->tcp.seq = acked ? probe->tcp.ack : 0;
	answer->tcp.ack = acked ? 0 : probe->tcp.seq + 1;
}

static bool tcp_answers(struct os_host *host, const struct packet *probe, struct packet *answer)
{
	bool open = probe->tcp.dst_port == 80;

	answer->tcp.src_port = probe->tcp.dst_port;
	answer->tcp.dst_port = probe->tcp.src_port;
	if (open && (probe->tcp.flags & (TCP_SYN | TCP_ACK | TCP_FIN)) == TCP_SYN)
		accept_syn(host, probe, answer);
	else if (!open || probe->tcp.flags & TCP_ACK)
		reset(probe, answer);
	else
		return false;
	return true;
}

static bool echo_answers(struct os_host *host, const struct packet *probe, struct packet *answer)
{
	answer->icmp = probe->icmp;
	answer->icmp.type = ICMP_ECHO_REPLY;
	answer->ip.id = host->id++;
	answer->payload = probe->payload;
	answer->payload_bytes = probe->payload_bytes;
	return probe->icmp.type == ICMP_ECHO;
}

static bool udp_answers(struct os_host *host, const struct packet *probe, struct packet *answer)
{
	struct packet quoted = *probe;
	size_t bytes;

	quoted.ip.ttl = (uint8_t)(probe->ip.ttl - host->hops);
	bytes = packet_build(&quoted, host->quote, sizeof(host->quote));
	answer->kind = PACKET_ICMP;
	answer->ip.protocol = PROTOCOL_ICMP;
	answer->ip.id = host->id++;
	answer->ip.total_bytes = (uint32_t)(28 + bytes);
	answer->icmp.type = ICMP_UNREACHABLE;
	answer->icmp.code = 3;
	answer->payload = host->quote;
	answer->payload_bytes = bytes;
	return true;
}

bool os_host_answers(struct os_host *host, const struct packet *probe, struct packet *ret_answer)
{
	begin(host, probe, ret_answer);
	switch (probe->kind) {
	case PACKET_TCP:
		return tcp_answers(host, probe, ret_answer);
	case PACKET_ICMP:
		return echo_answers(host, probe, ret_answer);
	case PACKET_UDP:
		return udp_answers(host, probe, ret_answer);
	default:
		return false;
	}
}
