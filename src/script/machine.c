#include "script/machine_impl.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define TICK_STEPS 1000
#define MARK       ((uintptr_t)1)

static const char injections[] = "portolan.injections";

/* Each coroutine's extra space holds the machine, and in its lowest bit the mark. */
static uintptr_t *extra(lua_State *lua)
{
	return lua_getextraspace(lua);
}

struct script_machine *script_machine_of(lua_State *lua)
{
	return (struct script_machine *)(*extra(lua) & ~MARK);
}

bool script_is_marked(lua_State *coroutine)
{
	return *extra(coroutine) & MARK;
}

void script_mark(lua_State *coroutine, bool engine_owns)
{
	*extra(coroutine) = (*extra(coroutine) & ~MARK) | (engine_owns ? MARK : 0);
}

static int open_all(lua_State *lua)
{
	struct script_machine *machine = lua_touserdata(lua, 1);

	lua_newtable(lua);
	lua_setfield(lua, LUA_REGISTRYINDEX, injections);
	script_standard_open(machine, lua);
	return 0;
}

int script_machine_new(const struct script_machine_config *config,
		       struct script_machine **ret_machine)
{
	struct script_machine *machine = alloc_zero(sizeof(*machine));

	if (!machine)
		return ERROR_MEMORY;
	machine->config = *config;
	if (script_account_open(machine, 0, &machine->charged) < 0 ||
	    !(machine->lua = lua_newstate(script_allocate, machine)))
		goto failed;
	*extra(machine->lua) = (uintptr_t)machine;
	lua_pushcfunction(machine->lua, open_all);
	lua_pushlightuserdata(machine->lua, machine);
	if (lua_pcall(machine->lua, 1, 0, 0) != LUA_OK)
		goto failed;
	*ret_machine = machine;
	return 0;
failed:
	script_machine_free(machine);
	return ERROR_MEMORY;
}

void script_machine_free(struct script_machine *machine)
{
	if (!machine)
		return;
	if (machine->lua)
		lua_close(machine->lua);
	alloc_free(machine->accounts);
	alloc_free(machine);
}

lua_State *script_machine_lua(struct script_machine *machine)
{
	return machine->lua;
}

const struct script_machine_config *script_machine_config(struct script_machine *machine)
{
	return &machine->config;
}

size_t script_machine_bytes(const struct script_machine *machine)
{
	return machine->bytes;
}

struct injection {
	const char *module;
	lua_CFunction inject;
};

static int set_injection(lua_State *lua)
{
	const struct injection *injection = lua_touserdata(lua, 1);

	lua_getfield(lua, LUA_REGISTRYINDEX, injections);
	lua_pushcfunction(lua, injection->inject);
	lua_setfield(lua, -2, injection->module);
	return 0;
}

int script_machine_inject(struct script_machine *machine, const char *module, lua_CFunction inject)
{
	struct injection injection = {module, inject};

	lua_pushcfunction(machine->lua, set_injection);
	lua_pushlightuserdata(machine->lua, &injection);
	if (lua_pcall(machine->lua, 1, 0, 0) == LUA_OK)
		return 0;
	lua_pop(machine->lua, 1);
	return ERROR_MEMORY;
}

/* Time this thread was given by the processor: a busy machine cuts no script short. */
static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

int script_budget_open(struct script_machine *machine, struct script_budget *budget)
{
	return script_account_open(machine, budget->quota.memory_bytes, &budget->account);
}

void script_budget_close(struct script_machine *machine, struct script_budget *budget)
{
	script_account_close(machine, budget->account);
}

size_t script_budget_bytes(const struct script_machine *machine, const struct script_budget *budget)
{
	return machine->accounts[budget->account].bytes;
}

uint32_t script_charge(struct script_machine *machine, uint32_t account)
{
	uint32_t before = machine->charged;

	machine->charged = account;
	return before;
}

static void stop_for_time(struct script_machine *machine)
{
	char text[48];

	snprintf(text, sizeof(text), "time limit %g s",
		 (double)machine->budget->quota.busy_ns / 1e9);
	script_budget_stop(machine, text);
}

void script_budget_enter(struct script_machine *machine, struct script_budget *budget,
			 lua_State *lua)
{
	machine->budget = budget;
	machine->charged = budget->account;
	machine->active = lua;
	machine->denied = machine->suspended = false;
	machine->pinned = 0;
	machine->entered_ns = processor_ns();
	if (budget->quota.busy_ns && budget->busy_ns > budget->quota.busy_ns)
		stop_for_time(machine);
	lua_sethook(lua, script_budget_hook, LUA_MASKCOUNT,
		    budget->stopped ? 1 : SCRIPT_HOOK_INSTRUCTIONS);
}

void script_budget_leave(struct script_machine *machine)
{
	machine->budget->busy_ns += processor_ns() - machine->entered_ns;
	machine->budget = NULL;
	machine->charged = 0;
	machine->active = NULL;
	machine->suspended = false;
}

void script_machine_set_scheduler(struct script_machine *machine,
				  struct script_scheduler *scheduler)
{
	machine->scheduler = scheduler;
}

struct script_scheduler *script_machine_scheduler(const struct script_machine *machine)
{
	return machine->scheduler;
}

void script_budget_stop(struct script_machine *machine, const char *what)
{
	struct script_budget *budget = machine->budget;

	if (!budget || budget->stopped)
		return;
	budget->stopped = true;
	snprintf(budget->reason, sizeof(budget->reason), "stopped: %s", what);
	lua_sethook(machine->active, script_budget_hook, LUA_MASKCOUNT, 1);
}

bool script_budget_is_stopped(lua_State *lua)
{
	const struct script_budget *budget = script_machine_of(lua)->budget;

	return budget && budget->stopped;
}

void script_check_stopped(lua_State *lua)
{
	const struct script_budget *budget = script_machine_of(lua)->budget;

	if (!script_budget_is_stopped(lua))
		return;
	lua_sethook(lua, script_budget_hook, LUA_MASKCOUNT, 1);
	lua_pushstring(lua, budget->reason);
	lua_error(lua);
}

int script_stop(lua_State *lua, const char *what)
{
	script_budget_stop(script_machine_of(lua), what);
	script_check_stopped(lua);
	return luaL_error(lua, "stopped: %s", what);
}

/* Raises when the time is over; else how long this turn has lasted. */
static uint64_t check_time(lua_State *lua, struct script_machine *machine)
{
	const struct script_budget *budget = machine->budget;
	uint64_t turn_ns = processor_ns() - machine->entered_ns;

	if (budget->quota.busy_ns && budget->busy_ns + turn_ns > budget->quota.busy_ns) {
		stop_for_time(machine);
		script_check_stopped(lua);
	}
	return turn_ns;
}

static void check_instructions(lua_State *lua, struct script_budget *budget, uint64_t more)
{
	const struct script_quota *quota = &budget->quota;
	lua_Debug frame;
	char text[48];

	budget->instructions += more;
	if (quota->instructions && budget->instructions > quota->instructions) {
		snprintf(text, sizeof(text), "instruction limit %llu",
			 (unsigned long long)quota->instructions);
		script_stop(lua, text);
	}
	if (quota->nesting && lua_getstack(lua, (int)quota->nesting, &frame)) {
		snprintf(text, sizeof(text), "nesting limit %u", quota->nesting);
		script_stop(lua, text);
	}
}

bool script_budget_look(lua_State *lua, uint64_t instructions)
{
	struct script_machine *machine = script_machine_of(lua);

	script_check_stopped(lua);
	check_instructions(lua, machine->budget, instructions);
	return check_time(lua, machine) >= SCRIPT_SLICE_NS;
}

void script_budget_hook(lua_State *lua, lua_Debug *event)
{
	struct script_machine *machine = script_machine_of(lua);

	if (!machine->budget || !script_budget_look(lua, SCRIPT_HOOK_INSTRUCTIONS) ||
	    !script_may_suspend(lua))
		return;
	machine->suspended = true;
	script_mark(lua, true);
	lua_yield(lua, 0);
}

void script_tick(lua_State *lua, struct script_steps *work, uint64_t steps)
{
	struct script_machine *machine = script_machine_of(lua);
	const struct script_budget *budget = machine->budget;
	char text[48];

	work->steps += steps;
	if (!budget || work->steps - work->checked < TICK_STEPS)
		return;
	work->checked = work->steps;
	script_check_stopped(lua);
	if (budget->quota.steps && work->steps > budget->quota.steps) {
		snprintf(text, sizeof(text), "limit of %llu steps in one call",
			 (unsigned long long)budget->quota.steps);
		script_stop(lua, text);
	}
	check_time(lua, machine);
}

bool script_may_suspend(lua_State *lua)
{
	const struct script_machine *machine = script_machine_of(lua);

	return machine->budget && !machine->pinned && lua_isyieldable(lua);
}

int script_suspend(lua_State *lua, lua_KContext context, lua_KFunction then)
{
	struct script_machine *machine = script_machine_of(lua);

	if (!script_may_suspend(lua))
		return luaL_error(lua, "attempt to yield across a C-call boundary");
	machine->suspended = true;
	script_mark(lua, true);
	return lua_yieldk(lua, 0, context, then);
}

bool script_is_suspended(const struct script_machine *machine)
{
	return machine->suspended;
}

int script_resume(lua_State *coroutine, lua_State *from, int arguments, int *ret_results,
		  bool *ret_suspended)
{
	struct script_machine *machine = script_machine_of(coroutine);
	unsigned pinned = from && from != machine->lua && !lua_isyieldable(from);
	int status;

	script_mark(coroutine, false);
	machine->suspended = false;
	machine->pinned += pinned;
	machine->active = coroutine;
	status = lua_resume(coroutine, from, arguments, ret_results);
	machine->active = from;
	machine->pinned -= pinned;
	*ret_suspended = status == LUA_YIELD && machine->suspended;
	return status;
}

/* ---- what the code is about ---- */

void script_note_source(struct script_machine *machine, const void *text, size_t bytes)
{
	static const char captures[] = "pcap_open", packets[] = "new_dnet";

	if (!machine->wants_raw)
		machine->wants_raw = memmem(text, bytes, captures, sizeof(captures) - 1) ||
				     memmem(text, bytes, packets, sizeof(packets) - 1);
}

bool script_machine_wants_raw(const struct script_machine *machine)
{
	return machine->wants_raw;
}
