#include "support.h"

#include "engine/pacer.h"
#include "util/loop.h"

static void without_rates_nothing_waits(void **state)
{
	struct pacer pacer;

	pacer_init(&pacer, 0, 0, 5);
	assert_int_equal(pacer_wait_ns(&pacer, 6), 0);
	assert_false(pacer_is_behind(&pacer, 100 * NS_PER_S));
	assert_int_equal(pacer_behind_in_ns(&pacer, 6), UINT64_MAX);
}

/* Plays an hour in a moment. */
static void the_maximum_is_kept_over_an_hour(void **state)
{
	struct pacer pacer;
	uint64_t now = 0, sent = 0;

	pacer_init(&pacer, 0, 10, now);
	while (now < 3600 * NS_PER_S) {
		uint64_t wait = pacer_wait_ns(&pacer, now);

		if (wait) {
			now += wait;
			continue;
		}
		pacer_sent(&pacer);
		sent++;
	}
	assert_in_range(sent, 35995, 36001);
}

static void a_stall_is_caught_up_only_a_little(void **state)
{
	struct pacer pacer;
	uint64_t now = 1000 * NS_PER_S, burst = 0;

	pacer_init(&pacer, 0, 1000, 0);
	while (!pacer_wait_ns(&pacer, now)) {
		pacer_sent(&pacer);
		burst++;
	}
	assert_int_equal(burst, 20);
}

static void the_minimum_is_owed(void **state)
{
	struct pacer pacer;

	pacer_init(&pacer, 100, 0, 0);
	assert_false(pacer_is_behind(&pacer, 5 * NS_PER_MS));
	assert_in_range(pacer_behind_in_ns(&pacer, 5 * NS_PER_MS), 4 * NS_PER_MS, 6 * NS_PER_MS);
	assert_true(pacer_is_behind(&pacer, 10 * NS_PER_MS));
	pacer_sent(&pacer);
	assert_false(pacer_is_behind(&pacer, 10 * NS_PER_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rates_nothing_waits),
		cmocka_unit_test(the_maximum_is_kept_over_an_hour),
		cmocka_unit_test(a_stall_is_caught_up_only_a_little),
		cmocka_unit_test(the_minimum_is_owed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
