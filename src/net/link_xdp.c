/* AF_XDP for sending, a packet socket for hearing (link_ring.c).
 *
 * Hearing by AF_XDP would need a program on the interface that takes packets
 * away from the machine's own stack, and CAP_NET_ADMIN and CAP_BPF while links
 * are made. Sending needs only the socket, opened earlier. So no program is
 * loaded, and the interface is left as it was. Nor is libxdp used: it opens its
 * sockets itself, which is too late, and what is left of it are four mmap()s.
 *
 * Frames are copied into memory that the socket shares with the kernel (umem),
 * queued on the tx ring, and come back on the completion ring. A call sends at
 * most 32 frames of the tx ring, and must be repeated. It is copy mode, which works on
 * every driver: in zero-copy mode a driver takes the buffers of the receive
 * queue from the socket too, and what the machine hears there would be lost.
 * Measured as in link_packet.c, but with both cores busy, thousands of frames a
 * second of CPU time: sendmmsg() 735, link_packet 720, this 1,015, link_ip 575.
 *
 * Each ring has one writer of its producer index and one of its consumer index,
 * the kernel being the other side: ours are stored with release, theirs loaded
 * with acquire. Indices run free; the low bits are the slot. */
#include "net/link.h"
#include "net/link_ring.h"
#include "net/link_sockets.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAMES        2048u /* a power of two; their bytes below the usual limit of locked memory */
#define FRAME_BYTES   2048u
#define AREA_BYTES    ((size_t)FRAMES * FRAME_BYTES)
#define KICKS_MOST    (FRAMES / 16)
#define KICK_AGAIN_NS NS_PER_MS

/* A ring mapped from the kernel: `slots` are xdp_desc (tx) or uint64_t places. */
struct xdp_ring {
	void *map;
	size_t map_bytes;
	uint32_t *producer, *consumer;
	void *slots;
};

struct xdp_link {
	struct link base;
	struct link_ring ring;
	struct xdp_ring tx, completed;
	struct timer kick_again;
	int fd; /* the AF_XDP socket */
	uint8_t *area;
	uint64_t free_frames[FRAMES]; /* their places in area */
	size_t free_count;
	uint64_t sent, refused;
};

/* const or not is the caller's affair. */
static struct xdp_link *xdp_link(const struct link *link)
{
	return (struct xdp_link *)link;
}

/* --- sending --- */

static void take_back(struct xdp_link *own)
{
	const uint64_t *places = own->completed.slots;
	uint32_t end = __atomic_load_n(own->completed.producer, __ATOMIC_ACQUIRE);
	uint32_t at = *own->completed.consumer;

	for (; at != end; at++)
		own->free_frames[own->free_count++] = places[at % FRAMES];
	__atomic_store_n(own->completed.consumer, at, __ATOMIC_RELEASE);
}

static bool has_unsent(const struct xdp_link *own)
{
	return __atomic_load_n(own->tx.consumer, __ATOMIC_ACQUIRE) != *own->tx.producer;
}

/* Has the kernel send what is queued. ERROR_SYSTEM: the interface is gone. */
static int kick(struct xdp_link *own)
{
	for (unsigned i = 0; i < KICKS_MOST && has_unsent(own); i++) {
		if (sendto(own->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
			return 0;
		if (errno == ENETDOWN || errno == ENXIO || errno == ENODEV)
			return ERROR_SYSTEM;
		if (errno == EBUSY)
			own->refused++; /* one frame was dropped, the rest waits */
		else if (errno != EAGAIN)
			break;
		take_back(own);
	}
	if (has_unsent(own))
		(void)loop_timer_set(own->base.config.loop, &own->kick_again,
				     loop_time_ns(own->base.config.loop) + KICK_AGAIN_NS);
	return 0;
}

static void on_kick_again(void *self)
{
	struct xdp_link *own = self;

	if (!own->ring.gone && kick(own) < 0)
		link_ring_lose(&own->ring);
}

/* Every frame is either free, or on the way: the tx ring, as large as there are
 * frames, has room for each that is free. */
static size_t queue(struct xdp_link *own, const struct link_frame *frames, size_t count)
{
	struct xdp_desc *slots = own->tx.slots;
	uint32_t at = *own->tx.producer;
	size_t done = 0;

	for (; done < count && own->free_count && frames[done].count <= FRAME_BYTES; done++) {
		uint64_t place = own->free_frames[--own->free_count];

		memcpy(own->area + place, frames[done].bytes, frames[done].count);
		slots[at++ % FRAMES] =
			(struct xdp_desc){.addr = place, .len = (uint32_t)frames[done].count};
	}
	__atomic_store_n(own->tx.producer, at, __ATOMIC_RELEASE);
	return done;
}

/* Gives how many are done with: queued, or longer than any slot and refused. */
static int send_some(struct xdp_link *own, const struct link_frame *frames, size_t count)
{
	size_t queued;

	take_back(own);
	queued = queue(own, frames, count);
	own->sent += queued;
	if (kick(own) < 0)
		return ERROR_SYSTEM;
	if (queued < count && frames[queued].count > FRAME_BYTES) {
		own->refused++;
		queued++;
	}
	return (int)queued;
}

static int xdp_send(struct link *link, const struct link_frame *frames, size_t count)
{
	struct xdp_link *own = xdp_link(link);
	size_t taken = 0;
	int r = 1;

	if (own->ring.gone)
		return ERROR_SYSTEM;
	while (taken < count && r > 0) {
		if ((r = send_some(own, frames + taken, count - taken)) < 0) {
			link_ring_lose(&own->ring);
			return r;
		}
		taken += (size_t)r;
	}
	own->refused += count - taken;
	return (int)taken;
}

/* --- the rest --- */

static size_t xdp_poll(struct link *link, size_t most)
{
	return link_ring_hear(&xdp_link(link)->ring, most);
}

static int xdp_filter(struct link *link, uint16_t first, uint16_t last, bool all_protocols)
{
	return link_ring_filter(&xdp_link(link)->ring, first, last, all_protocols);
}

static void xdp_stats(const struct link *link, struct link_stats *ret_stats)
{
	struct xdp_link *own = xdp_link(link);

	*ret_stats = (struct link_stats){
		.sent = own->sent,
		.received = own->ring.received,
		.dropped_sending = own->refused,
		.dropped_receiving = link_ring_dropped(&own->ring),
	};
}

static void unmap_ring(struct xdp_ring *ring)
{
	if (ring->map)
		munmap(ring->map, ring->map_bytes);
}

static void xdp_free(struct link *link)
{
	struct xdp_link *own = xdp_link(link);

	loop_timer_cancel(link->config.loop, &own->kick_again);
	link_ring_close(&own->ring);
	if (own->fd >= 0)
		close(own->fd);
	unmap_ring(&own->tx);
	unmap_ring(&own->completed);
	if (own->area)
		munmap(own->area, AREA_BYTES);
	alloc_free(own);
}

static const struct link_ops xdp_ops = {
	.send = xdp_send,
	.poll = xdp_poll,
	.filter = xdp_filter,
	.stats = xdp_stats,
	.free = xdp_free,
};

static int register_area(struct xdp_link *own)
{
	struct xdp_umem_reg area = {.len = AREA_BYTES, .chunk_size = FRAME_BYTES};
	void *bytes =
		mmap(NULL, AREA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (bytes == MAP_FAILED)
		return ERROR_MEMORY;
	own->area = bytes;
	area.addr = (uintptr_t)bytes;
	for (; own->free_count < FRAMES; own->free_count++)
		own->free_frames[own->free_count] = own->free_count * FRAME_BYTES;
	if (setsockopt(own->fd, SOL_XDP, XDP_UMEM_REG, &area, sizeof(area)) == 0)
		return 0;
	return errno == ENOBUFS || errno == ENOMEM ? ERROR_MEMORY : ERROR_UNSUPPORTED;
}

static int map_ring(int fd, struct xdp_ring *ring, const struct xdp_ring_offset *offset,
		    size_t slot_bytes, off_t which)
{
	size_t bytes = offset->desc + FRAMES * slot_bytes;
	uint8_t *map =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, which);

	if (map == MAP_FAILED)
		return ERROR_MEMORY;
	*ring = (struct xdp_ring){
		.map = map,
		.map_bytes = bytes,
		.producer = (uint32_t *)(void *)(map + offset->producer),
		.consumer = (uint32_t *)(void *)(map + offset->consumer),
		.slots = map + offset->desc,
	};
	return 0;
}

static int set_rings(int fd)
{
	const int size = FRAMES, fill = 1; /* the fill ring is not used but asked for */

	return setsockopt(fd, SOL_XDP, XDP_TX_RING, &size, sizeof(size)) < 0 ||
			       setsockopt(fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, &size,
					  sizeof(size)) < 0 ||
			       setsockopt(fd, SOL_XDP, XDP_UMEM_FILL_RING, &fill, sizeof(fill)) < 0
		       ? ERROR_UNSUPPORTED
		       : 0;
}

static int make_rings(struct xdp_link *own)
{
	struct xdp_mmap_offsets offsets;
	socklen_t bytes = sizeof(offsets);
	int r;

	if ((r = set_rings(own->fd)) < 0)
		return r;
	if (getsockopt(own->fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &bytes) < 0 ||
	    bytes != sizeof(offsets))
		return ERROR_UNSUPPORTED; /* Linux before 5.4 */
	if ((r = map_ring(own->fd, &own->tx, &offsets.tx, sizeof(struct xdp_desc),
			  XDP_PGOFF_TX_RING)) < 0)
		return r;
	return map_ring(own->fd, &own->completed, &offsets.cr, sizeof(uint64_t),
			XDP_UMEM_PGOFF_COMPLETION_RING);
}

static int bind_to(int fd, unsigned interface)
{
	const struct sockaddr_xdp here = {
		.sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY, .sxdp_ifindex = interface};

	if (bind(fd, (const struct sockaddr *)&here, sizeof(here)) == 0)
		return 0;
	/* Another's; or of a link that was freed just now: the kernel takes its time. */
	return errno == EBUSY ? ERROR_BUSY : ERROR_UNSUPPORTED;
}

static int xdp_open(struct xdp_link *own, struct link_sockets *sockets,
		    const struct interface *interface, struct diag *diag)
{
	int fd, r;

	if ((r = link_sockets_take_xdp(sockets, &own->fd)) < 0 || (r = register_area(own)) < 0 ||
	    (r = make_rings(own)) < 0 || (r = bind_to(own->fd, interface->index)) < 0)
		return diag_set(diag, r, "%s: no AF_XDP: %s", interface->name, error_text(r));
	if ((r = link_sockets_take_packet(sockets, &fd, diag)) < 0)
		return r;
	return link_ring_open(&own->ring, &own->base, fd, interface, 0, diag);
}

int link_xdp_new(const struct link_config *config, struct link_sockets *sockets,
		 const struct interface *interface, struct link **ret_link, struct diag *diag)
{
	struct xdp_link *own;
	int r;

	if (interface->kind != INTERFACE_ETHERNET)
		return diag_set(diag, ERROR_UNSUPPORTED, "%s has no Ethernet frames",
				interface->name);
	if (!(own = alloc_zero(sizeof(*own))))
		return ERROR_MEMORY;
	own->base = (struct link){.ops = &xdp_ops,
				  .config = *config,
				  .layer = LINK_ETHERNET,
				  .interface = interface->index,
				  .mtu = interface->mtu < FRAME_BYTES - 14 ? interface->mtu
									   : FRAME_BYTES - 14};
	own->ring.fd = own->fd = -1;
	own->kick_again.fire = on_kick_again;
	own->kick_again.self = own;
	if ((r = xdp_open(own, sockets, interface, diag)) < 0) {
		xdp_free(&own->base);
		return r;
	}
	*ret_link = &own->base;
	return 0;
}
