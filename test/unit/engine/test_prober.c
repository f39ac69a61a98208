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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answered_ports_are_asked_once),
		cmocka_unit_test(a_silent_port_is_asked_twice),
		cmocka_unit_test(a_late_answer_recalls_the_bench),
		cmocka_unit_test(the_cap_is_kept_and_told),
		cmocka_unit_test(what_never_left_does_not_count),
		cmocka_unit_test(short_memory_loses_no_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
