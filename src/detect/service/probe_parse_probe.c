/* What follows "Probe " (formats.md 6.1):
 *
 *	("TCP" | "UDP") SP name SP "q" DEL bytes DEL { SP flag }
 */
#include "detect/service/probe_db.h"
#include "util/error.h"

#include <string.h>

#define NONE (-1)

static int take_transport(struct probe_build *build, enum transport *ret_transport)
{
	if (strncmp(build->at, "TCP ", 4) != 0 && strncmp(build->at, "UDP ", 4) != 0)
		return probe_wrong(build, build->at,
				   "TCP or UDP should stand here, in capitals, and one blank");
	*ret_transport = *build->at == 'T' ? TRANSPORT_TCP : TRANSPORT_UDP;
	build->at += 4;
	return 0;
}

static bool is_name_start(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

static int take_name(struct probe_build *build, const char **ret_name)
{
	char *name = build->at, *blank = strchr(name, ' ');

	if (!is_name_start(*name))
		return probe_wrong(build, name,
				   "the probe's name should stand here, from a letter or digit on");
	if (!blank || blank[1] != 'q')
		return probe_wrong(build, blank ? blank + 1 : build->end,
				   "after the name: what is sent, as in q|HELP\\r\\n|");
	*blank = '\0';
	build->at = blank + 2;
	*ret_name = name;
	return 0;
}

static int hex_digit(char byte)
{
	char lower = (char)(byte | 0x20);

	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : NONE;
}

/* What an escape stands for, from the byte after the backslash on; *ret_taken bytes of it. */
static int escape(const char *at, size_t *ret_taken)
{
	static const char letters[] = "\\0nrt", bytes[] = "\\\0\n\r\t";
	const char *found;

	*ret_taken = 3;
	if (*at == 'x')
		return hex_digit(at[1]) == NONE || hex_digit(at[2]) == NONE
			       ? NONE
			       : hex_digit(at[1]) << 4 | hex_digit(at[2]);
	*ret_taken = 1;
	found = *at ? strchr(letters, *at) : NULL;
	return found ? (uint8_t)bytes[found - letters] : NONE;
}

/* In place: what it gives is never longer. */
static int unescape(const struct probe_build *build, char *text, size_t *ret_bytes)
{
	char *out = text, *at = text;
	size_t taken;

	for (; *at; out++) {
		int byte = (uint8_t)*at++;

		if (byte == '\\') {
			byte = escape(at, &taken);
			if (byte == NONE)
				return probe_wrong(
					build, at - 1,
					"after \\ one of \\ 0 n r t, or x and two "
					"hexadecimal digits; a backslash itself is \\\\");
			at += taken;
		}
		*out = (char)byte;
	}
	*ret_bytes = (size_t)(out - text);
	return 0;
}

static int take_string(struct probe_build *build, struct service_probe *probe)
{
	char *text;
	int r = probe_take_delimited(build, "string", &text, &probe->bytes_count);

	if (r == 0)
		r = unescape(build, text, &probe->bytes_count);
	probe->bytes = (const uint8_t *)text;
	return r;
}

/* Words that are not known mean something to other versions. */
static int take_flags(struct probe_build *build, struct service_probe *probe)
{
	static const char no_payload[] = "no-payload";

	if (*build->at && !probe_is_blank(*build->at))
		return probe_wrong(build, build->at, "a blank should follow the string");
	for (probe_skip_blanks(build); *build->at; probe_skip_blanks(build)) {
		size_t bytes = strcspn(build->at, " \t\r\v\f");

		if (bytes == sizeof(no_payload) - 1 && strncmp(build->at, no_payload, bytes) == 0)
			probe->no_payload = true;
		build->at += bytes;
	}
	return 0;
}

int probe_parse_probe(struct probe_build *build)
{
	struct service_probe probe = {0};
	int r;

	if ((r = take_transport(build, &probe.transport)) < 0 ||
	    (r = take_name(build, &probe.name)) < 0 || (r = take_string(build, &probe)) < 0 ||
	    (r = take_flags(build, &probe)) < 0)
		return r;
	return probe_build_probe(build, &probe);
}
