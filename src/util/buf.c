#include "util/buf.h"

#include "util/alloc.h"

#include <stdio.h>
#include <string.h>

void buf_release(struct buf *buf)
{
	alloc_free(buf->data);
	*buf = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
}

bool buf_reserve(struct buf *buf, size_t bytes)
{
	size_t need, cap;
	uint8_t *data;

	if (buf->failed)
		return false;
	if (__builtin_add_overflow(buf->len, bytes, &need)) {
		buf->failed = true;
		return false;
	}
	if (need <= buf->cap)
		return true;
	cap = buf->cap < 64 ? 64 : buf->cap + buf->cap / 2;
	if (cap < need)
		cap = need;
	data = alloc_resize(buf->data, cap, 1);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void buf_add(struct buf *buf, const void *bytes, size_t count)
{
	if (!count || !buf_reserve(buf, count))
		return;
	memcpy(buf->data + buf->len, bytes, count);
	buf->len += count;
}

void buf_add_str(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char byte)
{
	buf_add(buf, &byte, 1);
}

void buf_add_repeat(struct buf *buf, char byte, size_t count)
{
	if (!count || !buf_reserve(buf, count))
		return;
	memset(buf->data + buf->len, byte, count);
	buf->len += count;
}

void buf_add_be16(struct buf *buf, uint16_t value)
{
	const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	buf_add(buf, bytes, sizeof(bytes));
}

void buf_add_be32(struct buf *buf, uint32_t value)
{
	buf_add_be16(buf, (uint16_t)(value >> 16));
	buf_add_be16(buf, (uint16_t)value);
}

void buf_vaddf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0 || !buf_reserve(buf, (size_t)length + 1))
		return;
	vsnprintf((char *)buf->data + buf->len, (size_t)length + 1, format, args);
	buf->len += (size_t)length;
}

void buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vaddf(buf, format, args);
	va_end(args);
}

void buf_drop_front(struct buf *buf, size_t count)
{
	if (count >= buf->len) {
		buf->len = 0;
		return;
	}
	if (count) {
		memmove(buf->data, buf->data + count, buf->len - count);
		buf->len -= count;
	}
}

void buf_cut(struct buf *buf, size_t len)
{
	if (len < buf->len)
		buf->len = len;
}

const char *buf_str(struct buf *buf)
{
	if (!buf_reserve(buf, 1))
		return "";
	buf->data[buf->len] = '\0';
	return (const char *)buf->data;
}

char *buf_detach(struct buf *buf)
{
	char *text = NULL;

	if (buf_reserve(buf, 1)) {
		buf->data[buf->len] = '\0';
		text = (char *)buf->data;
		*buf = (struct buf)BUF_INIT;
	} else {
		buf_release(buf);
	}
	return text;
}
