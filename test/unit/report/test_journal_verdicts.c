#include "support.h"

#include "report/journal/journal_verdicts.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/random.h"

#include <stdlib.h>
#include <string.h>

static struct journal_ports *ports_of(const char *tcp, const char *udp)
{
	struct journal_ports *ports = calloc(1, sizeof(*ports));

	assert_non_null(ports);
	assert_true(journal_ports_parse(tcp, &ports->of[TRANSPORT_TCP]));
	assert_true(journal_ports_parse(udp, &ports->of[TRANSPORT_UDP]));
	journal_ports_number(ports);
	return ports;
}

static void ranks_count_over_all_transports(void **state)
{
	struct journal_ports *ports = ports_of("0,63-64,65535", "53");

	assert_int_equal(ports->count, 5);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_TCP, 0), 0);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_TCP, 63), 1);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_TCP, 64), 2);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_TCP, 65535), 3);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_UDP, 53), 4);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_TCP, 53), -1);
	assert_int_equal(journal_ports_rank(ports, TRANSPORT_SCTP, 53), -1);
	free(ports);
}

static void damaged_port_lists_are_refused(void **state)
{
	static const char *const bad[] = {"1,",  ",1", "1-",  "-1",    "65536",
					  "5-4", "x",  "1 2", "1-2-3", "99999999999999999999"};
	struct portset set;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		portset_clear(&set);
		if (journal_ports_parse(bad[i], &set))
			fail_msg("\"%s\" was taken", bad[i]);
	}
	portset_clear(&set);
	assert_true(journal_ports_parse("", &set) && journal_ports_parse("0-65535", &set));
	assert_int_equal(set.count, 65536);
}

static struct verdict closed(uint8_t ttl)
{
	return (struct verdict){
		.state = PORT_CLOSED, .reason = REASON_RESET, .ttl = ttl, .attempt = 1};
}

static int write_range(void *self, const struct journal_range *range)
{
	buf_addf(self, "%s:%u-%u(%u)%s/%u ", transport_name(range->transport), range->first,
		 range->last, range->ports, port_state_name(range->class->verdict.state),
		 range->class->verdict.ttl);
	return 0;
}

static struct journal_placed note(struct journal_verdicts *verdicts, enum transport transport,
				  uint16_t number, struct verdict verdict)
{
	struct journal_placed placed = {0};

	assert_int_equal(journal_verdicts_note(verdicts, transport, number, &verdict, &placed), 0);
	return placed;
}

static void ranges_stop_where_a_scanned_port_differs(void **state)
{
	struct journal_ports *ports = ports_of("20,22-25,80,443", "53,80");
	struct journal_verdicts verdicts = {.ports = ports};
	struct buf text = BUF_INIT;

	note(&verdicts, TRANSPORT_TCP, 443, closed(1));
	note(&verdicts, TRANSPORT_TCP, 20, closed(1));
	note(&verdicts, TRANSPORT_TCP, 22, closed(1));
	note(&verdicts, TRANSPORT_TCP, 24, closed(1)); /* 23 is not known yet */
	note(&verdicts, TRANSPORT_TCP, 25, closed(2)); /* another TTL is another class */
	note(&verdicts, TRANSPORT_TCP, 80, closed(1));
	note(&verdicts, TRANSPORT_UDP, 53, closed(1)); /* follows 443 in rank only */
	assert_int_equal(journal_verdicts_each(&verdicts, write_range, &text), 0);
	assert_string_equal(buf_str(&text), "tcp:20-22(2)closed/1 tcp:24-24(1)closed/1 "
					    "tcp:25-25(1)closed/2 tcp:80-443(2)closed/1 "
					    "udp:53-53(1)closed/1 ");
	buf_clear(&text);
	journal_verdicts_fresh_done(&verdicts);
	note(&verdicts, TRANSPORT_TCP, 23, closed(1));
	note(&verdicts, TRANSPORT_TCP, 23, closed(1));
	assert_int_equal(journal_verdicts_each_fresh(&verdicts, write_range, &text), 0);
	assert_string_equal(buf_str(&text), "tcp:23-23(1)closed/1 ");
	buf_release(&text);
	journal_verdicts_release(&verdicts);
	free(ports);
}

static void open_and_unplanned_ports_are_rows(void **state)
{
	struct journal_ports *ports = ports_of("1-3", "");
	struct journal_verdicts verdicts = {.ports = ports};
	struct verdict open = {.state = PORT_OPEN, .reason = REASON_SYN_ACK};
	struct journal_placed placed;

	placed = note(&verdicts, TRANSPORT_TCP, 1, closed(1));
	assert_false(placed.is_row || placed.was_row);
	placed = note(&verdicts, TRANSPORT_TCP, 1, open);
	assert_true(placed.is_row && !placed.was_row);
	placed = note(&verdicts, TRANSPORT_TCP, 1, closed(1));
	assert_true(!placed.is_row && placed.was_row);
	placed = note(&verdicts, TRANSPORT_TCP, 9, closed(1));
	assert_true(placed.is_row);
	journal_verdicts_release(&verdicts);
	free(ports);
}

static int count_ports(void *self, const struct journal_range *range)
{
	*(uint32_t *)self += range->ports;
	return 0;
}

/* A host that gives each port a TTL and a responder of its own must not cost more than bytes. */
static void a_liar_runs_out_of_classes_not_of_memory(void **state)
{
	struct journal_ports *ports = ports_of("1-2000", "");
	struct journal_verdicts verdicts = {.ports = ports};
	uint32_t rows = 0, in_ranges = 0;

	for (uint16_t p = 1; p <= 2000; p++) {
		struct verdict verdict = closed((uint8_t)p);

		verdict.from = ip_v4(p);
		rows += note(&verdicts, TRANSPORT_TCP, p, verdict).is_row;
	}
	assert_int_equal(rows, 2000 - 254);
	assert_int_equal(journal_verdicts_each(&verdicts, count_ports, &in_ranges), 0);
	assert_int_equal(in_ranges, 254);
	assert_true(verdicts.classes_count <= 254);
	journal_verdicts_release(&verdicts);
	free(ports);
}

static void a_class_keeps_its_extremes(void **state)
{
	struct journal_ports *ports = ports_of("1-3", "");
	struct journal_verdicts verdicts = {.ports = ports};
	struct verdict verdict = closed(9);

	verdict.rtt_us = 50;
	note(&verdicts, TRANSPORT_TCP, 1, verdict);
	verdict.rtt_us = 0; /* not measured */
	verdict.attempt = 4;
	note(&verdicts, TRANSPORT_TCP, 2, verdict);
	verdict.rtt_us = 20;
	verdict.attempt = 2;
	note(&verdicts, TRANSPORT_TCP, 3, verdict);
	assert_int_equal(verdicts.classes_count, 1);
	assert_int_equal(verdicts.classes[0].verdict.rtt_us, 20);
	assert_int_equal(verdicts.classes[0].rtt_max_us, 50);
	assert_int_equal(verdicts.classes[0].verdict.attempt, 4);
	journal_verdicts_release(&verdicts);
	free(ports);
}

/* Against the plainest model: an array of what each port was last said to be. */
struct model {
	const struct journal_ports *ports;
	uint8_t ttl[65536]; /* of TCP port; 0 unknown or a row */
};

static int check_range(void *self, const struct journal_range *range)
{
	struct model *model = self;
	uint32_t ports = 0;

	for (int32_t p = range->first; p <= range->last; p++) {
		if (!portset_has(&model->ports->of[TRANSPORT_TCP], (uint16_t)p))
			continue;
		assert_int_equal(model->ttl[p], range->class->verdict.ttl);
		model->ttl[p] = 0;
		ports++;
	}
	assert_int_equal(ports, range->ports);
	return 0;
}

static void ranges_say_what_was_noted(void **state)
{
	uint64_t seed = random_system_seed();
	struct model *model = calloc(1, sizeof(*model));
	struct random random;

	print_message("seed %llu\n", (unsigned long long)seed);
	random_init(&random, seed);
	assert_non_null(model);
	for (int round = 0; round < 60; round++) {
		struct journal_ports *ports = calloc(1, sizeof(*ports));
		struct journal_verdicts verdicts = {.ports = ports};
		uint32_t span = 1 + (uint32_t)random_below(&random, round % 2 ? 65536 : 200);

		assert_non_null(ports);
		memset(model, 0, sizeof(*model));
		model->ports = ports;
		for (uint32_t i = 0; i < 300; i++)
			portset_add(&ports->of[TRANSPORT_TCP],
				    (uint16_t)random_below(&random, span));
		journal_ports_number(ports);
		for (int i = 0; i < 500; i++) {
			uint16_t p = (uint16_t)random_below(&random, span);
			uint8_t ttl = (uint8_t)random_below(&random, 4);
			struct verdict verdict = closed(ttl);

			if (!portset_has(&ports->of[TRANSPORT_TCP], p))
				continue;
			if (!ttl)
				verdict.state = PORT_OPEN;
			note(&verdicts, TRANSPORT_TCP, p, verdict);
			model->ttl[p] = ttl;
		}
		assert_int_equal(journal_verdicts_each(&verdicts, check_range, model), 0);
		for (uint32_t p = 0; p < 65536; p++)
			assert_int_equal(model->ttl[p], 0);
		journal_verdicts_release(&verdicts);
		free(ports);
	}
	free(model);
}

static int note_some(void *self)
{
	struct journal_verdicts verdicts = {.ports = self};
	struct journal_placed placed;
	int r = 0;

	for (uint16_t p = 1; r == 0 && p < 40; p++) {
		struct verdict verdict = closed((uint8_t)p);

		r = journal_verdicts_note(&verdicts, TRANSPORT_TCP, p, &verdict, &placed);
	}
	journal_verdicts_release(&verdicts);
	return r;
}

static void short_memory_is_reported(void **state)
{
	struct journal_ports *ports = ports_of("1-100", "");

	support_each_allocation_fails(note_some, ports, 100);
	free(ports);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranks_count_over_all_transports),
		cmocka_unit_test(damaged_port_lists_are_refused),
		cmocka_unit_test(ranges_stop_where_a_scanned_port_differs),
		cmocka_unit_test(open_and_unplanned_ports_are_rows),
		cmocka_unit_test(a_liar_runs_out_of_classes_not_of_memory),
		cmocka_unit_test(a_class_keeps_its_extremes),
		cmocka_unit_test(ranges_say_what_was_noted),
		cmocka_unit_test(short_memory_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
