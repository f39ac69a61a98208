/* A growable byte buffer. Additions after a failed one do nothing, so a
 * builder adds freely and asks buf_ok() once at the end. */
#ifndef PORTOLAN_UTIL_BUF_H
#define PORTOLAN_UTIL_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *data;
	size_t len, cap;
	bool failed; /* memory was short at some point */
};

#define BUF_INIT                  \
	{                         \
		NULL, 0, 0, false \
	}

void buf_release(struct buf *buf); /* back to BUF_INIT */
void buf_clear(struct buf *buf);   /* keeps the memory, forgets the failure */
static inline bool buf_ok(const struct buf *buf)
{
	return !buf->failed;
}

/* Room for `bytes` more; false when memory is short (and buf fails). */
bool buf_reserve(struct buf *buf, size_t bytes);

void buf_add(struct buf *buf, const void *bytes, size_t count);
void buf_add_str(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char byte);
void buf_add_repeat(struct buf *buf, char byte, size_t count);
void buf_add_be16(struct buf *buf, uint16_t value);
void buf_add_be32(struct buf *buf, uint32_t value);
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Drops the first `count` bytes / everything from `len` on. */
void buf_drop_front(struct buf *buf, size_t count);
void buf_cut(struct buf *buf, size_t len);

/* The content with a NUL behind it (not counted in len); "" when it failed.
 * Valid until the next change. */
const char *buf_str(struct buf *buf);

/* Hands the NUL-terminated content to the caller (alloc_free()) and leaves
 * buf empty; NULL when it had failed. */
char *buf_detach(struct buf *buf);

#endif
