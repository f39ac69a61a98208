/* nmap: more targets for the run (nse-api.md 9.2). */
#include "script/lib_nmap.h"

#include "engine/script_runner.h"
#include "script/context.h"
#include "util/error.h"

#include <lauxlib.h>

static struct run *run_of(lua_State *lua, const char *function)
{
	struct run *run = script_context_check(lua, function)->run;

	if (!run)
		luaL_error(lua, "%s needs a scan", function);
	return run;
}

/* After the scan the engine takes none. */
static lua_Integer add_all(lua_State *lua, struct run *run, int count)
{
	lua_Integer accepted = 0;
	int at, r;

	for (at = 1; at <= count; at++) {
		r = run_add_target(run, lua_tostring(lua, at));
		if (r == ERROR_MEMORY)
			luaL_error(lua, "not enough memory");
		accepted += r == 0;
	}
	return accepted;
}

static int nmap_add_targets(lua_State *lua)
{
	struct run *run = run_of(lua, "nmap.add_targets");
	int count = lua_gettop(lua), at;
	lua_Integer accepted;

	for (at = 1; at <= count; at++)
		luaL_checkstring(lua, at);
	if (!count) {
		lua_pushinteger(lua, (lua_Integer)run_targets_waiting(run));
		return 1;
	}
	accepted = add_all(lua, run, count);
	lua_pushinteger(lua, accepted);
	if (accepted)
		return 1;
	lua_pushliteral(lua, "failed to add new targets.");
	return 2;
}

static int nmap_new_targets_num(lua_State *lua)
{
	struct run *run = run_of(lua, "nmap.new_targets_num");

	lua_pushinteger(lua, (lua_Integer)run_targets_added(run));
	return 1;
}

void script_add_nmap_targets(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"add_targets", nmap_add_targets},
		{"new_targets_num", nmap_new_targets_num},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
