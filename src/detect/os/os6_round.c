/* S1 to S6 leave 100 ms apart, for their replies' sequence numbers are compared over time; if one
 * of them stays silent all six are sent again. The others follow in order behind the first S6, each
 * sent again by itself. */
#include "detect/os/os6_round.h"

#include "util/loop.h"

#include <math.h>

#define SET_STEP_NS     (100 * NS_PER_MS)
#define STEP_NS         (50 * NS_PER_MS) /* Nmap 7.93 leaves 49 ms */
#define TIMEOUT_INITIAL (3 * NS_PER_S)
#define TIMEOUT_LEAST   (100 * NS_PER_MS)
#define VARIANCE_LEAST  (500 * NS_PER_MS)
#define WINDOW_INITIAL  6.0
#define WINDOW_LEAST    2.0
#define THRESHOLD       24.0

static void set_timeout(struct os6_round *round)
{
	double timeout = round->srtt_ns + fmax((double)VARIANCE_LEAST, 4 * round->rttvar_ns);

	round->timeout_ns = (uint64_t)fmax(timeout, (double)TIMEOUT_LEAST);
}

void os6_round_init(struct os6_round *round, const struct os6_round_config *config)
{
	int probe;

	*round = (struct os6_round){
		.config = *config,
		.set_ns = config->first_ns,
		.set_sends = 1,
		.timeout_ns = TIMEOUT_INITIAL,
		.window = WINDOW_INITIAL,
		.threshold = THRESHOLD,
		.srtt_ns = (double)config->srtt_ns,
		.rttvar_ns = (double)config->srtt_ns / 2,
	};
	for (probe = 0; probe < OS6_PROBES; probe++)
		round->asked[probe].state = config->applies[probe] ? OS6_WAITING : OS6_LEFT_OUT;
	if (config->srtt_ns)
		set_timeout(round);
}

/* ---- what has become of the probes ---- */

static bool is_of_set(int probe)
{
	return probe <= OS6_S6;
}

static unsigned under_way(const struct os6_round *round)
{
	unsigned count = 0;
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++)
		count += round->asked[probe].state == OS6_ASKED;
	return count;
}

static void note_timeout(struct os6_round *round)
{
	round->threshold = fmax(round->window / 2, WINDOW_LEAST);
	round->window = round->threshold;
}

static void expire(struct os6_round *round, struct os6_asked *asked, bool again)
{
	asked->state = again ? OS6_WAITING : OS6_SILENT;
	note_timeout(round);
}

/* Those that were waited for long enough. */
static void expire_all(struct os6_round *round, uint64_t now_ns)
{
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		struct os6_asked *asked = &round->asked[probe];

		if (asked->state == OS6_ASKED && now_ns >= asked->sent_ns + round->timeout_ns)
			expire(round, asked,
			       !is_of_set(probe) && asked->sends < round->config.tries);
	}
}

/* Have all six been sent, and is one silent? */
static bool is_set_wanted(const struct os6_round *round)
{
	bool silent = false;
	int probe;

	for (probe = 0; probe <= OS6_S6; probe++) {
		enum os6_state state = round->asked[probe].state;

		if (state == OS6_WAITING || state == OS6_ASKED)
			return false;
		silent |= state == OS6_SILENT;
	}
	return silent && round->set_sends < round->config.tries;
}

static void begin_set(struct os6_round *round, uint64_t now_ns)
{
	int probe;

	for (probe = 0; probe <= OS6_S6; probe++)
		if (round->asked[probe].state != OS6_LEFT_OUT)
			round->asked[probe].state = OS6_WAITING;
	round->set_sends++;
	round->set_ns = now_ns;
}

/* ---- what is next ---- */

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* When a probe that waits may leave; UINT64_MAX: it depends on answers. */
static uint64_t due_ns(const struct os6_round *round, int probe)
{
	uint64_t spaced = round->sends ? round->last_ns + round->config.scan_delay_ns : 0;
	const struct os6_asked *last = &round->asked[OS6_S6];

	if (is_of_set(probe))
		return later(round->set_ns + SET_STEP_NS * (unsigned)probe, spaced);
	if (last->state == OS6_WAITING && round->set_sends == 1)
		return UINT64_MAX;
	if (under_way(round) >= (unsigned)round->window)
		return UINT64_MAX;
	return later(round->sends ? round->last_ns + STEP_NS : round->config.first_ns, spaced);
}

/* The probe that waits and may leave first; of several the first, and one that was never sent
 * before one that was. */
static int first_due(const struct os6_round *round, uint64_t *ret_due_ns)
{
	int probe, best = -1;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		const struct os6_asked *asked = &round->asked[probe];
		uint64_t due;

		if (asked->state != OS6_WAITING || (due = due_ns(round, probe)) == UINT64_MAX)
			continue;
		if (best >= 0 && (due > *ret_due_ns ||
				  (due == *ret_due_ns && asked->sends >= round->asked[best].sends)))
			continue;
		best = probe;
		*ret_due_ns = due;
	}
	return best;
}

/* When the next answer is given up. */
static uint64_t next_expiry(const struct os6_round *round)
{
	uint64_t expiry = UINT64_MAX;
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		const struct os6_asked *asked = &round->asked[probe];

		if (asked->state == OS6_ASKED && asked->sent_ns + round->timeout_ns < expiry)
			expiry = asked->sent_ns + round->timeout_ns;
	}
	return expiry;
}

static bool may_send(const struct os6_round *round)
{
	return !round->config.sends_most || round->sends < round->config.sends_most;
}

enum os6_step os6_round_next(struct os6_round *round, uint64_t now_ns, enum os6_probe *ret_probe,
			     uint64_t *ret_wake_ns)
{
	uint64_t due = UINT64_MAX;
	int probe;

	expire_all(round, now_ns);
	if (may_send(round) && is_set_wanted(round)) {
		begin_set(round, now_ns);
		return OS6_NEW_SET;
	}
	*ret_wake_ns = next_expiry(round);
	probe = may_send(round) ? first_due(round, &due) : -1;
	if (probe >= 0 && due <= now_ns) {
		*ret_probe = (enum os6_probe)probe;
		return OS6_SEND;
	}
	if (probe >= 0 && due < *ret_wake_ns)
		*ret_wake_ns = due;
	return *ret_wake_ns == UINT64_MAX ? OS6_DONE : OS6_WAIT;
}

/* ---- what has happened ---- */

void os6_round_sent(struct os6_round *round, enum os6_probe probe, uint64_t at_ns)
{
	struct os6_asked *asked = &round->asked[probe];

	asked->state = OS6_ASKED;
	asked->sends++;
	asked->sent_ns = at_ns;
	round->last_ns = at_ns;
	round->sends++;
}

void os6_round_failed(struct os6_round *round, enum os6_probe probe)
{
	round->asked[probe].state = OS6_FAILED;
}

/* RFC 6298, 2; answers to what was sent more than once tell no time (Karn). */
static void note_rtt(struct os6_round *round, double rtt_ns)
{
	if (round->srtt_ns <= 0) {
		round->srtt_ns = rtt_ns;
		round->rttvar_ns = rtt_ns / 2;
	} else {
		round->rttvar_ns = 0.75 * round->rttvar_ns + 0.25 * fabs(round->srtt_ns - rtt_ns);
		round->srtt_ns = 0.875 * round->srtt_ns + 0.125 * rtt_ns;
	}
	set_timeout(round);
}

bool os6_round_expects(const struct os6_round *round, enum os6_probe probe)
{
	const struct os6_asked *asked = &round->asked[probe];

	if (asked->state == OS6_ASKED)
		return true;
	/* Late answers still count, but for those of a set that is begun anew. */
	return asked->sends && (asked->state == OS6_SILENT ||
				(asked->state == OS6_WAITING && !is_of_set((int)probe)));
}

bool os6_round_heard(struct os6_round *round, enum os6_probe probe, uint64_t at_ns)
{
	struct os6_asked *asked = &round->asked[probe];

	if (!os6_round_expects(round, probe))
		return false;
	asked->state = OS6_ANSWERED;
	round->window += round->window < round->threshold ? 1 : 1 / round->window;
	/* The kernel's stamp of an answer can lie before ours of what was sent. */
	if (asked->sends == 1)
		note_rtt(round, at_ns > asked->sent_ns ? (double)(at_ns - asked->sent_ns) : 1);
	return true;
}

bool os6_round_send_failed(const struct os6_round *round)
{
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++)
		if (round->asked[probe].state == OS6_FAILED)
			return true;
	return false;
}
