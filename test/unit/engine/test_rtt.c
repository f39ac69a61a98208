#include "support.h"

#include "engine/rtt.h"
#include "util/loop.h"

#define MS(x) ((int64_t)((x) * (int64_t)NS_PER_MS))

static const struct timing timing = {
	.min_rtt_ns = 100 * NS_PER_MS,
	.initial_rtt_ns = 1000 * NS_PER_MS,
	.max_rtt_ns = 10000 * NS_PER_MS,
};

static void starts_with_the_initial_timeout(void **state)
{
	struct rtt rtt;

	rtt_init(&rtt, &timing);
	assert_false(rtt.valid);
	assert_int_equal(rtt.timeout_ns, MS(1000));
}

static void first_sample_sets_everything(void **state)
{
	struct rtt rtt;

	rtt_init(&rtt, &timing);
	rtt_sample(&rtt, &timing, MS(1));
	assert_int_equal(rtt.srtt_ns, MS(1));
	assert_int_equal(rtt.rttvar_ns, MS(5));    /* clamped up */
	assert_int_equal(rtt.timeout_ns, MS(100)); /* 21 ms, clamped to the minimum */
	rtt_init(&rtt, &timing);
	rtt_sample(&rtt, &timing, MS(3000));
	assert_int_equal(rtt.rttvar_ns, MS(2000));   /* clamped down */
	assert_int_equal(rtt.timeout_ns, MS(10000)); /* 11 s, clamped to the maximum */
}

static void later_samples_move_by_an_eighth_and_a_quarter(void **state)
{
	struct rtt rtt;

	rtt_init(&rtt, &timing);
	rtt_sample(&rtt, &timing, MS(100));
	rtt_sample(&rtt, &timing, MS(180));
	assert_int_equal(rtt.srtt_ns, MS(110));
	assert_int_equal(rtt.rttvar_ns, MS(95));
	assert_int_equal(rtt.timeout_ns, MS(110 + 4 * 95));
	rtt_sample(&rtt, &timing, MS(30));
	assert_int_equal(rtt.srtt_ns, MS(100));
}

static void implausible_samples_are_ignored(void **state)
{
	struct rtt rtt;

	rtt_init(&rtt, &timing);
	rtt_sample(&rtt, &timing, MS(8000));
	rtt_sample(&rtt, &timing, MS(-60));
	assert_false(rtt.valid);
	rtt_sample(&rtt, &timing, MS(-20)); /* a clock's step back counts as 10 ms */
	assert_int_equal(rtt.srtt_ns, MS(10));
	rtt_sample(&rtt, &timing, MS(1600)); /* 1590 above, and more than 3 srtt + 2 rttvar */
	assert_int_equal(rtt.srtt_ns, MS(10));
}

static void timeout_is_never_below_the_scan_delay(void **state)
{
	struct timing slow = timing;
	struct rtt rtt;

	slow.scan_delay_ns = 400 * NS_PER_MS;
	rtt_init(&rtt, &slow);
	rtt_sample(&rtt, &slow, MS(1));
	assert_int_equal(rtt.timeout_ns, MS(400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_the_initial_timeout),
		cmocka_unit_test(first_sample_sets_everything),
		cmocka_unit_test(later_samples_move_by_an_eighth_and_a_quarter),
		cmocka_unit_test(implausible_samples_are_ignored),
		cmocka_unit_test(timeout_is_never_below_the_scan_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
