#include "engine/pace.h"

#include "util/loop.h"

#include <math.h>

#define EPOCH_NS        (50 * NS_PER_MS)
#define EPOCH_STRETCH   8u
#define FLOOR_PPS       50.0
#define EVIDENCE_LEAST  16u
#define EXCESS_LEAST    0.03 /* loss beyond the base that counts as ours */
#define BASE_MOST       0.5
#define EXCESS_SURE     0.25 /* no chance any more */
#define SLOW_ONE        0.5  /* of what others sent */
#define MARGIN          0.91 /* of what was delivered, after a cut */
#define STEP            0.02 /* of the ceiling, per epoch, after the first cut */
#define CANARIES_SURE   32u  /* where a ceiling is known; else EVIDENCE_LEAST */
#define IDLE_MOST       40u  /* epochs without any evidence, then what there was is forgotten */
#define NEAR            0.97 /* to the ceiling: from there steps are smaller */
#define STEP_NEAR       0.015
#define DELIVERED_LEAST 0.1  /* share that a cut believes to arrive at least */
#define TRIAL_CUTS      4u   /* that change nothing, before heavy loss counts as the path's own */
#define DISPROVED       1.12 /* a ceiling that was passed by so much without loss is none */
#define BURST_S         0.002

void pace_init(struct pace *pace, double start_pps, uint64_t now_ns)
{
	*pace = (struct pace){
		.rate_pps = start_pps,
		.floor_pps = FLOOR_PPS,
		.epoch_ns = EPOCH_NS,
		.credit = 1,
		.credit_ns = now_ns,
	};
	pace->epochs[0].start_ns = now_ns;
	pace->epochs[0].rate_pps = start_pps;
}

static struct pace_epoch *epoch_at(struct pace *pace, uint64_t number)
{
	return &pace->epochs[number % PACE_EPOCHS];
}

/* Ends the epochs that are over; long silence is one epoch. */
static void roll(struct pace *pace, uint64_t now_ns)
{
	struct pace_epoch *epoch = epoch_at(pace, pace->current);

	if (now_ns - epoch->start_ns < pace->epoch_ns ||
	    (epoch->sent < pace->probes_least &&
	     now_ns - epoch->start_ns < EPOCH_STRETCH * pace->epoch_ns))
		return;
	epoch->end_ns = now_ns;
	epoch = epoch_at(pace, ++pace->current);
	*epoch = (struct pace_epoch){.start_ns = now_ns, .rate_pps = pace->rate_pps};
}

uint32_t pace_allows(struct pace *pace, uint64_t now_ns)
{
	double burst = pace->rate_pps * BURST_S;

	roll(pace, now_ns);
	if (pace->rate_pps <= 0)
		return UINT32_MAX;
	pace->credit += (double)(now_ns - pace->credit_ns) / (double)NS_PER_S * pace->rate_pps;
	pace->credit_ns = now_ns;
	if (burst < 1.0)
		burst = 1.0;
	if (pace->credit > burst)
		pace->credit = burst;
	return pace->credit >= 1.0 - 1e-9 ? (uint32_t)(pace->credit + 1e-9) : 0;
}

uint64_t pace_wait_ns(const struct pace *pace)
{
	if (pace->rate_pps <= 0 || pace->credit >= 1.0)
		return 0;
	return (uint64_t)((1.0 - pace->credit) / pace->rate_pps * (double)NS_PER_S) + 1;
}

void pace_sent(struct pace *pace, uint32_t count)
{
	epoch_at(pace, pace->current)->sent += count;
	if (pace->rate_pps > 0)
		pace->credit -= count;
}

static struct pace_epoch *epoch_of(struct pace *pace, uint64_t sent_ns)
{
	uint64_t back, number;

	for (back = 0; back < PACE_EPOCHS && back <= pace->current; back++) {
		number = pace->current - back;
		if (epoch_at(pace, number)->start_ns <= sent_ns)
			return epoch_at(pace, number);
	}
	return NULL;
}

void pace_evidence(struct pace *pace, uint64_t sent_ns, uint32_t count, bool lost)
{
	struct pace_epoch *epoch = epoch_of(pace, sent_ns);

	if (!epoch)
		return;
	if (lost)
		epoch->lost += count;
	else
		epoch->arrived += count;
}

void pace_canary(struct pace *pace, uint64_t sent_ns, bool lost)
{
	struct pace_epoch *epoch = epoch_of(pace, sent_ns);

	if (!epoch)
		return;
	if (lost)
		epoch->canaries_lost++;
	else
		epoch->canaries_arrived++;
}

static void set_rate(struct pace *pace, double rate_pps)
{
	pace->rate_pps = rate_pps > pace->floor_pps ? rate_pps : pace->floor_pps;
	epoch_at(pace, pace->current)->rate_pps = pace->rate_pps;
}

static double sent_rate(const struct pace_epoch *epoch)
{
	uint64_t span_ns = epoch->end_ns - epoch->start_ns;

	return span_ns ? (double)epoch->sent * (double)NS_PER_S / (double)span_ns : 0;
}

static void cut(struct pace *pace, const struct pace_epoch *epoch, double loss, uint64_t now_ns)
{
	double rate = sent_rate(epoch), delivered;

	/* What is less than was allowed was held back by something else. */
	if (pace->rate_pps > 0 && rate > pace->rate_pps)
		rate = pace->rate_pps;
	/* That none arrived may be chance, and what is cut too deep comes back slowly. */
	delivered = loss < 1 - DELIVERED_LEAST ? 1 - loss : DELIVERED_LEAST;
	delivered *= rate / (1.0 - pace->base_loss);
	/* No less than what was answered. */
	if (epoch->sent && delivered < rate * epoch->delivered / epoch->sent)
		delivered = rate * epoch->delivered / epoch->sent;
	pace->before_cut_pps = pace->rate_pps;
	pace->cut_loss = loss;
	pace->on_trial = true;
	pace->trial_cuts++;
	pace->ceiling_pps = delivered;
	pace->cut_ns = now_ns;
	pace->cuts++;
	pace->suspect = false;
	set_rate(pace, delivered * MARGIN);
}

/* The cut did not help: the path loses so much whatever we do. Where much was lost one
 * cut is no proof: it may have been too shallow. */
static bool cut_was_wrong(struct pace *pace, const struct pace_epoch *epoch, double loss,
			  uint64_t now_ns)
{
	double before_cut_pps = pace->before_cut_pps, cut_loss = pace->cut_loss;
	bool sure = pace->trial_cuts >= TRIAL_CUTS || cut_loss - pace->base_loss < EXCESS_SURE;

	if (!pace->on_trial)
		return false;
	pace->on_trial = false;
	if (loss - pace->base_loss < 0.6 * (cut_loss - pace->base_loss)) {
		pace->trial_cuts = 0;
		return false;
	}
	if (!sure) {
		cut(pace, epoch, loss, now_ns);
		pace->before_cut_pps = before_cut_pps;
		pace->cut_loss = cut_loss;
		return true;
	}
	pace->trial_cuts = 0;
	pace->base_loss = loss < BASE_MOST ? loss : BASE_MOST;
	pace->ceiling_pps = 0;
	pace->rate_pps = before_cut_pps;
	return true;
}

/* Slower where the last cut was: what is sent beyond the ceiling is lost. */
static double step(const struct pace *pace)
{
	return pace->rate_pps < NEAR * pace->ceiling_pps ? STEP : STEP_NEAR;
}

static void grow(struct pace *pace, const struct pace_epoch *epoch)
{
	if (pace->rate_pps <= 0)
		return;
	/* Only what was sent at about today's rate says something about more. */
	if (sent_rate(epoch) < 0.7 * pace->rate_pps)
		return;
	if (sent_rate(epoch) > DISPROVED * pace->ceiling_pps)
		pace->ceiling_pps = 0;
	if (pace->ceiling_pps <= 0)
		set_rate(pace, pace->rate_pps * 2);
	else
		set_rate(pace, pace->rate_pps + step(pace) * pace->ceiling_pps);
}

static void learn_base(struct pace *pace, double loss)
{
	pace->base_loss += (loss - pace->base_loss) * (loss < pace->base_loss ? 0.3 : 0.05);
}

/* Too little to judge by is judged with what follows, if anything does. */
static void pass_on(const struct pace_epoch *epoch, struct pace_epoch *next)
{
	bool own = epoch->arrived + epoch->lost > epoch->passed_on;

	next->idle = own ? 0 : epoch->idle + 1;
	if (next->idle > IDLE_MOST)
		return;
	next->passed_on += epoch->arrived + epoch->lost;
	next->arrived += epoch->arrived;
	next->lost += epoch->lost;
}

static uint32_t canaries_least(const struct pace *pace)
{
	return pace->ceiling_pps > 0 ? CANARIES_SURE : EVIDENCE_LEAST;
}

/* Enough canaries count alone; fewer are put together, and until they are enough other
 * evidence tells of loss only: what is lost of it shows late. True: that is the case. */
static bool weigh_canaries(const struct pace *pace, struct pace_epoch *epoch,
			   struct pace_epoch *next)
{
	uint32_t canaries = epoch->canaries_arrived + epoch->canaries_lost;

	epoch->delivered =
		epoch->arrived > epoch->passed_on ? epoch->arrived - epoch->passed_on : 0;
	if (!canaries)
		return false;
	if (canaries >= canaries_least(pace)) {
		epoch->arrived = epoch->canaries_arrived;
		epoch->lost = epoch->canaries_lost;
		return false;
	}
	next->canaries_arrived += epoch->canaries_arrived;
	next->canaries_lost += epoch->canaries_lost;
	return true;
}

static bool is_excess(const struct pace *pace, double loss, double seen)
{
	double base = pace->base_loss;
	double noise = 2.5 * sqrt((base * (1 - base) + 1.0 / seen) / seen);

	return loss > base + (noise > EXCESS_LEAST ? noise : EXCESS_LEAST);
}

/* Without a limit yet, what an epoch loses that sent far less than others says nothing
 * of the rate: the fast ones will tell when their time comes. */
static bool is_slow_one(struct pace *pace, const struct pace_epoch *epoch)
{
	uint64_t back;

	if (pace->rate_pps > 0)
		return false;
	for (back = 1; back < PACE_EPOCHS && back <= pace->current; back++)
		if (sent_rate(epoch) < SLOW_ONE * sent_rate(epoch_at(pace, pace->current - back)))
			return true;
	return false;
}

static bool judge_loss(struct pace *pace, const struct pace_epoch *epoch, bool only_loss,
		       uint64_t now_ns)
{
	double seen = (double)epoch->arrived + epoch->lost, loss = epoch->lost / seen;
	bool excess = is_excess(pace, loss, seen);

	if (only_loss && !excess)
		return false;
	if (excess && is_slow_one(pace, epoch)) {
		learn_base(pace, loss);
		return false;
	}
	if (cut_was_wrong(pace, epoch, loss, now_ns))
		return true;
	if (excess && !pace->suspect && loss < pace->base_loss + EXCESS_SURE) {
		pace->suspect = true;
		return false;
	}
	if (excess) {
		cut(pace, epoch, loss, now_ns);
		return true;
	}
	pace->suspect = false;
	learn_base(pace, loss);
	grow(pace, epoch);
	return true;
}

static bool judge_epoch(struct pace *pace, struct pace_epoch *epoch, struct pace_epoch *next,
			uint64_t now_ns)
{
	bool only_loss;

	epoch->judged = true;
	if (epoch->start_ns < pace->cut_ns)
		return false; /* sent before the last cut: part of it */
	only_loss = weigh_canaries(pace, epoch, next);
	if (epoch->arrived + epoch->lost == 0 && !only_loss) {
		/* Nothing is known to answer yet, and silence is no reason to stop. */
		grow(pace, epoch);
		return true;
	}
	if (epoch->arrived + epoch->lost < EVIDENCE_LEAST) {
		pass_on(epoch, next);
		return false;
	}
	return judge_loss(pace, epoch, only_loss, now_ns);
}

bool pace_judge(struct pace *pace, uint64_t now_ns, uint64_t settle_ns)
{
	uint64_t first = pace->current >= PACE_EPOCHS ? pace->current - PACE_EPOCHS + 1 : 0;
	bool changed = false;

	roll(pace, now_ns);
	for (; first < pace->current; first++) {
		struct pace_epoch *epoch = epoch_at(pace, first);

		if (!epoch->judged && epoch->end_ns && epoch->end_ns + settle_ns <= now_ns)
			changed |= judge_epoch(pace, epoch, epoch_at(pace, first + 1), now_ns);
	}
	return changed;
}

void pace_local_drop(struct pace *pace, uint64_t now_ns)
{
	struct pace_epoch *epoch = epoch_at(pace, pace->current);
	double span_s = (double)(now_ns - epoch->start_ns) / (double)NS_PER_S, rate;

	/* Once per flight of epochs, as for loss. */
	if (now_ns - pace->cut_ns < 2 * pace->epoch_ns)
		return;
	rate = pace->rate_pps > 0 ? pace->rate_pps
	       : span_s > 0.001   ? (double)epoch->sent / span_s
				  : 0;
	if (rate <= 0)
		return;
	pace->ceiling_pps = rate;
	pace->cut_ns = now_ns;
	pace->cuts++;
	set_rate(pace, rate * 0.8);
}
