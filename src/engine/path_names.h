/* What the hops of a path are called (features.md TR-06) and where they are. */
#ifndef PORTOLAN_ENGINE_PATH_NAMES_H
#define PORTOLAN_ENGINE_PATH_NAMES_H

#include "engine/path.h"
#include "net/resolver.h"
#include "util/arena.h"

struct path_names;

struct path_name {
	struct path_names *all;
	struct path_hop *hop;
	struct resolver_query *query; /* NULL: not asked, or answered */
};

/* The caller's memory, which must not move; zero, then the first three are filled in. */
struct path_names {
	struct resolver *resolver; /* NULL: no names */
	void (*done)(void *self);  /* all are answered; perhaps from inside path_names_ask() */
	void *self;
	struct arena texts; /* of names and places */
	struct path_name of[PATH_HOPS_MAX];
	unsigned count, left;
};

/* Asks for all at once; hops (at most PATH_HOPS_MAX) are kept and their names filled in,
 * valid until path_names_release(). */
void path_names_ask(struct path_names *names, struct path_hop *hops, size_t count);
/* What `place` says of each hop, copied. */
void path_names_locate(struct path_names *names,
		       void (*place)(void *self, const struct ip_addr *addr,
				     struct path_place *ret_place),
		       void *self, struct path_hop *hops, size_t count);
/* Gives up what is asked; fine when nothing is. */
void path_names_release(struct path_names *names);

#endif
