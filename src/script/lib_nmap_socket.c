/* nmap.socket: what needs no socket (nse-api.md 10.4). */
#include "script/library.h"
#include "script/scheduler.h"

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

int script_open_nmap_socket(lua_State *lua)
{
	static const luaL_Reg functions[] = {{"sleep", socket_sleep}, {0}};

	luaL_newlib(lua, functions);
	return 1;
}
