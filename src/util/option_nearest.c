#include "util/option_nearest.h"

#include <string.h>

#define WORD_MAX 40 /* longer words are nobody's slip */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* '_' and any case count as what they were meant to be. */
static char plain(char c)
{
	if (c == '_')
		return '-';
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Insertions, deletions, changes and swaps of neighbours (optimal string
 * alignment) between two words of at most WORD_MAX characters. */
static size_t slips(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
	size_t rows[3][WORD_MAX + 1], i, j;
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *swap;

	for (j = 0; j <= b_bytes; j++)
		last[j] = before[j] = j;
	for (i = 1; i <= a_bytes; i++) {
		now[0] = i;
		for (j = 1; j <= b_bytes; j++) {
			bool same = plain(a[i - 1]) == plain(b[j - 1]);

			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + !same);
			if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) &&
			    plain(a[i - 2]) == plain(b[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		swap = before;
		before = last;
		last = now;
		now = swap;
	}
	return last[b_bytes];
}

bool option_nearest(const struct option_table *table, const char *typed,
		    char ret_title[OPTION_TITLE_BYTES])
{
	const char *word = typed + strspn(typed, "-");
	size_t bytes = strcspn(word, "="), best = bytes / 3 + 1;
	struct option_walk walk = {table, 0};
	const struct option_row *row, *nearest = NULL;

	if (bytes < 3 || bytes > WORD_MAX)
		return false;
	while ((row = option_next(&walk))) {
		size_t name_bytes = row->name ? strlen(row->name) : 0, far;

		if (name_bytes < 3 || name_bytes > WORD_MAX || row->hidden || row->variant)
			continue;
		far = slips(word, bytes, row->name, name_bytes);
		if (far < best) {
			best = far;
			nearest = row;
		}
	}
	if (nearest)
		option_title(nearest, ret_title);
	return nearest != NULL;
}
