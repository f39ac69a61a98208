/* nmap.condvar (nse-api.md 9.5). Each thread that asked for one broadcasts it when it ends, so
 * that who waits for the work of others sees that they are gone. */
#include "script/lib_nmap.h"

#include "script/scheduler.h"

#include <lauxlib.h>
#include <string.h>

static const char cache[] = "portolan.condvars";

struct waiter;

struct condvar {
	struct waiter *latest;
};

/* A userdata on the stack of the function that waits. */
struct waiter {
	struct script_wait wait;
	struct condvar *condvar;
	struct waiter *next;
	struct loop *loop;
	struct deferred soon; /* wakes it if it may have missed a signal */
};

/* A userdata in the anchor of the thread that asked, under the condvar, which so stays
 * as long as the thread. */
struct interest {
	struct script_cleanup cleanup;
	struct condvar *condvar;
};

static void signal_one(struct condvar *condvar)
{
	struct waiter *waiter = condvar->latest;

	if (!waiter)
		return;
	condvar->latest = waiter->next;
	loop_defer_cancel(waiter->loop, &waiter->soon);
	script_wake(&waiter->wait);
}

static void broadcast(struct condvar *condvar)
{
	while (condvar->latest)
		signal_one(condvar);
}

static void interested_over(struct script_cleanup *cleanup)
{
	struct interest *interest =
		(struct interest *)((char *)cleanup - offsetof(struct interest, cleanup));

	broadcast(interest->condvar);
}

static void leave(struct waiter *waiter)
{
	struct waiter **at = &waiter->condvar->latest;

	loop_defer_cancel(waiter->loop, &waiter->soon);
	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
}

static void gave_up(struct script_wait *wait)
{
	leave((struct waiter *)((char *)wait - offsetof(struct waiter, wait)));
}

static void wake_anyway(void *self)
{
	struct waiter *waiter = self;

	leave(waiter);
	script_wake(&waiter->wait);
}

static int woken(lua_State *lua, int status, lua_KContext context)
{
	return 0;
}

static int wait_for(lua_State *lua, struct condvar *condvar)
{
	struct waiter *waiter;

	script_wait_check(lua);
	waiter = lua_newuserdatauv(lua, sizeof(*waiter), 0);
	*waiter = (struct waiter){
		.wait = {.cancelled = gave_up},
		.condvar = condvar,
		.next = condvar->latest,
		.loop = script_scheduler_loop(script_machine_scheduler(script_machine_of(lua))),
		.soon = {.run = wake_anyway, .self = waiter},
	};
	condvar->latest = waiter;
	/* Scripts look who has ended and then wait, as if nothing could come between. */
	if (script_thread_was_preempted(script_thread_running(lua)))
		loop_defer(waiter->loop, &waiter->soon);
	return script_wait(lua, &waiter->wait, woken);
}

static int condvar_do(lua_State *lua)
{
	static const char *const names[] = {"wait", "signal", "broadcast", NULL};
	struct condvar *condvar = lua_touserdata(lua, lua_upvalueindex(1));

	switch (luaL_checkoption(lua, 1, NULL, names)) {
	case 0:
		return wait_for(lua, condvar);
	case 1:
		signal_one(condvar);
		return 0;
	default:
		broadcast(condvar);
		return 0;
	}
}

/* Stack: the function of the condvar on the top. Once a thread. */
static void note_interest(lua_State *lua)
{
	struct script_thread *thread = script_thread_running(lua);
	struct interest *interest;
	struct condvar *condvar;

	if (!thread)
		return;
	script_thread_push_anchor(lua, thread);
	lua_getupvalue(lua, -2, 1);
	condvar = lua_touserdata(lua, -1);
	lua_pushvalue(lua, -1);
	if (lua_rawget(lua, -3) == LUA_TNIL) {
		lua_pop(lua, 1);
		interest = lua_newuserdatauv(lua, sizeof(*interest), 0);
		*interest = (struct interest){{.run = interested_over}, condvar};
		lua_rawset(lua, -3);
		script_cleanup_add(thread, &interest->cleanup);
		lua_pop(lua, 1);
	} else {
		lua_pop(lua, 3);
	}
}

static int nmap_condvar(lua_State *lua)
{
	struct condvar *condvar;

	if (!script_object_cached(lua, cache)) {
		condvar = lua_newuserdatauv(lua, sizeof(*condvar), 0);
		memset(condvar, 0, sizeof(*condvar));
		lua_pushcclosure(lua, condvar_do, 1);
		script_object_cache(lua, cache);
	}
	note_interest(lua);
	return 1;
}

void script_add_nmap_condvar(lua_State *lua)
{
	lua_pushcfunction(lua, nmap_condvar);
	lua_setfield(lua, -2, "condvar");
}
