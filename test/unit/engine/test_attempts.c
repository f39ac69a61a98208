#include "support.h"

#include "engine/attempts.h"

#include <math.h>
#include <stdbool.h>

static bool near(double a, double b)
{
	return fabs(a - b) <= 0.02 * fabs(b);
}

static struct attempts of(uint32_t first, uint32_t second, uint32_t third)
{
	return (struct attempts){.answered = {first, second, third}};
}

static void without_loss_nothing_is_missed(void **state)
{
	const struct attempts seen = of(1000, 0, 0);
	double least, variance;

	assert_true(attempts_missed(&seen, 2, 0, &least, &variance) == 0);
	assert_true(least == 0 && variance == 0);
	assert_int_equal(attempts_wanted(&seen, 1e-6, 0), 2);
}

/* 10 % of 1,000, of 100, of 10. */
static void steady_loss_is_the_same_from_wherever_it_is_seen(void **state)
{
	const struct attempts seen = of(900, 90, 9);
	double least;

	assert_true(near(attempts_missed(&seen, 3, 0.1, &least, NULL), 1));
	assert_true(near(least, 1));
}

/* The first send of most was drowned, and what the second found says how many
 * its own loss of 10 % hid: not 1 % of all, as a loss of 10 % from the start would. */
static void a_drowned_first_send_counts(void **state)
{
	const struct attempts seen = of(100, 810, 0);
	double least;

	assert_true(near(attempts_missed(&seen, 2, 0.1, &least, NULL), 90));
	assert_true(near(least, 9.19));
}

static void more_sends_are_wanted_where_more_is_lost(void **state)
{
	const struct attempts seen = of(900, 90, 9);
	const struct attempts drowned = of(10, 10, 980);

	assert_int_equal(attempts_wanted(&seen, 1.1e-3, 0.1), 3);
	assert_int_equal(attempts_wanted(&seen, 1.1e-6, 0.1), 6);
	assert_true(attempts_wanted(&drowned, 1e-3, 0.1) > 3);
	assert_int_equal(attempts_wanted(&(struct attempts){{0}}, 1e-6, 0.5), 2);
}

static void sends_beyond_the_table_count_as_its_last(void **state)
{
	struct attempts seen = {{0}};

	attempts_note(&seen, 0);
	attempts_note(&seen, 1);
	attempts_note(&seen, ATTEMPTS_MOST + 5);
	assert_int_equal(seen.answered[0], 2);
	assert_int_equal(seen.answered[ATTEMPTS_MOST - 1], 1);
}

static void old_evidence_fades(void **state)
{
	struct lately lately = {0};
	int i;

	for (i = 0; i < 1000; i++)
		lately_note(&lately, 0, 1, 100);
	assert_true(lately_loss(&lately, 0) > 0.9);
	for (i = 0; i < 1000; i++)
		lately_note(&lately, 1, 0, 100);
	assert_true(lately_loss(&lately, 0) < 0.01);
	assert_true(lately.heard < 101);
	assert_true(near(lately_loss(&(struct lately){0}, 0.3), 0.3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_loss_nothing_is_missed),
		cmocka_unit_test(steady_loss_is_the_same_from_wherever_it_is_seen),
		cmocka_unit_test(a_drowned_first_send_counts),
		cmocka_unit_test(more_sends_are_wanted_where_more_is_lost),
		cmocka_unit_test(sends_beyond_the_table_count_as_its_last),
		cmocka_unit_test(old_evidence_fades),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
