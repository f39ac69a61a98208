/* Run levels, and circles told as the reference tells them. */
#include "support.h"

#include "script/script_level.h"
#include "util/error.h"

#include <stdlib.h>

#define NAMES(...)                              \
	(const char *const[])                   \
	{                                       \
		__VA_ARGS__ __VA_OPT__(, ) NULL \
	}

static void expect_circle(const struct script_level_input *inputs, size_t count,
			  const char *expected)
{
	unsigned levels[8] = {99};
	struct diag diag = {0};

	assert_int_equal(script_levels(inputs, count, levels, &diag), ERROR_SYNTAX);
	assert_string_equal(diag.text, expected);
	assert_int_equal(levels[0], 99);
}

static void a_level_is_one_more_than_the_highest_before(void **state)
{
	const struct script_level_input inputs[] = {
		{"report", NAMES("brute", "find")},
		{"brute", NAMES("find")},
		{"find", NAMES()},
		{"other", NAMES("find", "find")},
	};
	unsigned levels[4];

	(void)state;
	assert_int_equal(script_levels(inputs, 4, levels, NULL), 0);
	assert_int_equal(levels[0], 3);
	assert_int_equal(levels[1], 2);
	assert_int_equal(levels[2], 1);
	assert_int_equal(levels[3], 2);
}

static void what_was_not_chosen_does_not_count(void **state)
{
	const struct script_level_input inputs[] = {{"a", NAMES("absent")}};
	unsigned level;

	(void)state;
	assert_int_equal(script_levels(inputs, 1, &level, NULL), 0);
	assert_int_equal(level, 1);
	assert_int_equal(script_levels(NULL, 0, NULL, NULL), 0);
}

static void a_circle_is_told_from_where_the_walk_began(void **state)
{
	const struct script_level_input chain[] = {
		{"aa", NAMES("bb")},
		{"bb", NAMES("cc")},
		{"cc", NAMES("bb")},
	};
	const struct script_level_input self[] = {{"self", NAMES("self")}};
	const struct script_level_input second[] = {
		{"a1", NAMES("b", "a1")},
		{"b", NAMES()},
	};

	(void)state;
	expect_circle(chain, 3, "circular dependency in chain `aa->bb->cc->bb`");
	expect_circle(self, 1, "circular dependency in chain `self->self`");
	expect_circle(second, 2, "circular dependency in chain `a1->a1`");
}

/* A diamond of n steps has 2^n ways down; each script is visited once. */
static void many_ways_and_long_chains_end(void **state)
{
	enum { COUNT = 20000 };
	struct script_level_input *inputs = calloc(COUNT, sizeof(*inputs));
	const char *(*dependencies)[3] = calloc(COUNT, sizeof(*dependencies));
	char(*ids)[16] = calloc(COUNT, sizeof(*ids));
	unsigned *levels = calloc(COUNT, sizeof(*levels));

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		snprintf(ids[i], sizeof(ids[i]), "s%d", i);
		inputs[i].id = ids[i];
		if (i + 1 < COUNT)
			dependencies[i][0] = ids[i + 1];
		if (i + 2 < COUNT)
			dependencies[i][1] = ids[i + 2];
		inputs[i].dependencies = dependencies[i];
	}
	assert_int_equal(script_levels(inputs, COUNT, levels, NULL), 0);
	assert_int_equal(levels[0], COUNT);
	assert_int_equal(levels[COUNT - 1], 1);
	free(levels);
	free(ids);
	free(dependencies);
	free(inputs);
}

static int levels_once(void *self)
{
	const struct script_level_input inputs[] = {{"a", NAMES("b")}, {"b", NAMES()}};
	unsigned levels[2];

	(void)self;
	return script_levels(inputs, 2, levels, NULL);
}

static void short_memory_is_an_error(void **state)
{
	(void)state;
	support_each_allocation_fails(levels_once, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_is_one_more_than_the_highest_before),
		cmocka_unit_test(what_was_not_chosen_does_not_count),
		cmocka_unit_test(a_circle_is_told_from_where_the_walk_began),
		cmocka_unit_test(many_ways_and_long_chains_end),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
