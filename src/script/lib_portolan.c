/* portolan: what scripts can do here and nowhere else. finding(): says that something is wrong
 * (lualib/finding.lua calls it). rpc_programs(): names that come with the program. */
#include "script/library.h"

#include "detect/service/rpc_programs.h"
#include "engine/script_copy.h"
#include "script/lib_guard.h"
#include "script/site.h"

#include <lauxlib.h>
#include <string.h>

#define TABLE 1 /* index of the argument */

/* Pushes the text, cut, with \x00 for a NUL. */
static const char *push_text(lua_State *lua, int index, size_t most)
{
	size_t bytes, at;
	const char *text = lua_tolstring(lua, index, &bytes);
	luaL_Buffer clean;

	index = lua_absindex(lua, index);
	if (bytes > most)
		bytes = most;
	luaL_buffinit(lua, &clean);
	for (at = 0; at < bytes; at++)
		if (text[at])
			luaL_addchar(&clean, text[at]);
		else
			luaL_addstring(&clean, "\\x00");
	luaL_pushresult(&clean);
	lua_remove(lua, index);
	return lua_tostring(lua, -1);
}

static const char *need_text(lua_State *lua, const char *field, size_t most)
{
	if (lua_getfield(lua, TABLE, field) != LUA_TSTRING)
		luaL_error(lua, "a finding needs the text '%s'", field);
	return push_text(lua, -1, most);
}

static enum finding_severity need_severity(lua_State *lua)
{
	const char *name = need_text(lua, "severity", SCRIPT_REASON_MAX);
	int severity = finding_severity_parse(name);

	if (severity < 0)
		luaL_error(lua,
			   "a finding's severity is info, low, medium, high or critical, not '%s'",
			   name);
	return (enum finding_severity)severity;
}

/* Nothing said is certain. */
static double read_confidence(lua_State *lua)
{
	lua_Number confidence = 1;
	int is = 1;

	if (lua_getfield(lua, TABLE, "confidence") != LUA_TNIL)
		confidence = lua_tonumberx(lua, -1, &is);
	if (!is || !(confidence >= 0 && confidence <= 1))
		luaL_error(lua, "a finding's confidence is between 0 and 1");
	lua_pop(lua, 1);
	return confidence;
}

/* The texts stay on the stack. */
static size_t read_references(lua_State *lua, const char **references)
{
	int type = lua_getfield(lua, TABLE, "references"), list = lua_gettop(lua);
	size_t count = 0;

	if (type == LUA_TNIL)
		return 0;
	if (type != LUA_TTABLE)
		luaL_error(lua, "a finding's references are a table");
	while (count < FINDING_REFERENCES_MAX &&
	       (type = lua_geti(lua, list, (lua_Integer)count + 1)) != LUA_TNIL) {
		if (type != LUA_TSTRING)
			luaL_error(lua, "a finding's references are texts");
		references[count++] = push_text(lua, -1, FINDING_REFERENCE_MAX);
	}
	return count;
}

static int portolan_finding(lua_State *lua)
{
	const struct script_thread *thread = script_thread_check(lua, "portolan.finding");
	const struct script_instance *instance = script_thread_instance(thread);
	const struct script_site *site = script_site_of(instance);
	const struct script_place place = script_site_place(instance);
	const char *references[FINDING_REFERENCES_MAX];
	struct script_finding finding = {.references = references};

	luaL_checktype(lua, TABLE, LUA_TTABLE);
	lua_settop(lua, TABLE);
	luaL_checkstack(lua, FINDING_REFERENCES_MAX + 20, NULL);
	finding.id = need_text(lua, "id", SCRIPT_ID_MAX);
	finding.title = need_text(lua, "title", FINDING_TEXT_MAX);
	finding.severity = need_severity(lua);
	finding.seen = need_text(lua, "seen", FINDING_TEXT_MAX);
	finding.why = need_text(lua, "why", FINDING_TEXT_MAX);
	finding.remedy = need_text(lua, "remedy", FINDING_TEXT_MAX);
	finding.confidence = read_confidence(lua);
	finding.source = lua_pushfstring(lua, "script %s", instance->script->id);
	finding.references_count = read_references(lua, references);
	site->order.finding(site->order.self, &place, &finding);
	return 0;
}

static void free_programs(void *programs)
{
	rpc_programs_free(programs);
}

/* rpc_programs(): the names of ONC RPC programs by number, as -sV knows them without a file of
 * the user's. */
static int portolan_rpc_programs(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, free_programs);
	struct rpc_programs *programs = NULL;
	size_t i, count;

	if (rpc_programs_builtin(&programs) < 0)
		return luaL_error(lua, "not enough memory");
	guard->thing = programs;
	count = rpc_programs_count(programs);
	lua_createtable(lua, 0, (int)count);
	for (i = 0; i < count; i++) {
		const struct rpc_program *program = rpc_programs_at(programs, i);

		lua_pushstring(lua, program->name);
		lua_rawseti(lua, -2, program->number);
	}
	return 1;
}

int script_open_portolan(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"finding", portolan_finding},
		{"rpc_programs", portolan_rpc_programs},
		{0},
	};

	luaL_newlib(lua, functions);
	return 1;
}
