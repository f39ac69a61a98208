/* The kernel is asked once per piece (route_pieces.h) and its answer is kept as a
 * range (route_ranges.h). What would be too much to keep goes into a ring of slots
 * that are used again. */
#include "net/route.h"
#include "net/neighbours.h"
#include "net/netlink.h"
#include "net/netlink_parse.h"
#include "net/route_pieces.h"
#include "net/route_ranges.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define TRIES 8
/* Of an interface that came after router_new(): RFC 8200, 5. */
#define MTU_UNKNOWN 1280
/* Zones with a memory of their own; there are as many as interfaces in use. */
#define ZONES_MAX 256

struct router {
	struct netlink *netlink;
	struct interfaces interfaces;
	struct neighbours neighbours;
	bool neighbours_known;
	unsigned only; /* -e */
	struct ip_addr source;
	bool source_asked; /* the kernel takes it: it is ours, or IPv6 */
	struct route_pieces pieces_v4, pieces_v6;
	struct route_ranges ranges_v4, ranges_v6; /* no zone */
	struct route_ranges *zones[ZONES_MAX];
	size_t zones_count;
	struct arena arena;
	struct route_range slots[ROUTE_SLOTS];
	size_t next_slot;
};

void router_free(struct router *router)
{
	size_t i;

	if (!router)
		return;
	netlink_close(router->netlink);
	interfaces_release(&router->interfaces);
	neighbours_release(&router->neighbours);
	route_pieces_release(&router->pieces_v4);
	route_pieces_release(&router->pieces_v6);
	route_ranges_release(&router->ranges_v4);
	route_ranges_release(&router->ranges_v6);
	for (i = 0; i < router->zones_count; i++)
		route_ranges_release(router->zones[i]);
	arena_release(&router->arena);
	alloc_free(router);
}

const struct interfaces *router_interfaces(const struct router *router)
{
	return &router->interfaces;
}

/* Where answers may change */

static int cut(struct router *router, const struct ip_addr *addr, unsigned bits)
{
	return route_pieces_cut(addr->family == IP_V6 ? &router->pieces_v6 : &router->pieces_v4,
				addr, bits);
}

/* The preferred source is cut out for the sake of narrow(). */
static int cut_route(struct router *router, const struct route_message *route)
{
	int r = cut(router, &route->to, route->to_bits);

	if (r < 0 || route->source.family == IP_NONE)
		return r;
	return cut(router, &route->source, ip_bits(&route->source));
}

static int cut_message(void *self, const struct netlink_message *message)
{
	struct prefix_message prefix;
	struct route_message route;

	if (message->type == RTM_NEWROUTE && route_message_parse(message->body, &route))
		return cut_route(self, &route);
	if ((message->type == RTM_NEWRULE && rule_message_parse(message->body, &prefix)) ||
	    (message->type == RTM_NEWADDRLABEL && label_message_parse(message->body, &prefix)))
		return cut(self, &prefix.to, prefix.bits);
	return 0;
}

/* Cuts that are there twice, or of what is gone, do no harm; so a table that changes
 * is only read once more. */
static int cut_table(struct router *router, uint16_t type, uint8_t family)
{
	int tries, r = ERROR_BUSY;

	for (tries = 0; r == ERROR_BUSY && tries < TRIES; tries++)
		r = netlink_dump(router->netlink, type, family, cut_message, router);
	return r == ERROR_BUSY ? 0 : r;
}

static int cut_addresses(struct router *router)
{
	size_t i, j;
	int r = 0;

	for (i = 0; i < router->interfaces.count; i++) {
		const struct interface *at = &router->interfaces.at[i];

		for (j = 0; r == 0 && j < at->addrs_count; j++)
			r = cut(router, &at->addrs[j].addr, ip_bits(&at->addrs[j].addr));
	}
	return r;
}

static int cut_all(struct router *router)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	size_t i;
	int r = cut_addresses(router);

	for (i = 0; r == 0 && i < sizeof(families); i++) {
		r = cut_table(router, RTM_GETROUTE, families[i]);
		/* Kernels can be built without rules, or without IPv6. */
		if (r == 0 && cut_table(router, RTM_GETRULE, families[i]) == ERROR_MEMORY)
			r = ERROR_MEMORY;
	}
	if (r == 0 && cut_table(router, RTM_GETADDRLABEL, AF_INET6) == ERROR_MEMORY)
		r = ERROR_MEMORY;
	route_pieces_seal(&router->pieces_v4);
	route_pieces_seal(&router->pieces_v6);
	return r;
}

/* One question */

static int take_route(void *self, const struct netlink_message *message)
{
	struct route_message *route = self;

	if (message->type != RTM_NEWROUTE || !route_message_parse(message->body, route)) {
		errno = EPROTO;
		return ERROR_SYSTEM;
	}
	return 0;
}

/* What the kernel says for an address that it has no way to, of whatever kind; also
 * when it has no such protocol, or the interface is gone or down. */
static bool is_refusal(int error)
{
	static const int refusals[] = {
		ENETUNREACH, EHOSTUNREACH, EACCES,       EINVAL,        ENODEV,
		ENETDOWN,    EOPNOTSUPP,   EAFNOSUPPORT, EADDRNOTAVAIL,
	};
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i] == error)
			return true;
	return false;
}

/* 0, *ret_refusal set or not; or ERROR_SYSTEM. */
static int ask(struct router *router, const struct netlink_question *question,
	       struct route_message *ret_route, int *ret_refusal)
{
	int r = netlink_ask_route(router->netlink, question, take_route, ret_route);

	*ret_refusal = 0;
	if (r < 0 && is_refusal(errno)) {
		*ret_refusal = errno;
		r = 0;
	}
	return r;
}

static bool ours(const struct router *router, const struct ip_addr *to)
{
	return router->source.family == to->family;
}

static unsigned mtu_of(const struct router *router, const struct route_message *message)
{
	const struct interface *at = interfaces_by_index(&router->interfaces, message->interface);
	unsigned mtu = at ? at->mtu : MTU_UNKNOWN;

	return message->mtu && (!at || message->mtu < mtu) ? message->mtu : mtu;
}

static void fill_route(const struct router *router, const struct ip_addr *to,
		       const struct route_message *message, struct route *route)
{
	route->interface = message->interface;
	route->source = message->source;
	route->next_hop = message->gateway;
	/* Anycast addresses are ours, too, and others may have them as well. */
	route->local = message->type == RTN_LOCAL || message->type == RTN_ANYCAST;
	route->mtu = mtu_of(router, message);
	if (ours(router, to))
		route->source = router->source;
}

static int ask_for(struct router *router, const struct ip_addr *to, struct route_range *answer)
{
	struct netlink_question question = {
		.to = *to,
		.interface = to->scope_id ? to->scope_id : router->only,
	};
	struct route_message message = {0};
	int r;

	/* A zone that -e excludes. */
	if (to->scope_id && router->only && to->scope_id != router->only) {
		answer->refusal = ENETUNREACH;
		return 0;
	}
	if (ours(router, to) && router->source_asked)
		question.from = router->source;
	r = ask(router, &question, &message, &answer->refusal);
	if (r == 0 && !answer->refusal)
		fill_route(router, to, &message, &answer->route);
	return r;
}

/* What is remembered */

static bool add_zone(struct router *router, uint32_t scope_id, struct route_ranges **ret_ranges)
{
	struct route_ranges *zone;

	if (router->zones_count == ZONES_MAX ||
	    !(zone = arena_alloc(&router->arena, sizeof(*zone))))
		return false;
	*zone = (struct route_ranges){.family = IP_V6, .scope_id = scope_id};
	router->zones[router->zones_count++] = zone;
	*ret_ranges = zone;
	return true;
}

/* False: nothing can be remembered of this zone. */
static bool ranges_for(struct router *router, const struct ip_addr *to,
		       struct route_ranges **ret_ranges)
{
	size_t i;

	if (to->family == IP_V4 || !to->scope_id) {
		*ret_ranges = to->family == IP_V4 ? &router->ranges_v4 : &router->ranges_v6;
		return true;
	}
	for (i = 0; i < router->zones_count; i++) {
		*ret_ranges = router->zones[i];
		if ((*ret_ranges)->scope_id == to->scope_id)
			return true;
	}
	return add_zone(router, to->scope_id, ret_ranges);
}

static const struct route_range *use_slot(struct router *router, const struct ip_addr *to,
					  const struct route_range *answer)
{
	struct route_range *slot = &router->slots[router->next_slot++ % ROUTE_SLOTS];

	*slot = *answer;
	route_range_stamp(slot, to->family, to->scope_id);
	return slot;
}

/* What goes to ourselves has the target as its source where the route names none, so
 * the answer is for that one address. It cannot be told from a route that names this very
 * address; but then the address is a piece of its own anyway. */
static void narrow(const struct ip_addr *to, struct route_range *answer)
{
	const struct route *route = &answer->route;

	if (route->local && ip_equal(&route->source, to))
		answer->first = answer->last = ip_value_of(to);
}

static int learn(struct router *router, const struct ip_addr *to, struct route_range *ret_answer)
{
	int r = ask_for(router, to, ret_answer);

	if (r < 0)
		return r;
	route_pieces_find(to->family == IP_V6 ? &router->pieces_v6 : &router->pieces_v4,
			  ip_value_of(to), &ret_answer->first, &ret_answer->last);
	narrow(to, ret_answer);
	return 0;
}

static int learn_for_now(struct router *router, const struct ip_addr *to,
			 const struct route_range **ret_range)
{
	struct route_range answer = {0};
	int r = learn(router, to, &answer);

	if (r == 0)
		*ret_range = use_slot(router, to, &answer);
	return r;
}

static int learn_for_good(struct router *router, const struct ip_addr *to,
			  struct route_ranges *ranges, const struct route_range **ret_range)
{
	struct route_range answer = {0};
	int r = learn(router, to, &answer);

	if (r < 0)
		return r;
	*ret_range = route_ranges_add(ranges, &router->arena, &answer);
	if (!*ret_range)
		*ret_range = use_slot(router, to, &answer);
	return 0;
}

static int find_range(struct router *router, const struct ip_addr *to,
		      const struct route_range **ret_range)
{
	struct route_ranges *ranges;

	if (to->family != IP_V4 && to->family != IP_V6)
		return ERROR_NOT_FOUND;
	if (!ranges_for(router, to, &ranges))
		return learn_for_now(router, to, ret_range);
	*ret_range = route_ranges_find(ranges, ip_value_of(to));
	return *ret_range ? 0 : learn_for_good(router, to, ranges, ret_range);
}

int router_lookup(struct router *router, const struct ip_addr *to, const struct route **ret_route)
{
	const struct route_range *range = NULL;
	int r = find_range(router, to, &range);

	if (r < 0)
		return r;
	if (range->refusal)
		return ERROR_NOT_FOUND;
	*ret_route = &range->route;
	return 0;
}

const char *router_refusal(struct router *router, const struct ip_addr *to)
{
	const struct route_range *range = NULL;

	if (find_range(router, to, &range) < 0)
		return "the kernel does not answer";
	switch (range->refusal) {
	case 0:
		return NULL;
	case ENETUNREACH:
		return "no route";
	case EHOSTUNREACH:
		return "a route says unreachable";
	case EACCES:
		return "a route says prohibit";
	case EINVAL: /* of blackhole routes, and of addresses that mean nothing */
		return "a blackhole, or an address that cannot be sent to";
	default:
		return strerrordesc_np(range->refusal);
	}
}

bool router_neighbour(struct router *router, unsigned interface, const struct ip_addr *addr,
		      struct mac_addr *ret_mac)
{
	if (!router->neighbours_known) {
		router->neighbours_known = true;
		(void)neighbours_read(&router->neighbours, router->netlink);
	}
	return neighbours_find(&router->neighbours, interface, addr, ret_mac);
}

/* Set-up */

/* IPv4 refuses to route from an address that is not ours (-S of someone else's); ours
 * are all that the table of local addresses leads to. */
static int check_source(struct router *router)
{
	struct netlink_question question = {.to = router->source};
	struct route_message message = {0};
	int refusal, r;

	router->source_asked = router->source.family == IP_V6 ||
			       interfaces_has_addr(&router->interfaces, &router->source);
	if (router->source.family == IP_NONE || router->source_asked)
		return 0;
	r = ask(router, &question, &message, &refusal);
	router->source_asked = r == 0 && !refusal && message.type == RTN_LOCAL;
	return r;
}

static int find_interface(struct router *router, const char *name, struct diag *diag)
{
	const struct interface *found;

	if (!name)
		return 0;
	found = interfaces_by_name(&router->interfaces, name);
	if (!found)
		return diag_set(diag, ERROR_NOT_FOUND,
				"there is no interface \"%.40s\" (-e); --iflist shows those "
				"that are there",
				name);
	router->only = found->index;
	return 0;
}

static int read_tables(struct router *router)
{
	int r;

	if ((r = route_pieces_init(&router->pieces_v4, IP_V4)) < 0 ||
	    (r = route_pieces_init(&router->pieces_v6, IP_V6)) < 0 || (r = cut_all(router)) < 0)
		return r;
	return check_source(router);
}

static int set_up(struct router *router, const struct router_config *config, struct diag *diag)
{
	int r;

	router->ranges_v4.family = IP_V4;
	router->ranges_v6.family = IP_V6;
	router->source = config->source;
	if ((r = netlink_open(&router->netlink, diag)) < 0 ||
	    (r = interfaces_read(&router->interfaces, diag)) < 0 ||
	    (r = find_interface(router, config->interface, diag)) < 0)
		return r;
	r = read_tables(router);
	if (r == ERROR_MEMORY)
		return diag_set(diag, r, "out of memory");
	if (r < 0)
		return diag_set(diag, ERROR_SYSTEM, "cannot read the routes: %s",
				strerrordesc_np(errno));
	return 0;
}

int router_new(const struct router_config *config, struct router **ret_router, struct diag *diag)
{
	struct router *router = alloc_zero(sizeof(*router));
	int r;

	if (!router)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	r = set_up(router, config, diag);
	if (r < 0) {
		router_free(router);
		return r;
	}
	*ret_router = router;
	return 0;
}
