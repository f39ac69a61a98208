/* nmap.mutex (nse-api.md 9.4). A mutex is held by a coroutine, at the cost of the thread it runs
 * in: when that ends, the next in line gets it. */
#include "script/lib_nmap.h"

#include "script/thread.h"

#include <lauxlib.h>
#include <string.h>

static const char cache[] = "portolan.mutexes";

struct waiter;

/* A userdata, with two user values: the coroutine that holds it, and its function. While it is
 * held it stands in the registry, so that neither is collected. */
enum { HOLDER = 1, FUNCTION };

struct mutex {
	struct script_cleanup cleanup; /* of the thread that holds it */
	lua_State *owner;              /* NULL: free */
	struct script_machine *machine;
	struct waiter *first, **last;
};

/* A userdata on the stack of the function that waits. */
struct waiter {
	struct script_wait wait;
	struct mutex *mutex;
	struct script_thread *thread;
	lua_State *coroutine;
	struct waiter *next;
};

static void *hold_key(struct mutex *mutex)
{
	return &mutex->owner;
}

static void take(lua_State *lua, int index, struct mutex *mutex)
{
	index = lua_absindex(lua, index);
	lua_pushvalue(lua, index);
	lua_rawsetp(lua, LUA_REGISTRYINDEX, hold_key(mutex));
	lua_pushthread(lua);
	lua_setiuservalue(lua, index, HOLDER);
	mutex->owner = lua;
	script_cleanup_add(script_thread_running(lua), &mutex->cleanup);
}

/* To the first in line: raises nothing, needs no memory. `lua` has two free slots. */
static void hand_on(lua_State *lua, struct mutex *mutex)
{
	struct waiter *waiter = mutex->first;

	script_cleanup_remove(&mutex->cleanup);
	if (!waiter) {
		mutex->owner = NULL;
		lua_pushnil(lua);
		lua_rawsetp(lua, LUA_REGISTRYINDEX, hold_key(mutex));
		return;
	}
	mutex->first = waiter->next;
	if (!mutex->first)
		mutex->last = &mutex->first;
	mutex->owner = waiter->coroutine;
	lua_rawgetp(lua, LUA_REGISTRYINDEX, hold_key(mutex));
	lua_pushthread(waiter->coroutine);
	lua_xmove(waiter->coroutine, lua, 1);
	lua_setiuservalue(lua, -2, HOLDER);
	lua_pop(lua, 1);
	script_cleanup_add(waiter->thread, &mutex->cleanup);
	script_wake(&waiter->wait);
}

static void owner_over(struct script_cleanup *cleanup)
{
	struct mutex *mutex = (struct mutex *)((char *)cleanup - offsetof(struct mutex, cleanup));

	hand_on(script_machine_lua(mutex->machine), mutex);
}

static void gave_up(struct script_wait *wait)
{
	struct waiter *waiter = (struct waiter *)((char *)wait - offsetof(struct waiter, wait));
	struct waiter **at = &waiter->mutex->first;

	while (*at != waiter)
		at = &(*at)->next;
	*at = waiter->next;
	if (!*at)
		waiter->mutex->last = at;
}

static int locked(lua_State *lua, int status, lua_KContext context)
{
	return 0;
}

static int lock(lua_State *lua, struct mutex *mutex)
{
	struct waiter *waiter;

	if (!mutex->owner) {
		take(lua, lua_upvalueindex(1), mutex);
		return 0;
	}
	script_wait_check(lua);
	waiter = lua_newuserdatauv(lua, sizeof(*waiter), 0);
	*waiter = (struct waiter){
		.wait = {.cancelled = gave_up},
		.mutex = mutex,
		.thread = script_thread_running(lua),
		.coroutine = lua,
	};
	*mutex->last = waiter;
	mutex->last = &waiter->next;
	return script_wait(lua, &waiter->wait, locked);
}

static int try_lock(lua_State *lua, struct mutex *mutex)
{
	bool is_free = !mutex->owner;

	if (is_free)
		take(lua, lua_upvalueindex(1), mutex);
	lua_pushboolean(lua, is_free);
	return 1;
}

static int mutex_do(lua_State *lua)
{
	static const char *const names[] = {"lock", "trylock", "done", "running", NULL};
	struct mutex *mutex = lua_touserdata(lua, lua_upvalueindex(1));

	switch (luaL_checkoption(lua, 1, NULL, names)) {
	case 0:
		script_thread_check(lua, "nmap.mutex");
		return lock(lua, mutex);
	case 1:
		script_thread_check(lua, "nmap.mutex");
		return try_lock(lua, mutex);
	case 2:
		if (mutex->owner != lua)
			return luaL_error(lua, "do not have a lock on this mutex");
		luaL_checkstack(lua, 4, NULL);
		hand_on(lua, mutex);
		return 0;
	default:
		if (mutex->owner)
			lua_getiuservalue(lua, lua_upvalueindex(1), HOLDER);
		else
			lua_pushnil(lua);
		return 1;
	}
}

static int nmap_mutex(lua_State *lua)
{
	struct mutex *mutex;

	if (script_object_cached(lua, cache))
		return 1;
	mutex = lua_newuserdatauv(lua, sizeof(*mutex), 2);
	memset(mutex, 0, sizeof(*mutex));
	mutex->cleanup.run = owner_over;
	mutex->machine = script_machine_of(lua);
	mutex->last = &mutex->first;
	lua_pushvalue(lua, -1);
	lua_pushcclosure(lua, mutex_do, 1);
	lua_pushvalue(lua, -1);
	lua_setiuservalue(lua, -3, FUNCTION);
	script_object_cache(lua, cache);
	return 1;
}

void script_add_nmap_mutex(lua_State *lua)
{
	lua_pushcfunction(lua, nmap_mutex);
	lua_setfield(lua, -2, "mutex");
}
