/* What thread.c and scheduler.c share. */
#ifndef PORTOLAN_SCRIPT_SCHEDULER_IMPL_H
#define PORTOLAN_SCRIPT_SCHEDULER_IMPL_H

#include "script/scheduler.h"

enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_WAITING, THREAD_OVER };

struct script_thread {
	struct instance *instance;
	enum thread_state state;
	bool worker;
	lua_State *lua;
	int anchor;    /* reference to the table of script_thread_push_anchor() */
	int arguments; /* for the first resume */
	struct script_wait *wait;
	struct script_cleanup *cleanups;
	struct timer timeout;
	uint64_t queued_in; /* which turn */
	struct script_places places;
	bool preempted;
	bool is_idle; /* its rule said no */
	struct script_thread *next_ready, *next_sibling;
};

/* Lives until its last thread is over. */
struct instance {
	struct script_instance seen; /* first: what libraries and hooks see */
	struct script_traffic traffic;
	struct script_group *group;
	struct script_thread *threads;
	unsigned workers;
	bool matched, base_over;
	struct instance *next, **link; /* of the group */
};

struct job {
	struct script_job job;
	enum script_phase phase;
	bool for_ports;
	uint32_t order;
};

struct script_group {
	struct script_scheduler *scheduler;
	enum script_phase phase; /* of the next job that is added */
	void *host;
	void (*done)(void *self);
	void *self;
	struct job *jobs;
	size_t job_count, job_room, next_job;
	struct script_ports ports;
	size_t next_port;      /* of jobs for ports */
	unsigned level, bases; /* bases: base threads alive */
	bool started;
	struct script_group_places places;
	struct instance *instances;
	struct script_group *next, **link;
};

struct script_scheduler {
	struct script_machine *machine;
	struct loop *loop;
	struct script_limits limits;
	struct script_hooks hooks;
	struct script_group *groups, **groups_tail; /* in order of their making */
	struct script_thread *ready, **ready_tail;
	struct script_thread *running;
	struct deferred turn;
	bool look; /* at the groups, in the next turn */
	struct script_group *cursor;
	unsigned alive;
	uint64_t instances, turn_number, spent_ns; /* spent: in this turn */
	int driver; /* reference to the function that runs an instance */
};

/* ERROR_MEMORY: nothing was begun (the instance may have spent some of its memory). */
int thread_start_base(struct instance *instance);
/* Once; then it waits, is ready again, or is over. */
void thread_run(struct script_thread *thread);
/* Frees it. The caller tells the instance. */
void thread_end(struct script_thread *thread);
void thread_ready(struct script_thread *thread);
/* What became of a thread: ends it, and what has to end with it. */
void scheduler_thread_over(struct script_thread *thread, enum script_end end, const char *text);
void scheduler_log(const struct script_scheduler *scheduler, int level, const char *text);

/* Compiles the driver into scheduler->driver. */
int thread_prepare(struct script_scheduler *scheduler);

#endif
