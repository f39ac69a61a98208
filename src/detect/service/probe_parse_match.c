/* What follows "match " or "softmatch " (formats.md 6.2):
 *
 *	service SP "m" DEL regex DEL { "i" | "s" } { SP template }
 *	template = letter DEL text DEL flags | "cpe:" DEL text DEL flags
 *
 * and, which is ours, "f" DEL id DEL: what a match says is wrong (a Finding line's).
 */
#include "detect/service/probe_db.h"
#include "util/error.h"

#include <string.h>

#define FLAGS_MAX 3
#define TUNNEL    "ssl/"

static int take_service(struct probe_build *build, struct match_line *line)
{
	char *name = build->at, *blank = name + strcspn(name, " \t");

	if (!*blank || blank == name)
		return probe_wrong(build, blank,
				   "the service's name should stand here, then a "
				   "pattern, as in: match ssh m|^SSH-|");
	*blank = '\0';
	build->at = blank + 1;
	line->tunnel = strncmp(name, TUNNEL, strlen(TUNNEL)) == 0;
	line->service = line->tunnel ? name + strlen(TUNNEL) : name;
	if (!*line->service)
		return probe_wrong(build, name, "the name of the service inside TLS is missing");
	return 0;
}

static int take_pattern_flags(struct probe_build *build, struct match_line *line)
{
	const char *first = build->at;

	for (; *build->at && !probe_is_blank(*build->at); build->at++) {
		if ((*build->at != 'i' && *build->at != 's') || build->at - first == FLAGS_MAX)
			return probe_wrong(build, build->at,
					   "after a pattern only the flags i (any case) and s (a "
					   "dot is any byte), then a blank");
		line->caseless |= *build->at == 'i';
		line->dot_all |= *build->at == 's';
	}
	return 0;
}

static int take_pattern(struct probe_build *build, struct match_line *line)
{
	char *pattern;
	size_t bytes;
	int r;

	probe_skip_blanks(build);
	if (*build->at != 'm')
		return probe_wrong(build, build->at, "a pattern should stand here, as in m|^SSH-|");
	build->at++;
	if ((r = probe_take_delimited(build, "pattern", &pattern, &bytes)) < 0)
		return r;
	if (!bytes)
		return probe_wrong(build, pattern, "an empty pattern fits every response");
	line->pattern = (const uint8_t *)pattern;
	line->pattern_bytes = (uint16_t)bytes;
	return take_pattern_flags(build, line);
}

/* Flags without a meaning, then a blank or the end. */
static int end_template(struct probe_build *build)
{
	const char *first = build->at;

	while ((*build->at >= 'a' && *build->at <= 'z') || (*build->at >= 'A' && *build->at <= 'Z'))
		build->at++;
	if ((*build->at && !probe_is_blank(*build->at)) || build->at - first > FLAGS_MAX)
		return probe_wrong(build, first,
				   "a blank should follow the delimiter; when the text itself "
				   "holds it, take another one, as in p|a/b|");
	return 0;
}

static int take_cpe(struct probe_build *build, struct match_line *line)
{
	static const char parts[] = "aho";
	char *begin = build->at, *text;
	const char *part;
	size_t bytes;
	int r;

	build->at += strlen("cpe:");
	if (!*build->at || probe_is_blank(*build->at))
		return probe_wrong(build, build->at,
				   "a delimiter should follow, as in cpe:/a:vendor:product/");
	if ((r = probe_take_delimited(build, "CPE", &text, &bytes)) < 0)
		return r;
	text[-1] = '/'; /* whatever the delimiter was */
	part = bytes ? strchr(parts, *text) : NULL;
	if (!part)
		return probe_wrong(build, text,
				   "a CPE is of part a (application), h (hardware) or o (system)");
	line->templates[MATCH_CPE_A + (part - parts)] = begin;
	return end_template(build);
}

static int take_finding(struct probe_build *build, struct match_draft *draft)
{
	char *text;
	size_t bytes;
	int r;

	build->at++;
	draft->finding_place = probe_place_of(build, build->at);
	if ((r = probe_take_delimited(build, "finding's name", &text, &bytes)) < 0)
		return r;
	draft->finding_id = text;
	return end_template(build);
}

static int take_template(struct probe_build *build, struct match_draft *draft)
{
	static const char letters[] = "pvihod"; /* in the order of enum match_field */
	const char *letter = strchr(letters, *build->at);
	char *text;
	size_t bytes;
	int r;

	if (strncmp(build->at, "cpe:", 4) == 0)
		return take_cpe(build, &draft->line);
	if (*build->at == 'f')
		return take_finding(build, draft);
	if (!letter)
		return probe_wrong(build, build->at,
				   "one of p v i h o d f, or cpe:, and a text "
				   "between delimiters should stand here");
	build->at++;
	if (!*build->at || probe_is_blank(*build->at))
		return probe_wrong(build, build->at, "a delimiter should follow, as in %c/text/",
				   *letter);
	if ((r = probe_take_delimited(build, "text", &text, &bytes)) < 0)
		return r;
	draft->line.templates[MATCH_PRODUCT + (letter - letters)] = text;
	return end_template(build);
}

int probe_parse_match(struct probe_build *build, bool soft)
{
	struct match_draft draft = {
		.line = {.soft = soft, .file = build->place.file, .line = build->place.line}};
	int r;

	if ((r = take_service(build, &draft.line)) < 0 ||
	    (r = take_pattern(build, &draft.line)) < 0)
		return r;
	for (probe_skip_blanks(build); r == 0 && *build->at; probe_skip_blanks(build))
		r = take_template(build, &draft);
	return r < 0 ? r : probe_build_line(build, &draft);
}
