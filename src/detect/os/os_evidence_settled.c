/* When to stop asking. More probes change the likeliest guess only if a rival is true and they
 * can tell: so the chance of a change is at most what the rivals within reach have together (before
 * ceilings, as more probes do not lift those). A rival is within reach when it would
 * pass if all tests to come went its way where its best entry and the leader's differ; one
 * whose entry expects the same answers is no reason to ask. */
#include "detect/os/os_evidence_private.h"
#include "util/error.h"

#include <math.h>
#include <string.h>

#define ALL_ASKED    ((1u << OS_TESTS) - 1)
#define STRANGE_PART 0.15 /* of the points to come that a stranger's answers would miss */

static bool is_to_come(const struct os_evidence_input *input, int attribute)
{
	enum os_test test = os_attribute_test((enum os_attribute)attribute);

	return !(input->asked & 1u << test) &&
	       !(input->print && os_fingerprint_get(input->print, attribute));
}

/* Points to come that the entry compares: all, and those where another expects something else. */
static uint32_t points_to_come(const struct os_trial *trial, uint32_t entry, const uint32_t *other)
{
	const struct os_db *db = trial->evidence->db;
	uint32_t points = 0;
	int i;

	for (i = 0; i < OS_ATTRIBUTES; i++) {
		const char *own = os_db_expression(db, entry, i);
		const char *its = own && other ? os_db_expression(db, *other, i) : NULL;

		if (!own || !is_to_come(trial->input, i) || (other && its && !strcmp(own, its)))
			continue;
		points += os_db_points(db, i);
	}
	return points;
}

/* What the leader's accuracy would be worth less if it missed so many points, in bits. */
static double bits_of(const struct os_trial *trial, size_t leader, double missed)
{
	const struct os_fusion *fusion = &trial->evidence->fusion;
	const uint32_t entry = trial->fit.best[leader].entry;
	struct os_score score = trial->fit.best[leader].score;
	double whole = score.possible + (double)points_to_come(trial, entry, NULL);

	return fusion->print_slope * fmin(1, whole / fusion->print_points) * missed / whole /
	       fusion->temperature;
}

static double swing(const struct os_trial *trial, size_t leader, size_t rival)
{
	const struct os_print_fit *fit = &trial->fit;
	const uint32_t entry = fit->best[leader].entry;

	if (rival == trial->evidence->systems.other || !fit->best[rival].measured)
		return bits_of(trial, leader, STRANGE_PART * points_to_come(trial, entry, NULL));
	return bits_of(trial, leader, points_to_come(trial, entry, &fit->best[rival].entry));
}

static size_t leader_of(const struct os_systems *systems, const struct os_opinion *opinion)
{
	size_t best = 0, i;

	for (i = 1; i < systems->count; i++)
		if (opinion->raw[i] > opinion->raw[best])
			best = i;
	return best;
}

/* The probability of all that the tests to come could put before the leader. */
static double within_reach(const struct os_trial *trial, const struct os_opinion *opinion,
			   size_t leader)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < trial->evidence->systems.count; i++) {
		double ahead = log2(opinion->raw[leader] / fmax(opinion->raw[i], 1e-12));

		if (i != leader && swing(trial, leader, i) > ahead)
			sum += opinion->raw[i];
	}
	return sum;
}

static bool is_sure(struct os_trial *trial)
{
	const struct os_systems *systems = &trial->evidence->systems;
	struct os_opinion opinion;
	size_t leader;

	os_fuse(trial, &opinion);
	leader = leader_of(systems, &opinion);
	return leader != systems->other && trial->fit.best[leader].measured &&
	       !opinion.contradiction &&
	       within_reach(trial, &opinion, leader) <= 1 - trial->evidence->fusion.settled;
}

bool os_evidence_settled(const struct os_evidence *evidence, const struct os_evidence_input *input)
{
	struct arena scratch = ARENA_INIT;
	struct os_trial trial;
	bool sure = false;

	if ((input->asked & ALL_ASKED) == ALL_ASKED)
		return true;
	if (!input->print)
		return false;
	if (os_trial_hear(evidence, input, &scratch, &trial) == 0)
		sure = trial.fit.seen && is_sure(&trial);
	arena_release(&scratch);
	return sure;
}
