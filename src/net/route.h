/* Which way a packet would go: the kernel's own choice of interface, source
 * address and next hop (rtnetlink), remembered by address range. */
#ifndef PORTOLAN_NET_ROUTE_H
#define PORTOLAN_NET_ROUTE_H

#include "net/interface.h"

struct router;

struct route {
	struct ip_addr first, last; /* the answer holds for every address of this range */
	unsigned interface;         /* index */
	struct ip_addr source;      /* what the kernel would send from, or -S; IP_NONE: has none */
	struct ip_addr next_hop;    /* IP_NONE: the target is on the link itself; an IPv4 target
				     * can have an IPv6 one */
	bool local;                 /* an address of our own machine (or loopback) */
	unsigned mtu;
};

struct router_config {
	const char *interface; /* -e: only through this one; NULL any */
	/* -S; IP_NONE: the kernel's choice. For targets of its family; it need not be ours. */
	struct ip_addr source;
};

/* Copies the configuration. ERROR_SYSTEM, ERROR_MEMORY, ERROR_NOT_FOUND (no such
 * interface) with words. */
int router_new(const struct router_config *config, struct router **ret_router, struct diag *diag);
void router_free(struct router *router); /* NULL is fine */

/* Routes look-ups may use again: see router_lookup(). */
#define ROUTE_SLOTS 1024

/* Same answer as `ip route get ADDRESS`, of the rules and tables as they were at
 * router_new(): the kernel is asked once for each range of addresses that must have one
 * and the same answer, so a look-up that hits what is remembered costs no system call.
 * A zone (scope_id) asks for that interface only. With several next hops for one route
 * the range has one of them.
 * The route is the router's and stays valid until router_free(), up to 65,536 of them
 * (each family, each zone; no machine short of an Internet router comes near). What does
 * not fit is asked for anew each time, and its route is valid for the next
 * ROUTE_SLOTS - 1 look-ups only.
 * ERROR_NOT_FOUND: no route (unreachable, prohibit, blackhole routes too).
 * ERROR_SYSTEM: the kernel did not answer (errno). */
int router_lookup(struct router *router, const struct ip_addr *to, const struct route **ret_route);
/* Why there is no route, in words (static); NULL when there is one. */
const char *router_refusal(struct router *router, const struct ip_addr *to);
/* The interfaces as they were at router_new(). */
const struct interfaces *router_interfaces(const struct router *router);
/* The kernel's neighbour table, read at the first call: false when it does not know (or only
 * failed). */
bool router_neighbour(struct router *router, unsigned interface, const struct ip_addr *addr,
		      struct mac_addr *ret_mac);

#endif
