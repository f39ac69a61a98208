/* Tables of plain text (formats.md 2.6): left aligned, as wide as the widest
 * cell, one space between columns, nothing after a row's last cell. */
#ifndef PORTOLAN_REPORT_FORMAT_TABLE_H
#define PORTOLAN_REPORT_FORMAT_TABLE_H

#include "util/buf.h"

#define TABLE_COLUMNS_MAX 8

struct table {
	struct buf text;  /* of all cells */
	struct buf cells; /* struct table_cell, row by row */
	size_t columns, column;
	size_t widths[TABLE_COLUMNS_MAX];
};

void table_init(struct table *table, size_t columns);
void table_release(struct table *table);

/* The next cell, left to right. `style` is put before its text and undone
 * behind it without taking room; NULL none. It must outlive the table. */
void table_add(struct table *table, const char *text, const char *style);
/* The next cell, the row's last: it may reach over the columns behind it, and widens none. */
void table_add_wide(struct table *table, const char *text);
/* Ends a row, which may be short. */
void table_end_row(struct table *table);
/* Prints all rows but those that are empty. */
void table_print(const struct table *table, struct buf *out);

#endif
