/* The standard libraries, less what would let a script out of its budget: finalizers and handlers
 * of the last error written in Lua (they run with hooks off), binary chunks, a collection on
 * demand, debug hooks, metatables of our objects. */
#include "script/library.h"
#include "script/machine_impl.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#define COLLECT_STEPS 200

static const luaL_Reg libraries[] = {
	{LUA_GNAME, luaopen_base},
	{LUA_LOADLIBNAME, luaopen_package},
	{LUA_COLIBNAME, luaopen_coroutine},
	{LUA_TABLIBNAME, luaopen_table},
	{LUA_IOLIBNAME, luaopen_io},
	{LUA_OSLIBNAME, luaopen_os},
	{LUA_STRLIBNAME, luaopen_string},
	{LUA_MATHLIBNAME, luaopen_math},
	{LUA_UTF8LIBNAME, luaopen_utf8},
	{LUA_DBLIBNAME, luaopen_debug},
	{0},
};

/* setmetatable(table, metatable) that never registers a finalizer. */
static int set_metatable(lua_State *lua)
{
	int type = lua_type(lua, 2);

	luaL_checktype(lua, 1, LUA_TTABLE);
	luaL_argexpected(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
	if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
		return luaL_error(lua, "cannot change a protected metatable");
	lua_settop(lua, 2);
	if (type == LUA_TNIL) {
		lua_setmetatable(lua, 1);
		return 1;
	}
	lua_pushliteral(lua, "__gc");
	if (lua_rawget(lua, 2) == LUA_TNIL) {
		lua_pop(lua, 1);
		lua_setmetatable(lua, 1);
		return 1;
	}
	lua_pushnil(lua);
	lua_setfield(lua, 2, "__gc");
	lua_pushvalue(lua, 2);
	lua_setmetatable(lua, 1);
	lua_setfield(lua, 2, "__gc");
	lua_settop(lua, 1);
	return 1;
}

/* Of the engine's objects scripts get a copy: what they wrote into the original would be run as
 * finalizer. (LPeg's `re` looks its operators up there.) */
static int copy_metatable(lua_State *lua)
{
	lua_newtable(lua);
	lua_pushnil(lua);
	while (lua_next(lua, -3)) {
		lua_pushvalue(lua, -2);
		lua_insert(lua, -2);
		lua_rawset(lua, -4);
	}
	lua_pushnil(lua);
	lua_setfield(lua, -2, "__gc");
	return 1;
}

static int get_metatable(lua_State *lua)
{
	luaL_checkany(lua, 1);
	if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
		return 1;
	if (!lua_getmetatable(lua, 1)) {
		lua_pushnil(lua);
		return 1;
	}
	return lua_type(lua, 1) == LUA_TUSERDATA ? copy_metatable(lua) : 1;
}

static int load_text(lua_State *lua)
{
	int count = lua_gettop(lua);

	if (count < 3)
		lua_settop(lua, 3);
	lua_pushliteral(lua, "t");
	lua_replace(lua, 3);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
	return lua_gettop(lua);
}

/* The handler (upvalue 1), unless the script is being stopped: that error comes out of a hook, and
 * a handler would run there with hooks off. */
static int handle(lua_State *lua)
{
	if (script_budget_is_stopped(lua))
		return 1;
	lua_settop(lua, 1);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, 1, 1);
	return 1;
}

static int called(lua_State *lua, int status, lua_KContext context)
{
	return lua_gettop(lua);
}

static int call_handled(lua_State *lua)
{
	luaL_checktype(lua, 2, LUA_TFUNCTION);
	lua_pushvalue(lua, 2);
	lua_pushcclosure(lua, handle, 1);
	lua_replace(lua, 2);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_callk(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0, called);
	return lua_gettop(lua);
}

/* Anything but "count" is a step at most: a full collection takes long with a large heap. */
static int collect_garbage(lua_State *lua)
{
	const char *what = luaL_optstring(lua, 1, "collect");

	if (!strcmp(what, "count")) {
		lua_pushnumber(lua, (lua_Number)lua_gc(lua, LUA_GCCOUNT) +
					    (lua_Number)lua_gc(lua, LUA_GCCOUNTB) / 1024);
		return 1;
	}
	if (!strcmp(what, "isrunning")) {
		lua_pushboolean(lua, true);
		return 1;
	}
	if (!strcmp(what, "collect") || !strcmp(what, "step"))
		lua_gc(lua, LUA_GCSTEP, COLLECT_STEPS);
	lua_pushinteger(lua, 0);
	return 1;
}

static void close_debug(lua_State *lua)
{
	static const char *const kept[] = {"getinfo", "traceback", "getlocal", "getupvalue"};
	size_t at;

	lua_newtable(lua);
	lua_getglobal(lua, LUA_DBLIBNAME);
	for (at = 0; at < sizeof(kept) / sizeof(kept[0]); at++) {
		lua_getfield(lua, -1, kept[at]);
		lua_setfield(lua, -3, kept[at]);
	}
	lua_pop(lua, 1);
	lua_pushcfunction(lua, get_metatable);
	lua_setfield(lua, -2, "getmetatable");
	lua_getfield(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(lua, -2);
	lua_setfield(lua, -2, LUA_DBLIBNAME);
	lua_pop(lua, 1);
	lua_setglobal(lua, LUA_DBLIBNAME);
}

static void open_base(lua_State *lua)
{
	static const luaL_Reg base[] = {
		{"setmetatable", set_metatable},
		{"getmetatable", get_metatable},
		{"collectgarbage", collect_garbage},
		{0},
	};

	lua_pushglobaltable(lua);
	luaL_setfuncs(lua, base, 0);
	lua_getfield(lua, -1, "load");
	lua_pushcclosure(lua, load_text, 1);
	lua_setfield(lua, -2, "load");
	lua_getfield(lua, -1, "xpcall");
	lua_pushcclosure(lua, call_handled, 1);
	lua_setfield(lua, -2, "xpcall");
	lua_pop(lua, 1);
}

static void seed_random(lua_State *lua, uint64_t seed)
{
	lua_getglobal(lua, LUA_MATHLIBNAME);
	lua_getfield(lua, -1, "randomseed");
	lua_pushinteger(lua, (lua_Integer)seed);
	lua_call(lua, 1, 0);
	lua_pop(lua, 1);
}

void script_standard_open(struct script_machine *machine, lua_State *lua)
{
	const luaL_Reg *library;

	for (library = libraries; library->name; library++) {
		luaL_requiref(lua, library->name, library->func, 1);
		lua_pop(lua, 1);
	}
	seed_random(lua, machine->config.seed);
	open_base(lua);
	close_debug(lua);
	script_files_open(lua, machine->config.grants);
	script_modules_open(lua);
	script_strings_open(lua, machine->config.old_unpack);
	script_tables_open(lua);
	script_coroutines_open(lua);
	script_libraries_open(lua);
	script_kept_open(lua);
}
