/* How much there is to scan, for progress: sums, no walking. Names count as
 * one address, or as their mask says; duplicates count each time. */
#include "engine/target.h"

#include "engine/target_expr.h"
#include "engine/target_random.h"
#include "engine/target_reader.h"

#include <string.h>

static double width(const struct ip_addr *first, const struct ip_addr *last)
{
	return (double)(ip_value_of(last) - ip_value_of(first)) + 1;
}

static double count_range(const struct ip_addr *first, const struct ip_addr *last,
			  struct addrset *excludes)
{
	struct ip_addr at = *first, from, to;
	double count = width(first, last);

	while (excludes && addrset_next(excludes, &at, &from, &to) &&
	       ip_compare(&from, last) <= 0) {
		if (ip_compare(&from, first) < 0)
			from = *first;
		if (ip_compare(&to, last) >= 0) {
			count -= width(&from, last);
			break;
		}
		count -= width(&from, &to);
		if (!ip_add(&to, 1, &at))
			break;
	}
	return count;
}

/* The part that the excludes leave, by counting below both ends of each. */
static double count_pattern(const struct target_pattern *pattern, struct addrset *excludes)
{
	uint64_t all = target_pattern_count(pattern), count = all;
	struct ip_addr at, from, to;
	uint32_t lowest = 0;

	target_pattern_next(pattern, 0, &lowest);
	at = ip_v4(lowest);
	while (excludes && addrset_next(excludes, &at, &from, &to)) {
		if (target_pattern_count_below(pattern, ip_v4_value(&from)) == all)
			break;
		count -= target_pattern_count_below(pattern, (uint64_t)ip_v4_value(&to) + 1) -
			 target_pattern_count_below(pattern, ip_v4_value(&from));
		if (!ip_add(&to, 1, &at))
			break;
	}
	return (double)count;
}

static double count_name(int mask)
{
	/* Most are IPv4; the family is not known before it resolves. */
	return mask < 0 || mask >= 32 ? 1 : (double)(UINT64_C(1) << (32 - mask));
}

static double count_expression(const struct target_config *config, const char *text, bool ports,
			       struct addrset *excludes)
{
	struct target_expr_grammar grammar = {.ports = ports};
	struct target_expr expr;

	if (target_expr_parse(text, &grammar, &expr, NULL) < 0)
		return 0;
	switch (expr.kind) {
	case TARGET_EXPR_PATTERN:
		return config->families & RESOLVE_V4 ? count_pattern(&expr.pattern, excludes) : 0;
	case TARGET_EXPR_RANGE:
		return config->families & RESOLVE_V6
			       ? count_range(&expr.range.first, &expr.range.last, excludes)
			       : 0;
	default:
		return count_name(expr.name.mask);
	}
}

/* A pipe would be emptied by reading it here. */
static double count_file(const struct target_config *config, const char *path,
			 struct addrset *excludes)
{
	struct target_reader *reader;
	const char *word;
	double count = 0;

	if (target_reader_open(path, &reader, NULL) < 0)
		return 0;
	while (target_reader_is_regular(reader) && strcmp(path, "-") &&
	       target_reader_next(reader, true, &word, NULL) == TARGET_READ_WORD)
		count += count_expression(config, word, true, excludes);
	target_reader_close(reader);
	return count;
}

static double count_random(const struct target_config *config, struct addrset *excludes)
{
	struct target_random *random;
	uint64_t total;

	if (target_random_new(excludes, 0, &random) < 0)
		return (double)config->random_count;
	total = target_random_total(random);
	target_random_free(random);
	return (double)(config->random_count < total ? config->random_count : total);
}

double target_count(const struct target_config *config, struct addrset *excludes)
{
	double count = 0;
	size_t i;

	if (config->random && !config->random_count)
		return -1.0;
	for (i = 0; i < config->expressions_count; i++)
		count += count_expression(config, config->expressions[i], false, excludes);
	for (i = 0; i < config->input_files_count; i++)
		count += count_file(config, config->input_files[i], excludes);
	if (config->random)
		count += count_random(config, excludes);
	return count;
}
