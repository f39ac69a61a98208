/* The kernel's neighbour table (ARP and ND), as it was when it was read. */
#ifndef PORTOLAN_NET_NEIGHBOURS_H
#define PORTOLAN_NET_NEIGHBOURS_H

#include "net/netlink.h"
#include "net/netlink_parse.h"

struct neighbours {
	struct neighbour_message *at; /* sorted by interface and address once read */
	size_t count;
};

void neighbours_release(struct neighbours *neighbours);
/* One entry; those without a usable hardware address are passed over. ERROR_MEMORY. */
int neighbours_add(struct neighbours *neighbours, const struct neighbour_message *entry);
/* After the last neighbours_add(). */
void neighbours_sort(struct neighbours *neighbours);
/* ERROR_SYSTEM (errno), ERROR_MEMORY. */
int neighbours_read(struct neighbours *neighbours, struct netlink *netlink);
bool neighbours_find(const struct neighbours *neighbours, unsigned interface,
		     const struct ip_addr *addr, struct mac_addr *ret_mac);

#endif
