/* IP packets by raw sockets: the kernel finds the way, the neighbour and the
 * frame. For interfaces without frames (loopback, tun, ppp), and for --send-ip.
 * Hearing is a packet socket on the interface (link_ring.c), because raw IP
 * sockets would hear one protocol each, and not what the kernel answers itself.
 *
 * Packets leave by the interface of the link, except on loopback: our own
 * addresses are reached through it and yet belong to other interfaces, so a
 * look-up bound to it would not find them. That serves link-local addresses too:
 * with the interface given they need no scope, and our own are found without. */
#include "net/link.h"
#include "net/link_batch.h"
#include "net/link_ring.h"
#include "net/link_sockets.h"
#include "util/alloc.h"
#include "util/error.h"

#include <netinet/in.h>
#include <unistd.h>

#define IPV4_HEADER_BYTES 20
#define IPV6_HEADER_BYTES 40

struct way {
	int fd; /* -1: no such family */
	/* Which interface; no bytes: whichever the route says. */
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	size_t control_bytes;
};

struct ip_link {
	struct link base;
	struct link_ring ring;
	struct way v4, v6;
	uint64_t refused; /* frames that were not taken */
	struct link_batch batch;
	union {
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to[LINK_BATCH];
};

/* const or not is the caller's affair. */
static struct ip_link *ip_link(const struct link *link)
{
	return (struct ip_link *)link;
}

/* --- sending --- */

static enum ip_family family_of(const struct link_frame *frame)
{
	unsigned version = frame->count ? frame->bytes[0] >> 4 : 0;

	if (version == 4 && frame->count >= IPV4_HEADER_BYTES)
		return IP_V4;
	if (version == 6 && frame->count >= IPV6_HEADER_BYTES)
		return IP_V6;
	return IP_NONE;
}

static socklen_t address_v4(struct ip_link *own, size_t i, const struct link_frame *frame)
{
	struct sockaddr_in *to = &own->to[i].v4;

	*to = (struct sockaddr_in){.sin_family = AF_INET};
	memcpy(&to->sin_addr, frame->bytes + 16, sizeof(to->sin_addr));
	return sizeof(*to);
}

static socklen_t address_v6(struct ip_link *own, size_t i, const struct link_frame *frame)
{
	struct sockaddr_in6 *to = &own->to[i].v6;

	*to = (struct sockaddr_in6){.sin6_family = AF_INET6};
	memcpy(&to->sin6_addr, frame->bytes + 24, sizeof(to->sin6_addr));
	return sizeof(*to);
}

static void set_message(struct ip_link *own, size_t i, const struct way *way,
			const struct link_frame *frame)
{
	struct msghdr *message = &own->batch.messages[i].msg_hdr;

	link_batch_set(&own->batch, i, frame);
	message->msg_name = &own->to[i];
	message->msg_namelen =
		way == &own->v4 ? address_v4(own, i, frame) : address_v6(own, i, frame);
	message->msg_control = way->control_bytes ? (void *)way->control : NULL;
	message->msg_controllen = way->control_bytes;
}

/* As many frames as are of the first one's family; 0 and the first is no IP
 * packet, or of a family that the machine does not have. */
static size_t fill(struct ip_link *own, const struct link_frame *frames, size_t count,
		   struct way **ret_way)
{
	enum ip_family family = family_of(&frames[0]);
	size_t i;

	*ret_way = family == IP_V4 ? &own->v4 : &own->v6;
	if (family == IP_NONE || (*ret_way)->fd < 0)
		return 0;
	for (i = 0; i < count && i < LINK_BATCH && family_of(&frames[i]) == family; i++)
		set_message(own, i, *ret_way, &frames[i]);
	return i;
}

/* Gives how many are done with; *ret_full when the system had no room for more. */
static int send_some(struct ip_link *own, const struct link_frame *frames, size_t count,
		     bool *ret_full)
{
	uint64_t refused_before = own->batch.refused;
	struct way *way;
	size_t some = fill(own, frames, count, &way);
	int r;

	if (!some) {
		own->batch.refused++;
		return 1;
	}
	r = link_batch_send(&own->batch, way->fd, some);
	/* Of an interface that is gone raw sockets may say "no route" only. */
	if ((r < 0 || own->batch.refused > refused_before) && link_ring_is_lost(&own->ring))
		return ERROR_SYSTEM;
	if (r < 0)
		return r;
	*ret_full = (size_t)r < some;
	return r;
}

static int ip_send(struct link *link, const struct link_frame *frames, size_t count)
{
	struct ip_link *own = ip_link(link);
	bool full = false;
	size_t taken = 0;

	if (own->ring.gone)
		return ERROR_SYSTEM;
	while (taken < count && !full) {
		int r = send_some(own, frames + taken, count - taken, &full);

		if (r < 0) {
			link_ring_lose(&own->ring);
			return r;
		}
		taken += (size_t)r;
	}
	own->refused += count - taken;
	return (int)taken;
}

/* --- the rest --- */

static size_t ip_poll(struct link *link, size_t most)
{
	return link_ring_hear(&ip_link(link)->ring, most);
}

static int ip_filter(struct link *link, uint16_t first, uint16_t last, bool all_protocols)
{
	return link_ring_filter(&ip_link(link)->ring, first, last, all_protocols);
}

static void ip_stats(const struct link *link, struct link_stats *ret_stats)
{
	struct ip_link *own = ip_link(link);

	*ret_stats = (struct link_stats){
		.sent = own->batch.sent,
		.received = own->ring.received,
		.dropped_sending = own->refused + own->batch.refused,
		.dropped_receiving = link_ring_dropped(&own->ring),
	};
}

static void ip_link_free(struct link *link)
{
	struct ip_link *own = ip_link(link);

	link_ring_close(&own->ring);
	if (own->v4.fd >= 0)
		close(own->v4.fd);
	if (own->v6.fd >= 0)
		close(own->v6.fd);
	alloc_free(own);
}

static const struct link_ops ip_ops = {
	.send = ip_send,
	.poll = ip_poll,
	.filter = ip_filter,
	.stats = ip_stats,
	.free = ip_link_free,
};

static void set_control(struct way *way, int level, int type, const void *info, size_t bytes)
{
	struct cmsghdr *header = (struct cmsghdr *)(void *)way->control;

	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(bytes);
	memcpy(CMSG_DATA(header), info, bytes);
	way->control_bytes = CMSG_SPACE(bytes);
}

static void choose_interface(struct ip_link *own, const struct interface *interface)
{
	struct in_pktinfo v4 = {.ipi_ifindex = (int)interface->index};
	struct in6_pktinfo v6 = {.ipi6_ifindex = interface->index};

	if (interface->kind == INTERFACE_LOOPBACK)
		return;
	set_control(&own->v4, IPPROTO_IP, IP_PKTINFO, &v4, sizeof(v4));
	set_control(&own->v6, IPPROTO_IPV6, IPV6_PKTINFO, &v6, sizeof(v6));
}

static int open_ways(struct ip_link *own, const struct link_sockets *sockets, struct diag *diag)
{
	int r;

	if (((r = link_sockets_dup_raw(sockets, IP_V4, &own->v4.fd)) < 0 &&
	     r != ERROR_UNSUPPORTED) ||
	    ((r = link_sockets_dup_raw(sockets, IP_V6, &own->v6.fd)) < 0 && r != ERROR_UNSUPPORTED))
		return diag_set(diag, r, "raw sockets: too many open files (ulimit -n)");
	return 0;
}

static int ip_open(struct ip_link *own, struct link_sockets *sockets,
		   const struct interface *interface, size_t ring_bytes, struct diag *diag)
{
	int fd, r;

	if ((r = open_ways(own, sockets, diag)) < 0 ||
	    (r = link_sockets_take_packet(sockets, &fd, diag)) < 0)
		return r;
	return link_ring_open(&own->ring, &own->base, fd, interface, ring_bytes, diag);
}

int link_ip_new(const struct link_config *config, struct link_sockets *sockets,
		const struct interface *interface, size_t ring_bytes, struct link **ret_link,
		struct diag *diag)
{
	struct ip_link *own = alloc_zero(sizeof(*own));
	int r;

	if (!own)
		return ERROR_MEMORY;
	own->base = (struct link){.ops = &ip_ops,
				  .config = *config,
				  .layer = LINK_IP,
				  .interface = interface->index,
				  .mtu = interface->mtu};
	own->ring.fd = own->v4.fd = own->v6.fd = -1;
	link_batch_init(&own->batch);
	choose_interface(own, interface);
	if ((r = ip_open(own, sockets, interface, ring_bytes, diag)) < 0) {
		ip_link_free(&own->base);
		return r;
	}
	*ret_link = &own->base;
	return 0;
}
