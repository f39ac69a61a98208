#include "support.h"

#include "engine/port_order.h"
#include "util/alloc.h"

#include <string.h>

static void every_port_once_popular_first(void **state)
{
	static struct portset set;
	static bool seen[65536];
	struct random random;
	uint16_t *order;
	uint32_t i;

	portset_clear(&set);
	portset_add_range(&set, 1, 65535);
	random_init(&random, 7);
	order = port_order_new(&set, TRANSPORT_TCP, false, &random);
	assert_non_null(order);
	for (i = 0; i < 65535; i++) {
		assert_false(seen[order[i]]);
		seen[order[i]] = true;
	}
	memset(seen, 0, sizeof(seen));
	for (i = 0; i < 28; i++)
		seen[order[i]] = true;
	assert_true(seen[80] && seen[443] && seen[22] && seen[256] && seen[8080]);
	assert_int_not_equal(order[28] + 1, order[29]);
	alloc_free(order);
}

static void sequential_is_ascending_and_a_seed_repeats(void **state)
{
	static struct portset set;
	struct random random;
	uint16_t *order, *again;

	portset_clear(&set);
	portset_add_range(&set, 1000, 1999);
	portset_add(&set, 80);
	random_init(&random, 7);
	order = port_order_new(&set, TRANSPORT_TCP, true, &random);
	assert_int_equal(order[0], 80);
	assert_int_equal(order[1], 1000);
	alloc_free(order);
	random_init(&random, 9);
	order = port_order_new(&set, TRANSPORT_TCP, false, &random);
	random_init(&random, 9);
	again = port_order_new(&set, TRANSPORT_TCP, false, &random);
	assert_memory_equal(order, again, 1001 * sizeof(*order));
	alloc_free(order);
	alloc_free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_port_once_popular_first),
		cmocka_unit_test(sequential_is_ascending_and_a_seed_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
