/* What follows "Finding ", and which match lines mean which:
 *
 *	id SP severity { SP letter DEL text DEL }
 *
 * The letters are t (title), w (why), r (remedy), which must be there, x (references, between
 * blanks) and c (confidence). */
#include "detect/service/probe_db.h"
#include "engine/script_copy.h"
#include "util/error.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct finding_draft {
	struct finding_draft *next;
	struct script_finding finding;
	struct probe_place place;
};

static struct finding_draft *find(const struct probe_build *build, const char *id)
{
	struct finding_draft *draft = build->findings;

	while (draft && strcmp(draft->finding.id, id) != 0)
		draft = draft->next;
	return draft;
}

/* Ends the word at `at` in place. NULL: there is none, or one with a byte that `fits` not. */
static char *take_word(struct probe_build *build, bool (*fits)(char byte))
{
	char *word, *end;

	probe_skip_blanks(build);
	word = end = build->at;
	while (fits(*end))
		end++;
	if (end == word || (*end && !probe_is_blank(*end)))
		return NULL;
	build->at = end < build->end ? end + 1 : end;
	*end = '\0';
	return word;
}

static bool fits_id(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
}

static int take_id(struct probe_build *build, struct script_finding *finding)
{
	const struct finding_draft *other;
	const char *at = build->at;

	finding->id = take_word(build, fits_id);
	if (!finding->id || strlen(finding->id) > SCRIPT_ID_MAX)
		return probe_wrong(build, at,
				   "the finding's name should stand here, of a-z, 0-9 and -");
	other = find(build, finding->id);
	if (other)
		return probe_wrong(
			build, at, "the finding %.80s is told in %.80s, line %u: leave one out",
			finding->id, build->db->files[other->place.file], other->place.line);
	return 0;
}

static int take_severity(struct probe_build *build, struct script_finding *finding)
{
	const char *at = build->at, *word = take_word(build, fits_id);
	int severity = word ? finding_severity_parse(word) : -1;

	if (severity < 0)
		return probe_wrong(build, at,
				   "the severity should stand here: info, low, medium, high or "
				   "critical");
	finding->severity = (enum finding_severity)severity;
	return 0;
}

/* Cuts the text at its blanks. */
static int take_references(struct probe_build *build, char *text, struct script_finding *finding)
{
	const char **list;
	char *rest = NULL, *word;

	list = arena_alloc(&build->db->arena, FINDING_REFERENCES_MAX * sizeof(*list));
	if (!list)
		return ERROR_MEMORY;
	finding->references = list;
	finding->references_count = 0;
	for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (finding->references_count == FINDING_REFERENCES_MAX)
			return probe_wrong(build, word, "a finding has %u references, no more",
					   FINDING_REFERENCES_MAX);
		list[finding->references_count++] = word;
	}
	return 0;
}

static int take_confidence(struct probe_build *build, const char *text,
			   struct script_finding *finding)
{
	char *end;

	finding->confidence = strtod(text, &end);
	if (!isdigit((unsigned char)*text) || *end || !(finding->confidence <= 1))
		return probe_wrong(build, text, "a confidence is a number from 0 to 1, as in 0.7");
	return 0;
}

static int take_field(struct probe_build *build, struct script_finding *finding)
{
	char letter = *build->at, *text;
	size_t bytes;
	int r;

	if (!strchr("twrxc", letter))
		return probe_wrong(build, build->at,
				   "one of t w r x c and a text between delimiters should stand "
				   "here");
	build->at++;
	if ((r = probe_take_delimited(build, "text", &text, &bytes)) < 0)
		return r;
	if (*build->at && !probe_is_blank(*build->at))
		return probe_wrong(build, build->at, "a blank should follow the delimiter");
	if (letter == 'x')
		return take_references(build, text, finding);
	if (letter == 'c')
		return take_confidence(build, text, finding);
	*(letter == 't'   ? &finding->title
	  : letter == 'w' ? &finding->why
			  : &finding->remedy) = text;
	return 0;
}

static int take_fields(struct probe_build *build, struct script_finding *finding)
{
	int r = 0;

	finding->confidence = 1;
	for (probe_skip_blanks(build); r == 0 && *build->at; probe_skip_blanks(build))
		r = take_field(build, finding);
	if (r == 0 && (!finding->title || !finding->why || !finding->remedy))
		return probe_wrong(build, build->at,
				   "a finding has a title, a reason and a remedy, as in t|No "
				   "password| w|Anybody reads all.| r|Set one.|");
	return r;
}

int probe_parse_finding(struct probe_build *build)
{
	struct finding_draft *draft = arena_alloc(&build->db->arena, sizeof(*draft));
	int r;

	if (!draft)
		return ERROR_MEMORY;
	*draft = (struct finding_draft){.next = build->findings, .place = build->place};
	if ((r = take_id(build, &draft->finding)) < 0 ||
	    (r = take_severity(build, &draft->finding)) < 0 ||
	    (r = take_fields(build, &draft->finding)) < 0)
		return r;
	build->findings = draft;
	return 0;
}

int probe_build_resolve_findings(struct probe_build *build)
{
	size_t i;

	for (i = 0; i < build->lines_count; i++) {
		struct match_draft *line = &build->lines[i];
		const struct finding_draft *draft;

		if (!line->finding_id)
			continue;
		draft = find(build, line->finding_id);
		if (!draft)
			return probe_wrong_at(build, line->finding_place, ERROR_SYNTAX,
					      "no Finding line has the name \"%.80s\": mend it, or "
					      "write one",
					      line->finding_id);
		line->line.finding = &draft->finding;
	}
	return 0;
}
