#include "engine/script_copy.h"

#include "engine/fact_walk.h"
#include "util/alloc.h"

#include <string.h>

struct result_block {
	struct script_result result; /* first: alloc_free() of the result frees the block */
	uintptr_t base;              /* where it was filled */
};

struct finding_block {
	struct script_finding finding;
	uintptr_t base;
};

/* A text that is always there. */
static void walk_needed(struct fact_walk *walk, const char **text, size_t most)
{
	const char *empty = "";

	if (*text || walk->kind == FACT_MOVE)
		fact_walk_text(walk, text, most);
	else if (walk->kind == FACT_COPY)
		fact_walk_text(walk, (*text = empty, text), most);
	else
		fact_walk_text(walk, &empty, most);
}

static void walk_result(struct fact_walk *walk, struct script_result *result)
{
	void *first;
	size_t count;

	walk_needed(walk, &result->id, SCRIPT_ID_MAX);
	walk_needed(walk, &result->text, SCRIPT_OUTPUT_MAX);
	fact_walk_text(walk, &result->stopped, SCRIPT_REASON_MAX);
	count = fact_walk_array(walk, &result->nodes, sizeof(*result->nodes), &result->nodes_count,
				SCRIPT_NODES_MAX, &first);
	for (size_t i = 0; i < count; i++) {
		struct script_node *node = (struct script_node *)first + i;

		fact_walk_text(walk, &node->key, SCRIPT_OUTPUT_MAX);
		if (node->kind != SCRIPT_TABLE)
			walk_needed(walk, &node->text, SCRIPT_OUTPUT_MAX);
		else if (walk->kind == FACT_COPY)
			node->text = NULL;
	}
}

/* Whatever was handed over, the copy is one value: what stands behind it is cut off, and an
 * entry is at most one deeper than the table before it. */
static void make_sound(struct script_result *result)
{
	struct script_node *nodes = (struct script_node *)result->nodes;
	uint32_t most = 0;

	if (result->nodes_count && nodes[0].kind != SCRIPT_TABLE)
		result->nodes_count = 1;
	for (size_t i = 0; i < result->nodes_count; i++) {
		struct script_node *node = &nodes[i];

		node->depth = !i ? 0 : !node->depth ? 1 : node->depth > most ? most : node->depth;
		most = node->depth + (node->kind == SCRIPT_TABLE && node->depth < SCRIPT_DEPTH_MAX);
	}
}

static bool too_long(const char *text, size_t most)
{
	return text && strnlen(text, most + 1) > most;
}

static bool must_cut(const struct script_result *result)
{
	bool cut =
		result->nodes_count > SCRIPT_NODES_MAX || too_long(result->text, SCRIPT_OUTPUT_MAX);

	for (size_t i = 0; !cut && i < result->nodes_count; i++)
		cut = too_long(result->nodes[i].key, SCRIPT_OUTPUT_MAX) ||
		      too_long(result->nodes[i].text, SCRIPT_OUTPUT_MAX);
	return cut;
}

size_t script_result_bytes(const struct script_result *result)
{
	struct fact_walk walk = {.kind = FACT_COUNT, .used = sizeof(struct result_block)};
	struct script_result counted = *result;

	walk_result(&walk, &counted);
	return fact_block_bytes(walk.used);
}

const struct script_result *script_result_copy_into(void *place, const struct script_result *result)
{
	struct fact_walk walk = {
		.kind = FACT_COPY, .block = place, .used = sizeof(struct result_block)};
	struct result_block *block = place;

	*block = (struct result_block){.result = *result, .base = (uintptr_t)place};
	block->result.cut |= must_cut(result);
	walk_result(&walk, &block->result);
	make_sound(&block->result);
	return &block->result;
}

const struct script_result *script_result_moved(void *place)
{
	struct result_block *block = place;
	struct fact_walk walk = {.kind = FACT_MOVE, .shift = (uintptr_t)place - block->base};

	walk_result(&walk, &block->result);
	block->base = (uintptr_t)place;
	return &block->result;
}

const struct script_result *script_result_copy_new(const struct script_result *result)
{
	void *block = alloc_zero(script_result_bytes(result));

	return block ? script_result_copy_into(block, result) : NULL;
}

static void walk_finding(struct fact_walk *walk, struct script_finding *finding)
{
	walk_needed(walk, &finding->id, SCRIPT_ID_MAX);
	fact_walk_text(walk, &finding->title, FINDING_TEXT_MAX);
	fact_walk_text(walk, &finding->seen, FINDING_TEXT_MAX);
	fact_walk_text(walk, &finding->why, FINDING_TEXT_MAX);
	fact_walk_text(walk, &finding->remedy, FINDING_TEXT_MAX);
	walk_needed(walk, &finding->source, SCRIPT_ID_MAX);
	fact_walk_texts(walk, &finding->references, &finding->references_count,
			FINDING_REFERENCES_MAX, FINDING_REFERENCE_MAX);
}

size_t script_finding_bytes(const struct script_finding *finding)
{
	struct fact_walk walk = {.kind = FACT_COUNT, .used = sizeof(struct finding_block)};
	struct script_finding counted = *finding;

	walk_finding(&walk, &counted);
	return fact_block_bytes(walk.used);
}

/* Whatever was handed over: a reference is a line, and confidence a share. */
static void tidy_finding(struct script_finding *finding)
{
	for (size_t i = 0; i < finding->references_count; i++)
		for (char *at = (char *)finding->references[i]; (at = strchr(at, '\n')); at++)
			*at = ' ';
	if (!(finding->confidence > 0))
		finding->confidence = 0;
	else if (finding->confidence > 1)
		finding->confidence = 1;
}

const struct script_finding *script_finding_copy_into(void *place,
						      const struct script_finding *finding)
{
	struct fact_walk walk = {
		.kind = FACT_COPY, .block = place, .used = sizeof(struct finding_block)};
	struct finding_block *block = place;

	*block = (struct finding_block){.finding = *finding, .base = (uintptr_t)place};
	walk_finding(&walk, &block->finding);
	tidy_finding(&block->finding);
	return &block->finding;
}

const struct script_finding *script_finding_moved(void *place)
{
	struct finding_block *block = place;
	struct fact_walk walk = {.kind = FACT_MOVE, .shift = (uintptr_t)place - block->base};

	walk_finding(&walk, &block->finding);
	block->base = (uintptr_t)place;
	return &block->finding;
}

const struct script_finding *script_finding_copy_new(const struct script_finding *finding)
{
	void *block = alloc_zero(script_finding_bytes(finding));

	return block ? script_finding_copy_into(block, finding) : NULL;
}
