#include "engine/answer.h"
#include "engine/sweep_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <math.h>
#include <string.h>

/* Shares that are to add up are shares of one order, on whatever machines they run:
 * theirs comes from no seed. (Cookies do not follow from it.) */
#define SHARED_ORDER   0x7368617265ull
#define START_PPS      10000.0
#define TURN_BATCH     256u
#define TURN_BATCHES   8u
#define BUSY_PAUSE_NS  (2 * NS_PER_MS)
#define IDLE_LOOK_NS   (50 * NS_PER_MS)
#define TICK_NS        (4 * NS_PER_MS)
#define TICKS_MASK     255u
#define JUDGE_LEAST_NS (10 * NS_PER_MS)
#define USUAL_LEAST_NS (20 * NS_PER_MS)

static void sweep_turn(void *self);

/* ---- making ---- */

static int index_techniques(struct sweep *sweep)
{
	uint32_t i;
	size_t t;

	sweep->technique_of = alloc_array(sweep->config.probes_count, 1);
	if (!sweep->technique_of)
		return ERROR_MEMORY;
	for (i = 0; i < sweep->config.probes_count; i++) {
		const struct scan_technique *technique = sweep->config.probes[i].technique;

		for (t = 0; t < sweep->techniques_count; t++)
			if (sweep->techniques[t] == technique)
				break;
		if (t == SWEEP_TECHNIQUES)
			return ERROR_RANGE;
		if (t == sweep->techniques_count)
			sweep->techniques[sweep->techniques_count++] = technique;
		sweep->technique_of[i] = (uint8_t)t;
	}
	return 0;
}

/* Many ports of one kind: a table finds a port's place. */
static int index_ports(struct sweep *sweep)
{
	const struct sweep_probe *probes = sweep->config.probes;
	uint32_t count = sweep->config.probes_count, i;

	if (count < 16 || sweep->techniques_count > 1 || probes[0].technique->probe == PROBE_ICMP)
		return 0;
	sweep->place_of = alloc_array(UINT16_MAX + 1, sizeof(*sweep->place_of));
	if (!sweep->place_of)
		return ERROR_MEMORY;
	memset(sweep->place_of, 0xff, (UINT16_MAX + 1) * sizeof(*sweep->place_of));
	for (i = 0; i < count; i++)
		sweep->place_of[probes[i].port] = i;
	return 0;
}

static int make_chunks(struct sweep *sweep)
{
	size_t i;

	for (i = 0; i < SWEEP_CHUNKS; i++) {
		sweep->chunks[i].heard = alloc_zero(SWEEP_CHUNK / 8);
		if (!sweep->chunks[i].heard)
			return ERROR_MEMORY;
	}
	sweep->canaries = alloc_array(SWEEP_CANARIES, sizeof(*sweep->canaries));
	return sweep->canaries ? 0 : ERROR_MEMORY;
}

/* Shares are stretches of positions: equal but for one, and the permutation
 * spreads each over all targets. */
static void take_share(struct sweep *sweep, uint128 size)
{
	const struct plan_sweep *plan = &sweep->config.plan->sweep;
	uint128 each = size / plan->shards, more = size % plan->shards;
	uint128 before = plan->shard < more ? plan->shard : more;

	sweep->next = each * plan->shard + before;
	sweep->end = sweep->next + each + (plan->shard < more ? 1 : 0);
	sweep->share = sweep->end - sweep->next;
}

int sweep_new(const struct sweep_config *config, struct sweep **ret_sweep)
{
	struct sweep *sweep = alloc_zero(sizeof(*sweep));
	uint128 size = target_space_size(config->space) * config->probes_count;
	int r;

	if (!sweep)
		return ERROR_MEMORY;
	sweep->config = *config;
	cookie_key_init(&sweep->key, config->plan->seed ^ 0x7377656570ull);
	permutation_init(&sweep->permutation, size,
			 config->plan->sweep.shards > 1 ? SHARED_ORDER : config->plan->seed);
	random_init(&sweep->random, config->plan->seed ^ 0x73656e64ull);
	take_share(sweep, size);
	pace_init(&sweep->pace, START_PPS, loop_now_ns(config->loop));
	sweep->pace.probes_least = 1600; /* a hundredth of them are canaries: enough to judge by */
	rtt_init(&sweep->rtt, &config->plan->timing);
	sweep->turn_soon.run = sweep->turn_later.fire = sweep_turn;
	sweep->turn_soon.self = sweep->turn_later.self = sweep;
	if ((r = index_techniques(sweep)) < 0 || (r = index_ports(sweep)) < 0 ||
	    (r = make_chunks(sweep)) < 0) {
		sweep_free(sweep);
		return r;
	}
	*ret_sweep = sweep;
	return 0;
}

void sweep_free(struct sweep *sweep)
{
	size_t i;

	if (!sweep)
		return;
	loop_timer_cancel(sweep->config.loop, &sweep->turn_later);
	loop_defer_cancel(sweep->config.loop, &sweep->turn_soon);
	sweep_free_ways(sweep);
	live_free_all(sweep);
	for (i = 0; i < SWEEP_CHUNKS; i++)
		alloc_free(sweep->chunks[i].heard);
	alloc_free(sweep->canaries);
	alloc_free(sweep->technique_of);
	alloc_free(sweep->place_of);
	alloc_free(sweep);
}

/* ---- sending ---- */

static enum sweep_mark mark_of(const struct chunk *chunk)
{
	return chunk->sends == 0 ? MARK_FIRST : chunk->sends == 1 ? MARK_SECOND : MARK_LATER;
}

/* Takes the position that waits, or the next. */
static bool take_position(struct sweep *sweep, uint64_t now_ns, struct chunk **ret_chunk,
			  uint32_t *ret_place, uint64_t *ret_due_ns)
{
	if (!sweep->held)
		return sweep_next_position(sweep, now_ns, ret_chunk, ret_place, ret_due_ns);
	*ret_chunk = sweep->held;
	*ret_place = sweep->held_place;
	sweep->held = NULL;
	return true;
}

/* Nothing can or may be sent there: it is settled without an answer. */
static void leave_out(struct sweep *sweep, struct chunk *chunk, uint32_t place)
{
	chunk->heard[place / 64] |= 1ull << place % 64;
	chunk->count_out++;
	sweep->excluded++;
}

/* What is behind a way that is lost is left out; with the last one all ends. */
static void lose_way(struct sweep *sweep, struct chunk *chunk, uint32_t place)
{
	size_t i;

	leave_out(sweep, chunk, place);
	for (i = 0; i < sweep->ways_count; i++)
		if (hop_state(sweep->ways[i].hop) != HOP_BROKEN)
			return;
	sweep->broken = true;
	sweep_stop(sweep);
}

/* 0; ERROR_BUSY or ERROR_LIMIT: the position waits. */
static int send_place(struct sweep *sweep, struct chunk *chunk, uint32_t place)
{
	enum sweep_mark mark = mark_of(chunk);
	int r = sweep_send_position(sweep, chunk->first + place, mark);

	switch (r) {
	case 0:
		sweep->sent++;
		sweep->resent += mark != MARK_FIRST;
		pace_sent(&sweep->pace, 1);
		pacer_sent(sweep->config.pacer);
		return 0;
	case ERROR_BUSY:
	case ERROR_LIMIT:
		sweep->held = chunk;
		sweep->held_place = place;
		return r;
	case ERROR_SYSTEM:
		lose_way(sweep, chunk, place);
		return 0;
	default:
		leave_out(sweep, chunk, place);
		return 0;
	}
}

static uint32_t allowance(struct sweep *sweep, uint64_t now_ns, uint64_t *ret_wait_ns)
{
	struct pacer *pacer = sweep->config.pacer;
	uint32_t allowed = pace_allows(&sweep->pace, now_ns);

	*ret_wait_ns = pacer_wait_ns(pacer, now_ns);
	if (*ret_wait_ns)
		return 0;
	if (pacer_is_behind(pacer, now_ns) && allowed < 1)
		allowed = 1;
	if (!allowed)
		*ret_wait_ns = pace_wait_ns(&sweep->pace);
	/* --max-rate counts packet by packet. */
	if (pacer->max_pps > 0 && allowed > (uint32_t)pacer->credit)
		allowed = pacer->credit >= 1 ? (uint32_t)pacer->credit : 1;
	return allowed < TURN_BATCH ? allowed : TURN_BATCH;
}

/* Sends a batch. How long to wait: 0 go on; UINT64_MAX: for the end of all. */
static uint64_t send_batch(struct sweep *sweep, uint64_t now_ns)
{
	uint64_t wait_ns, due_ns;
	uint32_t left = allowance(sweep, now_ns, &wait_ns), place;
	struct chunk *chunk;
	int r = 0;

	if (!left)
		return wait_ns ? wait_ns : 1;
	while (left-- && r == 0) {
		if (!take_position(sweep, now_ns, &chunk, &place, &due_ns))
			return due_ns == UINT64_MAX ? UINT64_MAX
			       : due_ns > now_ns    ? due_ns - now_ns
						    : 1;
		canary_maybe_send(sweep, now_ns);
		r = send_place(sweep, chunk, place);
	}
	return r == 0 ? 0 : BUSY_PAUSE_NS;
}

uint64_t sweep_usual_ns(const struct sweep *sweep)
{
	uint64_t usual_ns = sweep->rtt.srtt_ns + 4 * sweep->rtt.rttvar_ns;

	if (!sweep->rtt.valid || usual_ns > sweep->rtt.timeout_ns)
		return sweep->rtt.timeout_ns;
	return usual_ns > USUAL_LEAST_NS ? usual_ns : USUAL_LEAST_NS;
}

static void judge(struct sweep *sweep, uint64_t now_ns)
{
	/* As long as nothing answers there is nothing to wait for. */
	uint64_t settle_ns =
		sweep->known_count ? sweep_usual_ns(sweep) + JUDGE_LEAST_NS : JUDGE_LEAST_NS;
	struct wire_stats stats;

	if (now_ns - sweep->judged_ns < JUDGE_LEAST_NS)
		return;
	sweep->judged_ns = now_ns;
	canary_expire(sweep, now_ns);
	wire_stats(sweep->config.wire, &stats);
	if (stats.dropped_sending > sweep->drops_seen)
		pace_local_drop(&sweep->pace, now_ns);
	sweep->drops_seen = stats.dropped_sending;
	if (sweep->broken)
		return;
	(void)pace_judge(&sweep->pace, now_ns, settle_ns);
}

static void finish(struct sweep *sweep)
{
	sweep->finished = true;
	live_give_all(sweep);
	sweep->config.finished(sweep->config.self);
}

static void turn_again_in(struct sweep *sweep, uint64_t now_ns, uint64_t wait_ns)
{
	struct loop *loop = sweep->config.loop;

	/* While answers are waited for canaries and pace are looked after. */
	if (wait_ns > IDLE_LOOK_NS)
		wait_ns = IDLE_LOOK_NS;
	if (wait_ns == 0 || loop_timer_set(loop, &sweep->turn_later, now_ns + wait_ns) < 0)
		loop_defer(loop, &sweep->turn_soon);
}

static void sweep_turn(void *self)
{
	struct sweep *sweep = self;
	uint64_t now_ns = 0, wait_ns = 0;
	unsigned i;

	if (sweep->finished)
		return;
	if (!sweep->stopping && !sweep->config.hungry(sweep->config.self)) {
		turn_again_in(sweep, loop_now_ns(sweep->config.loop), BUSY_PAUSE_NS);
		return;
	}
	for (i = 0; i < TURN_BATCHES && !wait_ns; i++) {
		now_ns = loop_time_ns(sweep->config.loop);
		wait_ns = send_batch(sweep, now_ns);
		wire_flush(sweep->config.wire);
		wire_poll(sweep->config.wire);
		judge(sweep, now_ns);
	}
	if (wait_ns == UINT64_MAX)
		finish(sweep);
	else
		turn_again_in(sweep, now_ns, wait_ns);
}

void sweep_start(struct sweep *sweep)
{
	sweep->started = true;
	sweep_kick(sweep);
}

void sweep_kick(struct sweep *sweep)
{
	if (sweep->started && !sweep->finished)
		loop_defer(sweep->config.loop, &sweep->turn_soon);
}

void sweep_stop(struct sweep *sweep)
{
	size_t i;

	sweep->stopping = true;
	sweep->held = NULL;
	/* What is under way gets its time to answer, unless it can't. */
	for (i = 0; sweep->broken && i < SWEEP_CHUNKS; i++)
		sweep->chunks[i].state = CHUNK_FREE;
	sweep_kick(sweep);
}

void sweep_give_up(struct sweep *sweep)
{
	sweep->finished = true;
	live_give_all(sweep);
}

/* ---- hearing ---- */

static bool note_by_port(const struct sweep *sweep, const struct answer *answer, unsigned *ret_note)
{
	uint16_t first = sweep->config.first_port;

	*ret_note = MARK_FIRST;
	if (sweep->config.plan->packets.has_source_port)
		return answer->our_port == sweep->config.plan->packets.source_port;
	if (answer->our_port < first || answer->our_port > first + MARK_LATER)
		return false;
	*ret_note = (unsigned)(answer->our_port - first);
	return true;
}

/* Is it an answer to this probe? */
static bool note_of_answer(const struct sweep *sweep, const struct answer *answer, uint32_t probe,
			   unsigned *ret_note)
{
	const struct cookie_of of = sweep_cookie_of(sweep, &answer->target, probe);
	unsigned i;

	for (i = 0; i < answer->cookies_count; i++)
		if (cookie_check(&sweep->key, &of, answer->cookies[i], ret_note))
			return true;
	if (answer->cookies_count || answer->kind == PROBE_TCP)
		return false;
	if (answer->kind == PROBE_ICMP)
		return cookie_check(&sweep->key, &of,
				    (uint32_t)answer->sequence << 16 | answer->our_port, ret_note);
	return note_by_port(sweep, answer, ret_note);
}

/* Which of our probes it answers, if any. */
static bool probe_of(const struct sweep *sweep, const struct answer *answer, uint32_t *ret_probe,
		     unsigned *ret_note)
{
	const struct sweep_probe *probes = sweep->config.probes;
	uint32_t count = sweep->config.probes_count, i = 0;

	if (sweep->place_of) {
		*ret_probe = i = sweep->place_of[answer->port];
		return i < count && probes[i].technique->probe == answer->kind &&
		       note_of_answer(sweep, answer, i, ret_note);
	}
	for (; i < count; i++)
		if (probes[i].technique->probe == answer->kind &&
		    (answer->kind == PROBE_ICMP || probes[i].port == answer->port) &&
		    note_of_answer(sweep, answer, i, ret_note)) {
			*ret_probe = i;
			return true;
		}
	return false;
}

static uint32_t rtt_us_of(uint64_t at_ns, unsigned note)
{
	uint64_t ticks = (at_ns / TICK_NS - (note >> 2)) & TICKS_MASK;

	/* Less than a tick is not known better. */
	return (uint32_t)(ticks * (TICK_NS / NS_PER_US));
}

/* Before the first canary is back, a tick is better than nothing. */
static void note_rtt(struct sweep *sweep, const struct answer *answer, unsigned note)
{
	if (sweep->rtt.valid || answer->kind != PROBE_TCP)
		return;
	rtt_sample(&sweep->rtt, &sweep->config.plan->timing,
		   (int64_t)(rtt_us_of(answer->at_ns, note) * NS_PER_US + TICK_NS));
}

/* By which send; a mark tells no more than that it was the third or a later one. */
static unsigned attempt_of(const struct chunk *chunk, enum sweep_mark mark)
{
	unsigned sends = chunk->sends + (chunk->state == CHUNK_RESEND);

	if (mark != MARK_LATER)
		return mark;
	return sends > MARK_LATER ? sends : MARK_LATER;
}

static struct verdict judge_answer(const struct sweep *sweep, const struct answer *answer,
				   uint32_t probe, unsigned note)
{
	struct verdict verdict = sweep->config.probes[probe].technique->judge(&answer->response);

	verdict.ttl = answer->response.packet->ip.ttl;
	verdict.attempt = (uint8_t)(note & 3);
	verdict.rtt_us = rtt_us_of(answer->at_ns, note);
	if (!answer->response.from_target)
		verdict.from = answer->response.packet->ip.src;
	return verdict;
}

static void take_answer(struct sweep *sweep, const struct answer *answer, uint128 target,
			uint32_t probe, unsigned note)
{
	uint128 value = target * sweep->config.probes_count + probe, position;
	enum sweep_mark mark = (enum sweep_mark)(note & 3);
	bool from_target = answer->response.from_target;
	struct verdict verdict;
	struct chunk *chunk;
	uint32_t place;

	position = permutation_position(&sweep->permutation, value);
	if (mark == MARK_CANARY) {
		canary_answered(sweep, position, answer->at_ns);
		return;
	}
	verdict = judge_answer(sweep, answer, probe, note);
	if (verdict.state == PORT_UNKNOWN)
		return;
	chunk = sweep_chunk_of(sweep, position, &place);
	if (!chunk || chunk_heard(chunk, place)) {
		sweep->duplicates++;
		live_revise(sweep, target, probe, &verdict, from_target);
		return;
	}
	chunk_note_heard(chunk, place, from_target, attempt_of(chunk, mark));
	note_rtt(sweep, answer, note);
	sweep->answered++;
	if (from_target && verdict.state == PORT_OPEN && sweep->config.opened)
		sweep->config.opened(sweep->config.self, answer->response.packet);
	if (from_target)
		canary_note_known(sweep, position);
	if (live_note(sweep, target, probe, &verdict, from_target) < 0)
		sweep_stop(sweep);
}

bool sweep_hear(void *self, const struct packet *packet, uint64_t at_ns)
{
	struct sweep *sweep = self;
	const struct plan_packets *wish = &sweep->config.plan->packets;
	struct answer answer;
	uint128 target;
	uint32_t probe;
	unsigned note;

	if (!answer_init(&answer, packet, answer_more(wish), at_ns) ||
	    !probe_of(sweep, &answer, &probe, &note) ||
	    !target_space_find(sweep->config.space, &answer.target, &target))
		return false;
	answer.response.port = sweep->config.probes[probe].port;
	take_answer(sweep, &answer, target, probe, note);
	return true;
}

/* ---- numbers ---- */

void sweep_stats(const struct sweep *sweep, struct sweep_stats *ret_stats)
{
	double passed = sweep->settled, spread = 1.96 * sqrt(sweep->missed_variance) + 1;
	size_t i;

	for (i = 0; i < SWEEP_CHUNKS; i++)
		if (sweep->chunks[i].state != CHUNK_FREE)
			passed += sweep->chunks[i].state == CHUNK_PASS
					  ? sweep->chunks[i].cursor * 0.9
					  : sweep->chunks[i].count * 0.95;
	*ret_stats = (struct sweep_stats){
		.planned = (double)sweep->share,
		.passed = passed,
		.sent = sweep->sent + sweep->canaries_sent,
		.resent = sweep->resent,
		.answered = sweep->answered,
		.duplicates = sweep->duplicates,
		.excluded = sweep->excluded,
		.canaries = sweep->canaries_sent,
		.rate_pps = sweep->pace.rate_pps,
		.loss = sweep_loss(sweep),
		.missed = sweep->answered ? sweep->missed : -1,
		.broken = sweep->broken,
	};
	ret_stats->missed_low = ret_stats->missed_high = -1;
	if (!sweep->answered)
		return;
	ret_stats->missed_low =
		sweep->missed_least > spread ? floor(sweep->missed_least - spread) : 0;
	ret_stats->missed_high = ceil(sweep->missed + spread);
}
