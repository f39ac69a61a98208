#include "detect/service/port_finding.h"

#include <string.h>

#define QUOTE_BYTES 100u /* of what the service said */

static void add_quoted(struct buf *out, const uint8_t *said, size_t bytes)
{
	size_t i, most = bytes < QUOTE_BYTES ? bytes : QUOTE_BYTES;

	buf_add_char(out, '"');
	for (i = 0; i < most; i++) {
		const char *named = said[i] == '\r' ? "\\r" : said[i] == '\n' ? "\\n" : NULL;

		if (named)
			buf_add_str(out, named);
		else if (said[i] >= ' ' && said[i] <= '~' && said[i] != '"' && said[i] != '\\')
			buf_add_char(out, (char)said[i]);
		else
			buf_addf(out, "\\x%02x", said[i]);
	}
	buf_add_str(out, bytes > most ? "\" ..." : "\"");
}

static void add_seen(struct buf *out, const struct found *found)
{
	if (found->probe->bytes_count)
		buf_addf(out, "the answer to %s: ", found->probe->name);
	else
		buf_add_str(out, "the greeting: ");
	add_quoted(out, found->sample, found->sample_bytes);
}

const struct script_finding *port_finding_of(struct port_finding *port, const struct found *found,
					     const char *file)
{
	struct buf *texts = &port->texts;
	size_t source;

	if (!found->line->finding)
		return NULL;
	buf_clear(texts);
	add_seen(texts, found);
	buf_add_char(texts, '\0');
	source = texts->len;
	buf_addf(texts, "match line %u of %s", found->line->line, file);
	if (!buf_ok(texts))
		return NULL;
	port->finding = *found->line->finding;
	port->finding.seen = buf_str(texts);
	port->finding.source = port->finding.seen + source;
	return &port->finding;
}

void port_finding_release(struct port_finding *port)
{
	buf_release(&port->texts);
}
