/* Runs scripts on the loop: many coroutines, each for a few milliseconds at a time. The caller
 * makes a group of the scripts that run on one host; the levels of a group run one after another,
 * whatever their phases, groups do not wait for each other. What a script says and how it ended
 * goes to the hooks; knows nothing of hosts, output and options. One per machine. */
#ifndef PORTOLAN_SCRIPT_SCHEDULER_H
#define PORTOLAN_SCRIPT_SCHEDULER_H

#include "script/thread.h"
#include "util/loop.h"

enum script_end {
	SCRIPT_DONE,      /* its action returned */
	SCRIPT_NO_MATCH,  /* its rule said no */
	SCRIPT_FAILED,    /* an error; the text has a traceback, for debugging */
	SCRIPT_QUIET,     /* an error of nmap.new_try(); the text is its message */
	SCRIPT_STOPPED,   /* a limit; the text is the result: "stopped: memory limit 64 MB" */
	SCRIPT_TIMED_OUT, /* longer than timeout_ns */
	SCRIPT_BROKEN,    /* called coroutine.yield() with nobody to go to */
	SCRIPT_CANCELLED, /* script_group_cancel() */
};

/* The output of a failed script when nobody debugs (nse-api.md 6). */
#define SCRIPT_FAILED_TEXT "ERROR: Script execution failed (use -d to debug)"

struct script_hooks {
	void *self;
	/* Pushes the arguments of rule and action and returns how many. In the thread: may raise
	 * Lua errors. NULL: none. */
	int (*arguments)(void *self, lua_State *lua, const struct script_instance *instance);
	/* The action returned: its `results` are on the top of the stack. In the thread, under its
	 * budget: __tostring and the like may be called, and Lua errors raised. */
	void (*result)(void *self, lua_State *lua, const struct script_instance *instance,
		       int results);
	/* Its rule said yes, or was not asked: the action begins. As `result`. May be NULL. */
	void (*matched)(void *self, const struct script_instance *instance);
	/* Once for each instance, not in Lua. ended: text may be NULL. Neither may be NULL. */
	void (*started)(void *self, const struct script_instance *instance);
	void (*ended)(void *self, const struct script_instance *instance, enum script_end end,
		      const char *text);
	/* What may interest those who debug (1: a little). May be NULL. */
	void (*log)(void *self, int level, const char *text);
	/* nmap.log_write() and print(): a line or more. May be NULL. */
	void (*write)(void *self, bool to_stderr, const char *text);
};

struct script_limits {
	struct script_quota quota; /* of each instance */
	unsigned threads;          /* base threads start below that many alive; 0: 1000 */
	unsigned workers;          /* of one instance; 0: 1000 */
	uint64_t timeout_ns;       /* of each thread, since its instance began; 0: none */
};

/* Kept: machine, loop and what hooks point to must outlive it. ERROR_MEMORY. */
int script_scheduler_new(struct script_machine *machine, struct loop *loop,
			 const struct script_limits *limits, const struct script_hooks *hooks,
			 struct script_scheduler **ret_scheduler);
/* NULL is fine. What still runs is cancelled. */
void script_scheduler_free(struct script_scheduler *scheduler);

struct loop *script_scheduler_loop(const struct script_scheduler *scheduler);
const struct script_hooks *script_scheduler_hooks(const struct script_scheduler *scheduler);
unsigned script_scheduler_alive(const struct script_scheduler *scheduler); /* threads */

/* All instances alive, for a status line; false from `look` ends it. */
void script_scheduler_each(const struct script_scheduler *scheduler,
			   bool (*look)(void *self, const struct script_instance *instance),
			   void *self);

/* A new group, empty, for jobs of that phase. NULL when memory is short. `done` is called once,
 * last, out of the loop (or out of script_group_cancel()), and the group is gone after it. May be
 * NULL. */
struct script_group;
struct script_group *script_group_new(struct script_scheduler *scheduler, enum script_phase phase,
				      void *host, void (*done)(void *self), void *self);

/* The phase of the jobs that are added from now on. */
void script_group_set_phase(struct script_group *group, enum script_phase phase);

struct script_job {
	const struct script *script; /* has the phase's rule */
	void *port;
	bool forced, by_name;
};
/* Before script_group_start(): the order of one level is the order of adding. ERROR_MEMORY, and
 * then the group is as it was. */
int script_group_add(struct script_group *group, const struct script_job *job);

/* Ports of jobs that are for each of them: an array of elements of each_bytes, which lives as long
 * as the group. Set before such jobs are added. */
struct script_ports {
	void *all;
	size_t count, each_bytes;
};
void script_group_set_ports(struct script_group *group, const struct script_ports *ports);
/* The job for each of the ports. Such jobs that follow each other in one level go port by port:
 * all of them for the first, then all for the next. Costs as much as one job. */
int script_group_add_for_ports(struct script_group *group, const struct script_job *job);
void script_group_start(struct script_group *group);
/* Ends all its threads with SCRIPT_CANCELLED, now; not out of Lua. Fine before the start. */
void script_group_cancel(struct script_group *group);

#endif
