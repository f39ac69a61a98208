/* Where answers may change, and how they are remembered. */
#include "support.h"

#include "net/route_pieces.h"
#include "net/route_ranges.h"
#include "util/random.h"

#include <string.h>

static struct ip_addr ip(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static void cut(struct route_pieces *pieces, const char *text, unsigned bits)
{
	struct ip_addr addr = ip(text);

	assert_int_equal(route_pieces_cut(pieces, &addr, bits), 0);
}

static void assert_piece(const struct route_pieces *pieces, const char *text, const char *first,
			 const char *last)
{
	struct ip_addr addr = ip(text), least = ip(first), most = ip(last);
	ip_value from, to;

	route_pieces_find(pieces, ip_value_of(&addr), &from, &to);
	if (from != ip_value_of(&least) || to != ip_value_of(&most))
		fail_msg("the piece of %s is not %s to %s", text, first, last);
}

static void ipv4_pieces_reach_from_cut_to_cut(void **state)
{
	struct route_pieces pieces;

	assert_int_equal(route_pieces_init(&pieces, IP_V4), 0);
	cut(&pieces, "0.0.0.0", 0);
	cut(&pieces, "10.1.0.0", 24);
	cut(&pieces, "10.1.0.128", 25);
	cut(&pieces, "fd00::", 8); /* of the other family */
	route_pieces_seal(&pieces);
	assert_piece(&pieces, "1.0.0.0", "1.0.0.0", "10.0.255.255");
	assert_piece(&pieces, "10.1.0.5", "10.1.0.0", "10.1.0.127");
	assert_piece(&pieces, "10.1.0.255", "10.1.0.128", "10.1.0.255");
	assert_piece(&pieces, "10.1.1.0", "10.1.1.0", "126.255.255.255");
	assert_piece(&pieces, "224.0.0.9", "224.0.0.0", "224.0.0.255");
	assert_piece(&pieces, "255.255.255.255", "255.255.255.255", "255.255.255.255");
	assert_piece(&pieces, "0.0.0.0", "0.0.0.0", "0.0.0.0");
	route_pieces_release(&pieces);
}

static void ipv6_pieces_are_aligned_blocks(void **state)
{
	struct route_pieces pieces;

	assert_int_equal(route_pieces_init(&pieces, IP_V6), 0);
	cut(&pieces, "fd01::1", 128); /* an address of ours */
	cut(&pieces, "fd01::", 64);
	route_pieces_seal(&pieces);
	assert_piece(&pieces, "fd01::1", "fd01::1", "fd01::1");
	assert_piece(&pieces, "fd01::", "fd01::", "fd01::");
	assert_piece(&pieces, "fd01::2", "fd01::2", "fd01::3");
	assert_piece(&pieces, "fd01::7", "fd01::4", "fd01::7");
	assert_piece(&pieces, "fd01::8000:0:0:0", "fd01:0:0:0:8000::", "fd01::ffff:ffff:ffff:ffff");
	assert_piece(&pieces, "fd02::", "fd02::", "fd03:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	assert_piece(&pieces, "ff02::1", "ff02::", "ff02:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	assert_piece(&pieces, "ffff::1", "ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	route_pieces_release(&pieces);
}

/* Cuts in any order, and many: the same as asking each cut in turn. */
static void pieces_hold_no_cut_but_at_their_beginning(void **state)
{
	uint32_t starts[500];
	struct route_pieces pieces;
	struct random random;
	size_t i, j;

	random_init(&random, 7);
	assert_int_equal(route_pieces_init(&pieces, IP_V4), 0);
	for (i = 0; i < 500; i++) {
		struct ip_addr addr = ip_v4((uint32_t)random_u64(&random));

		starts[i] = ip_v4_value(&addr);
		assert_int_equal(route_pieces_cut(&pieces, &addr, 32), 0);
	}
	route_pieces_seal(&pieces);
	for (i = 0; i < 2000; i++) {
		uint32_t value = (uint32_t)random_u64(&random);
		ip_value first, last;

		route_pieces_find(&pieces, value, &first, &last);
		assert_true(first <= value && value <= last);
		for (j = 0; j < 500; j++)
			assert_false(first < starts[j] && starts[j] <= last);
	}
	route_pieces_release(&pieces);
}

static void with_too_many_cuts_each_address_is_a_piece(void **state)
{
	struct route_pieces pieces;
	uint32_t i;

	assert_int_equal(route_pieces_init(&pieces, IP_V4), 0);
	for (i = 0; i < ROUTE_CUTS_MAX / 2 + 64; i++) {
		struct ip_addr addr = ip_v4(i << 2 | 0x01000000);

		assert_int_equal(route_pieces_cut(&pieces, &addr, 32), 0);
	}
	route_pieces_seal(&pieces);
	assert_true(pieces.too_many);
	assert_null(pieces.cuts);
	assert_piece(&pieces, "200.0.0.1", "200.0.0.1", "200.0.0.1");
	route_pieces_release(&pieces);
}

/* A full table that lists its cuts in order has each twice: they are one. */
static void the_same_cut_twice_takes_no_room(void **state)
{
	struct route_pieces pieces;
	uint32_t i;

	assert_int_equal(route_pieces_init(&pieces, IP_V4), 0);
	for (i = 0; i < 100000; i++) {
		struct ip_addr addr = ip_v4((i % 50) << 8);

		assert_int_equal(route_pieces_cut(&pieces, &addr, 24), 0);
	}
	assert_true(pieces.room <= 256);
	route_pieces_release(&pieces);
}

static int make_pieces(void *self)
{
	struct route_pieces pieces;
	struct ip_addr addr = ip("10.0.0.0");
	int i, r = route_pieces_init(&pieces, IP_V6);

	route_pieces_release(&pieces);
	if (r == 0)
		r = route_pieces_init(&pieces, IP_V4);
	for (i = 0; r == 0 && i < 1000; i++) {
		r = route_pieces_cut(&pieces, &addr, 32);
		ip_add(&addr, 2, &addr);
	}
	route_pieces_release(&pieces);
	return r;
}

static void pieces_without_memory(void **state)
{
	support_each_allocation_fails(make_pieces, NULL, 100);
}

/* ---- ranges ---- */

static const struct route_range *add(struct route_ranges *ranges, struct arena *arena,
				     uint32_t first, uint32_t last, unsigned interface)
{
	const struct route_range answer = {
		.first = first, .last = last, .route.interface = interface};

	return route_ranges_add(ranges, arena, &answer);
}

static void a_range_answers_from_first_to_last(void **state)
{
	struct route_ranges ranges = {.family = IP_V4};
	struct arena arena = ARENA_INIT;
	const struct route_range *made;

	assert_null(route_ranges_find(&ranges, 5));
	made = add(&ranges, &arena, 10, 20, 1);
	assert_int_equal(ip_v4_value(&made->route.first), 10);
	assert_int_equal(ip_v4_value(&made->route.last), 20);
	assert_null(route_ranges_find(&ranges, 9));
	assert_ptr_equal(route_ranges_find(&ranges, 10), made);
	assert_ptr_equal(route_ranges_find(&ranges, 20), made);
	assert_null(route_ranges_find(&ranges, 21));
	assert_ptr_not_equal(add(&ranges, &arena, 21, 30, 2), made);
	assert_int_equal(route_ranges_find(&ranges, 21)->route.interface, 2);
	assert_int_equal(route_ranges_find(&ranges, 20)->route.interface, 1);
	route_ranges_release(&ranges);
	arena_release(&arena);
}

static void neighbours_with_one_answer_become_one(void **state)
{
	struct route_ranges ranges = {.family = IP_V4};
	struct arena arena = ARENA_INIT;
	const struct route_range *low = add(&ranges, &arena, 10, 19, 1);
	const struct route_range *high = add(&ranges, &arena, 30, 39, 1);

	assert_int_equal(ranges.count, 2);
	assert_ptr_equal(add(&ranges, &arena, 20, 29, 1), low);
	assert_int_equal(ranges.count, 1);
	assert_ptr_equal(route_ranges_find(&ranges, 35), low);
	assert_int_equal(ip_v4_value(&low->route.last), 39);
	/* What was given out before is still true. */
	assert_int_equal(ip_v4_value(&high->route.first), 30);
	assert_int_equal(high->route.interface, 1);
	assert_ptr_equal(add(&ranges, &arena, 5, 9, 1), low);
	assert_ptr_equal(route_ranges_find(&ranges, 5), low);
	assert_int_equal(ip_v4_value(&low->route.first), 5);
	add(&ranges, &arena, 40, 49, 2);
	add(&ranges, &arena, 1, 4, 2);
	assert_int_equal(ranges.count, 3);
	route_ranges_release(&ranges);
	arena_release(&arena);
}

static void every_address_finds_its_own(void **state)
{
	struct route_ranges ranges = {.family = IP_V4};
	struct arena arena = ARENA_INIT;
	uint32_t i;

	/* In an order that is none: 17 has no divisor in common with 1000. */
	for (i = 0; i < 1000; i++) {
		uint32_t at = i * 17 % 1000;

		assert_non_null(add(&ranges, &arena, at * 10, at * 10 + 8, at));
	}
	for (i = 0; i < 10000; i++) {
		const struct route_range *found = route_ranges_find(&ranges, i);

		if (i % 10 == 9)
			assert_null(found);
		else
			assert_int_equal(found->route.interface, i / 10);
	}
	route_ranges_release(&ranges);
	arena_release(&arena);
}

static void there_is_an_end_to_what_is_remembered(void **state)
{
	struct route_ranges ranges = {.family = IP_V4};
	struct arena arena = ARENA_INIT;
	uint32_t i;

	for (i = 0; i < ROUTE_RANGES_MAX; i++)
		assert_non_null(add(&ranges, &arena, i * 2, i * 2, 1));
	assert_null(add(&ranges, &arena, i * 2, i * 2, 1));
	assert_null(route_ranges_find(&ranges, i * 2));
	/* What only makes a range longer still fits. */
	assert_non_null(add(&ranges, &arena, 1, 1, 1));
	assert_ptr_equal(route_ranges_find(&ranges, 2), route_ranges_find(&ranges, 0));
	route_ranges_release(&ranges);
	arena_release(&arena);
}

static int fill_ranges(void *self)
{
	struct route_ranges ranges = {.family = IP_V6, .scope_id = 3};
	struct arena arena = ARENA_INIT;
	uint32_t i;
	int r = 0;

	for (i = 0; r == 0 && i < 100; i++)
		if (!add(&ranges, &arena, i * 2, i * 2, 1))
			r = -1;
	for (i = 0; r == 0 && i < 100; i++)
		if (route_ranges_find(&ranges, i * 2)->first != i * 2)
			fail_msg("range %u is lost", i);
	route_ranges_release(&ranges);
	arena_release(&arena);
	return r;
}

static void ranges_without_memory(void **state)
{
	support_each_allocation_fails(fill_ranges, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_pieces_reach_from_cut_to_cut),
		cmocka_unit_test(ipv6_pieces_are_aligned_blocks),
		cmocka_unit_test(pieces_hold_no_cut_but_at_their_beginning),
		cmocka_unit_test(with_too_many_cuts_each_address_is_a_piece),
		cmocka_unit_test(the_same_cut_twice_takes_no_room),
		cmocka_unit_test(pieces_without_memory),
		cmocka_unit_test(a_range_answers_from_first_to_last),
		cmocka_unit_test(neighbours_with_one_answer_become_one),
		cmocka_unit_test(every_address_finds_its_own),
		cmocka_unit_test(there_is_an_end_to_what_is_remembered),
		cmocka_unit_test(ranges_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
