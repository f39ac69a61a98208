#include "options.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* RFC 4727's experimental option: fingerprints are silent about it. */
#define KIND_SILENT 253

#define CRC32_POLYNOMIAL 0xedb88320u

struct builder {
	uint8_t *bytes;
	size_t used;
	bool failed;
};

static void add_number(struct builder *out, uint32_t number, unsigned width)
{
	if (out->failed || out->used + width > OPTIONS_MOST_BYTES) {
		out->failed = true;
		return;
	}
	while (width--)
		out->bytes[out->used++] = (uint8_t)(number >> 8 * width);
}

/* Hex digits behind M and W: as many as there are. */
static const char *add_hex(struct builder *out, const char *text, unsigned width)
{
	char *end;
	unsigned long number = strtoul(text, &end, 16);

	if (end == text || number >> 8 * width)
		out->failed = true;
	add_number(out, (uint32_t)number, width);
	return end;
}

static const char *add_stamp(struct builder *out, const char *text, struct options_stamps stamps)
{
	if (strspn(text, "01") < 2) {
		out->failed = true;
		return text;
	}
	add_number(out, 0x080a, 2);
	add_number(out, text[0] == '1' ? stamps.own : 0, 4);
	add_number(out, text[1] == '1' ? stamps.echoed : 0, 4);
	return text + 2;
}

/* Gives the text behind the option. */
static const char *add_option(struct builder *out, const char *text, struct options_stamps stamps)
{
	switch (*text) {
	case 'L':
	case 'N':
		add_number(out, *text == 'N', 1);
		return text + 1;
	case 'S':
		add_number(out, 0x0402, 2);
		return text + 1;
	case 'M':
		add_number(out, 0x0204, 2);
		return add_hex(out, text + 1, 2);
	case 'W':
		add_number(out, 0x0303, 2);
		return add_hex(out, text + 1, 1);
	case 'T':
		return add_stamp(out, text + 1, stamps);
	default:
		out->failed = true;
		return text + 1;
	}
}

/* An option has two bytes at least, so a single missing byte takes five. */
static void fill(struct builder *out)
{
	size_t missing = (4 - out->used % 4) % 4;

	if (!missing)
		return;
	if (missing == 1)
		missing += 4;
	add_number(out, KIND_SILENT << 8 | (uint32_t)missing, 2);
	for (missing -= 2; missing; missing--)
		add_number(out, 0, 1);
}

int options_build(const char *text, struct options_stamps stamps,
		  uint8_t ret_bytes[OPTIONS_MOST_BYTES])
{
	struct builder out = {.bytes = ret_bytes};

	while (*text && !out.failed)
		text = add_option(&out, text, stamps);
	fill(&out);
	return out.failed ? -1 : (int)out.used;
}

/* A CRC's step is undone bit by bit: the top bit tells whether the polynomial was added.
 * What the register must be before the four bytes, against what it is at the start,
 * are the bytes. */
void options_forge_crc32(uint32_t crc, uint8_t ret_bytes[4])
{
	uint32_t state = ~crc, i;

	for (i = 0; i < 32; i++)
		state = state >> 31 ? (state ^ CRC32_POLYNOMIAL) << 1 | 1 : state << 1;
	state ^= UINT32_MAX;
	for (i = 0; i < 4; i++)
		ret_bytes[i] = (uint8_t)(state >> 8 * i);
}
