#include "support.h"

#include "engine/target_walk.h"
#include "util/error.h"
#include "util/random.h"

#include <stdlib.h>
#include <string.h>

static struct target_expr parse(const char *text)
{
	static const struct target_expr_grammar plain = {0};
	struct target_expr expr;

	assert_int_equal(target_expr_parse(text, &plain, &expr, NULL), 0);
	return expr;
}

static void add(struct addrset *set, const char *text)
{
	struct target_expr expr = parse(text);

	assert_int_equal(target_expr_add_to(&expr, set), 0);
}

/* How many addresses the walk gives; each is checked against the filter. */
static uint64_t walk(const struct target_expr *expr, struct target_filter *filter, uint64_t most)
{
	struct target_walk it;
	struct ip_addr addr, before = {0};
	enum target_step step;
	uint64_t count = 0;

	target_walk_begin(&it, expr, filter);
	for (;;) {
		unsigned budget = 3;

		step = target_walk_next(&it, filter, &budget, &addr);
		if (step == TARGET_STEP_PAUSE)
			continue;
		if (step == TARGET_STEP_END || count == most)
			break;
		if (filter->excludes && addrset_has(filter->excludes, &addr))
			fail_msg("an excluded address");
		if (filter->done && addrset_has(filter->done, &addr))
			fail_msg("an address that was done");
		assert_true(!count || ip_compare(&before, &addr) < 0);
		before = addr;
		if (filter->seen)
			assert_int_equal(target_walk_remember(&it, filter->seen, &addr), 0);
		count++;
	}
	if (filter->seen && step == TARGET_STEP_END)
		assert_int_equal(target_walk_remember(&it, filter->seen, NULL), 0);
	return count;
}

static uint64_t walk_text(const char *text, struct target_filter *filter)
{
	struct target_expr expr = parse(text);

	return walk(&expr, filter, UINT64_MAX);
}

static void barred_stretches_are_left_out(void **state)
{
	struct addrset *excludes = addrset_new(), *done = addrset_new();
	struct target_filter filter = {.excludes = excludes, .done = done};

	add(excludes, "10.0.0.0/25");
	add(excludes, "10.0.0.200-210");
	add(done, "10.0.0.128-202");
	add(excludes, "2001:db8::4/126");
	add(excludes, "255.255.255.255");
	assert_int_equal(walk_text("10.0.0.0/24", &filter), 45);
	assert_int_equal(walk_text("10.0.0.0/25", &filter), 0);
	assert_int_equal(walk_text("10.0.0-1.0,255", &filter), 3);
	assert_int_equal(walk_text("255.255.255.254-255", &filter), 1);
	assert_int_equal(walk_text("2001:db8::/124", &filter), 12);
	filter = (struct target_filter){0};
	assert_int_equal(walk_text("255.255.255.0-255", &filter), 256);
	assert_int_equal(walk_text("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120", &filter), 256);
	addrset_free(excludes);
	addrset_free(done);
}

/* Random excludes over a /16, against asking for each address. */
static void walking_agrees_with_asking(void **state)
{
	static const char *const texts[] = {"10.7.0.0/16", "10.7.0-99,120-.3-200,240-", "10.7.*.7",
					    "10.7.1.*"};
	struct random random;
	size_t round, i;

	random_init(&random, 11);
	for (round = 0; round < 20; round++) {
		struct addrset *excludes = addrset_new(), *done = addrset_new();
		struct target_filter filter = {.excludes = excludes, .done = done};

		for (i = 0; i < 10 + round * 40; i++) {
			struct ip_addr base = ip_v4(0x0a070000), first, last;

			ip_add(&base, random_below(&random, 65536), &first);
			ip_add(&first, random_below(&random, round % 2 ? 3 : 500), &last);
			addrset_add_range(i % 3 ? excludes : done, &first, &last);
		}
		for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
			struct target_expr expr = parse(texts[i]);
			uint64_t expected = 0;
			uint32_t value;

			for (value = 0x0a070000; value < 0x0a080000; value++) {
				struct ip_addr addr = ip_v4(value);

				expected += target_pattern_has(&expr.pattern, value) &&
					    !addrset_has(excludes, &addr) &&
					    !addrset_has(done, &addr);
			}
			assert_int_equal(walk(&expr, &filter, UINT64_MAX), expected);
		}
		addrset_free(excludes);
		addrset_free(done);
	}
}

static void a_whole_internet_with_many_excludes_is_stepped_through(void **state)
{
	struct addrset *excludes = addrset_new();
	struct target_filter filter = {.excludes = excludes};
	struct target_expr expr = parse("0.0.0.0/0");
	uint32_t i;

	for (i = 0; i < 100000; i++) {
		struct ip_addr first = ip_v4(i * 40000), last = ip_v4(i * 40000 + 39989);

		addrset_add_range(excludes, &first, &last);
	}
	assert_int_equal(addrset_ranges(excludes), 100000);
	/* Ten between each two, and what is past the last. */
	assert_int_equal(walk(&expr, &filter, 1000000), 1000000);
	addrset_free(excludes);
}

static void each_address_is_walked_once_with_unique(void **state)
{
	struct target_seen seen = {.set = addrset_new()};
	struct target_filter filter = {.seen = &seen};

	assert_int_equal(walk_text("10.0.0.1", &filter), 1);
	assert_int_equal(walk_text("10.0.0.0/30", &filter), 3);
	assert_int_equal(walk_text("10.0.0.0-7", &filter), 4);
	assert_int_equal(walk_text("10.0.0.0/24", &filter), 248);
	assert_int_equal(walk_text("10.0.0.1-255", &filter), 0);
	assert_int_equal(walk_text("::1", &filter), 1);
	assert_int_equal(walk_text("::/127", &filter), 1);
	/* Ranges, not addresses, are remembered. */
	assert_int_equal(addrset_ranges(seen.set), 2);
	/* Too scattered for ranges. */
	assert_int_equal(walk_text("11.0.*.1,3", &filter), 512);
	assert_int_equal(seen.patterns_count, 1);
	assert_int_equal(walk_text("11.0.*.1,3", &filter), 0);
	assert_int_equal(walk_text("11.0.5.1-4", &filter), 2);
	assert_int_equal(walk_text("11.0.0-1.*", &filter), 512 - 4 - 2 + 2);
	addrset_free(seen.set);
}

static void a_hundred_scattered_patterns_are_unique_too(void **state)
{
	struct target_seen seen = {.set = addrset_new()};
	struct target_filter filter = {.seen = &seen};
	char text[64];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "12.%d.*.5,7", i);
		assert_int_equal(walk_text(text, &filter), 512);
	}
	assert_int_equal(seen.patterns_count, TARGET_SEEN_PATTERNS);
	for (i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "12.%d.*.5,7", i);
		assert_int_equal(walk_text(text, &filter), 0);
	}
	assert_int_equal(walk_text("12.0-99.0.*", &filter), 25400);
	addrset_free(seen.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(barred_stretches_are_left_out),
		cmocka_unit_test(walking_agrees_with_asking),
		cmocka_unit_test(a_whole_internet_with_many_excludes_is_stepped_through),
		cmocka_unit_test(each_address_is_walked_once_with_unique),
		cmocka_unit_test(a_hundred_scattered_patterns_are_unique_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
