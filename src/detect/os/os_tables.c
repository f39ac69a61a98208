#include "detect/os/os_tables.h"

#include "util/error.h"
#include "util/text.h"

#include <string.h>

#define PATTERN_MAX 128u
#define DIGITS_MAX  9u

int os_table_open(struct arena *arena, const char *name, const void *text, size_t bytes,
		  struct os_table *ret_table)
{
	char *copy = arena_alloc(arena, bytes + 1);

	if (!copy)
		return ERROR_MEMORY;
	if (bytes)
		memcpy(copy, text, bytes);
	*ret_table = (struct os_table){.name = name, .at = copy, .end = copy + bytes};
	return 0;
}

/* The line without its end; NULL: there is none. */
static char *next_line(struct os_table *table)
{
	char *line = table->at, *feed;

	if (line >= table->end)
		return NULL;
	feed = memchr(line, '\n', (size_t)(table->end - line));
	table->at = feed ? feed + 1 : table->end;
	if (feed)
		*feed = '\0';
	table->line++;
	return line;
}

static void cut_fields(struct os_table *table, char *line)
{
	table->count = 0;
	while (line && table->count < OS_TABLE_FIELDS) {
		char *tab = table->count + 1 < OS_TABLE_FIELDS ? strchr(line, '\t') : NULL;

		if (tab)
			*tab = '\0';
		table->fields[table->count++] = line;
		line = tab ? tab + 1 : NULL;
	}
}

bool os_table_next(struct os_table *table)
{
	char *line = next_line(table);

	while (line && (*line == '#' || *line == '\0'))
		line = next_line(table);
	if (line)
		cut_fields(table, line);
	return line != NULL;
}

size_t os_table_lines(const struct os_table *table)
{
	size_t count = 1;
	const char *at;

	for (at = table->at; at < table->end; at++)
		count += *at == '\n';
	return count;
}

int os_table_wrong(const struct os_table *table, const char *words, struct diag *diag)
{
	return diag_set_at(diag, ERROR_SYNTAX, table->line, 1, "%s, line %u: %s", table->name,
			   table->line, words);
}

static unsigned take_digits(const char **at, double *value)
{
	unsigned digits = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++, digits++)
		*value = *value * 10 + (**at - '0');
	return digits;
}

bool os_number_parse(const char *text, double *ret_number)
{
	bool minus = *text == '-';
	double value = 0, behind = 0;
	unsigned digits, after = 0, i;

	text += minus;
	digits = take_digits(&text, &value);
	if (digits && *text == '.') {
		text++;
		after = take_digits(&text, &behind);
		if (!after)
			return false;
	}
	if (!digits || digits > DIGITS_MAX || after > DIGITS_MAX || *text)
		return false;
	for (i = 0; i < after; i++)
		behind /= 10;
	*ret_number = minus ? -(value + behind) : value + behind;
	return true;
}

bool os_words_match(const char *patterns, char between, const char *text)
{
	char pattern[PATTERN_MAX];

	for (;;) {
		const char *end = strchrnul(patterns, between);
		size_t bytes = (size_t)(end - patterns);

		if (bytes < sizeof(pattern)) {
			memcpy(pattern, patterns, bytes);
			pattern[bytes] = '\0';
			if (text_matches(pattern, text))
				return true;
		}
		if (!*end)
			return false;
		patterns = end + 1;
	}
}
