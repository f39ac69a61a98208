#include "support.h"

#include "engine/window.h"

static const struct timing normal = {.cwnd_step = 1, .ssthresh_divisor = 1.5};

static void starts_slowly_then_avoids(void **state)
{
	struct window window;
	int i;

	window_init_host(&window, &normal);
	assert_int_equal(window.cwnd, 10);
	for (i = 0; i < 65; i++)
		window_answer(&window, &normal);
	assert_int_equal(window.cwnd, 75);
	window_answer(&window, &normal);
	assert_true(window.cwnd > 75 && window.cwnd < 75.1);
	for (i = 0; i < 1000000; i++)
		window_answer(&window, &normal);
	assert_int_equal(window.cwnd, 300);
}

static void a_loss_cuts_once_per_flight(void **state)
{
	struct window window;

	window_init_host(&window, &normal);
	window.cwnd = window.in_flight = 60;
	window_loss(&window, &normal, 100, 1000);
	assert_int_equal(window.cwnd, 40);
	window_loss(&window, &normal, 900, 1010); /* sent before the cut */
	assert_int_equal(window.cwnd, 40);
	window_loss(&window, &normal, 1005, 1020);
	assert_true(window.cwnd < 40.1 && window.cwnd >= 2);
	assert_int_equal(window.cuts, 2);
}

static void silence_opens_it_only_where_nothing_was_lost(void **state)
{
	struct window window;

	window_init_host(&window, &normal);
	window_silence(&window);
	window_silence(&window);
	assert_int_equal(window.cwnd, 11);
	window_loss(&window, &normal, 1, 2);
	window.cwnd = 5;
	window_silence(&window);
	assert_int_equal(window.cwnd, 5);
}

static void calm_silence_opens_it_whatever_was_lost(void **state)
{
	struct window window;

	window_init_host(&window, &normal);
	window_loss(&window, &normal, 1, 2);
	window.cwnd = 5;
	window_calm_silence(&window);
	window_calm_silence(&window);
	assert_true(window.cwnd == 5.5);
	window.cwnd = window.ceiling;
	window_calm_silence(&window);
	assert_true(window.cwnd == window.ceiling);
}

static void parallelism_options_bound_it(void **state)
{
	struct timing timing = normal;
	struct window window;
	int i;

	timing.max_parallelism = 1;
	window_init_host(&window, &timing);
	for (i = 0; i < 100; i++)
		window_answer(&window, &timing);
	assert_true(window_has_room(&window));
	window.in_flight = 1;
	assert_false(window_has_room(&window));
	timing.max_parallelism = 0;
	timing.min_parallelism = 50;
	window_init_host(&window, &timing);
	window_loss(&window, &timing, 1, 2);
	assert_int_equal(window.cwnd, 50);
}

static void the_runs_window_is_never_above_its_capacity(void **state)
{
	struct timing timing = normal;
	struct window window;
	int i;

	window_init_run(&window, &timing, 31);
	assert_int_equal(window.cwnd, 31);
	for (i = 0; i < 100; i++)
		window_answer(&window, &timing);
	assert_int_equal(window.cwnd, 31);
	timing.min_parallelism = 500;
	window_init_run(&window, &timing, 31);
	assert_int_equal(window.cwnd, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_slowly_then_avoids),
		cmocka_unit_test(a_loss_cuts_once_per_flight),
		cmocka_unit_test(silence_opens_it_only_where_nothing_was_lost),
		cmocka_unit_test(calm_silence_opens_it_whatever_was_lost),
		cmocka_unit_test(parallelism_options_bound_it),
		cmocka_unit_test(the_runs_window_is_never_above_its_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
