/* ARP and neighbour discovery: hosts on the link and the gateway answer for
 * their own addresses. */
#include "engine/link_sim_impl.h"

#include <string.h>

#define NA_FLAGS        0x60000000u /* solicited, override; RFC 4861, 4.4 */
#define NA_FROM_ROUTER  0x80000000u
#define ND_HOP_LIMIT    255
#define ND_TARGET_MAC   2 /* option: the target's link-layer address */
#define ADDRESS_BYTES   16u
#define ND_OPTION_BYTES 8u

struct mac_addr link_sim_mac(const struct ip_addr *addr)
{
	struct mac_addr mac = {{2, 0}};

	if (addr->family == IP_V6) {
		mac.bytes[1] = 6;
		memcpy(mac.bytes + 2, addr->bytes + 12, 4);
	} else {
		memcpy(mac.bytes + 2, addr->bytes, 4);
	}
	return mac;
}

bool sim_is_on_link(const struct link_sim *sim, const struct ip_addr *addr)
{
	size_t i;

	if (addr->family == IP_V6 && ip_is_link_local(addr))
		return true;
	for (i = 0; i < sim->config.on_link_count; i++) {
		const struct link_sim_prefix *prefix = &sim->config.on_link[i];
		struct ip_addr first = ip_first_of(&prefix->addr, prefix->bits);
		struct ip_addr mine = ip_first_of(addr, prefix->bits);

		if (addr->family == prefix->addr.family &&
		    !memcmp(first.bytes, mine.bytes, sizeof(mine.bytes)))
			return true;
	}
	return false;
}

struct mac_addr sim_mac_of(const struct link_sim *sim, const struct link_sim_host *host,
			   const struct ip_addr *addr)
{
	static const struct mac_addr none;

	if (sim->base.layer != LINK_ETHERNET)
		return none;
	if (!sim_is_on_link(sim, addr))
		return sim->config.gateway_mac;
	return mac_equal(&host->mac, &none) ? link_sim_mac(addr) : host->mac;
}

static bool is_gateway(const struct link_sim *sim, const struct ip_addr *addr)
{
	return ip_equal(addr, &sim->config.gateway_v4) || ip_equal(addr, &sim->config.gateway_v6);
}

bool link_sim_neighbour(const struct link *link, const struct ip_addr *addr,
			struct mac_addr *ret_mac)
{
	const struct link_sim *sim = (const struct link_sim *)link;

	if (link->layer != LINK_ETHERNET || !is_gateway(sim, addr))
		return false;
	*ret_mac = sim->config.gateway_mac;
	return true;
}

/* Who has it, and with what hardware address? */
static bool find_neighbour(const struct link_sim *sim, const struct ip_addr *addr, uint64_t now_ns,
			   const struct link_sim_host **ret_host, struct mac_addr *ret_mac)
{
	const struct link_sim_host *host = sim_find_host(sim, addr, now_ns);

	*ret_host = host;
	if (is_gateway(sim, addr)) {
		*ret_mac = sim->config.gateway_mac;
		return true;
	}
	if (!host || host->unreachable || !sim_is_on_link(sim, addr))
		return false;
	*ret_mac = sim_mac_of(sim, host, addr);
	return true;
}

/* The request with the roles changed and the operation set. */
static void build_arp_reply(const struct mac_addr *mac, const struct arp_packet *request,
			    uint8_t out[ARP_FRAME_BYTES])
{
	arp_build_request(mac, &request->target, &request->sender, out);
	memcpy(out, request->sender_mac.bytes, 6);
	out[ETHERNET_HEADER_BYTES + 7] = ARP_REPLY;
	memcpy(out + ETHERNET_HEADER_BYTES + 18, request->sender_mac.bytes, 6);
}

void sim_arp(struct link_sim *sim, uint64_t now_ns, const uint8_t *bytes, size_t count)
{
	const struct link_sim_host *host;
	struct arp_packet request;
	struct mac_addr mac;

	if (!arp_parse(bytes, count, &request) || request.operation != ARP_REQUEST) {
		sim->truth.unparsable++;
		return;
	}
	if (!find_neighbour(sim, &request.target, now_ns, &host, &mac)) {
		sim->truth.to_nowhere++;
		return;
	}
	sim->truth.answers++;
	build_arp_reply(&mac, &request, sim->scratch);
	sim_travel_back(sim, host, now_ns, 0, sim->scratch, ARP_FRAME_BYTES);
}

static struct packet advertisement(const struct link_sim *sim, const struct ip_addr *target,
				   const struct ip_addr *to, const uint8_t *payload)
{
	return (struct packet){
		.ip = {.src = *target,
		       .dst = *to,
		       .protocol = PROTOCOL_ICMPV6,
		       .ttl = ND_HOP_LIMIT},
		.kind = PACKET_ICMPV6,
		.icmp = {.type = ICMPV6_NEIGHBOUR_ADVERTISEMENT,
			 .rest = NA_FLAGS | (is_gateway(sim, target) ? NA_FROM_ROUTER : 0)},
		.payload = payload,
		.payload_bytes = ADDRESS_BYTES + ND_OPTION_BYTES,
	};
}

static void advertise(struct link_sim *sim, uint64_t now_ns, const struct link_sim_host *host,
		      const struct packet *solicitation, const struct ip_addr *target,
		      const struct mac_addr *mac)
{
	uint8_t payload[ADDRESS_BYTES + ND_OPTION_BYTES] = {0};
	struct packet packet = advertisement(sim, target, &solicitation->ip.src, payload);
	const struct ethernet_header ethernet = {
		.dst = sim->config.mac,
		.src = *mac,
		.type = ETHERNET_IPV6,
	};
	size_t count;

	memcpy(payload, target->bytes, ADDRESS_BYTES);
	payload[ADDRESS_BYTES] = ND_TARGET_MAC;
	payload[ADDRESS_BYTES + 1] = 1; /* times eight bytes */
	memcpy(payload + ADDRESS_BYTES + 2, mac->bytes, 6);
	count = packet_build(&packet, sim->scratch + sim->header_bytes, PACKET_BYTES_MAX);
	ethernet_build(&ethernet, sim->scratch);
	sim->truth.answers++;
	sim_travel_back(sim, host, now_ns, 0, sim->scratch, sim->header_bytes + count);
}

bool sim_nd(struct link_sim *sim, uint64_t now_ns, const struct packet *packet)
{
	struct ip_addr target = {.family = IP_V6};
	const struct link_sim_host *host;
	struct mac_addr mac;

	if (packet->icmp.type != ICMPV6_NEIGHBOUR_SOLICITATION || sim->base.layer != LINK_ETHERNET)
		return false;
	if (packet->payload_bytes < ADDRESS_BYTES || packet->ip.ttl != ND_HOP_LIMIT) {
		sim->truth.unparsable++; /* RFC 4861, 7.1.1 */
		return true;
	}
	memcpy(target.bytes, packet->payload, ADDRESS_BYTES);
	if (find_neighbour(sim, &target, now_ns, &host, &mac))
		advertise(sim, now_ns, host, packet, &target, &mac);
	else
		sim->truth.to_nowhere++;
	return true;
}
