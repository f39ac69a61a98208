#include "support.h"

#include "engine/eta.h"
#include "util/loop.h"

static void steady_work_gives_a_narrow_range(void **state)
{
	struct eta eta;
	uint64_t low, high;
	int s;

	eta_init(&eta, 0);
	for (s = 1; s <= 50; s++)
		eta_note(&eta, (uint64_t)s * NS_PER_S, s / 100.0);
	eta_range(&eta, 50 * NS_PER_S, 0.5, &low, &high);
	assert_in_range(low, 49 * NS_PER_S, 51 * NS_PER_S);
	assert_in_range(high, 49 * NS_PER_S, 51 * NS_PER_S);
}

static void a_slowing_run_gives_a_wide_one(void **state)
{
	struct eta eta;
	uint64_t low, high;
	int s;

	eta_init(&eta, 0);
	for (s = 1; s <= 100; s++)
		eta_note(&eta, (uint64_t)s * NS_PER_S,
			 s < 50 ? s / 100.0 : 0.5 + (s - 50) / 1000.0);
	eta_range(&eta, 100 * NS_PER_S, 0.55, &low, &high);
	assert_true(low < 100 * NS_PER_S);
	assert_true(high > 300 * NS_PER_S);
}

static void too_early_is_unknown(void **state)
{
	struct eta eta;
	uint64_t low, high;

	eta_init(&eta, 0);
	eta_range(&eta, NS_PER_S, 0, &low, &high);
	assert_int_equal(low, UINT64_MAX);
	eta_range(&eta, NS_PER_MS, 0.5, &low, &high);
	assert_int_equal(high, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady_work_gives_a_narrow_range),
		cmocka_unit_test(a_slowing_run_gives_a_wide_one),
		cmocka_unit_test(too_early_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
