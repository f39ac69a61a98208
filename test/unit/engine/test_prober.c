#include "support.h"

#include "engine/prober.h"
#include "util/error.h"

static const uint16_t ports[] = {80, 443, 22};

static struct probe_again take(struct prober *prober)
{
	struct probe_again probe;

	assert_int_equal(prober_next(prober, &probe), PROBER_SEND);
	probe.attempts++;
	return probe;
}

static void answered_ports_are_asked_once(void **state)
{
	struct prober prober;
	struct probe_again probe;
	int i;

	prober_init(&prober, ports, 3, 10);
	for (i = 0; i < 3; i++) {
		probe = take(&prober);
		assert_int_equal(probe.port, ports[i]);
		assert_int_equal(prober_answered(&prober, &probe), 0);
	}
	assert_int_equal(prober_next(&prober, &probe), PROBER_DONE);
	assert_int_equal(prober.done, 3);
	prober_release(&prober);
}

static void a_silent_port_is_asked_twice(void **state)
{
	struct prober prober;
	struct probe_again probe;

	prober_init(&prober, ports, 1, 10);
	probe = take(&prober);
	assert_int_equal(prober_unanswered(&prober, &probe), 0);
	probe = take(&prober);
	assert_int_equal(probe.attempts, 2);
	assert_int_equal(prober_unanswered(&prober, &probe), 0);
	assert_int_equal(prober_next(&prober, &probe), PROBER_SILENT);
	assert_true(prober_take_silent(&prober, &probe));
	assert_int_equal(probe.port, 80);
	assert_false(prober_take_silent(&prober, &probe));
	assert_int_equal(prober_next(&prober, &probe), PROBER_DONE);
	prober_release(&prober);
}

/* The second port needed three sends, so the first, benched after two, is
 * recalled and gets a third and a fourth. */
static void a_late_answer_recalls_the_bench(void **state)
{
	struct prober prober;
	struct probe_again first, second;

	prober_init(&prober, ports, 2, 10);
	first = take(&prober);
	second = take(&prober);
	prober_unanswered(&prober, &first);
	prober_unanswered(&prober, &second);
	first = take(&prober);
	second = take(&prober);
	prober_unanswered(&prober, &first);
	assert_int_equal(prober.bench.count, 1);
	assert_int_equal(prober_answered(&prober, &second), 1);
	assert_int_equal(prober.bench.count, 0);
	first = take(&prober);
	assert_int_equal(first.attempts, 3);
	prober_unanswered(&prober, &first);
	assert_int_equal(prober_next(&prober, &first), PROBER_SILENT);
	assert_false(prober.cap_hit);
	prober_release(&prober);
}

static void the_cap_is_kept_and_told(void **state)
{
	struct prober prober;
	struct probe_again probe;

	prober_init(&prober, ports, 1, 0);
	probe = take(&prober);
	prober_unanswered(&prober, &probe);
	assert_int_equal(prober_next(&prober, &probe), PROBER_SILENT);
	assert_true(prober.cap_hit);
	prober_release(&prober);
}

static void what_never_left_does_not_count(void **state)
{
	struct prober prober;
	struct probe_again probe;

	prober_init(&prober, ports, 1, 0);
	probe = take(&prober);
	probe.attempts--;
	assert_int_equal(prober_unsent(&prober, &probe), 0);
	probe = take(&prober);
	assert_int_equal(probe.attempts, 1);
	prober_answered(&prober, &probe);
	assert_int_equal(prober_next(&prober, &probe), PROBER_DONE);
	prober_release(&prober);
}

static int play(void *self)
{
	struct prober prober;
	struct probe_again probe;
	static uint16_t many[100];
	int i, failed = 0;

	for (i = 0; i < 100; i++)
		many[i] = (uint16_t)i;
	prober_init(&prober, many, 100, 3);
	for (i = 0; i < 1000 && prober_next(&prober, &probe) == PROBER_SEND; i++) {
		probe.attempts++;
		failed += prober_unanswered(&prober, &probe) < 0;
	}
	while (prober_take_silent(&prober, &probe))
		continue;
	/* A port whose memory could not be had still ends. */
	assert_int_equal(prober.done, 100);
	prober_release(&prober);
	return failed ? ERROR_MEMORY : 0;
}

static void short_memory_loses_no_port(void **state)
{
	support_each_allocation_fails(play, NULL, 100);
}

/* ---- what was heard ---- */

static void places_of(uint16_t places[65536], const uint16_t *order, uint16_t count)
{
	uint32_t port;
	uint16_t i;

	for (port = 0; port < 65536; port++)
		places[port] = UINT16_MAX;
	for (i = 0; i < count; i++)
		places[order[i]] = i;
}

static void tracked(struct prober *prober, unsigned retries)
{
	static uint16_t places[65536];

	places_of(places, ports, 3);
	prober_init(prober, ports, 3, retries);
	assert_int_equal(prober_track(prober, places), 0);
}

static void what_is_heard_is_kept_for_each_port(void **state)
{
	struct prober prober;

	tracked(&prober, 10);
	assert_int_equal(prober_heard(&prober, 443), 0);
	prober_note_heard(&prober, 80, 3);
	prober_note_heard(&prober, 443, 1);
	prober_note_heard(&prober, 22, 2);
	assert_int_equal(prober_heard(&prober, 80), 3);
	assert_int_equal(prober_heard(&prober, 443), 1);
	assert_int_equal(prober_heard(&prober, 22), 2);
	prober_note_heard(&prober, 443, 3);
	assert_int_equal(prober_heard(&prober, 443), 3);
	assert_int_equal(prober_heard(&prober, 80), 3);
	/* A port that is not in the order has no place. */
	prober_note_heard(&prober, 81, 3);
	assert_int_equal(prober_heard(&prober, 81), 0);
	prober_release(&prober);
}

static void every_port_may_have_its_place(void **state)
{
	static uint16_t all[65536], places[65536];
	struct prober prober;
	uint32_t port;

	for (port = 0; port < 65536; port++)
		all[port] = (uint16_t)(port * 40503u);
	for (port = 0; port < 65536; port++)
		places[all[port]] = (uint16_t)port;
	prober_init(&prober, all, 65536, 1);
	assert_int_equal(prober_track(&prober, places), 0);
	for (port = 0; port < 65536; port++)
		prober_note_heard(&prober, (uint16_t)port, port % 4);
	for (port = 0; port < 65536; port++)
		assert_int_equal(prober_heard(&prober, (uint16_t)port), port % 4);
	prober_release(&prober);
}

static void values_may_be_their_own_places(void **state)
{
	static const uint16_t order[] = {0, 1, 2};
	struct prober prober;

	prober_init(&prober, order, 3, 1);
	assert_int_equal(prober_track(&prober, NULL), 0);
	prober_note_heard(&prober, 2, 1);
	assert_int_equal(prober_heard(&prober, 2), 1);
	assert_int_equal(prober_heard(&prober, 1), 0);
	prober_release(&prober);
}

static void only_what_was_sent_was_asked(void **state)
{
	struct prober prober;

	tracked(&prober, 10);
	assert_false(prober_was_asked(&prober, 80));
	(void)take(&prober);
	assert_true(prober_was_asked(&prober, 80));
	assert_false(prober_was_asked(&prober, 443));
	assert_false(prober_was_asked(&prober, 81));
	prober_release(&prober);
	prober_init(&prober, ports, 3, 10);
	(void)take(&prober);
	assert_false(prober_was_asked(&prober, 80)); /* nothing is kept, so nobody knows */
	prober_release(&prober);
}

static void answer_late(struct prober *prober, uint16_t port)
{
	assert_true(prober_answered_late(prober, port, 1));
	prober_note_heard(prober, port, 3);
	assert_false(prober_answered_late(prober, port, 1));
}

static void a_late_answer_takes_a_port_from_the_bench(void **state)
{
	struct prober prober;
	struct probe_again probe;
	int i;

	tracked(&prober, 0);
	for (i = 0; i < 3; i++) {
		probe = take(&prober);
		prober_unanswered(&prober, &probe);
	}
	answer_late(&prober, 443);
	assert_int_equal(prober.done, 1);
	assert_int_equal(prober_next(&prober, &probe), PROBER_SILENT);
	assert_true(prober_take_silent(&prober, &probe));
	assert_int_equal(probe.port, 80);
	assert_true(prober_take_silent(&prober, &probe));
	assert_int_equal(probe.port, 22);
	assert_false(prober_take_silent(&prober, &probe));
	assert_int_equal(prober.done, 3);
	assert_int_equal(prober_next(&prober, &probe), PROBER_DONE);
	prober_release(&prober);
}

static void a_late_answer_spares_the_next_send(void **state)
{
	struct prober prober;
	struct probe_again probe, sent[3];
	int i;

	tracked(&prober, 10);
	for (i = 0; i < 3; i++)
		sent[i] = take(&prober);
	for (i = 0; i < 3; i++)
		prober_unanswered(&prober, &sent[i]);
	answer_late(&prober, 80);
	probe = take(&prober);
	assert_int_equal(probe.port, 443);
	answer_late(&prober, 22);
	prober_answered(&prober, &probe);
	assert_int_equal(prober.done, 3);
	assert_true(prober_next(&prober, &probe) != PROBER_SEND);
	assert_false(prober_has_work(&prober));
	assert_false(prober_take_silent(&prober, &probe));
	prober_release(&prober);
}

/* ---- how often ---- */

static unsigned sends_until_silent(struct prober *prober)
{
	struct probe_again probe;
	unsigned sends = 0;

	while (prober_next(prober, &probe) == PROBER_SEND) {
		probe.attempts++;
		sends++;
		prober_unanswered(prober, &probe);
	}
	return sends;
}

static void loss_may_ask_for_more_sends(void **state)
{
	struct prober prober;

	tracked(&prober, 10);
	prober_want_sends(&prober, 5);
	assert_int_equal(sends_until_silent(&prober), 15);
	/* And later for still more: the bench is recalled. */
	prober_want_sends(&prober, 7);
	assert_int_equal(sends_until_silent(&prober), 6);
	/* But never for fewer. */
	prober_want_sends(&prober, 2);
	assert_int_equal(sends_until_silent(&prober), 0);
	assert_false(prober.cap_hit);
	prober_release(&prober);
}

static void the_cap_is_above_what_loss_asks_for(void **state)
{
	struct prober prober;

	tracked(&prober, 2);
	prober_want_sends(&prober, 9);
	assert_int_equal(sends_until_silent(&prober), 9);
	assert_true(prober.cap_hit);
	prober_release(&prober);
	tracked(&prober, 0);
	assert_int_equal(sends_until_silent(&prober), 3);
	prober_release(&prober);
}

/* ---- the end before the end ---- */

static void all_that_is_given_up_is_silent(void **state)
{
	struct prober prober;
	struct probe_again probe, flying;
	unsigned silent = 0;

	tracked(&prober, 10);
	probe = take(&prober);
	prober_unanswered(&prober, &probe);
	probe = take(&prober); /* 80 again */
	prober_unanswered(&prober, &probe);
	flying = take(&prober); /* 443 */
	prober_give_up(&prober);
	assert_false(prober_has_work(&prober));
	assert_int_equal(prober_next(&prober, &probe), PROBER_WAIT);
	prober_answered(&prober, &flying);
	assert_int_equal(prober_next(&prober, &probe), PROBER_SILENT);
	while (prober_take_silent(&prober, &probe))
		silent++;
	assert_int_equal(silent, 2);
	assert_int_equal(prober.done, 3);
	prober_release(&prober);
}

static void what_is_abandoned_gets_no_verdict(void **state)
{
	struct prober prober;
	struct probe_again probe, flying;

	tracked(&prober, 0);
	probe = take(&prober);
	prober_unanswered(&prober, &probe);
	flying = take(&prober);
	/* One on the bench, one in flight, one not asked. */
	prober_abandon(&prober);
	assert_int_equal(prober.done, 2);
	assert_false(prober_has_work(&prober));
	prober_dropped(&prober);
	assert_int_equal(prober.done, 3);
	assert_int_equal(prober_next(&prober, &flying), PROBER_DONE);
	assert_false(prober_take_silent(&prober, &flying));
	prober_release(&prober);
}

/* It is done already, and must not be counted again. */
static void what_was_answered_late_is_abandoned_once(void **state)
{
	struct prober prober;
	struct probe_again probe;
	int i;

	tracked(&prober, 0);
	for (i = 0; i < 2; i++) {
		probe = take(&prober);
		prober_unanswered(&prober, &probe);
	}
	answer_late(&prober, 80);
	prober_abandon(&prober);
	assert_int_equal(prober.done, 3);
	prober_release(&prober);
}

/* Ports that wait to be asked again can be held while new ones go on. */
static void what_is_held_waits_and_new_ports_go_on(void **state)
{
	static const uint16_t two[] = {1, 2};
	struct prober prober;
	struct probe_again probe;

	prober_init(&prober, two, 2, 10);
	assert_int_equal(prober_next(&prober, &probe), PROBER_SEND);
	probe.attempts = 1;
	assert_int_equal(prober_unanswered(&prober, &probe), 0);
	prober.again_held = true;
	assert_int_equal(prober_next(&prober, &probe), PROBER_SEND);
	assert_int_equal(probe.port, 2);
	assert_false(prober_has_work(&prober));
	assert_int_equal(prober_next(&prober, &probe), PROBER_WAIT);
	prober.again_held = false;
	assert_int_equal(prober_next(&prober, &probe), PROBER_SEND);
	assert_int_equal(probe.port, 1);
	prober_release(&prober);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answered_ports_are_asked_once),
		cmocka_unit_test(a_silent_port_is_asked_twice),
		cmocka_unit_test(a_late_answer_recalls_the_bench),
		cmocka_unit_test(the_cap_is_kept_and_told),
		cmocka_unit_test(what_never_left_does_not_count),
		cmocka_unit_test(short_memory_loses_no_port),
		cmocka_unit_test(what_is_heard_is_kept_for_each_port),
		cmocka_unit_test(every_port_may_have_its_place),
		cmocka_unit_test(values_may_be_their_own_places),
		cmocka_unit_test(only_what_was_sent_was_asked),
		cmocka_unit_test(a_late_answer_takes_a_port_from_the_bench),
		cmocka_unit_test(a_late_answer_spares_the_next_send),
		cmocka_unit_test(loss_may_ask_for_more_sends),
		cmocka_unit_test(the_cap_is_above_what_loss_asks_for),
		cmocka_unit_test(all_that_is_given_up_is_silent),
		cmocka_unit_test(what_is_abandoned_gets_no_verdict),
		cmocka_unit_test(what_was_answered_late_is_abandoned_once),
		cmocka_unit_test(what_is_held_waits_and_new_ports_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
