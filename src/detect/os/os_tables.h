/* Tables of data/os: lines of fields with a tab between, '#' for comments. Knows no
 * table's meaning. */
#ifndef PORTOLAN_DETECT_OS_OS_TABLES_H
#define PORTOLAN_DETECT_OS_OS_TABLES_H

#include "util/arena.h"
#include "util/diag.h"

#include <stdbool.h>
#include <stddef.h>

#define OS_TABLE_FIELDS 12u

struct os_table {
	const char *name; /* for the diag */
	char *at, *end;   /* what is left */
	unsigned line;
	size_t count; /* fields of this row */
	const char *fields[OS_TABLE_FIELDS];
};

/* Copies the text, as its fields become terminated texts. ERROR_MEMORY. */
int os_table_open(struct arena *arena, const char *name, const void *text, size_t bytes,
		  struct os_table *ret_table);
/* The next row, with fields that live as long as the arena; false: that was all. Of a line
 * with more fields than a row can have the last holds what is left. */
bool os_table_next(struct os_table *table);
/* Lines that are left: no table has more rows. */
size_t os_table_lines(const struct os_table *table);
/* Says what is wrong with this row: ERROR_SYNTAX. */
int os_table_wrong(const struct os_table *table, const char *words, struct diag *diag);

/* "-12.5"; the whole text, whatever the locale. At most nine digits on either side. */
bool os_number_parse(const char *text, double *ret_number);
/* Does one of the patterns, with `between` between them, fit (text_matches())? */
bool os_words_match(const char *patterns, char between, const char *text);

#endif
