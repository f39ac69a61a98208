/* One host's trace, by the rules: what is asked when, and what the answers make of it. */
#include "support.h"

#include "engine/trace.h"

#include <string.h>

#define MS(x) ((x)*1000000ULL)
#define YOUNG MS(100)

struct one {
	struct trace trace;
	struct trace_cache *cache;
	uint64_t now_ns;
	struct ip_addr target;
};

static struct ip_addr router(unsigned ttl)
{
	return ip_v4(0x0a000000 + ttl);
}

static void restart(struct one *one, uint8_t start, uint32_t host)
{
	struct trace_config config = {
		.start = start,
		.sends = 3,
		.young_ns = YOUNG,
		.cache = one->cache,
	};

	one->target = ip_v4(0x0a010000 + host);
	config.target = one->target;
	trace_init(&one->trace, &config);
}

static void begin(struct one *one, uint8_t start)
{
	memset(one, 0, sizeof(*one));
	one->now_ns = MS(5000);
	assert_non_null(one->cache = trace_cache_new(7));
	restart(one, start, 1);
}

static void end(struct one *one)
{
	trace_cache_free(one->cache);
}

/* The TTLs that may be asked now are; in which order. 0 ends. */
static void assert_asks(struct one *one, const uint8_t *ttls)
{
	uint8_t ttl;

	trace_pass(&one->trace, one->now_ns);
	while ((ttl = trace_next(&one->trace, one->now_ns))) {
		assert_int_equal(ttl, *ttls++);
		trace_sent(&one->trace, ttl, one->now_ns);
	}
	assert_int_equal(*ttls, 0);
}
#define ASKS(one, ...)    assert_asks(one, (const uint8_t[]){__VA_ARGS__, 0})
#define ASKS_NOTHING(one) assert_asks(one, (const uint8_t[]){0})

static void answer_from(struct one *one, unsigned ttl, unsigned send, struct ip_addr from)
{
	trace_answer(&one->trace, ttl, send, &from, one->now_ns);
}

static void routers_answer(struct one *one, unsigned low, unsigned high)
{
	for (; high >= low; high--)
		answer_from(one, high, 0, router(high));
}

static void target_answers(struct one *one, unsigned low, unsigned high)
{
	for (; high >= low; high--)
		answer_from(one, high, 0, one->target);
}

static void assert_hops(const struct one *one, unsigned count)
{
	unsigned ttl;

	assert_true(trace_is_done(&one->trace));
	assert_int_equal(one->trace.reached, count);
	assert_int_equal(trace_count(&one->trace), count);
	for (ttl = 1; ttl < count; ttl++) {
		const struct ip_addr at = router(ttl);

		assert_true(ip_equal(&one->trace.hops[ttl].from, &at));
	}
	assert_true(ip_equal(&one->trace.hops[count].from, &one->target));
}

static void down_from_the_start_then_it_is_known(void **state)
{
	struct one one;

	begin(&one, 10);
	ASKS(&one, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
	assert_int_equal(trace_young(&one.trace, one.now_ns), 10);
	assert_false(trace_is_down(&one.trace));
	one.now_ns += MS(20);
	target_answers(&one, 5, 10);
	routers_answer(&one, 1, 4);
	assert_int_equal(trace_young(&one.trace, one.now_ns), 0);
	assert_true(trace_is_down(&one.trace));
	ASKS_NOTHING(&one);
	assert_hops(&one, 5);
	assert_int_equal(one.trace.hops[3].rtt_us, 20000);
	assert_int_equal(one.trace.probes_sent, 10);
	assert_int_equal(trace_due_ns(&one.trace, one.now_ns), UINT64_MAX);
	end(&one);
}

static void no_more_than_ten_are_young(void **state)
{
	struct one one;

	begin(&one, 12);
	ASKS(&one, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3);
	answer_from(&one, 12, 0, one.target);
	ASKS(&one, 2);
	one.now_ns += YOUNG;
	ASKS(&one, 1);
	end(&one);
}

static void then_up_to_the_target(void **state)
{
	struct one one;

	begin(&one, 3);
	ASKS(&one, 3, 2, 1);
	answer_from(&one, 1, 0, router(1));
	ASKS_NOTHING(&one); /* 3 may still be the target */
	routers_answer(&one, 2, 3);
	assert_true(trace_is_down(&one.trace));
	assert_false(trace_is_done(&one.trace));
	ASKS(&one, 4, 5, 6, 7);
	routers_answer(&one, 4, 5);
	ASKS(&one, 8, 9);
	target_answers(&one, 6, 9);
	ASKS_NOTHING(&one);
	assert_hops(&one, 6);
	end(&one);
}

static void a_start_that_is_silent_is_not_waited_for(void **state)
{
	struct one one;

	begin(&one, 2);
	ASKS(&one, 2, 1);
	one.now_ns += YOUNG - 1;
	ASKS_NOTHING(&one);
	one.now_ns++;
	ASKS(&one, 3, 4, 5, 6);
	answer_from(&one, 4, 0, one.target);
	assert_false(trace_is_done(&one.trace));
	end(&one);
}

static void what_is_young_follows_the_round_trips(void **state)
{
	struct one one;

	begin(&one, 12);
	ASKS(&one, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3);
	one.now_ns += MS(80);
	answer_from(&one, 12, 0, one.target);
	ASKS(&one, 2);
	assert_int_equal(trace_due_ns(&one.trace, one.now_ns), one.now_ns + MS(160));
	one.now_ns += MS(159);
	ASKS_NOTHING(&one);
	one.now_ns += MS(1);
	ASKS(&one, 1);
	assert_int_equal(trace_young_ns(MS(1)), MS(50));
	assert_int_equal(trace_young_ns(MS(100)), MS(300));
	assert_int_equal(trace_young_ns(MS(900)), MS(1000));
	end(&one);
}

static void the_silent_are_asked_three_times(void **state)
{
	struct one one;
	unsigned i;

	begin(&one, 2);
	ASKS(&one, 2, 1);
	answer_from(&one, 2, 0, one.target);
	for (i = 0; i < 2; i++) {
		one.now_ns += MS(1000) - 1;
		ASKS_NOTHING(&one);
		assert_int_equal(trace_due_ns(&one.trace, one.now_ns), one.now_ns + 1);
		one.now_ns++;
		ASKS(&one, 1);
	}
	one.now_ns += MS(999);
	ASKS_NOTHING(&one);
	assert_false(trace_is_done(&one.trace));
	one.now_ns += MS(1);
	ASKS_NOTHING(&one);
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(one.trace.hops[1].state, TRACE_SILENT);
	assert_int_equal(one.trace.probes_sent, 4);
	end(&one);
}

/* Or the loop would turn without end. */
static void what_waits_for_room_is_never_due(void **state)
{
	struct one one;

	begin(&one, 2);
	ASKS(&one, 2, 1);
	one.now_ns += MS(1000);
	trace_pass(&one.trace, one.now_ns);
	assert_int_not_equal(trace_next(&one.trace, one.now_ns), 0);
	assert_int_equal(trace_due_ns(&one.trace, one.now_ns), UINT64_MAX);
	end(&one);
}

static void an_answer_to_an_earlier_send_counts_from_then(void **state)
{
	struct one one;

	begin(&one, 1);
	ASKS(&one, 1);
	one.now_ns += MS(1000);
	ASKS(&one, 1);
	one.now_ns += MS(50);
	answer_from(&one, 1, 0, router(1));
	assert_int_equal(one.trace.hops[1].rtt_us, 1050000);
	ASKS(&one, 2, 3, 4, 5);
	answer_from(&one, 2, 1, router(2)); /* never sent */
	assert_int_equal(one.trace.hops[2].state, TRACE_WAITING);
	answer_from(&one, 1, 1, router(9));
	assert_int_equal(one.trace.hops[1].from.bytes[3], 1);
	answer_from(&one, 9, 0, router(9));
	assert_int_equal(one.trace.hops[9].state, TRACE_UNASKED);
	end(&one);
}

static void thirty_is_the_end(void **state)
{
	struct one one;
	unsigned ttl, rounds = 0;

	begin(&one, 30);
	while (!trace_is_done(&one.trace)) {
		trace_pass(&one.trace, one.now_ns);
		while ((ttl = trace_next(&one.trace, one.now_ns))) {
			assert_in_range(ttl, 1, 30);
			trace_sent(&one.trace, (uint8_t)ttl, one.now_ns);
		}
		one.now_ns += YOUNG;
		assert_in_range(rounds++, 0, 100);
	}
	assert_int_equal(one.trace.probes_sent, 90);
	assert_int_equal(trace_count(&one.trace), 30);
	assert_int_equal(trace_length(&one.trace), 0);
	assert_int_equal(one.trace.reached, 0);
	end(&one);
}

static void the_nearest_answer_of_the_target_counts(void **state)
{
	struct one one;

	begin(&one, 4);
	ASKS(&one, 4, 3, 2, 1);
	answer_from(&one, 3, 0, one.target);
	answer_from(&one, 4, 0, router(4)); /* too late: nothing is behind the target */
	answer_from(&one, 2, 0, one.target);
	answer_from(&one, 1, 0, router(1));
	assert_hops(&one, 2);
	end(&one);
}

static void answers_that_do_not_tell_are_taken_from_the_top(void **state)
{
	struct one one;

	begin(&one, 4);
	ASKS(&one, 4, 3, 2, 1);
	one.now_ns += MS(10);
	answer_from(&one, 0, 0, one.target);
	assert_int_equal(one.trace.reached, 4);
	answer_from(&one, 0, 0, one.target);
	assert_int_equal(one.trace.reached, 3);
	assert_int_equal(one.trace.hops[3].rtt_us, 10000);
	routers_answer(&one, 1, 2);
	assert_hops(&one, 3);
	answer_from(&one, 0, 0, one.target);
	assert_hops(&one, 3);
	end(&one);
}

/* ---- shared hops ---- */

/* Routers 1 to 4, then host 1. */
static void first_trace(struct one *one)
{
	begin(one, 5);
	ASKS(one, 5, 4, 3, 2, 1);
	target_answers(one, 5, 5);
	routers_answer(one, 1, 4);
	assert_hops(one, 5);
	assert_int_equal(trace_share(&one->trace), 0);
}

static void the_second_asks_for_what_is_its_own(void **state)
{
	struct one one;
	struct ip_addr same_as;
	const struct ip_addr first = ip_v4(0x0a010001);

	first_trace(&one);
	restart(&one, 5, 2);
	ASKS(&one, 5, 4);
	target_answers(&one, 5, 5);
	routers_answer(&one, 4, 4);
	assert_hops(&one, 5);
	assert_true(one.trace.hops[3].cached);
	assert_false(one.trace.hops[4].cached);
	assert_int_equal(one.trace.probes_sent, 2);
	assert_int_equal(trace_join(&one.trace, &same_as), 4);
	assert_true(ip_equal(&same_as, &first));
	end(&one);
}

static void a_start_too_high_comes_down_in_twos(void **state)
{
	struct one one;

	first_trace(&one);
	restart(&one, 9, 2);
	ASKS(&one, 9, 8);
	target_answers(&one, 8, 9);
	ASKS(&one, 7, 6);
	target_answers(&one, 6, 7);
	ASKS(&one, 5, 4);
	target_answers(&one, 5, 5);
	routers_answer(&one, 4, 4);
	assert_hops(&one, 5);
	end(&one);
}

static void a_new_way_is_asked_in_tens(void **state)
{
	struct one one;
	struct ip_addr same_as;

	first_trace(&one);
	restart(&one, 9, 2);
	ASKS(&one, 9, 8);
	answer_from(&one, 8, 0, router(208));
	answer_from(&one, 9, 0, one.target);
	ASKS(&one, 7, 6, 5, 4, 3, 2, 1);
	answer_from(&one, 7, 0, router(207));
	answer_from(&one, 2, 0, router(2)); /* here it joins */
	answer_from(&one, 6, 0, router(206));
	answer_from(&one, 5, 0, router(205));
	answer_from(&one, 4, 0, router(204));
	assert_false(trace_is_done(&one.trace));
	answer_from(&one, 3, 0, router(203));
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(one.trace.hops[1].from.bytes[3], 1);
	assert_true(one.trace.hops[1].cached);
	assert_int_equal(trace_join(&one.trace, &same_as), 2);
	end(&one);
}

static void the_same_router_at_another_ttl_is_no_shared_hop(void **state)
{
	struct one one;
	struct ip_addr same_as;

	first_trace(&one);
	restart(&one, 4, 2);
	ASKS(&one, 4, 3);
	answer_from(&one, 4, 0, one.target);
	answer_from(&one, 3, 0, router(4));
	ASKS(&one, 2, 1);
	answer_from(&one, 2, 0, router(103));
	answer_from(&one, 1, 0, router(102));
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(trace_join(&one.trace, &same_as), 0);
	end(&one);
}

/* Two ways of the same length, one after the other as routers balance: no claim. */
static void hops_that_contradict_are_not_taken_over(void **state)
{
	struct one one;
	struct ip_addr same_as;

	first_trace(&one);
	restart(&one, 5, 2);
	trace_sent(&one.trace, 5, one.now_ns);
	trace_sent(&one.trace, 4, one.now_ns);
	trace_sent(&one.trace, 3, one.now_ns);
	answer_from(&one, 5, 0, one.target);
	answer_from(&one, 3, 0, router(103));
	answer_from(&one, 4, 0, router(4));
	assert_false(one.trace.hops[2].cached);
	ASKS(&one, 2, 1);
	answer_from(&one, 2, 0, router(102));
	answer_from(&one, 1, 0, router(1));
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(trace_join(&one.trace, &same_as), 1);
	end(&one);
}

static void what_was_silent_for_one_is_known_of_another(void **state)
{
	struct one one;
	struct ip_addr same_as;

	first_trace(&one);
	restart(&one, 5, 2);
	ASKS(&one, 5, 4);
	target_answers(&one, 5, 5);
	one.now_ns += YOUNG;
	ASKS(&one, 3, 2);
	answer_from(&one, 3, 0, router(3));
	assert_int_equal(one.trace.hops[2].state, TRACE_ANSWERED);
	one.now_ns += MS(1000);
	ASKS(&one, 4);
	one.now_ns += MS(1000);
	ASKS(&one, 4);
	one.now_ns += MS(1000);
	ASKS_NOTHING(&one);
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(one.trace.hops[4].state, TRACE_SILENT);
	assert_int_equal(trace_join(&one.trace, &same_as), 3);
	end(&one);
}

static void silent_hops_are_shared_as_well(void **state)
{
	struct one one;
	struct ip_addr same_as;
	unsigned i;

	begin(&one, 3);
	ASKS(&one, 3, 2, 1);
	answer_from(&one, 3, 0, one.target);
	answer_from(&one, 2, 0, router(2));
	for (i = 0; i < 2; i++) {
		one.now_ns += MS(1000);
		ASKS(&one, 1);
	}
	one.now_ns += MS(1000);
	ASKS_NOTHING(&one);
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(trace_share(&one.trace), 0);
	restart(&one, 3, 2);
	ASKS(&one, 3, 2);
	answer_from(&one, 3, 0, one.target);
	answer_from(&one, 2, 0, router(2));
	assert_true(trace_is_done(&one.trace));
	assert_int_equal(one.trace.hops[1].state, TRACE_SILENT);
	assert_int_equal(trace_join(&one.trace, &same_as), 2);
	end(&one);
}

static void up_past_what_is_shared(void **state)
{
	struct one one;
	struct ip_addr same_as;

	first_trace(&one);
	restart(&one, 3, 2);
	ASKS(&one, 3, 2);
	routers_answer(&one, 3, 3);
	assert_true(trace_is_down(&one.trace));
	ASKS(&one, 4, 5, 6, 7);
	answer_from(&one, 4, 0, router(4));
	target_answers(&one, 5, 7);
	assert_hops(&one, 5);
	assert_int_equal(trace_join(&one.trace, &same_as), 4);
	end(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(down_from_the_start_then_it_is_known),
		cmocka_unit_test(no_more_than_ten_are_young),
		cmocka_unit_test(then_up_to_the_target),
		cmocka_unit_test(a_start_that_is_silent_is_not_waited_for),
		cmocka_unit_test(what_is_young_follows_the_round_trips),
		cmocka_unit_test(the_silent_are_asked_three_times),
		cmocka_unit_test(what_waits_for_room_is_never_due),
		cmocka_unit_test(an_answer_to_an_earlier_send_counts_from_then),
		cmocka_unit_test(thirty_is_the_end),
		cmocka_unit_test(the_nearest_answer_of_the_target_counts),
		cmocka_unit_test(answers_that_do_not_tell_are_taken_from_the_top),
		cmocka_unit_test(the_second_asks_for_what_is_its_own),
		cmocka_unit_test(a_start_too_high_comes_down_in_twos),
		cmocka_unit_test(a_new_way_is_asked_in_tens),
		cmocka_unit_test(the_same_router_at_another_ttl_is_no_shared_hop),
		cmocka_unit_test(hops_that_contradict_are_not_taken_over),
		cmocka_unit_test(what_was_silent_for_one_is_known_of_another),
		cmocka_unit_test(silent_hops_are_shared_as_well),
		cmocka_unit_test(up_past_what_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
