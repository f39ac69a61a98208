/* From clues to probabilities. See os_evidence.h for the design; the numbers are
 * data/os/fusion.tsv.
 *
 * Within a group the strongest clue counts whole and each further one `damping` of the one before,
 * so that a clue that agrees never lowers what it agrees with: what the weaker ones lose by moving
 * down is at most what it brings (damping <= 1/2). */
#include "detect/os/os_evidence_private.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------- families */

/* Of all systems of the family, or of all others, by their priors. */
static double mean_likelihood(const struct os_systems *systems, const double *bits, size_t kin,
			      bool inside)
{
	double sum = 0, weight = 0;
	size_t i;

	for (i = 0; i < systems->count; i++) {
		double prior = exp2(systems->all[i].prior);

		if ((systems->all[i].kin == kin) != inside)
			continue;
		sum += prior * exp2(bits[i]);
		weight += prior;
	}
	return weight > 0 ? sum / weight : 0;
}

double os_family_bits(const struct os_systems *systems, const double *bits, size_t system)
{
	size_t kin = systems->all[system].kin;
	double inside = mean_likelihood(systems, bits, kin, true);
	double outside = mean_likelihood(systems, bits, kin, false);

	return inside > 0 && outside > 0 ? log2(inside / outside) : 0;
}

size_t os_likeliest_family(const struct os_systems *systems, const double *bits,
			   double *ret_family_bits)
{
	size_t best = systems->other, i;
	double most = 0;

	for (i = 0; i < systems->other; i++) {
		double of = systems->all[i].kin == i ? os_family_bits(systems, bits, i) : 0;

		if (of > most) {
			most = of;
			best = i;
		}
	}
	*ret_family_bits = most;
	return best;
}

/* What the family's likeliest member has. */
static double family_peak(const struct os_systems *systems, const double *bits, size_t kin)
{
	double most = -INFINITY;
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (systems->all[i].kin == kin)
			most = fmax(most, bits[i]);
	return most;
}

/* ------------------------------------------------- groups */

const char *os_group_words(enum os_group group)
{
	static const char *const words[OS_GROUPS] = {
		[OS_GROUP_STACK] = "the stack",
		[OS_GROUP_WORDS] = "services",
		[OS_GROUP_HARDWARE] = "the hardware",
		[OS_GROUP_NAME] = "the name",
	};

	return words[group];
}

static double spread(const struct os_systems *systems, const double *bits)
{
	double least = INFINITY, most = -INFINITY;
	size_t i;

	for (i = 0; i < systems->count; i++) {
		least = fmin(least, bits[i]);
		most = fmax(most, bits[i]);
	}
	return most - least;
}

/* How many clues of the group are stronger, or as strong and before it. */
static unsigned rank_of(const struct os_trial *trial, size_t place)
{
	const struct os_systems *systems = &trial->evidence->systems;
	double own = spread(systems, trial->clues[place].bits);
	unsigned rank = 0;
	size_t i;

	for (i = 0; i < trial->clues_count; i++) {
		double other = spread(systems, trial->clues[i].bits);

		if (i != place && trial->clues[i].group == trial->clues[place].group &&
		    (other > own || (other >= own && i < place)))
			rank++;
	}
	return rank;
}

/* Nothing is more than the cap below the best. */
static void cap(size_t count, double most, double *bits)
{
	double best = -INFINITY;
	size_t i;

	for (i = 0; i < count; i++)
		best = fmax(best, bits[i]);
	for (i = 0; i < count; i++)
		bits[i] = fmax(bits[i] - best, -most);
}

static void add_up(struct os_trial *trial, struct os_opinion *opinion)
{
	const struct os_fusion *fusion = &trial->evidence->fusion;
	size_t systems = trial->evidence->systems.count, i, k;
	int group;

	for (i = 0; i < trial->clues_count; i++) {
		struct os_clue *clue = &trial->clues[i];

		clue->factor = pow(fusion->damping, rank_of(trial, i));
		for (k = 0; k < systems; k++)
			opinion->groups[clue->group][k] += clue->factor * clue->bits[k];
		clue->factor /= fusion->temperature;
	}
	for (group = 0; group < OS_GROUPS; group++)
		cap(systems, fusion->cap[group], opinion->groups[group]);
}

/* ------------------------------------------------- probabilities */

static void to_probabilities(size_t count, double *bits)
{
	double best = -INFINITY, sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		best = fmax(best, bits[i]);
	for (i = 0; i < count; i++)
		sum += bits[i] = exp2(bits[i] - best);
	for (i = 0; i < count; i++)
		bits[i] /= sum;
}

static void weigh_all(const struct os_evidence *evidence, struct os_opinion *opinion)
{
	size_t i;
	int group;

	for (i = 0; i < evidence->systems.count; i++) {
		double bits = 0;

		for (group = 0; group < OS_GROUPS; group++)
			bits += opinion->groups[group][i];
		opinion->raw[i] =
			evidence->systems.all[i].prior + bits / evidence->fusion.temperature;
	}
	to_probabilities(evidence->systems.count, opinion->raw);
}

/* ------------------------------------------------- contradictions */

/* Two groups that each clearly prefer their own family, of different stacks. */
static bool are_at_odds(const struct os_evidence *evidence, const struct os_opinion *opinion, int a,
			int b, size_t ret_families[2])
{
	const struct os_systems *systems = &evidence->systems;
	const double *one = opinion->groups[a], *two = opinion->groups[b];
	double bits_one, bits_two, least = evidence->fusion.contradiction;
	size_t of_one = os_likeliest_family(systems, one, &bits_one);
	size_t of_two = os_likeliest_family(systems, two, &bits_two);

	ret_families[0] = of_one;
	ret_families[1] = of_two;
	return of_one != systems->other && of_two != systems->other &&
	       strcmp(systems->all[of_one].stack, systems->all[of_two].stack) != 0 &&
	       family_peak(systems, one, of_one) - family_peak(systems, one, of_two) >= least &&
	       family_peak(systems, two, of_two) - family_peak(systems, two, of_one) >= least;
}

static void find_contradiction(const struct os_evidence *evidence, struct os_opinion *opinion)
{
	int a, b;

	for (a = 0; a < OS_GROUPS && !opinion->contradiction; a++)
		for (b = a + 1; b < OS_GROUPS && !opinion->contradiction; b++) {
			opinion->contradiction =
				are_at_odds(evidence, opinion, a, b, opinion->against);
			opinion->against_from[0] = (enum os_group)a;
			opinion->against_from[1] = (enum os_group)b;
		}
}

/* ------------------------------------------------- ceilings */

/* The print fits one of these systems, enough of it was compared, and none of those comes
 * near. */
static bool is_nailed(const struct os_trial *trial, uint64_t these, uint64_t those)
{
	const struct os_systems *systems = &trial->evidence->systems;
	const struct os_fusion *fusion = &trial->evidence->fusion;
	double own = 0, others = 0;
	uint32_t points = 0;
	size_t i;

	for (i = 0; i < systems->count; i++) {
		double accuracy = os_score_accuracy(trial->fit.best[i].score);

		if (!trial->fit.best[i].measured)
			continue;
		if (those & systems->all[i].mask)
			others = fmax(others, accuracy);
		if (these & systems->all[i].mask && accuracy > own) {
			own = accuracy;
			points = trial->fit.best[i].score.possible;
		}
	}
	return own >= fusion->nail_accuracy && own - others >= fusion->nail_lead &&
	       points >= fusion->nail_points;
}

static uint64_t kin_mask(const struct os_systems *systems, size_t kin)
{
	uint64_t mask = 0;
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (systems->all[i].kin == kin)
			mask |= systems->all[i].mask;
	return mask;
}

static double ceiling_of(const struct os_trial *trial, const struct os_opinion *opinion, size_t kin)
{
	const struct os_fusion *fusion = &trial->evidence->fusion;
	const uint64_t family = kin_mask(&trial->evidence->systems, kin);
	unsigned count = is_nailed(trial, family, ~family);
	int group;

	for (group = 0; group < OS_GROUPS; group++)
		count += os_family_bits(&trial->evidence->systems, opinion->groups[group], kin) >=
			 fusion->points;
	if (opinion->contradiction)
		return fusion->ceiling_contradiction;
	switch (count) {
	case 0:
		return fusion->ceiling_none;
	case 1:
		return fusion->ceiling_one;
	case 2:
		return fusion->ceiling_two;
	default:
		return fusion->ceiling_more;
	}
}

/* What a family has above its ceiling is nobody's in particular. */
static void hold_down(const struct os_trial *trial, struct os_opinion *opinion, size_t kin)
{
	const struct os_systems *systems = &trial->evidence->systems;
	double sum = 0, most = ceiling_of(trial, opinion, kin);
	size_t i;

	for (i = 0; i < systems->count; i++)
		if (systems->all[i].kin == kin)
			sum += opinion->raw[i];
	if (sum <= most)
		return;
	for (i = 0; i < systems->count; i++)
		if (systems->all[i].kin == kin)
			opinion->probability[i] = opinion->raw[i] * most / sum;
	opinion->probability[systems->other] += sum - most;
}

/* Does any clue clearly speak for one of these rather than for the system? */
static bool is_disputed(const struct os_trial *trial, size_t system, uint64_t these)
{
	const struct os_systems *systems = &trial->evidence->systems;
	size_t i, k;

	for (i = 0; i < trial->clues_count; i++)
		for (k = 0; k < systems->count; k++)
			if (these & systems->all[k].mask &&
			    trial->clues[i].bits[k] - trial->clues[i].bits[system] >=
				    trial->evidence->fusion.points)
				return true;
	return false;
}

/* One of several generations is as sure as one kind of evidence, but for a print that nails it:
 * what it has above that is its sisters', by their priors. */
static void hold_down_system(const struct os_trial *trial, struct os_opinion *opinion,
			     size_t system)
{
	const struct os_systems *systems = &trial->evidence->systems;
	const uint64_t own = systems->all[system].mask;
	const uint64_t sisters = kin_mask(systems, systems->all[system].kin) & ~own;
	double most = trial->evidence->fusion.ceiling_one, over, sum = 0;
	size_t i;

	over = opinion->probability[system] - most;
	if (over <= 0 || !sisters ||
	    (is_nailed(trial, own, sisters) && !is_disputed(trial, system, sisters)))
		return;
	for (i = 0; i < systems->count; i++)
		sum += sisters & systems->all[i].mask ? exp2(systems->all[i].prior) : 0;
	for (i = 0; i < systems->count; i++)
		if (sisters & systems->all[i].mask)
			opinion->probability[i] += over * exp2(systems->all[i].prior) / sum;
	opinion->probability[system] = most;
}

void os_fuse(struct os_trial *trial, struct os_opinion *ret_opinion)
{
	const struct os_systems *systems = &trial->evidence->systems;
	size_t i;

	*ret_opinion = (struct os_opinion){.contradiction = false};
	add_up(trial, ret_opinion);
	weigh_all(trial->evidence, ret_opinion);
	find_contradiction(trial->evidence, ret_opinion);
	memcpy(ret_opinion->probability, ret_opinion->raw, sizeof(ret_opinion->raw));
	for (i = 0; i < systems->other; i++)
		if (systems->all[i].kin == i)
			hold_down(trial, ret_opinion, i);
	for (i = 0; i < systems->other; i++)
		hold_down_system(trial, ret_opinion, i);
}
