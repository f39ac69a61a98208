/* A probe that was not sent (no port to send it to) says nothing, and its features have no part
 * in either sum; one that was sent and not answered does: they are -1. */
#include "detect/os/os6_model.h"

#include "detect/os/os6_model_private.h"
#include "util/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_BEST         0.9 /* of the best probability: as good as it */
#define PROBABILITY_LEAST 0.5 /* less is rather not */
#define NOVELTY_MOST      15.0
#define VARIANCE_LEAST    0.01

void os6_model_free(struct os6_model *model)
{
	if (!model)
		return;
	arena_release(&model->arena);
	alloc_free(model->cells);
	alloc_free(model);
}

size_t os6_model_classes(const struct os6_model *model)
{
	return model->count;
}

const struct os6_class *os6_model_class(const struct os6_model *model, size_t place)
{
	return &model->classes[place];
}

/* Numbers below 0 say "none" and stay what they are. */
static double scaled(const struct os6_scale *scale, double value)
{
	return value < 0 ? value : (value + scale->add) * scale->times;
}

static struct os6_score score_class(const struct os6_model *model, size_t place,
				    const struct os6_features *features)
{
	double score = 0, distance = 0;
	unsigned i;

	for (i = 0; i < OS6_FEATURES; i++) {
		const struct os6_cell *cell = &model->cells[i * model->count + place];
		double value = scaled(&model->scales[i], features->values[i]);

		if (!features->asked[i])
			continue;
		score += cell->weight * value;
		if (cell->variance >= 0)
			distance += (value - cell->mean) * (value - cell->mean) /
				    fmax(cell->variance, VARIANCE_LEAST);
	}
	return (struct os6_score){(uint32_t)place, 1 / (1 + exp(-score)), sqrt(distance)};
}

static int likeliest_first(const void *a, const void *b)
{
	const struct os6_score *left = a, *right = b;

	if (left->probability != right->probability)
		return left->probability < right->probability ? 1 : -1;
	return left->place < right->place ? -1 : left->place > right->place;
}

/* Did an open port answer a SYN as a TCP does? RSTs and ICMPv6 errors alone look alike in too many
 * systems. */
static bool has_syn_ack(const struct os6_features *features)
{
	unsigned i;

	for (i = 0; i < OS6_SEQUENCE_PROBES; i++)
		if (os6_feature_is_syn_ack(features, (enum os6_probe)i))
			return true;
	return false;
}

static bool same_system(const struct os6_model *model, const struct os6_score *a,
			const struct os6_score *b)
{
	return strcmp(model->classes[a->place].name, model->classes[b->place].name) == 0;
}

/* One system can have several classes, one for each of its shapes; those that are as likely as
 * the best must all be of one. */
static enum os6_decision decide(const struct os6_model *model, const struct os6_verdict *verdict)
{
	const struct os6_score *best = &verdict->scores[0], *score;
	bool usual = false;

	if (!verdict->count || best->probability < PROBABILITY_LEAST)
		return OS6_UNSURE;
	for (score = best;
	     score < best + verdict->count && score->probability >= NEAR_BEST * best->probability;
	     score++) {
		if (!same_system(model, best, score))
			return OS6_UNSURE;
		usual = usual || score->novelty < NOVELTY_MOST;
	}
	return usual ? OS6_KNOWN : OS6_NOVEL;
}

void os6_model_judge(const struct os6_model *model, const struct os6_features *features,
		     struct os6_verdict *ret_verdict)
{
	size_t i;

	ret_verdict->count = model->count;
	for (i = 0; i < model->count; i++)
		ret_verdict->scores[i] = score_class(model, i, features);
	qsort(ret_verdict->scores, model->count, sizeof(ret_verdict->scores[0]), likeliest_first);
	ret_verdict->decision = has_syn_ack(features) ? decide(model, ret_verdict) : OS6_TOO_LITTLE;
}
