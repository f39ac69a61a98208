/* Why TPACKET_V2, when V3 is newer. V3 hands over a block of packets when it is
 * full or its timer (1 ms at least) runs out, so a lone answer waits for the
 * timer; V2 hands over each packet as it comes. Measured on the project's
 * 2-core machine, Linux 6.18, veth, 64 MiB, a SYN to the peer's kernel and its RST:
 *
 *	                     round trip      heard at a flood of   CPU of
 *	                     median   p99    550 to 650 kpps       the listener
 *	V2, 2 KiB slots      5.7 us   8 us   390 kpps, none lost   45 %
 *	V3, 4 KiB blocks     999 us   1.0 ms 510 kpps, none lost   13 %
 *	V3, 1 MiB blocks     999 us   1.1 ms 610 kpps, none lost    8 %
 *
 * (the flood's sender shares the cores and slows down with the listener). A scan
 * of one host is bound by the round trip, and answers rarely come as a flood:
 * V2. What it costs at a flood is waking a sleeper for every packet, which a
 * sender that calls link_poll() between batches does not have.
 *
 * A slot holds a frame of up to 1,982 bytes; longer ones are cut. The kernel
 * fills slots in order and we free them in order; tp_status says whose a slot is. */
#include "net/link_ring.h"

#include "net/link_filter.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOT_BYTES       2048u
#define BLOCK_BYTES      65536u
#define USUAL_RING_BYTES ((size_t)64 << 20)
#define TURN_MOST        1024 /* frames a turn of the loop, so that others get theirs */
/* Neither ours to hear nor the kernel's to fill. */
#define SLOT_BUSY TP_STATUS_COPY
/* A stamp older than this is of a wall clock that was set since. */
#define STAMP_AGE_NS    (10 * NS_PER_S)
#define CLOCKS_APART_NS (2 * NS_PER_US)

static struct tpacket2_hdr *slot_at(const struct link_ring *ring, size_t i)
{
	return (struct tpacket2_hdr *)(ring->slots + i * SLOT_BYTES);
}

/* --- opening --- */

static int set_option(int fd, int option, int value)
{
	return setsockopt(fd, SOL_PACKET, option, &value, sizeof(value));
}

/* Memory for a large ring may be short: half of it serves as well, for less long. */
static size_t ask_for_ring(int fd, size_t ring_bytes)
{
	size_t bytes = ring_bytes ? ring_bytes : USUAL_RING_BYTES;

	for (; bytes >= BLOCK_BYTES; bytes /= 2) {
		struct tpacket_req request = {
			.tp_block_size = BLOCK_BYTES,
			.tp_block_nr = (unsigned)(bytes / BLOCK_BYTES),
			.tp_frame_size = SLOT_BYTES,
			.tp_frame_nr = (unsigned)(bytes / BLOCK_BYTES * (BLOCK_BYTES / SLOT_BYTES)),
		};

		if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) == 0)
			return (size_t)request.tp_block_nr * BLOCK_BYTES;
		if (errno != ENOMEM)
			break;
	}
	return 0;
}

static int map_ring(struct link_ring *ring, size_t ring_bytes)
{
	size_t bytes = ring_bytes && ring_bytes < BLOCK_BYTES ? BLOCK_BYTES : ring_bytes;
	void *slots;

	if (set_option(ring->fd, PACKET_VERSION, TPACKET_V2) < 0)
		return ERROR_SYSTEM;
	bytes = ask_for_ring(ring->fd, bytes);
	if (!bytes)
		return errno == ENOMEM ? ERROR_MEMORY : ERROR_SYSTEM;
	slots = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, 0);
	if (slots == MAP_FAILED)
		return errno == ENOMEM ? ERROR_MEMORY : ERROR_SYSTEM;
	ring->slots = slots;
	ring->slots_count = bytes / SLOT_BYTES;
	return 0;
}

static int bind_to(int fd, unsigned interface)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)interface,
	};

	return bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0 ? ERROR_SYSTEM : 0;
}

static void on_ready(void *self, int events)
{
	struct link_ring *ring = self;

	if (!link_ring_hear(ring, TURN_MOST) && link_ring_is_lost(ring))
		link_ring_lose(ring);
}

static void on_lost(void *self)
{
	struct link_ring *ring = self;

	ring->link->config.lost(ring->link->config.self, ring->link);
}

static int start_hearing(struct link_ring *ring, unsigned interface)
{
	int r;

	/* From the next instruction on frames arrive; IP links want IP only. */
	if (ring->network && (r = link_ring_filter(ring, 0, UINT16_MAX, true)) < 0)
		return r;
	/* On loopback every packet is seen going out and coming in. */
	if (set_option(ring->fd, PACKET_IGNORE_OUTGOING, 1) < 0)
		return ERROR_SYSTEM;
	if ((r = bind_to(ring->fd, interface)) < 0)
		return r;
	return loop_watch(ring->link->config.loop, &ring->watch, ring->fd,
			  WATCH_READ | WATCH_BACKGROUND);
}

int link_ring_open(struct link_ring *ring, struct link *link, int fd,
		   const struct interface *interface, size_t ring_bytes, struct diag *diag)
{
	int r;

	ring->link = link;
	ring->fd = fd;
	ring->network = link->layer == LINK_IP;
	ring->watch.ready = on_ready;
	ring->lost.run = on_lost;
	ring->watch.self = ring->lost.self = ring;
	if ((r = map_ring(ring, ring_bytes)) < 0)
		return diag_set(diag, r, "%s: no receive ring: %s", interface->name, error_text(r));
	if ((r = start_hearing(ring, interface->index)) < 0)
		return diag_set(diag, r, "%s: cannot listen: %s", interface->name, error_text(r));
	return 0;
}

void link_ring_close(struct link_ring *ring)
{
	if (ring->fd < 0)
		return;
	loop_defer_cancel(ring->link->config.loop, &ring->lost);
	loop_unwatch(ring->link->config.loop, &ring->watch);
	if (ring->slots)
		munmap(ring->slots, ring->slots_count * SLOT_BYTES);
	close(ring->fd);
	ring->fd = -1;
}

/* --- hearing --- */

/* The two clocks read next to each other. */
struct clocks {
	uint64_t now_ns, wall_ns;
};

/* Whoever is interrupted between the two would be wrong by as much: again, then. */
static struct clocks read_clocks(struct loop *loop)
{
	struct clocks clocks;
	uint64_t after_ns;
	int tries = 0;

	do {
		clocks.now_ns = loop_time_ns(loop);
		clocks.wall_ns = loop_wall_ns(loop);
		after_ns = loop_time_ns(loop);
	} while (after_ns - clocks.now_ns > CLOCKS_APART_NS && ++tries < 4);
	return clocks;
}

/* The kernel stamps by the wall clock. A frame that came after the clocks were
 * read has them read again. */
static uint64_t arrival_ns(struct loop *loop, struct clocks *clocks,
			   const struct tpacket2_hdr *slot)
{
	uint64_t stamp_ns = slot->tp_sec * NS_PER_S + slot->tp_nsec;
	uint64_t age_ns;

	if (stamp_ns > clocks->wall_ns)
		*clocks = read_clocks(loop);
	age_ns = clocks->wall_ns - stamp_ns;
	if (stamp_ns > clocks->wall_ns || age_ns > STAMP_AGE_NS || age_ns > clocks->now_ns)
		return clocks->now_ns;
	return clocks->now_ns - age_ns;
}

static bool is_ours(const struct tpacket2_hdr *slot)
{
	return __atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER;
}

static void tell(struct link_ring *ring, const struct tpacket2_hdr *slot, uint64_t at_ns)
{
	size_t skip = ring->network && slot->tp_net > slot->tp_mac
			      ? (size_t)(slot->tp_net - slot->tp_mac)
			      : 0;
	struct link_seen seen = {.at_ns = at_ns};

	if (skip > slot->tp_snaplen)
		return;
	seen.bytes = (const uint8_t *)slot + slot->tp_mac + skip;
	seen.count = slot->tp_snaplen - skip;
	ring->received++;
	ring->link->config.heard(ring->link->config.self, ring->link, &seen);
}

size_t link_ring_hear(struct link_ring *ring, size_t most)
{
	struct clocks clocks = {0};
	size_t heard = 0;

	while (heard < most) {
		struct tpacket2_hdr *slot = slot_at(ring, ring->at);

		if (!is_ours(slot))
			break;
		heard++;
		/* heard() may poll for more, and may come round to this slot. */
		ring->at = ring->at + 1 == ring->slots_count ? 0 : ring->at + 1;
		slot->tp_status = SLOT_BUSY;
		tell(ring, slot, arrival_ns(ring->link->config.loop, &clocks, slot));
		__atomic_store_n(&slot->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
	return heard;
}

int link_ring_filter(struct link_ring *ring, uint16_t first, uint16_t last, bool all_protocols)
{
	struct link_filter filter;

	link_filter_build(&filter, !ring->network, first, last, all_protocols);
	return link_filter_attach(ring->fd, &filter);
}

/* --- the end, and the counters --- */

bool link_ring_is_lost(struct link_ring *ring)
{
	socklen_t bytes = sizeof(int);
	int error = 0;

	if (ring->gone)
		return true;
	/* Reading clears it. Others are of sending: no room, too long. */
	getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
	return error == ENETDOWN || error == ENODEV || error == ENXIO;
}

void link_ring_lose(struct link_ring *ring)
{
	if (ring->gone)
		return;
	ring->gone = true;
	loop_unwatch(ring->link->config.loop, &ring->watch);
	loop_defer(ring->link->config.loop, &ring->lost);
}

uint64_t link_ring_dropped(struct link_ring *ring)
{
	struct tpacket_stats stats = {0};
	socklen_t bytes = sizeof(stats);

	/* The kernel's counters begin anew when read. */
	if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &bytes) == 0)
		ring->dropped += stats.tp_drops;
	return ring->dropped;
}
