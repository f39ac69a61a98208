#include "engine/target.h"

#include "engine/target_rules.h"
#include "util/alloc.h"

#include <stdatomic.h>

void target_ref(struct target *target)
{
	atomic_fetch_add_explicit(&target->refs, 1, memory_order_relaxed);
}

void target_unref(struct target *target)
{
	/* The last one must see all that others wrote before they let go. */
	if (!target || atomic_fetch_sub_explicit(&target->refs, 1, memory_order_acq_rel) != 1)
		return;
	target_rules_unref(target->rules);
	alloc_free(target->name);
	alloc_free(target->others);
	alloc_free(target);
}
