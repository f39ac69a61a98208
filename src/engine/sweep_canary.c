/* Canaries: positions that answered lately, asked again. That one stays silent
 * is the only sure sign of loss before anything else is known of a network. */
#include "engine/sweep_private.h"

#define SHARE      100u /* one in so many probes */
#define HEAD_SHARE 10u  /* of the first canaries */
#define HEAD_START 64u
#define EACH_PPS   20u /* at most to each known responder: it may ration its answers */

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

static bool is_due(struct sweep *sweep, uint64_t now_ns)
{
	uint32_t share = sweep->canaries_sent < HEAD_START ? HEAD_SHARE : SHARE;

	return sweep->known_count && sweep->canary_count < SWEEP_CANARIES &&
	       now_ns - sweep->canary_ns >= NS_PER_S / EACH_PPS / sweep->known_count &&
	       random_below(&sweep->random, share) == 0;
}

/* By chance, not by count: the path treats what comes early in a burst better than
 * what comes late, and canaries must be neither. */
void canary_maybe_send(struct sweep *sweep, uint64_t now_ns)
{
	uint128 position;
	struct canary *canary;
	size_t slot;

	if (!is_due(sweep, now_ns))
		return;
	position = sweep->known[random_below(&sweep->random, sweep->known_count)];
	slot = slot_of(position);
	canary = &sweep->canaries[slot];
	if (canary->waiting || sweep_send_position(sweep, position, MARK_CANARY) < 0)
		return;
	*canary = (struct canary){.position = position, .sent_ns = now_ns, .waiting = true};
	sweep->canary_queue[(sweep->canary_head + sweep->canary_count++) % SWEEP_CANARIES] =
		(uint16_t)slot;
	sweep->canary_ns = now_ns;
	sweep->canaries_sent++;
	pace_sent(&sweep->pace, 1);
	pacer_sent(sweep->config.pacer);
}

/* A late answer was no loss, and the next one is waited for longer. */
static void take_back(struct sweep *sweep, struct canary *canary)
{
	canary->expired = false;
	if (sweep->lately.lost >= 1)
		sweep->lately.lost--;
}

void canary_answered(struct sweep *sweep, uint128 position, uint64_t at_ns)
{
	struct canary *canary = &sweep->canaries[slot_of(position)];

	if (canary->position != position || !(canary->waiting || canary->expired))
		return;
	if (canary->expired)
		take_back(sweep, canary);
	else
		pace_canary(&sweep->pace, canary->sent_ns, false);
	canary->waiting = false;
	lately_note(&sweep->lately, 1, 0, SWEEP_MEMORY);
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
			canary->expired = true;
			lately_note(&sweep->lately, 0, 1, SWEEP_MEMORY);
			pace_canary(&sweep->pace, canary->sent_ns, true);
		}
		sweep->canary_head = (sweep->canary_head + 1) % SWEEP_CANARIES;
		sweep->canary_count--;
	}
}
