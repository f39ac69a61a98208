/* Next hops and their hardware addresses. A gateway is one hop for all that lies
 * behind it; a neighbour is its own. */
#include "engine/wire_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define ASK_TIMES_MOST 4u
#define ASK_AGAIN_NS   (250 * NS_PER_MS)

static struct hop **bucket_of(struct wire *wire, unsigned interface, const struct ip_addr *addr)
{
	uint64_t mixed, low;

	memcpy(&mixed, addr->bytes, sizeof(mixed));
	memcpy(&low, addr->bytes + sizeof(mixed), sizeof(low));
	mixed = (mixed ^ low * 0x9e3779b97f4a7c15ull ^ interface) * 0xff51afd7ed558ccdull;
	return &wire->hops[mixed >> 52];
}

static bool same_addr(const struct ip_addr *a, const struct ip_addr *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static bool hop_is(const struct hop *hop, unsigned interface, bool ip_layer,
		   const struct ip_addr *addr)
{
	return hop->port->interface == interface && hop->port->ip_layer == ip_layer &&
	       same_addr(&hop->addr, addr);
}

/* A gateway that is a target, too, is two hops: what is behind it is no neighbour. */
static struct hop *hop_find(struct wire *wire, const struct wire_port *port, bool neighbour,
			    const struct ip_addr *addr)
{
	struct hop *hop = *bucket_of(wire, port->interface, addr);

	while (hop &&
	       (hop->neighbour != neighbour || !hop_is(hop, port->interface, port->ip_layer, addr)))
		hop = hop->next;
	return hop;
}

static void hop_set_state(struct hop *hop, enum hop_state state)
{
	struct wire *wire = hop->wire;

	if (hop->state == state)
		return;
	hop->state = state;
	if (wire->config.hop_changed)
		wire->config.hop_changed(wire->config.self, hop);
}

static void hop_set_mac(struct hop *hop, const struct mac_addr *mac)
{
	hop->mac = *mac;
	hop->has_mac = true;
	loop_timer_cancel(hop->wire->config.loop, &hop->again);
	if (hop->state != HOP_BROKEN)
		hop_set_state(hop, HOP_READY);
}

/* Without hardware addresses, or with a known one, a hop is ready at once. */
static void hop_init_state(struct wire *wire, struct hop *hop)
{
	const struct wire_ways *ways = wire->config.ways;

	hop->state = HOP_ASKING;
	if (hop->port->lost)
		hop->state = HOP_BROKEN;
	else if (link_layer(hop->port->link) == LINK_IP)
		hop->state = HOP_READY;
	else if (ways->neighbour &&
		 ways->neighbour(ways->self, hop->port->interface, &hop->addr, &hop->mac)) {
		hop->has_mac = true;
		hop->state = HOP_READY;
	}
}

static struct hop *hop_new(struct wire *wire, struct wire_port *port, const struct route *route,
			   const struct ip_addr *to)
{
	struct hop *hop = alloc_zero(sizeof(*hop)), **bucket;

	if (!hop)
		return NULL;
	hop->wire = wire;
	hop->port = port;
	hop->route = route;
	hop->neighbour = route->next_hop.family == IP_NONE;
	hop->addr = hop->neighbour ? *to : route->next_hop;
	bucket = bucket_of(wire, port->interface, &hop->addr);
	hop->next = *bucket;
	*bucket = hop;
	wire->hops_count++;
	hop_init_state(wire, hop);
	return hop;
}

static int hop_get(struct wire *wire, const struct route *route, bool by_kernel,
		   const struct ip_addr *to, struct hop **ret_hop)
{
	struct wire_port *port = wire_port_for(wire, route, by_kernel);
	struct hop *hop;

	if (!port)
		return ERROR_MEMORY;
	hop = hop_find(wire, port, route->next_hop.family == IP_NONE, to);
	if (!hop && !(hop = hop_new(wire, port, route, to)))
		return ERROR_MEMORY;
	hop->refs++;
	*ret_hop = hop;
	return 0;
}

int wire_hop(struct wire *wire, const struct ip_addr *to, struct hop **ret_hop,
	     const struct route **ret_route)
{
	const struct wire_ways *ways = wire->config.ways;
	int r = ways->route(ways->self, to, ret_route);

	if (r < 0)
		return r;
	if ((*ret_route)->next_hop.family != IP_NONE)
		to = &(*ret_route)->next_hop;
	return hop_get(wire, *ret_route, false, to, ret_hop);
}

int wire_hop_shared(struct wire *wire, const struct ip_addr *to, struct hop **ret_hop,
		    const struct route **ret_route)
{
	const struct wire_ways *ways = wire->config.ways;
	const struct ip_addr everyone = {.family = to->family};
	int r = ways->route(ways->self, to, ret_route);

	if (r < 0)
		return r;
	if ((*ret_route)->next_hop.family != IP_NONE)
		return hop_get(wire, *ret_route, false, &(*ret_route)->next_hop, ret_hop);
	return hop_get(wire, *ret_route, true, &everyone, ret_hop);
}

static void hop_free(struct wire *wire, struct hop *hop)
{
	struct hop **at = bucket_of(wire, hop->port->interface, &hop->addr);

	while (*at != hop)
		at = &(*at)->next;
	*at = hop->next;
	wire->hops_count--;
	loop_timer_cancel(wire->config.loop, &hop->again);
	alloc_free(hop);
}

void hop_unref(struct wire *wire, struct hop *hop)
{
	if (hop && --hop->refs == 0)
		hop_free(wire, hop);
}

enum hop_state hop_state(const struct hop *hop)
{
	return hop->state;
}

bool hop_is_neighbour(const struct hop *hop)
{
	return hop->neighbour && !hop->port->ip_layer && hop->port->link &&
	       link_layer(hop->port->link) == LINK_ETHERNET;
}

bool hop_mac(const struct hop *hop, struct mac_addr *ret_mac)
{
	if (hop->has_mac)
		*ret_mac = hop->mac;
	return hop->has_mac;
}

size_t hop_header(const struct hop *hop, const struct ip_addr *to, uint8_t *ret_header)
{
	struct ethernet_header header = {.dst = hop->mac, .src = hop->port->mac};

	if (!hop->port->link || link_layer(hop->port->link) == LINK_IP)
		return 0;
	header.type = to->family == IP_V6 ? ETHERNET_IPV6 : ETHERNET_IPV4;
	ethernet_build(&header, ret_header);
	return ETHERNET_HEADER_BYTES;
}

/* ---- asking ---- */

static int ask(struct wire *wire, struct wire_port *port, const struct route *route,
	       const struct ip_addr *to)
{
	uint8_t frame[128];
	size_t count = ARP_FRAME_BYTES;

	if (port->lost)
		return ERROR_SYSTEM;
	if (to->family == IP_V4)
		arp_build_request(&port->mac, &route->source, to, frame);
	else
		count = nd_build_solicitation(&port->mac, &route->source, to, frame, sizeof(frame));
	return wire_queue(wire, port, frame, count);
}

int wire_ask_neighbour(struct wire *wire, struct hop *hop, const struct route *route,
		       const struct ip_addr *to)
{
	int r = gate_check(wire->config.gate, to, TRANSPORT_IP, 0, false);

	return r < 0 ? r : ask(wire, hop->port, route, to);
}

static void ask_again(void *self)
{
	struct hop *hop = self;
	struct wire *wire = hop->wire;

	if (hop->state != HOP_ASKING)
		return;
	if (hop->asked >= ASK_TIMES_MOST) {
		hop_set_state(hop, HOP_SILENT);
		return;
	}
	hop->asked++;
	(void)ask(wire, hop->port, hop->route, &hop->addr);
	if (loop_timer_set(wire->config.loop, &hop->again,
			   loop_now_ns(wire->config.loop) + hop->asked * ASK_AGAIN_NS) < 0)
		hop_set_state(hop, HOP_SILENT);
}

void hop_resolve(struct wire *wire, struct hop *hop)
{
	if (hop->state == HOP_READY || hop->state == HOP_BROKEN || loop_timer_is_set(&hop->again))
		return;
	/* A gateway that is an excluded address is asked all the same: what is
	 * behind it was not excluded, and nothing else is sent to it. */
	if (hop->neighbour &&
	    gate_check(wire->config.gate, &hop->addr, TRANSPORT_IP, 0, false) < 0) {
		hop_set_state(hop, HOP_SILENT);
		return;
	}
	hop->again.fire = ask_again;
	hop->again.self = hop;
	hop->asked = 0;
	hop->state = HOP_ASKING;
	ask_again(hop);
}

void wire_learn(struct wire *wire, unsigned interface, const struct ip_addr *addr,
		const struct mac_addr *mac)
{
	struct hop *hop = *bucket_of(wire, interface, addr), *next;

	for (; hop; hop = next) {
		next = hop->next;
		/* Whoever speaks later may be somebody who would like to be it. */
		if (!hop->has_mac && hop_is(hop, interface, false, addr))
			hop_set_mac(hop, mac);
	}
}

void wire_break_hops(struct wire *wire, struct wire_port *port)
{
	size_t i;

	for (i = 0; i < WIRE_HOP_BUCKETS; i++) {
		struct hop *hop = wire->hops[i], *next;

		for (; hop; hop = next) {
			next = hop->next;
			if (hop->port == port)
				hop_set_state(hop, HOP_BROKEN);
		}
	}
}

void wire_free_hops(struct wire *wire)
{
	size_t i;

	for (i = 0; i < WIRE_HOP_BUCKETS; i++)
		while (wire->hops[i])
			hop_free(wire, wire->hops[i]);
}
