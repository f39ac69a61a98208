/* A round of probes under a clock of the test's own (os-detection.md A4): order, pace,
 * retransmission, which reply is whose, and what loss does to the print. */
#include "os_fixture.h"

#include "detect/os/os4_round.h"
#include "os_host.h"
#include "util/alloc.h"
#include "util/loop.h"

#define MS(x)     ((x)*NS_PER_MS)
#define SENDS_MAX 128u

struct send {
	enum os4_probe probe;
	uint64_t at_ns;
};

/* The network between: what is lost is told by counting. */
struct scene {
	struct timing timing;
	struct rtt rtt;
	struct os4_round_config config;
	struct os4_round round;
	struct os_host host;
	uint64_t now_ns, delay_ns;
	unsigned lose_each, lose_from, replies; /* every lose_each-th reply; 0: none */
	bool silent;
	uint64_t no_errors_ns; /* no ICMP errors until then */
	struct send sends[SENDS_MAX];
	unsigned count, holds;
	struct {
		bool set;
		struct packet packet;
		uint8_t payload[OS4_PAYLOAD_BYTES];
		uint64_t at_ns;
	} under_way[SENDS_MAX];
};

static void begin(struct scene *scene)
{
	struct os4_values *values = &scene->config.values;
	unsigned i;

	memset(scene, 0, sizeof(*scene));
	timing_template(3, &scene->timing);
	rtt_init(&scene->rtt, &scene->timing);
	scene->delay_ns = MS(10);
	scene->now_ns = MS(1000);
	scene->host = (struct os_host){.hops = 2, .isn = 1000, .id = 50};
	scene->config = (struct os4_round_config){
		.timing = &scene->timing,
		.rtt = &scene->rtt,
		.target = ip_v4(0x0a000002),
		.has_open = true,
		.closed_known = true,
		.gap_ns = MS(25),
		.least_timeout_ns = MS(100),
	};
	*values = (struct os4_values){.seq = 7000,
				      .ack = 9000,
				      .echo_id = 77,
				      .udp_ttl = 60,
				      .open = 80,
				      .closed = 81,
				      .closed_udp = 33333};
	for (i = 0; i < OS4_PORTS; i++)
		values->src_port[i] = (uint16_t)(40000 + i);
}

static struct packet probe_packet(const struct scene *scene, enum os4_probe probe)
{
	struct packet packet;

	os4_probe_build(probe, &scene->config.values, &packet);
	packet.ip.src = ip_v4(0x0a000001);
	packet.ip.dst = scene->config.target;
	packet.ip.ttl = packet.ip.ttl ? packet.ip.ttl : 50;
	return packet;
}

static uint16_t udp_checksum(const struct scene *scene)
{
	struct packet packet = probe_packet(scene, OS4_U1);
	uint8_t bytes[400];

	assert_int_equal(packet_build(&packet, bytes, sizeof(bytes)), 328);
	return (uint16_t)(bytes[26] << 8 | bytes[27]);
}

static bool is_lost(struct scene *scene)
{
	unsigned n = scene->replies++;

	return scene->silent ||
	       (scene->lose_each && n % scene->lose_each == scene->lose_from % scene->lose_each);
}

static void send_probe(struct scene *scene, enum os4_probe probe)
{
	struct packet packet = probe_packet(scene, probe), answer;
	unsigned place = scene->count;

	assert_true(scene->count < SENDS_MAX);
	scene->sends[scene->count++] = (struct send){probe, scene->now_ns};
	os4_round_sent(&scene->round, probe, scene->now_ns);
	scene->host.now_ms = (uint32_t)(scene->now_ns / NS_PER_MS);
	if (!os_host_answers(&scene->host, &packet, &answer) || is_lost(scene) ||
	    (probe == OS4_U1 && scene->now_ns < scene->no_errors_ns))
		return;
	assert_true(answer.payload_bytes <= OS4_PAYLOAD_BYTES);
	if (answer.payload_bytes)
		memcpy(scene->under_way[place].payload, answer.payload, answer.payload_bytes);
	scene->under_way[place].set = true;
	scene->under_way[place].packet = answer;
	scene->under_way[place].packet.payload = scene->under_way[place].payload;
	scene->under_way[place].at_ns = scene->now_ns + scene->delay_ns;
}

static bool arrive(struct scene *scene, const struct packet *packet)
{
	struct packet quoted;
	bool error = packet_is_icmp_error(packet) && packet_parse_quote(packet, &quoted);

	return os4_round_heard(&scene->round, packet, error ? &quoted : NULL, scene->now_ns);
}

/* On to the next reply that arrives, or to wake_ns. */
static void pass_time(struct scene *scene, uint64_t wake_ns)
{
	unsigned first = SENDS_MAX, i;

	for (i = 0; i < scene->count; i++)
		if (scene->under_way[i].set && scene->under_way[i].at_ns <= wake_ns &&
		    (first == SENDS_MAX ||
		     scene->under_way[i].at_ns < scene->under_way[first].at_ns))
			first = i;
	if (first == SENDS_MAX) {
		assert_true(wake_ns > scene->now_ns && wake_ns < UINT64_MAX);
		scene->now_ns = wake_ns;
		return;
	}
	scene->now_ns = scene->under_way[first].at_ns;
	scene->under_way[first].set = false;
	(void)arrive(scene, &scene->under_way[first].packet);
}

static void run(struct scene *scene, struct os_facts *ret_facts)
{
	enum os4_probe probe;
	enum os4_step step;
	uint64_t wake_ns;

	scene->config.udp_checksum = udp_checksum(scene);
	os4_round_init(&scene->round, &scene->config);
	while ((step = os4_round_next(&scene->round, scene->now_ns, &probe, &wake_ns)) !=
	       OS4_ENDED) {
		if (step == OS4_SEND) {
			send_probe(scene, probe);
		} else if (step == OS4_HOLD) {
			scene->holds++;
			os4_round_go_on(&scene->round);
		} else {
			pass_time(scene, wake_ns);
		}
	}
	os_tests_judge(&scene->round.seen, ret_facts);
	os4_round_release(&scene->round);
}

static const char *value(const struct os_facts *facts, int attribute)
{
	const char *text = os_fingerprint_get(&facts->print, attribute);

	return text ? text : "-";
}

static unsigned sends_of(const struct scene *scene, enum os4_probe probe)
{
	unsigned count = 0, i;

	for (i = 0; i < scene->count; i++)
		count += scene->sends[i].probe == probe;
	return count;
}

static void probes_leave_in_order_and_at_their_pace(void **state)
{
	static const enum os4_probe order[] = {
		OS4_SEQ_1, OS4_SEQ_1 + 1, OS4_SEQ_1 + 2, OS4_SEQ_1 + 3, OS4_SEQ_1 + 4, OS4_SEQ_6,
		OS4_IE_1,  OS4_IE_2,      OS4_U1,        OS4_ECN,       OS4_T2,        OS4_T3,
		OS4_T4,    OS4_T5,        OS4_T6,        OS4_T7};
	static struct scene scene;
	struct os_facts facts;
	unsigned i;

	(void)state;
	begin(&scene);
	run(&scene, &facts);
	assert_true(scene.count >= 16);
	for (i = 0; i < 16; i++) {
		assert_int_equal(scene.sends[i].probe, order[i]);
		if (i)
			assert_int_equal(scene.sends[i].at_ns - scene.sends[i - 1].at_ns,
					 i < 6 ? MS(100) : MS(25));
	}
	assert_true(facts.timing_ratio == 1.0);
}

static void the_print_is_that_of_the_host(void **state)
{
	static struct scene scene;
	struct os_facts facts;

	(void)state;
	begin(&scene);
	run(&scene, &facts);
	assert_string_equal(value(&facts, OS_SEQ_GCD), "FA00");
	assert_string_equal(value(&facts, OS_SEQ_TI), "Z");
	assert_string_equal(value(&facts, OS_SEQ_CI), "Z");
	assert_string_equal(value(&facts, OS_SEQ_II), "I");
	assert_string_equal(value(&facts, OS_SEQ_TS), "A");
	assert_string_equal(value(&facts, OS_OPS_O6), "M5B4ST11NW7");
	assert_string_equal(value(&facts, OS_WIN_W1), "FAF0");
	assert_string_equal(value(&facts, OS_ECN_R), "Y");
	assert_string_equal(value(&facts, OS_T1_T), "40");
	assert_string_equal(value(&facts, OS_T2_R), "N");
	assert_string_equal(value(&facts, OS_T3_R), "N");
	assert_string_equal(value(&facts, OS_T4_S), "A");
	assert_string_equal(value(&facts, OS_T5_A), "S+");
	assert_string_equal(value(&facts, OS_T7_F), "AR");
	assert_string_equal(value(&facts, OS_U1_RIPCK), "G");
	assert_string_equal(value(&facts, OS_U1_RUCK), "G");
	assert_string_equal(value(&facts, OS_IE_CD), "S");
	assert_int_equal(facts.distance, 3);
}

static void what_is_silent_is_asked_four_times_but_for_the_sequence(void **state)
{
	static struct scene scene;
	struct os_facts facts;
	int probe;

	(void)state;
	begin(&scene);
	scene.silent = true;
	run(&scene, &facts);
	for (probe = 0; probe < OS4_PROBES; probe++)
		assert_int_equal(sends_of(&scene, (enum os4_probe)probe),
				 probe <= OS4_SEQ_6 ? 1 : 4);
	assert_string_equal(value(&facts, OS_T1_R), "N");
	assert_string_equal(value(&facts, OS_U1_R), "N");
	assert_string_equal(value(&facts, OS_IE_R), "N");
	assert_string_equal(value(&facts, OS_SEQ_SP), "-");
}

/* What was never sent goes first: five probes, 25 ms apart, follow T2. */
static void a_near_host_is_asked_again_sooner(void **state)
{
	static struct scene scene;
	struct os_facts facts;
	uint64_t first_ns = 0, second_ns = 0;
	unsigned i;

	(void)state;
	begin(&scene);
	scene.config.least_timeout_ns = MS(50);
	scene.delay_ns = MS(1);
	run(&scene, &facts);
	for (i = 0; i < scene.count; i++)
		if (scene.sends[i].probe == OS4_T2) {
			second_ns = first_ns && !second_ns ? scene.sends[i].at_ns : second_ns;
			first_ns = first_ns ? first_ns : scene.sends[i].at_ns;
		}
	assert_int_equal(sends_of(&scene, OS4_T2), 4);
	assert_true(scene.now_ns - first_ns <= MS(350)); /* else 450 */
	/* The last send is waited for as long. */
	assert_int_equal(scene.now_ns - scene.sends[scene.count - 1].at_ns, MS(50));
	assert_true(second_ns >= first_ns + MS(50) && second_ns <= first_ns + MS(150));
}

static void without_an_open_port_only_the_others_are_asked(void **state)
{
	static struct scene scene;
	struct os_facts facts;
	int probe;

	(void)state;
	begin(&scene);
	scene.config.has_open = false;
	scene.config.closed_known = false;
	run(&scene, &facts);
	for (probe = 0; probe < OS4_PROBES; probe++)
		assert_int_equal(sends_of(&scene, (enum os4_probe)probe) > 0,
				 os4_probe_to((enum os4_probe)probe) != OS4_TO_OPEN);
	assert_string_equal(value(&facts, OS_T1_R), "-");
	assert_string_equal(value(&facts, OS_T5_R), "Y");
	assert_true(facts.timing_ratio == 0);
}

static void lost_sequence_replies_are_made_up_for(void **state)
{
	static struct scene scene;
	struct os_facts facts;

	(void)state;
	begin(&scene);
	scene.lose_each = 2; /* SEQ 1, 3 and 5 */
	run(&scene, &facts);
	assert_true(sends_of(&scene, OS4_OPS_1) > 0);
	assert_int_equal(sends_of(&scene, OS4_OPS_1 + 1), 0);
	assert_true(sends_of(&scene, OS4_T1) > 0);
	assert_string_equal(value(&facts, OS_OPS_O1), "M5B4ST11NW7");
	assert_string_equal(value(&facts, OS_T1_F), "AS");
}

/* All but what rests on the sequence itself: with fewer samples that says less. */
static bool tests_are_equal(const struct os_fingerprint *a, const struct os_fingerprint *b)
{
	int test;

	for (test = OS_TEST_OPS; test < OS_TESTS; test++)
		if (os_fingerprint_compare(a, b, (enum os_test)test) != 0)
			return false;
	return true;
}

static void loss_changes_few(bool trusting)
{
	static struct scene scene;
	struct os_facts whole, facts;
	unsigned cases = 0, equal = 0, k, from;

	begin(&scene);
	run(&scene, &whole);
	for (k = 3; k <= 20; k++)
		for (from = 0; from < k; from++, cases++) {
			begin(&scene);
			scene.config.trusting = trusting;
			scene.lose_each = k;
			scene.lose_from = from;
			run(&scene, &facts);
			equal += tests_are_equal(&whole.print, &facts.print);
		}
	assert_true(cases == 207 && equal * 100 >= cases * 95);
}

static void loss_changes_the_print_in_few_cases(void **state)
{
	(void)state;
	loss_changes_few(false);
	loss_changes_few(true);
}

static void silence_is_believed_sooner_where_nothing_is_lost(void **state)
{
	static struct scene scene;
	struct os_facts facts;

	(void)state;
	begin(&scene);
	scene.config.trusting = true;
	run(&scene, &facts);
	assert_int_equal(sends_of(&scene, OS4_T2), 2);
	begin(&scene);
	scene.config.trusting = true;
	scene.lose_each = 20; /* SEQ 1 */
	run(&scene, &facts);
	assert_int_equal(sends_of(&scene, OS4_T2), 4);
	begin(&scene);
	scene.config.trusting = true;
	scene.lose_each = 20;
	scene.lose_from = 6; /* IE 1 */
	run(&scene, &facts);
	assert_int_equal(sends_of(&scene, OS4_IE_1), 2);
	assert_int_equal(sends_of(&scene, OS4_T2), 4);
}

static void limited_errors_are_waited_for(void **state)
{
	static struct scene scene;
	struct os_facts facts;

	(void)state;
	begin(&scene);
	scene.config.trusting = true;
	scene.config.udp_patient = true;
	scene.no_errors_ns = MS(2600); /* U1 leaves at 1550 */
	run(&scene, &facts);
	assert_string_equal(value(&facts, OS_U1_R), "Y");
	begin(&scene);
	scene.config.trusting = true;
	scene.no_errors_ns = MS(2600);
	run(&scene, &facts);
	assert_string_equal(value(&facts, OS_U1_R), "N");
}

static void a_slow_host_is_waited_for(void **state)
{
	static struct scene scene;
	struct os_facts whole, facts;

	(void)state;
	begin(&scene);
	run(&scene, &whole);
	begin(&scene);
	scene.delay_ns = MS(400);
	run(&scene, &facts);
	assert_true(tests_are_equal(&whole.print, &facts.print));
	assert_int_equal(sends_of(&scene, OS4_OPS_1), 0);
}

static void the_scan_delay_is_kept(void **state)
{
	static struct scene scene;
	struct os_facts facts;
	unsigned i;

	(void)state;
	begin(&scene);
	scene.config.scan_delay_ns = MS(130);
	run(&scene, &facts);
	for (i = 1; i < scene.count; i++)
		assert_true(scene.sends[i].at_ns - scene.sends[i - 1].at_ns >= MS(130));
}

static void with_one_port_answers_still_find_their_probe(void **state)
{
	static struct scene scene;
	struct os_facts whole, facts;
	unsigned i;

	(void)state;
	begin(&scene);
	run(&scene, &whole);
	begin(&scene);
	scene.config.one_port = true;
	scene.delay_ns = MS(250); /* several of SEQ at once */
	for (i = 0; i < OS4_PORTS; i++)
		scene.config.values.src_port[i] = 4053;
	run(&scene, &facts);
	assert_true(tests_are_equal(&whole.print, &facts.print));
	assert_int_equal(facts.samples, 6);
}

static void a_held_round_can_be_cut(void **state)
{
	static struct scene scene;
	enum os4_probe probe;
	enum os4_step step;
	struct os_facts facts;
	uint64_t wake_ns;

	(void)state;
	begin(&scene);
	scene.config.hold = true;
	os4_round_init(&scene.round, &scene.config);
	while ((step = os4_round_next(&scene.round, scene.now_ns, &probe, &wake_ns)) != OS4_ENDED) {
		if (step == OS4_SEND)
			send_probe(&scene, probe);
		else if (step == OS4_HOLD)
			os4_round_cut(&scene.round);
		else
			pass_time(&scene, wake_ns);
	}
	assert_int_equal(scene.count, 6);
	os_tests_judge(&scene.round.seen, &facts);
	os4_round_release(&scene.round);
	assert_string_equal(value(&facts, OS_T1_R), "Y");
	assert_string_equal(value(&facts, OS_T2_R), "-");
	assert_string_equal(value(&facts, OS_U1_R), "-");
	assert_string_equal(value(&facts, OS_IE_R), "-");
}

static void a_held_round_that_goes_on_is_the_same(void **state)
{
	static struct scene scene;
	struct os_facts whole, facts;

	(void)state;
	begin(&scene);
	run(&scene, &whole);
	begin(&scene);
	scene.config.hold = true;
	run(&scene, &facts);
	assert_int_equal(scene.holds, 2);
	assert_true(tests_are_equal(&whole.print, &facts.print));
}

static void probes_are_bounded(void **state)
{
	static struct scene scene;
	struct os_facts facts;

	(void)state;
	begin(&scene);
	scene.config.probes_max = 9;
	run(&scene, &facts);
	assert_int_equal(scene.count, 9);
	assert_string_equal(value(&facts, OS_T4_R), "-");
	assert_string_equal(value(&facts, OS_U1_R), "Y");
}

/* Sends SEQ 1 and gives its answer. */
static struct packet first_answer(struct scene *scene)
{
	struct packet packet, answer;

	os4_round_init(&scene->round, &scene->config);
	os4_round_sent(&scene->round, OS4_SEQ_1, scene->now_ns);
	packet = probe_packet(scene, OS4_SEQ_1);
	assert_true(os_host_answers(&scene->host, &packet, &answer));
	scene->now_ns += MS(1);
	return answer;
}

static void a_strangers_packets_are_not_taken(void **state)
{
	static struct scene scene;
	struct packet answer, wrong;

	(void)state;
	begin(&scene);
	answer = first_answer(&scene);
	wrong = answer;
	wrong.ip.src = ip_v4(0x0a000003);
	assert_false(arrive(&scene, &wrong));
	wrong = answer;
	wrong.tcp.src_port = 81;
	assert_false(arrive(&scene, &wrong));
	wrong = answer;
	wrong.tcp.dst_port = 40001; /* SEQ 2, that was not sent */
	assert_false(arrive(&scene, &wrong));
	assert_true(arrive(&scene, &answer));
	assert_false(arrive(&scene, &answer));
	os4_round_release(&scene.round);
}

static void a_reply_that_acknowledges_the_probe_is_better(void **state)
{
	static struct scene scene;
	struct packet answer, wrong;

	(void)state;
	begin(&scene);
	answer = first_answer(&scene);
	wrong = answer;
	wrong.tcp.ack += 12345;
	wrong.tcp.window = 1;
	assert_true(arrive(&scene, &wrong));
	assert_int_equal(scene.round.seen.sequence[0].packet.tcp.window, 1);
	assert_true(arrive(&scene, &answer));
	assert_int_equal(scene.round.seen.sequence[0].packet.tcp.window, 64240);
	assert_false(arrive(&scene, &wrong));
	os4_round_release(&scene.round);
}

static void short_of_memory_a_reply_may_come_again(void **state)
{
	static struct scene scene;
	struct packet packet, answer;

	(void)state;
	begin(&scene);
	os4_round_init(&scene.round, &scene.config);
	os4_round_sent(&scene.round, OS4_U1, scene.now_ns);
	packet = probe_packet(&scene, OS4_U1);
	assert_true(os_host_answers(&scene.host, &packet, &answer));
	alloc_fault_after(0);
	assert_false(arrive(&scene, &answer));
	alloc_fault_after(-1);
	assert_true(arrive(&scene, &answer));
	os4_round_release(&scene.round);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(probes_leave_in_order_and_at_their_pace),
		cmocka_unit_test(the_print_is_that_of_the_host),
		cmocka_unit_test(what_is_silent_is_asked_four_times_but_for_the_sequence),
		cmocka_unit_test(a_near_host_is_asked_again_sooner),
		cmocka_unit_test(without_an_open_port_only_the_others_are_asked),
		cmocka_unit_test(lost_sequence_replies_are_made_up_for),
		cmocka_unit_test(loss_changes_the_print_in_few_cases),
		cmocka_unit_test(silence_is_believed_sooner_where_nothing_is_lost),
		cmocka_unit_test(limited_errors_are_waited_for),
		cmocka_unit_test(a_slow_host_is_waited_for),
		cmocka_unit_test(the_scan_delay_is_kept),
		cmocka_unit_test(with_one_port_answers_still_find_their_probe),
		cmocka_unit_test(a_held_round_can_be_cut),
		cmocka_unit_test(a_held_round_that_goes_on_is_the_same),
		cmocka_unit_test(probes_are_bounded),
		cmocka_unit_test(a_strangers_packets_are_not_taken),
		cmocka_unit_test(a_reply_that_acknowledges_the_probe_is_better),
		cmocka_unit_test(short_of_memory_a_reply_may_come_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
