/* All traces of a run: who may send next, what they share (features.md TR-02, TR-03).
 * Knows talks and time; the stage knows hosts and facts. */
#ifndef PORTOLAN_ENGINE_PATH_CREW_H
#define PORTOLAN_ENGINE_PATH_CREW_H

#include "engine/talk.h"
#include "engine/trace.h"
#include "util/random.h"

struct path_crew;

struct path_crew_config {
	struct loop *loop;   /* borrowed */
	struct talks *talks; /* likewise */
	uint8_t sends;       /* of a TTL, 1 .. TRACE_SENDS_MAX */
	uint64_t seed;
};

/* One host's trace; the caller's memory. The first part is filled in by the caller, of the
 * probe all that trace_probe.h asks for but `from`, `base`, `first_port` and `one_port`. */
struct path_trace {
	struct trace_probe probe;
	uint8_t start;            /* the TTL to begin with; 0: not known */
	uint64_t srtt_ns;         /* of the host; 0: not known */
	bool one_port;            /* -g */
	void (*done)(void *self); /* from the loop: it is through, or the way is lost */
	void *self;

	struct path_crew *crew; /* the crew's, from here on */
	struct path_trace *prev, *next;
	bool active;         /* else it waits for its turn */
	struct trace *trace; /* NULL: it waits, or memory is short */
	struct talk *talk;   /* likewise */
	bool lost;           /* the way, or memory */
	bool shared;
};

int path_crew_new(const struct path_crew_config *config, struct path_crew **ret_crew);
void path_crew_free(struct path_crew *crew); /* after the last path_crew_remove(); NULL is fine */
/* It waits for its turn, then sends. */
void path_crew_add(struct path_crew *crew, struct path_trace *trace);
/* Frees what it has, done or not. */
void path_crew_remove(struct path_trace *trace);

#endif
