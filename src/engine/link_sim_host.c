/* A frame arrives: whose is it, and does the host's lower half take it? */
#include "engine/link_sim_impl.h"

#include "packet/checksum.h"

#include <string.h>

#define PSEUDO_SRC_V4 12 /* the addresses' places in the headers */
#define PSEUDO_SRC_V6 8
#define SCTP_BYTES    12u

bool sim_is_during(const struct link_sim_span *span, uint64_t now_ns)
{
	return now_ns >= span->from_ns && (!span->until_ns || now_ns < span->until_ns);
}

/* As ip_compare(), without the scope that packets do not have. */
static int compare(const struct ip_addr *a, const struct ip_addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->family == IP_V6 ? 16 : 4);
}

bool sim_hosts_are_in_order(const struct link_sim_config *config)
{
	size_t i;

	for (i = 1; i < config->hosts_count; i++)
		if (compare(&config->hosts[i - 1].last, &config->hosts[i].first) >= 0)
			return false;
	return true;
}

/* The first host whose range ends at addr or later: only it can be meant. */
static size_t search(const struct link_sim *sim, const struct ip_addr *addr)
{
	size_t low = 0, high = sim->config.hosts_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(&sim->config.hosts[middle].last, addr) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct link_sim_host *sim_find_host(const struct link_sim *sim, const struct ip_addr *addr,
					  uint64_t now_ns)
{
	size_t i = 0, end = sim->config.hosts_count;

	if (sim->hosts_in_order) {
		i = search(sim, addr);
		end = i < end ? i + 1 : end;
	}
	for (; i < end; i++) {
		const struct link_sim_host *host = &sim->config.hosts[i];

		if (compare(&host->first, addr) <= 0 && compare(addr, &host->last) <= 0 &&
		    sim_is_during(&host->when, now_ns))
			return host;
	}
	return NULL;
}

bool sim_is_own(const struct link_sim *sim, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < sim->config.own_count; i++)
		if (!compare(&sim->config.own[i], addr))
			return true;
	return false;
}

/* --- checksums --- */

/* Where the transport header begins: packet_parse() tells where it ends. */
static const uint8_t *transport_of(const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_TCP:
		return packet->payload - 20 - packet->tcp.options_bytes;
	case PACKET_UDP:
	case PACKET_ICMP:
	case PACKET_ICMPV6:
	case PACKET_IGMP:
		return packet->payload - 8;
	case PACKET_SCTP:
		return packet->payload - (packet->sctp.has_chunk ? SCTP_BYTES + 4 : SCTP_BYTES);
	default:
		return packet->payload;
	}
}

static bool sctp_sum_is_right(const struct sim_exchange *exchange, const uint8_t *at, size_t bytes)
{
	uint8_t *copy = exchange->sim->scratch;
	uint32_t sum;

	if (bytes < SCTP_BYTES)
		return false;
	memcpy(copy, at, bytes);
	memset(copy + 8, 0, 4);
	sum = (uint32_t)at[8] << 24 | (uint32_t)at[9] << 16 | (uint32_t)at[10] << 8 | at[11];
	/* CRC32c stands with its low byte first (RFC 9260, appendix A). */
	return __builtin_bswap32(sum) == checksum_crc32c(copy, bytes) ||
	       (exchange->stack->adler32 && sum == checksum_adler32(copy, bytes));
}

static bool sum_is_right(const struct sim_exchange *exchange)
{
	const struct packet *probe = exchange->probe;
	const uint8_t *at = transport_of(probe);
	size_t bytes = exchange->count - (size_t)(at - exchange->bytes);
	bool is_v6 = probe->ip.src.family == IP_V6;
	uint64_t sum = 0;

	if (!is_v6 &&
	    checksum_fold(checksum_add(0, exchange->bytes, (exchange->bytes[0] & 15u) * 4u)))
		return false;
	if (probe->kind == PACKET_OTHER || probe->kind == PACKET_IGMP)
		return true;
	if (probe->kind == PACKET_SCTP)
		return sctp_sum_is_right(exchange, at, bytes);
	if (probe->kind == PACKET_UDP && !is_v6 && !at[6] && !at[7])
		return true; /* none was made; RFC 768 */
	if (probe->kind != PACKET_ICMP) {
		sum = checksum_add(sum, exchange->bytes + (is_v6 ? PSEUDO_SRC_V6 : PSEUDO_SRC_V4),
				   is_v6 ? 32 : 8);
		sum += checksum_add(
			0,
			(uint8_t[4]){0, probe->ip.protocol, (uint8_t)(bytes >> 8), (uint8_t)bytes},
			4);
	}
	return checksum_fold(checksum_add(sum, at, bytes)) == 0;
}

/* --- arrival --- */

/* The router after so many hops; false: it keeps silent. */
static bool router_after(const struct link_sim_host *host, uint8_t hops, struct ip_addr *ret_router)
{
	if (!hops)
		return false;
	if (!host->routers)
		return host->router.family != IP_NONE &&
		       ip_add(&host->router, hops - 1u, ret_router);
	*ret_router = host->routers[hops - 1u];
	return ret_router->family != IP_NONE;
}

/* The TTL ran out at a router before the host. */
static void expire(struct sim_exchange *exchange)
{
	struct ip_addr router;
	bool is_v6 = exchange->probe->ip.src.family == IP_V6;

	exchange->sim->truth.expired++;
	if (!router_after(exchange->host, exchange->probe->ip.ttl, &router))
		return;
	sim_error(exchange, &router, is_v6 ? ICMPV6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED, 0, 0);
}

/* The host, or the router that has to say it is not there. */
static void take(struct sim_exchange *exchange)
{
	struct link_sim *sim = exchange->sim;
	const struct link_sim_host *host = exchange->host;

	if (exchange->probe->ip.ttl <= host->distance) {
		expire(exchange);
		return;
	}
	if (host->unreachable) {
		bool is_v6 = exchange->probe->ip.src.family == IP_V6;

		sim_error(exchange, &host->router, is_v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE,
			  is_v6 ? 3 : 1, 0);
		return;
	}
	if (exchange->count < exchange->probe->ip.total_bytes) {
		sim->truth.unparsable++;
		return;
	}
	if (sim->config.tap)
		sim->config.tap(sim->config.tap_self, exchange->now_ns, LINK_SIM_ARRIVED,
				exchange->bytes, exchange->count);
	if (host->lie != LINK_SIM_RST_FIREWALL && !sum_is_right(exchange)) {
		sim->truth.bad_checksum++;
		return;
	}
	sim_stack(exchange);
	if (!exchange->answered)
		sim_forge_alone(exchange);
}

/* Frames to a host on the link go to its hardware address, others to the gateway's. */
static bool is_for(const struct sim_exchange *exchange, const struct ethernet_header *ethernet)
{
	return exchange->sim->base.layer != LINK_ETHERNET ||
	       mac_equal(&exchange->mac, &ethernet->dst);
}

static bool is_fragment(const struct packet *packet)
{
	return packet->ip.more_fragments || packet->ip.fragment_offset;
}

/* Fragments meet before their host is looked for, as if a firewall had put them together. */
static void arrive_ip(struct link_sim *sim, uint64_t now_ns, const struct ethernet_header *ethernet,
		      const uint8_t *bytes, size_t count)
{
	struct packet packet;
	struct sim_exchange exchange = {
		.sim = sim,
		.probe = &packet,
		.bytes = bytes,
		.count = count,
		.now_ns = now_ns,
	};

	if (!packet_parse(bytes, count, &packet)) {
		sim->truth.unparsable++;
		return;
	}
	if (is_fragment(&packet) &&
	    (!sim_reassemble(sim, &packet, bytes, count, &exchange.bytes, &exchange.count) ||
	     !packet_parse(exchange.bytes, exchange.count, &packet)))
		return;
	if (packet.ip.total_bytes < exchange.count)
		exchange.count = packet.ip.total_bytes;
	if (packet.kind == PACKET_ICMPV6 && sim_nd(sim, now_ns, &packet))
		return;
	exchange.host = sim_find_host(sim, &packet.ip.dst, now_ns);
	if (!exchange.host) {
		sim->truth.to_nowhere++;
		return;
	}
	exchange.stack = exchange.host->stack ? exchange.host->stack : &link_sim_plain;
	exchange.mac = sim_mac_of(sim, exchange.host, &packet.ip.dst);
	if (is_for(&exchange, ethernet))
		take(&exchange);
	else
		sim->truth.wrong_mac++;
}

void sim_arrive(struct link_sim *sim, uint64_t now_ns, const uint8_t *bytes, size_t count)
{
	struct ethernet_header ethernet = {.type = 0};
	const uint8_t *payload = bytes;
	size_t payload_bytes = count;

	sim->truth.out.delivered++;
	if (sim->header_bytes &&
	    !ethernet_parse(bytes, count, &ethernet, &payload, &payload_bytes)) {
		sim->truth.unparsable++;
		return;
	}
	if (ethernet.type == ETHERNET_ARP)
		sim_arp(sim, now_ns, payload, payload_bytes);
	else
		arrive_ip(sim, now_ns, &ethernet, payload, payload_bytes);
}
