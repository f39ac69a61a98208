#include "engine/system_copy.h"

#include "engine/fact_walk.h"
#include "util/alloc.h"

struct block {
	struct system_facts facts; /* first: alloc_free() of the facts frees the block */
	uintptr_t base;            /* where it was filled */
};

static void walk_text(struct fact_walk *walk, const char **text)
{
	fact_walk_text(walk, text, SYSTEM_TEXT_MAX);
}

static void walk_class(struct fact_walk *walk, struct system_class *class)
{
	walk_text(walk, &class->vendor);
	walk_text(walk, &class->family);
	walk_text(walk, &class->type);
	walk_text(walk, &class->generation);
	fact_walk_texts(walk, &class->cpes, &class->cpes_count, SYSTEM_CPES_MAX, SYSTEM_TEXT_MAX);
}

static void walk_match(struct fact_walk *walk, struct system_match *match)
{
	void *first;
	size_t count;

	walk_text(walk, &match->name);
	walk_text(walk, &match->file);
	count = fact_walk_array(walk, &match->classes, sizeof(*match->classes),
				&match->classes_count, SYSTEM_CLASSES_MAX, &first);
	for (size_t i = 0; i < count; i++)
		walk_class(walk, (struct system_class *)first + i);
}

static void walk_matches(struct fact_walk *walk, struct system_facts *facts)
{
	void *first;
	size_t count = fact_walk_array(walk, &facts->matches, sizeof(*facts->matches),
				       &facts->matches_count, SYSTEM_MATCHES_MAX, &first);

	for (size_t i = 0; i < count; i++)
		walk_match(walk, (struct system_match *)first + i);
}

static void walk_evidence(struct fact_walk *walk, struct system_facts *facts)
{
	void *first;
	size_t count = fact_walk_array(walk, &facts->evidence, sizeof(*facts->evidence),
				       &facts->evidence_count, SYSTEM_EVIDENCE_MAX, &first);

	for (size_t i = 0; i < count; i++) {
		struct system_evidence *evidence = (struct system_evidence *)first + i;

		walk_text(walk, &evidence->source);
		fact_walk_text(walk, &evidence->says, SYSTEM_SAYS_MAX);
		walk_text(walk, &evidence->family);
	}
}

static void walk_guesses(struct fact_walk *walk, struct system_facts *facts)
{
	void *first;
	size_t count = fact_walk_array(walk, &facts->guesses, sizeof(*facts->guesses),
				       &facts->guesses_count, SYSTEM_GUESSES_MAX, &first);

	for (size_t i = 0; i < count; i++) {
		struct system_guess *guess = (struct system_guess *)first + i;

		walk_text(walk, &guess->name);
		walk_text(walk, &guess->family);
	}
}

static void cut(size_t *count, size_t most)
{
	if (*count > most)
		*count = most;
}

/* What is summed up is in the facts themselves. */
static void walk_summary(struct fact_walk *walk, struct system_facts *facts)
{
	cut(&facts->types_count, SYSTEM_LIST_MAX);
	cut(&facts->running_count, SYSTEM_LIST_MAX);
	cut(&facts->cpes_count, SYSTEM_LIST_MAX);
	cut(&facts->samples, SYSTEM_SAMPLES_MAX);
	for (size_t i = 0; i < facts->types_count; i++)
		walk_text(walk, &facts->types[i]);
	for (size_t i = 0; i < facts->running_count; i++)
		walk_text(walk, &facts->running[i].name);
	for (size_t i = 0; i < facts->cpes_count; i++)
		walk_text(walk, &facts->cpes[i]);
}

static void walk_facts(struct fact_walk *walk, struct system_facts *facts)
{
	walk_matches(walk, facts);
	walk_guesses(walk, facts);
	walk_evidence(walk, facts);
	walk_summary(walk, facts);
	walk_text(walk, &facts->unfit);
	fact_walk_text(walk, &facts->fingerprint, SYSTEM_PRINT_MAX);
	walk_text(walk, &facts->difficulty);
	walk_text(walk, &facts->ipid_class);
	walk_text(walk, &facts->timestamp_class);
}

size_t system_copy_bytes(const struct system_facts *facts)
{
	struct fact_walk walk = {.kind = FACT_COUNT, .used = sizeof(struct block)};
	struct system_facts counted = *facts;

	walk_facts(&walk, &counted);
	return fact_block_bytes(walk.used);
}

const struct system_facts *system_copy_into(void *place, const struct system_facts *facts)
{
	struct fact_walk walk = {.kind = FACT_COPY, .block = place, .used = sizeof(struct block)};
	struct block *block = place;

	*block = (struct block){.facts = *facts, .base = (uintptr_t)place};
	walk_facts(&walk, &block->facts);
	return &block->facts;
}

const struct system_facts *system_copy_moved(void *place)
{
	struct block *block = place;
	struct fact_walk walk = {.kind = FACT_MOVE, .shift = (uintptr_t)place - block->base};

	walk_facts(&walk, &block->facts);
	block->base = (uintptr_t)place;
	return &block->facts;
}

const struct system_facts *system_copy_new(const struct system_facts *facts)
{
	void *block = alloc_zero(system_copy_bytes(facts));

	return block ? system_copy_into(block, facts) : NULL;
}
