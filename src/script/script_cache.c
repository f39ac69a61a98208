#include "script/script_cache.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdbool.h>
#include <string.h>

#define LISTED_MAX 256 /* categories or dependencies of a script */

static const char first_line[] = "portolan scripts 1";

int script_records_add(struct script_records *records, const struct script_record *record)
{
	size_t room = records->room ? records->room * 2 : 64;
	struct script_record *grown;

	if (records->count == records->room) {
		grown = alloc_resize(records->all, room, sizeof(*grown));
		if (!grown)
			return ERROR_MEMORY;
		records->all = grown;
		records->room = room;
	}
	records->all[records->count++] = *record;
	return 0;
}

void script_records_release(struct script_records *records)
{
	alloc_free(records->all);
	*records = (struct script_records){0};
}

/* ---- reading ---- */

struct listed {
	const char *all[LISTED_MAX];
	size_t count;
};

struct parser {
	const char *at, *end;
	struct arena *arena;
	struct script_records records;
	struct script_record record; /* being read */
	struct listed categories, dependencies;
};

/* The next line, unescaped; NULL when there is none, or memory is short. */
static char *read_line(struct parser *in, int *ret_error)
{
	const char *newline = memchr(in->at, '\n', (size_t)(in->end - in->at));
	char *line, *to;

	*ret_error = ERROR_CORRUPT;
	if (!newline)
		return NULL;
	line = to = arena_alloc(in->arena, (size_t)(newline - in->at) + 1);
	if (!line) {
		*ret_error = ERROR_MEMORY;
		return NULL;
	}
	for (; in->at < newline; in->at++) {
		if (*in->at == '\\' && in->at + 1 < newline)
			*to++ = *++in->at == 'n' ? '\n' : *in->at;
		else
			*to++ = *in->at;
	}
	in->at = newline + 1;
	return line;
}

/* What follows `word` and a blank; NULL when the line begins otherwise. */
static const char *after(const char *line, const char *word)
{
	size_t bytes = strlen(word);

	return strncmp(line, word, bytes) == 0 && line[bytes] == ' ' ? line + bytes + 1 : NULL;
}

static bool read_number(const char **at, uint64_t *ret_number)
{
	uint64_t number = 0;
	const char *digit = *at;

	for (; *digit >= '0' && *digit <= '9'; digit++) {
		if (number > (UINT64_MAX - 9) / 10)
			return false;
		number = number * 10 + (uint64_t)(*digit - '0');
	}
	if (digit == *at || *digit != ' ')
		return false;
	*at = digit + 1;
	*ret_number = number;
	return true;
}

static int begin_script(struct parser *in, const char *line)
{
	struct script_record record = {0};
	uint64_t rules;

	if (!read_number(&line, &record.mtime_ns) || !read_number(&line, &record.bytes) ||
	    !read_number(&line, &rules) || !rules || rules > 15 || !*line || strchr(line, '/'))
		return ERROR_CORRUPT;
	record.head.rules = (unsigned)rules;
	record.file_name = line;
	in->record = record;
	in->categories.count = in->dependencies.count = 0;
	return 0;
}

static const char *const *keep_listed(struct parser *in, const struct listed *listed)
{
	const char **kept = arena_alloc(in->arena, (listed->count + 1) * sizeof(*kept));

	if (kept && listed->count)
		memcpy(kept, listed->all, listed->count * sizeof(*kept));
	return kept;
}

static int end_script(struct parser *in)
{
	if (!in->record.file_name)
		return 0;
	in->record.head.categories = keep_listed(in, &in->categories);
	in->record.head.dependencies = keep_listed(in, &in->dependencies);
	if (!in->record.head.categories || !in->record.head.dependencies)
		return ERROR_MEMORY;
	return script_records_add(&in->records, &in->record);
}

static int add_listed(struct listed *listed, const char *text)
{
	if (listed->count == LISTED_MAX)
		return ERROR_CORRUPT;
	listed->all[listed->count++] = text;
	return 0;
}

static int read_field(struct parser *in, const char *line)
{
	struct script_head *head = &in->record.head;
	const char *text;

	if (!in->record.file_name)
		return ERROR_CORRUPT;
	if ((text = after(line, "category")))
		return add_listed(&in->categories, text);
	if ((text = after(line, "dependency")))
		return add_listed(&in->dependencies, text);
	if ((text = after(line, "description")))
		head->description = text;
	else if ((text = after(line, "author")))
		head->author = text;
	else if ((text = after(line, "license")))
		head->license = text;
	return text ? 0 : ERROR_CORRUPT;
}

static int read_scripts(struct parser *in)
{
	const char *script;
	char *line;
	int r;

	while ((line = read_line(in, &r))) {
		if (strcmp(line, "end") == 0)
			return in->at == in->end ? end_script(in) : ERROR_CORRUPT;
		script = after(line, "script");
		if (script && (r = end_script(in)) == 0)
			r = begin_script(in, script);
		else if (!script)
			r = read_field(in, line);
		if (r < 0)
			return r;
	}
	return r;
}

static int read_top(struct parser *in, const char *folder)
{
	int r;
	char *line = read_line(in, &r);
	const char *path;

	if (!line)
		return r;
	if (strcmp(line, first_line) != 0)
		return ERROR_CORRUPT;
	line = read_line(in, &r);
	if (!line)
		return r;
	path = after(line, "folder");
	return path && strcmp(path, folder) == 0 ? 0 : ERROR_CORRUPT;
}

int script_cache_parse(const char *text, size_t bytes, const char *folder, struct arena *arena,
		       struct script_records *ret_records)
{
	struct parser in = {.at = text, .end = text + bytes, .arena = arena};
	int r = bytes ? read_top(&in, folder) : ERROR_CORRUPT;

	if (r == 0)
		r = read_scripts(&in);
	if (r < 0)
		script_records_release(&in.records);
	else
		*ret_records = in.records;
	return r;
}

/* ---- writing ---- */

static void add_line(struct buf *text, const char *word, const char *value)
{
	if (!value)
		return;
	buf_add_str(text, word);
	buf_add_char(text, ' ');
	for (; *value; value++) {
		if (*value == '\\' || *value == '\n')
			buf_add_char(text, '\\');
		buf_add_char(text, *value == '\n' ? 'n' : *value);
	}
	buf_add_char(text, '\n');
}

static void add_lines(struct buf *text, const char *word, const char *const *values)
{
	for (; *values; values++)
		add_line(text, word, *values);
}

static void add_record(struct buf *text, const struct script_record *record)
{
	const struct script_head *head = &record->head;

	buf_addf(text, "script %llu %llu %u", (unsigned long long)record->mtime_ns,
		 (unsigned long long)record->bytes, head->rules);
	add_line(text, "", record->file_name);
	add_lines(text, "category", head->categories);
	add_lines(text, "dependency", head->dependencies);
	add_line(text, "author", head->author);
	add_line(text, "license", head->license);
	add_line(text, "description", head->description);
}

int script_cache_write(const char *folder, const struct script_records *records, struct buf *text)
{
	size_t i;

	buf_add_str(text, first_line);
	buf_add_char(text, '\n');
	add_line(text, "folder", folder);
	for (i = 0; i < records->count; i++)
		add_record(text, &records->all[i]);
	buf_add_str(text, "end\n");
	return buf_ok(text) ? 0 : ERROR_MEMORY;
}
