#include "engine/wire_system.h"

#include "util/alloc.h"
#include "util/error.h"

/* The kernel sends slower than frames can be sent, so fewer answers wait. */
#define IP_RING_BYTES ((size_t)4 << 20)

struct wire_system {
	struct router *router;
	struct link_sockets *sockets;
	struct wire_ways ways;
	enum plan_layer layer;
	bool sweeps; /* --sweep: much is sent */
	bool has_mac;
	struct mac_addr mac; /* --spoof-mac */
	size_t ring_bytes;
};

static int system_route(void *self, const struct ip_addr *to, const struct route **ret_route)
{
	struct wire_system *system = self;

	return router_lookup(system->router, to, ret_route);
}

static bool system_neighbour(void *self, unsigned interface, const struct ip_addr *addr,
			     struct mac_addr *ret_mac)
{
	struct wire_system *system = self;

	return router_neighbour(system->router, interface, addr, ret_mac);
}

/* AF_XDP sends faster where it can be had (link_packet.c and link_xdp.c have the
 * numbers), but asks for memory and time to set up: it is for sweeps, or when asked for. */
static int open_frames(struct wire_system *system, const struct interface *interface,
		       const struct link_config *config, struct link **ret_link, struct diag *diag)
{
	struct diag ignored;

	if (system->layer == LAYER_XDP)
		return link_xdp_new(config, system->sockets, interface, ret_link, diag);
	if (system->sweeps && system->layer == LAYER_AUTOMATIC &&
	    link_xdp_new(config, system->sockets, interface, ret_link, &ignored) == 0)
		return 0;
	return link_packet_new(config, system->sockets, interface, system->ring_bytes, ret_link,
			       diag);
}

static int system_open(void *self, const struct route *route, bool ip_layer,
		       const struct link_config *config, struct link **ret_link,
		       struct mac_addr *ret_mac, struct diag *diag)
{
	struct wire_system *system = self;
	const struct interface *interface =
		interfaces_by_index(router_interfaces(system->router), route->interface);

	if (!interface)
		return diag_set(diag, ERROR_NOT_FOUND, "interface %u is gone", route->interface);
	*ret_mac = system->has_mac ? system->mac : interface->mac;
	if (ip_layer || interface->kind != INTERFACE_ETHERNET)
		return link_ip_new(config, system->sockets, interface, IP_RING_BYTES, ret_link,
				   diag);
	return open_frames(system, interface, config, ret_link, diag);
}

int wire_system_new(const struct plan *plan, size_t ring_bytes, struct wire_system **ret_system,
		    struct diag *diag)
{
	const struct router_config config = {
		.interface = plan->source_interface,
		.source = plan->source_addr,
	};
	struct wire_system *system = alloc_zero(sizeof(*system));
	int r;

	if (!system)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	system->ring_bytes = ring_bytes;
	system->layer = plan->packets.layer;
	system->sweeps = plan->sweep.wanted;
	system->has_mac = plan->packets.has_mac;
	system->mac = plan->packets.mac;
	system->ways = (struct wire_ways){
		.route = system_route,
		.neighbour = system_neighbour,
		.open = system_open,
		.self = system,
	};
	if ((r = router_new(&config, &system->router, diag)) < 0 ||
	    (r = link_sockets_open(router_interfaces(system->router), &system->sockets, diag)) <
		    0) {
		wire_system_free(system);
		return r;
	}
	*ret_system = system;
	return 0;
}

void wire_system_free(struct wire_system *system)
{
	if (!system)
		return;
	link_sockets_free(system->sockets);
	router_free(system->router);
	alloc_free(system);
}

const struct wire_ways *wire_system_ways(const struct wire_system *system)
{
	return &system->ways;
}
