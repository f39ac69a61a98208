/* What is chosen of trees, and what becomes of it when it is loaded. */
#include "trees_fixture.h"

#include "script/script_builtin.h"
#include "util/alloc.h"

#include <time.h>

#define RUNS "\naction = function() end prerule = action"

static int set_up(void **state)
{
	if (folder_begin(state) < 0)
		return -1;
	make_folder("a");
	make_folder("a/scripts");
	make_folder("a/nselib");
	make_folder("b");
	make_folder("b/scripts");
	return 0;
}

/* Both folders, one expression. */
static void wish(struct trees_fixture *fixture, const char *expression)
{
	const char *const folders[] = {in_folder("a"), in_folder("b"), NULL};
	const char *const expressions[] = {expression, NULL};

	trees_wish(fixture, folders, expressions);
}

/* The words of the error that choosing and loading a/scripts/t.nse ends in, less the path. */
static const char *load_error(const char *text, int error)
{
	static char words[DIAG_TEXT_BYTES];
	struct trees_fixture fixture;
	const char *at;
	size_t bytes = 0;

	write_file("a/scripts/script.db", "");
	write_file("a/scripts/t.nse", text);
	wish(&fixture, "t");
	assert_int_equal(trees_load(&fixture), error);
	for (at = fixture.diag.text; *at; at++) {
		if (!strncmp(at, folder, strlen(folder)))
			at += strlen(folder);
		words[bytes++] = *at;
	}
	words[bytes] = '\0';
	trees_end(&fixture);
	return words;
}

/* ---- errors ---- */

static void what_is_missing_is_named(void **state)
{
	assert_string_equal(load_error("prerule = function() end", ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse is missing "
			    "required field: 'action'");
	assert_string_equal(load_error("action = 1 prerule = function() end", ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse field 'action' "
			    "is of improper type 'number', expected type 'function'");
	assert_string_equal(load_error("action = function() end", ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse is missing "
			    "required function: 'rule'");
	assert_string_equal(load_error("action = function() end hostrule = 1", ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\nhostrule must be a function!");
	assert_string_equal(load_error("categories = {1}" RUNS, ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse has non-string "
			    "entries in the 'categories' array");
}

static void what_fails_says_where(void **state)
{
	assert_string_equal(load_error("\nlocal x =", ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse:3: unexpected "
			    "symbol near 'end'");
	assert_string_equal(load_error("\nerror 'no'" RUNS, ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse:2: no");
	assert_string_equal(load_error("require 'no'" RUNS, ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\n/a/scripts/t.nse:1: module 'no' "
			    "not found:\n\tno library 'no'");
	assert_string_equal(load_error("while true do end" RUNS, ERROR_SYNTAX),
			    "Failed to load /a/scripts/t.nse:\nstopped: time limit 2 s");
}

static void tracebacks_are_for_debugging(void **state)
{
	struct trees_fixture fixture;

	write_file("b/scripts/t.nse", "local function f() error 'no' end f()" RUNS);
	wish(&fixture, in_folder("b/scripts/t.nse"));
	write_file("b/scripts/script.db", "");
	assert_int_equal(trees_choose(&fixture), 0);
	assert_int_equal(trees_make_machine(&fixture), 0);
	script_trees_speak(fixture.trees, true, NULL, NULL);
	assert_int_equal(script_set_load(fixture.trees, fixture.machine, &fixture.selection,
					 &trees_quota, NULL, NULL, &fixture.set, &fixture.diag),
			 ERROR_SYNTAX);
	assert_non_null(strstr(fixture.diag.text, "t.nse:1: no\nstack traceback:\n"));
	trees_end(&fixture);
}

static void circles_are_named(void **state)
{
	struct trees_fixture fixture;

	write_file("a/scripts/x.nse", "dependencies = {'y'}" RUNS);
	write_file("b/scripts/y.nse", "dependencies = {'x'}" RUNS);
	wish(&fixture, "x,y");
	assert_int_equal(trees_load(&fixture), ERROR_CONFLICT);
	assert_non_null(strstr(fixture.diag.text, "circular dependency in chain"));
	trees_end(&fixture);
}

static void folders_must_be_there(void **state)
{
	const char *const nowhere[] = {in_folder("nowhere"), NULL};
	const char *const bare[] = {folder, NULL};
	struct trees_fixture fixture;

	trees_wish(&fixture, nowhere, NULL);
	assert_int_equal(trees_choose(&fixture), ERROR_NOT_FOUND);
	assert_non_null(strstr(fixture.diag.text, "nowhere' is no folder"));
	trees_end(&fixture);
	trees_wish(&fixture, bare, NULL);
	assert_int_equal(trees_choose(&fixture), ERROR_NOT_FOUND);
	assert_non_null(strstr(fixture.diag.text, "has neither scripts/ nor nselib/ in it"));
	trees_end(&fixture);
}

/* ---- choosing ---- */

static void nothing_chosen_reads_nothing(void **state)
{
	struct trees_fixture fixture;

	write_file("a/scripts/script.db", "this is none");
	wish(&fixture, NULL);
	assert_int_equal(trees_load(&fixture), 0);
	assert_int_equal(fixture.set.count, 0);
	trees_end(&fixture);
	wish(&fixture, "all");
	assert_int_equal(trees_load(&fixture), ERROR_SYNTAX);
	trees_end(&fixture);
}

static void the_first_tree_goes_first(void **state)
{
	struct trees_fixture fixture;

	write_file("a/scripts/t.nse", "" RUNS);
	write_file("b/scripts/t.nse", "" RUNS);
	wish(&fixture, "t");
	assert_int_equal(trees_load(&fixture), 0);
	assert_int_equal(fixture.set.count, 1);
	assert_string_equal(fixture.set.all[0]->path, in_folder("a/scripts/t.nse"));
	assert_ptr_equal(fixture.set.choices[0].path, fixture.selection.all[0].path);
	trees_end(&fixture);
	wish(&fixture, in_folder("b/scripts/t.nse"));
	assert_int_equal(trees_load(&fixture), 0);
	assert_int_equal(fixture.set.count, 1);
	assert_string_equal(fixture.set.all[0]->path, in_folder("b/scripts/t.nse"));
	trees_end(&fixture);
	wish(&fixture, "t");
	fixture.expressions[fixture.wish.expressions_count++] = in_folder("b/scripts/t.nse");
	assert_int_equal(trees_load(&fixture), ERROR_EXISTS);
	assert_string_equal(fixture.diag.text, "duplicate script ID: 't'");
	trees_end(&fixture);
}

static void levels_are_set(void **state)
{
	struct trees_fixture fixture;
	size_t i;

	write_file("a/scripts/x.nse", "dependencies = {'y', 'not-chosen'}" RUNS);
	write_file("b/scripts/y.nse", "" RUNS);
	wish(&fixture, "x,y");
	assert_int_equal(trees_load(&fixture), 0);
	assert_int_equal(fixture.set.count, 2);
	for (i = 0; i < 2; i++)
		assert_int_equal(fixture.set.all[i]->level,
				 strcmp(fixture.set.all[i]->id, "x") == 0 ? 2 : 1);
	trees_end(&fixture);
}

static void heads_are_told(void **state)
{
	const struct script_head *head;
	struct trees_fixture fixture;

	write_file("a/scripts/t.nse", "description = 'It is.' categories = {'safe'}" RUNS);
	wish(&fixture, "safe and t");
	assert_int_equal(trees_choose(&fixture), 0);
	assert_int_equal(
		script_trees_head(fixture.trees, &fixture.selection.all[0], &head, &fixture.diag),
		0);
	assert_string_equal(head->description, "It is.");
	assert_string_equal(head->categories[0], "safe");
	trees_end(&fixture);
}

static void a_script_may_be_skipped(void **state)
{
	struct trees_fixture fixture;

	write_file("a/scripts/x.nse", "require 'stdnse'.silent_require 'no.such'" RUNS);
	write_file("a/scripts/y.nse", "" RUNS);
	write_file("a/scripts/script.db", "");
	wish(&fixture, in_folder("a/scripts/"));
	assert_int_equal(trees_load(&fixture), 0);
	assert_int_equal(fixture.set.count, 1);
	assert_string_equal(fixture.set.all[0]->id, "y");
	assert_string_equal(fixture.set.choices[0].id, "y");
	assert_string_equal(fixture.skipped, in_folder("a/scripts/x.nse"));
	trees_end(&fixture);
}

static void another_extension_is_warned_of(void **state)
{
	struct trees_fixture fixture;

	write_file("t.nse", "" RUNS);
	write_file("t.lua", "" RUNS);
	wish(&fixture, in_folder("t.nse"));
	assert_int_equal(trees_load(&fixture), 0);
	assert_string_equal(fixture.warned, "");
	trees_end(&fixture);
	wish(&fixture, in_folder("t.lua"));
	assert_int_equal(trees_load(&fixture), 0);
	assert_non_null(strstr(fixture.warned, "t.lua' is loaded as a script; the recommended "
					       "file extension is .nse"));
	trees_end(&fixture);
}

/* ---- what is compiled in ---- */

static void names_are_searchable(void **state)
{
	const struct text_file *const sets[] = {builtin_scripts, builtin_libraries,
						builtin_script_data};
	const char *where;
	size_t i, at;

	for (i = 0; i < 3; i++)
		for (at = 1; sets[i][0].name && sets[i][at].name; at++)
			assert_true(strcmp(sets[i][at - 1].name, sets[i][at].name) < 0);
	for (at = 0; at < builtin_script_data_count; at++)
		assert_ptr_equal(script_builtin_module(builtin_script_data[at].name, &where),
				 &builtin_script_data[at]);
	assert_null(script_builtin_module("stdnse", &where));
	assert_non_null(script_builtin_module("stdnse.lua", &where));
	assert_string_equal(where, "portolan:lualib");
	assert_null(script_builtin_script("portolan:scripts/no-such-script.nse"));
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Each by its name, and all without a folder. */
static void our_own_scripts_load(void **state)
{
	const char *const all[] = {"all", NULL};
	struct trees_fixture fixture;
	double began = seconds(), chosen;
	size_t i;

	trees_wish(&fixture, NULL, all);
	if (!builtin_scripts_count) {
		assert_int_equal(trees_load(&fixture), ERROR_NOT_FOUND);
		trees_end(&fixture);
		return;
	}
	assert_int_equal(trees_choose(&fixture), 0);
	chosen = seconds();
	trees_end(&fixture);
	trees_wish(&fixture, NULL, all);
	if (trees_load(&fixture) < 0)
		fail_msg("%s", fixture.diag.text);
	print_message("%zu scripts of ours chosen in %.1f ms, loaded in %.1f ms\n",
		      fixture.set.count, (chosen - began) * 1e3, (seconds() - chosen) * 1e3);
	assert_int_equal(fixture.set.count, builtin_scripts_count);
	assert_string_equal(fixture.skipped, "");
	assert_string_equal(fixture.warned, "");
	for (i = 0; i < fixture.set.count; i++)
		assert_non_null(script_builtin_script(fixture.set.all[i]->path));
	trees_end(&fixture);
}

/* A file that is named goes before ours of its id. */
static void ours_yields_to_one_that_is_named(void **state)
{
	const char *name = builtin_scripts[0].name;
	struct trees_fixture fixture;
	char path[128];

	if (!name)
		skip();
	snprintf(path, sizeof(path), "b/scripts/%s", name);
	write_file(path, "" RUNS);
	wish(&fixture, name);
	assert_int_equal(trees_load(&fixture), 0);
	assert_non_null(script_builtin_script(fixture.set.all[0]->path));
	trees_end(&fixture);
	wish(&fixture, name);
	fixture.expressions[fixture.wish.expressions_count++] = in_folder(path);
	assert_int_equal(trees_load(&fixture), 0);
	assert_int_equal(fixture.set.count, 1);
	assert_string_equal(fixture.set.all[0]->path, in_folder(path));
	trees_end(&fixture);
}

/* ---- short of memory ---- */

static void write_small_set(void)
{
	write_file("a/nselib/m.lua", "return {}");
	write_file("a/scripts/x.nse", "local m = require 'm' dependencies = {'y'}" RUNS);
	write_file("a/scripts/y.nse", "categories = {'safe'}" RUNS);
	write_file("a/scripts/script.db", "Entry { filename = 'x.nse', categories = {'safe'} } "
					  "Entry { filename = 'y.nse', categories = {'safe'} }");
}

static void choosing_may_be_short_of_memory(void **state)
{
	struct trees_fixture fixture;
	long nth;
	int r, hit;

	write_small_set();
	for (nth = 0, hit = 1; hit; nth++) {
		wish(&fixture, "x,y");
		alloc_fault_after(nth);
		r = trees_choose(&fixture);
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		assert_int_equal(r, hit ? ERROR_MEMORY : 0);
		if (hit)
			assert_non_null(strstr(fixture.diag.text, error_text(ERROR_MEMORY)));
		trees_end(&fixture);
	}
	assert_true(nth > 20);
}

/* Lua collects garbage and asks again, so not every miss is seen. */
static void loading_may_be_short_of_memory(void **state)
{
	struct trees_fixture fixture;
	long nth;
	int r, hit, seen = 0;

	write_small_set();
	for (nth = 0, hit = 1; hit; nth++) {
		wish(&fixture, "x,y");
		assert_int_equal(trees_choose(&fixture), 0);
		assert_int_equal(trees_make_machine(&fixture), 0);
		alloc_fault_after(nth);
		r = script_set_load(fixture.trees, fixture.machine, &fixture.selection,
				    &trees_quota, NULL, NULL, &fixture.set, &fixture.diag);
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		assert_true(r == 0 || (hit && r == ERROR_MEMORY));
		seen += r < 0;
		trees_end(&fixture);
	}
	assert_true(seen > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREES(test) cmocka_unit_test_setup_teardown(test, set_up, folder_end)
		WITH_TREES(what_is_missing_is_named),
		WITH_TREES(what_fails_says_where),
		WITH_TREES(tracebacks_are_for_debugging),
		WITH_TREES(circles_are_named),
		WITH_TREES(folders_must_be_there),
		WITH_TREES(nothing_chosen_reads_nothing),
		WITH_TREES(the_first_tree_goes_first),
		WITH_TREES(levels_are_set),
		WITH_TREES(heads_are_told),
		WITH_TREES(a_script_may_be_skipped),
		WITH_TREES(another_extension_is_warned_of),
		cmocka_unit_test(names_are_searchable),
		cmocka_unit_test(our_own_scripts_load),
		WITH_TREES(ours_yields_to_one_that_is_named),
		WITH_TREES(choosing_may_be_short_of_memory),
		WITH_TREES(loading_may_be_short_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
