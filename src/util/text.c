#include "util/text.h"

#include <string.h>

static void add_escaped(struct buf *out, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < count; i++) {
		char shown[4] = {'\\', 'x', digits[bytes[i] >> 4], digits[bytes[i] & 15]};

		buf_add(out, shown, sizeof(shown));
	}
}

/* Unicode 15, table 3-7: no overlong forms, no surrogates, nothing past
 * U+10FFFF. Gives the length of the character, 0 when it is none. */
static size_t utf8_read(const uint8_t *at, size_t left, uint32_t *ret_point)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t point = at[0];
	size_t length = 1;

	if (point >= 0x80) {
		length = point >= 0xf0 ? 4 : point >= 0xe0 ? 3 : 2;
		if (point < 0xc2 || point > 0xf4 || length > left)
			return 0;
		point &= 0x7fu >> length;
	}
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3f);
	}
	if (point < smallest[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return length;
}

static bool is_unsafe(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} unsafe[] = {
		{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},
		{0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff},
	};

	for (size_t i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++)
		if (point >= unsafe[i].first && point <= unsafe[i].last)
			return true;
	return false;
}

void text_add_safe(struct buf *out, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	size_t clean = 0; /* bytes before at[0] that wait to be added as they are */
	uint32_t point;

	while (count) {
		size_t length = utf8_read(at, count, &point);

		if (length && !is_unsafe(point)) {
			clean += length;
		} else {
			length = length ? length : 1;
			buf_add(out, at - clean, clean);
			add_escaped(out, at, length);
			clean = 0;
		}
		at += length;
		count -= length;
	}
	if (clean)
		buf_add(out, at - clean, clean);
}

void text_add_ascii(struct buf *out, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < count; i++)
		if (at[i] == '\t' || at[i] == '\n' || (at[i] >= 0x20 && at[i] <= 0x7e))
			buf_add_char(out, (char)at[i]);
		else
			add_escaped(out, at + i, 1);
}

bool text_is_utf8(const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	uint32_t point;

	while (count) {
		size_t length = utf8_read(at, count, &point);

		if (!length)
			return false;
		at += length;
		count -= length;
	}
	return true;
}

/* Not isalnum(): what is a letter must not depend on the locale. */
static bool is_host_name_byte(char byte)
{
	char lower = (char)(byte | 0x20);

	return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') ||
	       (byte && strchr(".-+=:_~*", byte));
}

void text_clean_host_name(const char *name, char *ret_clean, size_t size)
{
	size_t i;

	if (!size)
		return;
	for (i = 0; name[i] && i + 1 < size; i++)
		ret_clean[i] = is_host_name_byte(name[i]) ? name[i] : '*';
	ret_clean[i] = '\0';
}

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 0x20) : byte;
}

/* Only the last star seen is ever widened: whatever an earlier star could
 * swallow more, the last one can swallow too. So each byte of the text starts
 * at most one attempt at the stretch between two stars, and no pattern makes
 * this explode. */
bool text_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
			if (!*pattern)
				return true;
		} else if (*pattern && (*pattern == '?' || lower(*pattern) == lower(*text))) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
