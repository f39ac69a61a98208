/* nmap.socket (nse-api.md 10.4). */
#include "script/lib_certificate.h"
#include "script/library.h"
#include "script/scheduler.h"
#include "script/socket.h"

#include <lauxlib.h>
#include <math.h>

#define SLEEP_MAX_S 1e9

/* A userdata on the stack of the function that sleeps. */
struct sleep {
	struct script_wait wait;
	struct timer timer;
	struct loop *loop;
};

static void over(void *self)
{
	struct sleep *sleep = self;

	script_wake(&sleep->wait);
}

static void cancelled(struct script_wait *wait)
{
	struct sleep *sleep = (struct sleep *)((char *)wait - offsetof(struct sleep, wait));

	loop_timer_cancel(sleep->loop, &sleep->timer);
}

static int slept(lua_State *lua, int status, lua_KContext context)
{
	return 0;
}

static int socket_sleep(lua_State *lua)
{
	lua_Number seconds = luaL_checknumber(lua, 1);
	struct sleep *sleep;

	if (seconds < 0)
		return luaL_error(lua, "argument to sleep (%f) must not be negative", seconds);
	if (!(seconds < SLEEP_MAX_S))
		seconds = SLEEP_MAX_S;
	script_wait_check(lua);
	sleep = lua_newuserdatauv(lua, sizeof(*sleep), 0);
	*sleep = (struct sleep){
		.wait = {.cancelled = cancelled},
		.timer = {.fire = over, .self = sleep},
		.loop = script_scheduler_loop(script_machine_scheduler(script_machine_of(lua))),
	};
	if (loop_timer_set(sleep->loop, &sleep->timer,
			   loop_now_ns(sleep->loop) +
				   (uint64_t)(floor(seconds * 1000)) * NS_PER_MS) < 0)
		return luaL_error(lua, "not enough memory");
	return script_wait(lua, &sleep->wait, slept);
}

static int socket_new(lua_State *lua)
{
	static const char *const protocols[] = {"tcp", "udp", NULL};
	static const char *const families[] = {"inet", "inet6", NULL};
	bool is_udp = luaL_checkoption(lua, 1, "tcp", protocols) == 1;
	bool has_family = !lua_isnoneornil(lua, 2);
	bool is_v6 = has_family && luaL_checkoption(lua, 2, NULL, families) == 1;
	struct script_socket *socket = socket_push_new(lua, is_udp);

	socket->has_family = has_family;
	socket->family = is_v6 ? IP_V6 : IP_V4;
	return 1;
}

/* Those that wait for places of this host: others' are no reason to ask for less. */
static int socket_get_stats(lua_State *lua)
{
	struct script_thread *thread = script_thread_running(lua);

	lua_createtable(lua, 0, 1);
	lua_pushinteger(lua, thread ? script_thread_places(thread)->group->waiting : 0);
	lua_setfield(lua, -2, "connect_waiting");
	return 1;
}

int script_open_nmap_socket(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"sleep", socket_sleep},
		{"new", socket_new},
		{"get_stats", socket_get_stats},
		{"parse_ssl_certificate", lib_certificate_parse},
		{0},
	};

	socket_make_class(lua);
	luaL_newlib(lua, functions);
	return 1;
}
