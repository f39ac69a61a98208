/* coroutine.resume, wrap and close for scripts: when the engine suspends a script within one of
 * its own coroutines, the suspension goes through to the scheduler (nse-api.md 1.4). */
#include "script/machine_impl.h"

#include <lauxlib.h>
#include <lualib.h>

#define RESUME_INSTRUCTIONS 100 /* what a resume is charged; its own count starts anew */
#define LOOK_EVERY          8

enum kind { RESUME, WRAP };

static lua_State *coroutine_of(lua_State *lua, lua_KContext kind)
{
	lua_State *coroutine = lua_tothread(lua, kind == WRAP ? lua_upvalueindex(1) : 1);

	luaL_argexpected(lua, coroutine, 1, "coroutine");
	return coroutine;
}

static int failed(lua_State *lua, lua_KContext kind)
{
	if (kind == RESUME) {
		lua_pushboolean(lua, false);
		lua_insert(lua, -2);
		return 2;
	}
	if (lua_type(lua, -1) == LUA_TSTRING) {
		luaL_where(lua, 1);
		lua_insert(lua, -2);
		lua_concat(lua, 2);
	}
	return lua_error(lua);
}

static int failed_text(lua_State *lua, lua_KContext kind, const char *text)
{
	lua_pushstring(lua, text);
	return failed(lua, kind);
}

static int hand_over(lua_State *lua, lua_State *coroutine, int results, lua_KContext kind)
{
	if (!lua_checkstack(lua, results + 1)) {
		lua_pop(coroutine, results);
		return failed_text(lua, kind, "too many results to resume");
	}
	if (kind == RESUME)
		lua_pushboolean(lua, true);
	lua_xmove(coroutine, lua, results);
	return results + (kind == RESUME);
}

static int go_on(lua_State *lua, int status, lua_KContext kind);

static int step(lua_State *lua, lua_State *coroutine, int arguments, lua_KContext kind)
{
	bool suspended;
	int status, results;

	if (lua_gethook(coroutine) != script_budget_hook)
		lua_sethook(coroutine, script_budget_hook, LUA_MASKCOUNT, SCRIPT_HOOK_INSTRUCTIONS);
	status = script_resume(coroutine, lua, arguments, &results, &suspended);
	script_check_stopped(lua);
	if (suspended)
		return script_suspend(lua, kind, go_on);
	if (status == LUA_OK || status == LUA_YIELD)
		return hand_over(lua, coroutine, results, kind);
	if (kind == WRAP)
		lua_resetthread(coroutine);
	lua_xmove(coroutine, lua, 1);
	return failed(lua, kind);
}

static int go_on(lua_State *lua, int status, lua_KContext kind)
{
	script_check_stopped(lua);
	return step(lua, coroutine_of(lua, kind), 0, kind);
}

/* Lua's own texts. */
static const char *why_not(lua_State *lua, lua_State *coroutine)
{
	lua_Debug frame;

	if (coroutine == lua || script_is_marked(coroutine))
		return "cannot resume non-suspended coroutine";
	if (lua_status(coroutine) == LUA_YIELD)
		return NULL;
	if (lua_status(coroutine) != LUA_OK)
		return "cannot resume dead coroutine";
	if (lua_getstack(coroutine, 0, &frame))
		return "cannot resume non-suspended coroutine";
	return lua_gettop(coroutine) == 0 ? "cannot resume dead coroutine" : NULL;
}

static int start(lua_State *lua, lua_KContext kind)
{
	lua_State *coroutine = coroutine_of(lua, kind);
	int arguments = lua_gettop(lua) - (kind == RESUME);
	const char *why = why_not(lua, coroutine);

	if (why)
		return failed_text(lua, kind, why);
	if (!lua_checkstack(coroutine, arguments))
		return failed_text(lua, kind, "too many arguments to resume");
	lua_xmove(lua, coroutine, arguments);
	return step(lua, coroutine, arguments, kind);
}

static int start_later(lua_State *lua, int status, lua_KContext kind)
{
	return start(lua, kind);
}

/* A count of instructions starts anew in each coroutine, so a script could dodge the hook by
 * many short ones: they are looked at here. */
static int begin(lua_State *lua, enum kind kind)
{
	struct script_machine *machine = script_machine_of(lua);
	bool turn_over;

	script_check_stopped(lua);
	if (!machine->budget || ++machine->resumes % LOOK_EVERY)
		return start(lua, kind);
	turn_over = script_budget_look(lua, LOOK_EVERY * RESUME_INSTRUCTIONS);
	if (turn_over && script_may_suspend(lua))
		return script_suspend(lua, kind, start_later);
	return start(lua, kind);
}

static int resume(lua_State *lua)
{
	return begin(lua, RESUME);
}

static int wrapped(lua_State *lua)
{
	return begin(lua, WRAP);
}

static int wrap(lua_State *lua)
{
	lua_State *coroutine;

	luaL_checktype(lua, 1, LUA_TFUNCTION);
	coroutine = lua_newthread(lua);
	script_mark(coroutine, false);
	lua_pushvalue(lua, 1);
	lua_xmove(lua, coroutine, 1);
	lua_pushcclosure(lua, wrapped, 1);
	return 1;
}

static int close_coroutine(lua_State *lua)
{
	lua_State *coroutine = coroutine_of(lua, RESUME);
	lua_Debug frame;
	bool busy = coroutine == lua || script_is_marked(coroutine) ||
		    (lua_status(coroutine) == LUA_OK && lua_getstack(coroutine, 0, &frame));
	int status;

	script_check_stopped(lua);
	if (busy)
		return luaL_error(lua, "cannot close a running coroutine");
	status = lua_resetthread(coroutine);
	script_check_stopped(lua);
	lua_pushboolean(lua, status == LUA_OK);
	if (status == LUA_OK)
		return 1;
	lua_xmove(coroutine, lua, 1);
	return 2;
}

void script_coroutines_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"resume", resume},
		{"wrap", wrap},
		{"close", close_coroutine},
		{0},
	};

	lua_getglobal(lua, LUA_COLIBNAME);
	luaL_setfuncs(lua, functions, 0);
	lua_pop(lua, 1);
}
