/* Inside net/: the receiving half of a link, a packet socket with a ring shared
 * with the kernel. Knows slots, stamps and the interface's end, not headers. */
#ifndef PORTOLAN_NET_LINK_RING_H
#define PORTOLAN_NET_LINK_RING_H

#include "net/link.h"

struct link_ring {
	struct link *link; /* whose config is told */
	int fd;            /* -1 before link_ring_open() */
	uint8_t *slots;
	size_t slots_count, at;
	bool network; /* give bytes from the network header on */
	bool gone;    /* the interface; nothing is heard any more */
	uint64_t received, dropped;
	struct watch watch;
	struct deferred lost;
};

/* fd: an unbound packet socket, the ring's from now on, also on failure. The
 * watch is a background one: a link alone does not keep the loop running.
 * ERROR_SYSTEM, ERROR_MEMORY with words; link_ring_close() it either way. */
int link_ring_open(struct link_ring *ring, struct link *link, int fd,
		   const struct interface *interface, size_t ring_bytes, struct diag *diag);
/* Tells config.heard of at most `most` frames; gives how many. */
size_t link_ring_hear(struct link_ring *ring, size_t most);
int link_ring_filter(struct link_ring *ring, uint16_t first, uint16_t last, bool all_protocols);
/* Is the interface gone? Asks the kernel. */
bool link_ring_is_lost(struct link_ring *ring);
/* Notes that it is, and tells config.lost in the loop's next turn, once. */
void link_ring_lose(struct link_ring *ring);
uint64_t link_ring_dropped(struct link_ring *ring);
void link_ring_close(struct link_ring *ring);

#endif
