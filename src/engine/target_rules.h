/* Port rules of -iL lines, one copy for all lines that say the same. A set of
 * rules is 32 KiB, so those that neither a living target nor the short memory
 * here holds are given back: ten million lines, each with other ports, cost no
 * more than the targets under way. */
#ifndef PORTOLAN_ENGINE_TARGET_RULES_H
#define PORTOLAN_ENGINE_TARGET_RULES_H

#include "net/port_list.h"
#include "util/diag.h"

/* How many the memory holds: 4 MiB. */
#define TARGET_RULES_KEPT 128

struct target_rules {
	struct port_rules ports;
	_Atomic unsigned refs;
};
void target_rules_ref(struct target_rules *rules);
void target_rules_unref(struct target_rules *rules); /* NULL is fine; any thread */

struct target_rules_memory;

struct target_rules_memory *target_rules_memory_new(uint64_t seed); /* NULL: memory */
void target_rules_memory_free(struct target_rules_memory *memory);  /* NULL is fine */
/* The rules that `text` writes, with a reference for the caller. Errors as
 * port_list_parse(). */
int target_rules_get(struct target_rules_memory *memory, const char *text,
		     const struct port_list_request *request, struct target_rules **ret_rules,
		     struct diag *diag);

#endif
