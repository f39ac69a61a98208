#include "net/link_batch.h"

#include "util/error.h"

#include <errno.h>

void link_batch_init(struct link_batch *batch)
{
	for (size_t i = 0; i < LINK_BATCH; i++) {
		batch->messages[i].msg_hdr.msg_iov = &batch->parts[i];
		batch->messages[i].msg_hdr.msg_iovlen = 1;
	}
}

void link_batch_set(struct link_batch *batch, size_t i, const struct link_frame *frame)
{
	batch->parts[i].iov_base = (void *)frame->bytes;
	batch->parts[i].iov_len = frame->count;
}

static bool is_full(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == ENOMEM || error == EBUSY;
}

static bool is_gone(int error)
{
	return error == ENETDOWN || error == ENXIO || error == ENODEV;
}

/* When sendmmsg() ends early the reason is not told but kept as the socket's
 * error, and the next call gives it without trying: the first message not sent
 * is the one it belongs to, in either case. */
int link_batch_send(struct link_batch *batch, int fd, size_t count)
{
	size_t done = 0;

	while (done < count) {
		int taken = sendmmsg(fd, batch->messages + done, (unsigned)(count - done),
				     MSG_DONTWAIT | MSG_NOSIGNAL);

		if (taken > 0) {
			done += (size_t)taken;
			batch->sent += (uint64_t)taken;
		} else if (is_gone(errno)) {
			return ERROR_SYSTEM;
		} else if (is_full(errno)) {
			break;
		} else if (errno != EINTR) {
			done++;
			batch->refused++;
		}
	}
	return (int)done;
}
