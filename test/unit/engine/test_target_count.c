#include "support.h"

#include "engine/target.h"
#include "engine/target_expr.h"
#include "engine/target_walk.h"
#include "util/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static double count(const char *expression, int families, struct addrset *excludes)
{
	char *items[1], text[128];
	struct target_config config = {
		.expressions = items, .expressions_count = 1, .families = families};

	snprintf(text, sizeof(text), "%s", expression);
	items[0] = text;
	return target_count(&config, excludes);
}

static void expressions_are_counted_without_walking(void **state)
{
	assert_true(count("10.0.0.1", RESOLVE_BOTH, NULL) == 1);
	assert_true(count("0.0.0.0/0", RESOLVE_BOTH, NULL) == 4294967296.0);
	assert_true(count("*.*.*.1,7-9", RESOLVE_BOTH, NULL) == 67108864.0);
	assert_true(count("::/0", RESOLVE_BOTH, NULL) == ldexp(1, 128));
	assert_true(count("2001:db8::/64", RESOLVE_BOTH, NULL) == ldexp(1, 64));
	assert_true(count("name.test", RESOLVE_BOTH, NULL) == 1);
	assert_true(count("name.test/24", RESOLVE_BOTH, NULL) == 256);
	assert_true(count("name.test/99", RESOLVE_BOTH, NULL) == 1);
	assert_true(count("10.0.0.1/x", RESOLVE_BOTH, NULL) == 0);
	assert_true(count("10.0.0.1", RESOLVE_V6, NULL) == 0);
	assert_true(count("::1", RESOLVE_V4, NULL) == 0);
}

static void add(struct addrset *set, const char *text)
{
	static const struct target_expr_grammar plain = {0};
	struct target_expr expr;

	assert_int_equal(target_expr_parse(text, &plain, &expr, NULL), 0);
	assert_int_equal(target_expr_add_to(&expr, set), 0);
}

static void excludes_are_taken_off(void **state)
{
	struct addrset *excludes = addrset_new();

	add(excludes, "10.0.0.0/8");
	add(excludes, "2001:db8::/96");
	add(excludes, "2001:db8::2:0:0/128");
	add(excludes, "255.255.255.255");
	assert_true(count("0.0.0.0/0", RESOLVE_BOTH, excludes) == 4294967296.0 - 16777216 - 1);
	assert_true(count("10.0.0.5", RESOLVE_BOTH, excludes) == 0);
	assert_true(count("9-10.0.0.1", RESOLVE_BOTH, excludes) == 1);
	assert_true(count("255.255.255.0/24", RESOLVE_BOTH, excludes) == 255);
	assert_true(count("2001:db8::/95", RESOLVE_BOTH, excludes) == 4294967296.0);
	assert_true(count("2001:db8::5/128", RESOLVE_BOTH, excludes) == 0);
	assert_true(count("2001:db8::2:0:0/127", RESOLVE_BOTH, excludes) == 1);
	add(excludes, "::/0");
	add(excludes, "0.0.0.0/0");
	assert_true(count("::/0", RESOLVE_BOTH, excludes) == 0);
	assert_true(count("*.*.*.*", RESOLVE_BOTH, excludes) == 0);
	addrset_free(excludes);
}

/* Random excludes and patterns: the sum is what a walk gives. */
static void counting_agrees_with_walking(void **state)
{
	static const char *const texts[] = {"10.7.0-99,120-.3-200,240-", "10.7.*.7", "10.7.1.*",
					    "10.7.0.0/17", "10.6-8.3.1,2"};
	struct random random;
	size_t round, i;

	random_init(&random, 3);
	for (round = 0; round < 40; round++) {
		struct addrset *excludes = addrset_new();
		struct target_filter filter = {.excludes = excludes};

		for (i = 0; i < round * 10; i++) {
			struct ip_addr base = ip_v4(0x0a070000), first, last;

			ip_add(&base, random_below(&random, 65536), &first);
			ip_add(&first, random_below(&random, 300), &last);
			addrset_add_range(excludes, &first, &last);
		}
		for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
			static const struct target_expr_grammar plain = {0};
			unsigned budget = 1u << 30;
			struct target_expr expr;
			struct target_walk walk;
			struct ip_addr addr;
			double walked = 0;

			assert_int_equal(target_expr_parse(texts[i], &plain, &expr, NULL), 0);
			target_walk_begin(&walk, &expr, &filter);
			while (target_walk_next(&walk, &filter, &budget, &addr) == TARGET_STEP_ADDR)
				walked++;
			if (count(texts[i], RESOLVE_BOTH, excludes) != walked)
				fail_msg("%s: walked %f", texts[i], walked);
		}
		addrset_free(excludes);
	}
}

static void files_are_counted_and_pipes_left_alone(void **state)
{
	char path[] = "/tmp/portolan-list-XXXXXX", *paths[] = {path, "-", "/nonexistent"};
	struct target_config config = {
		.input_files = paths, .input_files_count = 3, .families = RESOLVE_BOTH};
	static const char text[] = "10.0.0.0/24:80 name:22 # no\n[::1]:5 10.0.0.1/x ::1";
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_true(target_count(&config, NULL) == 256 + 3);
	unlink(path);
}

static void chance_is_counted_up_to_what_there_is(void **state)
{
	struct target_config config = {.random = true, .families = RESOLVE_BOTH};
	struct addrset *excludes = addrset_new();

	assert_true(target_count(&config, NULL) == -1.0);
	config.random_count = 5000;
	assert_true(target_count(&config, NULL) == 5000);
	add(excludes, "0-7.*.*.*");
	add(excludes, "9-255.*.*.*");
	add(excludes, "8.0-254.*.*");
	add(excludes, "8.255.0-250.*");
	assert_true(target_count(&config, excludes) == 1280);
	addrset_free(excludes);
}

static int count_once(void *self)
{
	char *items[] = {"10.0.0.0/24", "name"}, *paths[] = {"/dev/null"};
	struct target_config config = {.expressions = items,
				       .expressions_count = 2,
				       .input_files = paths,
				       .input_files_count = 1,
				       .random = true,
				       .random_count = 7,
				       .families = RESOLVE_BOTH};

	assert_true(target_count(&config, NULL) == 256 + 1 + 7);
	return 0;
}

/* An estimate goes without what it can't have. */
static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(count_once, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_are_counted_without_walking),
		cmocka_unit_test(excludes_are_taken_off),
		cmocka_unit_test(counting_agrees_with_walking),
		cmocka_unit_test(files_are_counted_and_pipes_left_alone),
		cmocka_unit_test(chance_is_counted_up_to_what_there_is),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
