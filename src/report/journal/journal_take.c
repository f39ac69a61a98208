#include "report/journal/journal_take.h"

#include <string.h>

#define DOUBLE_MAX 1e9

const char *take_text(struct journal_taker *taker, struct journal_row *row)
{
	const char *text = row_text(row), *copy = text ? arena_strdup(&taker->arena, text) : NULL;

	if (text && !copy)
		taker->failed = true;
	return copy;
}

size_t take_lines(struct journal_taker *taker, struct journal_row *row, const char **texts,
		  size_t most)
{
	char *rest = (char *)take_text(taker, row);
	size_t count = 0;

	while (rest && count < most)
		texts[count++] = strsep(&rest, "\n");
	return count;
}

const void *take_array(struct journal_taker *taker, const void *items, size_t bytes)
{
	void *copy = bytes ? arena_alloc(&taker->arena, bytes) : NULL;

	if (copy)
		memcpy(copy, items, bytes);
	else if (bytes)
		taker->failed = true;
	return copy;
}

double take_double(struct journal_row *row)
{
	double value = row_double(row, 0);

	return value > -DOUBLE_MAX && value < DOUBLE_MAX ? value : 0;
}

uint32_t take_u32(struct journal_row *row)
{
	int64_t value = row_int(row);

	return value >= 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
}
