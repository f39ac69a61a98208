/* One expression on its way through the stream: asked for, resolved, walked. */
#ifndef PORTOLAN_ENGINE_TARGET_ITEM_H
#define PORTOLAN_ENGINE_TARGET_ITEM_H

#include "engine/target.h"
#include "engine/target_walk.h"

enum target_item_state {
	TARGET_ITEM_ASKING, /* the resolver will call */
	TARGET_ITEM_READY,
	TARGET_ITEM_FAILED /* `why` tells */
};

struct target_item {
	const struct target_config *config;
	enum target_item_state state;
	char *text; /* as typed */
	char *why;
	char *name; /* NULL unless the expression is a name */
	struct target_expr expr;
	struct resolver_query *query; /* while asking */
	struct ip_addr *addrs;        /* a name's, each once, scanned ones first */
	size_t addrs_count, scanned_count;
	size_t walked; /* how many of the scanned have been begun */
	struct target_rules *rules;
	/* Told when an answer has come in (out of memory: an error). */
	void (*answered)(void *self, struct target_item *item, int error);
	void *self;
};

/* Makes sense of text, and asks the resolver if it is a name: an expression
 * that is no use becomes a FAILED item. ERROR_MEMORY. */
int target_item_new(const char *text, const struct target_expr_grammar *grammar,
		    const struct target_config *config, struct resolver *resolver,
		    void (*answered)(void *self, struct target_item *item, int error), void *self,
		    struct target_item **ret_item);
/* Takes the question back if it is still open. NULL is fine. */
void target_item_free(struct target_item *item, struct resolver *resolver);

/* Turns the item into a failed one. ERROR_MEMORY. */
int target_item_fail(struct target_item *item, const char *why);

/* The part to walk next: the expression itself, or the (masked) next address
 * of a name. False when there is no more. */
bool target_item_next_part(struct target_item *item, const struct target_expr_grammar *grammar,
			   struct target_expr *ret_expr);
/* The address of the name that a target stands for, or NULL when it is only a
 * neighbour under the name's mask. */
const struct ip_addr *target_item_named(const struct target_item *item, const struct ip_addr *addr);

#endif
