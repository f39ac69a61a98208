/* Runs the scripts of a plan for a run: machine, scheduler and libraries put together behind the
 * interface of engine/script_runner.h. */
#ifndef PORTOLAN_SCRIPT_RUNNER_H
#define PORTOLAN_SCRIPT_RUNNER_H

#include "engine/script_runner.h"
#include "script/context.h"
#include "script/scheduler.h"
#include "script/trees.h"

struct script_run;

struct script_run_config {
	struct script_context context; /* copied; run is NULL as yet */
	struct script_trees *trees;    /* borrowed, as the selection */
	const struct script_selection *selection;
	unsigned seed;
	/* For people: a warning; a line of nmap.log_write(), print() or the engine, debug level 0
	 * for those a script wrote. May be NULL. */
	void (*warn)(void *self, const char *text);
	void (*log)(void *self, int level, bool to_stderr, const char *text);
	void *self;
};

/* Makes the machine and loads the scripts. *ret_run is NULL when none is chosen (a version
 * category that is empty): nothing was made then. */
int script_run_new(const struct script_run_config *config, struct script_run **ret_run,
		   struct diag *diag);
void script_run_free(struct script_run *run);                        /* NULL is fine */
void script_run_attach(struct script_run *scripts, struct run *run); /* before run_start() */
/* Do the scripts that were loaded, or libraries of theirs, capture or send raw packets? Then
 * they need `raw` (borrowed, until script_run_free()). */
bool script_run_wants_raw(const struct script_run *scripts);
void script_run_set_raw(struct script_run *scripts, struct link_sockets *raw);
struct script_runner script_run_runner(struct script_run *run);

/* For a status line: each script that runs, oldest first, with the host (NULL: none), the port (0:
 * none) and its age; false from `look` ends it. */
void script_run_each(const struct script_run *run,
		     bool (*look)(void *self, const char *id, const struct target *target,
				  uint16_t port, uint64_t age_ns),
		     void *self);

#endif
