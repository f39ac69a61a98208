/* The messages of rtnetlink that we read: links, addresses, routes, rules,
 * neighbours, address labels. From bytes to values; nothing is kept. Each parser
 * takes the body of a message and is false when it is too short, or speaks of a
 * family that is neither IPv4 nor IPv6. */
#ifndef PORTOLAN_NET_NETLINK_PARSE_H
#define PORTOLAN_NET_NETLINK_PARSE_H

#include "net/interface.h"
#include "net/netlink_read.h"

/* RTM_NEWLINK */
struct link_message {
	unsigned index, flags; /* IFF_* */
	uint16_t type;         /* ARPHRD_* */
	unsigned mtu;
	char name[IF_NAMESIZE];
	struct mac_addr mac;
	bool has_mac; /* the hardware address has 6 bytes */
};

/* RTM_NEWADDR */
struct addr_message {
	unsigned interface, prefix_bits;
	struct ip_addr addr; /* scope set for IPv6 link-local */
};

/* RTM_NEWROUTE: an entry of a table, or the answer to a question. Of several
 * next hops it has the first. */
struct route_message {
	uint8_t type; /* RTN_* */
	uint32_t table, metric, flags;
	struct ip_addr to; /* all zero for a default route */
	unsigned to_bits;
	unsigned interface;             /* 0: none */
	struct ip_addr source, gateway; /* IP_NONE: none; the gateway may be of the other family */
	unsigned mtu;                   /* 0: not said */
};

/* RTM_NEWRULE, RTM_NEWADDRLABEL: where they begin and end to hold. */
struct prefix_message {
	struct ip_addr to;
	unsigned bits;
};

/* RTM_NEWNEIGH */
struct neighbour_message {
	unsigned interface;
	uint16_t state; /* NUD_* */
	struct ip_addr addr;
	struct mac_addr mac;
	bool has_mac;
};

bool link_message_parse(struct reader body, struct link_message *ret_link);
bool addr_message_parse(struct reader body, struct addr_message *ret_addr);
bool route_message_parse(struct reader body, struct route_message *ret_route);
bool rule_message_parse(struct reader body, struct prefix_message *ret_rule);
bool label_message_parse(struct reader body, struct prefix_message *ret_label);
bool neighbour_message_parse(struct reader body, struct neighbour_message *ret_neighbour);

#endif
