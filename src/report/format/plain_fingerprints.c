/* The blocks that a user may send to whom it concerns (formats.md 2.9). */
#include "report/format/plain.h"

#include <string.h>

#define FINGERPRINTS_MAX 9  /* a host */
#define LINE_BYTES       74 /* of every line but the last */
#define CONTINUED        "SF:"
#define SEPARATOR        "=============="

static const char *fingerprint_of(const struct port_report *port)
{
	return port->service ? port->service->fingerprint : NULL;
}

static size_t fingerprints(const struct host_report *host)
{
	size_t count = 0;

	for (size_t i = 0; i < host->ports_count && count < FINGERPRINTS_MAX; i++)
		count += fingerprint_of(&host->ports[i]) != NULL;
	return count;
}

/* It is ASCII already, unless somebody changed a journal. */
static void add_safe(struct buf *out, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_char(out, text[i] > 0x20 && text[i] < 0x7f ? text[i] : '.');
}

/* The ';' at its end comes after the last line, however long that is. */
static void add_wrapped(struct buf *out, const char *fingerprint)
{
	size_t left = strlen(fingerprint), room = LINE_BYTES, count;
	bool first = true, ended = left && fingerprint[left - 1] == ';';

	for (left -= ended; left; left -= count, fingerprint += count) {
		if (!first)
			buf_add_str(out, "\n" CONTINUED);
		count = left < room ? left : room;
		add_safe(out, fingerprint, count);
		room = LINE_BYTES - strlen(CONTINUED);
		first = false;
	}
	buf_add_str(out, ended ? ";\n" : "\n");
}

void plain_add_fingerprints(const struct plain *plain, const struct host_report *host)
{
	size_t count = fingerprints(host), left = count;
	struct buf *out = plain->out;

	if (!count)
		return;
	plain->state->exact_begin = out->len;
	/* What people look for in it is the beginning. */
	buf_addf(out,
		 "%zu service%s unrecognized despite returning data. Who knows what runs there can "
		 "turn the text below into a signature with 'portolan learn':\n",
		 count, count == 1 ? "" : "s");
	for (size_t i = 0; i < host->ports_count && left; i++) {
		const char *fingerprint = fingerprint_of(&host->ports[i]);

		if (!fingerprint)
			continue;
		left--;
		if (count > 1)
			buf_add_str(out, SEPARATOR
				    "NEXT SERVICE FINGERPRINT (SUBMIT INDIVIDUALLY)" SEPARATOR
				    "\n");
		add_wrapped(out, fingerprint);
	}
	plain->state->exact_end = out->len;
}
