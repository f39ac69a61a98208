/* Lines of a signature file against a response: with the filter and machine code, and without
 * both, the answers are the same. Input: the file, two LF, the response. */
#include "../test/support/pattern_sample.h"
#include "detect/service/matcher.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define LINES_MAX   16
#define PATTERN_MAX 400
#define SUBJECT_MAX 1024

static const char head[] = "Probe TCP NULL q||\nProbe TCP Q q|x|\nports 1\n";

static void warned(void *self, const char *text)
{
	assert(*text);
}

static void assert_same(const struct match_result *a, const struct match_result *b)
{
	size_t field;

	assert(a->line == b->line && a->with == b->with);
	for (field = 0; field < MATCH_FIELDS; field++) {
		assert(!a->fields[field] == !b->fields[field]);
		assert(!a->fields[field] || strcmp(a->fields[field], b->fields[field]) == 0);
	}
}

static void compare(struct matcher *filtered, struct matcher *plain,
		    const struct service_probe *probe, const uint8_t *response, size_t bytes)
{
	struct match_result one, other;
	int round;

	for (round = 0; round < 3; round++) {
		matcher_match(filtered, probe, response, bytes, round == 1, &one);
		matcher_match(plain, probe, response, bytes, round == 1, &other);
		assert_same(&one, &other);
	}
}

static void compare_all(const struct probe_db *db, const uint8_t *response, size_t bytes)
{
	const struct service_probe *probe = probe_db_find(db, TRANSPORT_TCP, "Q");
	struct matcher *filtered = NULL, *plain = NULL;
	uint8_t sample[SUBJECT_MAX];
	size_t id, count;

	assert(matcher_new(db, warned, NULL, &filtered) == 0);
	assert(matcher_new(db, NULL, NULL, &plain) == 0);
	matcher_jit_after(filtered, 1);
	matcher_without_filter(plain);
	matcher_jit_after(plain, 0);
	compare(filtered, plain, probe, response, bytes);
	for (id = 0; id < probe_db_lines(db); id++) {
		const struct match_line *line = probe_db_line(db, id);

		count = pattern_sample(line->pattern, line->pattern_bytes, line->caseless, id,
				       sample, sizeof(sample));
		compare(filtered, plain, probe, sample, count);
	}
	matcher_free(filtered);
	matcher_free(plain);
}

static bool is_small(const struct probe_db *db)
{
	size_t id;

	if (probe_db_lines(db) > LINES_MAX || !probe_db_find(db, TRANSPORT_TCP, "Q"))
		return false;
	for (id = 0; id < probe_db_lines(db); id++)
		if (probe_db_line(db, id)->pattern_bytes > PATTERN_MAX)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const uint8_t *gap = memmem(data, bytes, "\n\n", 2);
	size_t lines = gap ? (size_t)(gap - data) + 1 : bytes, manner;
	char *text = malloc(sizeof(head) + lines);
	struct probe_db *db;

	assert(text);
	memcpy(text, head, sizeof(head) - 1);
	if (lines)
		memcpy(text + sizeof(head) - 1, data, lines);
	for (manner = 0; manner < 2; manner++) {
		struct text_file one = {"fuzz", text, sizeof(head) - 1 + lines};

		db = NULL;
		if (probe_db_parse(&one, 1, manner ? MANNER_BEST : MANNER_FIRST, &db, NULL) == 0 &&
		    is_small(db))
			compare_all(db, gap ? gap + 2 : data, gap ? bytes - lines - 1 : bytes);
		probe_db_free(db);
	}
	free(text);
	return 0;
}
