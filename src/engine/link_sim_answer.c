/* An answer on its way from the host into the path: limits, TTL,
 * identification, and what is late or contradicted. */
#include "engine/link_sim_impl.h"

#include "util/alloc.h"

#include <string.h>

#define ROUTER_TTL       255u
#define IPV6_QUOTE_BYTES 1232u /* the error fits the minimum MTU; RFC 4443, 2.4 */

/* --- what a host remembers --- */

/* NULL: no memory. peer NULL: of the host with everybody. */
static struct sim_memory *memory_of(struct link_sim *sim, const struct ip_addr *host,
				    const struct ip_addr *peer)
{
	uint8_t key[32] = {0};
	struct sim_memory *memory;

	memcpy(key, host->bytes, sizeof(host->bytes));
	if (peer)
		memcpy(key + 16, peer->bytes, sizeof(peer->bytes));
	memory = hash_map_get(sim->memories, key, sizeof(key));
	if (memory || !(memory = alloc_zero(sizeof(*memory))))
		return memory;
	if (hash_map_add(sim->memories, key, sizeof(key), memory) < 0) {
		alloc_free(memory);
		return NULL;
	}
	memory->ipid = (uint16_t)random_u64(&sim->random);
	return memory;
}

enum limit { LIMIT_ANY, LIMIT_RST, LIMIT_ICMP };

/* Is there a token of the host's (or of the pair's)? */
static bool allows(struct sim_exchange *exchange, enum limit limit,
		   const struct link_sim_rate *rate, const struct ip_addr *host,
		   const struct ip_addr *peer)
{
	struct sim_memory *memory;
	struct sim_bucket *bucket;

	if (!rate->per_s)
		return true;
	memory = memory_of(exchange->sim, host, peer);
	if (!memory) {
		exchange->sim->truth.no_memory++;
		return false;
	}
	bucket = limit == LIMIT_ANY   ? &memory->any
		 : limit == LIMIT_RST ? &memory->rst
				      : &memory->icmp;
	return sim_take(bucket, rate, exchange->now_ns);
}

static bool is_within_limits(struct sim_exchange *exchange, const struct packet *answer)
{
	const struct link_sim_stack *stack = exchange->stack;
	struct link_sim_truth *truth = &exchange->sim->truth;
	const struct ip_addr *host = &answer->ip.src;

	if (answer->kind == PACKET_TCP && (answer->tcp.flags & TCP_RST) &&
	    !allows(exchange, LIMIT_RST, &stack->rst, host, NULL)) {
		truth->rst_limited++;
		return false;
	}
	/* Linux asks in this order, so what one peer provokes is missed by all. */
	if (packet_is_icmp_error(answer) &&
	    (!allows(exchange, LIMIT_ICMP, &stack->icmp, host, NULL) ||
	     !allows(exchange, LIMIT_ICMP, &stack->icmp_one, host, &answer->ip.dst))) {
		truth->icmp_limited++;
		return false;
	}
	if (!allows(exchange, LIMIT_ANY, &stack->any, host, NULL)) {
		truth->any_limited++;
		return false;
	}
	return true;
}

/* --- the IP header --- */

static uint16_t swapped(uint16_t value)
{
	return (uint16_t)(value << 8 | value >> 8);
}

static void identify(struct sim_exchange *exchange, struct packet *answer)
{
	enum link_sim_ipid ipid = exchange->stack->ipid;
	struct sim_memory *memory;

	answer->ip.dont_fragment = ipid == LINK_SIM_IPID_ZERO;
	if (ipid == LINK_SIM_IPID_RANDOM)
		answer->ip.id = (uint16_t)random_u64(&exchange->sim->random);
	if (ipid == LINK_SIM_IPID_ZERO || ipid == LINK_SIM_IPID_RANDOM)
		return;
	memory = memory_of(exchange->sim, &answer->ip.src,
			   ipid == LINK_SIM_IPID_PER_PEER ? &answer->ip.dst : NULL);
	if (!memory)
		return;
	memory->ipid = (uint16_t)(memory->ipid + (ipid == LINK_SIM_IPID_BY_TWO ? 2 : 1));
	answer->ip.id = ipid == LINK_SIM_IPID_BYTE_SWAPPED ? swapped(memory->ipid) : memory->ipid;
}

/* --- sending --- */

static void frame_it(const struct sim_exchange *exchange, const struct mac_addr *to,
		     const struct packet *answer)
{
	const struct ethernet_header ethernet = {
		.dst = *to,
		.src = exchange->mac,
		.type = answer->ip.dst.family == IP_V6 ? ETHERNET_IPV6 : ETHERNET_IPV4,
	};

	if (exchange->sim->header_bytes)
		ethernet_build(&ethernet, exchange->sim->scratch);
}

/* To an address that is not ours: the source was spoofed. */
static void launch_elsewhere(struct sim_exchange *exchange, const struct packet *answer,
			     size_t count)
{
	struct link_sim *sim = exchange->sim;
	const struct ip_addr *to = &answer->ip.dst;
	const struct link_sim_host *host = sim_find_host(sim, to, exchange->now_ns);
	struct mac_addr mac;

	if (!host) {
		sim->truth.to_others++;
		return;
	}
	mac = sim_mac_of(sim, host, to);
	frame_it(exchange, &mac, answer);
	sim_travel_between(sim, host, exchange->now_ns, sim->scratch, count);
}

void sim_launch(struct sim_exchange *exchange, const struct packet *answer, uint64_t extra_ns)
{
	struct link_sim *sim = exchange->sim;
	size_t count = packet_build(answer, sim->scratch + sim->header_bytes, PACKET_BYTES_MAX);

	if (!count)
		return; /* the scenario asked for what fits no packet */
	count += sim->header_bytes;
	if (!sim_is_own(sim, &answer->ip.dst)) {
		launch_elsewhere(exchange, answer, count);
		return;
	}
	frame_it(exchange, &sim->config.mac, answer);
	sim_travel_back(sim, exchange->host, exchange->now_ns, extra_ns, sim->scratch, count);
}

static const struct link_sim_garbage *garbage_of(const struct sim_exchange *exchange)
{
	return exchange->host->garbage ? exchange->host->garbage : &exchange->sim->config.garbage;
}

/* As if our RST had not come. */
static void repeat(struct sim_exchange *exchange, const struct packet *answer)
{
	uint64_t wait_ns = NS_PER_S, at_ns = 0;
	unsigned i;

	if (answer->kind != PACKET_TCP || answer->tcp.flags != (TCP_SYN | TCP_ACK))
		return;
	for (i = 0; i < exchange->stack->synack_repeats; i++, wait_ns *= 2) {
		at_ns += wait_ns;
		sim_launch(exchange, answer, at_ns);
	}
}

static void contradict(struct sim_exchange *exchange, const struct packet *answer)
{
	const struct link_sim_garbage *garbage = garbage_of(exchange);
	struct packet opposite;

	if (answer->kind != PACKET_TCP || !sim_chance(exchange->sim, garbage->contradicted))
		return;
	opposite = answer->tcp.flags & TCP_RST ? sim_syn_ack(exchange) : sim_rst(exchange);
	opposite.ip.ttl = answer->ip.ttl;
	exchange->sim->truth.contradicted++;
	sim_launch(exchange, &opposite, garbage->contradicted_ns);
}

static uint8_t way_back(const struct link_sim_host *host)
{
	return host->back_distance ? host->back_distance : host->distance;
}

void sim_answer(struct sim_exchange *exchange, struct packet *answer)
{
	struct link_sim *sim = exchange->sim;
	const struct link_sim_garbage *garbage = garbage_of(exchange);
	uint64_t extra_ns = 0;

	if (!is_within_limits(exchange, answer))
		return;
	exchange->answered = true;
	sim->truth.answers++;
	if (!answer->ip.ttl)
		answer->ip.ttl = (uint8_t)(exchange->stack->ttl - way_back(exchange->host));
	if (answer->ip.src.family == IP_V4)
		identify(exchange, answer);
	sim_forge(exchange, answer);
	if (sim_chance(sim, garbage->late)) {
		sim->truth.late++;
		extra_ns = garbage->late_ns;
	}
	sim_launch(exchange, answer, extra_ns);
	repeat(exchange, answer);
	contradict(exchange, answer);
}

/* --- ICMP errors --- */

/* How much of the probe an error has of it. */
static size_t quote_bytes(const struct sim_exchange *exchange)
{
	size_t most = IPV6_QUOTE_BYTES, asked = exchange->stack->quote_bytes;

	if (exchange->probe->ip.src.family == IP_V4)
		most = (exchange->bytes[0] & 15u) * 4u + (asked < 8 ? 8 : asked);
	return exchange->count < most ? exchange->count : most;
}

void sim_error(struct sim_exchange *exchange, const struct ip_addr *from, uint8_t type,
	       uint8_t code, uint32_t rest)
{
	const struct packet *probe = exchange->probe;
	bool is_v6 = probe->ip.src.family == IP_V6;
	struct packet answer = {
		.ip = {.src = probe->ip.dst,
		       .dst = probe->ip.src,
		       .protocol = is_v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP},
		.kind = is_v6 ? PACKET_ICMPV6 : PACKET_ICMP,
		.icmp = {.type = type, .code = code, .rest = rest},
		.payload = exchange->bytes,
		.payload_bytes = quote_bytes(exchange),
	};

	if (packet_is_icmp_error(probe))
		return; /* RFC 1122, 3.2.2 */
	if (from->family != IP_NONE) {
		answer.ip.src = *from;
		answer.ip.ttl = ROUTER_TTL;
	}
	sim_answer(exchange, &answer);
}
