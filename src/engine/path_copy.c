#include "engine/path_copy.h"

#include "engine/fact_walk.h"
#include "util/alloc.h"

struct block {
	struct path_facts facts; /* first: alloc_free() of the facts frees the block */
	uintptr_t base;          /* where it was filled */
};

static void walk_hop(struct fact_walk *walk, struct path_hop *hop)
{
	fact_walk_text(walk, &hop->name, PATH_TEXT_MAX);
	fact_walk_text(walk, &hop->place.country, PATH_TEXT_MAX);
	fact_walk_text(walk, &hop->place.organization, PATH_TEXT_MAX);
}

static void walk_facts(struct fact_walk *walk, struct path_facts *facts)
{
	void *first;
	size_t count = fact_walk_array(walk, &facts->hops, sizeof(*facts->hops), &facts->hops_count,
				       PATH_HOPS_MAX, &first);

	for (size_t i = 0; i < count; i++)
		walk_hop(walk, (struct path_hop *)first + i);
}

size_t path_copy_bytes(const struct path_facts *facts)
{
	struct fact_walk walk = {.kind = FACT_COUNT, .used = sizeof(struct block)};
	struct path_facts counted = *facts;

	walk_facts(&walk, &counted);
	return fact_block_bytes(walk.used);
}

const struct path_facts *path_copy_into(void *place, const struct path_facts *facts)
{
	struct fact_walk walk = {.kind = FACT_COPY, .block = place, .used = sizeof(struct block)};
	struct block *block = place;

	*block = (struct block){.facts = *facts, .base = (uintptr_t)place};
	walk_facts(&walk, &block->facts);
	return &block->facts;
}

const struct path_facts *path_copy_moved(void *place)
{
	struct block *block = place;
	struct fact_walk walk = {.kind = FACT_MOVE, .shift = (uintptr_t)place - block->base};

	walk_facts(&walk, &block->facts);
	block->base = (uintptr_t)place;
	return &block->facts;
}

const struct path_facts *path_copy_new(const struct path_facts *facts)
{
	void *block = alloc_zero(path_copy_bytes(facts));

	return block ? path_copy_into(block, facts) : NULL;
}
