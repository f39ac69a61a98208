/* All scripts of Debian's nmap-common load, with the libraries of their own and with ours beside
 * them. Says how long that takes. Skipped without the package. */
#include "trees_fixture.h"

#include "script/library.h"

#include <time.h>

#define THEIRS "/usr/share/nmap"

static const char *const theirs[] = {THEIRS, NULL};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void need_package(void)
{
	if (access(THEIRS "/scripts/script.db", R_OK) == 0)
		return;
	print_message("nmap-common is not installed: its scripts were not loaded\n");
	skip();
}

static bool have_library(const char *name)
{
	const struct script_library *library = script_libraries;

	while (library->name && strcmp(library->name, name) != 0)
		library++;
	return library->name;
}

/* Putting back what scripts change of the libraries would break those that count on it. */
static void assert_none_meddles(const struct script_set *set)
{
	size_t at;

	for (at = 0; at < set->count; at++)
		if (set->all[at]->meddles)
			fail_msg("%s changes what is everybody's", set->all[at]->path);
}

/* Four leave where there is no libssh2. */
static void all_scripts_load(void **state)
{
	static const char *const all[] = {THEIRS "/scripts/", NULL};
	struct trees_fixture fixture;
	double began = seconds(), took;

	need_package();
	trees_wish(&fixture, theirs, all);
	if (trees_load(&fixture) < 0)
		fail_msg("%s", fixture.diag.text);
	took = seconds() - began;
	print_message("%zu scripts loaded in %.2f s, %zu KB\n", fixture.set.count, took,
		      script_machine_bytes(fixture.machine) / 1024);
	assert_true(fixture.selection.count >= 500);
	assert_int_equal(fixture.set.count,
			 fixture.selection.count - (have_library("libssh2") ? 0 : 4));
	assert_true(took < 60);
	assert_none_meddles(&fixture.set);
	trees_end(&fixture);
}

static void choosing_is_quick(void **state)
{
	static const char *const few[] = {"default", NULL};
	struct trees_fixture fixture;
	double began = seconds(), took;

	need_package();
	trees_wish(&fixture, theirs, few);
	if (trees_choose(&fixture) < 0)
		fail_msg("%s", fixture.diag.text);
	took = seconds() - began;
	print_message("%zu scripts chosen in %.1f ms\n", fixture.selection.count, took * 1e3);
	assert_true(fixture.selection.count >= 100);
	assert_true(took < 1);
	trees_end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_scripts_load),
		cmocka_unit_test(choosing_is_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
