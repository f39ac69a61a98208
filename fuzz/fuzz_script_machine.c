/* Any text as a script, under tight limits: it ends, in time, and all memory comes back. */
#include "script/scheduler.h"
#include "util/alloc.h"

#include <assert.h>
#include <lauxlib.h>
#include <lua.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const struct script_limits limits = {
	.quota = {.busy_ns = 50 * NS_PER_MS,
		  .instructions = 200000,
		  .steps = 20000,
		  .memory_bytes = 1 << 20,
		  .nesting = 1000},
	.workers = 10,
	.timeout_ns = 100 * NS_PER_S,
};

struct outcome {
	unsigned started, ended;
};

static int push_arguments(void *self, lua_State *lua, const struct script_instance *instance)
{
	lua_newtable(lua);
	lua_pushliteral(lua, "port");
	return 2;
}

static void look_at_result(void *self, lua_State *lua, const struct script_instance *instance,
			   int results)
{
	if (results)
		luaL_tolstring(lua, -results, NULL);
}

static void count_started(void *self, const struct script_instance *instance)
{
	((struct outcome *)self)->started++;
}

static void count_ended(void *self, const struct script_instance *instance, enum script_end end,
			const char *text)
{
	((struct outcome *)self)->ended++;
}

static void run_all(struct script_scheduler *scheduler, struct loop *loop, struct script *script)
{
	struct script_job job = {.script = script, .port = script};
	struct script_group *group;
	int phase, round;

	for (phase = 0; phase < SCRIPT_PHASES; phase++) {
		if (!(script->phases & 1u << phase))
			continue;
		group = script_group_new(scheduler, (enum script_phase)phase, script, NULL, NULL);
		assert(group);
		for (round = 0; round < 2; round++) {
			job.forced = round;
			assert(script_group_add(group, &job) == 0);
		}
		script_group_start(group);
		loop_run(loop);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const struct script_machine_config config = {.memory_bytes = 8 << 20, .old_unpack = true};
	const struct text_file file = {"fuzz.nse", data, bytes};
	struct script_scheduler *scheduler = NULL;
	struct script_machine *machine = NULL;
	struct loop *loop = loop_sim_new(0);
	struct script *script = NULL;
	struct outcome outcome = {0};
	const struct script_hooks hooks = {
		.self = &outcome,
		.arguments = push_arguments,
		.result = look_at_result,
		.started = count_started,
		.ended = count_ended,
	};
	char *why = NULL;

	assert(loop && script_machine_new(&config, &machine) == 0);
	assert(script_scheduler_new(machine, loop, &limits, &hooks, &scheduler) == 0);
	if (script_load(machine, &file, &limits.quota, NULL, &script, &why) == 0)
		run_all(scheduler, loop, script);
	assert(outcome.started == outcome.ended);
	assert(script_scheduler_alive(scheduler) == 0);
	alloc_free(why);
	script_scheduler_free(scheduler);
	script_free(machine, script);
	script_machine_free(machine);
	loop_free(loop);
	return 0;
}
