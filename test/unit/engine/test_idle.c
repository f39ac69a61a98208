/* The idle scan against a scripted zombie. */
#include "support.h"

#include "engine/idle.h"
#include "util/random.h"

#include <stdio.h>
#include <string.h>

#define MS        1000000ull
#define PORTS     200u
#define EVENTS    512u
#define WHOLE_DAY (86400 * 1000 * MS)

enum numbering { UP, BY_TWO, SWAPPED, RANDOM, ZERO, CONSTANT, PER_HOST };

struct zombie {
	enum numbering numbering;
	uint16_t counter;
	bool silent;
	unsigned lose;         /* of 100 answers to us */
	uint64_t busy_ns;      /* a packet of its own this often; 0 never */
	unsigned target_loses; /* of 100 of its answers */
};

/* What is on its way: an answer to us, or a packet that makes the zombie send. */
struct event {
	uint64_t at_ns;
	bool to_us;
	struct packet packet;
};

struct lab {
	struct zombie zombie;
	struct idle *idle;
	struct timing timing;
	struct random random;
	uint64_t now_ns, next_own_ns;
	struct event events[EVENTS];
	size_t events_count;
	uint16_t ports[PORTS];
	bool open[65536];
	int states[65536]; /* verdicts: 0 none, -1 more than one */
	unsigned verdicts, asked, spoofed;
	unsigned run, longest_run, small_runs; /* forged packets between two questions */
	struct ip_addr own, target;
};

static void on_verdict(void *self, uint16_t port, const struct verdict *verdict)
{
	struct lab *lab = self;

	lab->verdicts++;
	lab->states[port] = lab->states[port] ? -1 : verdict->state;
	assert_int_equal(verdict->reason,
			 verdict->state == PORT_OPEN ? REASON_IPID_CHANGE : REASON_NO_IPID_CHANGE);
}

static void lab_init(struct lab *lab, struct zombie zombie, uint32_t group_max)
{
	struct idle_config config = {.zombie_port = 80,
				     .src_port = 40000,
				     .group_max = group_max,
				     .timing = &lab->timing,
				     .seed = 7,
				     .verdict = on_verdict,
				     .self = lab};
	unsigned i;

	memset(lab, 0, sizeof(*lab));
	lab->zombie = zombie;
	random_init(&lab->random, 3);
	assert_true(ip_parse("10.0.0.1", &config.own));
	assert_true(ip_parse("10.0.0.2", &config.zombie));
	assert_true(ip_parse("10.0.0.3", &lab->target));
	lab->own = config.own;
	timing_template(3, &lab->timing);
	for (i = 0; i < PORTS; i++)
		lab->ports[i] = (uint16_t)(i + 1);
	assert_non_null(lab->idle = idle_new(&config));
}

static void on_the_way(struct lab *lab, uint64_t in_ns, bool to_us, const struct packet *packet)
{
	assert_true(lab->events_count < EVENTS);
	lab->events[lab->events_count++] =
		(struct event){.at_ns = lab->now_ns + in_ns, .to_us = to_us, .packet = *packet};
}

static uint16_t next_id(struct lab *lab, bool for_us)
{
	uint16_t *counter = &lab->zombie.counter;

	switch (lab->zombie.numbering) {
	case ZERO:
		return 0;
	case CONSTANT:
		return 4711;
	case RANDOM:
		return (uint16_t)random_u64(&lab->random);
	case BY_TWO:
		return *counter = (uint16_t)(*counter + 2);
	case SWAPPED:
		++*counter;
		return (uint16_t)(*counter << 8 | *counter >> 8);
	case PER_HOST:
		*counter = (uint16_t)(*counter + for_us);
		return *counter;
	default:
		return ++*counter;
	}
}

/* The zombie resets what it did not ask for; only what goes to us is seen. */
static void zombie_gets(struct lab *lab, const struct packet *packet)
{
	bool for_us = ip_equal(&packet->ip.src, &lab->own);
	struct packet reset = {.kind = PACKET_TCP, .ip.protocol = PROTOCOL_TCP};

	reset.ip.src = packet->ip.dst;
	reset.ip.dst = packet->ip.src;
	reset.ip.id = next_id(lab, for_us);
	reset.tcp.src_port = packet->tcp.dst_port;
	reset.tcp.dst_port = packet->tcp.src_port;
	reset.tcp.seq = packet->tcp.ack;
	reset.tcp.flags = TCP_RST;
	if (for_us && random_below(&lab->random, 100) >= lab->zombie.lose)
		on_the_way(lab, 2 * MS, true, &reset);
}

static void target_gets(struct lab *lab, const struct packet *packet)
{
	struct packet answer = {.kind = PACKET_TCP};

	assert_int_equal(packet->tcp.flags, TCP_SYN);
	if (++lab->run > lab->longest_run)
		lab->longest_run = lab->run;
	if (!lab->open[packet->tcp.dst_port] ||
	    random_below(&lab->random, 100) < lab->zombie.target_loses)
		return;
	answer.ip.src = packet->ip.dst;
	answer.ip.dst = packet->ip.src;
	answer.tcp.src_port = packet->tcp.dst_port;
	answer.tcp.dst_port = packet->tcp.src_port;
	answer.tcp.flags = TCP_SYN | TCP_ACK;
	on_the_way(lab, 40 * MS, false, &answer);
}

static void sent(struct lab *lab, const struct packet *packet)
{
	if (ip_equal(&packet->ip.dst, &lab->target)) {
		target_gets(lab, packet);
		return;
	}
	assert_int_equal(packet->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(packet->tcp.dst_port, 80);
	lab->asked += ip_equal(&packet->ip.src, &lab->own);
	lab->spoofed += ip_equal(&packet->ip.src, &lab->target);
	lab->small_runs += lab->run > 0 && lab->run < 4;
	lab->run = 0;
	if (!lab->zombie.silent)
		on_the_way(lab, 2 * MS, false, packet);
}

static uint64_t next_event_ns(const struct lab *lab)
{
	uint64_t next = idle_wake_ns(lab->idle);
	size_t i;

	for (i = 0; i < lab->events_count; i++)
		if (lab->events[i].at_ns < next)
			next = lab->events[i].at_ns;
	if (lab->zombie.busy_ns && lab->next_own_ns < next)
		next = lab->next_own_ns;
	return next;
}

static void events_happen(struct lab *lab)
{
	size_t i = 0;

	while (i < lab->events_count) {
		struct event event = lab->events[i];

		if (event.at_ns > lab->now_ns) {
			i++;
			continue;
		}
		memmove(&lab->events[i], &lab->events[i + 1],
			(--lab->events_count - i) * sizeof(event));
		if (event.to_us)
			idle_heard(lab->idle, lab->now_ns, &event.packet);
		else
			zombie_gets(lab, &event.packet);
	}
	if (lab->zombie.busy_ns && lab->next_own_ns <= lab->now_ns) {
		next_id(lab, false);
		lab->next_own_ns = lab->now_ns + lab->zombie.busy_ns / 2 +
				   random_below(&lab->random, lab->zombie.busy_ns);
	}
}

static void scan(struct lab *lab)
{
	struct packet packet;

	idle_scan(lab->idle, &lab->target, lab->ports, PORTS, lab->now_ns);
	while (idle_status(lab->idle) == IDLE_WORKING) {
		while (idle_next_packet(lab->idle, lab->now_ns, &packet))
			sent(lab, &packet);
		if (idle_status(lab->idle) != IDLE_WORKING)
			break;
		assert_true(next_event_ns(lab) < WHOLE_DAY);
		if (next_event_ns(lab) > lab->now_ns)
			lab->now_ns = next_event_ns(lab);
		events_happen(lab);
	}
}

static void open_some(struct lab *lab)
{
	static const uint16_t some[] = {1, 22, 25, 26, 27, 28, 80, 111, 139, 199, 200};
	size_t i;

	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		lab->open[some[i]] = true;
}

static void all_is_found(struct lab *lab)
{
	unsigned port;

	assert_int_equal(idle_status(lab->idle), IDLE_READY);
	assert_int_equal(lab->verdicts, PORTS);
	assert_int_equal(idle_ports_done(lab->idle), PORTS);
	for (port = 1; port <= PORTS; port++)
		assert_int_equal(lab->states[port],
				 lab->open[port] ? PORT_OPEN : PORT_CLOSED_FILTERED);
}

static void scan_finds_all(struct zombie zombie, enum ids_class class)
{
	static struct lab lab;

	lab_init(&lab, zombie, 0);
	open_some(&lab);
	scan(&lab);
	all_is_found(&lab);
	assert_int_equal(idle_class(lab.idle), class);
	idle_free(lab.idle);
}

static void scan_fails(struct zombie zombie, const char *why)
{
	static struct lab lab;

	lab_init(&lab, zombie, 0);
	open_some(&lab);
	scan(&lab);
	assert_int_equal(idle_status(lab.idle), IDLE_FAILED);
	assert_non_null(strstr(idle_why(lab.idle), why));
	assert_int_equal(idle_wake_ns(lab.idle), UINT64_MAX);
	idle_free(lab.idle);
}

static void a_counter_tells_the_open_ports(void **state)
{
	scan_finds_all((struct zombie){.numbering = UP, .counter = 100}, IDS_INCREMENTAL);
	scan_finds_all((struct zombie){.numbering = BY_TWO, .counter = 100}, IDS_BY_TWO);
	scan_finds_all((struct zombie){.numbering = SWAPPED, .counter = 100}, IDS_SWAPPED);
}

static void a_counter_may_wrap(void **state)
{
	scan_finds_all((struct zombie){.numbering = UP, .counter = 65525}, IDS_INCREMENTAL);
	scan_finds_all((struct zombie){.numbering = UP, .counter = 65533}, IDS_INCREMENTAL);
	scan_finds_all((struct zombie){.numbering = BY_TWO, .counter = 65510}, IDS_BY_TWO);
	scan_finds_all((struct zombie){.numbering = SWAPPED, .counter = 250}, IDS_SWAPPED);
}

static void who_does_not_count_is_no_zombie(void **state)
{
	scan_fails((struct zombie){.numbering = RANDOM}, "Randomized");
	scan_fails((struct zombie){.numbering = ZERO}, "All zeros");
	scan_fails((struct zombie){.numbering = CONSTANT}, "Constant");
	scan_fails((struct zombie){.silent = true}, "does not answer");
	scan_fails((struct zombie){.numbering = PER_HOST}, "target's name");
}

static void a_busy_host_is_no_zombie(void **state)
{
	scan_fails((struct zombie){.numbering = UP, .busy_ns = 2 * MS}, "Busy server");
	scan_fails((struct zombie){.numbering = UP, .busy_ns = 20 * MS}, "not idle");
}

static void a_packet_of_its_own_now_and_then_does_no_harm(void **state)
{
	scan_finds_all((struct zombie){.numbering = UP, .busy_ns = 3000 * MS}, IDS_INCREMENTAL);
	scan_finds_all((struct zombie){.numbering = UP, .busy_ns = 900 * MS}, IDS_INCREMENTAL);
}

static void lost_answers_are_asked_for_again(void **state)
{
	scan_finds_all((struct zombie){.numbering = UP, .lose = 10}, IDS_INCREMENTAL);
}

/* A lost answer has moved the counter: nothing may be counted with it. */
static void lost_answers_are_not_taken_for_open_ports(void **state)
{
	static struct lab lab;

	lab_init(&lab, (struct zombie){.numbering = UP, .lose = 10}, 4);
	scan(&lab);
	all_is_found(&lab);
	assert_int_equal(lab.small_runs, 0); /* no group was cut in halves */
	idle_free(lab.idle);
}

static void open_ports_that_were_missed_are_looked_for_again(void **state)
{
	static struct lab lab;
	unsigned port, missed = 0;

	lab_init(&lab, (struct zombie){.numbering = UP, .target_loses = 5}, 0);
	open_some(&lab);
	scan(&lab);
	assert_int_equal(idle_status(lab.idle), IDLE_READY);
	for (port = 1; port <= PORTS; port++) {
		missed += lab.open[port] && lab.states[port] != PORT_OPEN;
		assert_true(lab.open[port] || lab.states[port] == PORT_CLOSED_FILTERED);
	}
	assert_in_range(missed, 0, 1);
	idle_free(lab.idle);
}

static void strangers_do_not_count(void **state)
{
	static struct lab lab;
	struct packet packet, answer;

	lab_init(&lab, (struct zombie){.numbering = UP}, 0);
	idle_scan(lab.idle, &lab.target, lab.ports, PORTS, 0);
	assert_true(idle_next_packet(lab.idle, 0, &packet));
	answer = (struct packet){.kind = PACKET_TCP};
	answer.ip.src = packet.ip.dst;
	answer.ip.dst = packet.ip.src;
	answer.ip.id = 999;
	answer.tcp.src_port = 80;
	answer.tcp.dst_port = packet.tcp.src_port;
	answer.tcp.flags = TCP_RST;
	answer.tcp.seq = packet.tcp.ack + 1; /* not to our question */
	idle_heard(lab.idle, MS, &answer);
	answer.tcp.seq = packet.tcp.ack;
	answer.tcp.flags = TCP_ACK;
	idle_heard(lab.idle, MS, &answer);
	answer.tcp.flags = TCP_RST;
	answer.ip.src = lab.target;
	idle_heard(lab.idle, MS, &answer);
	while (idle_status(lab.idle) == IDLE_WORKING)
		idle_next_packet(lab.idle, idle_wake_ns(lab.idle), &packet);
	assert_non_null(strstr(idle_why(lab.idle), "does not answer"));
	idle_free(lab.idle);
}

static void the_zombie_is_looked_at_once(void **state)
{
	static struct lab lab;
	unsigned asked;

	lab_init(&lab, (struct zombie){.numbering = UP}, 0);
	scan(&lab); /* nothing open */
	all_is_found(&lab);
	asked = lab.asked;
	lab.verdicts = lab.asked = 0;
	memset(lab.states, 0, sizeof(lab.states));
	scan(&lab);
	all_is_found(&lab);
	assert_true(lab.asked < asked);
	assert_int_equal(lab.spoofed, 4);
	idle_free(lab.idle);
}

/* Stopped after so many packets, in the check or later, and begun again. */
static void stop_after(unsigned packets)
{
	static struct lab lab;
	struct packet packet;

	lab_init(&lab, (struct zombie){.numbering = UP}, 0);
	open_some(&lab);
	idle_scan(lab.idle, &lab.target, lab.ports, PORTS, 0);
	while (packets && next_event_ns(&lab) < WHOLE_DAY) {
		while (packets && idle_next_packet(lab.idle, lab.now_ns, &packet)) {
			sent(&lab, &packet);
			packets--;
		}
		lab.now_ns = next_event_ns(&lab) > lab.now_ns ? next_event_ns(&lab) : lab.now_ns;
		events_happen(&lab);
	}
	idle_stop(lab.idle);
	assert_int_equal(idle_status(lab.idle), IDLE_READY);
	assert_int_equal(idle_wake_ns(lab.idle), UINT64_MAX);
	assert_false(idle_next_packet(lab.idle, WHOLE_DAY, &packet));
	lab.verdicts = 0;
	memset(lab.states, 0, sizeof(lab.states));
	lab.run = 0;
	/* What is still on its way would be counted. */
	while (lab.events_count) {
		lab.now_ns += 50 * MS;
		events_happen(&lab);
	}
	scan(&lab);
	all_is_found(&lab);
	idle_free(lab.idle);
}

static void it_may_be_stopped_at_any_time(void **state)
{
	unsigned packets;

	for (packets = 0; packets < 120; packets++)
		stop_after(packets);
}

static void groups_grow_up_to_what_is_allowed(void **state)
{
	static struct lab lab;

	lab_init(&lab, (struct zombie){.numbering = UP}, 0);
	scan(&lab);
	assert_in_range(lab.longest_run, 31, 100);
	idle_free(lab.idle);
	lab_init(&lab, (struct zombie){.numbering = UP}, 10);
	scan(&lab);
	assert_int_equal(lab.longest_run, 10);
	idle_free(lab.idle);
}

static void every_port_may_be_open(void **state)
{
	static struct lab lab;

	lab_init(&lab, (struct zombie){.numbering = UP}, 0);
	memset(lab.open, true, sizeof(lab.open));
	scan(&lab);
	all_is_found(&lab);
	idle_free(lab.idle);
}

static void classes_are_told_apart(void **state)
{
	static const struct {
		uint16_t ids[6];
		size_t count;
		enum ids_class class;
	} cases[] = {
		{{1, 2, 3, 4, 5, 6}, 6, IDS_INCREMENTAL},
		{{65534, 65535, 0, 1, 2, 3}, 6, IDS_INCREMENTAL},
		{{1, 4, 6, 15, 16, 17}, 6, IDS_INCREMENTAL},
		{{1, 4, 6, 16, 17, 18}, 6, IDS_UNKNOWN},
		{{2, 4, 6, 8, 10, 12}, 6, IDS_BY_TWO},
		{{2, 4, 6, 28, 30, 32}, 6, IDS_BY_TWO},
		{{0x0100, 0x0200, 0x0300, 0x0500, 0x0600, 0x0700}, 6, IDS_SWAPPED},
		{{0xfe00, 0xff00, 0x0001, 0x0101, 0x0201, 0x0301}, 6, IDS_SWAPPED},
		{{1, 1, 2, 2, 3, 3}, 6, IDS_UNKNOWN},
		{{0, 0, 0, 0, 0, 0}, 6, IDS_ZERO},
		{{5, 5, 5, 5, 5, 5}, 6, IDS_CONSTANT},
		{{100, 40000, 3, 20000, 60000, 9}, 6, IDS_RANDOM},
		{{1, 2}, 2, IDS_UNKNOWN},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ids_classify(cases[i].ids, cases[i].count), cases[i].class);
	assert_int_equal(ids_distance(IDS_INCREMENTAL, 65535, 2), 3);
	assert_int_equal(ids_distance(IDS_BY_TWO, 65534, 4), 3);
	assert_int_equal(ids_distance(IDS_SWAPPED, 0xff00, 0x0101), 2);
}

static int make(void *self)
{
	struct timing timing;
	struct idle_config config = {.timing = &timing};
	struct idle *idle;

	timing_template(3, &timing);
	idle = idle_new(&config);
	idle_free(idle);
	return idle ? 0 : -1;
}

static void memory_may_run_short(void **state)
{
	support_each_allocation_fails(make, NULL, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_tells_the_open_ports),
		cmocka_unit_test(a_counter_may_wrap),
		cmocka_unit_test(who_does_not_count_is_no_zombie),
		cmocka_unit_test(a_busy_host_is_no_zombie),
		cmocka_unit_test(a_packet_of_its_own_now_and_then_does_no_harm),
		cmocka_unit_test(lost_answers_are_asked_for_again),
		cmocka_unit_test(lost_answers_are_not_taken_for_open_ports),
		cmocka_unit_test(open_ports_that_were_missed_are_looked_for_again),
		cmocka_unit_test(strangers_do_not_count),
		cmocka_unit_test(the_zombie_is_looked_at_once),
		cmocka_unit_test(it_may_be_stopped_at_any_time),
		cmocka_unit_test(groups_grow_up_to_what_is_allowed),
		cmocka_unit_test(every_port_may_be_open),
		cmocka_unit_test(classes_are_told_apart),
		cmocka_unit_test(memory_may_run_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
