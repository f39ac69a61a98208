/* When probes of IPv6 OS detection are sent (os-detection.md B1), under a clock of the test's. */
#include "support.h"

#include "detect/os/os6_round.h"
#include "util/loop.h"

#define RTT   (5 * NS_PER_MS)
#define SENDS 400u

/* A host that answers some probes, from some time on. */
struct host {
	struct os6_round round;
	uint64_t now_ns;
	unsigned silent;       /* 1u << probe: never answers */
	unsigned silent_first; /* not the first time */
	unsigned failing;      /* cannot be sent */
	unsigned sets;
	unsigned count;
	enum os6_probe sent[SENDS];
	uint64_t at_ns[SENDS];
	unsigned times[OS6_PROBES];
	uint64_t due_ns[OS6_PROBES]; /* of answers under way; 0 none */
};

static struct os6_round_config config_of(void)
{
	struct os6_round_config config = {.tries = 5, .first_ns = 40 * NS_PER_MS};
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++)
		config.applies[probe] = true;
	return config;
}

static void send_probe(struct host *host, enum os6_probe probe)
{
	const unsigned bit = 1u << probe;

	if (host->failing & bit) {
		os6_round_failed(&host->round, probe);
		return;
	}
	assert_true(host->count < SENDS);
	host->sent[host->count] = probe;
	host->at_ns[host->count++] = host->now_ns;
	os6_round_sent(&host->round, probe, host->now_ns);
	if (!(host->silent & bit) && !(host->silent_first & bit && !host->times[probe]))
		host->due_ns[probe] = host->now_ns + RTT;
	host->times[probe]++;
}

/* The first answer that arrives until then; false: none. */
static bool hear(struct host *host, uint64_t until_ns)
{
	int probe, first = -1;

	for (probe = 0; probe < OS6_PROBES; probe++)
		if (host->due_ns[probe] && host->due_ns[probe] <= until_ns &&
		    (first < 0 || host->due_ns[probe] < host->due_ns[first]))
			first = probe;
	if (first < 0)
		return false;
	host->now_ns = host->due_ns[first];
	host->due_ns[first] = 0;
	(void)os6_round_heard(&host->round, (enum os6_probe)first, host->now_ns);
	return true;
}

static void run(struct host *host, const struct os6_round_config *config)
{
	os6_round_init(&host->round, config);
	for (;;) {
		enum os6_probe probe = OS6_PROBES;
		uint64_t wake_ns = 0;

		switch (os6_round_next(&host->round, host->now_ns, &probe, &wake_ns)) {
		case OS6_SEND:
			send_probe(host, probe);
			break;
		case OS6_NEW_SET:
			host->sets++;
			break;
		case OS6_WAIT:
			assert_true(wake_ns > host->now_ns);
			if (!hear(host, wake_ns))
				host->now_ns = wake_ns;
			break;
		default:
			return;
		}
	}
}

static void a_host_that_answers_is_asked_once_in_order(void **state)
{
	const struct os6_round_config config = config_of();
	struct host host = {0};
	unsigned i;

	run(&host, &config);
	assert_int_equal(host.count, OS6_PROBES);
	for (i = 0; i < OS6_PROBES; i++)
		assert_int_equal(host.sent[i], i);
	for (i = 0; i < OS6_SEQUENCE_PROBES; i++)
		assert_int_equal(host.at_ns[i], (40 + 100 * i) * NS_PER_MS);
	for (; i < OS6_PROBES; i++)
		assert_int_equal(host.at_ns[i] - host.at_ns[i - 1], 50 * NS_PER_MS);
	assert_false(os6_round_send_failed(&host.round));
}

/* Before any answer the timeout is 3 s, behind one half a second and a bit. */
static void silent_probes_are_sent_five_times(void **state)
{
	const struct os6_round_config config = config_of();
	struct host host = {.silent = 1u << OS6_T2};
	uint64_t last_ns = 0;
	unsigned i;

	run(&host, &config);
	assert_int_equal(host.times[OS6_T2], 5);
	assert_int_equal(host.count, OS6_PROBES + 4);
	for (i = 0; i < host.count; i++) {
		if (host.sent[i] != OS6_T2)
			continue;
		if (last_ns) {
			assert_true(host.at_ns[i] - last_ns >= 500 * NS_PER_MS);
			assert_true(host.at_ns[i] - last_ns <= 520 * NS_PER_MS);
		}
		last_ns = host.at_ns[i];
	}
}

static void nobody_is_there(void **state)
{
	struct os6_round_config config = config_of();
	struct host host = {.silent = ~0u};
	int probe;

	config.tries = 2;
	run(&host, &config);
	for (probe = 0; probe < OS6_PROBES; probe++)
		assert_int_equal(host.times[probe], 2);
	assert_true(host.at_ns[1] - host.at_ns[0] < NS_PER_S);
	assert_int_equal(host.sets, 1);
	assert_true(host.now_ns >= host.at_ns[host.count - 1] + 3 * NS_PER_S);
}

static void all_six_are_sent_again_when_one_is_missing(void **state)
{
	const struct os6_round_config config = config_of();
	struct host host = {.silent_first = 1u << OS6_S3};
	uint64_t again_ns = 0;
	unsigned i;

	run(&host, &config);
	assert_int_equal(host.sets, 1);
	for (i = 0; i < OS6_SEQUENCE_PROBES; i++)
		assert_int_equal(host.times[i], 2);
	for (i = OS6_SEQUENCE_PROBES; i < host.count; i++) {
		if (host.sent[i] > OS6_S6)
			continue;
		if (host.sent[i] != OS6_S1)
			assert_int_equal(host.at_ns[i] - again_ns, 100 * NS_PER_MS);
		again_ns = host.at_ns[i];
	}
	assert_true(host.times[OS6_IE1] == 1 && host.times[OS6_T7] == 1);
}

static void sets_end_with_the_tries(void **state)
{
	struct os6_round_config config = config_of();
	struct host host = {.silent = 1u << OS6_S6};

	config.tries = 3;
	run(&host, &config);
	assert_int_equal(host.sets, 2);
	assert_int_equal(host.times[OS6_S1], 3);
	assert_int_equal(host.times[OS6_S6], 3);
}

static void without_an_open_port_the_rest_begins_at_once(void **state)
{
	struct os6_round_config config = config_of();
	struct host host = {0};
	int probe;

	for (probe = 0; probe <= OS6_S6; probe++)
		config.applies[probe] = false;
	run(&host, &config);
	assert_int_equal(host.sent[0], OS6_IE1);
	assert_int_equal(host.at_ns[0], 40 * NS_PER_MS);
	assert_int_equal(host.count, OS6_PROBES - OS6_SEQUENCE_PROBES);
}

static void what_cannot_be_sent_is_told(void **state)
{
	const struct os6_round_config config = config_of();
	struct host host = {.failing = 1u << OS6_IE2 | 1u << OS6_S6};

	run(&host, &config);
	assert_true(os6_round_send_failed(&host.round));
	assert_int_equal(host.count, OS6_PROBES - 2);
	assert_int_equal(host.sets, 0);
}

static void sends_are_limited(void **state)
{
	struct os6_round_config config = config_of();
	struct host host = {.silent = ~0u};

	config.sends_most = 9;
	run(&host, &config);
	assert_int_equal(host.count, 9);
}

static void the_scan_delay_is_kept(void **state)
{
	struct os6_round_config config = config_of();
	struct host host = {0};
	unsigned i;

	config.scan_delay_ns = 300 * NS_PER_MS;
	run(&host, &config);
	for (i = 1; i < host.count; i++)
		assert_true(host.at_ns[i] - host.at_ns[i - 1] >= 300 * NS_PER_MS);
}

static void a_late_answer_counts_once(void **state)
{
	const struct os6_round_config config = config_of();
	struct os6_round round;

	os6_round_init(&round, &config);
	assert_false(os6_round_heard(&round, OS6_IE1, 1));
	os6_round_sent(&round, OS6_IE1, 1);
	assert_true(os6_round_expects(&round, OS6_IE1));
	assert_true(os6_round_heard(&round, OS6_IE1, 20 * NS_PER_S));
	assert_false(os6_round_heard(&round, OS6_IE1, 20 * NS_PER_S));
}

/* Karn: whether the first or the second was answered is not known. */
static void what_was_sent_twice_tells_no_time(void **state)
{
	const struct os6_round_config config = config_of();
	struct os6_round round;

	os6_round_init(&round, &config);
	os6_round_sent(&round, OS6_IE1, 0);
	os6_round_sent(&round, OS6_IE1, 3 * NS_PER_S);
	assert_true(os6_round_heard(&round, OS6_IE1, 3 * NS_PER_S + RTT));
	assert_int_equal(round.timeout_ns, 3 * NS_PER_S);
}

/* Where the kernel's stamps are a little early, the timeout still becomes short. */
static void an_answer_before_its_probe_is_a_quick_one(void **state)
{
	const struct os6_round_config config = config_of();
	struct os6_round round;

	os6_round_init(&round, &config);
	os6_round_sent(&round, OS6_IE1, 1000);
	assert_true(os6_round_heard(&round, OS6_IE1, 900));
	assert_true(round.timeout_ns < NS_PER_S);
}

/* What the port scan has measured is not forgotten. */
static void the_first_timeout_follows_the_port_scan(void **state)
{
	struct os6_round_config config = config_of();
	struct host host = {.silent = ~0u};

	config.tries = 1;
	config.srtt_ns = 10 * NS_PER_MS;
	run(&host, &config);
	assert_true(host.now_ns - host.at_ns[host.count - 1] <= 600 * NS_PER_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_that_answers_is_asked_once_in_order),
		cmocka_unit_test(silent_probes_are_sent_five_times),
		cmocka_unit_test(nobody_is_there),
		cmocka_unit_test(all_six_are_sent_again_when_one_is_missing),
		cmocka_unit_test(sets_end_with_the_tries),
		cmocka_unit_test(without_an_open_port_the_rest_begins_at_once),
		cmocka_unit_test(what_cannot_be_sent_is_told),
		cmocka_unit_test(sends_are_limited),
		cmocka_unit_test(the_scan_delay_is_kept),
		cmocka_unit_test(a_late_answer_counts_once),
		cmocka_unit_test(what_was_sent_twice_tells_no_time),
		cmocka_unit_test(an_answer_before_its_probe_is_a_quick_one),
		cmocka_unit_test(the_first_timeout_follows_the_port_scan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
