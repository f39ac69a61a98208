#include "engine/target_rules.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <stdatomic.h>
#include <string.h>

struct kept {
	char *text; /* NULL: a free place */
	struct target_rules *rules;
};

/* The oldest makes room for the newest. */
struct target_rules_memory {
	struct hash_map *by_text; /* to target_rules */
	struct kept kept[TARGET_RULES_KEPT];
	size_t next;
};

void target_rules_ref(struct target_rules *rules)
{
	atomic_fetch_add_explicit(&rules->refs, 1, memory_order_relaxed);
}

void target_rules_unref(struct target_rules *rules)
{
	if (rules && atomic_fetch_sub_explicit(&rules->refs, 1, memory_order_acq_rel) == 1)
		alloc_free(rules);
}

struct target_rules_memory *target_rules_memory_new(uint64_t seed)
{
	struct target_rules_memory *memory = alloc_zero(sizeof(*memory));

	if (!memory)
		return NULL;
	memory->by_text = hash_map_new((struct hash_key){seed, ~seed});
	if (!memory->by_text) {
		alloc_free(memory);
		return NULL;
	}
	return memory;
}

static void kept_drop(struct target_rules_memory *memory, struct kept *kept)
{
	if (!kept->text)
		return;
	hash_map_remove(memory->by_text, kept->text, strlen(kept->text));
	target_rules_unref(kept->rules);
	alloc_free(kept->text);
	*kept = (struct kept){0};
}

void target_rules_memory_free(struct target_rules_memory *memory)
{
	size_t i;

	if (!memory)
		return;
	for (i = 0; i < TARGET_RULES_KEPT; i++)
		kept_drop(memory, &memory->kept[i]);
	hash_map_free(memory->by_text);
	alloc_free(memory);
}

/* Keeps a reference of its own. */
static int keep(struct target_rules_memory *memory, const char *text, struct target_rules *rules)
{
	struct kept *place = &memory->kept[memory->next];
	char *copy = alloc_strdup(text);

	if (!copy)
		return ERROR_MEMORY;
	kept_drop(memory, place);
	if (hash_map_add(memory->by_text, text, strlen(text), rules) < 0) {
		alloc_free(copy);
		return ERROR_MEMORY;
	}
	target_rules_ref(rules);
	*place = (struct kept){copy, rules};
	memory->next = (memory->next + 1) % TARGET_RULES_KEPT;
	return 0;
}

int target_rules_get(struct target_rules_memory *memory, const char *text,
		     const struct port_list_request *request, struct target_rules **ret_rules,
		     struct diag *diag)
{
	struct target_rules *rules = hash_map_get(memory->by_text, text, strlen(text));
	int r;

	if (rules) {
		target_rules_ref(rules);
		*ret_rules = rules;
		return 0;
	}
	rules = alloc_zero(sizeof(*rules));
	if (!rules)
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	atomic_init(&rules->refs, 1);
	r = port_list_parse(text, request, &rules->ports, diag);
	if (r == 0 && (r = keep(memory, text, rules)) < 0)
		diag_set(diag, r, "Out of memory.");
	if (r < 0) {
		target_rules_unref(rules);
		return r;
	}
	*ret_rules = rules;
	return 0;
}
