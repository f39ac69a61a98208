/* What keeps it closed: libraries that reach outside are not opened; functions that compile or
 * that could outlive the step limit are not there (a finalizer runs without hooks, a coroutine
 * has its own count); pcall does not swallow the end of the steps. What is not there is a
 * stand-in: a table that answers every index and call with itself. */
#include "script/script_head_sandbox.h"

#include "script/script_head.h"
#include "util/alloc.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#define STEPS_A_HOOK 1000

static struct head_sandbox *sandbox_of(lua_State *lua)
{
	return *(struct head_sandbox **)lua_getextraspace(lua);
}

/* ---- limits ---- */

static void *allocate(void *self, void *old, size_t old_bytes, size_t bytes)
{
	struct head_sandbox *sandbox = self;
	void *grown;

	if (!old)
		old_bytes = 0; /* it is the kind of object then */
	if (!bytes) {
		alloc_free(old);
		sandbox->memory_left += old_bytes;
		return NULL;
	}
	grown = bytes > old_bytes && bytes - old_bytes > sandbox->memory_left
			? NULL
			: alloc_resize(old, bytes, 1);
	if (grown)
		sandbox->memory_left += old_bytes - bytes;
	else
		sandbox->memory_short = true;
	return grown;
}

static void stop(lua_State *lua)
{
	luaL_where(lua, 0);
	lua_pushfstring(lua, "more than %d steps outside of functions", SCRIPT_HEAD_STEPS_MAX);
	lua_concat(lua, 2);
	lua_error(lua);
}

static void count_steps(lua_State *lua, lua_Debug *unused)
{
	struct head_sandbox *sandbox = sandbox_of(lua);

	(void)unused;
	sandbox->steps_left -= STEPS_A_HOOK;
	if (sandbox->steps_left < 0)
		stop(lua);
}

/* ---- stand-ins ---- */

/* A call answers with three of them, as scripts take their rules so: `_, portrule, hostrule =
 * library.rules()`. All have one metatable; which is which matters to a `for` alone. */
#define STAND_INS 3
static const char stand_in_keys[STAND_INS];
static const char metatable_key;

static int push_stand_in(lua_State *lua)
{
	lua_rawgetp(lua, LUA_REGISTRYINDEX, &stand_in_keys[0]);
	return 1;
}

static bool is_stand_in(lua_State *lua, int index)
{
	bool is;

	if (!lua_getmetatable(lua, index))
		return false;
	lua_rawgetp(lua, LUA_REGISTRYINDEX, &metatable_key);
	is = lua_rawequal(lua, -2, -1);
	lua_pop(lua, 2);
	return is;
}

/* Numbers have nothing, so that ipairs() ends. */
static int answer_index(lua_State *lua)
{
	if (lua_type(lua, 2) == LUA_TNUMBER)
		return 0;
	return push_stand_in(lua);
}

static bool is_nth_stand_in(lua_State *lua, int index, int nth)
{
	bool is;

	lua_rawgetp(lua, LUA_REGISTRYINDEX, &stand_in_keys[nth]);
	is = lua_rawequal(lua, index, -1);
	lua_pop(lua, 1);
	return is;
}

/* A `for` over what a call answered calls the first with the second and third, and one over a
 * stand-in calls it with two nils: it ends. */
static bool is_iteration(lua_State *lua)
{
	if (lua_gettop(lua) != 3)
		return false;
	return (lua_isnil(lua, 2) && lua_isnil(lua, 3)) ||
	       (is_nth_stand_in(lua, 2, 1) && is_nth_stand_in(lua, 3, 2));
}

static int answer_call(lua_State *lua)
{
	int i;

	if (is_iteration(lua))
		return 0;
	for (i = 0; i < STAND_INS; i++)
		lua_rawgetp(lua, LUA_REGISTRYINDEX, &stand_in_keys[i]);
	return STAND_INS;
}

static int answer_nothing(lua_State *lua)
{
	(void)lua;
	return 0;
}

static int answer_pairs(lua_State *lua)
{
	lua_pushcfunction(lua, answer_nothing);
	return 1;
}

static int answer_no(lua_State *lua)
{
	lua_pushboolean(lua, false);
	return 1;
}

static int answer_length(lua_State *lua)
{
	lua_pushinteger(lua, 0);
	return 1;
}

static int answer_text(lua_State *lua)
{
	lua_pushliteral(lua, "");
	return 1;
}

/* What is known of a text is kept. */
static int answer_concat(lua_State *lua)
{
	int kept = is_stand_in(lua, 1) ? 2 : 1;

	if (is_stand_in(lua, kept))
		return answer_text(lua);
	lua_pushvalue(lua, kept);
	return 1;
}

/* Libraries are the language's own, or stand-ins. */
static int answer_require(lua_State *lua)
{
	luaL_checkstring(lua, 1);
	lua_getfield(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_pushvalue(lua, 1);
	if (lua_rawget(lua, -2) == LUA_TNIL)
		push_stand_in(lua);
	return 1;
}

static const luaL_Reg answers[] = {
	{"__index", answer_index},   {"__newindex", answer_nothing},
	{"__call", answer_call},     {"__pairs", answer_pairs},
	{"__len", answer_length},    {"__tostring", answer_text},
	{"__concat", answer_concat}, {"__lt", answer_no},
	{"__le", answer_no},         {"__add", push_stand_in},
	{"__sub", push_stand_in},    {"__mul", push_stand_in},
	{"__div", push_stand_in},    {"__mod", push_stand_in},
	{"__pow", push_stand_in},    {"__unm", push_stand_in},
	{"__idiv", push_stand_in},   {"__band", push_stand_in},
	{"__bor", push_stand_in},    {"__bxor", push_stand_in},
	{"__shl", push_stand_in},    {"__shr", push_stand_in},
	{"__bnot", push_stand_in},   {NULL, NULL},
};

static void make_stand_ins(lua_State *lua)
{
	int i;

	luaL_newlib(lua, answers);
	for (i = 0; i < STAND_INS; i++) {
		lua_newtable(lua);
		lua_pushvalue(lua, -2);
		lua_setmetatable(lua, -2);
		lua_rawsetp(lua, LUA_REGISTRYINDEX, &stand_in_keys[i]);
	}
	lua_rawsetp(lua, LUA_REGISTRYINDEX, &metatable_key);
}

bool head_sandbox_is_callable(lua_State *lua, int index)
{
	return lua_isfunction(lua, index) || is_stand_in(lua, index);
}

/* ---- functions of our own ---- */

static int guarded_pcall(lua_State *lua)
{
	int status;

	luaL_checkany(lua, 1);
	status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
	if (status != LUA_OK && sandbox_of(lua)->steps_left < 0)
		return lua_error(lua);
	lua_pushboolean(lua, status == LUA_OK);
	lua_insert(lua, 1);
	return lua_gettop(lua);
}

/* What a call answers is more than one value, and the second is no base. */
static int guarded_tonumber(lua_State *lua)
{
	if (lua_gettop(lua) >= 2 && is_stand_in(lua, 2))
		lua_settop(lua, 1);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, lua_gettop(lua) - 1, 1);
	return 1;
}

/* A function of texts answers with a stand-in when it is given one. */
static int guarded_text_function(lua_State *lua)
{
	int i, count = lua_gettop(lua);

	for (i = 1; i <= count; i++)
		if (is_stand_in(lua, i))
			return push_stand_in(lua);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, count, LUA_MULTRET);
	return lua_gettop(lua);
}

/* The order of stand-ins is none: what cannot be sorted stays. */
static int guarded_sort(lua_State *lua)
{
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	if (lua_pcall(lua, lua_gettop(lua) - 1, 0, 0) != LUA_OK && sandbox_of(lua)->steps_left < 0)
		return lua_error(lua);
	return 0;
}

static int guarded_setmetatable(lua_State *lua)
{
	int type = lua_type(lua, 2);

	luaL_checktype(lua, 1, LUA_TTABLE);
	luaL_argexpected(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
	if (is_stand_in(lua, 1) || luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
		return luaL_error(lua, "cannot change a protected metatable");
	if (type == LUA_TTABLE) {
		lua_pushliteral(lua, "__gc");
		if (lua_rawget(lua, 2) != LUA_TNIL)
			return luaL_error(lua, "a finalizer outside of functions");
	}
	lua_settop(lua, 2);
	lua_setmetatable(lua, 1);
	return 1;
}

static void open_libraries(lua_State *lua)
{
	static const luaL_Reg opened[] = {
		{LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
		{LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
		{LUA_UTF8LIBNAME, luaopen_utf8},
	};
	static const char *const closed[] = {"collectgarbage", "dofile", "load",  "loadfile",
					     "print",          "warn",   "xpcall"};
	size_t i;

	for (i = 0; i < sizeof(opened) / sizeof(*opened); i++) {
		luaL_requiref(lua, opened[i].name, opened[i].func, true);
		lua_pop(lua, 1);
	}
	for (i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
		lua_pushnil(lua);
		lua_setglobal(lua, closed[i]);
	}
}

static void guard_text_functions(lua_State *lua)
{
	lua_getglobal(lua, LUA_STRLIBNAME);
	lua_pushnil(lua);
	while (lua_next(lua, -2)) {
		lua_pushvalue(lua, -2);
		lua_insert(lua, -2);
		lua_pushcclosure(lua, guarded_text_function, 1);
		lua_rawset(lua, -4); /* a field that is there may be set */
	}
	lua_pop(lua, 1);
}

/* Puts a function in the place of the one it calls: of the table on top. */
static void guard(lua_State *lua, const char *name, lua_CFunction function)
{
	lua_getfield(lua, -1, name);
	lua_pushcclosure(lua, function, 1);
	lua_setfield(lua, -2, name);
}

static void guard_functions(lua_State *lua)
{
	guard_text_functions(lua);
	lua_getglobal(lua, LUA_TABLIBNAME);
	guard(lua, "sort", guarded_sort);
	lua_pushglobaltable(lua);
	guard(lua, "tonumber", guarded_tonumber);
	lua_pop(lua, 2);
}

static int set_up(lua_State *lua)
{
	open_libraries(lua);
	guard_functions(lua);
	make_stand_ins(lua);
	lua_register(lua, "require", answer_require);
	lua_register(lua, "pcall", guarded_pcall);
	lua_register(lua, "setmetatable", guarded_setmetatable);
	lua_pushglobaltable(lua);
	lua_createtable(lua, 0, 1);
	lua_pushcfunction(lua, push_stand_in);
	lua_setfield(lua, -2, "__index");
	lua_setmetatable(lua, -2);
	return 0;
}

lua_State *head_sandbox_new(struct head_sandbox *sandbox)
{
	lua_State *lua;

	*sandbox = (struct head_sandbox){SCRIPT_HEAD_MEMORY_MAX, SCRIPT_HEAD_STEPS_MAX, false};
	lua = lua_newstate(allocate, sandbox);
	if (!lua)
		return NULL;
	*(struct head_sandbox **)lua_getextraspace(lua) = sandbox;
	lua_pushcfunction(lua, set_up);
	if (lua_pcall(lua, 0, 0, 0) != LUA_OK) {
		lua_close(lua);
		return NULL;
	}
	lua_sethook(lua, count_steps, LUA_MASKCOUNT, STEPS_A_HOOK);
	return lua;
}

void head_sandbox_push_environment(lua_State *lua, const char *path, const char *id)
{
	lua_newtable(lua);
	lua_pushstring(lua, path);
	lua_setfield(lua, -2, "SCRIPT_PATH");
	lua_pushstring(lua, id);
	lua_setfield(lua, -2, "SCRIPT_NAME");
	lua_newtable(lua);
	lua_setfield(lua, -2, "categories");
	lua_newtable(lua);
	lua_setfield(lua, -2, "dependencies");
	lua_createtable(lua, 0, 1);
	lua_pushglobaltable(lua);
	lua_setfield(lua, -2, "__index");
	lua_setmetatable(lua, -2);
}
