#include "script/script_db.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define CATEGORIES_MAX 64

struct parser {
	struct script_db *db;
	const char *text, *at, *end;
	struct diag *diag;
};

static int bad(struct parser *in, const char *what)
{
	unsigned line = 1, column = 1;
	const char *c;

	for (c = in->text; c < in->at; c++) {
		column = *c == '\n' ? 1 : column + 1;
		line += *c == '\n';
	}
	return diag_set_at(in->diag, ERROR_SYNTAX, line, column, "%s expected", what);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct parser *in)
{
	while (in->at < in->end) {
		if (is_space(*in->at))
			in->at++;
		else if (in->end - in->at >= 2 && in->at[0] == '-' && in->at[1] == '-')
			while (in->at < in->end && *in->at != '\n')
				in->at++;
		else
			return;
	}
}

static bool take(struct parser *in, char c)
{
	skip_space(in);
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static bool is_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

static bool take_word(struct parser *in, const char *word)
{
	size_t bytes = strlen(word);

	skip_space(in);
	if ((size_t)(in->end - in->at) < bytes || memcmp(in->at, word, bytes) != 0 ||
	    (in->at + bytes < in->end && is_word(in->at[bytes])))
		return false;
	in->at += bytes;
	return true;
}

/* The character after a backslash; 0 when we do not read it. */
static char escaped(char c)
{
	if (c == '\\' || c == '"' || c == '\'')
		return c;
	return c == 'n' ? '\n' : 0;
}

static const char *string_end(const char *at, const char *end, char quote)
{
	for (; at < end && *at && *at != '\n'; at++) {
		if (*at == quote)
			return at;
		if (*at == '\\' && (++at == end || !escaped(*at)))
			return NULL;
	}
	return NULL;
}

/* NULL: *ret_error tells why. */
static char *read_string(struct parser *in, int *ret_error)
{
	const char *closing = NULL;
	char *text;
	size_t bytes = 0;

	skip_space(in);
	if (in->at < in->end && (*in->at == '"' || *in->at == '\''))
		closing = string_end(in->at + 1, in->end, *in->at);
	if (!closing) {
		*ret_error = bad(in, "a string");
		return NULL;
	}
	text = arena_alloc(&in->db->arena, (size_t)(closing - in->at));
	if (!text) {
		*ret_error = ERROR_MEMORY;
		return NULL;
	}
	for (in->at++; in->at < closing; in->at++)
		text[bytes++] = *in->at == '\\' ? escaped(*++in->at) : *in->at;
	in->at = closing + 1;
	return text;
}

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + ('a' - 'A'));
}

static int keep_categories(struct parser *in, const char **found, size_t count,
			   struct script_db_entry *entry)
{
	const char **kept = arena_alloc(&in->db->arena, (count + 1) * sizeof(*kept));

	if (!kept)
		return ERROR_MEMORY;
	if (count)
		memcpy(kept, found, count * sizeof(*kept));
	entry->categories = kept;
	return 0;
}

static int read_categories(struct parser *in, struct script_db_entry *entry)
{
	const char *found[CATEGORIES_MAX];
	size_t count = 0;
	char *category;
	int r;

	if (!take(in, '{'))
		return bad(in, "`{`");
	while (!take(in, '}')) {
		if (count == CATEGORIES_MAX)
			return bad(in, "fewer categories");
		category = read_string(in, &r);
		if (!category)
			return r;
		lower(category);
		found[count++] = category;
		if (!take(in, ',') && !take(in, ';') && !(in->at < in->end && *in->at == '}'))
			return bad(in, "`,` or `}`");
	}
	return keep_categories(in, found, count, entry);
}

static int read_field(struct parser *in, struct script_db_entry *entry)
{
	bool names_file = take_word(in, "filename");
	int r;

	if (!names_file && !take_word(in, "categories"))
		return bad(in, "`filename` or `categories`");
	if (!take(in, '='))
		return bad(in, "`=`");
	if (!names_file)
		return read_categories(in, entry);
	entry->file_name = read_string(in, &r);
	return entry->file_name ? 0 : r;
}

static int add_entry(struct parser *in, const struct script_db_entry *entry)
{
	struct script_db *db = in->db;
	size_t room = db->room ? db->room * 2 : 256;
	struct script_db_entry *grown;

	if (!entry->file_name)
		return bad(in, "an entry with a `filename`");
	if (!entry->categories)
		return bad(in, "an entry with `categories`");
	if (db->count == db->room) {
		grown = alloc_resize(db->all, room, sizeof(*grown));
		if (!grown)
			return ERROR_MEMORY;
		db->all = grown;
		db->room = room;
	}
	db->all[db->count++] = *entry;
	return 0;
}

static int read_entry(struct parser *in)
{
	struct script_db_entry entry = {0};
	bool parenthesis;
	int r;

	if (!take_word(in, "Entry"))
		return bad(in, "`Entry`");
	parenthesis = take(in, '(');
	if (!take(in, '{'))
		return bad(in, "`{`");
	while (!take(in, '}')) {
		if ((r = read_field(in, &entry)) < 0)
			return r;
		if (!take(in, ',') && !take(in, ';') && !(in->at < in->end && *in->at == '}'))
			return bad(in, "`,` or `}`");
	}
	if (parenthesis && !take(in, ')'))
		return bad(in, "`)`");
	return add_entry(in, &entry);
}

int script_db_parse(const char *text, size_t bytes, struct script_db *ret_db, struct diag *diag)
{
	struct script_db db = SCRIPT_DB_INIT;
	struct parser in = {&db, text, text, text + bytes, diag};
	int r = 0;

	for (skip_space(&in); r == 0 && in.at < in.end; skip_space(&in))
		if (!take(&in, ';'))
			r = read_entry(&in);
	if (r == ERROR_MEMORY)
		diag_set(diag, r, "%s", error_text(r));
	if (r < 0)
		script_db_release(&db);
	else
		*ret_db = db;
	return r;
}

void script_db_release(struct script_db *db)
{
	arena_release(&db->arena);
	alloc_free(db->all);
	*db = (struct script_db)SCRIPT_DB_INIT;
}

/* ---- writing ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_file_name(const void *a, const void *b)
{
	return strcmp(((const struct script_db_entry *)a)->file_name,
		      ((const struct script_db_entry *)b)->file_name);
}

static void add_string(struct buf *text, const char *string)
{
	buf_add_char(text, '"');
	for (; *string; string++) {
		if (*string == '"' || *string == '\\')
			buf_add_char(text, '\\');
		if (*string == '\n')
			buf_add_str(text, "\\n");
		else
			buf_add_char(text, *string);
	}
	buf_add_char(text, '"');
}

static int add_categories(struct buf *text, const char *const *categories)
{
	const char **sorted;
	size_t count = 0, i;

	while (categories[count])
		count++;
	sorted = alloc_array(count + 1, sizeof(*sorted));
	if (!sorted)
		return ERROR_MEMORY;
	memcpy(sorted, categories, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_text);
	for (i = 0; i < count; i++) {
		if (i && strcmp(sorted[i], sorted[i - 1]) == 0)
			continue;
		add_string(text, sorted[i]);
		buf_add_str(text, ", ");
	}
	alloc_free(sorted);
	return 0;
}

int script_db_write(struct script_db_entry *entries, size_t count, struct buf *text)
{
	size_t i;

	if (count)
		qsort(entries, count, sizeof(*entries), by_file_name);
	for (i = 0; i < count; i++) {
		buf_add_str(text, "Entry { filename = ");
		add_string(text, entries[i].file_name);
		buf_add_str(text, ", categories = { ");
		if (add_categories(text, entries[i].categories) < 0)
			return ERROR_MEMORY;
		buf_add_str(text, "} }\n");
	}
	return buf_ok(text) ? 0 : ERROR_MEMORY;
}
