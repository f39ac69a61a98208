/* What a host's stack says to TCP (RFC 9293, 3.10.7.1 and 3.10.7.2), UDP, ICMP
 * and what it has no idea of. It keeps no connections: every segment meets LISTEN
 * or CLOSED. */
#include "engine/link_sim_impl.h"

#include <string.h>

#define MS_PER_DAY         86400000ULL
#define TARPIT_WINDOW      10
#define ICMP_PORT          3
#define ICMP_PROTOCOL      2
#define ICMPV6_PORT        4
#define ICMPV6_NEXT_HEADER 1 /* of parameter problem */
#define NEXT_HEADER_AT     6

#define PLAIN                                                                                   \
	.ttl = 64, .answers = LINK_SIM_ECHO | LINK_SIM_TIMESTAMP, .mss = 1460, .window = 64240, \
	.sctp = true, .quote_bytes = 8

const struct link_sim_stack link_sim_plain = {PLAIN};

const struct link_sim_stack link_sim_linux = {
	.ttl = 64,
	.answers = LINK_SIM_ECHO | LINK_SIM_TIMESTAMP,
	.window = 64240,
	.mss = 1460,
	.quote_bytes = 528, /* up to 576 bytes of ICMP packet; RFC 1812, 4.3.2.3 */
	.icmp = {1000, 50},
	.icmp_one = {1, 6},
};

const struct link_sim_stack link_sim_windows = {
	.ttl = 128,
	.answers = LINK_SIM_ECHO,
	.tcp = LINK_SIM_TCP_WINDOWS,
	.ipid = LINK_SIM_IPID_INCREMENTAL,
	.window = 8192,
	.mss = 1460,
	.quote_bytes = 8,
};

const struct link_sim_stack link_sim_bsd = {
	.ttl = 64,
	.answers = LINK_SIM_ECHO | LINK_SIM_TIMESTAMP | LINK_SIM_MASK,
	.tcp = LINK_SIM_TCP_BSD,
	.ipid = LINK_SIM_IPID_RANDOM,
	.window = 65535,
	.mss = 1460,
	.rst_window_open = 65535,
	.sctp = true,
	.quote_bytes = 8,
	.rst = {200, 200},
	.icmp = {200, 200},
};

const struct link_sim_stack link_sim_zombie = {PLAIN, .ipid = LINK_SIM_IPID_INCREMENTAL};

/* --- what the script says of a port --- */

/* TCP, UDP, ICMP: every host has them. */
static bool is_known(const struct sim_exchange *exchange, uint16_t protocol)
{
	bool is_v6 = exchange->probe->ip.src.family == IP_V6;

	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP ||
	       protocol == (is_v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP) ||
	       (protocol == PROTOCOL_SCTP && exchange->stack->sctp);
}

enum link_sim_state sim_port_state(const struct sim_exchange *exchange, enum transport transport,
				   uint16_t port, const struct link_sim_port **ret_port)
{
	const struct link_sim_host *host = exchange->host;
	size_t i;

	for (i = 0; i < host->ports_count; i++) {
		const struct link_sim_port *at = &host->ports[i];

		if (at->transport == transport && at->first <= port && port <= at->last &&
		    sim_is_during(&at->when, exchange->now_ns)) {
			*ret_port = at;
			return at->state;
		}
	}
	*ret_port = NULL;
	if (transport == TRANSPORT_IP && is_known(exchange, port))
		return LINK_SIM_OPEN;
	return host->otherwise[transport];
}

void sim_reject(struct sim_exchange *exchange, const struct link_sim_port *port)
{
	bool is_v6 = exchange->probe->ip.src.family == IP_V6;

	if (port)
		sim_error(exchange, &port->router, port->icmp_type, port->icmp_code, 0);
	else if (is_v6)
		sim_error(exchange, &(struct ip_addr){0}, ICMPV6_UNREACHABLE, 1, 0);
	else
		sim_error(exchange, &(struct ip_addr){0}, ICMP_UNREACHABLE, 13, 0);
}

/* --- TCP --- */

struct packet sim_reply(const struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;
	struct packet reply = {
		.ip = {.src = probe->ip.dst, .dst = probe->ip.src, .protocol = probe->ip.protocol},
		.kind = probe->kind,
	};

	/* TCP, UDP and SCTP begin alike. */
	if (probe->kind == PACKET_TCP || probe->kind == PACKET_UDP || probe->kind == PACKET_SCTP) {
		reply.tcp.src_port = probe->tcp.dst_port;
		reply.tcp.dst_port = probe->tcp.src_port;
	}
	return reply;
}

static uint32_t segment_end(const struct packet *probe)
{
	return probe->tcp.seq + (uint32_t)probe->payload_bytes + !!(probe->tcp.flags & TCP_SYN) +
	       !!(probe->tcp.flags & TCP_FIN);
}

struct packet sim_syn_ack(const struct sim_exchange *exchange)
{
	struct packet answer = sim_reply(exchange);

	answer.tcp.flags = TCP_SYN | TCP_ACK;
	answer.tcp.seq = (uint32_t)random_u64(&exchange->sim->random);
	answer.tcp.ack = exchange->probe->tcp.seq + 1;
	answer.tcp.window = exchange->stack->window;
	if (exchange->stack->mss)
		tcp_add_mss(&answer.tcp, exchange->stack->mss);
	return answer;
}

struct packet sim_rst(const struct sim_exchange *exchange)
{
	const struct tcp_header *probe = &exchange->probe->tcp;
	struct packet answer = sim_reply(exchange);

	answer.tcp.flags = TCP_RST;
	if (probe->flags & TCP_ACK) {
		answer.tcp.seq = probe->ack;
	} else {
		answer.tcp.flags |= TCP_ACK;
		answer.tcp.ack = segment_end(exchange->probe);
	}
	return answer;
}

static void tcp_reset(struct sim_exchange *exchange, uint16_t window)
{
	struct packet answer = sim_rst(exchange);

	answer.tcp.window = window;
	sim_answer(exchange, &answer);
}

static void tcp_open(struct sim_exchange *exchange)
{
	const struct link_sim_stack *stack = exchange->stack;
	uint8_t flags = exchange->probe->tcp.flags;
	struct packet answer;

	if (flags & TCP_ACK) {
		if (stack->tcp == LINK_SIM_TCP_BSD && flags == (TCP_FIN | TCP_ACK))
			return;
		tcp_reset(exchange, stack->rst_window_open);
	} else if (flags & TCP_SYN) {
		answer = sim_syn_ack(exchange);
		sim_answer(exchange, &answer);
	} else if (stack->tcp == LINK_SIM_TCP_WINDOWS) {
		tcp_reset(exchange, stack->rst_window_closed);
	}
}

/* A SYN-ACK that is not from the host's own stack, or of one that is peculiar. */
static void tcp_odd_syn_ack(struct sim_exchange *exchange, uint16_t window)
{
	struct packet answer = sim_syn_ack(exchange);

	answer.ip.ttl = exchange->host->lie_ttl;
	answer.tcp.window = window;
	answer.tcp.options_bytes = 0;
	sim_answer(exchange, &answer);
}

static void tcp_tarpit(struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;
	struct packet answer = sim_reply(exchange);

	if (!(probe->tcp.flags & TCP_ACK)) {
		if (probe->tcp.flags & TCP_SYN)
			tcp_odd_syn_ack(exchange, TARPIT_WINDOW);
		return;
	}
	answer.ip.ttl = exchange->host->lie_ttl;
	answer.tcp.flags = TCP_ACK;
	answer.tcp.seq = probe->tcp.ack;
	answer.tcp.ack = segment_end(probe);
	sim_answer(exchange, &answer);
}

/* True when the answer to a port that is not named is settled. */
static bool tcp_lie(struct sim_exchange *exchange)
{
	uint8_t flags = exchange->probe->tcp.flags;
	struct packet answer;

	switch (exchange->host->lie) {
	case LINK_SIM_HONEST:
		return false;
	case LINK_SIM_ALL_OPEN:
		tcp_open(exchange);
		return true;
	case LINK_SIM_SYN_PROXY:
		if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
			tcp_odd_syn_ack(exchange, 0);
		return true;
	case LINK_SIM_RST_FIREWALL:
		answer = sim_rst(exchange);
		answer.ip.ttl = exchange->host->lie_ttl;
		sim_answer(exchange, &answer);
		return true;
	case LINK_SIM_TARPIT:
		tcp_tarpit(exchange);
		return true;
	}
	return false;
}

static void tcp(struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;
	const struct link_sim_port *port;
	enum link_sim_state state =
		sim_port_state(exchange, TRANSPORT_TCP, probe->tcp.dst_port, &port);

	if (probe->tcp.flags & TCP_RST) {
		exchange->answered = true; /* it wants none, forged or not */
		return;
	}
	if (!port && tcp_lie(exchange))
		return;
	if (state == LINK_SIM_CLOSED)
		tcp_reset(exchange, exchange->stack->rst_window_closed);
	else if (state == LINK_SIM_OPEN)
		tcp_open(exchange);
	else if (state == LINK_SIM_REJECTED)
		sim_reject(exchange, port);
}

/* --- UDP --- */

static void answer_open(struct sim_exchange *exchange, const struct link_sim_port *port)
{
	struct packet answer;

	if (!port || !port->answer || (port->wants_payload && !exchange->probe->payload_bytes))
		return;
	answer = sim_reply(exchange); /* UDP, or a protocol without ports */
	answer.payload = port->answer;
	answer.payload_bytes = port->answer_bytes;
	sim_answer(exchange, &answer);
}

static void udp(struct sim_exchange *exchange)
{
	bool is_v6 = exchange->probe->ip.src.family == IP_V6;
	const struct link_sim_port *port;
	enum link_sim_state state =
		sim_port_state(exchange, TRANSPORT_UDP, exchange->probe->udp.dst_port, &port);

	if (state == LINK_SIM_OPEN)
		answer_open(exchange, port);
	else if (state == LINK_SIM_REJECTED)
		sim_reject(exchange, port);
	else if (state == LINK_SIM_CLOSED)
		sim_error(exchange, &(struct ip_addr){0},
			  is_v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE,
			  is_v6 ? ICMPV6_PORT : ICMP_PORT, 0);
}

/* --- ICMP --- */

static void icmp_say(struct sim_exchange *exchange, uint8_t type, const uint8_t *payload,
		     size_t payload_bytes)
{
	struct packet answer = sim_reply(exchange);

	answer.icmp.type = type;
	answer.icmp.rest = exchange->probe->icmp.rest;
	answer.payload = payload;
	answer.payload_bytes = payload_bytes;
	sim_answer(exchange, &answer);
}

/* Originate as it came, receive and transmit in ms since midnight (RFC 792). */
static void icmp_timestamp(struct sim_exchange *exchange)
{
	const struct loop *loop = exchange->sim->config.link.loop;
	uint64_t wall_ns = loop_wall_ns(loop) - loop_now_ns(loop) + exchange->now_ns;
	uint32_t now_ms = (uint32_t)(wall_ns / NS_PER_MS % MS_PER_DAY);
	uint8_t payload[12] = {0};
	int i;

	if (exchange->probe->payload_bytes >= 4)
		memcpy(payload, exchange->probe->payload, 4);
	for (i = 0; i < 4; i++)
		payload[4 + i] = payload[8 + i] = (uint8_t)(now_ms >> (24 - 8 * i));
	icmp_say(exchange, ICMP_TIMESTAMP_REPLY, payload, sizeof(payload));
}

static void icmp(struct sim_exchange *exchange)
{
	static const uint8_t mask[4] = {255, 255, 255, 0};
	const struct packet *probe = exchange->probe;
	unsigned answers = exchange->stack->answers;

	if (probe->icmp.type == ICMP_ECHO && (answers & LINK_SIM_ECHO))
		icmp_say(exchange, ICMP_ECHO_REPLY, probe->payload, probe->payload_bytes);
	else if (probe->icmp.type == ICMP_TIMESTAMP && (answers & LINK_SIM_TIMESTAMP))
		icmp_timestamp(exchange);
	else if (probe->icmp.type == ICMP_MASK && (answers & LINK_SIM_MASK))
		icmp_say(exchange, ICMP_MASK_REPLY, mask, sizeof(mask));
}

static void icmpv6(struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;

	if (probe->icmp.type == ICMPV6_ECHO && (exchange->stack->answers & LINK_SIM_ECHO))
		icmp_say(exchange, ICMPV6_ECHO_REPLY, probe->payload, probe->payload_bytes);
}

/* --- all --- */

static void refuse_protocol(struct sim_exchange *exchange)
{
	if (exchange->probe->ip.src.family == IP_V6)
		sim_error(exchange, &(struct ip_addr){0}, ICMPV6_PARAMETER_PROBLEM,
			  ICMPV6_NEXT_HEADER, NEXT_HEADER_AT);
	else
		sim_error(exchange, &(struct ip_addr){0}, ICMP_UNREACHABLE, ICMP_PROTOCOL, 0);
}

void sim_stack(struct sim_exchange *exchange)
{
	static void (*const say[])(struct sim_exchange *) = {
		[PACKET_TCP] = tcp,   [PACKET_UDP] = udp,       [PACKET_SCTP] = sim_sctp,
		[PACKET_ICMP] = icmp, [PACKET_ICMPV6] = icmpv6, [PACKET_IGMP] = NULL,
	};
	const struct packet *probe = exchange->probe;
	const struct link_sim_port *protocol;
	enum link_sim_state state =
		sim_port_state(exchange, TRANSPORT_IP, probe->ip.protocol, &protocol);

	if (state == LINK_SIM_CLOSED)
		refuse_protocol(exchange);
	else if (state == LINK_SIM_REJECTED)
		sim_reject(exchange, protocol);
	else if (state == LINK_SIM_OPEN && say[probe->kind])
		say[probe->kind](exchange);
	else if (state == LINK_SIM_OPEN)
		answer_open(exchange, protocol);
}
