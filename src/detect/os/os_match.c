/* Scoring. See os_db_private.h for why it goes by cells and rows. Sums of points are
 * kept as two halves of one number, so that adding does both. */
#include "detect/os/os_match.h"

#include "detect/os/os_db_private.h"
#include "detect/os/os_expression.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define STEP 0.00001 /* what a better match must be ahead once the list is full */

/* possible << 32 | matched */
typedef uint64_t points_sum;

static bool cell_matches(const struct os_cell *cell, const char *value, enum os_match_manner manner)
{
	if (manner == OS_MATCH_793)
		return os_expression_matches_793(cell->expression, value);
	return os_expression_matches(cell->expression, value,
				     os_attribute_nests((enum os_attribute)cell->attribute));
}

static points_sum cell_points(const struct os_db *db, const struct os_cell *cell,
			      const struct os_fingerprint *print, enum os_match_manner manner)
{
	const char *value = os_fingerprint_get(print, cell->attribute);
	points_sum points = db->points[cell->attribute];

	if (!value || (cell->implied && manner == OS_MATCH_793))
		return 0;
	return points << 32 | (cell_matches(cell, value, manner) ? points : 0);
}

static struct os_score score_of(points_sum sum)
{
	return (struct os_score){.matched = (uint32_t)sum, .possible = (uint32_t)(sum >> 32)};
}

double os_score_accuracy(struct os_score score)
{
	return score.possible ? (double)score.matched / score.possible : 0;
}

struct os_score os_match_entry(const struct os_db *db, size_t place,
			       const struct os_fingerprint *print, enum os_match_manner manner)
{
	const struct os_print_entry *entry = &db->entries.all[place];
	points_sum sum = 0;
	int test;

	for (test = 0; test < OS_TESTS; test++) {
		uint32_t row = entry->rows[test], i = row ? db->row_ends.all[row - 1] : 0;

		for (; i < db->row_ends.all[row]; i++)
			sum += cell_points(db, &db->cells.all[db->row_cells.all[i]], print, manner);
	}
	return score_of(sum);
}

static void sum_rows(const struct os_db *db, const struct os_fingerprint *print,
		     enum os_match_manner manner, points_sum *cells, points_sum *rows)
{
	size_t i, at = 0;

	for (i = 0; i < db->cells.count; i++)
		cells[i] = cell_points(db, &db->cells.all[i], print, manner);
	for (i = 0; i < db->row_ends.count; i++) {
		points_sum sum = 0;

		for (; at < db->row_ends.all[i]; at++)
			sum += cells[db->row_cells.all[at]];
		rows[i] = sum;
	}
}

static points_sum sum_entry(const struct os_print_entry *entry, const points_sum *rows)
{
	points_sum sum = 0;
	int test;

	for (test = 0; test < OS_TESTS; test++)
		sum += rows[entry->rows[test]];
	return sum;
}

static void take_out(struct os_matches *matches, size_t at)
{
	matches->count--;
	memmove(&matches->list[at], &matches->list[at + 1],
		(matches->count - at) * sizeof(matches->list[0]));
}

static void put_in(struct os_matches *matches, struct os_match match)
{
	size_t at = matches->count;

	while (at && matches->list[at - 1].accuracy < match.accuracy)
		at--;
	if (matches->count == OS_MATCHES_MAX)
		matches->count--;
	memmove(&matches->list[at + 1], &matches->list[at],
		(matches->count - at) * sizeof(matches->list[0]));
	matches->list[at] = match;
	matches->count++;
}

/* The same name in the list: false when it is at least as good there; else it makes way. */
static bool outdoes_its_name(const struct os_db *db, struct os_matches *matches,
			     const struct os_match *match)
{
	const char *name = db->entries.all[match->entry].name;
	size_t i;

	for (i = 0; i < matches->count; i++)
		if (db->entries.all[matches->list[i].entry].name == name)
			break;
	if (i == matches->count)
		return true;
	if (matches->list[i].accuracy >= match->accuracy)
		return false;
	take_out(matches, i);
	return true;
}

static void consider(const struct os_db *db, struct os_matches *matches, struct os_match match,
		     double *threshold)
{
	bool perfect = match.accuracy == 1;

	if ((match.accuracy < *threshold && !perfect) || !outdoes_its_name(db, matches, &match))
		return;
	if (perfect && matches->perfect == OS_MATCHES_MAX) {
		matches->result = OS_MATCH_TOO_MANY;
		return;
	}
	matches->perfect += perfect;
	put_in(matches, match);
	if (matches->count == OS_MATCHES_MAX)
		*threshold = matches->list[OS_MATCHES_MAX - 1].accuracy + STEP;
}

static void choose(const struct os_db *db, const points_sum *rows, struct os_matches *matches)
{
	double threshold = OS_MATCH_THRESHOLD;
	size_t i;

	for (i = 0; i < db->entries.count && matches->result != OS_MATCH_TOO_MANY; i++) {
		struct os_score score = score_of(sum_entry(&db->entries.all[i], rows));

		consider(db, matches, (struct os_match){(uint32_t)i, os_score_accuracy(score)},
			 &threshold);
	}
	if (matches->count && matches->result == OS_MATCH_NONE)
		matches->result = OS_MATCH_SOME;
}

int os_match_all(const struct os_db *db, const struct os_fingerprint *print,
		 enum os_match_manner manner, struct os_matches *ret_matches)
{
	struct os_matches matches = {.result = OS_MATCH_NONE};
	points_sum *sums = alloc_array(db->cells.count + db->row_ends.count, sizeof(points_sum));

	if (!sums)
		return ERROR_MEMORY;
	sum_rows(db, print, manner, sums, sums + db->cells.count);
	choose(db, sums + db->cells.count, &matches);
	alloc_free(sums);
	*ret_matches = matches;
	return 0;
}

int os_match_scores(const struct os_db *db, const struct os_fingerprint *print,
		    enum os_match_manner manner, struct os_score *ret_scores)
{
	points_sum *sums = alloc_array(db->cells.count + db->row_ends.count, sizeof(points_sum));
	size_t i;

	if (!sums)
		return ERROR_MEMORY;
	sum_rows(db, print, manner, sums, sums + db->cells.count);
	for (i = 0; i < db->entries.count; i++)
		ret_scores[i] = score_of(sum_entry(&db->entries.all[i], sums + db->cells.count));
	alloc_free(sums);
	return 0;
}

unsigned os_match_percent(double accuracy)
{
	return (unsigned)(accuracy * 100);
}

size_t os_match_guesses(const struct os_matches *matches)
{
	size_t count = 0;

	if (matches->perfect)
		return matches->perfect;
	while (count < matches->count && count < OS_GUESSES_MAX &&
	       matches->list[count].accuracy > matches->list[0].accuracy - OS_GUESS_SPAN)
		count++;
	return count;
}
