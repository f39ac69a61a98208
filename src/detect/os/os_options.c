#include "detect/os/os_options.h"
#include "packet/packet.h"
#include "util/reader.h"

#include <stdio.h>
#include <string.h>

/* RFC 9293, RFC 7323, RFC 2018. */
enum kind {
	KIND_END = 0,
	KIND_NOP = 1,
	KIND_MSS = 2,
	KIND_SCALE = 3,
	KIND_SACK = 4,
	KIND_TIMESTAMP = 8,
};

struct option {
	uint8_t kind;
	struct reader value; /* at least as long as the kind needs */
};

static size_t least_value_bytes(uint8_t kind)
{
	switch (kind) {
	case KIND_MSS:
		return 2;
	case KIND_SCALE:
		return 1;
	case KIND_TIMESTAMP:
		return 8;
	default:
		return 0;
	}
}

/* False: there is no more, or it is malformed; reader_ok(in) tells which. */
static bool next_option(struct reader *in, struct option *ret_option)
{
	uint8_t length;

	if (!reader_ok(in) || !in->left_bytes)
		return false;
	ret_option->kind = read_u8(in);
	ret_option->value = reader_of(in->at, 0);
	if (ret_option->kind == KIND_END || ret_option->kind == KIND_NOP)
		return true;
	length = read_u8(in);
	if (length < 2 || length - 2u < least_value_bytes(ret_option->kind)) {
		in->failed = true;
		return false;
	}
	ret_option->value = reader_of(in->at, length - 2u);
	reader_skip(in, length - 2u);
	return reader_ok(in);
}

static size_t add_option(struct option *option, char *out, size_t room)
{
	uint32_t own;
	int count = 0;

	switch (option->kind) {
	case KIND_END:
		count = snprintf(out, room, "L");
		break;
	case KIND_NOP:
		count = snprintf(out, room, "N");
		break;
	case KIND_MSS:
		count = snprintf(out, room, "M%X", read_be16(&option->value));
		break;
	case KIND_SCALE:
		count = snprintf(out, room, "W%X", read_u8(&option->value));
		break;
	case KIND_SACK:
		count = snprintf(out, room, "S");
		break;
	case KIND_TIMESTAMP:
		own = read_be32(&option->value);
		count = snprintf(out, room, "T%d%d", own != 0, read_be32(&option->value) != 0);
		break;
	default:
		break;
	}
	return (size_t)count;
}

void os_options_text(const uint8_t *options, size_t bytes, char ret_text[OS_OPTIONS_TEXT_BYTES])
{
	struct reader in = reader_of(options, bytes);
	struct option option;
	size_t used = 0;

	*ret_text = '\0';
	if (bytes > TCP_OPTIONS_BYTES)
		return;
	while (next_option(&in, &option))
		used += add_option(&option, ret_text + used, OS_OPTIONS_TEXT_BYTES - used);
	if (!reader_ok(&in))
		*ret_text = '\0';
}

bool os_options_timestamp(const uint8_t *options, size_t bytes, uint32_t *ret_timestamp)
{
	struct reader in = reader_of(options, bytes);
	struct option option;

	while (next_option(&in, &option))
		if (option.kind == KIND_TIMESTAMP) {
			*ret_timestamp = read_be32(&option.value);
			return true;
		}
	return false;
}

uint32_t os_crc32(const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < count; i++) {
		crc ^= at[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}
