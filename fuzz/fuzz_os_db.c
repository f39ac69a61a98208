/* Reference prints. The input is cut at bytes 0x1e into the texts of a set. What was
 * read can be asked for, and compared with a print. */
#include "detect/os/os_attributes.h"
#include "detect/os/os_expression.h"
#include "detect/os/os_match.h"

#include <assert.h>
#include <string.h>

#define TEXTS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void count(void *self, const char *text)
{
	assert(*text && strlen(text) < DIAG_TEXT_BYTES);
	++*(size_t *)self;
}

static size_t cut(const uint8_t *data, size_t bytes, struct text_file *texts)
{
	size_t texts_count = 0;

	while (texts_count < TEXTS_MAX) {
		const uint8_t *mark = bytes ? memchr(data, 0x1e, bytes) : NULL;
		size_t length = mark ? (size_t)(mark - data) : bytes;

		texts[texts_count++] = (struct text_file){"fuzz/text", data, length};
		if (!mark)
			break;
		data = mark + 1;
		bytes -= length + 1;
	}
	return texts_count;
}

static size_t check_classes(const struct os_entry *entry)
{
	size_t cpes = 0, i, k;

	for (i = 0; i < entry->classes_count; i++) {
		const struct os_class *one = &entry->classes[i];

		assert(one->vendor && one->family && one->type);
		assert(!one->generation || *one->generation);
		for (k = 0; k < one->cpes_count; k++)
			assert(*one->cpes[k]);
		cpes += one->cpes_count;
	}
	return cpes;
}

/* Expressions are sound; a print of them as they are makes the scores vary. */
static void check_expressions(const struct os_db *db, size_t place, struct os_fingerprint *print)
{
	int attribute;

	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++) {
		const char *expression = os_db_expression(db, place, attribute);
		bool nests = os_attribute_nests((enum os_attribute)attribute);

		if (!expression)
			continue;
		assert(!os_expression_fault(expression, strlen(expression), nests));
		(void)os_expression_matches(expression, "1A", nests);
		(void)os_fingerprint_set(print, attribute, expression, strcspn(expression, "|[-"));
	}
}

static void check_matches(const struct os_db *db, const struct os_fingerprint *print)
{
	struct os_matches matches;
	struct os_summary summary;
	struct arena arena = ARENA_INIT;
	size_t i;

	assert(os_match_all(db, print, OS_MATCH_NOW, &matches) == 0);
	assert(matches.count <= OS_MATCHES_MAX && matches.perfect <= matches.count);
	for (i = 0; i < matches.count; i++) {
		struct os_score score =
			os_match_entry(db, matches.list[i].entry, print, OS_MATCH_NOW);

		assert(os_score_accuracy(score) == matches.list[i].accuracy);
		assert((matches.list[i].accuracy == 1) == (i < matches.perfect));
	}
	assert(os_match_summary(db, &matches, true, &arena, &summary) == 0);
	assert(summary.types_count <= OS_SUMMARY_MAX && summary.cpes_count <= OS_SUMMARY_MAX);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct text_file texts[TEXTS_MAX];
	struct os_fingerprint print = {0};
	struct os_db *db = NULL;
	struct diag diag = {0};
	size_t said = 0, cpes = 0, classes = 0, i;

	if (os_db_parse(texts, cut(data, bytes, texts), count, &said, &db, &diag) < 0) {
		assert(!db && *diag.text);
		return 0;
	}
	assert(said >= os_db_left_out(db));
	for (i = 0; i < os_db_entries(db); i++) {
		struct os_entry entry = os_db_entry(db, i);

		assert(*entry.name && entry.line);
		classes += entry.classes_count;
		cpes += check_classes(&entry);
		check_expressions(db, i, &print);
	}
	assert(classes == os_db_classes(db) && cpes == os_db_cpes(db));
	check_matches(db, &print);
	os_db_free(db);
	return 0;
}
