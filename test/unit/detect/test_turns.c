/* The order in which a port's probes come, and what a softmatch leaves of them. */
#include "matcher_fixture.h"

#include "detect/service/turns.h"

#define PROBES                                                          \
	"Probe TCP NULL q||\nmatch ssh m|^SSH|\nsoftmatch mail m|^2|\n" \
	"Probe TCP Rare q|r|\nrarity 9\nmatch mail m|^m|\n"             \
	"Probe TCP Usual q|u|\nrarity 2\nmatch http m|^h|\n"            \
	"Probe TCP Listed q|l|\nrarity 8\nports 80,8080\n"              \
	"sslports 443\nmatch odd m|^o|\n"                               \
	"Probe TCP Hello q|t|\nrarity 1\nmatch ssl m|^s|\n"             \
	"Probe TCP Middle q|m|\nrarity 5\nmatch mail m|^m|\n"           \
	"Probe UDP Name q|n|\nrarity 1\nports 53\nmatch d m|^d|\n"      \
	"Probe UDP Time q|i|\nrarity 3\nmatch t m|^t|\n"

static struct fixture fixture;
static struct turns turns;

static int release(void **state)
{
	turns_release(&turns);
	fixture_close(&fixture);
	return 0;
}

static void make(enum probe_manner manner, enum transport transport, uint16_t port, bool tunnel,
		 unsigned intensity)
{
	if (!fixture.db)
		fixture_open(&fixture, manner, PROBES);
	turns_release(&turns);
	assert_int_equal(turns_make(&turns, fixture.db, transport, port, tunnel, intensity), 0);
}

/* The turns as a line: names, each with its state's letter. */
static const char *line(void)
{
	static char text[400];
	size_t i, length = 0;

	text[0] = '\0';
	for (i = 0; i < turns.count; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s-%c",
					   i ? " " : "", turns.list[i].probe->name,
					   "wuesb"[turns.list[i].state]);
	return text;
}

static void the_order_is_null_listed_rarity(void **state)
{
	make(MANNER_BEST, TRANSPORT_TCP, 80, false, 7);
	assert_string_equal(line(), "NULL-w Listed-w Hello-w Usual-w Middle-w Rare-b");
	assert_true(turns.list[1].listed);
	assert_false(turns.list[0].listed);
	assert_true(turns_listen(&turns));
	assert_true(turns_are_listed(&turns));
	make(MANNER_BEST, TRANSPORT_TCP, 81, false, 7);
	assert_string_equal(line(), "NULL-w Hello-w Usual-w Middle-w Listed-b Rare-b");
	assert_false(turns_are_listed(&turns));
}

static void nmaps_order_is_that_of_the_file(void **state)
{
	make(MANNER_FIRST, TRANSPORT_TCP, 8080, false, 5);
	assert_string_equal(line(), "NULL-w Listed-w Rare-b Usual-w Hello-w Middle-w");
}

static void the_intensity_decides_but_for_the_listed(void **state)
{
	make(MANNER_BEST, TRANSPORT_TCP, 80, false, 0);
	assert_string_equal(line(), "NULL-w Listed-w Hello-b Usual-b Middle-b Rare-b");
	make(MANNER_BEST, TRANSPORT_TCP, 80, false, 9);
	assert_string_equal(line(), "NULL-w Listed-w Hello-w Usual-w Middle-w Rare-w");
}

static void inside_tls_other_ports_count_and_nobody_asks_for_tls(void **state)
{
	make(MANNER_BEST, TRANSPORT_TCP, 443, true, 7);
	assert_string_equal(line(), "NULL-w Listed-w Usual-w Middle-w Rare-b");
	make(MANNER_BEST, TRANSPORT_TCP, 80, true, 7);
	assert_string_equal(line(), "NULL-w Usual-w Middle-w Listed-b Rare-b");
	release(NULL);
	make(MANNER_FIRST, TRANSPORT_TCP, 443, true, 7);
	assert_string_equal(line(), "NULL-w Listed-w Rare-b Usual-w Hello-w Middle-w");
}

static void udp_has_its_own_and_no_listener(void **state)
{
	make(MANNER_BEST, TRANSPORT_UDP, 53, false, 1);
	assert_string_equal(line(), "Name-w Time-b");
	assert_false(turns_listen(&turns));
	make(MANNER_BEST, TRANSPORT_UDP, 99, false, 7);
	assert_string_equal(line(), "Name-w Time-w");
}

static void the_next_is_the_first_that_waits(void **state)
{
	make(MANNER_BEST, TRANSPORT_TCP, 80, false, 7);
	turns.list[0].state = TURN_ENDED;
	turns.list[1].state = TURN_UNDER_WAY;
	assert_ptr_equal(turns_next(&turns), &turns.list[2]);
	for (size_t i = 0; i < turns.count - 1; i++)
		turns.list[i].state = TURN_ENDED;
	assert_null(turns_next(&turns)); /* what is beyond does not wait */
}

static void a_softmatch_leaves_those_that_know_it(void **state)
{
	make(MANNER_BEST, TRANSPORT_TCP, 80, false, 7);
	turns.list[0].state = TURN_ENDED;
	turns.list[1].state = TURN_UNDER_WAY;
	turns.list[2].state = TURN_ENDED;
	turns_narrow(&turns, &turns.list[0], "mail", false);
	assert_string_equal(line(), "NULL-e Listed-s Hello-e Usual-s Middle-w Rare-w");
}

/* Asked one by one, Hello had not been asked. */
static void strictly_what_came_later_was_never_asked(void **state)
{
	struct match_result result = {0};
	struct match_line ssl = {.service = "ssl"};

	make(MANNER_FIRST, TRANSPORT_TCP, 80, false, 7);
	result.line = &ssl;
	turns.list[0].state = turns.list[1].state = turns.list[4].state = TURN_ENDED;
	assert_int_equal(found_set(&turns.list[4].found, &result, NULL, (const uint8_t *)"s", 1),
			 0);
	turns_narrow(&turns, &turns.list[1], "mail", true);
	assert_string_equal(line(), "NULL-e Listed-e Rare-w Usual-s Hello-s Middle-w");
	assert_null(turns.list[4].found.line);
}

static void without_memory_there_are_none(void **state)
{
	make(MANNER_BEST, TRANSPORT_TCP, 80, false, 7);
	turns_release(&turns);
	alloc_fault_after(0);
	assert_int_equal(turns_make(&turns, fixture.db, TRANSPORT_TCP, 80, false, 7), ERROR_MEMORY);
	alloc_fault_after(-1);
	assert_int_equal(turns.count, 0);
	assert_null(turns_next(&turns));
	assert_false(turns_listen(&turns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_order_is_null_listed_rarity, release),
		cmocka_unit_test_teardown(nmaps_order_is_that_of_the_file, release),
		cmocka_unit_test_teardown(the_intensity_decides_but_for_the_listed, release),
		cmocka_unit_test_teardown(inside_tls_other_ports_count_and_nobody_asks_for_tls,
					  release),
		cmocka_unit_test_teardown(udp_has_its_own_and_no_listener, release),
		cmocka_unit_test_teardown(the_next_is_the_first_that_waits, release),
		cmocka_unit_test_teardown(a_softmatch_leaves_those_that_know_it, release),
		cmocka_unit_test_teardown(strictly_what_came_later_was_never_asked, release),
		cmocka_unit_test_teardown(without_memory_there_are_none, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
