/* Inside net/: many messages to one socket with few system calls, and what a
 * refusal means. */
#ifndef PORTOLAN_NET_LINK_BATCH_H
#define PORTOLAN_NET_LINK_BATCH_H

#include "net/link.h"

#include <sys/socket.h>
#include <sys/uio.h>

#define LINK_BATCH 256

struct link_batch {
	uint64_t sent, refused; /* frames, ever */
	struct mmsghdr messages[LINK_BATCH];
	struct iovec parts[LINK_BATCH];
};

/* Points every message at its part. Names and control data are the caller's. */
void link_batch_init(struct link_batch *batch);
/* Message `i` carries these bytes; borrowed until sent. */
void link_batch_set(struct link_batch *batch, size_t i, const struct link_frame *frame);
/* Sends the first `count` messages; gives how many are done with, in order.
 * Fewer: the system has no room now. A message that it will never take (too
 * long, forbidden by a firewall) is counted as refused and done with.
 * ERROR_SYSTEM: the interface is gone. */
int link_batch_send(struct link_batch *batch, int fd, size_t count);

#endif
