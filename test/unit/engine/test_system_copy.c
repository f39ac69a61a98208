/* Copies of systems and of ways: whole, of their own, movable, and bounded. */
#include "support.h"
#include "system_fixture.h"

#include "engine/path_copy.h"
#include "engine/system_copy.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

static void assert_text(const char *copy, const char *text)
{
	if (!text) {
		assert_null(copy);
		return;
	}
	assert_non_null(copy);
	assert_ptr_not_equal(copy, text);
	assert_string_equal(copy, text);
}

static void assert_texts(const char *const *copy, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_text(copy[i], texts[i]);
}

static void assert_class(const struct system_class *copy, const struct system_class *class)
{
	assert_text(copy->vendor, class->vendor);
	assert_text(copy->family, class->family);
	assert_text(copy->type, class->type);
	assert_text(copy->generation, class->generation);
	assert_int_equal(copy->accuracy, class->accuracy);
	assert_int_equal(copy->cpes_count, class->cpes_count);
	assert_texts(copy->cpes, class->cpes, class->cpes_count);
}

static void assert_match(const struct system_match *copy, const struct system_match *match)
{
	assert_text(copy->name, match->name);
	assert_text(copy->file, match->file);
	assert_int_equal(copy->line, match->line);
	assert_int_equal(copy->accuracy, match->accuracy);
	assert_int_equal(copy->guess, match->guess);
	assert_int_equal(copy->classes_count, match->classes_count);
	for (size_t i = 0; i < match->classes_count; i++)
		assert_class(&copy->classes[i], &match->classes[i]);
}

static void assert_rest(const struct system_facts *copy, const struct system_facts *facts)
{
	for (size_t i = 0; i < facts->guesses_count; i++) {
		assert_text(copy->guesses[i].name, facts->guesses[i].name);
		assert_text(copy->guesses[i].family, facts->guesses[i].family);
		assert_true(copy->guesses[i].probability >= facts->guesses[i].probability);
	}
	for (size_t i = 0; i < facts->evidence_count; i++) {
		assert_text(copy->evidence[i].source, facts->evidence[i].source);
		assert_text(copy->evidence[i].says, facts->evidence[i].says);
		assert_text(copy->evidence[i].family, facts->evidence[i].family);
	}
	assert_texts(copy->types, facts->types, facts->types_count);
	assert_texts(copy->cpes, facts->cpes, facts->cpes_count);
	for (size_t i = 0; i < facts->running_count; i++)
		assert_text(copy->running[i].name, facts->running[i].name);
	assert_text(copy->unfit, facts->unfit);
	assert_text(copy->fingerprint, facts->fingerprint);
	assert_text(copy->difficulty, facts->difficulty);
	assert_text(copy->ipid_class, facts->ipid_class);
	assert_text(copy->timestamp_class, facts->timestamp_class);
	assert_memory_equal(copy->isns, facts->isns, sizeof(facts->isns));
	assert_int_equal(copy->took_ns, facts->took_ns);
}

static void assert_system(const struct system_facts *copy)
{
	const struct system_facts *facts = &fixture_system;

	assert_int_equal(copy->matches_count, facts->matches_count);
	for (size_t i = 0; i < facts->matches_count; i++)
		assert_match(&copy->matches[i], &facts->matches[i]);
	assert_int_equal(copy->guesses_count, facts->guesses_count);
	assert_int_equal(copy->evidence_count, facts->evidence_count);
	assert_rest(copy, facts);
}

static void assert_path(const struct path_facts *copy)
{
	assert_int_equal(copy->hops_count, fixture_path.hops_count);
	assert_int_equal(copy->number, fixture_path.number);
	for (size_t i = 0; i < copy->hops_count; i++) {
		const struct path_hop *hop = &copy->hops[i], *from = &fixture_path.hops[i];

		assert_int_equal(hop->ttl, from->ttl);
		assert_int_equal(hop->rtt_us, from->rtt_us);
		assert_true(!ip_compare(&hop->from, &from->from));
		assert_text(hop->name, from->name);
		assert_text(hop->place.country, from->place.country);
		assert_text(hop->place.organization, from->place.organization);
		assert_int_equal(hop->place.asn, from->place.asn);
	}
}

static void a_copy_has_everything_and_shares_nothing(void **state)
{
	const struct system_facts *system = system_copy_new(&fixture_system);
	const struct path_facts *path = path_copy_new(&fixture_path);

	assert_system(system);
	assert_path(path);
	/* A copy of a copy is as large. */
	assert_int_equal(system_copy_bytes(system), system_copy_bytes(&fixture_system));
	assert_int_equal(path_copy_bytes(path), path_copy_bytes(&fixture_path));
	alloc_free((void *)system);
	alloc_free((void *)path);
}

/* As in a buffer that grew: the old place is gone. */
static void *moved(void *block, size_t bytes)
{
	uint8_t *place = malloc(bytes);

	assert_true(bytes % 8 == 0);
	memcpy(place, block, bytes);
	memset(block, 0xee, bytes);
	free(block);
	return place;
}

static void a_block_may_be_moved(void **state)
{
	size_t system_bytes = system_copy_bytes(&fixture_system);
	size_t path_bytes = path_copy_bytes(&fixture_path);
	void *system = malloc(system_bytes), *path = malloc(path_bytes);

	(void)system_copy_into(system, &fixture_system);
	(void)path_copy_into(path, &fixture_path);
	for (int i = 0; i < 2; i++) {
		system = moved(system, system_bytes);
		path = moved(path, path_bytes);
		assert_system(system_copy_moved(system));
		assert_system(system_copy_moved(system));
		assert_path(path_copy_moved(path));
	}
	free(system);
	free(path);
}

static void nothing_known_is_nothing_copied(void **state)
{
	const struct system_facts none = {.result = SYSTEM_NONE, .matches_count = 7};
	const struct path_facts nowhere = {.probe = PATH_NONE, .hops_count = 3};
	const struct system_facts *system = system_copy_new(&none);
	const struct path_facts *path = path_copy_new(&nowhere);

	assert_null(system->matches);
	assert_int_equal(system->matches_count, 0);
	assert_null(system->fingerprint);
	assert_null(path->hops);
	assert_int_equal(path->hops_count, 0);
	alloc_free((void *)system);
	alloc_free((void *)path);
}

#define ENDLESS 1000

static void what_is_too_long_is_cut(void **state)
{
	static char text[100000];
	static struct system_match matches[ENDLESS];
	static struct system_class classes[ENDLESS];
	static struct system_guess guesses[ENDLESS];
	static struct system_evidence evidence[ENDLESS];
	static struct path_hop hops[ENDLESS];
	static const char *cpes[ENDLESS];
	struct system_facts facts = fixture_system;
	struct path_facts path = {.hops = hops, .hops_count = ENDLESS};
	const struct system_facts *system;
	const struct path_facts *way;

	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 1; i < ENDLESS; i++)
		cpes[i] = text;
	for (size_t i = 0; i < ENDLESS; i++) {
		matches[i] = (struct system_match){
			.name = text, .classes = classes, .classes_count = ENDLESS};
		classes[i] = (struct system_class){.cpes = cpes, .cpes_count = ENDLESS};
		guesses[i].name = evidence[i].says = hops[i].name = text;
	}
	facts.matches = matches;
	facts.guesses = guesses;
	facts.evidence = evidence;
	facts.matches_count = facts.guesses_count = facts.evidence_count = ENDLESS;
	facts.types_count = facts.cpes_count = facts.running_count = 2;
	facts.samples = ENDLESS;
	facts.fingerprint = facts.types[1] = text;
	system = system_copy_new(&facts);
	way = path_copy_new(&path);
	assert_int_equal(system->matches_count, SYSTEM_MATCHES_MAX);
	assert_int_equal(system->matches[35].classes_count, SYSTEM_CLASSES_MAX);
	assert_int_equal(system->matches[35].classes[31].cpes_count, SYSTEM_CPES_MAX);
	assert_string_equal(system->matches[35].classes[31].cpes[0], "");
	assert_int_equal(strlen(system->matches[35].classes[31].cpes[15]), SYSTEM_TEXT_MAX);
	assert_int_equal(strlen(system->matches[1].name), SYSTEM_TEXT_MAX);
	assert_int_equal(system->guesses_count, SYSTEM_GUESSES_MAX);
	assert_int_equal(strlen(system->evidence[SYSTEM_EVIDENCE_MAX - 1].says), SYSTEM_SAYS_MAX);
	assert_int_equal(system->samples, SYSTEM_SAMPLES_MAX);
	assert_int_equal(strlen(system->fingerprint), SYSTEM_PRINT_MAX);
	assert_int_equal(strlen(system->types[1]), SYSTEM_TEXT_MAX);
	assert_int_equal(way->hops_count, PATH_HOPS_MAX);
	assert_int_equal(strlen(way->hops[63].name), PATH_TEXT_MAX);
	assert_int_equal(system_copy_bytes(&facts), system_copy_bytes(system));
	alloc_free((void *)system);
	alloc_free((void *)way);
}

static int copy_system(void *self)
{
	const struct system_facts *copy = system_copy_new(&fixture_system);

	alloc_free((void *)copy);
	return copy ? 0 : ERROR_MEMORY;
}

static int copy_path(void *self)
{
	const struct path_facts *copy = path_copy_new(&fixture_path);

	alloc_free((void *)copy);
	return copy ? 0 : ERROR_MEMORY;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(copy_system, NULL, 5);
	support_each_allocation_fails(copy_path, NULL, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_has_everything_and_shares_nothing),
		cmocka_unit_test(a_block_may_be_moved),
		cmocka_unit_test(nothing_known_is_nothing_copied),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
