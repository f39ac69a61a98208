#include "support.h"

#include "net/resolver_window.h"
#include "util/random.h"

#define MS 1000000ULL

/* Fills the window once and lets `lost` of the attempts go unanswered. */
static void round_trip_again(struct window *window, unsigned lost, unsigned again, uint64_t now_ns)
{
	unsigned i, count = window_room(window);
	uint32_t samples[WINDOW_MOST];

	for (i = 0; i < count; i++)
		samples[i] = window_sent(window, now_ns);
	assert_int_equal(window_room(window), 0);
	for (i = 0; i < count; i++) {
		if (i < lost)
			window_lost(window, samples[i], i < again);
		else
			window_answered(window, samples[i], 1 * MS, now_ns + 1 * MS);
	}
	assert_int_equal(window->in_flight, 0);
}

static void round_trip(struct window *window, unsigned lost, uint64_t now_ns)
{
	round_trip_again(window, lost, 0, now_ns);
}

static void it_starts_at_ten_and_doubles_while_nothing_is_lost(void **state)
{
	struct window window;

	window_init(&window);
	assert_int_equal(window_room(&window), 10);
	round_trip(&window, 0, 0);
	assert_int_equal(window_room(&window), 20);
	round_trip(&window, 0, 1);
	assert_int_equal(window_room(&window), 40);
	round_trip(&window, 1, 1); /* 2.5 % */
	assert_int_equal(window_room(&window), 80);
}

static void it_shrinks_when_much_is_lost_and_never_below_ten(void **state)
{
	struct window window;

	window_init(&window);
	round_trip(&window, 0, 0);
	round_trip(&window, 0, 1);
	round_trip(&window, 20, 2); /* half of 40 */
	assert_int_equal(window_room(&window), 28);
	round_trip(&window, 3, 3); /* 10 %: neither */
	assert_int_equal(window_room(&window), 28);
	round_trip(&window, 0, 4); /* past ssthresh growth is by an eighth */
	assert_int_equal(window_room(&window), 31);
	for (int i = 0; i < 10; i++)
		round_trip(&window, window_room(&window), 5);
	assert_int_equal(window_room(&window), WINDOW_FIRST);
}

static void the_same_questions_lost_again_mean_a_full_server(void **state)
{
	struct window window;

	window_init(&window);
	round_trip(&window, 0, 0);
	round_trip(&window, 0, 1);
	round_trip(&window, 0, 2);
	round_trip_again(&window, 3, 1, 3); /* 3.75 %, a third of it repeated: no growth */
	assert_int_equal(window_room(&window), 80);
	round_trip_again(&window, 8, 1, 4); /* 10 % of chance */
	assert_int_equal(window_room(&window), 80);
	round_trip_again(&window, 8, 3, 5); /* 10 %, repeated */
	assert_int_equal(window_room(&window), 56);
}

static void it_is_bounded(void **state)
{
	struct window window;

	window_init(&window);
	for (int i = 0; i < 40; i++)
		round_trip(&window, 0, (uint64_t)i);
	assert_int_equal(window_room(&window), WINDOW_MOST);
}

static void two_percent_of_chance_loss_do_not_hold_it_down(void **state)
{
	struct random random;
	struct window window;

	random_init(&random, 7);
	window_init(&window);
	for (int i = 0; i < 30; i++) {
		unsigned lost = 0;

		for (unsigned j = 0; j < window_room(&window); j++)
			lost += random_below(&random, 50) == 0;
		round_trip(&window, lost, (uint64_t)i);
	}
	assert_int_equal(window_room(&window), WINDOW_MOST);
}

static void the_wait_follows_the_round_trips(void **state)
{
	struct window window;

	window_init(&window);
	assert_int_equal(window_wait_ns(&window, 0, 1000 * MS), 1000 * MS);
	round_trip(&window, 0, 0); /* 1 ms each */
	assert_int_equal(window_wait_ns(&window, 0, 1000 * MS), 201 * MS);
	assert_int_equal(window_wait_ns(&window, 1, 1000 * MS), 402 * MS);
	assert_int_equal(window_wait_ns(&window, 9, 1000 * MS), 1000 * MS);
	for (int i = 0; i < 60; i++)
		window_answered_late(&window, 400 * MS, 0);
	assert_true(window_wait_ns(&window, 0, 1000 * MS) >= 590 * MS);
}

static void silence_for_long_means_down_and_one_answer_ends_it(void **state)
{
	struct window window;

	window_init(&window);
	round_trip(&window, 10, 0);
	round_trip(&window, 10, 1000 * MS);
	assert_false(window_is_down(&window, 3999 * MS));
	assert_true(window_is_down(&window, 4000 * MS));
	window_answered(&window, window_sent(&window, 4000 * MS), 1 * MS, 4001 * MS);
	assert_false(window_is_down(&window, 4001 * MS));
}

static void dropped_attempts_give_their_place_back(void **state)
{
	struct window window;
	uint32_t samples[10];

	window_init(&window);
	for (int i = 0; i < 10; i++)
		samples[i] = window_sent(&window, 0);
	for (int i = 0; i < 10; i++)
		window_dropped(&window, samples[i]);
	assert_true(window_room(&window) >= 10);
	assert_int_equal(window.srtt_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_starts_at_ten_and_doubles_while_nothing_is_lost),
		cmocka_unit_test(it_shrinks_when_much_is_lost_and_never_below_ten),
		cmocka_unit_test(the_same_questions_lost_again_mean_a_full_server),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(two_percent_of_chance_loss_do_not_hold_it_down),
		cmocka_unit_test(the_wait_follows_the_round_trips),
		cmocka_unit_test(silence_for_long_means_down_and_one_answer_ends_it),
		cmocka_unit_test(dropped_attempts_give_their_place_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
