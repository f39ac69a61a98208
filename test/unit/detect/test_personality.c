/* The personality responder (test/personality) against our own reading of fingerprints. */
#include "os_fixture.h"

#include "detect/os/os_expression.h"
#include "detect/os/os_match.h"
#include "options.h"
#include "round.h"

#include <stdlib.h>

static const struct personality_ports ports = {.open = {ROUND_OPEN_PORT}, .count = 1};

static struct os_facts facts_of(struct personality_host *host, bool compatible, uint64_t late_ns)
{
	static struct round round;
	struct random random;
	struct os_facts facts;

	random_init(&random, 5);
	round_play(host, &random, compatible, late_ns, &round);
	os_tests_judge(&round.os, &facts);
	return facts;
}

static struct os_fingerprint played(const struct os_db *db, size_t entry, bool compatible,
				    uint64_t late_ns)
{
	struct personality_host host = {.ports = &ports};

	personality_read(db, entry, &host.made);
	return facts_of(&host, compatible, late_ns).print;
}

static void explain(const struct os_db *db, size_t entry, const struct os_fingerprint *print)
{
	int attribute;

	printf("line %u %s:", os_db_entry(db, entry).line, os_db_entry(db, entry).name);
	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++) {
		const char *wanted = os_db_expression(db, entry, attribute);
		const char *seen = os_fingerprint_get(print, attribute);

		if (wanted && seen && !os_expression_matches(wanted, seen, os_attribute_nests(attribute)))
			printf(" %s.%s=%s:%s", os_test_name(os_attribute_test(attribute)),
			       os_attribute_name(attribute), wanted, seen);
	}
	printf("\n");
}

/* Entries that their own answers do not fit to. */
static size_t count_strangers(const struct os_db *db, enum os_match_manner manner, uint64_t late_ns)
{
	size_t i, strangers = 0;

	for (i = 0; i < os_db_entries(db); i++) {
		struct os_fingerprint print = played(db, i, manner == OS_MATCH_793, late_ns);

		if (os_score_accuracy(os_match_entry(db, i, &print, manner)) == 1)
			continue;
		strangers++;
		if (getenv("PERSONALITY_EXPLAIN"))
			explain(db, i, &print);
	}
	print_message("%zu of %zu entries differ from themselves\n", strangers, os_db_entries(db));
	return strangers;
}

static void nearly_all_entries_know_themselves(void **state)
{
	struct os_db *db = nmap_db();

	assert_true(count_strangers(db, OS_MATCH_NOW, 0) * 100 < os_db_entries(db) * 2);
	assert_true(count_strangers(db, OS_MATCH_793, 2000000) * 100 < os_db_entries(db) * 2);
	os_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearly_all_entries_know_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
