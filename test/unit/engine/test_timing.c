#include "support.h"

#include "engine/timing.h"

#define MS 1000000ull

static void templates_are_the_documented_ones(void **state)
{
	struct timing t;

	timing_template(0, &t);
	assert_int_equal(t.scan_delay_ns, 300000 * MS);
	assert_int_equal(t.max_scan_delay_tcp_ns, 300000 * MS); /* the delay itself wins */
	assert_int_equal(t.max_parallelism, 1);
	timing_template(2, &t);
	assert_int_equal(t.scan_delay_ns, 400 * MS);
	assert_int_equal(t.max_scan_delay_tcp_ns, 1000 * MS);
	timing_template(3, &t);
	assert_int_equal(t.initial_rtt_ns, 1000 * MS);
	assert_int_equal(t.max_rtt_ns, 10000 * MS);
	assert_int_equal(t.max_retries, 10);
	assert_int_equal(t.max_hostgroup, 100000);
	assert_true(t.group_window);
	timing_template(4, &t);
	assert_int_equal(t.max_rtt_ns, 1250 * MS);
	assert_int_equal(t.max_scan_delay_tcp_ns, 10 * MS);
	assert_int_equal(t.max_scan_delay_udp_ns, 1000 * MS);
	assert_int_equal(t.max_scan_delay_sctp_ns, 10 * MS);
	assert_int_equal(t.max_retries, 6);
	assert_int_equal(t.delay_tries, 4);
	timing_template(5, &t);
	assert_int_equal(t.min_rtt_ns, 50 * MS);
	assert_int_equal(t.host_timeout_ns, 900000 * MS);
	assert_int_equal(t.script_timeout_ns, 600000 * MS);
}

static void levels_outside_are_the_nearest(void **state)
{
	struct timing t;

	timing_template(11, &t);
	assert_int_equal(t.level, 5);
	timing_template(-1, &t);
	assert_int_equal(t.level, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_are_the_documented_ones),
		cmocka_unit_test(levels_outside_are_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
