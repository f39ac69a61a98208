/* Hops that traces of a run share. */
#include "support.h"

#include "engine/trace_cache.h"
#include "util/alloc.h"
#include "util/error.h"

static struct ip_addr addr(uint32_t value)
{
	return ip_v4(0x0a000000 + value);
}

static void the_first_that_met_a_hop_keeps_it(void **state)
{
	struct trace_cache *cache = trace_cache_new(1);
	const struct ip_addr one = addr(1), two = addr(2), hop1 = addr(11), hop3 = addr(13),
			     other = addr(23);
	const struct trace_past_hop first[] = {{hop1, 100}, {{.family = IP_NONE}, 0}, {hop3, 300}};
	const struct trace_past_hop second[] = {
		{hop1, 900}, {{.family = IP_NONE}, 0}, {other, 300}};
	const struct trace_past *past;

	assert_int_equal(trace_cache_add(cache, &one, first, 3), 0);
	assert_int_equal(trace_cache_add(cache, &two, second, 3), 0);
	assert_int_equal(trace_cache_count(cache), 3);
	past = trace_cache_find(cache, 1, &hop1);
	assert_non_null(past);
	assert_true(ip_equal(&past->target, &one));
	assert_int_equal(past->count, 3);
	assert_int_equal(past->hops[2].rtt_us, 300);
	assert_true(ip_equal(&trace_cache_find(cache, 3, &other)->target, &two));
	/* The TTL is part of it. */
	assert_null(trace_cache_find(cache, 2, &hop1));
	assert_null(trace_cache_find(cache, 1, &hop3));
	trace_cache_free(cache);
}

static void families_are_apart(void **state)
{
	struct trace_cache *cache = trace_cache_new(1);
	const struct ip_addr v4 = addr(1);
	const struct ip_addr v6 = {.family = IP_V6, .bytes = {10, 0, 0, 1}};
	const struct trace_past_hop hops[] = {{v4, 1}};

	assert_int_equal(trace_cache_add(cache, &v4, hops, 1), 0);
	assert_null(trace_cache_find(cache, 1, &v6));
	trace_cache_free(cache);
}

static void above_a_thousand_it_begins_anew(void **state)
{
	struct trace_cache *cache = trace_cache_new(1);
	struct trace_past_hop hop = {.rtt_us = 1};
	const struct ip_addr target = addr(1);
	struct ip_addr first = addr(100);
	uint32_t i;

	for (i = 0; i <= TRACE_CACHE_MOST; i++) {
		hop.from = addr(100 + i);
		assert_int_equal(trace_cache_add(cache, &target, &hop, 1), 0);
	}
	assert_int_equal(trace_cache_count(cache), TRACE_CACHE_MOST + 1);
	assert_non_null(trace_cache_find(cache, 1, &first));
	hop.from = addr(50);
	assert_int_equal(trace_cache_add(cache, &target, &hop, 1), 0);
	assert_int_equal(trace_cache_count(cache), 1);
	assert_null(trace_cache_find(cache, 1, &first));
	trace_cache_free(cache);
}

static void memory_may_be_short(void **state)
{
	const struct ip_addr one = addr(1);
	const struct trace_past_hop hops[] = {{addr(2), 1}, {addr(3), 2}};
	struct trace_cache *cache;
	long nth;
	bool hit = true;

	for (nth = 0; hit; nth++) {
		alloc_fault_after(nth);
		cache = trace_cache_new(1);
		if (cache && trace_cache_add(cache, &one, hops, 2) == 0)
			assert_int_equal(trace_cache_count(cache), 2);
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		trace_cache_free(cache);
	}
	assert_true(nth > 3);
	trace_cache_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_that_met_a_hop_keeps_it),
		cmocka_unit_test(families_are_apart),
		cmocka_unit_test(above_a_thousand_it_begins_anew),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
