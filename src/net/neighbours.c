#include "net/neighbours.h"
#include "util/alloc.h"
#include "util/error.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#define TRIES 4
/* The kernel keeps 1024 unless told otherwise. */
#define NEIGHBOURS_MAX ((size_t)1 << 20)
#define USABLE         (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

void neighbours_release(struct neighbours *neighbours)
{
	alloc_free(neighbours->at);
	*neighbours = (struct neighbours){0};
}

int neighbours_add(struct neighbours *neighbours, const struct neighbour_message *entry)
{
	size_t count = neighbours->count;

	if (!(entry->state & USABLE) || !entry->has_mac || count >= NEIGHBOURS_MAX)
		return 0;
	/* Room is made at each power of two. */
	if (!(count & (count - 1))) {
		struct neighbour_message *at = alloc_resize(neighbours->at, count ? count * 2 : 1,
							    sizeof(*neighbours->at));

		if (!at)
			return ERROR_MEMORY;
		neighbours->at = at;
	}
	neighbours->at[neighbours->count++] = *entry;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct neighbour_message *one = a, *other = b;

	if (one->interface != other->interface)
		return one->interface < other->interface ? -1 : 1;
	return ip_compare(&one->addr, &other->addr);
}

void neighbours_sort(struct neighbours *neighbours)
{
	if (neighbours->count)
		qsort(neighbours->at, neighbours->count, sizeof(*neighbours->at), by_place);
}

static int take(void *self, const struct netlink_message *message)
{
	struct neighbour_message entry;

	if (message->type != RTM_NEWNEIGH || !neighbour_message_parse(message->body, &entry))
		return 0;
	return neighbours_add(self, &entry);
}

int neighbours_read(struct neighbours *neighbours, struct netlink *netlink)
{
	int tries, r = ERROR_BUSY;

	for (tries = 0; r == ERROR_BUSY && tries < TRIES; tries++) {
		neighbours_release(neighbours);
		r = netlink_dump(netlink, RTM_GETNEIGH, AF_UNSPEC, take, neighbours);
	}
	neighbours_sort(neighbours);
	/* A table in motion: what was read is true all the same. */
	return r == ERROR_BUSY ? 0 : r;
}

bool neighbours_find(const struct neighbours *neighbours, unsigned interface,
		     const struct ip_addr *addr, struct mac_addr *ret_mac)
{
	struct neighbour_message wanted = {.interface = interface, .addr = *addr};
	const struct neighbour_message *found;

	if (!neighbours->count)
		return false;
	if (addr->family == IP_V6 && ip_is_link_local(addr))
		wanted.addr.scope_id = interface;
	found = bsearch(&wanted, neighbours->at, neighbours->count, sizeof(*neighbours->at),
			by_place);
	if (!found)
		return false;
	*ret_mac = found->mac;
	return true;
}
