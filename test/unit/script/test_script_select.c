/* The language of --script on a few made-up scripts, and on the list of Nmap 7.93 where Debian's
 * package is installed. */
#include "folder_fixture.h"

#include "script/script_index.h"
#include "script/script_name.h"
#include "script/script_select.h"
#include "util/error.h"

#define NAMES(...)                              \
	(const char *const[])                   \
	{                                       \
		__VA_ARGS__ __VA_OPT__(, ) NULL \
	}

static const struct script_entry made_up[] = {
	{"/s/banner.nse", "banner", NAMES("discovery", "safe")},
	{"/s/http-brute.nse", "http-brute", NAMES("brute", "intrusive")},
	{"/s/http-title.nse", "http-title", NAMES("default", "discovery", "safe")},
	{"/s/ssl-cert.nse", "ssl-cert", NAMES("default", "safe")},
	{"/s/ssl-leak.nse", "ssl-leak", NAMES("safe", "vuln")},
	{"/s/what.nse", "what", NAMES("version")},
};
static const struct script_entries entries = {made_up, 6};

static int select_from(const struct script_entries *from, const struct script_request *request,
		       struct script_selection *ret_selection, struct diag *diag)
{
	const char *const places[] = {folder};
	const struct script_folders folders = {places, folder[0] ? 1 : 0};

	return script_select(request, from, &folders, ret_selection, diag);
}

/* The ids that a value chooses, `+` before forced ones and `!` before those chosen by name. */
static void expect_request(const struct script_request *request, const char *expected)
{
	struct script_selection selection;
	struct diag diag = {0};
	char shown[256] = "";

	if (select_from(&entries, request, &selection, &diag) < 0)
		fail_msg("%s", diag.text);
	for (size_t i = 0; i < selection.count; i++)
		snprintf(shown + strlen(shown), sizeof(shown) - strlen(shown), "%s%s%s%s",
			 i ? " " : "", selection.all[i].forced ? "+" : "",
			 selection.all[i].by_name ? "!" : "", selection.all[i].id);
	assert_string_equal(shown, expected);
	script_selection_release(&selection);
}

static void expect(const char *value, const char *expected)
{
	const struct script_request request = {&value, 1, false, false};

	expect_request(&request, expected);
}

static void expect_error(const char *value, int error, const char *expected)
{
	const struct script_request request = {&value, 1, false, false};
	struct script_selection selection;
	struct diag diag = {0};

	assert_int_equal(select_from(&entries, &request, &selection, &diag), error);
	assert_string_equal(diag.text, expected);
}

static void expect_none(const char *value)
{
	char expected[256];

	snprintf(expected, sizeof(expected),
		 "'%s' did not match a category, filename, or directory", value);
	expect_error(value, ERROR_NOT_FOUND, expected);
}

static void categories_choose_in_any_case(void **state)
{
	(void)state;
	expect("default", "http-title ssl-cert");
	expect("DEFAULT", "http-title ssl-cert");
	expect("default,vuln", "http-title ssl-cert ssl-leak");
	expect("all", "banner http-brute http-title ssl-cert ssl-leak what");
	expect("true", "banner http-brute http-title ssl-cert ssl-leak what");
}

static void operators_bind_to_the_right(void **state)
{
	(void)state;
	expect("default and discovery", "http-title");
	expect("default or safe and vuln", "http-title ssl-cert ssl-leak");
	expect("default and discovery or version", "http-title");
	expect("vuln and default or safe", "ssl-leak");
	expect("version or default and discovery or vuln", "http-title what");
	expect("Default AND(discovery)", "http-title");
	expect("(default)and(discovery)", "http-title");
	expect("default\tor\nversion", "http-title ssl-cert what");
}

static void not_binds_to_one_value(void **state)
{
	(void)state;
	expect("not safe", "http-brute what");
	expect("not(safe)", "http-brute what");
	expect("not default or default", "banner http-brute http-title ssl-cert ssl-leak what");
	expect("not not version", "what");
	expect("not nosuch and banner", "!banner");
	expect("(default or brute) and not http-*", "ssl-cert");
}

static void keywords_may_be_names_where_they_cannot_be_keywords(void **state)
{
	const struct script_entry entry = {"/s/not.nse", "not", NAMES()};
	bool by_name;

	(void)state;
	assert_true(script_element_matches("not", &entry, &by_name));
	assert_true(by_name);
	assert_true(script_element_matches("(not)", &entry, &by_name));
	assert_false(script_element_matches("not not", &entry, &by_name));
	assert_true(script_element_matches("not not not", &entry, &by_name));
	assert_false(script_element_matches("not (not", &entry, &by_name));
	assert_false(script_element_matches("and", &entry, &by_name));
}

static void names_are_patterns_with_stars(void **state)
{
	(void)state;
	expect("http-*", "!http-brute !http-title");
	expect("http-*.nse", "!http-brute !http-title");
	expect("banner.nse", "!banner");
	expect("*t*", "!http-brute !http-title !ssl-cert !what");
	expect("*-*t", "!ssl-cert");
	expect("**", "!banner !http-brute !http-title !ssl-cert !ssl-leak !what");
	expect_none("HTTP-*");
	expect_none("s?l-cert");
	expect_none("[s]sl-cert");
	expect_none("ssl.cert");
	expect_none("banner.ns*");
	expect_none("banner.nse.nse");
	expect_none("anner");
	expect_none("banne");
}

static void what_matches_nothing_is_an_error(void **state)
{
	(void)state;
	expect_none("false");
	expect_none("nosuch");
	expect_none("default and");
	expect_none("all and not all");
	expect_none("banner nosuch");
	expect_none("(banner");
	expect_none("banner)");
	expect_none("not (banner");
	expect_none("()");
	expect_none("not");
	expect_none("safe.nse");
	expect_error("safe,banner and nosuch", ERROR_NOT_FOUND,
		     "'banner and nosuch' did not match a category, filename, or directory");
	expect_error("+ +banner", ERROR_NOT_FOUND,
		     "' +banner' did not match a category, filename, or directory");
}

static void empty_elements_choose_nothing(void **state)
{
	const char *const empty[] = {" ,"};
	const struct script_request request = {empty, 1, true, false};

	(void)state;
	expect("", "");
	expect(",", "");
	expect("+", "");
	expect(" , banner ,", "!banner");
	expect_request(&request, "");
}

static void a_plus_forces(void **state)
{
	(void)state;
	expect("+ banner", "+!banner");
	expect("+banner", "+!banner");
	expect("+default", "+http-title +ssl-cert");
}

static void the_first_element_that_matches_decides(void **state)
{
	(void)state;
	expect("banner,+banner", "!banner");
	expect("+banner,banner", "+!banner");
	expect("default,ssl-cert", "http-title ssl-cert");
	expect("ssl-cert,+default", "+http-title !ssl-cert");
}

/* As Debian's 7.93 raises verbosity: all names are looked at, even after the answer is known. */
static void a_name_that_matches_counts_anywhere_in_an_element(void **state)
{
	(void)state;
	expect("default and ssl-*", "!ssl-cert");
	expect("default or ssl-cert", "http-title !ssl-cert");
	expect("ssl-cert or default", "http-title !ssl-cert");
	expect("ssl-* and not default", "!ssl-leak");
	expect("not ssl-cert and default", "http-title");
	expect("not what", "banner http-brute http-title ssl-cert ssl-leak");
}

static void standard_scripts_are_for_those_who_name_none(void **state)
{
	const char *const two[] = {"banner", "vuln"};
	struct script_request request = {NULL, 0, true, false};

	(void)state;
	expect_request(&request, "http-title ssl-cert");
	request.version = true;
	expect_request(&request, "http-title ssl-cert what");
	request = (struct script_request){NULL, 0, false, true};
	expect_request(&request, "what");
	request = (struct script_request){NULL, 0, false, false};
	expect_request(&request, "");
	request = (struct script_request){two, 2, true, false};
	expect_request(&request, "!banner ssl-leak");
}

static void version_scripts_may_be_missing(void **state)
{
	const struct script_request version = {NULL, 0, false, true};
	const struct script_request standard = {NULL, 0, true, false};
	const struct script_entries none = {NULL, 0};
	struct script_selection selection;
	struct diag diag = {0};

	(void)state;
	assert_int_equal(select_from(&none, &version, &selection, NULL), 0);
	assert_int_equal(selection.count, 0);
	script_selection_release(&selection);
	assert_int_equal(select_from(&none, &standard, &selection, &diag), ERROR_NOT_FOUND);
	assert_string_equal(diag.text,
			    "'default' did not match a category, filename, or directory");
}

static void files_and_folders_are_looked_for(void **state)
{
	char value[300], expected[300];

	(void)state;
	write_file("own.nse", "");
	write_file("plain", "");
	make_folder("more");
	write_file("more/x.nse", "");
	write_file("more/b.nse", "");
	write_file("more/notes.txt", "");
	make_folder("more/deep.nse");
	expect("own", "!own");
	expect("own.nse,banner", "!banner !own");
	expect("plain", "!plain");
	expect("+more/x", "+!x");
	expect("more/", "b x");
	expect_error("nosuch/", ERROR_NOT_FOUND,
		     "'nosuch/' did not match a category, filename, or directory");
	snprintf(value, sizeof(value), "%s", in_folder("more/"));
	expect(value, "b x");
	snprintf(expected, sizeof(expected),
		 "directory '%s/more' found, but will not match without '/'", folder);
	expect_error("more", ERROR_NOT_FOUND, expected);
}

static void two_files_of_one_id_are_refused_and_one_named_twice_is_not(void **state)
{
	char value[600];

	(void)state;
	write_file("own.nse", "");
	make_folder("more");
	write_file("more/own.nse", "");
	write_file("more/banner.nse", "");
	expect("own,own.nse", "!own");
	snprintf(value, sizeof(value), "own,%s", in_folder("own.nse"));
	expect(value, "!own");
	snprintf(value, sizeof(value), "+%s/more/../own.nse,own", folder);
	expect(value, "+!own");
	expect_error("own,more/own", ERROR_EXISTS, "duplicate script ID: 'own'");
	expect_error("banner,more/", ERROR_EXISTS, "duplicate script ID: 'banner'");
}

/* A script that is compiled in is no file: one of its id that is named takes its place. */
static void a_file_goes_before_what_is_compiled_in(void **state)
{
	const struct script_entry ours = {"portolan:scripts/banner.nse", "banner",
					  (const char *const[]){"safe", NULL}};
	const struct script_entries only = {&ours, 1};
	const char *values[] = {"safe", "+more/banner", "more/"};
	const struct script_request request = {values, 3, false, false};
	struct script_selection selection;
	struct diag diag = {0};

	(void)state;
	make_folder("more");
	make_folder("most");
	write_file("more/banner.nse", "");
	write_file("most/banner.nse", "");
	assert_int_equal(select_from(&only, &request, &selection, &diag), 0);
	assert_int_equal(selection.count, 1);
	assert_string_equal(selection.all[0].path, in_folder("more/banner.nse"));
	assert_null(selection.all[0].entry);
	assert_true(selection.all[0].forced && selection.all[0].by_name);
	script_selection_release(&selection);
	values[2] = "most/";
	assert_int_equal(select_from(&only, &request, &selection, &diag), ERROR_EXISTS);
}

static void hostile_elements_cost_little(void **state)
{
	static char deep[4200], stars[4200];
	bool by_name;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		deep[i] = "not("[i % 4];
		stars[i] = "*a"[i % 2];
	}
	assert_false(script_element_matches(deep, &made_up[0], &by_name));
	assert_false(script_element_matches(stars, &made_up[0], &by_name));
	memset(deep, '(', 4000);
	assert_false(script_element_matches(deep, &made_up[0], &by_name));
	memset(deep, 'a', 4097);
	expect_error(deep, ERROR_LIMIT, "an element of --script is longer than 4096 bytes");
}

static int select_once(void *self)
{
	const char *const values[] = {"default,+own, ssl-cert", "more/"};
	const struct script_request request = {values, 2, false, true};
	struct script_selection selection;
	int r = select_from(&entries, &request, &selection, NULL);

	(void)self;
	if (r == 0)
		script_selection_release(&selection);
	return r;
}

static void short_memory_is_an_error(void **state)
{
	(void)state;
	write_file("own.nse", "");
	make_folder("more");
	write_file("more/x.nse", "");
	support_each_allocation_fails(select_once, NULL, 100);
}

/* ---- the table of nse-api.md 3 ---- */

static const char nmap_scripts[] = "/usr/share/nmap/scripts";

static size_t count_in(const struct script_entries *from, const char *value)
{
	const char *const places[] = {nmap_scripts};
	const struct script_folders folders = {places, 1};
	const struct script_request request = {&value, 1, false, false};
	struct script_selection selection;
	size_t count;

	if (script_select(&request, from, &folders, &selection, NULL) < 0)
		return SIZE_MAX;
	count = selection.count;
	script_selection_release(&selection);
	return count;
}

static void as_many_as_nmap_7_93_chooses(void **state)
{
	static const struct {
		const char *value;
		size_t count; /* SIZE_MAX: an error */
	} rows[] = {
		{"default", 125},
		{"DEFAULT", 125},
		{"default,safe", 346},
		{"default or safe", 346},
		{"default and safe", 125},
		{"not intrusive", 391},
		{"(default or safe or intrusive) and not http-*", 437},
		{"default or safe and vuln", 155},
		{"default and safe or version", 125},
		{"not default or default", 604},
		{"not(default)", 479},
		{"default and(safe)", 125},
		{"http-*", 134},
		{"http-*.nse", 134},
		{"HTTP-*", SIZE_MAX},
		{"s?l-cert", SIZE_MAX},
		{"[s]sl-cert", SIZE_MAX},
		{"ssl.cert", SIZE_MAX},
		{"all", 604},
		{"true", 604},
		{"false", SIZE_MAX},
		{"nosuch", SIZE_MAX},
		{"default and", SIZE_MAX},
		{"all and not all", SIZE_MAX},
		{"", 0},
		{",", 0},
		{"+ banner", 1},
		{"/usr/share/nmap/scripts/banner.nse", 1},
		{"/usr/share/nmap/scripts/", 604},
		{"/usr/share/nmap/scripts", SIZE_MAX},
	};
	const char *const places[] = {nmap_scripts};
	const struct script_folders folders = {places, 1};
	struct script_index *index = NULL;
	const struct script_entries *list;

	(void)state;
	if (script_kind_of("/usr/share/nmap/scripts/script.db") == SCRIPT_KIND_NONE) {
		print_message("SKIPPED: nmap-common is not installed\n");
		skip();
	}
	assert_int_equal(script_index_read(NULL, &folders, NULL, &index, NULL), 0);
	list = script_index_entries(index);
	if (list->count != 604) {
		script_index_free(index);
		print_message("SKIPPED: not the scripts of Nmap 7.93\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (count_in(list, rows[i].value) != rows[i].count)
			fail_msg("%s: %zu", rows[i].value, count_in(list, rows[i].value));
	script_index_free(index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(categories_choose_in_any_case),
		cmocka_unit_test(operators_bind_to_the_right),
		cmocka_unit_test(not_binds_to_one_value),
		cmocka_unit_test(keywords_may_be_names_where_they_cannot_be_keywords),
		cmocka_unit_test(names_are_patterns_with_stars),
		cmocka_unit_test(what_matches_nothing_is_an_error),
		cmocka_unit_test(empty_elements_choose_nothing),
		cmocka_unit_test(a_plus_forces),
		cmocka_unit_test(the_first_element_that_matches_decides),
		cmocka_unit_test(a_name_that_matches_counts_anywhere_in_an_element),
		cmocka_unit_test(standard_scripts_are_for_those_who_name_none),
		cmocka_unit_test(version_scripts_may_be_missing),
		cmocka_unit_test_setup_teardown(files_and_folders_are_looked_for, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(
			two_files_of_one_id_are_refused_and_one_named_twice_is_not, folder_begin,
			folder_end),
		cmocka_unit_test_setup_teardown(a_file_goes_before_what_is_compiled_in,
						folder_begin, folder_end),
		cmocka_unit_test_setup_teardown(hostile_elements_cost_little, folder_begin,
						folder_end),
		cmocka_unit_test_setup_teardown(short_memory_is_an_error, folder_begin, folder_end),
		cmocka_unit_test(as_many_as_nmap_7_93_chooses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
