/* The grammar of formats.md 6.1: lines, and the directives but Probe, match
 * and softmatch (probe_parse_probe.c, probe_parse_match.c), and Finding, which is ours
 * (probe_parse_finding.c). */
#include "detect/service/probe_db.h"
#include "net/services.h"
#include "util/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WAIT_LEAST_MS 100u
#define WAIT_MOST_MS  300000u
#define NUMBER_MOST   1000000u

struct probe_place probe_place_of(const struct probe_build *build, const char *at)
{
	struct probe_place place = build->place;

	place.column = (unsigned)(at - build->begin) + 1;
	return place;
}

static int speak(const struct probe_build *build, struct probe_place place, int error,
		 const char *words)
{
	return diag_set_at(build->diag, error, place.line, place.column,
			   "%.200s, line %u, column %u: %s", build->texts[place.file].name,
			   place.line, place.column, words);
}

int probe_wrong_at(const struct probe_build *build, struct probe_place place, int error,
		   const char *format, ...)
{
	char words[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	return speak(build, place, error, words);
}

int probe_wrong(const struct probe_build *build, const char *at, const char *format, ...)
{
	char words[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	return speak(build, probe_place_of(build, at), ERROR_SYNTAX, words);
}

void probe_skip_blanks(struct probe_build *build)
{
	while (probe_is_blank(*build->at))
		build->at++;
}

int probe_take_delimited(struct probe_build *build, const char *what, char **ret_text,
			 size_t *ret_bytes)
{
	char *text = build->at + 1, *close;

	close = build->at < build->end ? strchr(text, *build->at) : NULL;
	if (!close)
		return probe_wrong(build, build->at,
				   "the %s has no end: its delimiter '%c' does not come again",
				   what, *build->at ? *build->at : ' ');
	*close = '\0';
	build->at = close + 1;
	*ret_text = text;
	*ret_bytes = (size_t)(close - text);
	return 0;
}

static int nothing_more(struct probe_build *build)
{
	probe_skip_blanks(build);
	if (build->at < build->end)
		return probe_wrong(build, build->at,
				   "nothing may follow here: a comment needs a line of its own");
	return 0;
}

static bool take_number(struct probe_build *build, uint32_t most, uint32_t *ret_value)
{
	uint32_t value = 0;
	const char *first = build->at;

	for (; *build->at >= '0' && *build->at <= '9'; build->at++)
		if (value < NUMBER_MOST)
			value = value * 10 + (uint32_t)(*build->at - '0');
	*ret_value = value;
	return build->at > first && value <= most;
}

static int parse_range(struct probe_build *build, struct buf *ports)
{
	uint32_t first, last;
	const char *at;

	probe_skip_blanks(build);
	at = build->at;
	if (!take_number(build, UINT16_MAX, &first))
		return probe_wrong(build, at, "a port number from 0 to 65535 should stand here");
	last = first;
	if (*build->at == '-') {
		build->at++;
		if (!take_number(build, UINT16_MAX, &last) || last < first)
			return probe_wrong(build, at,
					   "a range of ports goes from low to high, up to 65535");
	}
	probe_skip_blanks(build);
	buf_add(ports, &(struct port_range){(uint16_t)first, (uint16_t)last},
		sizeof(struct port_range));
	return buf_ok(ports) ? 0 : ERROR_MEMORY;
}

static int parse_ranges(struct probe_build *build, struct buf *ports)
{
	int r;

	while ((r = parse_range(build, ports)) == 0 && *build->at == ',')
		build->at++;
	return r < 0 ? r : nothing_more(build);
}

static int parse_ports(struct probe_build *build)
{
	return parse_ranges(build, &build->current->ports);
}

static int parse_ssl_ports(struct probe_build *build)
{
	return parse_ranges(build, &build->current->ssl_ports);
}

/* Within a text the last one holds; texts must not contradict each other. */
static int parse_setting(struct probe_build *build, uint32_t least, uint32_t most, const char *what,
			 struct probe_setting *setting)
{
	struct probe_place place;
	uint32_t value;

	probe_skip_blanks(build);
	place = probe_place_of(build, build->at);
	if (!take_number(build, most, &value) || value < least)
		return probe_wrong_at(build, place, ERROR_SYNTAX, "%s is a number from %u to %u",
				      what, least, most);
	if (setting->place.line && setting->place.file != place.file && setting->value != value)
		return probe_wrong_at(build, place, ERROR_SYNTAX,
				      "%s of probe %.80s is %u in %.80s, line %u: leave one of "
				      "them out",
				      what, build->current->probe.name, setting->value,
				      build->db->files[setting->place.file], setting->place.line);
	*setting = (struct probe_setting){value, place};
	return nothing_more(build);
}

static int parse_rarity(struct probe_build *build)
{
	return parse_setting(build, 1, 9, "rarity", &build->current->rarity);
}

static int parse_total_wait(struct probe_build *build)
{
	return parse_setting(build, WAIT_LEAST_MS, WAIT_MOST_MS, "totalwaitms",
			     &build->current->total_wait);
}

static int parse_wrapped(struct probe_build *build)
{
	return parse_setting(build, WAIT_LEAST_MS, WAIT_MOST_MS, "tcpwrappedms",
			     &build->current->wrapped);
}

/* A name of the list, ended in place; the byte behind it is given, as it is overwritten. */
static char take_fallback(struct probe_build *build)
{
	struct probe_draft *draft = build->current;
	char *name = build->at, after;

	build->at += strcspn(name, ", \t\r\v\f");
	draft->fallbacks[draft->fallbacks_count].name = name;
	draft->fallbacks[draft->fallbacks_count].place = probe_place_of(build, name);
	after = *build->at;
	*build->at = '\0';
	if (build->at < build->end)
		build->at++;
	while (probe_is_blank(after))
		after = build->at < build->end ? *build->at++ : '\0';
	return after;
}

static int parse_fallback(struct probe_build *build)
{
	char after = ',';

	while (after == ',') {
		probe_skip_blanks(build);
		if (!*build->at || *build->at == ',')
			return probe_wrong(build, build->at, "the name of a probe is missing");
		if (build->current->fallbacks_count == PROBE_FALLBACKS_MAX)
			return probe_wrong(build, build->at,
					   "a probe can have %u fallbacks, no more",
					   PROBE_FALLBACKS_MAX);
		after = take_fallback(build);
		build->current->fallbacks_count++;
	}
	if (after)
		return probe_wrong(build, build->at - 1,
				   "commas should stand between the names of probes");
	return 0;
}

static int exclude_ports(struct probe_build *build, const struct services *services)
{
	const struct port_list_request request = {
		.services = services,
		.transports = 1u << TRANSPORT_TCP | 1u << TRANSPORT_UDP | 1u << TRANSPORT_SCTP,
		.prefixes = true,
	};
	struct diag why = {0};
	int r;

	if (!build->db->excluded)
		build->db->excluded = arena_alloc(&build->db->arena, sizeof(struct port_rules));
	if (!build->db->excluded)
		return ERROR_MEMORY;
	r = port_list_parse(build->at, &request, build->db->excluded, &why);
	if (r < 0 && r != ERROR_MEMORY)
		return probe_wrong(build, build->at + (why.column ? why.column - 1 : 0), "%.300s",
				   why.text);
	return r;
}

static int parse_exclude(struct probe_build *build)
{
	struct services *services = NULL;
	int r;

	if (build->current || build->has_exclude)
		return probe_wrong(build, build->begin,
				   "Exclude stands once, before the first Probe of the file");
	build->has_exclude = true;
	if ((r = services_builtin(&services)) == 0)
		r = exclude_ports(build, services);
	services_free(services);
	return r;
}

static int parse_hard(struct probe_build *build)
{
	return probe_parse_match(build, false);
}

static int parse_soft(struct probe_build *build)
{
	return probe_parse_match(build, true);
}

static const struct directive {
	const char *name;
	int (*parse)(struct probe_build *build);
	bool in_probe;
} directives[] = {
	{"match ", parse_hard, true},
	{"softmatch ", parse_soft, true},
	{"ports ", parse_ports, true},
	{"sslports ", parse_ssl_ports, true},
	{"rarity ", parse_rarity, true},
	{"totalwaitms ", parse_total_wait, true},
	{"tcpwrappedms ", parse_wrapped, true},
	{"fallback ", parse_fallback, true},
	{"Probe ", probe_parse_probe, false},
	{"Exclude ", parse_exclude, false},
	{"Finding ", probe_parse_finding, false},
};

static int unknown_directive(const struct probe_build *build)
{
	if (build->end > build->begin && build->end[-1] == '\r')
		return probe_wrong(build, build->end - 1,
				   "the line ends with CR LF: save the file with LF alone");
	if (probe_is_blank(*build->begin))
		return probe_wrong(build, build->begin, "a line starts without blanks");
	return probe_wrong(
		build, build->begin,
		"\"%.*s\" is not known here: a line starts with Exclude, Probe, ports, "
		"sslports, rarity, totalwaitms, tcpwrappedms, fallback, Finding, match or "
		"softmatch, and one blank, or with #",
		(int)(strcspn(build->begin, " \t") > 40 ? 40 : strcspn(build->begin, " \t")),
		build->begin);
}

static int parse_directive(struct probe_build *build)
{
	size_t i, length;

	for (i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
		length = strlen(directives[i].name);
		if (strncmp(build->begin, directives[i].name, length) != 0)
			continue;
		if (directives[i].in_probe && !build->current)
			return probe_wrong(build, build->begin,
					   "%sbelongs to a probe: a Probe line must come first",
					   directives[i].name);
		build->at = build->begin + length;
		return directives[i].parse(build);
	}
	return unknown_directive(build);
}

static int parse_line(struct probe_build *build)
{
	size_t bytes = (size_t)(build->end - build->begin);
	const char *zero;

	if (!bytes || *build->begin == '#')
		return 0;
	if (bytes > PROBE_LINE_MAX)
		return probe_wrong(build, build->begin + PROBE_LINE_MAX,
				   "the line is longer than %u bytes: split it", PROBE_LINE_MAX);
	zero = memchr(build->begin, '\0', bytes);
	if (zero)
		return probe_wrong(build, zero, "a byte of value 0: write \\0 or \\x00 instead");
	*build->end = '\0';
	return parse_directive(build);
}

static char *copy_text(struct probe_build *build, uint16_t file)
{
	const struct text_file *text = &build->texts[file];
	char *copy = arena_alloc(&build->db->arena, text->bytes + 1);

	if (copy && text->bytes)
		memcpy(copy, text->text, text->bytes);
	return copy;
}

int probe_parse_text(struct probe_build *build, uint16_t file)
{
	char *text = copy_text(build, file), *end;
	int r = 0;

	if (!text)
		return ERROR_MEMORY;
	end = text + build->texts[file].bytes;
	build->place = (struct probe_place){.file = file};
	build->current = NULL;
	build->has_exclude = false;
	for (build->begin = text; r == 0 && build->begin < end; build->begin = build->end + 1) {
		build->end = memchr(build->begin, '\n', (size_t)(end - build->begin));
		if (!build->end)
			build->end = end;
		build->place.line++;
		r = parse_line(build);
	}
	return r;
}
