#include "report/format/table.h"

#include <string.h>

struct table_cell {
	size_t at, bytes;
	const char *style;
};

void table_init(struct table *table, size_t columns)
{
	*table = (struct table){.text = BUF_INIT, .cells = BUF_INIT, .columns = columns};
}

void table_release(struct table *table)
{
	buf_release(&table->text);
	buf_release(&table->cells);
}

static void add_cell(struct table *table, const struct table_cell *cell, const char *text)
{
	buf_add(&table->text, text, cell->bytes);
	buf_add(&table->cells, cell, sizeof(*cell));
	table->column++;
}

void table_add(struct table *table, const char *text, const char *style)
{
	struct table_cell cell = {table->text.len, strlen(text), style};

	if (table->column == table->columns)
		return;
	if (cell.bytes > table->widths[table->column])
		table->widths[table->column] = cell.bytes;
	add_cell(table, &cell, text);
}

void table_add_wide(struct table *table, const char *text)
{
	struct table_cell cell = {table->text.len, strlen(text), NULL};

	if (table->column < table->columns)
		add_cell(table, &cell, text);
}

void table_end_row(struct table *table)
{
	while (table->column < table->columns)
		table_add(table, "", NULL);
	table->column = 0;
}

static void print_cell(const struct table *table, const struct table_cell *cell, size_t width,
		       struct buf *out)
{
	if (cell->style)
		buf_add_str(out, cell->style);
	buf_add(out, table->text.data + cell->at, cell->bytes);
	if (cell->style)
		buf_add_str(out, "\033[0m");
	buf_add_repeat(out, ' ', width - cell->bytes);
}

static void print_row(const struct table *table, const struct table_cell *row, struct buf *out)
{
	size_t used = table->columns, i;

	while (used && !row[used - 1].bytes)
		used--;
	for (i = 0; i < used; i++) {
		bool last = i + 1 == used;

		print_cell(table, &row[i], last ? row[i].bytes : table->widths[i] + 1, out);
	}
	if (used)
		buf_add_char(out, '\n');
}

void table_print(const struct table *table, struct buf *out)
{
	size_t cells = table->cells.len / sizeof(struct table_cell), i;
	struct table_cell row[TABLE_COLUMNS_MAX];

	if (!buf_ok(&table->cells) || !buf_ok(&table->text)) {
		out->failed = true;
		return;
	}
	for (i = 0; i + table->columns <= cells; i += table->columns) {
		memcpy(row, table->cells.data + i * sizeof(row[0]),
		       table->columns * sizeof(row[0]));
		print_row(table, row, out);
	}
}
