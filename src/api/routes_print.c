/* The tables of --iflist, as the reference has them. */
#include "api/routes.h"
#include "api/version.h"
#include "net/netlink.h"
#include "report/format/table.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#define TRIES 8

static const char *kind_name(const struct interface *at)
{
	switch (at->kind) {
	case INTERFACE_ETHERNET:
		return "ethernet";
	case INTERFACE_LOOPBACK:
		return "loopback";
	case INTERFACE_POINT:
		return "point2point";
	default:
		return "other";
	}
}

/* "addr/bits", without the zone: the row names the interface. */
static void add_prefix(struct table *table, struct ip_addr addr, unsigned bits)
{
	char text[IP_TEXT_BYTES], cell[IP_TEXT_BYTES + 8];

	addr.scope_id = 0;
	snprintf(cell, sizeof(cell), "%s/%u", ip_format(&addr, text), bits);
	table_add(table, cell, NULL);
}

static void add_number(struct table *table, unsigned long number)
{
	char cell[24];

	snprintf(cell, sizeof(cell), "%lu", number);
	table_add(table, cell, NULL);
}

static void add_interface(struct table *table, const struct interface *at,
			  const struct interface_addr *addr)
{
	char cell[IF_NAMESIZE + 8], mac[MAC_TEXT_BYTES];

	table_add(table, at->name, NULL);
	snprintf(cell, sizeof(cell), "(%s)", at->name);
	table_add(table, cell, NULL);
	if (addr)
		add_prefix(table, addr->addr, addr->prefix_bits);
	else
		table_add(table, "(none)/0", NULL);
	table_add(table, kind_name(at), NULL);
	table_add(table, at->up ? "up" : "down", NULL);
	add_number(table, at->mtu);
	if (at->kind == INTERFACE_ETHERNET)
		table_add(table, mac_format(&at->mac, mac), NULL);
	table_end_row(table);
}

static void add_heads(struct table *table, const char *const *heads, size_t count)
{
	size_t i;

	table_init(table, count);
	for (i = 0; i < count; i++)
		table_add(table, heads[i], NULL);
	table_end_row(table);
}

void routes_print_interfaces(const struct interfaces *interfaces, struct buf *out)
{
	static const char *const heads[] = {"DEV", "(SHORT)", "IP/MASK", "TYPE",
					    "UP",  "MTU",     "MAC"};
	struct table table;
	size_t i, j;

	if (!interfaces->count) {
		buf_add_str(out, "INTERFACES: NONE FOUND(!)\n");
		return;
	}
	add_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (i = 0; i < interfaces->count; i++) {
		const struct interface *at = &interfaces->at[i];

		if (!at->addrs_count)
			add_interface(&table, at, NULL);
		for (j = 0; j < at->addrs_count; j++)
			add_interface(&table, at, &at->addrs[j]);
	}
	buf_add_str(out, "************************INTERFACES************************\n");
	table_print(&table, out);
	buf_add_char(out, '\n');
	table_release(&table);
}

static void add_route(struct table *table, const struct interfaces *interfaces,
		      const struct route_message *route)
{
	const struct interface *at = interfaces_by_index(interfaces, route->interface);
	struct ip_addr gateway = route->gateway;
	char text[IP_TEXT_BYTES];

	add_prefix(table, route->to, route->to_bits);
	table_add(table, at ? at->name : "-", NULL);
	add_number(table, route->metric);
	gateway.scope_id = 0;
	table_add(table, gateway.family ? ip_format(&gateway, text) : "", NULL);
	table_end_row(table);
}

void routes_print_table(const struct interfaces *interfaces, const struct route_message *routes,
			size_t count, struct buf *out)
{
	static const char *const heads[] = {"DST/MASK", "DEV", "METRIC", "GATEWAY"};
	struct table table;
	size_t i;

	if (!count) {
		buf_add_str(out, "ROUTES: NONE FOUND(!)\n");
		return;
	}
	add_heads(&table, heads, sizeof(heads) / sizeof(heads[0]));
	for (i = 0; i < count; i++)
		add_route(&table, interfaces, &routes[i]);
	buf_add_str(out, "**************************ROUTES**************************\n");
	table_print(&table, out);
	buf_add_char(out, '\n');
	table_release(&table);
}

/* Of IPv4 the main table (the others are policy, or our own addresses); of IPv6
 * also our own addresses and multicast, which the reference shows. */
static bool is_shown(const struct route_message *route)
{
	if (route->flags & RTM_F_CLONED)
		return false;
	if (route->to.family == IP_V4)
		return route->table == RT_TABLE_MAIN;
	return route->table == RT_TABLE_MAIN || route->table == RT_TABLE_LOCAL;
}

static int take_route(void *self, const struct netlink_message *message)
{
	struct buf *routes = self;
	struct route_message route;

	if (message->type != RTM_NEWROUTE || !route_message_parse(message->body, &route) ||
	    !is_shown(&route))
		return 0;
	buf_add(routes, &route, sizeof(route));
	return buf_ok(routes) ? 0 : ERROR_MEMORY;
}

/* IPv4 before IPv6, narrow before wide, cheap before dear: as a packet finds them. */
static int by_order(const void *a, const void *b)
{
	const struct route_message *one = a, *other = b;
	int order = (one->to.family > other->to.family) - (one->to.family < other->to.family);

	if (!order)
		order = (one->to_bits < other->to_bits) - (one->to_bits > other->to_bits);
	if (!order)
		order = (one->metric > other->metric) - (one->metric < other->metric);
	if (!order)
		order = ip_compare(&one->to, &other->to);
	return order ? order
		     : (one->interface > other->interface) - (one->interface < other->interface);
}

static int read_routes(struct buf *routes, struct diag *diag)
{
	struct netlink *netlink = NULL;
	int tries, r = netlink_open(&netlink, diag);

	if (r < 0)
		return r;
	for (tries = 0, r = ERROR_BUSY; r == ERROR_BUSY && tries < TRIES; tries++) {
		buf_clear(routes);
		r = netlink_dump(netlink, RTM_GETROUTE, AF_UNSPEC, take_route, routes);
	}
	netlink_close(netlink);
	if (r == ERROR_MEMORY)
		return diag_set(diag, r, "out of memory");
	if (r < 0)
		return diag_set(diag, ERROR_SYSTEM, "cannot read the routes: %s",
				r == ERROR_BUSY ? "they change all the time"
						: strerrordesc_np(errno));
	return 0;
}

int routes_list(struct buf *out, struct diag *diag)
{
	struct interfaces interfaces = {0};
	struct buf routes = BUF_INIT;
	struct route_message *at;
	size_t count;
	int r = interfaces_read(&interfaces, diag);

	if (r == 0)
		r = read_routes(&routes, diag);
	if (r == 0) {
		/* buf's memory is as alloc_resize() gives it: aligned for any type. */
		at = (struct route_message *)(void *)routes.data;
		count = routes.len / sizeof(*at);
		if (count)
			qsort(at, count, sizeof(*at), by_order);
		routes_print_interfaces(&interfaces, out);
		routes_print_table(&interfaces, at, count, out);
	}
	buf_release(&routes);
	interfaces_release(&interfaces);
	return r;
}
