/* nmap: what needs no scan (nse-api.md 9.1, 9.3). */
#include "script/lib_nmap.h"

#include "script/lib_dnet.h"
#include "script/library.h"
#include "script/scheduler.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define RANDOM_CHUNK 256

static const struct script_scheduler *scheduler_of(lua_State *lua)
{
	return script_machine_scheduler(script_machine_of(lua));
}

static void debug_note(lua_State *lua, const char *text)
{
	const struct script_hooks *hooks;

	if (!scheduler_of(lua))
		return;
	hooks = script_scheduler_hooks(scheduler_of(lua));
	if (hooks->log)
		hooks->log(hooks->self, 1, text);
}

static uint64_t wall_ns(lua_State *lua)
{
	struct timespec now;

	if (scheduler_of(lua))
		return loop_wall_ns(script_scheduler_loop(scheduler_of(lua)));
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static int nmap_clock(lua_State *lua)
{
	lua_pushnumber(lua, (lua_Number)wall_ns(lua) / (lua_Number)NS_PER_S);
	return 1;
}

static int nmap_clock_ms(lua_State *lua)
{
	uint64_t ms = wall_ns(lua) / NS_PER_MS;

	lua_pushnumber(lua, (lua_Number)ms);
	return 1;
}

static int nmap_log_write(lua_State *lua)
{
	static const char *const files[] = {"stdout", "stderr", NULL};
	int file = luaL_checkoption(lua, 1, NULL, files);
	const char *text = luaL_checkstring(lua, 2);
	const struct script_hooks *hooks;

	if (!scheduler_of(lua))
		return 0;
	hooks = script_scheduler_hooks(scheduler_of(lua));
	if (hooks->write)
		hooks->write(hooks->self, file == 1, text);
	return 0;
}

/* print(): to where log_write() goes; the standard output is not the scripts'. */
static int print_line(lua_State *lua)
{
	int count = lua_gettop(lua), at;
	const struct script_hooks *hooks;
	luaL_Buffer line;

	luaL_buffinit(lua, &line);
	for (at = 1; at <= count; at++) {
		if (at > 1)
			luaL_addchar(&line, '\t');
		luaL_tolstring(lua, at, NULL);
		luaL_addvalue(&line);
	}
	luaL_pushresult(&line);
	if (!scheduler_of(lua))
		return 0;
	hooks = script_scheduler_hooks(scheduler_of(lua));
	if (hooks->write)
		hooks->write(hooks->self, false, lua_tostring(lua, -1));
	return 0;
}

static int nmap_get_random_bytes(lua_State *lua)
{
	lua_Integer left = luaL_checkinteger(lua, 1);
	struct script_steps work = {0};
	char chunk[RANDOM_CHUNK];
	luaL_Buffer out;

	if (left < 0)
		return luaL_error(lua, "Invalid length argument to get_random_bytes.");
	luaL_buffinit(lua, &out);
	while (left > 0) {
		size_t bytes = left < RANDOM_CHUNK ? (size_t)left : RANDOM_CHUNK;

		script_tick(lua, &work, RANDOM_CHUNK);
		if (getrandom(chunk, bytes, 0) != (ssize_t)bytes)
			return luaL_error(lua, "no random bytes: %s", strerror(errno));
		luaL_addlstring(&out, chunk, bytes);
		left -= (lua_Integer)bytes;
	}
	luaL_pushresult(&out);
	return 1;
}

/* After the handler: what the failed call said becomes the error. */
static int raise_try(lua_State *lua, int status, lua_KContext context)
{
	lua_createtable(lua, 0, 2);
	lua_pushliteral(lua, "nmap.new_try");
	lua_setfield(lua, -2, "errtype");
	lua_pushvalue(lua, 2);
	lua_setfield(lua, -2, "message");
	return lua_error(lua);
}

static int try(lua_State *lua)
{
	int type;

	if (lua_gettop(lua) < 1)
		lua_settop(lua, 1);
	type = lua_type(lua, 1);
	if (type != LUA_TBOOLEAN && type != LUA_TNIL)
		debug_note(lua, "the first value given to a function of nmap.new_try() is neither "
				"true nor false");
	if (lua_toboolean(lua, 1))
		return lua_gettop(lua) - 1;
	lua_settop(lua, 2);
	if (lua_isnil(lua, lua_upvalueindex(1)))
		return raise_try(lua, LUA_OK, 0);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_callk(lua, 0, 0, 0, raise_try);
	return raise_try(lua, LUA_OK, 0);
}

static int nmap_new_try(lua_State *lua)
{
	lua_settop(lua, 1);
	lua_pushcclosure(lua, try, 1);
	return 1;
}

bool script_object_cached(lua_State *lua, const char *cache)
{
	int type = lua_type(lua, 1);

	luaL_argcheck(lua,
		      type != LUA_TNONE && type != LUA_TNIL && type != LUA_TBOOLEAN &&
			      type != LUA_TNUMBER,
		      1, "object expected");
	if (!luaL_getsubtable(lua, LUA_REGISTRYINDEX, cache)) {
		lua_createtable(lua, 0, 1);
		lua_pushliteral(lua, "kv");
		lua_setfield(lua, -2, "__mode");
		lua_setmetatable(lua, -2);
	}
	lua_pushvalue(lua, 1);
	type = lua_rawget(lua, -2);
	lua_remove(lua, -2);
	if (type == LUA_TNIL)
		lua_pop(lua, 1);
	return type != LUA_TNIL;
}

void script_object_cache(lua_State *lua, const char *cache)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, cache);
	lua_pushvalue(lua, 1);
	lua_pushvalue(lua, -3);
	lua_rawset(lua, -3);
	lua_pop(lua, 1);
}

int script_open_nmap(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"clock", nmap_clock},         {"clock_ms", nmap_clock_ms},
		{"log_write", nmap_log_write}, {"get_random_bytes", nmap_get_random_bytes},
		{"new_try", nmap_new_try},     {0},
	};

	lua_pushcfunction(lua, print_line);
	lua_setglobal(lua, "print");
	luaL_newlib(lua, functions);
	lua_newtable(lua);
	lua_newtable(lua);
	lua_setfield(lua, -2, "args");
	lua_setfield(lua, -2, "registry");
	script_add_nmap_mutex(lua);
	script_add_nmap_condvar(lua);
	script_add_nmap_state(lua);
	script_add_nmap_ports(lua);
	script_add_nmap_version(lua);
	script_add_nmap_targets(lua);
	script_add_nmap_resolve(lua);
	script_add_nmap_interfaces(lua);
	luaL_requiref(lua, "nmap.socket", script_open_nmap_socket, 0);
	lua_getfield(lua, -1, "new");
	lua_setfield(lua, -3, "new_socket");
	lua_setfield(lua, -2, "socket");
	luaL_requiref(lua, "nmap.dnet", script_open_nmap_dnet, 0);
	lua_getfield(lua, -1, "new");
	lua_setfield(lua, -3, "new_dnet");
	lua_setfield(lua, -2, "dnet");
	return 1;
}
