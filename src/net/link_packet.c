/* Frames on an Ethernet interface by AF_PACKET: one socket, bound to it, sends
 * and hears. Receiving, and why TPACKET_V2, is link_ring.c.
 *
 * Why sendmmsg() and no transmit ring. Measured on the project's 2-core machine,
 * Linux 6.18, 58-byte SYN frames past the qdisc into a veth whose peer drops
 * them by XDP, thousands of frames a second:
 *
 *	sendmmsg, batches of  16: 632   64: 745   256: 762   1024: 773
 *	TX ring (V2) of      256-byte slots: 684 to 690, 2 KiB slots: 671 to 676
 *
 * A ring saves copying of long frames; ours are short, and every one of them
 * costs the ring a page reference and a destructor. */
#include "net/link.h"
#include "net/link_batch.h"
#include "net/link_crew.h"
#include "net/link_ring.h"
#include "net/link_sockets.h"
#include "util/alloc.h"
#include "util/error.h"

#include <linux/if_packet.h>
#include <poll.h>

#define CREW_FRAMES 64 /* fewer are not worth waking a thread for */
#define FULL_TRIES  20

struct packet_link {
	struct link base;
	struct link_ring ring;
	uint64_t refused;       /* frames that were given up */
	struct link_crew *crew; /* NULL: none yet, or none to be had */
	bool alone;             /* no crew wanted: the device was full, or it can't be had */
	struct link_batch batch;
};

/* const or not is the caller's affair. */
static struct packet_link *packet_link(const struct link *link)
{
	return (struct packet_link *)link;
}

static int send_some(struct packet_link *own, const struct link_frame *frames, size_t count)
{
	for (size_t i = 0; i < count; i++)
		link_batch_set(&own->batch, i, &frames[i]);
	return link_batch_send(&own->batch, own->ring.fd, count);
}

static struct link_crew *crew_for(struct packet_link *own, size_t count)
{
	if (count < CREW_FRAMES || own->alone)
		return NULL;
	if (!own->crew && !(own->crew = link_crew_new(own->ring.fd)))
		own->alone = true;
	return own->crew;
}

/* What a device that is full left over of a half: it gets a little time, then
 * the rest is given up. Two threads are too fast for it, so there is no next time. */
static void send_rest(struct packet_link *own, const struct link_frame *frames, size_t count)
{
	struct pollfd writable = {.fd = own->ring.fd, .events = POLLOUT};
	int tries, r = 0;

	own->alone = true;
	for (tries = 0; count && r >= 0 && tries < FULL_TRIES; tries++) {
		(void)poll(&writable, 1, 1);
		r = send_some(own, frames, count);
		if (r > 0) {
			frames += r;
			count -= (size_t)r;
		}
	}
	own->refused += count;
}

/* The second half leaves from the crew's thread. */
static int send_halves(struct packet_link *own, struct link_crew *crew,
		       const struct link_frame *frames, size_t count)
{
	size_t half = count / 2;
	int mine, theirs;

	link_crew_send(crew, frames + half, count - half);
	mine = send_some(own, frames, half);
	theirs = link_crew_wait(crew);
	if (mine < 0 || theirs < 0)
		return ERROR_SYSTEM;
	if ((size_t)mine < half)
		send_rest(own, frames + mine, half - (size_t)mine);
	if ((size_t)theirs < count - half)
		send_rest(own, frames + half + theirs, count - half - (size_t)theirs);
	return (int)count;
}

static int packet_send(struct link *link, const struct link_frame *frames, size_t count)
{
	struct packet_link *own = packet_link(link);
	size_t taken = 0;

	if (own->ring.gone)
		return ERROR_SYSTEM;
	while (taken < count) {
		size_t some = count - taken < LINK_BATCH ? count - taken : LINK_BATCH;
		struct link_crew *crew = crew_for(own, some);
		int r = crew ? send_halves(own, crew, frames + taken, some)
			     : send_some(own, frames + taken, some);

		if (r < 0) {
			link_ring_lose(&own->ring);
			return r;
		}
		taken += (size_t)r;
		if ((size_t)r < some)
			break;
	}
	own->refused += count - taken;
	return (int)taken;
}

static size_t packet_poll(struct link *link, size_t most)
{
	return link_ring_hear(&packet_link(link)->ring, most);
}

static int packet_filter(struct link *link, uint16_t first, uint16_t last, bool all_protocols)
{
	return link_ring_filter(&packet_link(link)->ring, first, last, all_protocols);
}

static void packet_stats(const struct link *link, struct link_stats *ret_stats)
{
	struct packet_link *own = packet_link(link);
	uint64_t sent = 0, refused = 0;

	if (own->crew)
		link_crew_count(own->crew, &sent, &refused);
	*ret_stats = (struct link_stats){
		.sent = own->batch.sent + sent,
		.received = own->ring.received,
		.dropped_sending = own->refused + own->batch.refused + refused,
		.dropped_receiving = link_ring_dropped(&own->ring),
	};
}

static void packet_free(struct link *link)
{
	link_crew_free(packet_link(link)->crew);
	link_ring_close(&packet_link(link)->ring);
	alloc_free(link);
}

static const struct link_ops packet_ops = {
	.send = packet_send,
	.poll = packet_poll,
	.filter = packet_filter,
	.stats = packet_stats,
	.free = packet_free,
};

static int packet_open(struct packet_link *own, struct link_sockets *sockets,
		       const struct interface *interface, size_t ring_bytes, struct diag *diag)
{
	const int on = 1;
	int fd, r;

	if ((r = link_sockets_take_packet(sockets, &fd, diag)) < 0)
		return r;
	/* A queue that is full then says so instead of holding our probes back.
	 * Where it cannot be had, the queue is in the way and no more. */
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	return link_ring_open(&own->ring, &own->base, fd, interface, ring_bytes, diag);
}

int link_packet_new(const struct link_config *config, struct link_sockets *sockets,
		    const struct interface *interface, size_t ring_bytes, struct link **ret_link,
		    struct diag *diag)
{
	struct packet_link *own;
	int r;

	if (interface->kind != INTERFACE_ETHERNET)
		return diag_set(diag, ERROR_UNSUPPORTED, "%s has no Ethernet frames",
				interface->name);
	if (!(own = alloc_zero(sizeof(*own))))
		return ERROR_MEMORY;
	own->base = (struct link){.ops = &packet_ops,
				  .config = *config,
				  .layer = LINK_ETHERNET,
				  .interface = interface->index,
				  .mtu = interface->mtu};
	own->ring.fd = -1;
	link_batch_init(&own->batch);
	if ((r = packet_open(own, sockets, interface, ring_bytes, diag)) < 0) {
		packet_free(&own->base);
		return r;
	}
	*ret_link = &own->base;
	return 0;
}
