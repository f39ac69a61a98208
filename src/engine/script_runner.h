/* What a run needs of the script room: somebody who runs scripts on a host that is otherwise
 * through, and once before and after the scan. The room to the right fills in the functions
 * (script/runner.h). */
#ifndef PORTOLAN_ENGINE_SCRIPT_RUNNER_H
#define PORTOLAN_ENGINE_SCRIPT_RUNNER_H

#include "engine/script_host.h"
#include "engine/script_result.h"

struct run;
struct talks;

/* The scripts of one phase; borrowed until they are done or were stopped. */
struct script_order {
	enum script_scope scope;  /* SCRIPT_PRE, SCRIPT_HOST (with its ports), SCRIPT_POST */
	struct script_host *host; /* SCRIPT_HOST: its facts, as they are at the moment */
	/* A script says what a port is, and what runs there. The host then has it so: no pointer
	 * into it is valid any more. ERROR_MEMORY. */
	int (*set_state)(void *self, enum transport transport, uint16_t number,
			 enum port_state state);
	int (*set_service)(void *self, enum transport transport, uint16_t number,
			   const struct service_facts *facts);
	void (*result)(void *self, const struct script_place *place,
		       const struct script_result *result);
	void (*finding)(void *self, const struct script_place *place,
			const struct script_finding *finding);
	/* After the last; from the loop, never from inside start(). Not after stop(). */
	void (*done)(void *self);
	void *self;
};

struct script_work; /* one order under way; the runner's */

struct script_runner {
	void *self;
	bool phases; /* scripts may run before and after the scan (not with -sV alone) */
	/* ERROR_MEMORY. */
	int (*start)(void *self, const struct script_order *order, struct script_work **ret_work);
	/* Gives up; what has a result keeps it. */
	void (*stop)(void *self, struct script_work *work);
};

/* For the runner: more targets, as a target expression (nse-api.md 9.2). 0: it is queued, or was
 * already known; ERROR_SYNTAX: no such expression; ERROR_USAGE: too late, the scan is over;
 * ERROR_LIMIT: more than 16384 in all; ERROR_MEMORY. */
int run_add_target(struct run *run, const char *expression);
size_t run_targets_waiting(const struct run *run); /* queued, not yet begun */
size_t run_targets_added(const struct run *run);   /* distinct ones, ever */
/* For raw packets of scripts; NULL: the run has none. */
struct talks *run_talks(struct run *run);

#endif
