/* What is common to all outputs (errors remembered, tails owed), and the
 * plain kinds: a descriptor of the caller's and a buffer of the caller's.
 * Files are in out_file.c. */
#include "report/out.h"

#include "report/out_internal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

bool out_init(struct out *out, const struct out_ops *ops, const char *name)
{
	out->ops = ops;
	out->name = alloc_strdup(name);
	return out->name != NULL;
}

static void note_failure(struct out *out, int system_error)
{
	if (system_error && !out->system_error)
		out->system_error = system_error;
}

static bool is_usable(const struct out *out)
{
	return !out->system_error && !out->memory_short;
}

void out_write(struct out *out, const void *bytes, size_t count)
{
	if (is_usable(out) && count && out->before)
		out->before(out->before_self);
	if (is_usable(out) && count)
		note_failure(out, out->ops->write(out, bytes, count));
}

void out_before_write(struct out *out, void (*before)(void *self), void *self)
{
	out->before = before;
	out->before_self = self;
}

void out_write_buf(struct out *out, const struct buf *bytes)
{
	if (!buf_ok(bytes))
		out->memory_short = true;
	out_write(out, bytes->data, bytes->len);
}

void out_write_with_tail(struct out *out, const void *bytes, size_t count, const void *tail,
			 size_t tail_bytes)
{
	if (!is_usable(out))
		return;
	if (out->ops->write_with_tail) {
		note_failure(out, out->ops->write_with_tail(out, bytes, count, tail, tail_bytes));
		return;
	}
	buf_clear(&out->tail);
	buf_add(&out->tail, tail, tail_bytes);
	out->memory_short = !buf_ok(&out->tail);
	out_write(out, bytes, count);
}

void out_reopen_document(struct out *out, const char *tail, const char *last_element)
{
	if (is_usable(out) && out->ops->reopen)
		note_failure(out, out->ops->reopen(out, tail, last_element));
}

void out_write_buf_with_tail(struct out *out, const struct buf *bytes, const void *tail,
			     size_t tail_bytes)
{
	if (!buf_ok(bytes))
		out->memory_short = true;
	out_write_with_tail(out, bytes->data, bytes->len, tail, tail_bytes);
}

/* The words of the errors a user can do something about. */
static const char *cause(int system_error, char *room, size_t room_bytes)
{
	switch (system_error) {
	case ENOSPC:
		return "the disk is full";
	case EDQUOT:
		return "the disk quota is used up";
	case EFBIG:
		return "the file would be larger than allowed";
	case EPIPE:
		return "the reader has gone away";
	case EIO:
		return "the device failed";
	default:
		return strerror_r(system_error, room, room_bytes);
	}
}

int out_error(const struct out *out, struct diag *ret_diag)
{
	char room[128];

	if (out->system_error)
		return diag_set(ret_diag, ERROR_IO,
				"Output to %s stopped: %s. What was written before is kept.",
				out->name, cause(out->system_error, room, sizeof(room)));
	if (out->memory_short)
		return diag_set(ret_diag, ERROR_MEMORY, "Output to %s stopped: out of memory.",
				out->name);
	return 0;
}

const char *out_name(const struct out *out)
{
	return out->name;
}

int out_close(struct out *out, struct diag *ret_diag)
{
	int r;

	if (!out)
		return 0;
	out_write(out, out->tail.data, out->tail.len);
	if (out->ops->close)
		note_failure(out, out->ops->close(out));
	r = out_error(out, ret_diag);
	buf_release(&out->tail);
	alloc_free(out->name);
	out->ops->free(out);
	return r;
}

int out_fd_write(int fd, const void *bytes, size_t count)
{
	const char *at = bytes;

	while (count) {
		ssize_t wrote = write(fd, at, count);

		if (wrote > 0) {
			at += wrote;
			count -= (size_t)wrote;
		} else if (wrote < 0 && errno == EAGAIN) {
			/* A terminal shared with a program that made it non-blocking. */
			struct pollfd room = {.fd = fd, .events = POLLOUT};

			if (poll(&room, 1, -1) < 0 && errno != EINTR)
				return errno;
		} else if (wrote < 0 && errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

struct out_fd {
	struct out base;
	int fd;
};

static int fd_write(struct out *out, const void *bytes, size_t count)
{
	return out_fd_write(((struct out_fd *)out)->fd, bytes, count);
}

static void plain_free(struct out *out)
{
	alloc_free(out);
}

int out_open_fd(int fd, const char *name, struct out **ret_out)
{
	static const struct out_ops ops = {.write = fd_write, .free = plain_free};
	struct out_fd *out = alloc_zero(sizeof(*out));

	if (!out || !out_init(&out->base, &ops, name)) {
		alloc_free(out);
		return ERROR_MEMORY;
	}
	out->fd = fd;
	*ret_out = &out->base;
	return 0;
}

struct out_buf {
	struct out base;
	struct buf *buf;
};

static int buf_write(struct out *out, const void *bytes, size_t count)
{
	struct buf *buf = ((struct out_buf *)out)->buf;

	buf_add(buf, bytes, count);
	return buf_ok(buf) ? 0 : ENOMEM;
}

int out_open_buf(struct buf *buf, struct out **ret_out)
{
	static const struct out_ops ops = {.write = buf_write, .free = plain_free};
	struct out_buf *out = alloc_zero(sizeof(*out));

	if (!out || !out_init(&out->base, &ops, "memory")) {
		alloc_free(out);
		return ERROR_MEMORY;
	}
	out->buf = buf;
	*ret_out = &out->base;
	return 0;
}
