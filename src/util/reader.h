/* Reads bytes in order and never past their end: a read too far gives 0 and
 * is remembered, so a parser reads straight down and asks reader_ok() once. */
#ifndef PORTOLAN_UTIL_READER_H
#define PORTOLAN_UTIL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *at; /* borrowed */
	size_t left_bytes;
	bool failed;
};

static inline struct reader reader_of(const void *bytes, size_t count)
{
	return (struct reader){.at = bytes, .left_bytes = count, .failed = false};
}

static inline bool reader_ok(const struct reader *in)
{
	return !in->failed;
}

/* `count` bytes in place, or NULL past the end. */
static inline const uint8_t *reader_take(struct reader *in, size_t count)
{
	const uint8_t *bytes = in->at;

	if (in->failed || count > in->left_bytes) {
		in->failed = true;
		in->left_bytes = 0;
		return NULL;
	}
	if (count)
		in->at += count;
	in->left_bytes -= count;
	return bytes;
}

static inline void reader_skip(struct reader *in, size_t count)
{
	(void)reader_take(in, count);
}

static inline uint8_t read_u8(struct reader *in)
{
	const uint8_t *b = reader_take(in, 1);

	return b ? b[0] : 0;
}

static inline uint16_t read_be16(struct reader *in)
{
	const uint8_t *b = reader_take(in, 2);

	return (uint16_t)(b ? b[0] << 8 | b[1] : 0);
}

static inline uint32_t read_be32(struct reader *in)
{
	const uint8_t *b = reader_take(in, 4);

	return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] : 0;
}

#endif
