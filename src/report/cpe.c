/* A URI has up to seven components: part, vendor, product, version, update,
 * edition, language. An empty one is ANY, "-" is NA. The edition may be packed:
 * "~edition~sw_edition~target_sw~target_hw~other" (6.1.2.4). In a component %XX
 * are bytes, of which %01 is the wildcard '?' and %02 '*'. Letters are lower
 * case (5.3.2). In the formatted string a byte that is neither letter, digit,
 * '_', '-' nor '.' has a backslash in front, and wildcards have none (6.2). */
#include "report/cpe.h"

#include <string.h>
#include <strings.h>

#define COMPONENTS 7 /* of a URI */
#define ATTRIBUTES 11
#define EDITION    5
#define LANGUAGE   6
#define PACKED     5 /* edition and what newer names added to it */

/* A piece of the URI; bytes 0 is ANY. */
struct piece {
	const char *text;
	size_t bytes;
};

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit = (char)(digit | 0x20);
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The next byte of a piece, its %XX undone; -1 for what is not allowed. */
static int next_byte(struct piece *piece, bool *ret_wildcard)
{
	int high, low, byte = (unsigned char)*piece->text;
	size_t used = 1;

	*ret_wildcard = false;
	if (byte == '%') {
		high = piece->bytes > 2 ? hex_digit(piece->text[1]) : -1;
		low = piece->bytes > 2 ? hex_digit(piece->text[2]) : -1;
		if (high < 0 || low < 0)
			return -1;
		byte = high << 4 | low;
		used = 3;
		*ret_wildcard = byte == 1 || byte == 2;
		if (*ret_wildcard)
			byte = byte == 1 ? '?' : '*';
	}
	piece->text += used;
	piece->bytes -= used;
	return byte > 0x20 && byte < 0x7f ? byte : -1;
}

static bool is_plain(int byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
	       byte == '.' || byte == '-';
}

/* Wildcards stand at the ends alone (5.3.2). */
static bool add_value(struct buf *out, struct piece piece)
{
	bool wildcard, plain = false, closed = false;

	while (piece.bytes) {
		int byte = next_byte(&piece, &wildcard);

		if (byte < 0 || (closed && !wildcard))
			return false;
		plain |= !wildcard;
		closed |= wildcard && plain;
		if (byte >= 'A' && byte <= 'Z')
			byte += 'a' - 'A';
		if (!wildcard && !is_plain(byte))
			buf_add_char(out, '\\');
		buf_add_char(out, (char)byte);
	}
	return true;
}

/* One attribute: ANY is '*', NA stays '-', a lone quoted hyphen is a hyphen. */
static bool add_attribute(struct buf *out, const struct piece *piece)
{
	buf_add_char(out, ':');
	if (!piece->bytes)
		buf_add_char(out, '*');
	else if (piece->bytes == 3 && !strncasecmp(piece->text, "%2d", 3))
		buf_add_str(out, "\\-");
	else
		return add_value(out, *piece);
	return true;
}

/* Cuts at `separator` into at most `most` pieces; false when there are more. */
static bool cut(struct piece whole, char separator, struct piece *pieces, size_t most)
{
	for (size_t i = 0; i < most; i++) {
		const char *end = memchr(whole.text, separator, whole.bytes);
		size_t bytes = end ? (size_t)(end - whole.text) : whole.bytes;

		pieces[i] = (struct piece){whole.text, bytes};
		if (!end)
			return true;
		whole.text += bytes + 1;
		whole.bytes -= bytes + 1;
	}
	return false;
}

/* The attributes in the order of the formatted string: part, vendor, product,
 * version, update, edition, language, sw_edition, target_sw, target_hw, other. */
static bool attributes_of(const char *uri, struct piece attributes[ATTRIBUTES])
{
	struct piece components[COMPONENTS] = {{NULL, 0}}, packed[PACKED] = {{NULL, 0}};
	struct piece edition;

	if (strncmp(uri, "cpe:/", 5) != 0 ||
	    !cut((struct piece){uri + 5, strlen(uri + 5)}, ':', components, COMPONENTS))
		return false;
	edition = components[EDITION];
	packed[0] = edition;
	if (edition.bytes && *edition.text == '~' &&
	    !cut((struct piece){edition.text + 1, edition.bytes - 1}, '~', packed, PACKED))
		return false;
	memcpy(attributes, components, sizeof(components));
	attributes[EDITION] = packed[0];
	memcpy(&attributes[LANGUAGE + 1], &packed[1], (PACKED - 1) * sizeof(packed[0]));
	return true;
}

static bool is_part(const struct piece *part)
{
	return part->bytes == 1 && strchr("aho", *part->text | 0x20);
}

bool cpe_add_formatted(struct buf *out, const char *uri)
{
	struct piece attributes[ATTRIBUTES] = {{NULL, 0}};
	size_t start = out->len;

	if (!attributes_of(uri, attributes) || !is_part(&attributes[0]))
		return false;
	buf_add_str(out, "cpe:2.3");
	for (size_t i = 0; i < ATTRIBUTES; i++)
		if (!add_attribute(out, &attributes[i])) {
			buf_cut(out, start);
			return false;
		}
	return true;
}
