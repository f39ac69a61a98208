/* The kernel's packet filter for what a scan wants to hear, as classic BPF
 * written by hand: no compiler and no libpcap at run time. */
#ifndef PORTOLAN_NET_LINK_FILTER_H
#define PORTOLAN_NET_LINK_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#define LINK_FILTER_MOST 64 /* instructions */

struct link_filter {
	struct sock_filter code[LINK_FILTER_MOST];
	unsigned short count;
};

/* What link_filter() of net/link.h promises.
 * `ethernet`: the socket shows Ethernet headers, and ARP is wanted; else the
 * program looks at the network header wherever it is, and only IP is wanted. */
void link_filter_build(struct link_filter *filter, bool ethernet, uint16_t first_port,
		       uint16_t last_port, bool all_protocols);

/* ERROR_SYSTEM. */
int link_filter_attach(int fd, const struct link_filter *filter);

#endif
