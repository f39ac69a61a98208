#include "support.h"

#include "util/buf.h"
#include "util/error.h"

#include <string.h>

static void additions_are_kept_in_order(void **state)
{
	struct buf buf = BUF_INIT;

	buf_add_str(&buf, "ab");
	buf_add_char(&buf, 'c');
	buf_addf(&buf, "%d-%s", 7, "x");
	buf_add_be32(&buf, 0x64656667);
	assert_string_equal(buf_str(&buf), "abc7-xdefg");
	buf_drop_front(&buf, 3);
	buf_cut(&buf, 3);
	assert_string_equal(buf_str(&buf), "7-x");
	buf_release(&buf);
}

static int build(void *self)
{
	struct buf buf = BUF_INIT;
	bool ok;

	buf_add_repeat(&buf, 'x', 100);
	buf_addf(&buf, "%0200d", 1);
	buf_add_repeat(&buf, 'y', 4000);
	ok = buf_ok(&buf);
	buf_release(&buf);
	return ok ? 0 : ERROR_MEMORY;
}

static void failure_is_sticky_and_clean(void **state)
{
	support_each_allocation_fails(build, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(additions_are_kept_in_order),
		cmocka_unit_test(failure_is_sticky_and_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
