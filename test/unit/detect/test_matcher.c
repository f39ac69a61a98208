#include "matcher_fixture.h"

static struct fixture fixture;

static int close_fixture(void **state)
{
	fixture_close(&fixture);
	return 0;
}

#define LISTS                                                                          \
	"Probe TCP NULL q||\n"                                                         \
	"match null-only m|^nul|\nmatch shared m|^shared|\n"                           \
	"Probe TCP Own q|a|\nports 1\nfallback Second,First\n"                         \
	"match own m|^own|\nsoftmatch all m|^shared|\nsoftmatch soft m|^soft|\n"       \
	"Probe TCP First q|b|\nports 1\nmatch first m|^both|\nmatch first m|^firs|\n"  \
	"Probe TCP Second q|c|\nports 1\nmatch second m|^both|\nmatch hard m|^soft|\n" \
	"Probe UDP Datagram q|d|\nports 1\nmatch udp m|^udp|\n"

static void lists_are_own_then_fallbacks_then_null(void **state)
{
	fixture_open(&fixture, MANNER_FIRST, LISTS);
	assert_string_equal(fixture_match(&fixture, "Own", "own", false), "own");
	assert_string_equal(fixture_match(&fixture, "Own", "both", false), "second");
	assert_string_equal(fixture_match(&fixture, "Own", "firs", false), "first");
	assert_string_equal(fixture_match(&fixture, "Own", "nul", false), "null-only");
	assert_string_equal(fixture.result.with->name, "NULL");
	assert_string_equal(fixture_match(&fixture, "Own", "shared", false), "all");
	assert_string_equal(fixture.result.with->name, "Own");
	assert_string_equal(fixture_match(&fixture, "Own", "soft", false), "soft");
	assert_string_equal(fixture_match(&fixture, "First", "own", false), "-");
	assert_string_equal(fixture_match(&fixture, "NULL", "own", false), "-");
	assert_string_equal(fixture_match(&fixture, "Datagram", "nul", false), "-");
	assert_string_equal(fixture_match(&fixture, "Datagram", "udp", false), "udp");
	assert_string_equal(fixture_match(&fixture, "Own", "", false), "-");
}

static void hard_only_leaves_soft_lines_out(void **state)
{
	fixture_open(&fixture, MANNER_FIRST, LISTS);
	assert_string_equal(fixture_match(&fixture, "Own", "soft", true), "hard");
	assert_string_equal(fixture_match(&fixture, "Own", "shared", true), "shared");
	fixture_open(&fixture, MANNER_BEST, "Probe TCP Q q|x|\nports 1\nsoftmatch a m|^a| p/P/\n");
	assert_string_equal(fixture_match(&fixture, "Q", "a", true), "-");
	assert_string_equal(fixture_match(&fixture, "Q", "a", false), "a");
}

/* Each line of the list is better than those before it, wherever it stands. */
static void the_best_is_hard_then_has_product_version_fields(void **state)
{
	static const char *const ranks[] = {
		"softmatch s0 m|^x|",
		"softmatch s1 m|^x| i/i/ h/h/ o/o/ d/d/",
		"softmatch s2 m|^x| v/1/",
		"softmatch s3 m|^x| p/P/",
		"softmatch s4 m|^x| p/P/ v/1/",
		"match h0 m|^x|",
		"match h1 m|^x| i/i/",
		"match h2 m|^x| i/i/ h/h/",
		"match h3 m|^x| v/1/",
		"match h4 m|^x| p/P/",
		"match h5 m|^x| p/P/ i/i/ h/h/ o/o/ d/d/",
		"match h6 m|^x| p/P/ v/1/",
		"match h7 m|^x| p/P/ v/1/ cpe:/a:b:c/",
	};
	char text[512];
	size_t i, j;

	for (i = 0; i < COUNT(ranks); i++)
		for (j = 0; j < COUNT(ranks); j++) {
			const char *best = strchr(ranks[i > j ? i : j], ' ') + 1;

			snprintf(text, sizeof(text), "Probe TCP Q q|x|\nports 1\n%s\n%s\n",
				 ranks[i], ranks[j]);
			fixture_open(&fixture, MANNER_BEST, text);
			assert_memory_equal(fixture_match(&fixture, "Q", "xyz", false), best, 2);
		}
}

static void of_equals_the_earlier_of_the_list_is_best(void **state)
{
	fixture_open(&fixture, MANNER_BEST,
		     "Probe TCP NULL q||\nmatch null m|^x| p/N/\nmatch best m|^y| p/N/ v/1/\n"
		     "Probe TCP A q|a|\nports 1\nrarity 2\nfallback B\nmatch one m|^x| p/1/\n"
		     "match two m|^x| p/2/\nmatch one m|^y| p/1/\n"
		     "Probe TCP B q|b|\nports 1\nrarity 1\nmatch three m|^x| p/3/\n"
		     "match four m|^y| p/3/ v/2/ i/4/\n");
	assert_string_equal(fixture_match(&fixture, "A", "x", false), "one");
	assert_string_equal(fixture_field(&fixture, MATCH_PRODUCT), "1");
	assert_string_equal(fixture_match(&fixture, "A", "y", false), "four");
	assert_string_equal(fixture.result.with->name, "B");
	assert_string_equal(fixture_field(&fixture, MATCH_VERSION), "2");
}

/* What counts is what came out, not what a line has templates for. */
static void a_field_that_stays_empty_does_not_count(void **state)
{
	fixture_open(&fixture, MANNER_BEST,
		     "Probe TCP Q q|x|\nports 1\nmatch more m|^x(y)?(.*)| p/P$1/ v/$2/ i/i/\n"
		     "match less m|^x(.*)| p/P/ v/1$1/\nmatch least m|^x(.*)| p/P/ i/i/\n");
	assert_string_equal(fixture_match(&fixture, "Q", "xy1", false), "more");
	assert_int_equal(fixture.warnings, 0);
	assert_string_equal(fixture_match(&fixture, "Q", "x1", false), "less");
	assert_string_equal(fixture_field(&fixture, MATCH_VERSION), "11");
	assert_string_equal(fixture_match(&fixture, "Q", "xy", false), "less");
}

static void a_field_that_cannot_be_filled_is_told_once(void **state)
{
	fixture_open(&fixture, MANNER_FIRST,
		     "Probe TCP Q q|x|\nports 1\nmatch s m|^x(y)?| p/P/ v/$1/ i/$2/\n");
	assert_string_equal(fixture_match(&fixture, "Q", "x", false), "s");
	assert_string_equal(fixture_field(&fixture, MATCH_PRODUCT), "P");
	assert_null(fixture.result.fields[MATCH_VERSION]);
	assert_int_equal(fixture.warnings, 1);
	assert_string_equal(fixture.warning, "test.probe:3: the version stays empty: it uses a "
					     "group that took no part");
	assert_string_equal(fixture_match(&fixture, "Q", "x", false), "s");
	assert_int_equal(fixture.warnings, 1);
}

static void flags_and_bytes_are_pcres(void **state)
{
	static const uint8_t bytes[] = "\0\xff\xfeZ\n\0end";

	fixture_open(
		&fixture, MANNER_FIRST,
		"Probe TCP Q q|x|\nports 1\nmatch bytes m|^\\0\\xff.Z.\\x00e|s v/$1/\n"
		"match lower m|^abc|\nmatch any m|^aBc|i\nmatch line m|^a.c|\nmatch dot m|^a.c|s\n"
		"match later m|later|\n");
	assert_true(matcher_match(fixture.matcher, fixture_probe(&fixture, "Q"), bytes,
				  sizeof(bytes), false, &fixture.result));
	assert_string_equal(fixture.result.line->service, "bytes");
	assert_string_equal(fixture_match(&fixture, "Q", "abc", false), "lower");
	assert_string_equal(fixture_match(&fixture, "Q", "ABC", false), "any");
	assert_string_equal(fixture_match(&fixture, "Q", "axc", false), "line");
	assert_string_equal(fixture_match(&fixture, "Q", "a\nc", false), "dot");
	assert_string_equal(fixture_match(&fixture, "Q", "some later", false), "later");
}

static void unusable_patterns_are_told_and_match_nothing(void **state)
{
	struct matcher_stats stats;

	fixture_open(&fixture, MANNER_FIRST,
		     "Probe TCP Q q|x|\nports 1\nmatch a m|(x|\nmatch b m|^x?|\nmatch c m|^(?=x)|\n"
		     "match d m=x|=\nmatch e m|(*UTF)x|\n");
	assert_string_equal(fixture_match(&fixture, "Q", "x", false), "c");
	assert_string_equal(
		fixture.warning,
		"test.probe:4: the pattern cannot be used: the pattern can match nothing "
		"at all");
	assert_int_equal(fixture.warnings, 2);
	assert_int_equal(matcher_check(fixture.matcher), 4);
	assert_int_equal(fixture.warnings, 4);
	assert_int_equal(matcher_check(fixture.matcher), 4);
	assert_int_equal(fixture.warnings, 4);
	matcher_stats(fixture.matcher, &stats);
	assert_int_equal(stats.compiled, 1);
}

/* Machine code would get through both; PCRE2's interpreter within the limits does not. */
static void limits_are_the_interpreters(void **state)
{
	static char response[20000];
	struct matcher_stats stats;
	unsigned round, after;

	memset(response, 'a', sizeof(response) - 1);
	for (after = 0; after < 2; after++) {
		fixture_open(&fixture, MANNER_FIRST,
			     "Probe TCP Q q|x|\nports 1\nmatch steps m|(a+)+b|\n"
			     "match depth m/^(?:a|b)+$/\n");
		matcher_jit_after(fixture.matcher, after);
		for (round = 0; round < 5; round++)
			assert_string_equal(fixture_match(&fixture, "Q", response, false), "-");
		response[200] = '\0';
		assert_string_equal(fixture_match(&fixture, "Q", response, false), "depth");
		response[200] = 'a';
		matcher_stats(fixture.matcher, &stats);
		assert_true(stats.limits_hit >= 5);
	}
}

static void one_line_can_be_tried(void **state)
{
	const struct match_line *line;

	fixture_open(&fixture, MANNER_FIRST, LISTS "match dev m|^t(.)| d/D $1/\n");
	line = probe_db_line(fixture.db, probe_db_lines(fixture.db) - 1);
	assert_true(matcher_try(fixture.matcher, line, (const uint8_t *)"to", 2, &fixture.result));
	assert_ptr_equal(fixture.result.line, line);
	assert_string_equal(fixture.result.with->name, "Datagram");
	assert_string_equal(fixture_field(&fixture, MATCH_DEVICETYPE), "D o");
	assert_false(matcher_try(fixture.matcher, line, (const uint8_t *)"t", 1, &fixture.result));
	assert_null(fixture.result.line);
}

static int make_and_match(void *self)
{
	static const char text[] = LISTS;
	struct text_file one = {"test.probe", text, sizeof(text) - 1};
	struct matcher *matcher = NULL;
	struct probe_db *db = NULL;
	struct match_result result;
	int r;

	alloc_fault_after(-1);
	assert_int_equal(probe_db_parse(&one, 1, MANNER_FIRST, &db, NULL), 0);
	alloc_fault_after(*(long *)self);
	r = matcher_new(db, NULL, NULL, &matcher);
	if (r == 0)
		(void)matcher_match(matcher, probe_db_find(db, TRANSPORT_TCP, "Own"),
				    (const uint8_t *)"both", 4, false, &result);
	if (r == 0 && !alloc_fault_hit())
		assert_string_equal(result.line->service, "second");
	/* What failed for want of memory works when there is some again. */
	if (r == 0)
		assert_true(matcher_match(matcher, probe_db_find(db, TRANSPORT_TCP, "Own"),
					  (const uint8_t *)"both", 4, false, &result));
	if (r == 0)
		assert_string_equal(result.line->service, "second");
	matcher_free(matcher);
	probe_db_free(db);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	long nth;

	for (nth = 0; nth < 200; nth++) {
		int r = make_and_match(&nth);

		assert_true(r == 0 || (r == ERROR_MEMORY && alloc_fault_hit()));
		if (r == 0 && !alloc_fault_hit())
			break;
	}
	alloc_fault_after(-1);
	assert_true(nth > 5 && nth < 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lists_are_own_then_fallbacks_then_null, close_fixture),
		cmocka_unit_test_teardown(hard_only_leaves_soft_lines_out, close_fixture),
		cmocka_unit_test_teardown(the_best_is_hard_then_has_product_version_fields,
					  close_fixture),
		cmocka_unit_test_teardown(of_equals_the_earlier_of_the_list_is_best, close_fixture),
		cmocka_unit_test_teardown(a_field_that_stays_empty_does_not_count, close_fixture),
		cmocka_unit_test_teardown(a_field_that_cannot_be_filled_is_told_once,
					  close_fixture),
		cmocka_unit_test_teardown(flags_and_bytes_are_pcres, close_fixture),
		cmocka_unit_test_teardown(unusable_patterns_are_told_and_match_nothing,
					  close_fixture),
		cmocka_unit_test_teardown(limits_are_the_interpreters, close_fixture),
		cmocka_unit_test_teardown(one_line_can_be_tried, close_fixture),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
