/* Which way a packet would go: the kernel's own choice of interface, source
 * address and next hop (rtnetlink), remembered by address range. */
#ifndef PORTOLAN_NET_ROUTE_H
#define PORTOLAN_NET_ROUTE_H

#include "net/interface.h"

struct router;

struct route {
	struct ip_addr first, last; /* the answer holds for every address of this range */
	unsigned interface;         /* index */
	struct ip_addr source;      /* what the kernel would send from */
	struct ip_addr next_hop;    /* IP_NONE: the target is on the link itself */
	bool local;                 /* an address of our own machine (or loopback) */
	unsigned mtu;
};

struct router_config {
	const char *interface; /* -e: only through this one; NULL any */
	struct ip_addr source; /* -S; IP_NONE: the kernel's choice */
};

/* Copies the configuration. ERROR_SYSTEM, ERROR_MEMORY, ERROR_NOT_FOUND (no such
 * interface) with words. */
int router_new(const struct router_config *config, struct router **ret_router, struct diag *diag);
void router_free(struct router *router); /* NULL is fine */

/* Same answer as `ip route get ADDRESS`. The route is the router's and stays valid
 * until router_free(). A look-up that hits what is remembered costs no system call.
 * ERROR_NOT_FOUND: no route (unreachable, prohibit, blackhole routes too). */
int router_lookup(struct router *router, const struct ip_addr *to, const struct route **ret_route);
/* The interfaces as they were at router_new(). */
const struct interfaces *router_interfaces(const struct router *router);
/* The kernel's neighbour table: false when it does not know (or only failed). */
bool router_neighbour(struct router *router, unsigned interface, const struct ip_addr *addr,
		      struct mac_addr *ret_mac);

#endif
