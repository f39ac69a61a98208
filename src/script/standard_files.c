/* io and os: reading where the machine's owner says so; the rest with a grant only. */
#include "script/machine_impl.h"

#include <errno.h>
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

bool script_may_read(lua_State *lua, const char *path)
{
	const struct script_machine_config *config = script_machine_config(script_machine_of(lua));

	return (config->grants & SCRIPT_FILES) ||
	       (config->may_read && config->may_read(config->self, path));
}

/* Calls the original (upvalue 1) with the arguments given. */
static int call_original(lua_State *lua)
{
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
	return lua_gettop(lua);
}

static int io_open(lua_State *lua)
{
	const char *path = luaL_checkstring(lua, 1), *mode = luaL_optstring(lua, 2, "r");

	if (mode[0] == 'r' && !strchr(mode, '+') && script_may_read(lua, path))
		return call_original(lua);
	luaL_pushfail(lua);
	lua_pushfstring(lua, "%s: %s", path, strerror(EACCES));
	lua_pushinteger(lua, EACCES);
	return 3;
}

/* For io.lines, loadfile and dofile: without a name they would read standard input. */
static int read_named(lua_State *lua)
{
	const char *path = luaL_checkstring(lua, 1);

	if (!script_may_read(lua, path))
		return luaL_error(lua, "%s: %s", path, strerror(EACCES));
	return call_original(lua);
}

static int load_file(lua_State *lua)
{
	const char *path = luaL_checkstring(lua, 1);
	bool with_environment = lua_gettop(lua) >= 3;

	if (!script_may_read(lua, path)) {
		luaL_pushfail(lua);
		lua_pushfstring(lua, "cannot open %s: %s", path, strerror(EACCES));
		return 2;
	}
	lua_settop(lua, with_environment ? 3 : 1);
	lua_pushliteral(lua, "t");
	if (with_environment)
		lua_replace(lua, 2);
	return call_original(lua);
}

static int do_file(lua_State *lua)
{
	const char *path = luaL_checkstring(lua, 1);

	if (!script_may_read(lua, path))
		return luaL_error(lua, "cannot open %s: %s", path, strerror(EACCES));
	lua_settop(lua, 1);
	if (luaL_loadfilex(lua, path, "t") != LUA_OK)
		return lua_error(lua);
	lua_call(lua, 0, LUA_MULTRET);
	return lua_gettop(lua) - 1;
}

/* Puts function `name` of the table on top behind `gate`. */
static void guard(lua_State *lua, const char *name, lua_CFunction gate)
{
	lua_getfield(lua, -1, name);
	lua_pushcclosure(lua, gate, 1);
	lua_setfield(lua, -2, name);
}

static void forget(lua_State *lua, const char *const *names)
{
	for (; *names; names++) {
		lua_pushnil(lua);
		lua_setfield(lua, -2, *names);
	}
}

static void close_io(lua_State *lua, unsigned grants)
{
	static const char *const processes[] = {"popen", NULL};
	static const char *const files[] = {"tmpfile", "output", "input",  "read",   "write",
					    "close",   "stdin",  "stdout", "stderr", NULL};

	lua_getglobal(lua, LUA_IOLIBNAME);
	guard(lua, "lines", read_named);
	if (!(grants & SCRIPT_FILES)) {
		guard(lua, "open", io_open);
		forget(lua, files);
	}
	if (!(grants & SCRIPT_PROCESSES))
		forget(lua, processes);
	lua_pop(lua, 1);
}

static void close_os(lua_State *lua, unsigned grants)
{
	static const char *const always[] = {"exit", "setlocale", NULL};
	static const char *const processes[] = {"execute", NULL};
	static const char *const files[] = {"remove", "rename", "tmpname", NULL};

	lua_getglobal(lua, LUA_OSLIBNAME);
	forget(lua, always);
	if (!(grants & SCRIPT_FILES))
		forget(lua, files);
	if (!(grants & SCRIPT_PROCESSES))
		forget(lua, processes);
	lua_pop(lua, 1);
}

void script_files_open(lua_State *lua, unsigned grants)
{
	close_io(lua, grants);
	close_os(lua, grants);
	lua_pushglobaltable(lua);
	guard(lua, "loadfile", load_file);
	lua_pushcfunction(lua, do_file);
	lua_setfield(lua, -2, "dofile");
	lua_pop(lua, 1);
}
