/* The pace on synthetic paths, under a clock that the test moves: what it settles at. */
#include "support.h"

#include "engine/pace.h"
#include "util/loop.h"
#include "util/random.h"

#include <string.h>

#define TICK_NS    NS_PER_MS
#define RTT_NS     (20 * NS_PER_MS)
#define TIMEOUT_NS (100 * NS_PER_MS)
#define SETTLE_NS  (125 * NS_PER_MS)
#define JUDGE_NS   (20 * NS_PER_MS)
#define DELAY_MOST 128 /* ticks that fates take to show, at most */

/* A path, a sender that does what the pace allows, and the evidence of one probe in
 * `every`, when it shows: answers after a round trip, losses after the timeout. */
struct path {
	struct pace pace;
	struct random random;
	uint64_t now_ns;
	double machine_pps; /* the sender can do no more */
	double policer_pps, policer_burst, tokens;
	double loss;
	unsigned every;
	bool silent; /* nothing ever answers */
	uint64_t sent, delivered, count;
	/* By tick of sending, of what is not told yet. */
	uint32_t arrived[DELAY_MOST], lost[DELAY_MOST];
	uint64_t tick;
};

static void path_init(struct path *path, double start_pps, unsigned every)
{
	*path = (struct path){.now_ns = 5 * NS_PER_S, .machine_pps = 500000, .every = every};
	random_init(&path->random, 42);
	pace_init(&path->pace, start_pps, path->now_ns);
	if (every > 1)
		path->pace.probes_least = 3200;
}

static bool chance(struct path *path, double share)
{
	return (double)(random_u64(&path->random) >> 11) * 0x1p-53 < share;
}

static bool passes(struct path *path)
{
	if (path->policer_pps > 0) {
		if (path->tokens < 1)
			return false;
		path->tokens--;
	}
	return !(path->loss > 0 && chance(path, path->loss));
}

static void send_one(struct path *path)
{
	bool passed = passes(path);

	path->sent++;
	path->delivered += passed;
	if (path->silent || ++path->count % path->every)
		return;
	if (passed)
		path->arrived[path->tick % DELAY_MOST]++;
	else
		path->lost[path->tick % DELAY_MOST]++;
}

static void tell(struct path *path, uint64_t after_ns, uint32_t counts[], bool lost)
{
	uint64_t ticks = after_ns / TICK_NS;
	uint32_t *count = &counts[(path->tick - ticks) % DELAY_MOST];

	if (path->tick < ticks)
		return;
	if (*count)
		pace_evidence(&path->pace, path->now_ns - after_ns, *count, lost);
	*count = 0;
}

static void tick(struct path *path)
{
	uint32_t allowed = pace_allows(&path->pace, path->now_ns), i;
	double most = path->machine_pps * TICK_NS / NS_PER_S;

	path->tokens += path->policer_pps * TICK_NS / NS_PER_S;
	if (path->tokens > path->policer_burst)
		path->tokens = path->policer_burst;
	if (allowed > most)
		allowed = (uint32_t)most;
	for (i = 0; i < allowed; i++)
		send_one(path);
	if (allowed)
		pace_sent(&path->pace, allowed);
	tell(path, RTT_NS, path->arrived, false);
	tell(path, TIMEOUT_NS, path->lost, true);
	if (path->now_ns % JUDGE_NS == 0)
		(void)pace_judge(&path->pace, path->now_ns, SETTLE_NS);
	path->now_ns += TICK_NS;
	path->tick++;
}

/* Runs so long; the rates meanwhile. */
static double run(struct path *path, double seconds, double *ret_delivered_pps)
{
	uint64_t sent = path->sent, delivered = path->delivered, i;

	for (i = 0; i < (uint64_t)(seconds * 1000); i++)
		tick(path);
	*ret_delivered_pps = (double)(path->delivered - delivered) / seconds;
	return (double)(path->sent - sent) / seconds;
}

static void assert_share(const char *what, double value, double low, double high)
{
	if (value < low || value > high)
		fail_msg("%s is %.4g, not %.4g .. %.4g", what, value, low, high);
}

/* Some time after it began: in every second more or less, and on the whole. One probe in
 * a hundred tells much less than every one. */
static void settles_at_a_policer(struct path *path, double policer_pps, double after_s,
				 double least)
{
	double sent, delivered, sent_sum = 0, delivered_sum = 0;
	bool few = path->every > 1;
	int i;

	path->policer_pps = policer_pps;
	path->policer_burst = policer_pps / 40;
	(void)run(path, after_s, &delivered);
	for (i = 0; i < 40; i++) {
		sent = run(path, 1, &delivered);
		if (least >= 0.8)
			assert_share("the share of the policer's rate in a second",
				     sent / policer_pps, few ? 0.5 : 0.9, few ? 1.6 : 1.1);
		sent_sum += sent;
		delivered_sum += delivered;
	}
	assert_share("the share that is delivered", delivered_sum / 40 / policer_pps, least, 1.01);
	assert_share("the loss", 1 - delivered_sum / sent_sum, 0, few ? 0.15 : 0.06);
}

static void a_policer_is_found_with_canaries(void **state)
{
	struct path path;
	uint64_t seed;

	for (seed = 1; seed <= 8; seed++) {
		path_init(&path, 10000, 100);
		random_init(&path.random, seed);
		path.count = seed * 12; /* the canaries' turn */
		settles_at_a_policer(&path, 20000, 10, 0.8);
	}
}

static void a_policer_is_found_when_every_probe_tells(void **state)
{
	struct path path;

	path_init(&path, 0, 1);
	settles_at_a_policer(&path, 20000, 10, 0.8);
}

/* Where canaries are few, what little they tell is put together. */
static void slow_policers_are_found_with_canaries(void **state)
{
	static const double rates[] = {1000, 2000, 3000, 5000, 8000};
	struct path path;
	unsigned i;

	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		path_init(&path, 10000, 100);
		settles_at_a_policer(&path, rates[i], 60, 0.6);
	}
}

static void policers_of_many_rates_are_found(void **state)
{
	static const double rates[] = {1000, 3000, 8000, 50000, 100000};
	struct path path;
	unsigned i;

	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		path_init(&path, 0, 1);
		settles_at_a_policer(&path, rates[i], 10, 0.8);
	}
}

/* With loss of its own on top. */
static void a_policer_is_found_behind_loss(void **state)
{
	struct path path;
	double sent, delivered;

	path_init(&path, 10000, 100);
	path.policer_pps = 20000;
	path.policer_burst = 500;
	path.loss = 0.03;
	(void)run(&path, 15, &delivered);
	sent = run(&path, 30, &delivered);
	assert_share("the share of the policer's rate that is sent", sent / 20000, 0.75, 1.08);
	assert_share("the share that is delivered", delivered / 20000, 0.72, 1);
}

/* Loss that has nothing to do with the rate does not slow it down for good. */
static void random_loss_slows_nothing(void **state)
{
	static const double losses[] = {0.01, 0.03, 0.06, 0.1};
	struct path path;
	double sent, delivered;
	unsigned i, seed;

	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++)
		for (seed = 0; seed < 6; seed++) {
			/* The first as a host scan, the others as sweeps. */
			path_init(&path, seed ? 10000 : 0, seed ? 100 : 1);
			random_init(&path.random, seed);
			path.loss = losses[i];
			path.machine_pps = 100000;
			(void)run(&path, 60, &delivered);
			sent = run(&path, 20, &delivered);
			assert_share("the share of what the machine can send", sent / 100000, 0.5,
				     1.001);
		}
}

static void without_evidence_it_grows(void **state)
{
	struct path path;
	double sent, delivered;

	path_init(&path, 10000, 100);
	path.silent = true;
	(void)run(&path, 10, &delivered);
	sent = run(&path, 1, &delivered);
	assert_share("what is sent to the silent", sent, 100000, 600000);
}

static void without_loss_it_grows_to_what_the_machine_can(void **state)
{
	struct path path;
	double sent, delivered;

	path_init(&path, 10000, 100);
	path.machine_pps = 50000;
	(void)run(&path, 10, &delivered);
	sent = run(&path, 1, &delivered);
	assert_share("what is sent", sent, 45000, 50000);
	/* And no further than it can be used: a burst would be the price. */
	assert_share("the rate", path.pace.rate_pps, 45000, 150000);
}

static void a_path_that_widens_is_found_out(void **state)
{
	struct path path;
	double sent, delivered;

	path_init(&path, 10000, 100);
	path.policer_pps = 10000;
	path.policer_burst = 250;
	(void)run(&path, 20, &delivered);
	path.policer_pps = 20000;
	path.policer_burst = 500;
	(void)run(&path, 40, &delivered);
	sent = run(&path, 10, &delivered);
	assert_share("the share of the wider policer", sent / 20000, 0.75, 1.08);
}

static void a_path_that_narrows_is_found_out(void **state)
{
	struct path path;
	double sent, delivered;

	path_init(&path, 10000, 100);
	path.policer_pps = 20000;
	path.policer_burst = 500;
	(void)run(&path, 20, &delivered);
	path.policer_pps = 4000;
	path.policer_burst = 100;
	(void)run(&path, 10, &delivered);
	sent = run(&path, 20, &delivered);
	assert_share("the share of the narrower policer", sent / 4000, 0.8, 1.5);
}

/* ---- the small print ---- */

/* Whatever is lost. */
static void nothing_is_slower_than_the_floor(void **state)
{
	struct path path;
	double delivered;
	int i;

	path_init(&path, 1000, 1);
	path.policer_pps = 1;
	path.policer_burst = 1;
	for (i = 0; i < 600; i++) {
		(void)run(&path, 0.1, &delivered);
		assert_true(path.pace.rate_pps >= path.pace.floor_pps);
	}
	assert_true(path.pace.cuts > 0);
}

static void a_local_drop_cuts_once_a_flight(void **state)
{
	struct pace pace;
	uint64_t now_ns = NS_PER_S;

	pace_init(&pace, 10000, now_ns);
	now_ns += 200 * NS_PER_MS;
	pace_local_drop(&pace, now_ns);
	assert_true(pace.rate_pps == 8000);
	pace_local_drop(&pace, now_ns + NS_PER_MS);
	assert_true(pace.rate_pps == 8000);
	pace_local_drop(&pace, now_ns + 200 * NS_PER_MS);
	assert_true(pace.rate_pps == 6400);
}

/* Without a limit, what was sent lately is what was too much. */
static void a_local_drop_finds_a_limit(void **state)
{
	struct pace pace;
	uint64_t now_ns = NS_PER_S;

	pace_init(&pace, 0, now_ns);
	assert_int_equal(pace_allows(&pace, now_ns), UINT32_MAX);
	assert_int_equal(pace_wait_ns(&pace), 0);
	pace_sent(&pace, 4000);
	now_ns += 200 * NS_PER_MS;
	pace_local_drop(&pace, now_ns);
	assert_share("the rate", pace.rate_pps, 15999, 16001);
}

static void what_is_allowed_is_what_the_rate_says(void **state)
{
	struct pace pace;
	uint64_t now_ns = NS_PER_S, sent = 0;
	int i;

	pace_init(&pace, 1000, now_ns);
	for (i = 0; i < 10000; i++) {
		uint32_t allowed = pace_allows(&pace, now_ns);

		pace_sent(&pace, allowed);
		sent += allowed;
		now_ns += pace_wait_ns(&pace);
		if (now_ns >= 2 * NS_PER_S)
			break;
	}
	assert_in_range(sent, 999, 1002);
	/* A pause is not made up for by a burst. */
	now_ns += NS_PER_S;
	assert_in_range(pace_allows(&pace, now_ns), 1, 2);
}

static void epochs_have_their_own_evidence(void **state)
{
	struct pace pace;
	uint64_t now_ns = NS_PER_S, i;

	pace_init(&pace, 1000, now_ns);
	for (i = 0; i < 5; i++) {
		(void)pace_allows(&pace, now_ns + i * pace.epoch_ns);
		pace_sent(&pace, 10);
	}
	assert_int_equal(pace.current, 4);
	pace_evidence(&pace, now_ns, 3, false);
	pace_evidence(&pace, now_ns + pace.epoch_ns - 1, 2, true);
	pace_evidence(&pace, now_ns + 2 * pace.epoch_ns, 1, true);
	pace_evidence(&pace, now_ns - 1, 100, true); /* before all: nobody's */
	assert_int_equal(pace.epochs[0].arrived, 3);
	assert_int_equal(pace.epochs[0].lost, 2);
	assert_int_equal(pace.epochs[1].lost, 0);
	assert_int_equal(pace.epochs[2].lost, 1);
	assert_int_equal(pace.epochs[4].sent, 10);
}

/* Evidence about what was sent too long ago is nobody's, not the newest epoch's. */
static void evidence_that_is_too_old_is_dropped(void **state)
{
	struct pace pace;
	uint64_t now_ns = NS_PER_S, i, arrived = 0;

	pace_init(&pace, 1000, now_ns);
	for (i = 0; i < PACE_EPOCHS + 10; i++)
		(void)pace_allows(&pace, now_ns + i * pace.epoch_ns);
	pace_evidence(&pace, now_ns + pace.epoch_ns, 7, false);
	for (i = 0; i < PACE_EPOCHS; i++)
		arrived += pace.epochs[i].arrived;
	assert_int_equal(arrived, 0);
}

static void an_epoch_waits_for_enough_probes(void **state)
{
	struct pace pace;
	uint64_t now_ns = NS_PER_S;

	pace_init(&pace, 1000, now_ns);
	pace.probes_least = 100;
	pace_sent(&pace, 99);
	(void)pace_allows(&pace, now_ns + 7 * pace.epoch_ns);
	assert_int_equal(pace.current, 0);
	pace_sent(&pace, 1);
	(void)pace_allows(&pace, now_ns + 7 * pace.epoch_ns);
	assert_int_equal(pace.current, 1);
	(void)pace_allows(&pace, now_ns + 14 * pace.epoch_ns);
	assert_int_equal(pace.current, 1);
	(void)pace_allows(&pace, now_ns + 15 * pace.epoch_ns);
	assert_int_equal(pace.current, 2);
}

/* One epoch of so many probes, of which so many show to be lost. */
static void epoch_of(struct pace *pace, uint64_t *now_ns, uint32_t sent, uint32_t lost)
{
	(void)pace_allows(pace, *now_ns);
	pace_sent(pace, sent);
	pace_evidence(pace, *now_ns, sent - lost, false);
	pace_evidence(pace, *now_ns, lost, true);
	*now_ns += pace->epoch_ns;
	(void)pace_allows(pace, *now_ns);
}

/* 3 % each way, and a scan that begins slowly: its first epochs lose as much as those of
 * the full rate, which they are no measure of. */
static void slow_epochs_say_nothing_of_a_fast_rate(void **state)
{
	uint64_t now_ns = NS_PER_S;
	struct pace pace;
	int i;

	pace_init(&pace, 0, now_ns);
	epoch_of(&pace, &now_ns, 300, 25);
	epoch_of(&pace, &now_ns, 300, 25);
	for (i = 0; i < 4; i++)
		epoch_of(&pace, &now_ns, 3000, 180);
	(void)pace_judge(&pace, now_ns, 4 * pace.epoch_ns);
	assert_true(pace.rate_pps == 0);
	assert_int_equal(pace.cuts, 0);
	assert_true(pace.base_loss > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policer_is_found_with_canaries),
		cmocka_unit_test(a_policer_is_found_when_every_probe_tells),
		cmocka_unit_test(slow_policers_are_found_with_canaries),
		cmocka_unit_test(policers_of_many_rates_are_found),
		cmocka_unit_test(a_policer_is_found_behind_loss),
		cmocka_unit_test(random_loss_slows_nothing),
		cmocka_unit_test(without_evidence_it_grows),
		cmocka_unit_test(without_loss_it_grows_to_what_the_machine_can),
		cmocka_unit_test(a_path_that_widens_is_found_out),
		cmocka_unit_test(a_path_that_narrows_is_found_out),
		cmocka_unit_test(nothing_is_slower_than_the_floor),
		cmocka_unit_test(a_local_drop_cuts_once_a_flight),
		cmocka_unit_test(a_local_drop_finds_a_limit),
		cmocka_unit_test(what_is_allowed_is_what_the_rate_says),
		cmocka_unit_test(epochs_have_their_own_evidence),
		cmocka_unit_test(evidence_that_is_too_old_is_dropped),
		cmocka_unit_test(an_epoch_waits_for_enough_probes),
		cmocka_unit_test(slow_epochs_say_nothing_of_a_fast_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
