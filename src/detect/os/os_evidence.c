/* Hears the sources, and writes down what the fusion makes of them. */
#include "detect/os/os_evidence.h"
#include "detect/os/os_evidence_private.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAYS_MAX     160u  /* bytes of what strangers said */
#define GUESS_LEAST  0.005 /* what is less likely is not named */
#define WEIGHT_LEAST 0.05  /* bits; less points nowhere */

/* In the order in which ties of evidence are told. */
static os_source *const sources[] = {
	os_source_print, os_source_model,  os_source_print_traits, os_source_syn_ack,
	os_source_hints, os_source_vendor, os_source_name,         os_source_distance,
};

/* ------------------------------------------------- hearing */

/* Safe to show, and not longer than a line. */
static const char *copy_safe(struct arena *arena, const char *text)
{
	struct buf safe = BUF_INIT;
	const char *copy;

	text_add_safe(&safe, text, strnlen(text, SAYS_MAX));
	copy = buf_ok(&safe) ? arena_strdup(arena, buf_str(&safe)) : NULL;
	buf_release(&safe);
	return copy;
}

struct os_clue *os_trial_add(struct os_trial *trial, enum os_group group, const char *source,
			     const char *says, int *ret)
{
	struct os_clue *clue = &trial->clues[trial->clues_count];

	*ret = 0;
	if (trial->clues_count == OS_CLUES_MAX)
		return NULL;
	clue->says = copy_safe(trial->arena, says);
	clue->source = copy_safe(trial->arena, source);
	if (!clue->says || !clue->source) {
		*ret = ERROR_MEMORY;
		return NULL;
	}
	clue->group = group;
	trial->clues_count++;
	return clue;
}

int os_trial_hear(const struct os_evidence *evidence, const struct os_evidence_input *input,
		  struct arena *arena, struct os_trial *ret_trial)
{
	size_t i;
	int r = 0;

	*ret_trial = (struct os_trial){.evidence = evidence, .input = input, .arena = arena};
	ret_trial->clues = arena_alloc(arena, OS_CLUES_MAX * sizeof(*ret_trial->clues));
	if (!ret_trial->clues)
		return ERROR_MEMORY;
	for (i = 0; r == 0 && i < sizeof(sources) / sizeof(*sources); i++)
		r = sources[i](ret_trial);
	return r;
}

/* ------------------------------------------------- guesses */

/* The likeliest system of the family. */
static size_t kin_head(const struct os_systems *systems, const double *probability, size_t kin)
{
	size_t best = kin, i;

	for (i = kin; i < systems->count; i++)
		if (systems->all[i].kin == kin && probability[i] > probability[best])
			best = i;
	return best;
}

/* What is too little to be named goes to the likeliest of its family, so that the family's sum
 * stays; a family that is too little altogether, to "something else". */
static void gather(const struct os_systems *systems, double *probability)
{
	size_t i;

	for (i = 0; i < systems->other; i++) {
		size_t head = kin_head(systems, probability, systems->all[i].kin);

		if (probability[i] >= GUESS_LEAST)
			continue;
		if (probability[head] < GUESS_LEAST)
			head = systems->other;
		probability[head] += probability[i];
		probability[i] = 0;
	}
}

static size_t choose_guesses(const struct os_systems *systems, const struct os_opinion *opinion,
			     struct system_guess *guesses)
{
	double probability[OS_SYSTEMS_MAX];
	size_t count = 0, i;

	memcpy(probability, opinion->probability, sizeof(probability));
	gather(systems, probability);
	for (i = 0; i < systems->count; i++)
		if (probability[i] > 0 || i == systems->other)
			guesses[count++] = (struct system_guess){.name = systems->all[i].name,
								 .family = systems->all[i].family,
								 .probability = probability[i]};
	return count;
}

static int likeliest_first(const void *left, const void *right)
{
	const struct system_guess *a = left, *b = right;

	if (a->probability < b->probability || a->probability > b->probability)
		return a->probability > b->probability ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int tell_guesses(const struct os_trial *trial, const struct os_opinion *opinion,
			struct arena *arena, struct os_verdict *verdict)
{
	const struct os_systems *systems = &trial->evidence->systems;
	struct system_guess *guesses = arena_alloc(arena, systems->count * sizeof(*guesses));

	if (!guesses)
		return ERROR_MEMORY;
	verdict->guesses_count = choose_guesses(systems, opinion, guesses);
	qsort(guesses, verdict->guesses_count, sizeof(*guesses), likeliest_first);
	verdict->guesses = guesses;
	return 0;
}

/* ------------------------------------------------- evidence */

/* The family it points to most; one that points to none may still speak against one. */
static struct system_evidence evidence_of(const struct os_systems *systems,
					  const struct os_clue *clue)
{
	struct system_evidence told = {.source = clue->source, .says = clue->says};
	double bits;
	size_t family = os_likeliest_family(systems, clue->bits, &bits);

	told.weight = bits * clue->factor;
	if (told.weight < WEIGHT_LEAST || family == systems->other)
		told.weight = 0;
	else
		told.family = systems->all[family].family;
	return told;
}

static int tell_contradiction(const struct os_trial *trial, const struct os_opinion *opinion,
			      struct arena *arena, struct system_evidence *ret_told)
{
	const struct os_systems *systems = &trial->evidence->systems;
	char says[SAYS_MAX];

	snprintf(says, sizeof(says), "%s says %s, %s %s: a forwarded port, a translator or a mask",
		 os_group_words(opinion->against_from[0]), systems->all[opinion->against[0]].family,
		 os_group_words(opinion->against_from[1]),
		 systems->all[opinion->against[1]].family);
	*ret_told = (struct system_evidence){.source = "contradiction",
					     .says = arena_strdup(arena, says)};
	return ret_told->says ? 0 : ERROR_MEMORY;
}

/* A list this short is sorted where it stands; equal ones keep their order. */
static void put_in(struct system_evidence *list, size_t count, struct system_evidence told)
{
	while (count && list[count - 1].weight < told.weight) {
		list[count] = list[count - 1];
		count--;
	}
	list[count] = told;
}

/* The trial's texts end with it. */
static int keep_texts(struct arena *arena, struct system_evidence *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		list[i].source = arena_strdup(arena, list[i].source);
		list[i].says = arena_strdup(arena, list[i].says);
		if (!list[i].source || !list[i].says)
			return ERROR_MEMORY;
	}
	return 0;
}

static int tell_evidence(const struct os_trial *trial, const struct os_opinion *opinion,
			 struct arena *arena, struct os_verdict *verdict)
{
	struct system_evidence *list = arena_alloc(arena, (trial->clues_count + 1) * sizeof(*list));
	size_t count = trial->clues_count, i;

	if (!list)
		return ERROR_MEMORY;
	for (i = 0; i < count; i++)
		put_in(list, i, evidence_of(&trial->evidence->systems, &trial->clues[i]));
	verdict->evidence = list;
	verdict->evidence_count = count + opinion->contradiction;
	verdict->contradiction = opinion->contradiction;
	if (keep_texts(arena, list, count) < 0)
		return ERROR_MEMORY;
	return opinion->contradiction ? tell_contradiction(trial, opinion, arena, &list[count]) : 0;
}

int os_evidence_judge(const struct os_evidence *evidence, const struct os_evidence_input *input,
		      struct arena *arena, struct os_verdict *ret_verdict)
{
	struct os_verdict verdict = {.guesses_count = 0};
	struct arena scratch = ARENA_INIT;
	struct os_opinion opinion;
	struct os_trial trial;
	int r = os_trial_hear(evidence, input, &scratch, &trial);

	if (r == 0) {
		os_fuse(&trial, &opinion);
		r = tell_guesses(&trial, &opinion, arena, &verdict);
	}
	if (r == 0)
		r = tell_evidence(&trial, &opinion, arena, &verdict);
	arena_release(&scratch);
	if (r == 0)
		*ret_verdict = verdict;
	return r;
}
