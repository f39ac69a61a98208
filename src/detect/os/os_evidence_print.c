/* What the active tests say: how well each system's best entry of the database fits the print, and,
 * for IPv6, what the model says.
 *
 * An entry's missing accuracy costs bits in proportion. A system that no entry is about is
 * taken to fit as well as strangers do, and so is a small share of the hosts of every other: no
 * database has all versions. A print of few tests counts less. */
#include "detect/os/os_evidence_private.h"
#include "util/error.h"

#include <math.h>
#include <stdio.h>

#define SAYS_BYTES 200

/* ------------------------------------------------- the best entries */

static bool is_better(struct os_score score, const struct os_score *than)
{
	double a = os_score_accuracy(score), b = os_score_accuracy(*than);

	return a > b || (a >= b && score.possible > than->possible);
}

static void note_entry(struct os_trial *trial, uint32_t entry, struct os_score score)
{
	const struct os_systems *systems = &trial->evidence->systems;
	uint64_t of = trial->evidence->entry_systems[entry];
	size_t i;

	if (!score.possible)
		return;
	for (i = 0; i < systems->count; i++) {
		if (!(of & systems->all[i].mask) ||
		    (trial->fit.best[i].measured && !is_better(score, &trial->fit.best[i].score)))
			continue;
		trial->fit.best[i].measured = true;
		trial->fit.best[i].entry = entry;
		trial->fit.best[i].score = score;
		trial->fit.seen = true;
	}
}

static int compare_all(struct os_trial *trial)
{
	const struct os_db *db = trial->evidence->db;
	size_t count = os_db_entries(db), i;
	struct os_score *scores = arena_alloc(trial->arena, count * sizeof(*scores) + 1);
	int r;

	if (!scores)
		return ERROR_MEMORY;
	r = os_match_scores(db, trial->input->print, OS_MATCH_NOW, scores);
	for (i = 0; r == 0 && i < count; i++)
		note_entry(trial, (uint32_t)i, scores[i]);
	return r;
}

/* ------------------------------------------------- bits */

static uint32_t most_points(const struct os_trial *trial)
{
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < trial->evidence->systems.count; i++)
		if (trial->fit.best[i].measured && trial->fit.best[i].score.possible > most)
			most = trial->fit.best[i].score.possible;
	return most;
}

static double probability_of(const struct os_trial *trial, size_t system, double slope)
{
	const struct os_fusion *fusion = &trial->evidence->fusion;
	const double stranger = exp2(-slope * (1 - fusion->print_unknown));
	double own;

	if (!trial->fit.best[system].measured)
		return stranger;
	own = exp2(-slope * (1 - os_score_accuracy(trial->fit.best[system].score)));
	/* Of what is not in the table there is always more than the database has. */
	if (system == trial->evidence->systems.other)
		return fmax(own, stranger);
	return (1 - fusion->print_variant) * own + fusion->print_variant * stranger;
}

static void weigh(const struct os_trial *trial, double *bits)
{
	const struct os_fusion *fusion = &trial->evidence->fusion;
	double whole = fmin(1, most_points(trial) / fusion->print_points);
	size_t i;

	for (i = 0; i < trial->evidence->systems.count; i++)
		bits[i] = log2(probability_of(trial, i, fusion->print_slope * whole));
}

static size_t best_system(const struct os_trial *trial)
{
	size_t best = trial->evidence->systems.other, i;

	for (i = 0; i < trial->evidence->systems.count; i++)
		if (trial->fit.best[i].measured &&
		    (!trial->fit.best[best].measured ||
		     is_better(trial->fit.best[i].score, &trial->fit.best[best].score)))
			best = i;
	return best;
}

int os_source_print(struct os_trial *trial)
{
	struct os_clue *clue;
	struct os_score score;
	char says[SAYS_BYTES];
	size_t best;
	int r;

	if (!trial->input->print || !trial->evidence->db)
		return 0;
	r = compare_all(trial);
	if (r < 0 || !trial->fit.seen)
		return r;
	best = best_system(trial);
	score = trial->fit.best[best].score;
	snprintf(says, sizeof(says), "%u%% like %.100s (%u of %u points)",
		 os_match_percent(os_score_accuracy(score)),
		 os_db_entry(trial->evidence->db, trial->fit.best[best].entry).name, score.matched,
		 score.possible);
	clue = os_trial_add(trial, OS_GROUP_STACK, "print", says, &r);
	if (clue)
		weigh(trial, clue->bits);
	return r;
}

/* ------------------------------------------------- the model of IPv6 */

/* Its probabilities are of classes it was trained on; no more is known of what it was not. */
int os_source_model(struct os_trial *trial)
{
	const struct os_evidence_input *input = trial->input;
	const struct os_fusion *fusion = &trial->evidence->fusion;
	double sum[OS_SYSTEMS_MAX] = {0};
	struct os_clue *clue;
	char says[SAYS_BYTES];
	size_t i;
	int r;

	if (input->print || !input->classes_count)
		return 0;
	for (i = 0; i < input->classes_count; i++) {
		size_t of = os_systems_of_class(&trial->evidence->systems, input->classes[i].found);

		sum[of] = fmax(sum[of], fmin(1, input->classes[i].accuracy));
	}
	snprintf(says, sizeof(says), "%u%% %.60s %.40s by the model",
		 os_match_percent(input->classes[0].accuracy), input->classes[0].found->family,
		 input->classes[0].found->generation ? input->classes[0].found->generation : "");
	clue = os_trial_add(trial, OS_GROUP_STACK, "print", says, &r);
	for (i = 0; clue && i < trial->evidence->systems.count; i++)
		clue->bits[i] = log2(
			fmax(sum[i], exp2(-fusion->print_slope * (1 - fusion->print_unknown))));
	return r;
}
