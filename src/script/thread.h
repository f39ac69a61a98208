/* What a C library needs of the thread it runs in: to wait for something, to clean up when the
 * thread ends, and whose it is. A thread is the base or a worker of an instance; an instance is
 * one script on one host (and port) in one phase. */
#ifndef PORTOLAN_SCRIPT_THREAD_H
#define PORTOLAN_SCRIPT_THREAD_H

#include "script/script.h"

struct script_thread;
struct script_scheduler;

/* One thing a thread waits for; in memory that outlives the wait (a userdata on the stack of the
 * function that waits, say). Zero it, set `cancelled`. */
struct script_wait {
	/* The thread ends while it waits: nothing may wake it any more. May be NULL. */
	void (*cancelled)(struct script_wait *wait);
	struct script_thread *thread; /* the engine's; NULL when nobody waits */
};

/* A C function ends with `return script_wait(lua, wait, then)`; after script_wake(), `then` goes
 * on with the same stack, in the thread, and returns the results as a C function does (it may
 * wait again). `then` gets LUA_YIELD and the wait as its context. Raises where code cannot be
 * suspended: call script_wait_check() before you start what would have to be stopped then. */
void script_wait_check(lua_State *lua);
int script_wait(lua_State *lua, struct script_wait *wait, lua_KFunction then);
/* Nothing happens when nobody waits. The thread runs in the loop's next turn. */
void script_wake(struct script_wait *wait);

/* Called when the thread ends, however it does; the last one added first. The memory is the
 * caller's. Must not raise Lua errors nor start anything of the scheduler but script_wake(). */
struct script_cleanup {
	void (*run)(struct script_cleanup *cleanup);
	struct script_cleanup *next, **link; /* the engine's; link is NULL when not added */
};
void script_cleanup_add(struct script_thread *thread, struct script_cleanup *cleanup);
void script_cleanup_remove(struct script_cleanup *cleanup); /* fine when not added */

/* The thread whose code runs; NULL while scripts are loaded and outside of Lua. */
struct script_thread *script_thread_running(lua_State *lua);
/* Raises when there is none: "FUNCTION can only be run from an active script". */
struct script_thread *script_thread_check(lua_State *lua, const char *function);
/* Pushes a table that lives as long as the thread, for whatever must not be collected before;
 * keys are light or full userdata of the library. Needs no memory. */
void script_thread_push_anchor(lua_State *lua, const struct script_thread *thread);
/* Pushes its coroutine. */
void script_thread_push(lua_State *lua, const struct script_thread *thread);
/* Was it suspended for the sake of others, somewhere, since it last waited? What it found out
 * before (who has ended, say) may be old, which scripts do not expect. */
bool script_thread_was_preempted(const struct script_thread *thread);
bool script_thread_is_worker(const struct script_thread *thread);

/* Starts a worker of the running thread's instance: the function and its `arguments` are on the
 * top of the stack and are popped; its coroutine and the function `info` are pushed. Raises. */
void script_worker_start(lua_State *lua, int arguments);

struct script_instance {
	const struct script *script;
	enum script_phase phase;
	bool forced;       /* its rule is not asked */
	bool by_name;      /* selected by name: more verbose (nse-api.md 9.1) */
	void *host, *port; /* the caller's; NULL as the phase has it */
	uint64_t number;   /* of this run, from 1 */
	uint64_t start_ns; /* the loop's clock */
	struct script_budget budget;
};
const struct script_instance *script_thread_instance(const struct script_thread *thread);

/* What the sockets of an instance have used; kept by socket.c. */
struct script_traffic {
	uint64_t bytes_in, bytes_out;
	uint32_t sockets; /* open now */
};
struct script_traffic *script_thread_traffic(struct script_thread *thread);

/* Of the connect lock, which keeps it (socket_lock.h). */
struct script_group_places {
	unsigned holders, waiting; /* threads of the group that own connections, or wait for one */
};
struct script_places {
	unsigned connections; /* of the thread */
	struct script_group_places *group;
};
struct script_places *script_thread_places(struct script_thread *thread);

/* Pushes what `arguments` of the scheduler's hooks gave the instance: the engine's originals. */
int script_thread_push_arguments(lua_State *lua, const struct script_thread *thread);

#endif
