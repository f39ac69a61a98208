#include "detect/service/matcher.h"
#include "detect/service/matcher_filter.h"
#include "detect/service/matcher_pcre.h"
#include "detect/service/template.h"
#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#define WARNING_BYTES 512

typedef char field_texts[MATCH_FIELDS][MATCH_FIELD_BYTES];

struct matcher {
	const struct probe_db *db;
	void (*warn)(void *self, const char *text);
	void *self;
	struct pattern_machine *machine;
	struct matcher_filter *filter; /* NULL: every line is tried */
	struct pattern *patterns;      /* by the lines' ids */
	bool *told;                    /* by the lines' ids: a field that could not be filled was */
	struct matcher_stats stats;
	field_texts texts[2]; /* of the best line so far, and of the one that is tried */
	unsigned kept;        /* which of them is the best's */
};

/* One response's search. */
struct search {
	const uint8_t *response;
	size_t bytes;
	bool hard_only;
	bool first; /* the first line that matches is taken */
	unsigned rank;
	struct match_result best;
};

/* Making */

/* Ids run on within a probe: its lines can be told by a range of ids (probes.h: the lines
 * of a probe are an array, and ids are places among all of them). */
static void check_ids(const struct probe_db *db)
{
	const struct service_probe *probe;
	size_t i;

	for (i = 0; i < probe_db_probes(db); i++) {
		probe = probe_db_probe(db, i);
		assert(!probe->lines_count ||
		       probe->lines[probe->lines_count - 1].id - probe->lines[0].id ==
			       probe->lines_count - 1);
	}
}

static int matcher_make(struct matcher *matcher)
{
	size_t lines = probe_db_lines(matcher->db);

	matcher->machine = pattern_machine_new();
	matcher->patterns = alloc_array(lines + 1, sizeof(*matcher->patterns));
	matcher->told = alloc_array(lines + 1, sizeof(*matcher->told));
	if (!matcher->machine || !matcher->patterns || !matcher->told)
		return ERROR_MEMORY;
	return matcher_filter_new(matcher->db, &matcher->filter);
}

int matcher_new(const struct probe_db *db, void (*warn)(void *self, const char *text), void *self,
		struct matcher **ret_matcher)
{
	struct matcher *matcher = alloc_zero(sizeof(*matcher));
	int r;

	if (!matcher)
		return ERROR_MEMORY;
	check_ids(db);
	matcher->db = db;
	matcher->warn = warn;
	matcher->self = self;
	if ((r = matcher_make(matcher)) < 0) {
		matcher_free(matcher);
		return r;
	}
	*ret_matcher = matcher;
	return 0;
}

void matcher_free(struct matcher *matcher)
{
	size_t i;

	if (!matcher)
		return;
	for (i = 0; matcher->patterns && i < probe_db_lines(matcher->db); i++)
		pattern_release(&matcher->patterns[i]);
	alloc_free(matcher->patterns);
	alloc_free(matcher->told);
	matcher_filter_free(matcher->filter);
	pattern_machine_free(matcher->machine);
	alloc_free(matcher);
}

void matcher_without_filter(struct matcher *matcher)
{
	matcher_filter_free(matcher->filter);
	matcher->filter = NULL;
}

void matcher_jit_after(struct matcher *matcher, unsigned runs)
{
	pattern_machine_jit_after(matcher->machine, runs);
}

/* One line */

static void tell(struct matcher *matcher, const struct match_line *line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(struct matcher *matcher, const struct match_line *line, const char *format, ...)
{
	char text[WARNING_BYTES];
	va_list args;
	int used;

	if (!matcher->warn)
		return;
	used = snprintf(text, sizeof(text) / 2, "%s:%u: ", probe_db_file(matcher->db, line->file),
			line->line);
	if (used < 0 || (size_t)used >= sizeof(text) / 2)
		used = (int)(sizeof(text) / 2) - 1;
	va_start(args, format);
	vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
	va_end(args);
	matcher->warn(matcher->self, text);
}

static int compile(struct matcher *matcher, const struct match_line *line)
{
	struct pattern *pattern = &matcher->patterns[line->id];
	char why[256] = "";
	int r;

	if (pattern->code)
		return 0;
	r = pattern_compile(matcher->machine, line, pattern, why, sizeof(why));
	if (r == 0)
		matcher->stats.compiled++;
	else if (*why)
		tell(matcher, line, "the pattern cannot be used: %s", why);
	return r;
}

static const char *const field_names[MATCH_FIELDS] = {
	[MATCH_PRODUCT] = "product",
	[MATCH_VERSION] = "version",
	[MATCH_EXTRAINFO] = "info",
	[MATCH_HOSTNAME] = "host name",
	[MATCH_OSTYPE] = "OS",
	[MATCH_DEVICETYPE] = "device type",
	[MATCH_CPE_A] = "application CPE",
	[MATCH_CPE_H] = "hardware CPE",
	[MATCH_CPE_O] = "OS CPE",
};

static void fill_fields(struct matcher *matcher, const struct match_line *line,
			const struct match_group groups[MATCH_GROUPS], field_texts texts,
			struct match_result *result)
{
	const char *why;
	size_t field;

	for (field = 0; field < MATCH_FIELDS; field++) {
		if (!line->templates[field])
			continue;
		why = match_template_fill((enum match_field)field, line->templates[field], groups,
					  texts[field]);
		if (*texts[field])
			result->fields[field] = texts[field];
		if (why && !matcher->told[line->id]) {
			matcher->told[line->id] = true;
			tell(matcher, line, "the %s stays empty: %s", field_names[field], why);
		}
	}
}

/* Does the line match? Then its fields are in the texts that are not kept. */
static bool try_line(struct matcher *matcher, const struct match_line *line,
		     const uint8_t *response, size_t bytes, struct match_result *ret_result)
{
	struct match_group groups[MATCH_GROUPS];
	enum pattern_outcome outcome;

	if (!bytes || compile(matcher, line) < 0)
		return false;
	matcher->stats.candidates++;
	outcome = pattern_run(matcher->machine, &matcher->patterns[line->id], response, bytes,
			      groups);
	matcher->stats.limits_hit += outcome == PATTERN_LIMIT;
	matcher->stats.confirmed += outcome == PATTERN_YES;
	if (outcome != PATTERN_YES)
		return false;
	*ret_result = (struct match_result){.line = line};
	fill_fields(matcher, line, groups, matcher->texts[!matcher->kept], ret_result);
	return true;
}

/* Choosing */

/* How telling fields are, the more the better: a hard match that something else lies
 * inside ("You speak HTTP to a TLS port"), hard, then product, then version, then how many. has[]
 * is of templates (what a line may give at most) or of what came out. */
static unsigned rank_of(const struct match_line *line, const char *const has[MATCH_FIELDS])
{
	unsigned rank = 0;
	size_t field;

	for (field = 0; field < MATCH_FIELDS; field++)
		rank += has[field] != NULL;
	rank += has[MATCH_VERSION] ? 1u << 4 : 0;
	rank += has[MATCH_PRODUCT] ? 1u << 5 : 0;
	rank += line->soft ? 0 : 1u << 6;
	rank += match_line_is_tunnel(line) ? 1u << 7 : 0;
	return rank;
}

static bool is_worth_trying(const struct search *search, const struct match_line *line)
{
	if (line->soft && search->hard_only)
		return false;
	return !search->best.line || rank_of(line, line->templates) > search->rank;
}

static void consider(struct matcher *matcher, struct search *search,
		     const struct match_result *seen)
{
	unsigned rank = rank_of(seen->line, seen->fields);

	if (search->best.line && rank <= search->rank)
		return;
	search->best = *seen;
	search->rank = rank;
	matcher->kept = !matcher->kept;
}

static size_t next_candidate(const struct matcher *matcher, size_t from, size_t end)
{
	return matcher->filter ? matcher_filter_next(matcher->filter, from, end) : from;
}

static void search_probe(struct matcher *matcher, struct search *search,
			 const struct service_probe *probe)
{
	size_t first = probe->lines_count ? probe->lines[0].id : 0;
	size_t end = first + probe->lines_count, id;
	struct match_result seen;

	if (search->first && search->best.line)
		return;
	for (id = next_candidate(matcher, first, end); id < end;
	     id = next_candidate(matcher, id + 1, end)) {
		if (!is_worth_trying(search, &probe->lines[id - first]) ||
		    !try_line(matcher, &probe->lines[id - first], search->response, search->bytes,
			      &seen))
			continue;
		seen.with = probe;
		consider(matcher, search, &seen);
		if (search->first)
			return;
	}
}

bool matcher_match(struct matcher *matcher, const struct service_probe *probe,
		   const uint8_t *response, size_t bytes, bool hard_only,
		   struct match_result *ret_result)
{
	const struct service_probe *null_probe = probe_db_null(matcher->db);
	struct search search = {
		.response = response,
		.bytes = bytes,
		.hard_only = hard_only,
		.first = probe_db_manner(matcher->db) == MANNER_FIRST,
	};
	size_t i;

	matcher->stats.responses++;
	if (matcher->filter)
		(void)matcher_filter_scan(matcher->filter, response, bytes);
	search_probe(matcher, &search, probe);
	for (i = 0; i < probe->fallbacks_count; i++)
		search_probe(matcher, &search, probe->fallbacks[i]);
	if (null_probe && probe != null_probe && probe->transport == TRANSPORT_TCP)
		search_probe(matcher, &search, null_probe);
	*ret_result = search.best;
	return search.best.line != NULL;
}

static const struct service_probe *probe_of(const struct matcher *matcher,
					    const struct match_line *line)
{
	const struct service_probe *probe = NULL;
	size_t i;

	for (i = 0; i < probe_db_probes(matcher->db); i++) {
		probe = probe_db_probe(matcher->db, i);
		if (line >= probe->lines && line < probe->lines + probe->lines_count)
			break;
	}
	return probe;
}

bool matcher_try(struct matcher *matcher, const struct match_line *line, const uint8_t *response,
		 size_t bytes, struct match_result *ret_result)
{
	*ret_result = (struct match_result){0};
	if (!try_line(matcher, line, response, bytes, ret_result))
		return false;
	ret_result->with = probe_of(matcher, line);
	matcher->kept = !matcher->kept;
	return true;
}

size_t matcher_check(struct matcher *matcher)
{
	size_t id, bad = 0;

	for (id = 0; id < probe_db_lines(matcher->db); id++)
		bad += compile(matcher, probe_db_line(matcher->db, id)) < 0;
	return bad;
}

void matcher_stats(const struct matcher *matcher, struct matcher_stats *ret_stats)
{
	*ret_stats = matcher->stats;
	if (!matcher->filter) {
		ret_stats->unfiltered = probe_db_lines(matcher->db);
		return;
	}
	ret_stats->filter_bytes = matcher_filter_bytes(matcher->filter);
	ret_stats->unfiltered = matcher_filter_unfiltered(matcher->filter);
}
