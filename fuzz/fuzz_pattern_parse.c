/* What is demanded of subjects, read from any bytes as a pattern: within its tables, and
 * true of the strings that the pattern matches by PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "../test/support/pattern_sample.h"
#include "detect/service/pattern_parse.h"

#include <assert.h>
#include <pcre2.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define PATTERN_MAX 512
#define SUBJECT_MAX 1024
#define SAMPLES     12

static void check_tables(const struct pattern_needs *needs)
{
	size_t i;

	assert(needs->factors_count <= PATTERN_FACTORS_MAX);
	assert(needs->literals_count <= PATTERN_LITERALS_MAX);
	assert(needs->text_bytes <= PATTERN_TEXT_MAX);
	assert(needs->known || (!needs->factors_count && !needs->min_bytes && !needs->mask[0]));
	for (i = 0; i < needs->factors_count; i++)
		assert(needs->factors[i].count && needs->factors[i].count <= PATTERN_SET_MAX &&
		       needs->factors[i].first + needs->factors[i].count <= needs->literals_count);
	for (i = 0; i < needs->literals_count; i++)
		assert(needs->literals[i].bytes &&
		       needs->literals[i].begin + needs->literals[i].bytes <= needs->text_bytes);
	for (i = 0; i < PATTERN_PREFIX_BYTES; i++)
		assert((needs->value[i] & ~needs->mask[i]) == 0);
}

static bool holds(const struct pattern_needs *needs, const struct pattern_factor *factor,
		  const uint8_t *folded, size_t bytes)
{
	const struct pattern_literal *literal = needs->literals + factor->first;
	size_t i;

	for (i = 0; i < factor->count; i++, literal++)
		if (memmem(folded, bytes, needs->text + literal->begin, literal->bytes))
			return true;
	return false;
}

static void check_subject(const struct pattern_needs *needs, const uint8_t *subject, size_t bytes)
{
	uint8_t folded[SUBJECT_MAX + PATTERN_PREFIX_BYTES] = {0};
	size_t i;

	for (i = 0; i < bytes; i++)
		folded[i] = pattern_fold(subject[i]);
	assert(bytes >= needs->min_bytes);
	for (i = 0; i < PATTERN_PREFIX_BYTES; i++)
		assert((folded[i] & needs->mask[i]) == needs->value[i]);
	for (i = 0; i < needs->factors_count; i++)
		assert(holds(needs, &needs->factors[i], folded, bytes));
}

static void check_samples(const pcre2_code *code, const struct pattern_needs *needs,
			  const uint8_t *pattern, size_t bytes)
{
	pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	uint8_t subject[SUBJECT_MAX];
	size_t seed, count;

	assert(match && context);
	pcre2_set_match_limit(context, 5000);
	for (seed = 0; seed < SAMPLES; seed++) {
		count = pattern_sample(pattern, bytes, seed % 2, seed, subject, sizeof(subject));
		if (seed == SAMPLES - 1) { /* the pattern's own text */
			memcpy(subject, pattern, bytes);
			count = bytes;
		}
		if (pcre2_match(code, subject, count, 0, 0, match, context) >= 0)
			check_subject(needs, subject, count);
	}
	pcre2_match_context_free(context);
	pcre2_match_data_free(match);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct pattern_needs needs;
	uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	pcre2_code *code;
	size_t offset;
	int error;

	if (!bytes || bytes > PATTERN_MAX)
		return 0;
	options |= data[0] & 1 ? PCRE2_CASELESS : 0;
	options |= data[0] & 2 ? PCRE2_DOTALL : 0;
	data++;
	bytes--;
	pattern_parse(data, bytes, &needs);
	check_tables(&needs);
	code = pcre2_compile(data, bytes, options, &error, &offset, NULL);
	if (code && needs.known)
		check_samples(code, &needs, data, bytes);
	pcre2_code_free(code);
	return 0;
}
