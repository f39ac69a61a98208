#include "support.h"

#include "net/portset.h"
#include "util/error.h"
#include "util/random.h"

#include <string.h>

static void format_is(const struct portset *set, const char *wanted)
{
	struct buf buf = BUF_INIT;

	portset_format(set, &buf);
	assert_string_equal(buf_str(&buf), wanted);
	buf_release(&buf);
}

static void members_are_counted_once(void **state)
{
	static struct portset set;

	portset_clear(&set);
	assert_true(portset_add(&set, 0));
	assert_true(portset_add(&set, 65535));
	assert_false(portset_add(&set, 0));
	assert_int_equal(set.count, 2);
	assert_true(portset_has(&set, 65535));
	assert_false(portset_has(&set, 1));
	assert_true(portset_remove(&set, 0));
	assert_false(portset_remove(&set, 0));
	assert_int_equal(set.count, 1);
}

static void runs_are_compressed(void **state)
{
	static struct portset set;

	portset_clear(&set);
	format_is(&set, "");
	portset_add(&set, 80);
	format_is(&set, "80");
	portset_add(&set, 1);
	portset_add_range(&set, 3, 4);
	portset_add_range(&set, 63, 64);
	format_is(&set, "1,3-4,63-64,80");
	portset_add_range(&set, 65534, 65535);
	format_is(&set, "1,3-4,63-64,80,65534-65535");
	portset_add_range(&set, 0, 65535);
	format_is(&set, "0-65535");
	assert_int_equal(set.count, 65536);
}

static void a_backwards_range_adds_nothing(void **state)
{
	static struct portset set;

	portset_clear(&set);
	portset_add_range(&set, 5, 4);
	portset_add_range(&set, 500, 4);
	assert_int_equal(set.count, 0);
}

static void next_walks_every_member(void **state)
{
	static struct portset set;

	portset_clear(&set);
	assert_int_equal(portset_next(&set, 0), -1);
	portset_add(&set, 65535);
	assert_int_equal(portset_next(&set, 0), 65535);
	assert_int_equal(portset_next(&set, 65535), 65535);
	assert_int_equal(portset_next(&set, 65536), -1);
	assert_int_equal(portset_next(&set, UINT32_MAX), -1);
	portset_add(&set, 64);
	assert_int_equal(portset_next(&set, 0), 64);
	assert_int_equal(portset_next(&set, 65), 65535);
}

/* Against a plain array of flags. */
static void random_ranges_agree_with_a_plain_array(void **state)
{
	static struct portset set;
	static bool plain[65536];
	struct random random;
	uint32_t count;

	random_init(&random, 4);
	for (int round = 0; round < 60; round++) {
		uint16_t first = (uint16_t)random_below(&random, 65536);
		uint64_t left = 65536u - first, most = round % 3 ? 130 : left;
		uint16_t last =
			(uint16_t)(first + random_below(&random, most < left ? most : left));

		if (round % 10 == 0) {
			portset_clear(&set);
			memset(plain, 0, sizeof(plain));
		}
		portset_add_range(&set, first, last);
		memset(plain + first, 1, last - first + 1u);
		count = 0;
		for (uint32_t port = 0; port < 65536; port++) {
			if (portset_has(&set, (uint16_t)port) != plain[port])
				fail_msg("round %d port %u", round, port);
			count += plain[port];
		}
		assert_int_equal(set.count, count);
	}
}

static int format(void *self)
{
	struct buf buf = BUF_INIT;
	bool ok;

	portset_format(self, &buf);
	ok = buf_ok(&buf);
	buf_release(&buf);
	return ok ? 0 : ERROR_MEMORY;
}

static void short_memory_is_remembered(void **state)
{
	static struct portset set;

	for (uint32_t port = 0; port < 4000; port += 2)
		portset_add(&set, (uint16_t)port);
	support_each_allocation_fails(format, &set, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_counted_once),
		cmocka_unit_test(runs_are_compressed),
		cmocka_unit_test(a_backwards_range_adds_nothing),
		cmocka_unit_test(next_walks_every_member),
		cmocka_unit_test(random_ranges_agree_with_a_plain_array),
		cmocka_unit_test(short_memory_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
