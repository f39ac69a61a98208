/* In place of the kernel's routes: own addresses, the link's prefixes, and the
 * gateway for the rest. */
#include "engine/link_sim_impl.h"

#include <string.h>

#define MACHINE_PREFIX_BITS_V4 32
#define MACHINE_PREFIX_BITS_V6 128

/* Keeps `addr` in range while [first, last], which is without it, goes out. */
static void cut(struct route *route, const struct ip_addr *addr, const struct ip_addr *first,
		const struct ip_addr *last)
{
	ip_value at = ip_value_of(addr), low = ip_value_of(first), high = ip_value_of(last);

	if (first->family != addr->family)
		return;
	if (high < at && high >= ip_value_of(&route->first))
		route->first = ip_from_value(addr->family, high + 1, 0);
	if (low > at && low <= ip_value_of(&route->last))
		route->last = ip_from_value(addr->family, low - 1, 0);
}

static const struct link_sim_prefix *prefix_of(const struct link_sim *sim,
					       const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < sim->config.on_link_count; i++) {
		const struct link_sim_prefix *prefix = &sim->config.on_link[i];
		struct ip_addr first = ip_first_of(&prefix->addr, prefix->bits);
		struct ip_addr mine = ip_first_of(addr, prefix->bits);

		if (prefix->addr.family == addr->family && ip_equal(&first, &mine))
			return prefix;
	}
	return NULL;
}

static bool source_for(const struct link_sim *sim, const struct ip_addr *to,
		       struct ip_addr *ret_source)
{
	size_t i;

	for (i = 0; i < sim->config.own_count; i++)
		if (sim->config.own[i].family == to->family) {
			*ret_source = sim->config.own[i];
			return true;
		}
	return false;
}

/* The range for which the answer is the same. */
static void find_range(const struct link_sim *sim, const struct ip_addr *to, struct route *route)
{
	const struct link_sim_prefix *prefix = prefix_of(sim, to);
	size_t i;

	route->first = ip_first_of(to, prefix ? prefix->bits : 0);
	route->last = ip_last_of(to, prefix ? prefix->bits : 0);
	for (i = 0; !prefix && i < sim->config.on_link_count; i++) {
		const struct link_sim_prefix *other = &sim->config.on_link[i];
		struct ip_addr first = ip_first_of(&other->addr, other->bits);
		struct ip_addr last = ip_last_of(&other->addr, other->bits);

		cut(route, to, &first, &last);
	}
	for (i = 0; i < sim->config.own_count; i++)
		cut(route, to, &sim->config.own[i], &sim->config.own[i]);
}

bool link_sim_route(const struct link *link, const struct ip_addr *to, struct route *ret_route)
{
	const struct link_sim *sim = (const struct link_sim *)link;
	struct route route = {.interface = link->interface, .mtu = link->mtu};

	if (sim_is_own(sim, to)) {
		route.first = route.last = route.source = *to;
		route.local = true;
		*ret_route = route;
		return true;
	}
	if (!source_for(sim, to, &route.source))
		return false;
	find_range(sim, to, &route);
	if (link->layer == LINK_ETHERNET && !sim_is_on_link(sim, to)) {
		route.next_hop =
			to->family == IP_V6 ? sim->config.gateway_v6 : sim->config.gateway_v4;
		if (route.next_hop.family == IP_NONE)
			return false;
	}
	*ret_route = route;
	return true;
}

static unsigned bits_of(const struct link_sim *sim, const struct ip_addr *own)
{
	const struct link_sim_prefix *prefix = prefix_of(sim, own);

	if (prefix)
		return prefix->bits;
	return own->family == IP_V6 ? MACHINE_PREFIX_BITS_V6 : MACHINE_PREFIX_BITS_V4;
}

void link_sim_interface(const struct link *link, struct interface_addr *addrs,
			struct interface *ret_interface)
{
	const struct link_sim *sim = (const struct link_sim *)link;
	bool is_ethernet = link->layer == LINK_ETHERNET;
	size_t i;

	for (i = 0; i < sim->config.own_count; i++)
		addrs[i] = (struct interface_addr){
			.addr = sim->config.own[i],
			.prefix_bits = bits_of(sim, &sim->config.own[i]),
		};
	*ret_interface = (struct interface){
		.index = link->interface,
		.name = "sim0",
		.kind = is_ethernet ? INTERFACE_ETHERNET : INTERFACE_POINT,
		.up = !sim->down,
		.arp = is_ethernet,
		.mtu = link->mtu,
		.mac = sim->config.mac,
		.addrs = addrs,
		.addrs_count = sim->config.own_count,
	};
}
