#include "report/format/xml_text.h"

#include <stdint.h>

static void add_byte(struct buf *out, uint8_t byte, uint8_t before)
{
	switch (byte) {
	case '<':
		buf_add_str(out, "&lt;");
		return;
	case '>':
		buf_add_str(out, "&gt;");
		return;
	case '&':
		buf_add_str(out, "&amp;");
		return;
	case '"':
		buf_add_str(out, "&quot;");
		return;
	case '\'':
		buf_add_str(out, "&apos;");
		return;
	case '-': /* "--" may not be in a comment */
		buf_add_str(out, before == '-' ? "&#45;" : "-");
		return;
	case '\t':
	case '\n':
	case '\r':
		buf_addf(out, "&#x%x;", byte);
		return;
	default:
		break;
	}
	/* XML 1.0 has no way to write the other control bytes, not even as
	 * references (its production 2); formats.md 4.1 writes those of scripts so. */
	if (byte < 0x20)
		buf_addf(out, "\\x%02X", byte);
	else if (byte > 0x7f)
		buf_addf(out, "&#x%x;", byte);
	else
		buf_add_char(out, (char)byte);
}

void xml_add_text(struct buf *out, const char *text)
{
	uint8_t before = 0;

	for (; *text; text++) {
		add_byte(out, (uint8_t)*text, before);
		before = (uint8_t)*text;
	}
}

void xml_add_attribute(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	xml_add_text(out, value);
	buf_add_char(out, '"');
}
