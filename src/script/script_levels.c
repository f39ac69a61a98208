/* The order that dependencies ask for. */
#include "script/script.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

struct levels {
	struct script **sorted; /* by id */
	size_t count;
	struct visit *chain; /* depth first, without recursion: chains may be long */
	size_t depth;
	bool *on_chain;
};

struct visit {
	size_t script, next_dependency;
};

static int by_id(const void *a, const void *b)
{
	const struct script *const *one = a, *const *other = b;

	return strcmp((*one)->id, (*other)->id);
}

static int id_order(const void *id, const void *script)
{
	return strcmp(id, (*(struct script *const *)script)->id);
}

static bool find(const struct levels *levels, const char *id, size_t *ret_at)
{
	struct script **found;

	found = bsearch(id, levels->sorted, levels->count, sizeof(*levels->sorted), id_order);
	if (found)
		*ret_at = (size_t)(found - levels->sorted);
	return found != NULL;
}

/* circular dependency in chain `A->B->A` */
static int circle(const struct levels *levels, size_t back_to, char **ret_text)
{
	char *text = alloc_strdup("circular dependency in chain `"), *longer;
	bool inside = false;
	size_t at;

	for (at = 0; text && at < levels->depth; at++) {
		inside = inside || levels->chain[at].script == back_to;
		if (!inside)
			continue;
		longer = alloc_printf("%s%s->", text, levels->sorted[levels->chain[at].script]->id);
		alloc_free(text);
		text = longer;
	}
	if (!text)
		return ERROR_MEMORY;
	*ret_text = alloc_printf("%s%s`", text, levels->sorted[back_to]->id);
	alloc_free(text);
	return *ret_text ? ERROR_CONFLICT : ERROR_MEMORY;
}

static void push(struct levels *levels, size_t script)
{
	levels->chain[levels->depth++] = (struct visit){script, 0};
	levels->on_chain[script] = true;
}

/* All dependencies are known. */
static void settle(struct levels *levels, struct script *script)
{
	size_t at, other;

	script->level = 1;
	for (at = 0; at < script->dependencies.count; at++)
		if (find(levels, script->dependencies.all[at], &other) &&
		    levels->sorted[other]->level >= script->level)
			script->level = levels->sorted[other]->level + 1;
	levels->on_chain[levels->chain[--levels->depth].script] = false;
}

static int walk(struct levels *levels, size_t from, char **ret_text)
{
	push(levels, from);
	while (levels->depth) {
		struct visit *visit = &levels->chain[levels->depth - 1];
		struct script *script = levels->sorted[visit->script];
		size_t other;

		if (visit->next_dependency == script->dependencies.count)
			settle(levels, script);
		else if (!find(levels, script->dependencies.all[visit->next_dependency++], &other))
			continue;
		else if (levels->on_chain[other])
			return circle(levels, other, ret_text);
		else if (!levels->sorted[other]->level)
			push(levels, other);
	}
	return 0;
}

int script_set_levels(struct script *const *scripts, size_t count, char **ret_text)
{
	struct levels levels = {.count = count};
	int r = ERROR_MEMORY;
	size_t at;

	*ret_text = NULL;
	levels.sorted = alloc_array(count, sizeof(*levels.sorted));
	levels.chain = alloc_array(count, sizeof(*levels.chain));
	levels.on_chain = alloc_array(count, sizeof(*levels.on_chain));
	if (!levels.sorted || !levels.chain || !levels.on_chain)
		goto out;
	for (at = 0; at < count; at++) {
		levels.sorted[at] = scripts[at];
		scripts[at]->level = 0;
	}
	qsort(levels.sorted, count, sizeof(*levels.sorted), by_id);
	for (at = 0, r = 0; at < count && r == 0; at++)
		if (!levels.sorted[at]->level)
			r = walk(&levels, at, ret_text);
out:
	alloc_free(levels.sorted);
	alloc_free(levels.chain);
	alloc_free(levels.on_chain);
	return r;
}
