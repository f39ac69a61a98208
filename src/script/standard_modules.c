/* require: modules are found by the machine's owner and nowhere else, so no module of the system
 * can stand in for one of ours. A module's memory is the run's: the next script uses it, too. */
#include "script/machine_impl.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

static const char injections[] = "portolan.injections";

static void inject(lua_State *lua, int module)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, injections);
	lua_pushvalue(lua, 1);
	if (lua_gettable(lua, -2) == LUA_TFUNCTION) {
		lua_pushvalue(lua, module);
		lua_call(lua, 1, 0);
	}
}

/* Calls the module (upvalue 1) as Lua's loaders do: with its name and file. */
static int run_module(lua_State *lua)
{
	struct script_machine *machine = script_machine_of(lua);
	uint32_t charged = script_charge(machine, 0);
	int status;

	lua_settop(lua, 2);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_pushvalue(lua, 1);
	lua_pushvalue(lua, 2);
	status = lua_pcall(lua, 2, 1, 0);
	script_charge(machine, charged);
	script_check_stopped(lua);
	if (status != LUA_OK)
		return lua_error(lua);
	if (!lua_isnil(lua, 3))
		inject(lua, 3);
	lua_settop(lua, 3);
	return 1;
}

static const char *find(lua_State *lua, const char *name)
{
	const struct script_machine_config *config = script_machine_config(script_machine_of(lua));
	const char *relative;

	if (!config->find || strchr(name, '/') || strstr(name, "..") || name[0] == '.')
		return NULL;
	relative = luaL_gsub(lua, name, ".", "/");
	relative = lua_pushfstring(lua, "%s.lua", relative);
	return config->find(config->self, relative);
}

static int search(lua_State *lua)
{
	struct script_machine *machine = script_machine_of(lua);
	const char *name = luaL_checkstring(lua, 1), *path = find(lua, name);
	uint32_t charged;
	int status;

	if (!path) {
		lua_pushfstring(lua, "no library '%s'", name);
		return 1;
	}
	path = lua_pushstring(lua, path);
	charged = script_charge(machine, 0);
	status = luaL_loadfilex(lua, path, "t");
	script_charge(machine, charged);
	if (status != LUA_OK)
		return luaL_error(lua, "error loading module '%s' from file '%s':\n\t%s", name,
				  path, lua_tostring(lua, -1));
	lua_pushcclosure(lua, run_module, 1);
	lua_pushstring(lua, path);
	return 2;
}

void script_modules_open(lua_State *lua)
{
	lua_getglobal(lua, LUA_LOADLIBNAME);
	lua_pushnil(lua);
	lua_setfield(lua, -2, "loadlib");
	lua_pushliteral(lua, "");
	lua_setfield(lua, -2, "cpath");
	lua_pushliteral(lua, "");
	lua_setfield(lua, -2, "path");
	lua_getfield(lua, -1, "searchers");
	lua_rawgeti(lua, -1, 1);
	lua_rawseti(lua, -2, 2);
	lua_pushcfunction(lua, search);
	lua_rawseti(lua, -2, 1);
	for (lua_Integer at = (lua_Integer)lua_rawlen(lua, -1); at > 2; at--) {
		lua_pushnil(lua);
		lua_rawseti(lua, -2, at);
	}
	lua_pop(lua, 2);
}
