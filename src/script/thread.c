#include "script/scheduler_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* Runs one instance. In Lua, since rule and action wait wherever they like. */
static const char driver_text[] =
	"local main, environment, rule, forced, begin, deliver, arguments = ...\n"
	"local function run(...)\n"
	"  main(environment)\n"
	"  if forced or environment[rule](...) then\n"
	"    begin()\n"
	"    return deliver(environment.action(...))\n"
	"  end\n"
	"end\n"
	"return run(arguments())\n";

enum anchored { ANCHOR_COROUTINE = 1, ANCHOR_INFO, ANCHOR_ARGUMENTS };

static struct script_scheduler *scheduler_of(const struct script_thread *thread)
{
	return thread->instance->group->scheduler;
}

struct script_thread *script_thread_running(lua_State *lua)
{
	const struct script_scheduler *scheduler = script_machine_scheduler(script_machine_of(lua));

	return scheduler ? scheduler->running : NULL;
}

struct script_thread *script_thread_check(lua_State *lua, const char *function)
{
	struct script_thread *thread = script_thread_running(lua);

	if (!thread)
		luaL_error(lua, "%s can only be run from an active script", function);
	return thread;
}

void script_thread_push_anchor(lua_State *lua, const struct script_thread *thread)
{
	lua_rawgeti(lua, LUA_REGISTRYINDEX, thread->anchor);
}

void script_thread_push(lua_State *lua, const struct script_thread *thread)
{
	script_thread_push_anchor(lua, thread);
	lua_rawgeti(lua, -1, ANCHOR_COROUTINE);
	lua_remove(lua, -2);
}

bool script_thread_was_preempted(const struct script_thread *thread)
{
	return thread->preempted;
}

bool script_thread_is_worker(const struct script_thread *thread)
{
	return thread->worker;
}

const struct script_instance *script_thread_instance(const struct script_thread *thread)
{
	return &thread->instance->seen;
}

struct script_traffic *script_thread_traffic(struct script_thread *thread)
{
	return &thread->instance->traffic;
}

struct script_places *script_thread_places(struct script_thread *thread)
{
	return &thread->places;
}

int script_thread_push_arguments(lua_State *lua, const struct script_thread *thread)
{
	lua_Integer count, at;
	int table;

	script_thread_push_anchor(lua, thread);
	if (lua_rawgeti(lua, -1, ANCHOR_ARGUMENTS) != LUA_TTABLE)
		return 0;
	table = lua_gettop(lua);
	lua_getfield(lua, table, "n");
	count = lua_tointeger(lua, -1);
	luaL_checkstack(lua, (int)count, NULL);
	for (at = 1; at <= count; at++)
		lua_rawgeti(lua, table, at);
	return (int)count;
}

void script_cleanup_add(struct script_thread *thread, struct script_cleanup *cleanup)
{
	cleanup->next = thread->cleanups;
	cleanup->link = &thread->cleanups;
	if (cleanup->next)
		cleanup->next->link = &cleanup->next;
	thread->cleanups = cleanup;
}

void script_cleanup_remove(struct script_cleanup *cleanup)
{
	if (!cleanup->link)
		return;
	*cleanup->link = cleanup->next;
	if (cleanup->next)
		cleanup->next->link = cleanup->link;
	cleanup->link = NULL;
}

void script_wait_check(lua_State *lua)
{
	if (!script_thread_running(lua))
		luaL_error(lua, "only a running script can wait");
	if (!script_may_suspend(lua))
		luaL_error(lua, "attempt to yield across a C-call boundary");
}

int script_wait(lua_State *lua, struct script_wait *wait, lua_KFunction then)
{
	struct script_thread *thread = script_thread_running(lua);

	script_wait_check(lua);
	wait->thread = thread;
	thread->preempted = false;
	thread->wait = wait;
	return script_suspend(lua, (lua_KContext)wait, then);
}

void script_wake(struct script_wait *wait)
{
	struct script_thread *thread = wait->thread;

	if (!thread)
		return;
	wait->thread = NULL;
	thread->wait = NULL;
	if (thread->state == THREAD_WAITING)
		thread_ready(thread);
}

void thread_ready(struct script_thread *thread)
{
	struct script_scheduler *scheduler = scheduler_of(thread);

	thread->state = THREAD_READY;
	thread->next_ready = NULL;
	thread->queued_in = scheduler->turn_number;
	*scheduler->ready_tail = thread;
	scheduler->ready_tail = &thread->next_ready;
	loop_defer(scheduler->loop, &scheduler->turn);
}

static void timed_out(void *self)
{
	scheduler_thread_over(self, SCRIPT_TIMED_OUT, NULL);
}

static int set_timeout(struct script_thread *thread)
{
	const struct script_scheduler *scheduler = scheduler_of(thread);
	uint64_t due_ns = thread->instance->seen.start_ns + scheduler->limits.timeout_ns;

	thread->timeout.fire = timed_out;
	thread->timeout.self = thread;
	if (!scheduler->limits.timeout_ns)
		return 0;
	return loop_timer_set(scheduler->loop, &thread->timeout, due_ns);
}

static struct script_thread *thread_new(struct instance *instance)
{
	struct script_thread *thread = alloc_zero(sizeof(*thread));

	if (!thread)
		return NULL;
	thread->instance = instance;
	thread->places.group = &instance->group->places;
	thread->anchor = LUA_NOREF;
	return thread;
}

/* Ours from here on: counted, and in the queue. */
static void thread_join(struct script_thread *thread)
{
	thread->next_sibling = thread->instance->threads;
	thread->instance->threads = thread;
	scheduler_of(thread)->alive++;
	thread_ready(thread);
}

/* Makes the coroutine and its anchor; leaves the coroutine on the stack. */
static lua_State *make_coroutine(lua_State *lua, int *ret_anchor)
{
	lua_State *coroutine;

	lua_newtable(lua);
	coroutine = lua_newthread(lua);
	script_mark(coroutine, true);
	lua_pushvalue(lua, -1);
	lua_rawseti(lua, -3, ANCHOR_COROUTINE);
	lua_pushvalue(lua, -2);
	*ret_anchor = luaL_ref(lua, LUA_REGISTRYINDEX);
	lua_remove(lua, -2);
	return coroutine;
}

static int begin(lua_State *lua)
{
	struct script_thread *thread = script_thread_running(lua);
	const struct script_hooks *hooks = &scheduler_of(thread)->hooks;

	thread->instance->matched = true;
	if (hooks->matched)
		hooks->matched(hooks->self, &thread->instance->seen);
	return 0;
}

static int deliver(lua_State *lua)
{
	const struct script_thread *thread = script_thread_running(lua);
	const struct script_hooks *hooks = &scheduler_of(thread)->hooks;

	if (hooks->result)
		hooks->result(hooks->self, lua, &thread->instance->seen, lua_gettop(lua));
	return 0;
}

static int arguments(lua_State *lua)
{
	struct script_thread *thread = script_thread_running(lua);
	const struct script_hooks *hooks = &scheduler_of(thread)->hooks;
	int count, at;

	if (!hooks->arguments)
		return 0;
	count = hooks->arguments(hooks->self, lua, &thread->instance->seen);
	lua_createtable(lua, count, 1);
	lua_pushinteger(lua, count);
	lua_setfield(lua, -2, "n");
	for (at = 1; at <= count; at++) {
		lua_pushvalue(lua, at - count - 2);
		lua_rawseti(lua, -2, at);
	}
	script_thread_push_anchor(lua, thread);
	lua_insert(lua, -2);
	lua_rawseti(lua, -2, ANCHOR_ARGUMENTS);
	lua_pop(lua, 1);
	return count;
}

static int make_base(lua_State *lua)
{
	struct script_thread *thread = lua_touserdata(lua, 1);
	const struct script_instance *instance = &thread->instance->seen;
	const char *rule = script_phase_names[instance->phase];

	thread->lua = make_coroutine(lua, &thread->anchor);
	lua_rawgeti(lua, LUA_REGISTRYINDEX, scheduler_of(thread)->driver);
	lua_rawgeti(lua, LUA_REGISTRYINDEX, instance->script->chunk);
	script_push_environment(lua, instance->script);
	lua_pushstring(lua, rule);
	lua_setfield(lua, -2, "SCRIPT_TYPE");
	lua_pushstring(lua, rule);
	lua_pushboolean(lua, instance->forced);
	lua_pushcfunction(lua, begin);
	lua_pushcfunction(lua, deliver);
	lua_pushcfunction(lua, arguments);
	thread->arguments = 7;
	lua_xmove(lua, thread->lua, 8);
	return 0;
}

static int make_thread(struct script_thread *thread)
{
	struct instance *instance = thread->instance;
	struct script_machine *machine = instance->group->scheduler->machine;
	lua_State *lua = script_machine_lua(machine);
	uint32_t charged = script_charge(machine, instance->seen.budget.account);
	int status;

	lua_pushcfunction(lua, make_base);
	lua_pushlightuserdata(lua, thread);
	status = lua_pcall(lua, 1, 0, 0);
	script_charge(machine, charged);
	if (status == LUA_OK)
		return 0;
	lua_pop(lua, 1);
	return ERROR_MEMORY;
}

int thread_start_base(struct instance *instance)
{
	struct script_thread *thread = thread_new(instance);

	if (!thread)
		return ERROR_MEMORY;
	if (make_thread(thread) < 0 || set_timeout(thread) < 0) {
		luaL_unref(script_machine_lua(instance->group->scheduler->machine),
			   LUA_REGISTRYINDEX, thread->anchor);
		alloc_free(thread);
		return ERROR_MEMORY;
	}
	thread_join(thread);
	return 0;
}

/* As coroutine.status() has it, seen from another coroutine. */
static const char *status_of(lua_State *lua, lua_State *coroutine)
{
	lua_Debug frame;

	if (coroutine == lua)
		return "running";
	if (lua_status(coroutine) == LUA_YIELD)
		return "suspended";
	if (lua_status(coroutine) != LUA_OK)
		return "dead";
	if (lua_getstack(coroutine, 0, &frame))
		return "normal";
	return lua_gettop(coroutine) ? "suspended" : "dead";
}

/* info() of a worker: the coroutine, and a table that gets its error. */
static int info(lua_State *lua)
{
	lua_settop(lua, 0);
	lua_pushstring(lua, status_of(lua, lua_tothread(lua, lua_upvalueindex(1))));
	lua_rawgeti(lua, lua_upvalueindex(2), 1);
	return 2;
}

static void push_info(lua_State *lua, const struct script_thread *thread)
{
	script_thread_push(lua, thread);
	lua_newtable(lua);
	script_thread_push_anchor(lua, thread);
	lua_pushvalue(lua, -2);
	lua_rawseti(lua, -2, ANCHOR_INFO);
	lua_pop(lua, 1);
	lua_pushcclosure(lua, info, 2);
}

/* A worker being made belongs to a userdata, so that an error on the way leaves nothing. Its
 * instance may be gone by then. */
static int drop_thread(lua_State *lua)
{
	struct script_thread **owned = lua_touserdata(lua, 1), *thread = *owned;

	if (!thread)
		return 0;
	*owned = NULL;
	luaL_unref(lua, LUA_REGISTRYINDEX, thread->anchor);
	alloc_free(thread);
	return 0;
}

static struct script_thread **push_owned(lua_State *lua)
{
	struct script_thread **owned = lua_newuserdatauv(lua, sizeof(struct script_thread *), 0);

	*owned = NULL;
	if (luaL_newmetatable(lua, "portolan.thread")) {
		lua_pushcfunction(lua, drop_thread);
		lua_setfield(lua, -2, "__gc");
	}
	lua_setmetatable(lua, -2);
	return owned;
}

static void count_worker(lua_State *lua, const struct script_thread *parent)
{
	unsigned most = scheduler_of(parent)->limits.workers;
	char text[48];

	if (parent->instance->workers < most)
		return;
	snprintf(text, sizeof(text), "limit of %u worker threads", most);
	script_stop(lua, text);
}

/* Stack: function and arguments, on the top; the coroutine and info() are put below them. */
static void fill_worker(lua_State *lua, struct script_thread *thread, int count)
{
	thread->worker = true;
	thread->lua = make_coroutine(lua, &thread->anchor);
	lua_insert(lua, -count - 2);
	push_info(lua, thread);
	lua_insert(lua, -count - 2);
	if (!lua_checkstack(thread->lua, count + 1))
		luaL_error(lua, "too many arguments");
	lua_xmove(lua, thread->lua, count + 1);
	thread->arguments = count;
	if (set_timeout(thread) < 0)
		luaL_error(lua, "not enough memory");
}

void script_worker_start(lua_State *lua, int count)
{
	struct script_thread *parent = script_thread_check(lua, "stdnse.new_thread");
	struct script_thread **owned, *thread;

	luaL_checktype(lua, -count - 1, LUA_TFUNCTION);
	count_worker(lua, parent);
	luaL_checkstack(lua, count + 10, NULL);
	owned = push_owned(lua);
	lua_insert(lua, -count - 2);
	thread = *owned = thread_new(parent->instance);
	if (!thread) {
		luaL_error(lua, "not enough memory");
		return;
	}
	fill_worker(lua, thread, count);
	*owned = NULL;
	lua_remove(lua, -3);
	parent->instance->workers++;
	thread_join(thread);
}

/* What an error is: its text, or the message of nmap.new_try(). */
struct outcome {
	struct script_thread *thread;
	enum script_end end;
	const char *text; /* on the stack of the machine */
};

static bool is_new_try(lua_State *lua)
{
	bool is;

	if (!lua_istable(lua, 2))
		return false;
	lua_pushliteral(lua, "errtype");
	lua_rawget(lua, 2);
	is = lua_type(lua, -1) == LUA_TSTRING && !strcmp(lua_tostring(lua, -1), "nmap.new_try");
	lua_pop(lua, 1);
	return is;
}

static void push_text(lua_State *lua, int value)
{
	value = lua_absindex(lua, value);
	if (lua_isstring(lua, value))
		lua_pushvalue(lua, value);
	else
		lua_pushfstring(lua, "(error object is a %s value)", luaL_typename(lua, value));
	lua_tostring(lua, -1);
}

static void keep_error(lua_State *lua, const struct script_thread *thread)
{
	script_thread_push_anchor(lua, thread);
	if (lua_rawgeti(lua, -1, ANCHOR_INFO) == LUA_TTABLE) {
		lua_pushvalue(lua, 2);
		lua_rawseti(lua, -2, 1);
	}
	lua_pop(lua, 2);
}

/* Stack: the outcome, the error. */
static int describe(lua_State *lua)
{
	struct outcome *outcome = lua_touserdata(lua, 1);
	const struct script_budget *budget = &outcome->thread->instance->seen.budget;

	keep_error(lua, outcome->thread);
	if (budget->stopped) {
		outcome->end = SCRIPT_STOPPED;
		lua_pushstring(lua, budget->reason);
	} else if (is_new_try(lua)) {
		outcome->end = SCRIPT_QUIET;
		lua_pushliteral(lua, "message");
		lua_rawget(lua, 2);
		push_text(lua, -1);
	} else if (script_is_silent_marker(lua, 2)) {
		outcome->end = SCRIPT_QUIET;
		lua_pushliteral(lua, "a library is missing");
	} else {
		push_text(lua, 2);
		luaL_traceback(lua, outcome->thread->lua, lua_tostring(lua, -1), 0);
	}
	return 1;
}

/* Buffers of the auxiliary library fail with a text instead of LUA_ERRMEM. */
static bool is_memory_error(lua_State *lua, int status)
{
	return status == LUA_ERRMEM || (lua_type(lua, -1) == LUA_TSTRING &&
					!strcmp(lua_tostring(lua, -1), "not enough memory"));
}

static void thread_failed(struct script_thread *thread, int status)
{
	lua_State *lua = script_machine_lua(scheduler_of(thread)->machine);
	struct script_budget *budget = &thread->instance->seen.budget;
	struct outcome outcome = {thread, SCRIPT_FAILED, NULL};
	const char *text;

	if (budget->denied && is_memory_error(thread->lua, status))
		budget->stopped = true;
	lua_pushcfunction(lua, describe);
	lua_pushlightuserdata(lua, &outcome);
	lua_xmove(thread->lua, lua, 1);
	if (lua_pcall(lua, 2, 1, 0) != LUA_OK && budget->stopped)
		outcome.end = SCRIPT_STOPPED;
	text = budget->stopped ? budget->reason : lua_tostring(lua, -1);
	scheduler_thread_over(thread, outcome.end, text ? text : "not enough memory");
	lua_settop(lua, 0);
}

/* What the thread spoilt of what all scripts share is put back when it ends; if its script's main
 * chunk does that, whenever others may have a turn. Looking for it takes 5 microseconds, so it is
 * not done after a rule that said no, as most do. */
static void mend(const struct script_thread *thread)
{
	const struct script_scheduler *scheduler = scheduler_of(thread);
	const char *what = script_machine_mend(scheduler->machine);
	char text[200];

	if (!what)
		return;
	snprintf(text, sizeof(text), "Bug in %s: it changes %s for all scripts; put back.",
		 thread->instance->seen.script->id, what);
	scheduler_log(scheduler, 1, text);
}

static int resume(struct script_thread *thread, bool *ret_suspended)
{
	struct script_scheduler *scheduler = scheduler_of(thread);
	struct script_machine *machine = scheduler->machine;
	struct script_budget *budget = &thread->instance->seen.budget;
	uint64_t before_ns = budget->busy_ns;
	int count = thread->arguments, status, results;

	thread->state = THREAD_RUNNING;
	thread->arguments = 0;
	scheduler->running = thread;
	script_budget_enter(machine, budget, thread->lua);
	status = script_resume(thread->lua, script_machine_lua(machine), count, &results,
			       ret_suspended);
	script_budget_leave(machine);
	scheduler->spent_ns += budget->busy_ns - before_ns;
	scheduler->running = NULL;
	if (thread->instance->seen.script->meddles)
		mend(thread);
	return status;
}

static void make_way(struct script_thread *thread)
{
	thread->preempted = true;
	thread_ready(thread);
}

static void thread_done(struct script_thread *thread)
{
	thread->is_idle = !thread->worker && !thread->instance->matched;
	scheduler_thread_over(thread, thread->is_idle ? SCRIPT_NO_MATCH : SCRIPT_DONE, NULL);
}

void thread_run(struct script_thread *thread)
{
	bool suspended;
	int status = resume(thread, &suspended);

	/* What a worker returns is nobody's; coroutine.status() would take it for the arguments
	 * of one that has not begun. */
	if (status == LUA_OK)
		lua_settop(thread->lua, 0);

	if (suspended && thread->wait)
		thread->state = THREAD_WAITING;
	else if (suspended)
		make_way(thread);
	else if (status == LUA_OK)
		thread_done(thread);
	else if (status == LUA_YIELD)
		scheduler_thread_over(thread, SCRIPT_BROKEN, NULL);
	else
		thread_failed(thread, status);
}

static void unqueue(struct script_thread *thread)
{
	struct script_scheduler *scheduler = scheduler_of(thread);
	struct script_thread **at = &scheduler->ready;

	while (*at != thread)
		at = &(*at)->next_ready;
	*at = thread->next_ready;
	if (!*at)
		scheduler->ready_tail = at;
}

static void leave_instance(struct script_thread *thread)
{
	struct script_thread **at = &thread->instance->threads;

	while (*at != thread)
		at = &(*at)->next_sibling;
	*at = thread->next_sibling;
	thread->instance->workers -= thread->worker;
}

void thread_end(struct script_thread *thread)
{
	struct script_scheduler *scheduler = scheduler_of(thread);
	struct script_cleanup *cleanup;
	struct script_wait *wait = thread->wait;

	if (thread->state == THREAD_READY)
		unqueue(thread);
	thread->state = THREAD_OVER;
	if (!thread->is_idle)
		mend(thread);
	if (wait) {
		wait->thread = NULL;
		if (wait->cancelled)
			wait->cancelled(wait);
	}
	while ((cleanup = thread->cleanups)) {
		script_cleanup_remove(cleanup);
		cleanup->run(cleanup);
	}
	loop_timer_cancel(scheduler->loop, &thread->timeout);
	luaL_unref(script_machine_lua(scheduler->machine), LUA_REGISTRYINDEX, thread->anchor);
	leave_instance(thread);
	scheduler->alive--;
	alloc_free(thread);
}

static int compile_driver(lua_State *lua)
{
	struct script_scheduler *scheduler = lua_touserdata(lua, 1);

	if (luaL_loadbufferx(lua, driver_text, sizeof(driver_text) - 1, "=engine", "t") != LUA_OK)
		return lua_error(lua);
	scheduler->driver = luaL_ref(lua, LUA_REGISTRYINDEX);
	return 0;
}

int thread_prepare(struct script_scheduler *scheduler)
{
	lua_State *lua = script_machine_lua(scheduler->machine);

	scheduler->driver = LUA_NOREF;
	lua_pushcfunction(lua, compile_driver);
	lua_pushlightuserdata(lua, scheduler);
	if (lua_pcall(lua, 1, 0, 0) == LUA_OK)
		return 0;
	lua_settop(lua, 0);
	return ERROR_MEMORY;
}
