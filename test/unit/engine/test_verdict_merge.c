/* Which of two answers about a port holds, and what an answer says of the host. */
#include "support.h"

#include "engine/verdict_merge.h"

static const enum port_state states[] = {
	PORT_UNKNOWN,       PORT_CLOSED,          PORT_OPEN, PORT_FILTERED, PORT_UNFILTERED,
	PORT_OPEN_FILTERED, PORT_CLOSED_FILTERED,
};

#define STATES (sizeof(states) / sizeof(states[0]))

/* What may follow a state, of the states that an answer can have. */
static void check(char letter, enum port_state old_state, bool closed, bool open, bool filtered,
		  bool unfiltered)
{
	const struct scan_technique *technique = technique_by_letter(letter);

	assert_int_equal(verdict_replaces(technique, old_state, PORT_CLOSED), closed);
	assert_int_equal(verdict_replaces(technique, old_state, PORT_OPEN), open);
	assert_int_equal(verdict_replaces(technique, old_state, PORT_FILTERED), filtered);
	assert_int_equal(verdict_replaces(technique, old_state, PORT_UNFILTERED), unfiltered);
}

static void open_stays_open(void **state)
{
	check('S', PORT_OPEN, false, false, false, false);
	check('W', PORT_OPEN, false, false, false, false);
	check('U', PORT_OPEN, false, false, false, false);
	check('O', PORT_OPEN, false, false, false, false);
}

static void closed_never_becomes_filtered(void **state)
{
	check('S', PORT_CLOSED, false, true, false, false);
	check('U', PORT_CLOSED, false, true, false, false);
}

static void unfiltered_becomes_open_or_closed_only(void **state)
{
	check('A', PORT_UNFILTERED, true, true, false, false);
}

static void filtered_becomes_open_unless_silence_is_open(void **state)
{
	check('S', PORT_FILTERED, true, true, false, true);
	check('U', PORT_FILTERED, true, false, false, true);
	check('O', PORT_FILTERED, true, false, false, true);
}

static void open_filtered_accepts_anything(void **state)
{
	check('U', PORT_OPEN_FILTERED, true, true, true, true);
	check('S', PORT_UNKNOWN, true, true, true, true);
	check('S', PORT_CLOSED_FILTERED, true, true, true, true);
}

static void nothing_new_replaces_nothing(void **state)
{
	size_t i;

	for (i = 0; i < STATES; i++) {
		assert_false(verdict_replaces(technique_by_letter('U'), states[i], states[i]));
		assert_false(verdict_replaces(technique_by_letter('U'), states[i], PORT_UNKNOWN));
	}
}

static enum host_state host(enum port_state port, enum reason reason, bool from_target)
{
	struct verdict verdict = verdict_of(port, reason);

	return verdict_host_state(&verdict, from_target);
}

static void a_host_that_answers_is_up(void **state)
{
	assert_int_equal(host(PORT_OPEN, REASON_ECHO_REPLY, true), HOST_UP);
	assert_int_equal(host(PORT_CLOSED, REASON_RESET, true), HOST_UP);
	assert_int_equal(host(PORT_UNFILTERED, REASON_RESET, true), HOST_UP);
	assert_int_equal(host(PORT_FILTERED, REASON_PORT_UNREACH, true), HOST_UP);
	assert_int_equal(host(PORT_FILTERED, REASON_PROTO_UNREACH, true), HOST_UP);
}

static void what_others_say_of_it_is_not_enough(void **state)
{
	assert_int_equal(host(PORT_FILTERED, REASON_PORT_UNREACH, false), HOST_UNKNOWN);
	assert_int_equal(host(PORT_FILTERED, REASON_HOST_UNREACH, true), HOST_UNKNOWN);
	assert_int_equal(host(PORT_FILTERED, REASON_ADMIN_PROHIBITED, false), HOST_UNKNOWN);
	assert_int_equal(host(PORT_FILTERED, REASON_TIME_EXCEEDED, false), HOST_DOWN);
	assert_int_equal(host(PORT_OPEN, REASON_PARAM_PROBLEM, false), HOST_UNKNOWN);
	assert_int_equal(host(PORT_OPEN_FILTERED, REASON_NO_RESPONSE, false), HOST_UNKNOWN);
	assert_int_equal(host(PORT_UNKNOWN, REASON_NO_RESPONSE, true), HOST_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_stays_open),
		cmocka_unit_test(closed_never_becomes_filtered),
		cmocka_unit_test(unfiltered_becomes_open_or_closed_only),
		cmocka_unit_test(filtered_becomes_open_unless_silence_is_open),
		cmocka_unit_test(open_filtered_accepts_anything),
		cmocka_unit_test(nothing_new_replaces_nothing),
		cmocka_unit_test(a_host_that_answers_is_up),
		cmocka_unit_test(what_others_say_of_it_is_not_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
