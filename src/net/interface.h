/* The machine's network interfaces, read once from the kernel (rtnetlink). */
#ifndef PORTOLAN_NET_INTERFACE_H
#define PORTOLAN_NET_INTERFACE_H

#include "net/ip.h"
#include "net/mac.h"
#include "util/diag.h"

#include <net/if.h>

enum interface_kind {
	INTERFACE_ETHERNET, /* frames with MAC addresses (also bridges, veth, bonds, VLANs) */
	INTERFACE_LOOPBACK,
	INTERFACE_POINT, /* IP packets without link header: tun, ppp */
	INTERFACE_OTHER, /* nothing we can send on */
};

struct interface_addr {
	struct ip_addr addr;
	unsigned prefix_bits;
};

struct interface {
	unsigned index;
	char name[IF_NAMESIZE];
	enum interface_kind kind;
	bool up;
	bool arp; /* neighbours are found by ARP and ND (not IFF_NOARP) */
	unsigned mtu;
	struct mac_addr mac; /* INTERFACE_ETHERNET */
	struct interface_addr *addrs;
	size_t addrs_count;
};

struct interfaces {
	struct interface *at;
	size_t count;
};

/* ERROR_SYSTEM, ERROR_MEMORY with words. Release with interfaces_release(). */
int interfaces_read(struct interfaces *ret_interfaces, struct diag *diag);
void interfaces_release(struct interfaces *interfaces);
const struct interface *interfaces_by_index(const struct interfaces *interfaces, unsigned index);
const struct interface *interfaces_by_name(const struct interfaces *interfaces, const char *name);
/* Is this one of our own addresses? */
bool interfaces_has_addr(const struct interfaces *interfaces, const struct ip_addr *addr);

#endif
