/* Netlink messages as bytes: what a datagram of the kernel holds, cut into
 * messages and attributes. Knows no socket, and reads nothing past the end
 * whatever the bytes. Numbers are in the machine's own order, as netlink has
 * them. Everything borrows from the datagram. */
#ifndef PORTOLAN_NET_NETLINK_READ_H
#define PORTOLAN_NET_NETLINK_READ_H

#include "net/ip.h"
#include "util/reader.h"

struct netlink_message {
	uint16_t type, flags; /* NLMSG_*, RTM_*; NLM_F_* */
	uint32_t seq, port;
	struct reader body;
};

struct netlink_attr {
	uint16_t type; /* without NLA_F_* */
	struct reader value;
};

/* The next one of the datagram (of the rest of a message or attribute); false at
 * the end, and at the first whose length is impossible: what comes after it
 * cannot be told apart. */
bool netlink_next_message(struct reader *in, struct netlink_message *ret_message);
bool netlink_next_attr(struct reader *in, struct netlink_attr *ret_attr);

/* The machine's byte order; 0 past the end, which the reader remembers. */
uint16_t netlink_read_u16(struct reader *in);
uint32_t netlink_read_u32(struct reader *in);

/* The attribute's value; false when it has another length. */
bool netlink_attr_u32(struct netlink_attr attr, uint32_t *ret_value);
/* 4 bytes are IPv4, 16 are IPv6. No scope. */
bool netlink_attr_ip(struct netlink_attr attr, struct ip_addr *ret_addr);

/* What NLMSG_ERROR and NLMSG_DONE say: 0, or an errno value. A message that is
 * too short says EPROTO. */
int netlink_message_errno(struct netlink_message message);

#endif
