/* From argv to a plan: the environment's arguments, the table, the checks,
 * and, for --resume, the same once more over the arguments of a log. */
#include "api/resume.h"
#include "api/settings.h"
#include "api/words.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define ENVIRONMENT_MAX 2048

/* A command line with room for a plan's order. Texts are borrowed. */
struct line {
	const char **argv, **order;
	int argc;
};

static void line_release(struct line *line)
{
	alloc_free(line->argv);
	alloc_free(line->order);
	*line = (struct line){0};
}

static int line_init(struct line *line, const char *program, size_t most)
{
	/* One more than argc, as execve() has it. */
	line->argv = alloc_array(most + 2, sizeof(*line->argv));
	line->order = alloc_array(most + 2, sizeof(*line->order));
	if (!line->argv || !line->order)
		return ERROR_MEMORY;
	line->argv[0] = program;
	line->argc = 1;
	return 0;
}

static void line_add(struct line *line, char *const *words, size_t count)
{
	if (count)
		memcpy(line->argv + line->argc, words, count * sizeof(*words));
	line->argc += (int)count;
}

/* U+2010 to U+2015, or the Windows dashes: copied from a web page or a word
 * processor, and meant to be '-'. */
static bool is_false_dash(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	return (c[0] == 0xe2 && c[1] == 0x80 && c[2] >= 0x90 && c[2] <= 0x95) || c[0] == 0x96 ||
	       c[0] == 0x97;
}

static int check_dashes(const struct line *line, struct diag *diag)
{
	int i;

	for (i = 1; i < line->argc; i++)
		if (is_false_dash(line->argv[i]))
			return diag_set(
				diag, ERROR_SYNTAX,
				"argument %d begins with a typographic dash (\"%.80s\"), not with "
				"\"-\"; type it again",
				i, line->argv[i]);
	return 0;
}

static int split_environment(const char *text, struct words *ret_words, struct diag *diag)
{
	int r;

	if (!text)
		return 0;
	if (strlen(text) >= ENVIRONMENT_MAX)
		return diag_set(
			diag, ERROR_LIMIT,
			"NMAP_ARGS (or PORTOLAN_ARGS) holds %zu bytes; fewer than %d are read, "
			"so shorten it",
			strlen(text), ENVIRONMENT_MAX);
	r = words_split_quoted(text, ret_words);
	if (r == ERROR_SYNTAX)
		return diag_set(
			diag, r,
			"NMAP_ARGS (or PORTOLAN_ARGS) has a quote that is not closed: %.200s",
			text);
	return r < 0 ? diag_set(diag, r, "out of memory") : 0;
}

static int add_operand(void *self, const char *text, struct diag *diag)
{
	struct settings *settings = self;

	if (text_list_add(&settings->operands, text) < 0)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	return 0;
}

static int parse(const struct plan_request *request, const struct line *line,
		 struct settings *settings, struct diag *diag)
{
	settings_init(settings);
	settings->warn = request->warn;
	settings->self = request->self;
	return option_parse(settings->table, line->argc, (char *const *)line->argv, settings,
			    add_operand, line->order, diag);
}

static int check_and_build(const struct plan_request *request, const struct line *line,
			   struct settings *settings, struct plan **ret_plan, struct diag *diag)
{
	int r = settings_check(settings, request->raw_possible, diag);

	if (r < 0)
		return r;
	return plan_from_settings(settings, request, line->order, (size_t)line->argc, ret_plan,
				  diag);
}

/* The arguments of the log, with --append-output before them. */
static int resume_line(const struct plan_request *request, const char *path,
		       struct words *ret_words, struct line *ret_line, struct diag *diag)
{
	char *text = NULL;
	size_t bytes = 0;
	int r;

	if ((r = resume_read(path, &text, &bytes, diag)) < 0)
		return r;
	r = resume_arguments(text, bytes, ret_words, diag);
	alloc_free(text);
	if (r < 0)
		return r;
	if (line_init(ret_line, request->argv[0], ret_words->list.count + 1) < 0)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	ret_line->argv[ret_line->argc++] = "--append-output";
	line_add(ret_line, (char *const *)ret_words->list.items, ret_words->list.count);
	return 0;
}

/* A number that names no file is a scan of the journal. */
static int resume_plan(const struct plan_request *request, const char *from, struct plan **ret_plan,
		       struct diag *diag)
{
	struct words words = {0};
	struct line line = {0};
	struct settings settings = {0};
	struct plan *plan = NULL;
	int r;

	if (resume_is_journal(from))
		r = resume_journal_plan(from, &plan, diag);
	else if ((r = resume_line(request, from, &words, &line, diag)) == 0 &&
		 (r = parse(request, &line, &settings, diag)) == 0) {
		r = settings.uses[USE_RESUME]
			    ? diag_set(diag, ERROR_CORRUPT,
				       "%.400s is the log of a --resume itself; name the first log",
				       from)
			    : check_and_build(request, &line, &settings, &plan, diag);
	}
	if (r == 0 && plan) {
		plan->output.append = true;
		if (!plan->resume_from && !(plan->resume_from = arena_strdup(&plan->arena, from)))
			r = diag_set(diag, ERROR_MEMORY, "out of memory");
	}
	if (r == 0)
		*ret_plan = plan;
	else
		plan_free(plan);
	settings_release(&settings);
	line_release(&line);
	words_release(&words);
	return r;
}

/* --resume stands alone: what it would be mixed with is in the log. */
static int check_resume(const struct settings *settings, const struct line *line, struct diag *diag)
{
	unsigned others = 0, use;

	for (use = USE_NONE; use < USES; use++)
		others += use == USE_RESUME ? 0 : settings->uses[use];
	if (others || settings->operands.count || line->argc > 3)
		return diag_set(
			diag, ERROR_CONFLICT,
			"--resume takes everything from the log, so it goes with nothing else; "
			"type only --resume %.200s",
			settings->resume);
	return 0;
}

static int plan_from_line(const struct plan_request *request, const struct line *line,
			  enum request_kind *ret_kind, struct plan **ret_plan, struct diag *diag)
{
	struct settings settings;
	int r = parse(request, line, &settings, diag);

	if (r == ERROR_CANCELLED && settings.kind != REQUEST_SCAN)
		r = 0;
	else if (r == 0 && settings.uses[USE_RESUME]) {
		if ((r = check_resume(&settings, line, diag)) == 0)
			r = resume_plan(request, settings.resume, ret_plan, diag);
	} else if (r == 0) {
		r = check_and_build(request, line, &settings, ret_plan, diag);
	}
	if (r == 0)
		*ret_kind = settings.kind;
	settings_release(&settings);
	return r;
}

int plan_from_argv(const struct plan_request *request, enum request_kind *ret_kind,
		   struct plan **ret_plan, struct diag *diag)
{
	size_t typed = request->argc > 1 ? (size_t)request->argc - 1 : 0;
	struct words words = {0};
	struct line line = {0};
	int r = split_environment(request->environment, &words, diag);

	if (r == 0 && line_init(&line, request->argc > 0 ? request->argv[0] : "portolan",
				words.list.count + typed) < 0)
		r = diag_set(diag, ERROR_MEMORY, "out of memory");
	if (r == 0) {
		line_add(&line, (char *const *)words.list.items, words.list.count);
		line_add(&line, request->argv + (typed ? 1 : 0), typed);
		r = check_dashes(&line, diag);
	}
	if (r == 0 && line.argc == 1)
		*ret_kind = REQUEST_USAGE;
	else if (r == 0)
		r = plan_from_line(request, &line, ret_kind, ret_plan, diag);
	line_release(&line);
	words_release(&words);
	return r;
}
