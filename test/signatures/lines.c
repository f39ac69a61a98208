/* What every match line must keep to. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "detect/service/template.h"
#include "signatures.h"

#include <pcre2.h>
#include <string.h>

#define STEPS_MAX 50000 /* formats.md 6.2 */

static const char *file_of(const struct signatures *all, const struct match_line *line)
{
	return probe_db_file(all->db, line->file);
}

static pcre2_code *compile(struct signatures *all, const struct match_line *line)
{
	uint32_t flags = PCRE2_NEVER_UTF | (line->caseless ? PCRE2_CASELESS : 0) |
			 (line->dot_all ? PCRE2_DOTALL : 0);
	PCRE2_SIZE at;
	int error;
	pcre2_code *code =
		pcre2_compile(line->pattern, line->pattern_bytes, flags, &error, &at, NULL);
	PCRE2_UCHAR words[160];

	if (!code) {
		pcre2_get_error_message(error, words, sizeof(words));
		problem(all, file_of(all, line), line->line, "pattern, byte %zu: %s", (size_t)at,
			(const char *)words);
	}
	return code;
}

static uint32_t info(const pcre2_code *code, uint32_t what)
{
	uint32_t value = 0;

	(void)pcre2_pattern_info(code, what, &value);
	return value;
}

static void check_build(struct signatures *all, const struct match_line *line,
			const pcre2_code *code)
{
	bool anchored = info(code, PCRE2_INFO_ALLOPTIONS) & PCRE2_ANCHORED;
	const char *fault = pattern_fault((const char *)line->pattern, line->pattern_bytes,
					  anchored, line->dot_all);

	if (info(code, PCRE2_INFO_MATCHEMPTY))
		problem(all, file_of(all, line), line->line,
			"the pattern matches the empty string, so every response");
	if (fault)
		problem(all, file_of(all, line), line->line, "the pattern can take long: %s",
			fault);
}

static int run(const pcre2_code *code, pcre2_match_context *limits, const struct buf *text)
{
	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	int r = data ? pcre2_match(code, text->data, text->len, 0, 0, data, limits)
		     : PCRE2_ERROR_NOMEMORY;

	pcre2_match_data_free(data);
	return r;
}

/* Long texts that begin as the pattern wants them: none may exhaust its steps. */
static void check_time(struct signatures *all, const struct match_line *line,
		       const pcre2_code *code)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	const char *pattern = (const char *)line->pattern;
	struct buf text = BUF_INIT;
	size_t which;
	int r = 0;

	if (!limits)
		return;
	pcre2_set_match_limit(limits, STEPS_MAX);
	for (which = 0; r != PCRE2_ERROR_MATCHLIMIT &&
			pattern_torment(pattern, line->pattern_bytes, which, &text);
	     which++) {
		r = text.len ? run(code, limits, &text) : 0;
		buf_clear(&text);
	}
	if (r == PCRE2_ERROR_MATCHLIMIT)
		problem(all, file_of(all, line), line->line,
			"the pattern takes more than %d steps on a long text (number %zu of "
			"patterns.c): anchor it, bound its repetitions, exclude \\n from them",
			STEPS_MAX, which - 1);
	buf_release(&text);
	pcre2_match_context_free(limits);
}

static void check_templates(struct signatures *all, const struct match_line *line, uint32_t groups)
{
	struct match_group found[MATCH_GROUPS] = {0};
	char text[MATCH_FIELD_BYTES];
	const char *why;
	int i;

	for (i = 0; i < MATCH_GROUPS && (uint32_t)i <= groups; i++)
		found[i] = (struct match_group){(const uint8_t *)"7", 1};
	for (i = 0; i < MATCH_FIELDS; i++) {
		if (!line->templates[i])
			continue;
		why = match_template_fill((enum match_field)i, line->templates[i], found, text);
		if (why)
			problem(all, file_of(all, line), line->line, "template \"%s\": %s",
				line->templates[i], why);
		else if (!*line->templates[i])
			problem(all, file_of(all, line), line->line,
				"an empty template: leave it out");
	}
}

/* cpe:/a:vendor:product, at least; a substitution may follow. */
static void check_cpe(struct signatures *all, const struct match_line *line)
{
	int i;

	for (i = MATCH_CPE_A; i <= MATCH_CPE_O; i++) {
		const char *cpe = line->templates[i];
		const char *vendor = cpe ? strchr(cpe + strlen("cpe:/a"), ':') : NULL;
		const char *product = vendor ? strchr(vendor + 1, ':') : NULL;

		if (cpe && (!product || product == vendor + 1 || !product[1]))
			problem(all, file_of(all, line), line->line,
				"\"%s\" lacks a vendor or a product", cpe);
	}
}

void check_lines(struct signatures *all)
{
	size_t i;

	for (i = 0; i < probe_db_lines(all->db); i++) {
		const struct match_line *line = probe_db_line(all->db, i);
		pcre2_code *code = compile(all, line);

		if (!code)
			continue;
		check_build(all, line, code);
		check_time(all, line, code);
		check_templates(all, line, info(code, PCRE2_INFO_CAPTURECOUNT));
		check_cpe(all, line);
		pcre2_code_free(code);
	}
}
