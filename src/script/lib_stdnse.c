/* The functions that the engine adds to the Lua library stdnse (nse-api.md 12). */
#include "script/library.h"
#include "script/thread.h"

#include <lauxlib.h>

static int silent_require(lua_State *lua)
{
	luaL_checkstring(lua, 1);
	lua_settop(lua, 1);
	lua_getglobal(lua, "require");
	lua_insert(lua, 1);
	if (lua_pcall(lua, 1, 1, 0) == LUA_OK)
		return 1;
	script_check_stopped(lua);
	script_push_silent_marker(lua);
	return lua_error(lua);
}

static int new_thread(lua_State *lua)
{
	script_thread_check(lua, "stdnse.new_thread");
	luaL_checktype(lua, 1, LUA_TFUNCTION);
	script_worker_start(lua, lua_gettop(lua) - 1);
	return 2;
}

static int base(lua_State *lua)
{
	const struct script_thread *thread = script_thread_running(lua);

	if (thread)
		script_thread_push(lua, thread);
	else
		lua_pushnil(lua);
	return 1;
}

/* nil when no script runs. */
static int push_format(lua_State *lua, const char *format, bool number)
{
	const struct script_thread *thread = script_thread_running(lua);
	const struct script_instance *instance;

	if (!thread) {
		lua_pushnil(lua);
		return 1;
	}
	instance = script_thread_instance(thread);
	if (number)
		lua_pushfstring(lua, format, instance->script->id, (LUAI_UACINT)instance->number);
	else
		lua_pushstring(lua, instance->script->id);
	return 1;
}

static int getid(lua_State *lua)
{
	return push_format(lua, NULL, false);
}

/* Like "http-title#12". */
static int gettid(lua_State *lua)
{
	return push_format(lua, "%s#%I", true);
}

/* Like "http-title M:12", and W for a worker. */
static int getinfo(lua_State *lua)
{
	const struct script_thread *thread = script_thread_running(lua);

	return push_format(lua, thread && script_thread_is_worker(thread) ? "%s W:%I" : "%s M:%I",
			   true);
}

static int gethostport(lua_State *lua)
{
	const struct script_thread *thread = script_thread_running(lua);

	return thread ? script_thread_push_arguments(lua, thread) : 0;
}

static int isworker(lua_State *lua)
{
	const struct script_thread *thread = script_thread_running(lua);

	lua_pushboolean(lua, thread && script_thread_is_worker(thread));
	return 1;
}

int script_inject_stdnse(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"silent_require", silent_require},
		{"new_thread", new_thread},
		{"base", base},
		{"gettid", gettid},
		{"getid", getid},
		{"getinfo", getinfo},
		{"gethostport", gethostport},
		{"isworker", isworker},
		{0},
	};
	const luaL_Reg *function;

	luaL_checktype(lua, 1, LUA_TTABLE);
	for (function = functions; function->name; function++) {
		lua_pushstring(lua, function->name);
		lua_pushcfunction(lua, function->func);
		lua_rawset(lua, 1);
	}
	return 0;
}
