/* What is kept of a match, and which of two tells more. */
#include "matcher_fixture.h"

#include "detect/service/found.h"

#define LINES                                                        \
	"Probe TCP Q q|x|\nports 1\n"                                \
	"match full m|^full (\\w+)| p/Thing/ v/$1/ i/extra/ h/me/\n" \
	"match bare m|^bare|\n"                                      \
	"match empty m|^empty(\\w*)| p/Thing/ v/$1/\n"               \
	"softmatch soft m|^soft| p/Soft/ v/1/ i/i/ h/h/ o/o/ d/d/\n"

static struct fixture fixture;

static int close_fixture(void **state)
{
	fixture_close(&fixture);
	return 0;
}

static int keep(struct found *found, const char *response)
{
	const struct service_probe *probe = probe_db_find(fixture.db, TRANSPORT_TCP, "Q");
	size_t bytes = strlen(response);

	assert_true(matcher_match(fixture.matcher, probe, (const uint8_t *)response, bytes, false,
				  &fixture.result));
	return found_set(found, &fixture.result, probe, (const uint8_t *)response, bytes);
}

static void texts_and_evidence_are_copied(void **state)
{
	struct found found = {0};
	char response[1000] = "full 7";

	fixture_open(&fixture, MANNER_BEST, LINES);
	memset(response + 6, ' ', sizeof(response) - 7);
	assert_int_equal(keep(&found, response), 0);
	memset(response, 0, sizeof(response));
	assert_string_equal(found.line->service, "full");
	assert_string_equal(found.probe->name, "Q");
	assert_string_equal(found.fields[MATCH_PRODUCT], "Thing");
	assert_string_equal(found.fields[MATCH_VERSION], "7");
	assert_null(found.fields[MATCH_OSTYPE]);
	assert_int_equal(found.response_bytes, sizeof(response) - 1);
	assert_int_equal(found.sample_bytes, SERVICE_SAMPLE_MAX);
	assert_memory_equal(found.sample, "full 7 ", 7);
	found_release(&found);
	assert_null(found.line);
}

static void an_empty_field_is_none(void **state)
{
	struct found found = {0};

	fixture_open(&fixture, MANNER_BEST, LINES);
	assert_int_equal(keep(&found, "empty"), 0);
	assert_null(found.fields[MATCH_VERSION]);
	assert_string_equal(found.fields[MATCH_PRODUCT], "Thing");
	found_release(&found);
}

static void a_second_match_takes_the_place_of_the_first(void **state)
{
	struct found found = {0};

	fixture_open(&fixture, MANNER_BEST, LINES);
	assert_int_equal(keep(&found, "full 7"), 0);
	assert_int_equal(keep(&found, "bare"), 0);
	assert_string_equal(found.line->service, "bare");
	assert_null(found.fields[MATCH_PRODUCT]);
	assert_int_equal(found.sample_bytes, 4);
	found_release(&found);
}

/* Each tells more than all before it. */
static void hard_then_product_then_version_then_fields(void **state)
{
	static const struct match_line soft = {.soft = true}, hard = {.soft = false};
	static char text[] = "x";
	const struct found ranks[] = {
		{.line = NULL},
		{.line = &soft},
		{.line = &soft, .fields = {[MATCH_HOSTNAME] = text}},
		{.line = &soft, .fields = {[MATCH_VERSION] = text}},
		{.line = &soft, .fields = {[MATCH_PRODUCT] = text}},
		{.line = &soft, .fields = {text, text, text, text, text, text, text, text, text}},
		{.line = &hard},
		{.line = &hard,
		 .fields = {[MATCH_EXTRAINFO] = text,
			    [MATCH_HOSTNAME] = text,
			    [MATCH_CPE_A] = text,
			    [MATCH_CPE_O] = text,
			    [MATCH_CPE_H] = text,
			    [MATCH_OSTYPE] = text,
			    [MATCH_DEVICETYPE] = text}},
		{.line = &hard, .fields = {[MATCH_VERSION] = text}},
		{.line = &hard, .fields = {[MATCH_PRODUCT] = text}},
		{.line = &hard, .fields = {[MATCH_PRODUCT] = text, [MATCH_VERSION] = text}},
	};

	for (size_t i = 0; i < COUNT(ranks); i++) {
		assert_false(found_tells_more(&ranks[i], &ranks[i]));
		for (size_t j = 0; j < i; j++) {
			assert_true(found_tells_more(&ranks[i], &ranks[j]));
			assert_false(found_tells_more(&ranks[j], &ranks[i]));
		}
	}
	assert_false(found_is_hard(&ranks[0]));
	assert_false(found_is_hard(&ranks[1]));
	assert_true(found_is_hard(&ranks[6]));
}

static void what_only_the_softmatch_knew_stays(void **state)
{
	struct found hard = {0}, soft = {0};

	fixture_open(&fixture, MANNER_BEST, LINES);
	assert_int_equal(keep(&hard, "full 7"), 0);
	assert_int_equal(keep(&soft, "soft"), 0);
	found_fill_in(&hard, &soft);
	assert_string_equal(hard.fields[MATCH_PRODUCT], "Thing");
	assert_string_equal(hard.fields[MATCH_HOSTNAME], "me");
	assert_string_equal(hard.fields[MATCH_OSTYPE], "o");
	assert_string_equal(hard.fields[MATCH_DEVICETYPE], "d");
	assert_null(soft.fields[MATCH_OSTYPE]);
	assert_string_equal(soft.fields[MATCH_PRODUCT], "Soft");
	found_release(&soft);
	found_release(&hard);
}

static void without_memory_it_is_as_it_was(void **state)
{
	struct found found = {0};
	long nth = 0;
	int r = ERROR_MEMORY;

	fixture_open(&fixture, MANNER_BEST, LINES);
	assert_int_equal(keep(&found, "bare"), 0);
	assert_true(matcher_match(fixture.matcher, probe_db_find(fixture.db, TRANSPORT_TCP, "Q"),
				  (const uint8_t *)"full 7", 6, false, &fixture.result));
	for (; r < 0; nth++) {
		assert_string_equal(found.line->service, "bare");
		assert_memory_equal(found.sample, "bare", 4);
		alloc_fault_after(nth);
		r = found_set(&found, &fixture.result, NULL, (const uint8_t *)"full 7", 6);
		alloc_fault_after(-1);
		assert_true(r == 0 || r == ERROR_MEMORY);
	}
	assert_int_equal(nth, 6); /* the sample and four texts failed before */
	assert_string_equal(found.fields[MATCH_VERSION], "7");
	found_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(texts_and_evidence_are_copied, close_fixture),
		cmocka_unit_test_teardown(an_empty_field_is_none, close_fixture),
		cmocka_unit_test_teardown(a_second_match_takes_the_place_of_the_first,
					  close_fixture),
		cmocka_unit_test(hard_then_product_then_version_then_fields),
		cmocka_unit_test_teardown(what_only_the_softmatch_knew_stays, close_fixture),
		cmocka_unit_test_teardown(without_memory_it_is_as_it_was, close_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
