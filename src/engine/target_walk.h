/* Walks the addresses of one expression in order, leaving out what a filter
 * bars. Barred stretches are jumped over, and free ones are looked up once, so
 * a /0 with 100,000 excludes costs no more a step than one without. */
#ifndef PORTOLAN_ENGINE_TARGET_WALK_H
#define PORTOLAN_ENGINE_TARGET_WALK_H

#include "engine/target_expr.h"
#include "net/addrset.h"
#include "net/ip.h"

/* Big patterns that --unique remembers as they are. */
#define TARGET_SEEN_PATTERNS 64

/* What --unique has seen: ranges, and patterns of too many ranges. */
struct target_seen {
	struct addrset *set;
	struct target_pattern patterns[TARGET_SEEN_PATTERNS];
	size_t patterns_count;
};

/* What is not to be scanned. Each may be NULL. */
struct target_filter {
	struct addrset *excludes, *done;
	struct target_seen *seen;
};

/* Whether addr is barred. Either way the same goes for each address from there
 * to ret_last. */
bool target_filter_bars(const struct target_filter *filter, const struct ip_addr *addr,
			struct ip_addr *ret_last);

struct target_walk {
	struct target_expr expr; /* no name */
	struct ip_addr at;       /* next to look at */
	struct ip_addr free_until;
	bool is_free; /* up to free_until nothing is barred */
	bool ended;
	bool remember_each; /* --unique: as they come, the whole being too scattered */
};

enum target_step {
	TARGET_STEP_ADDR,
	TARGET_STEP_PAUSE, /* budget used up: call again */
	TARGET_STEP_END
};

void target_walk_begin(struct target_walk *walk, const struct target_expr *expr,
		       const struct target_filter *filter);
/* budget is counted down by each jump over something barred. */
enum target_step target_walk_next(struct target_walk *walk, const struct target_filter *filter,
				  unsigned *budget, struct ip_addr *ret_addr);

/* With --unique: note what a walk gave (addr NULL: it has ended). ERROR_MEMORY. */
int target_walk_remember(const struct target_walk *walk, struct target_seen *seen,
			 const struct ip_addr *addr);

#endif
