/* What makes a print unfit (os-detection.md A11). */
#include "support.h"

#include "detect/os/os_fitness.h"

#include <string.h>

static const struct os_conditions fit = {.ip_version = 4,
					 .scan_delay_ms = 500,
					 .timing_level = 4,
					 .has_open_tcp = true,
					 .has_closed_tcp = true,
					 .has_closed_udp = true,
					 .has_distance = true,
					 .distance = 5,
					 .timing_ratio = 1.4};

static void is_unfit(struct os_conditions conditions, const char *words)
{
	const char *reason = os_unfit_reason(&conditions);

	if (!reason || !strstr(reason, words))
		fail_msg("%s, and not %s", reason ? reason : "fit", words);
	assert_int_equal(os_rounds_most(&conditions, 5), 2);
	assert_int_equal(os_rounds_most(&conditions, 1), 1);
}

/* Each change makes the next reason the first one: from the last to the first. */
static void the_first_reason_counts(void **state)
{
	struct os_conditions now = fit;

	assert_null(os_unfit_reason(&now));
	assert_int_equal(os_rounds_most(&now, 5), 5);
	now.send_failed = true;
	is_unfit(now, "sent");
	now.has_closed_udp = false;
	is_unfit(now, "UDP");
	now.timing_ratio = 1.41;
	is_unfit(now, "later");
	now.distance = 6;
	is_unfit(now, "five hops");
	now.distance = -2;
	is_unfit(now, "no sense");
	now.has_closed_tcp = false;
	is_unfit(now, "closed TCP");
	now.has_open_tcp = false;
	is_unfit(now, "open TCP");
	now.timing_level = 5;
	is_unfit(now, "-T5");
	now.scan_delay_ms = 501;
	is_unfit(now, "delay");
}

static void what_excuses_and_what_ipv6_needs(void **state)
{
	struct os_conditions now = fit;

	now.has_closed_udp = false;
	now.udp_scanned = true;
	now.has_distance = false;
	now.distance = 99;
	assert_null(os_unfit_reason(&now));
	now = fit;
	now.ip_version = 6;
	now.timing_level = 5;
	now.timing_ratio = 9;
	now.has_closed_tcp = now.has_closed_udp = false;
	assert_null(os_unfit_reason(&now));
	now.has_open_tcp = false;
	is_unfit(now, "open or closed");
}

static void rounds_have_pauses(void **state)
{
	static const uint32_t pauses[] = {0, 1000, 1000, 2500, 1000};
	unsigned round;

	for (round = 1; round <= 5; round++)
		assert_int_equal(os_round_pause_ms(round), pauses[round - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_reason_counts),
		cmocka_unit_test(what_excuses_and_what_ipv6_needs),
		cmocka_unit_test(rounds_have_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
