/* Which modules are loaded. Modules of C are there for all; those of Lua for each tree apart, so
 * that two trees can have each their own of one name. Whose code asks is told by its chunk, not
 * by its environment: modules make environments of their own, and those end at _G. */
#include "script/machine_impl.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

#define CALLERS_MAX 32 /* a frame further out is found in as many steps */

static const char chunks[] = "portolan.chunks"; /* "@path" to its tree */
static const char loaded[] = "portolan.loaded"; /* tree to name to module */

/* ---- trees of chunks ---- */

void script_chunk_place(lua_State *lua, const char *name, unsigned tree)
{
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, chunks);
	lua_pushfstring(lua, "@%s", name);
	lua_pushinteger(lua, tree);
	lua_rawset(lua, -3);
	lua_pop(lua, 1);
}

struct placing {
	const char *name;
	unsigned tree;
};

static int place(lua_State *lua)
{
	const struct placing *placing = lua_touserdata(lua, 1);

	script_chunk_place(lua, placing->name, placing->tree);
	return 0;
}

int script_machine_place(struct script_machine *machine, const char *name, unsigned tree)
{
	struct placing placing = {name, tree};

	lua_pushcfunction(machine->lua, place);
	lua_pushlightuserdata(machine->lua, &placing);
	if (lua_pcall(machine->lua, 1, 0, 0) == LUA_OK)
		return 0;
	lua_pop(machine->lua, 1);
	return ERROR_MEMORY;
}

unsigned script_tree_of_caller(lua_State *lua)
{
	unsigned tree = 0;
	lua_Debug frame;
	int level, known = LUA_TNIL;

	luaL_getsubtable(lua, LUA_REGISTRYINDEX, chunks);
	for (level = 1; level < CALLERS_MAX && known == LUA_TNIL; level++) {
		if (!lua_getstack(lua, level, &frame) || !lua_getinfo(lua, "S", &frame))
			break;
		if (frame.source[0] != '@')
			continue;
		lua_pushstring(lua, frame.source);
		known = lua_rawget(lua, -2);
		tree = (unsigned)lua_tointeger(lua, -1);
		lua_pop(lua, 1);
	}
	lua_pop(lua, 1);
	return tree;
}

/* ---- modules of trees ---- */

/* Pushes the table of the tree's modules. */
static void push_modules(lua_State *lua, unsigned tree)
{
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, loaded);
	if (lua_rawgeti(lua, -1, tree) == LUA_TNIL) {
		lua_pop(lua, 1);
		lua_newtable(lua);
		lua_pushvalue(lua, -1);
		lua_rawseti(lua, -3, tree);
	}
	lua_remove(lua, -2);
}

/* Replaces the table on top by its field of the name at `name`. */
static bool take_field(lua_State *lua, int name)
{
	lua_pushvalue(lua, name);
	lua_rawget(lua, -2);
	lua_remove(lua, -2);
	return lua_toboolean(lua, -1);
}

bool script_loaded_push(lua_State *lua, unsigned tree, int name)
{
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	if (take_field(lua, name))
		return true;
	lua_pop(lua, 1);
	push_modules(lua, tree);
	if (take_field(lua, name))
		return true;
	lua_pop(lua, 1);
	return false;
}

void script_loaded_set(lua_State *lua, unsigned tree, int name, int module)
{
	push_modules(lua, tree);
	lua_pushvalue(lua, name);
	lua_pushvalue(lua, module);
	lua_rawset(lua, -3);
	lua_pop(lua, 1);
}

/* ---- package.loaded ---- */

/* Whose module is it that this name is given to: a module registers itself through functions of
 * another tree, maybe. */
static unsigned tree_to_set(lua_State *lua, int name)
{
	const struct script_loading *loading = script_machine_of(lua)->loading;

	if (loading && lua_type(lua, name) == LUA_TSTRING &&
	    !strcmp(loading->name, lua_tostring(lua, name)))
		return loading->tree;
	return script_tree_of_caller(lua);
}

static int view_index(lua_State *lua)
{
	lua_settop(lua, 2);
	return script_loaded_push(lua, script_tree_of_caller(lua), 2);
}

static int view_newindex(lua_State *lua)
{
	lua_settop(lua, 3);
	luaL_argcheck(lua, !lua_isnil(lua, 2), 2, "index is nil");
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(lua, 2);
	if (lua_rawget(lua, 4) == LUA_TNIL) {
		script_loaded_set(lua, tree_to_set(lua, 2), 2, 3);
		return 0;
	}
	lua_pushvalue(lua, 2);
	lua_pushvalue(lua, 3);
	lua_rawset(lua, 4);
	return 0;
}

/* Copies the fields of the table on top, which goes, to the one below. */
static void add_fields(lua_State *lua)
{
	for (lua_pushnil(lua); lua_next(lua, -2);) {
		lua_pushvalue(lua, -2);
		lua_insert(lua, -2);
		lua_rawset(lua, -5);
	}
	lua_pop(lua, 1);
}

static int next_field(lua_State *lua)
{
	lua_settop(lua, 2);
	return lua_next(lua, 1) ? 2 : 0;
}

/* Over a copy: who walks may unload. */
static int view_pairs(lua_State *lua)
{
	lua_pushcfunction(lua, next_field);
	lua_newtable(lua);
	push_modules(lua, script_tree_of_caller(lua));
	add_fields(lua);
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	add_fields(lua);
	return 2;
}

void script_loaded_push_view(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"__index", view_index},
		{"__newindex", view_newindex},
		{"__pairs", view_pairs},
		{0},
	};

	lua_newtable(lua);
	luaL_newlib(lua, methods);
	lua_pushboolean(lua, false);
	lua_setfield(lua, -2, "__metatable");
	lua_setmetatable(lua, -2);
}
