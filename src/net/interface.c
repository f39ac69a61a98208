#include "net/interface.h"
#include "net/netlink.h"
#include "net/netlink_parse.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* Where a table changes all the time, take it as it comes. */
#define TRIES 8

void interfaces_release(struct interfaces *interfaces)
{
	size_t i;

	for (i = 0; i < interfaces->count; i++)
		alloc_free(interfaces->at[i].addrs);
	alloc_free(interfaces->at);
	*interfaces = (struct interfaces){0};
}

/* What the kernel makes of packets that we give to it: frames it leaves alone,
 * and for all tunnels and odd links it writes the header itself. */
static enum interface_kind kind_of(const struct link_message *link)
{
	if (link->flags & IFF_LOOPBACK)
		return INTERFACE_LOOPBACK;
	switch (link->type) {
	case ARPHRD_ETHER:
		return link->has_mac ? INTERFACE_ETHERNET : INTERFACE_OTHER;
	case ARPHRD_NONE:
	case ARPHRD_PPP:
	case ARPHRD_RAWIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
	case ARPHRD_SLIP:
	case ARPHRD_CSLIP:
	case ARPHRD_INFINIBAND:
		return INTERFACE_POINT;
	default:
		return INTERFACE_OTHER;
	}
}

/* Arrays double as they grow: room is made at each power of two. */
static bool grow(void **array, size_t count, size_t each_bytes)
{
	void *grown;

	if (count & (count - 1))
		return true;
	grown = alloc_resize(*array, count ? count * 2 : 1, each_bytes);
	if (!grown)
		return false;
	*array = grown;
	return true;
}

static int add_link(void *self, const struct netlink_message *message)
{
	struct interfaces *interfaces = self;
	struct link_message link;
	struct interface *made;
	void *array = interfaces->at;

	if (message->type != RTM_NEWLINK || !link_message_parse(message->body, &link))
		return 0;
	if (!grow(&array, interfaces->count, sizeof(*made)))
		return ERROR_MEMORY;
	interfaces->at = array;
	made = &interfaces->at[interfaces->count++];
	*made = (struct interface){
		.index = link.index,
		.kind = kind_of(&link),
		.up = link.flags & IFF_UP,
		.mtu = link.mtu,
	};
	memcpy(made->name, link.name, sizeof(made->name));
	if (made->kind == INTERFACE_ETHERNET) {
		made->mac = link.mac;
		made->arp = !(link.flags & IFF_NOARP);
	}
	return 0;
}

static struct interface *find(const struct interfaces *interfaces, unsigned index)
{
	size_t i;

	for (i = 0; i < interfaces->count; i++)
		if (interfaces->at[i].index == index)
			return &interfaces->at[i];
	return NULL;
}

static int add_addr(void *self, const struct netlink_message *message)
{
	struct addr_message addr;
	struct interface *at;
	void *array;

	if (message->type != RTM_NEWADDR || !addr_message_parse(message->body, &addr) ||
	    !(at = find(self, addr.interface)))
		return 0;
	array = at->addrs;
	if (!grow(&array, at->addrs_count, sizeof(*at->addrs)))
		return ERROR_MEMORY;
	at->addrs = array;
	at->addrs[at->addrs_count++] = (struct interface_addr){addr.addr, addr.prefix_bits};
	return 0;
}

static int read_once(struct netlink *netlink, struct interfaces *interfaces)
{
	int r = netlink_dump(netlink, RTM_GETLINK, AF_UNSPEC, add_link, interfaces);

	return r < 0 ? r : netlink_dump(netlink, RTM_GETADDR, AF_UNSPEC, add_addr, interfaces);
}

static int read_calmly(struct netlink *netlink, struct interfaces *interfaces)
{
	int tries, r = ERROR_BUSY;

	for (tries = 0; r == ERROR_BUSY && tries < TRIES; tries++) {
		interfaces_release(interfaces);
		r = read_once(netlink, interfaces);
	}
	return r;
}

int interfaces_read(struct interfaces *ret_interfaces, struct diag *diag)
{
	struct interfaces interfaces = {0};
	struct netlink *netlink = NULL;
	int r = netlink_open(&netlink, diag);

	if (r < 0)
		return r;
	r = read_calmly(netlink, &interfaces);
	if (r == ERROR_MEMORY)
		diag_set(diag, r, "out of memory");
	else if (r < 0)
		r = diag_set(diag, ERROR_SYSTEM, "cannot read the list of interfaces: %s",
			     r == ERROR_BUSY ? "it changes all the time" : strerrordesc_np(errno));
	netlink_close(netlink);
	if (r < 0)
		interfaces_release(&interfaces);
	else
		*ret_interfaces = interfaces;
	return r;
}

const struct interface *interfaces_by_index(const struct interfaces *interfaces, unsigned index)
{
	return find(interfaces, index);
}

const struct interface *interfaces_by_name(const struct interfaces *interfaces, const char *name)
{
	size_t i;

	for (i = 0; i < interfaces->count; i++)
		if (!strcmp(interfaces->at[i].name, name))
			return &interfaces->at[i];
	return NULL;
}

static bool has_addr(const struct interface *interface, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < interface->addrs_count; i++)
		if (ip_equal(&interface->addrs[i].addr, addr))
			return true;
	return false;
}

bool interfaces_has_addr(const struct interfaces *interfaces, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < interfaces->count; i++)
		if (has_addr(&interfaces->at[i], addr))
			return true;
	return false;
}
