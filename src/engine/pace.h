/* The rate of a run, found by itself: grows while what is sent arrives, and
 * falls to what was delivered when more is lost than the path loses at any rate.
 * Knows counts and time, not packets. One per sending thread; the clock is the
 * caller's.
 *
 * Time is cut into epochs. Each probe whose fate shows (it was answered; or it was
 * lost for certain: its retransmission was answered, or a known responder stayed
 * silent) is evidence about the epoch in which it was sent. An epoch is judged
 * when the answers to it must be in. Loss that stays the same when the rate falls is not
 * ours: it becomes the path's base loss, and the rate comes back. One epoch's loss may be
 * chance, so two in a row make a cut, and a ceiling that was passed without loss
 * is forgotten. */
#ifndef PORTOLAN_ENGINE_PACE_H
#define PORTOLAN_ENGINE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_EPOCHS 32u

struct pace_epoch {
	uint64_t start_ns, end_ns;
	double rate_pps; /* that was allowed */
	uint32_t sent, arrived, lost;
	uint32_t canaries_arrived, canaries_lost;
	uint32_t passed_on, idle; /* evidence of those before; how many had none */
	uint32_t delivered;       /* of what was sent in it, as far as answers tell */
	bool judged;
};

struct pace {
	double rate_pps; /* 0: as fast as windows and machine allow */
	double floor_pps;
	double base_loss;   /* what the path loses whatever we do */
	double ceiling_pps; /* delivered when it was last too fast; 0 never was */
	double before_cut_pps, cut_loss;
	unsigned trial_cuts; /* since one helped */
	bool on_trial;       /* a cut waits to show whether it helped */
	bool suspect;        /* the epoch before lost too much, too */
	uint64_t cut_ns;
	uint64_t epoch_ns;
	uint32_t probes_least; /* an epoch has at least so many, or lasts eight times as long */
	struct pace_epoch epochs[PACE_EPOCHS];
	uint64_t current; /* epoch number; its place is current % PACE_EPOCHS */
	uint32_t cuts;
	double credit;
	uint64_t credit_ns;
};

/* start_pps 0: no limit until something is lost. */
void pace_init(struct pace *pace, double start_pps, uint64_t now_ns);
/* How many probes may leave now, and after how long the next may when none. */
uint32_t pace_allows(struct pace *pace, uint64_t now_ns);
uint64_t pace_wait_ns(const struct pace *pace);
void pace_sent(struct pace *pace, uint32_t count);
/* What became of `count` probes that were sent at sent_ns. */
void pace_evidence(struct pace *pace, uint64_t sent_ns, uint32_t count, bool lost);
/* The same of a known responder asked again: where there are enough of them, they alone
 * count, since of other probes those that are lost show late or never. */
void pace_canary(struct pace *pace, uint64_t sent_ns, bool lost);
/* Our own machine dropped some. */
void pace_local_drop(struct pace *pace, uint64_t now_ns);
/* Judges the epochs whose answers are in: those that ended settle_ns ago. Call a few
 * times an epoch. True: the rate changed. */
bool pace_judge(struct pace *pace, uint64_t now_ns, uint64_t settle_ns);

#endif
