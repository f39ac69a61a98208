/* A socket to the kernel's routing tables (rtnetlink, by libmnl): one question
 * at a time, and its answer. Knows nothing of what the messages mean. */
#ifndef PORTOLAN_NET_NETLINK_H
#define PORTOLAN_NET_NETLINK_H

#include "net/netlink_read.h"
#include "util/diag.h"

struct netlink;

/* ERROR_SYSTEM, ERROR_MEMORY with words. */
int netlink_open(struct netlink **ret_netlink, struct diag *diag);
void netlink_close(struct netlink *netlink); /* NULL is fine */

/* A negative result ends the dump, and is what it gives. */
typedef int netlink_take(void *self, const struct netlink_message *message);

/* Every entry of one of the kernel's tables: `type` is RTM_GET..., `family` AF_*.
 * ERROR_BUSY: the table changed meanwhile, so that entries may be missing or
 * double; forget them and ask again. ERROR_SYSTEM with errno set. */
int netlink_dump(struct netlink *netlink, uint16_t type, uint8_t family, netlink_take *take,
		 void *self);

/* What a question is made of. */
struct netlink_question {
	struct ip_addr to, from; /* from: IP_NONE for the kernel's choice */
	unsigned interface;      /* only through this one; 0 any */
};

/* RTM_GETROUTE for one address. `take` gets the answer; what the kernel refuses is
 * ERROR_SYSTEM with errno set. */
int netlink_ask_route(struct netlink *netlink, const struct netlink_question *question,
		      netlink_take *take, void *self);

#endif
