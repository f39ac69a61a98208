#include "engine/pace.h"

#include "util/loop.h"

#include <math.h>

#define EPOCH_NS       (50 * NS_PER_MS)
#define EPOCH_STRETCH  8u
#define FLOOR_PPS      50.0
#define EVIDENCE_LEAST 16u
#define EXCESS_LEAST   0.03 /* loss beyond the base that counts as ours */
#define BASE_MOST      0.5
#define EXCESS_SURE    0.25 /* no chance any more */
#define MARGIN         0.93 /* of what was delivered, after a cut */
#define STEP           0.02 /* of the ceiling, per epoch, after the first cut */
#define DISPROVED      1.12 /* a ceiling that was passed by so much without loss is none */
#define BURST_S        0.002

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
	delivered = rate * (1.0 - loss) / (1.0 - pace->base_loss);
	pace->before_cut_pps = pace->rate_pps;
	pace->cut_loss = loss;
	pace->on_trial = true;
	pace->ceiling_pps = delivered;
	pace->cut_ns = now_ns;
	pace->cuts++;
	pace->suspect = false;
	set_rate(pace, delivered * MARGIN);
}

/* The cut did not help: the path loses so much whatever we do. */
static bool cut_was_wrong(struct pace *pace, double loss)
{
	if (!pace->on_trial)
		return false;
	pace->on_trial = false;
	if (loss - pace->base_loss < 0.6 * (pace->cut_loss - pace->base_loss))
		return false;
	pace->base_loss = loss < BASE_MOST ? loss : BASE_MOST;
	pace->ceiling_pps = 0;
	pace->rate_pps = pace->before_cut_pps;
	return true;
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
		set_rate(pace, pace->rate_pps + STEP * pace->ceiling_pps);
}

static void learn_base(struct pace *pace, double loss)
{
	pace->base_loss += (loss - pace->base_loss) * (loss < pace->base_loss ? 0.3 : 0.05);
}

/* Too little to judge by is judged with what follows. */
static void pass_on(const struct pace_epoch *epoch, struct pace_epoch *next)
{
	next->arrived += epoch->arrived;
	next->lost += epoch->lost;
}

static bool judge_epoch(struct pace *pace, struct pace_epoch *epoch, struct pace_epoch *next,
			uint64_t now_ns)
{
	double seen = (double)epoch->arrived + epoch->lost, loss, noise;

	epoch->judged = true;
	if (epoch->start_ns < pace->cut_ns)
		return false; /* sent before the last cut: part of it */
	if (seen < 1) {
		/* Nothing is known to answer yet, and silence is no reason to stop. */
		grow(pace, epoch);
		return true;
	}
	if (seen < EVIDENCE_LEAST) {
		pass_on(epoch, next);
		return false;
	}
	loss = epoch->lost / seen;
	if (cut_was_wrong(pace, loss))
		return true;
	noise = 2.5 * sqrt((pace->base_loss * (1 - pace->base_loss) + 1.0 / seen) / seen);
	if (loss > pace->base_loss + (noise > EXCESS_LEAST ? noise : EXCESS_LEAST)) {
		if (!pace->suspect && loss < pace->base_loss + EXCESS_SURE) {
			pace->suspect = true;
			return false;
		}
		cut(pace, epoch, loss, now_ns);
		return true;
	}
	pace->suspect = false;
	learn_base(pace, loss);
	grow(pace, epoch);
	return true;
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
