#include "net/netlink_parse.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_addrlabel.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

static bool family_of(uint8_t system, struct ip_addr *ret_zero)
{
	if (system != AF_INET && system != AF_INET6)
		return false;
	*ret_zero = (struct ip_addr){.family = system == AF_INET ? IP_V4 : IP_V6};
	return true;
}

/* Takes the address when it is of the message's own family; `addr` tells which. */
static void take_addr(struct netlink_attr attr, struct ip_addr *addr, uint8_t family)
{
	struct ip_addr found;

	if (netlink_attr_ip(attr, &found) && found.family == family)
		*addr = found;
}

static void set_scope(struct ip_addr *addr, unsigned interface)
{
	if (addr->family == IP_V6 && ip_is_link_local(addr))
		addr->scope_id = interface;
}

static bool take_mac(struct netlink_attr attr, struct mac_addr *mac)
{
	if (attr.value.left_bytes != sizeof(mac->bytes))
		return false;
	memcpy(mac->bytes, attr.value.at, sizeof(mac->bytes));
	return true;
}

static void take_name(struct netlink_attr attr, char name[IF_NAMESIZE])
{
	size_t count = strnlen((const char *)attr.value.at, attr.value.left_bytes);

	if (count >= IF_NAMESIZE)
		count = IF_NAMESIZE - 1;
	memcpy(name, attr.value.at, count);
	name[count] = '\0';
}

bool link_message_parse(struct reader body, struct link_message *ret_link)
{
	struct link_message link = {0};
	struct netlink_attr attr;

	reader_skip(&body, 2); /* family, padding */
	link.type = netlink_read_u16(&body);
	link.index = netlink_read_u32(&body);
	link.flags = netlink_read_u32(&body);
	reader_skip(&body, 4); /* change mask */
	if (!reader_ok(&body))
		return false;
	while (netlink_next_attr(&body, &attr)) {
		if (attr.type == IFLA_IFNAME)
			take_name(attr, link.name);
		else if (attr.type == IFLA_MTU)
			(void)netlink_attr_u32(attr, &link.mtu);
		else if (attr.type == IFLA_ADDRESS)
			link.has_mac = take_mac(attr, &link.mac);
	}
	*ret_link = link;
	return true;
}

bool addr_message_parse(struct reader body, struct addr_message *ret_addr)
{
	struct ip_addr zero, local = {0}, addr = {0};
	struct addr_message message = {0};
	struct netlink_attr attr;
	uint8_t family = read_u8(&body);

	message.prefix_bits = read_u8(&body);
	reader_skip(&body, 2); /* flags, scope */
	message.interface = netlink_read_u32(&body);
	if (!reader_ok(&body) || !family_of(family, &zero) || message.prefix_bits > ip_bits(&zero))
		return false;
	while (netlink_next_attr(&body, &attr)) {
		if (attr.type == IFA_LOCAL)
			take_addr(attr, &local, zero.family);
		else if (attr.type == IFA_ADDRESS)
			take_addr(attr, &addr, zero.family);
	}
	/* With a peer, IFA_ADDRESS is the peer's. */
	message.addr = local.family ? local : addr;
	if (!message.addr.family)
		return false;
	set_scope(&message.addr, message.interface);
	*ret_addr = message;
	return true;
}

static void take_metrics(struct netlink_attr metrics, struct route_message *route)
{
	struct netlink_attr attr;

	while (netlink_next_attr(&metrics.value, &attr))
		if (attr.type == RTAX_MTU)
			(void)netlink_attr_u32(attr, &route->mtu);
}

/* A next hop of the other family: struct rtvia. */
static void take_via(struct netlink_attr attr, struct route_message *route)
{
	uint16_t family = netlink_read_u16(&attr.value);
	struct ip_addr addr;

	if (family > UINT8_MAX || !family_of((uint8_t)family, &addr))
		return;
	take_addr(attr, &route->gateway, addr.family);
}

/* One attribute that says how to get there. */
static void take_way(struct netlink_attr attr, struct route_message *route)
{
	if (attr.type == RTA_OIF)
		(void)netlink_attr_u32(attr, &route->interface);
	else if (attr.type == RTA_GATEWAY)
		take_addr(attr, &route->gateway, route->to.family);
	else if (attr.type == RTA_VIA)
		take_via(attr, route);
}

/* The first of several next hops: struct rtnexthop. */
static void take_first_way(struct netlink_attr ways, struct route_message *route)
{
	uint16_t bytes = netlink_read_u16(&ways.value);
	struct netlink_attr attr;
	const uint8_t *rest;
	unsigned interface;

	reader_skip(&ways.value, 2); /* flags, weight */
	interface = netlink_read_u32(&ways.value);
	if (bytes < sizeof(struct rtnexthop) ||
	    !(rest = reader_take(&ways.value, bytes - sizeof(struct rtnexthop))))
		return;
	route->interface = interface;
	ways.value = reader_of(rest, bytes - sizeof(struct rtnexthop));
	while (netlink_next_attr(&ways.value, &attr))
		take_way(attr, route);
}

static void take_route_attr(struct netlink_attr attr, struct route_message *route)
{
	switch (attr.type) {
	case RTA_DST:
		take_addr(attr, &route->to, route->to.family);
		break;
	case RTA_PREFSRC:
		take_addr(attr, &route->source, route->to.family);
		break;
	case RTA_TABLE:
		(void)netlink_attr_u32(attr, &route->table);
		break;
	case RTA_PRIORITY:
		(void)netlink_attr_u32(attr, &route->metric);
		break;
	case RTA_METRICS:
		take_metrics(attr, route);
		break;
	case RTA_MULTIPATH:
		take_first_way(attr, route);
		break;
	default:
		take_way(attr, route);
	}
}

bool route_message_parse(struct reader body, struct route_message *ret_route)
{
	struct route_message route = {0};
	struct netlink_attr attr;
	uint8_t family = read_u8(&body);

	route.to_bits = read_u8(&body);
	reader_skip(&body, 2); /* source bits, type of service */
	route.table = read_u8(&body);
	reader_skip(&body, 2); /* protocol, scope */
	route.type = read_u8(&body);
	route.flags = netlink_read_u32(&body);
	if (!reader_ok(&body) || !family_of(family, &route.to) ||
	    route.to_bits > ip_bits(&route.to))
		return false;
	while (netlink_next_attr(&body, &attr))
		take_route_attr(attr, &route);
	set_scope(&route.source, route.interface);
	set_scope(&route.gateway, route.interface);
	*ret_route = route;
	return true;
}

/* Attributes of which one, `type`, holds the prefix. */
static void take_prefix(struct reader *attrs, uint16_t type, struct ip_addr *to)
{
	struct netlink_attr attr;

	while (netlink_next_attr(attrs, &attr))
		if (attr.type == type)
			take_addr(attr, to, to->family);
}

bool rule_message_parse(struct reader body, struct prefix_message *ret_rule)
{
	struct prefix_message rule = {0};
	uint8_t family = read_u8(&body);

	rule.bits = read_u8(&body);
	/* The rest of struct fib_rule_hdr: it is the same for every destination. */
	reader_skip(&body, sizeof(struct fib_rule_hdr) - 2);
	if (!reader_ok(&body) || !family_of(family, &rule.to) || rule.bits > ip_bits(&rule.to))
		return false;
	take_prefix(&body, FRA_DST, &rule.to);
	*ret_rule = rule;
	return true;
}

bool label_message_parse(struct reader body, struct prefix_message *ret_label)
{
	struct prefix_message label = {0};
	uint8_t family = read_u8(&body);

	reader_skip(&body, 1);
	label.bits = read_u8(&body);
	reader_skip(&body, sizeof(struct ifaddrlblmsg) - 3);
	if (!reader_ok(&body) || !family_of(family, &label.to) || label.bits > ip_bits(&label.to))
		return false;
	take_prefix(&body, IFAL_ADDRESS, &label.to);
	*ret_label = label;
	return true;
}

bool neighbour_message_parse(struct reader body, struct neighbour_message *ret_neighbour)
{
	struct neighbour_message neighbour = {0};
	struct netlink_attr attr;
	struct ip_addr zero;
	uint8_t family = read_u8(&body);

	reader_skip(&body, 3);
	neighbour.interface = netlink_read_u32(&body);
	neighbour.state = netlink_read_u16(&body);
	reader_skip(&body, 2); /* flags, type */
	if (!reader_ok(&body) || !family_of(family, &zero))
		return false;
	while (netlink_next_attr(&body, &attr)) {
		if (attr.type == NDA_DST)
			take_addr(attr, &neighbour.addr, zero.family);
		else if (attr.type == NDA_LLADDR)
			neighbour.has_mac = take_mac(attr, &neighbour.mac);
	}
	if (!neighbour.addr.family)
		return false;
	set_scope(&neighbour.addr, neighbour.interface);
	*ret_neighbour = neighbour;
	return true;
}
