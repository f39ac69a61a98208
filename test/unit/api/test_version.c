#include "support.h"

#include "api/version.h"
#include "util/error.h"

#include <regex.h>

/* What python3-nmap looks for before it does anything else. */
static void wrappers_recognise_the_first_line(void **state)
{
	const char *pattern = "^Nmap version ([0-9]+)\\.([0-9]+)[^ ]* \\( http(|s)://.* \\)";
	struct buf out = BUF_INIT;
	regmatch_t parts[3];
	regex_t regex;

	version_print("nmap", &out);
	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NEWLINE), 0);
	assert_int_equal(regexec(&regex, buf_str(&out), 3, parts, 0), 0);
	assert_int_equal(parts[0].rm_so, 0);
	assert_memory_equal(buf_str(&out) + parts[1].rm_so, "7", 1);
	assert_memory_equal(buf_str(&out) + parts[2].rm_so, "99", 2);
	regfree(&regex);
	buf_release(&out);
}

static int print(void *self)
{
	struct buf out = BUF_INIT;
	bool ok;

	version_print("portolan", &out);
	ok = buf_ok(&out);
	buf_release(&out);
	return ok ? 0 : ERROR_MEMORY;
}

static void short_memory_is_noticed(void **state)
{
	support_each_allocation_fails(print, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrappers_recognise_the_first_line),
		cmocka_unit_test(short_memory_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
