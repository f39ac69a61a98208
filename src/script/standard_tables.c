/* table: what loops over as many elements as a script (or its __len) claims is ours or watched,
 * so that it can be stopped. */
#include "script/machine_impl.h"

#include <lauxlib.h>
#include <lualib.h>

enum needs { READS = 1, WRITES = 2, MEASURES = 4 };

/* Tables, and what has the metamethods to act as one. */
static void check_table(lua_State *lua, int index, int needs)
{
	static const char *const metamethods[] = {"__index", "__newindex", "__len"};
	size_t at;

	if (lua_type(lua, index) == LUA_TTABLE)
		return;
	for (at = 0; at < sizeof(metamethods) / sizeof(metamethods[0]); at++) {
		if (!(needs & 1 << at))
			continue;
		if (luaL_getmetafield(lua, index, metamethods[at]) == LUA_TNIL)
			luaL_checktype(lua, index, LUA_TTABLE);
		else
			lua_pop(lua, 1);
	}
}

static void copy_one(lua_State *lua, int source, lua_Integer from, int target, lua_Integer to,
		     struct script_steps *work)
{
	script_tick(lua, work, 1);
	lua_geti(lua, source, from);
	lua_seti(lua, target, to);
}

static int table_insert(lua_State *lua)
{
	struct script_steps work = {0};
	lua_Integer last, at;

	check_table(lua, 1, READS | WRITES | MEASURES);
	last = (lua_Integer)((lua_Unsigned)luaL_len(lua, 1) + 1);
	if (lua_gettop(lua) == 2) {
		lua_seti(lua, 1, last);
		return 0;
	}
	if (lua_gettop(lua) != 3)
		return luaL_error(lua, "wrong number of arguments to 'insert'");
	at = luaL_checkinteger(lua, 2);
	luaL_argcheck(lua, (lua_Unsigned)at - 1u < (lua_Unsigned)last, 2, "position out of bounds");
	for (; last > at; last--)
		copy_one(lua, 1, last - 1, 1, last, &work);
	lua_seti(lua, 1, at);
	return 0;
}

static int table_remove(lua_State *lua)
{
	struct script_steps work = {0};
	lua_Integer size, at;

	check_table(lua, 1, READS | WRITES | MEASURES);
	size = luaL_len(lua, 1);
	at = luaL_optinteger(lua, 2, size);
	luaL_argcheck(lua, at == size || (lua_Unsigned)at - 1u <= (lua_Unsigned)size, 2,
		      "position out of bounds");
	lua_geti(lua, 1, at);
	for (; at < size; at++)
		copy_one(lua, 1, at + 1, 1, at, &work);
	lua_pushnil(lua);
	lua_seti(lua, 1, at);
	return 1;
}

static int table_move(lua_State *lua)
{
	lua_Integer first = luaL_checkinteger(lua, 2), last = luaL_checkinteger(lua, 3);
	lua_Integer to = luaL_checkinteger(lua, 4), count, at;
	int target = lua_isnoneornil(lua, 5) ? 1 : 5;
	struct script_steps work = {0};
	bool upwards;

	check_table(lua, 1, READS);
	check_table(lua, target, WRITES);
	lua_settop(lua, 5);
	if (last >= first) {
		luaL_argcheck(lua, first > 0 || last < LUA_MAXINTEGER + first, 3,
			      "too many elements to move");
		count = last - first + 1;
		luaL_argcheck(lua, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
		upwards = to > last || to <= first ||
			  (target != 1 && !lua_compare(lua, 1, target, LUA_OPEQ));
		for (at = upwards ? 0 : count - 1; upwards ? at < count : at >= 0;
		     at += upwards ? 1 : -1)
			copy_one(lua, 1, first + at, target, to + at, &work);
	}
	lua_pushvalue(lua, target);
	return 1;
}

static void add_element(lua_State *lua, luaL_Buffer *out, lua_Integer at)
{
	lua_geti(lua, 1, at);
	if (!lua_isstring(lua, -1))
		luaL_error(lua, "invalid value (%s) at index %I in table for 'concat'",
			   luaL_typename(lua, -1), (LUAI_UACINT)at);
	luaL_addvalue(out);
}

static int table_concat(lua_State *lua)
{
	lua_Integer at, last, size;
	struct script_steps work = {0};
	const char *between;
	luaL_Buffer out;
	size_t bytes;

	check_table(lua, 1, READS | MEASURES);
	size = luaL_len(lua, 1);
	between = luaL_optlstring(lua, 2, "", &bytes);
	at = luaL_optinteger(lua, 3, 1);
	last = luaL_optinteger(lua, 4, size);
	luaL_buffinit(lua, &out);
	for (; at < last; at++) {
		script_tick(lua, &work, 1);
		add_element(lua, &out, at);
		luaL_addlstring(&out, between, bytes);
	}
	if (at == last)
		add_element(lua, &out, at);
	luaL_pushresult(&out);
	return 1;
}

/* The order of the caller (upvalue 1, or <), counted (upvalue 2). */
static int counted_order(lua_State *lua)
{
	script_tick(lua, lua_touserdata(lua, lua_upvalueindex(2)), 1);
	lua_settop(lua, 2);
	if (lua_isnil(lua, lua_upvalueindex(1))) {
		lua_pushboolean(lua, lua_compare(lua, 1, 2, LUA_OPLT));
		return 1;
	}
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, 2, 1);
	return 1;
}

/* Upvalue 1 is Lua's own. */
static int table_sort(lua_State *lua)
{
	check_table(lua, 1, READS | WRITES | MEASURES);
	if (!lua_isnoneornil(lua, 2))
		luaL_checktype(lua, 2, LUA_TFUNCTION);
	lua_settop(lua, 2);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	*(struct script_steps *)lua_newuserdatauv(lua, sizeof(struct script_steps), 0) =
		(struct script_steps){0};
	lua_pushcclosure(lua, counted_order, 2);
	lua_call(lua, 2, 0);
	return 0;
}

void script_tables_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"insert", table_insert},
		{"remove", table_remove},
		{"move", table_move},
		{"concat", table_concat},
		{0},
	};

	lua_getglobal(lua, LUA_TABLIBNAME);
	luaL_setfuncs(lua, functions, 0);
	lua_getfield(lua, -1, "sort");
	lua_pushcclosure(lua, table_sort, 1);
	lua_setfield(lua, -2, "sort");
	lua_pop(lua, 1);
}
