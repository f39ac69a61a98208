/* Canaries: positions that answered lately, asked again. That one stays silent
 * is the only sure sign of loss before anything else is known of a network. */
#include "engine/sweep_private.h"

#define SHARE      0.01 /* of the probes */
#define HEAD_START 64.0

static size_t slot_of(uint128 position)
{
	return (size_t)(((uint64_t)position * 0x9e3779b97f4a7c15ull) >> 51) % SWEEP_CANARIES;
}

void canary_note_known(struct sweep *sweep, uint128 position)
{
	sweep->known[sweep->known_next] = position;
	sweep->known_next = (sweep->known_next + 1) % SWEEP_KNOWN;
	if (sweep->known_count < SWEEP_KNOWN)
		sweep->known_count++;
}

void canary_maybe_send(struct sweep *sweep, uint64_t now_ns)
{
	uint128 position;
	struct canary *canary;
	size_t slot;

	if (!sweep->known_count || sweep->canary_count == SWEEP_CANARIES ||
	    (double)sweep->canaries_sent >= HEAD_START + SHARE * (double)sweep->sent)
		return;
	position = sweep->known[random_below(&sweep->random, sweep->known_count)];
	slot = slot_of(position);
	canary = &sweep->canaries[slot];
	if (canary->waiting || sweep_send_position(sweep, position, MARK_CANARY) < 0)
		return;
	*canary = (struct canary){.position = position, .sent_ns = now_ns, .waiting = true};
	sweep->canary_queue[(sweep->canary_head + sweep->canary_count++) % SWEEP_CANARIES] =
		(uint16_t)slot;
	sweep->canaries_sent++;
	pace_sent(&sweep->pace, 1);
}

void canary_answered(struct sweep *sweep, uint128 position, uint64_t at_ns)
{
	struct canary *canary = &sweep->canaries[slot_of(position)];

	if (!canary->waiting || canary->position != position)
		return;
	canary->waiting = false;
	sweep->evidence_arrived++;
	pace_evidence(&sweep->pace, canary->sent_ns, 1, false);
	rtt_sample(&sweep->rtt, &sweep->config.plan->timing,
		   (int64_t)(at_ns > canary->sent_ns ? at_ns - canary->sent_ns : 1));
}

void canary_expire(struct sweep *sweep, uint64_t now_ns)
{
	uint64_t usual_ns = sweep_usual_ns(sweep);

	while (sweep->canary_count) {
		struct canary *canary = &sweep->canaries[sweep->canary_queue[sweep->canary_head]];

		if (canary->waiting && now_ns - canary->sent_ns < usual_ns)
			return;
		if (canary->waiting) {
			canary->waiting = false;
			sweep->evidence_lost++;
			pace_evidence(&sweep->pace, canary->sent_ns, 1, true);
		}
		sweep->canary_head = (sweep->canary_head + 1) % SWEEP_CANARIES;
		sweep->canary_count--;
	}
}
