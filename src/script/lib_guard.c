#include "script/lib_guard.h"

#include <lauxlib.h>

#define GUARD "portolan guard"

/* __gc and __close: both may come, in any order. */
static int guard_free(lua_State *lua)
{
	struct lib_guard *guard = lua_touserdata(lua, 1);
	void *thing = guard->thing;

	guard->thing = NULL;
	if (thing)
		guard->free(thing);
	return 0;
}

struct lib_guard *lib_guard_push_kept(lua_State *lua, void (*free)(void *thing))
{
	static const luaL_Reg methods[] = {{"__gc", guard_free}, {"__close", guard_free}, {0}};
	struct lib_guard *guard = lua_newuserdatauv(lua, sizeof(*guard), 0);

	*guard = (struct lib_guard){NULL, free};
	luaL_newmetatable(lua, GUARD);
	luaL_setfuncs(lua, methods, 0);
	lua_setmetatable(lua, -2);
	return guard;
}

struct lib_guard *lib_guard_push(lua_State *lua, void (*free)(void *thing))
{
	struct lib_guard *guard = lib_guard_push_kept(lua, free);

	lua_toclose(lua, -1);
	return guard;
}
