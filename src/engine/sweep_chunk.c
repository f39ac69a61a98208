/* Chunks: which positions are sent next, and what of the silent is asked again.
 *
 * After each round of sends a chunk waits for its answers, while the next chunk
 * is passed over. Then, with --max-retries, the silent are asked again as often
 * as that says. Without it: all of them when they are few, when the loss
 * measured lately makes it worth while, or when a sample of them showed that it is;
 * until what the last rounds found, and that loss, say that no more than a
 * trifle is left. */
#include "engine/sweep_private.h"

#include <math.h>
#include <string.h>

#define ALL_WHEN_SILENT 65536u /* so few are asked again without a sample */
#define SAMPLE          4096u
#define EVIDENCE_LEAST  20.0
#define SILENT_RISK     1e-5 /* share of what answers that may be missed */
#define LARGE_RISK      5e-4 /* where more than ALL_WHEN_SILENT would be asked for it */

bool chunk_heard(const struct chunk *chunk, uint32_t place)
{
	return chunk->heard[place / 64] >> place % 64 & 1;
}

void chunk_note_heard(struct chunk *chunk, uint32_t place, bool from_target, unsigned attempt)
{
	chunk->heard[place / 64] |= 1ull << place % 64;
	chunk->heard_count++;
	chunk->found += from_target;
	attempts_note(&chunk->attempts, attempt);
}

struct chunk *sweep_chunk_of(struct sweep *sweep, uint128 position, uint32_t *ret_place)
{
	size_t i;

	for (i = 0; i < SWEEP_CHUNKS; i++) {
		struct chunk *chunk = &sweep->chunks[i];

		if (chunk->state != CHUNK_FREE && position >= chunk->first &&
		    position - chunk->first < chunk->count) {
			*ret_place = (uint32_t)(position - chunk->first);
			return chunk;
		}
	}
	return NULL;
}

/* By canaries: of the probes themselves the lost ones show only when a later send is
 * answered. */
double sweep_loss(const struct sweep *sweep)
{
	return lately_loss(&sweep->lately, 0);
}

/* ---- what was missed ---- */

/* What a send to this chunk was lost lately: as canaries are, or as the sends of the
 * round before the last if that is more. */
static double chunk_loss(const struct sweep *sweep, const struct chunk *chunk)
{
	double all = sweep_loss(sweep), before, last;

	if (chunk->sends < 2 || chunk->sends > ATTEMPTS_MOST)
		return all;
	before = chunk->attempts.answered[chunk->sends - 2];
	last = chunk->attempts.answered[chunk->sends - 1];
	if (before + last < EVIDENCE_LEAST || last < all * (before + last))
		return all;
	return last / (before + last);
}

/* The loss itself is only measured. */
static double variance_by_loss(const struct sweep *sweep, const struct chunk *chunk, double missed)
{
	double seen = sweep->lately.heard + sweep->lately.lost + 1, loss = chunk_loss(sweep, chunk);
	double deviation = sqrt(loss * (1 - loss) / seen + 1 / (seen * seen));

	if (chunk->sends == 1)
		deviation *= chunk->heard_count;
	else
		deviation = loss > 0 ? missed * chunk->sends * deviation / loss : 0;
	return deviation * deviation;
}

static void estimate_missed(struct sweep *sweep, const struct chunk *chunk)
{
	double silent = chunk->count - chunk->count_out - chunk->heard_count, least, variance;
	double missed = attempts_missed(&chunk->attempts, chunk->sends, chunk_loss(sweep, chunk),
					&least, &variance);

	if (silent < 1)
		return;
	sweep->missed += missed < silent ? missed : silent;
	sweep->missed_least += least < silent ? least : silent;
	sweep->missed_variance += variance + variance_by_loss(sweep, chunk, missed);
}

/* ---- rounds ---- */

static void chunk_begin(struct sweep *sweep, struct chunk *chunk)
{
	uint128 left = sweep->end - sweep->next;
	uint64_t *heard = chunk->heard;

	memset(heard, 0, SWEEP_CHUNK / 8);
	*chunk = (struct chunk){
		.state = CHUNK_PASS,
		.first = sweep->next,
		.count = left < SWEEP_CHUNK ? (uint32_t)left : SWEEP_CHUNK,
		.sample_step = 1,
		.heard = heard,
	};
	sweep->next += chunk->count;
}

static void chunk_end(struct sweep *sweep, struct chunk *chunk)
{
	estimate_missed(sweep, chunk);
	sweep->settled += chunk->count;
	chunk->state = CHUNK_FREE;
}

static void chunk_resend(struct chunk *chunk, uint32_t sample_step)
{
	chunk->state = CHUNK_RESEND;
	chunk->sample_step = sample_step;
	chunk->cursor = chunk->sampled = chunk->found = 0;
}

/* Would sending again find more than a trifle of what answers here? */
static bool resend_pays(const struct sweep *sweep, const struct chunk *chunk, bool large)
{
	double missed = attempts_missed(&chunk->attempts, chunk->sends, chunk_loss(sweep, chunk),
					NULL, NULL);

	return missed > (large ? LARGE_RISK : SILENT_RISK) * chunk->heard_count;
}

static bool resend_more(const struct sweep *sweep, const struct chunk *chunk, bool large)
{
	int asked = sweep->config.plan->sweep.retries;

	if (asked >= 0)
		return chunk->sends < (unsigned)asked + 1;
	if (chunk->sends > sweep->config.plan->timing.max_retries)
		return false;
	return chunk->sends < 2 || resend_pays(sweep, chunk, large);
}

/* The answers to a round are in: another, or the end? */
static void chunk_decide(struct sweep *sweep, struct chunk *chunk)
{
	uint32_t silent = chunk->count - chunk->count_out - chunk->heard_count;
	bool asked = sweep->config.plan->sweep.retries >= 0, large = silent > ALL_WHEN_SILENT;

	if (!silent || sweep->stopping) {
		chunk_end(sweep, chunk);
	} else if (chunk->sample_step > 1) {
		/* It was a sample: nothing found, and the rest is as silent. */
		if (chunk->found)
			chunk_resend(chunk, 1);
		else
			chunk_end(sweep, chunk);
	} else if (!resend_more(sweep, chunk, large)) {
		chunk_end(sweep, chunk);
	} else {
		chunk_resend(chunk, asked || !large || resend_pays(sweep, chunk, large)
					    ? 1
					    : silent / SAMPLE);
	}
}

static uint64_t settle_ns(const struct sweep *sweep)
{
	/* The slowest answers count too: twice what is usual, and a little. */
	return 2 * sweep->rtt.timeout_ns + 50 * NS_PER_MS;
}

static void chunk_settle(struct sweep *sweep, struct chunk *chunk, uint64_t now_ns)
{
	if (chunk->sample_step <= 1)
		chunk->sends++;
	chunk->state = CHUNK_SETTLE;
	chunk->due_ns = now_ns + settle_ns(sweep);
}

static bool next_silent(struct chunk *chunk, uint32_t *ret_place)
{
	for (; chunk->cursor < chunk->count; chunk->cursor++) {
		uint32_t place = chunk->cursor;

		/* Whole words of what was heard are stepped over. */
		if (place % 64 == 0 && chunk->heard[place / 64] == UINT64_MAX) {
			chunk->cursor += 63;
			continue;
		}
		if (chunk_heard(chunk, place) ||
		    (chunk->sample_step > 1 && place % chunk->sample_step))
			continue;
		chunk->cursor++;
		chunk->sampled++;
		*ret_place = place;
		return true;
	}
	return false;
}

/* Its time is up, or there is nothing left to wait for. */
static bool has_settled(const struct chunk *chunk, uint64_t now_ns)
{
	return chunk->state == CHUNK_SETTLE &&
	       (chunk->due_ns <= now_ns || chunk->heard_count + chunk->count_out == chunk->count);
}

static bool chunk_next(struct sweep *sweep, struct chunk *chunk, uint64_t now_ns,
		       uint32_t *ret_place)
{
	if (has_settled(chunk, now_ns))
		chunk_decide(sweep, chunk);
	if (chunk->state == CHUNK_PASS && chunk->cursor < chunk->count && !sweep->stopping) {
		*ret_place = chunk->cursor++;
		return true;
	}
	if (chunk->state == CHUNK_RESEND && !sweep->stopping && next_silent(chunk, ret_place))
		return true;
	if (chunk->state == CHUNK_PASS || chunk->state == CHUNK_RESEND)
		chunk_settle(sweep, chunk, now_ns);
	return false;
}

/* Chunks in the order of their positions: what is asked again goes first. */
bool sweep_next_position(struct sweep *sweep, uint64_t now_ns, struct chunk **ret_chunk,
			 uint32_t *ret_place, uint64_t *ret_due_ns)
{
	struct chunk *vacant = NULL;
	uint64_t due_ns = UINT64_MAX;
	size_t i;
	int pass;

	/* First those that are asked again, then the pass. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < SWEEP_CHUNKS; i++) {
			struct chunk *chunk = &sweep->chunks[i];

			if (chunk->state == CHUNK_FREE) {
				vacant = chunk;
				continue;
			}
			if ((chunk->state == CHUNK_PASS) != (pass == 1))
				continue;
			*ret_chunk = chunk;
			if (chunk_next(sweep, chunk, now_ns, ret_place))
				return true;
			if (chunk->state == CHUNK_SETTLE && chunk->due_ns < due_ns)
				due_ns = chunk->due_ns;
			if (chunk->state == CHUNK_FREE)
				vacant = chunk;
		}
	}
	if (vacant && sweep->next < sweep->end && !sweep->stopping) {
		chunk_begin(sweep, vacant);
		*ret_chunk = vacant;
		return chunk_next(sweep, vacant, now_ns, ret_place);
	}
	*ret_due_ns = due_ns;
	return false;
}
