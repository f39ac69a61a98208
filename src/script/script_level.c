#include "script/script_level.h"

#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/hash.h"

#include <string.h>

/* A walk along dependencies, with its own stack: chains may be as long as there are scripts. A
 * level of 0 is unknown yet. */
struct walk {
	const struct script_level_input *inputs;
	struct hash_map *ids; /* to the index + 1 */
	unsigned *levels;
	size_t *stack; /* indexes, from the script the walk began with */
	size_t depth;
	size_t *next; /* of each script: which of its dependencies comes next */
	struct diag *diag;
};

static int out_of_memory(struct walk *walk)
{
	return diag_set(walk->diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
}

static int circular(struct walk *walk, size_t again)
{
	struct buf chain = BUF_INIT;
	size_t i;
	int r;

	for (i = 0; i < walk->depth; i++)
		buf_addf(&chain, "%s->", walk->inputs[walk->stack[i]].id);
	buf_add_str(&chain, walk->inputs[again].id);
	r = diag_set(walk->diag, ERROR_SYNTAX, "circular dependency in chain `%s`",
		     buf_str(&chain));
	buf_release(&chain);
	return r;
}

/* All dependencies have their levels. */
static void leave(struct walk *walk)
{
	size_t index = walk->stack[--walk->depth], other;
	const char *const *id = walk->inputs[index].dependencies;
	unsigned highest = 0;

	for (; *id; id++) {
		other = (size_t)(uintptr_t)hash_map_get(walk->ids, *id, strlen(*id));
		if (other && walk->levels[other - 1] > highest)
			highest = walk->levels[other - 1];
	}
	walk->levels[index] = highest + 1;
}

static int step(struct walk *walk)
{
	size_t index = walk->stack[walk->depth - 1], other;
	const char *id = walk->inputs[index].dependencies[walk->next[index]];

	if (!id) {
		leave(walk);
		return 0;
	}
	walk->next[index]++;
	other = (size_t)(uintptr_t)hash_map_get(walk->ids, id, strlen(id));
	if (!other || walk->levels[other - 1])
		return 0;
	if (walk->next[other - 1]) /* begun, and without a level: on the stack */
		return circular(walk, other - 1);
	walk->stack[walk->depth++] = other - 1;
	return 0;
}

static int walk_all(struct walk *walk, size_t count)
{
	size_t i;
	int r = 0;

	for (i = 0; i < count && r == 0; i++)
		if (hash_map_add(walk->ids, walk->inputs[i].id, strlen(walk->inputs[i].id),
				 (void *)(uintptr_t)(i + 1)) < 0)
			r = out_of_memory(walk);
	for (i = 0; i < count && r == 0; i++) {
		if (walk->levels[i])
			continue;
		walk->stack[walk->depth++] = i;
		while (walk->depth && r == 0)
			r = step(walk);
	}
	return r;
}

int script_levels(const struct script_level_input *inputs, size_t count, unsigned *ret_levels,
		  struct diag *diag)
{
	struct walk walk = {.inputs = inputs, .diag = diag};
	int r = ERROR_MEMORY;

	if (!count)
		return 0;
	walk.ids = hash_map_new((struct hash_key){0, 0});
	walk.levels = alloc_array(count, sizeof(*walk.levels));
	walk.stack = alloc_array(count, sizeof(*walk.stack));
	walk.next = alloc_array(count, sizeof(*walk.next));
	if (!walk.ids || !walk.levels || !walk.stack || !walk.next)
		(void)out_of_memory(&walk);
	else if ((r = walk_all(&walk, count)) == 0)
		memcpy(ret_levels, walk.levels, count * sizeof(*ret_levels));
	alloc_free(walk.next);
	alloc_free(walk.stack);
	alloc_free(walk.levels);
	hash_map_free(walk.ids);
	return r;
}
