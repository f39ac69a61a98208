/* What all scripts share and none may spoil: the fields that Lua's own libraries, the globals,
 * `nmap` and the metatable of texts have when the machine is made. Tables cannot be closed to
 * assignment: with a proxy, next() and rawget() would not see what they see in Nmap. So they are
 * looked through when a thread ends, and what is not as it was is put back. Fields that were added
 * stay, as modules of Nmap add some. */
#include "script/machine_impl.h"

#include <lauxlib.h>
#include <stdio.h>

/* In the registry: for each table an array of it, its name, and then keys and values in turn. */
static const char kept[] = "portolan.kept";
enum { TABLE = 1, TITLE, FIRST_KEY };

/* ---- as it was ---- */

/* Pops the table, and adds it to the list on top. */
static void keep(lua_State *lua, const char *title)
{
	int table = lua_gettop(lua), fields = table + 1;
	lua_Integer at = FIRST_KEY;

	lua_newtable(lua);
	lua_pushvalue(lua, table);
	lua_rawseti(lua, fields, TABLE);
	lua_pushstring(lua, title);
	lua_rawseti(lua, fields, TITLE);
	for (lua_pushnil(lua); lua_next(lua, table); at += 2) {
		lua_rawseti(lua, fields, at + 1);
		lua_pushvalue(lua, -1);
		lua_rawseti(lua, fields, at);
	}
	lua_rawseti(lua, table - 1, (lua_Integer)lua_rawlen(lua, table - 1) + 1);
	lua_pop(lua, 1);
}

void script_kept_open(lua_State *lua)
{
	static const char *const libraries[] = {"coroutine", "debug",   "io",     "math",
						"nmap",      "os",      "string", "table",
						"utf8",      "package", NULL};
	const char *const *library;

	lua_newtable(lua);
	for (library = libraries; *library; library++) {
		lua_getglobal(lua, *library);
		keep(lua, *library);
	}
	lua_pushglobaltable(lua);
	keep(lua, "_G");
	lua_pushliteral(lua, "");
	lua_getmetatable(lua, -1);
	lua_remove(lua, -2);
	keep(lua, "getmetatable(\"\")");
	lua_setfield(lua, LUA_REGISTRYINDEX, kept);
}

/* ---- as it is ---- */

/* Stack: the fields, their table, what is there now. */
static void put_back(lua_State *lua, struct script_machine *machine, lua_Integer at)
{
	int fields = lua_gettop(lua) - 2;

	lua_rawgeti(lua, fields, TITLE);
	lua_rawgeti(lua, fields, at);
	if (!machine->mended[0])
		snprintf(machine->mended, sizeof(machine->mended), "%s.%s", lua_tostring(lua, -2),
			 lua_tostring(lua, -1));
	lua_rawgeti(lua, fields, at + 1);
	lua_rawset(lua, fields + 1);
	lua_settop(lua, fields + 2);
}

static void mend_fields(lua_State *lua, struct script_machine *machine)
{
	int fields = lua_gettop(lua);
	lua_Integer at, end = (lua_Integer)lua_rawlen(lua, fields);

	lua_rawgeti(lua, fields, TABLE);
	for (at = FIRST_KEY; at < end; at += 2) {
		lua_rawgeti(lua, fields, at);
		lua_rawget(lua, fields + 1);
		lua_rawgeti(lua, fields, at + 1);
		if (lua_rawequal(lua, -1, -2)) {
			lua_pop(lua, 2);
			continue;
		}
		lua_pop(lua, 1);
		put_back(lua, machine, at);
		lua_pop(lua, 1);
	}
	lua_settop(lua, fields);
}

static int mend(lua_State *lua)
{
	struct script_machine *machine = lua_touserdata(lua, 1);
	lua_Integer at, count;

	lua_getfield(lua, LUA_REGISTRYINDEX, kept);
	count = (lua_Integer)lua_rawlen(lua, 2);
	for (at = 1; at <= count; at++) {
		lua_rawgeti(lua, 2, at);
		mend_fields(lua, machine);
		lua_pop(lua, 1);
	}
	return 0;
}

const char *script_machine_mend(struct script_machine *machine)
{
	lua_State *lua = machine->lua;

	machine->mended[0] = '\0';
	lua_pushcfunction(lua, mend);
	lua_pushlightuserdata(lua, machine);
	/* Memory may be short: then the next one puts back the rest. */
	if (lua_pcall(lua, 1, 0, 0) != LUA_OK)
		lua_pop(lua, 1);
	return machine->mended[0] ? machine->mended : NULL;
}
