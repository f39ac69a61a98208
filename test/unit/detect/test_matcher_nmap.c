/* Nmap's own signatures, where nmap-common is installed. */
#include "matcher_fixture.h"

#include <sys/stat.h>

#define NMAP "/usr/share/nmap/nmap-service-probes"

static void say(void *self, const char *text)
{
	print_message("%s\n", text);
	(*(size_t *)self)++;
}

static void all_of_nmaps_patterns_compile(void **state)
{
	struct matcher *matcher = NULL;
	struct matcher_stats stats;
	struct probe_db *db = NULL;
	struct diag diag = {0};
	struct stat info;
	size_t told = 0, bad;

	if (stat(NMAP, &info) != 0) {
		print_message("SKIPPED: %s is not there (nmap-common)\n", NMAP);
		skip();
	}
	if (probe_db_load(NMAP, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(matcher_new(db, say, &told, &matcher), 0);
	bad = matcher_check(matcher);
	matcher_stats(matcher, &stats);
	print_message("%zu patterns, %zu cannot be used\n", probe_db_lines(db), bad);
	assert_true(probe_db_lines(db) > 10000);
	assert_int_equal(bad, 0);
	assert_int_equal(told, bad);
	assert_int_equal(stats.compiled, probe_db_lines(db));
	matcher_free(matcher);
	probe_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_nmaps_patterns_compile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
