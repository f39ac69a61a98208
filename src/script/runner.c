#include "script/runner_impl.h"

#include "script/script_args.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_LEAST 1000
#define NESTING_MOST  20000 /* Lua's own limit is ten times that */

/* ---- the machine ---- */

static int make_machine(struct script_run *run)
{
	const struct plan_scripts *wish = &run->context.plan->scripts;
	struct script_machine_config config = {
		.grants = (wish->files ? (unsigned)SCRIPT_FILES : 0) |
			  (wish->processes ? (unsigned)SCRIPT_PROCESSES : 0),
		.seed = run->config.seed,
	};

	script_trees_speak(run->config.trees, script_context_debugging(&run->context) > 0,
			   run->config.warn, run->config.self);
	script_trees_configure(run->config.trees, &config);
	return script_machine_new(&config, &run->machine);
}

/* ---- names and arguments ---- */

/* Of the table on the top of the stack; -1: there is no such number. */
static int intensity_of(lua_State *lua)
{
	lua_Integer value;
	int is;

	lua_getfield(lua, -1, "script-intensity");
	value = lua_tointegerx(lua, -1, &is);
	lua_pop(lua, 1);
	return is && value >= 0 && value <= 9 ? (int)value : -1;
}

struct given {
	struct script_run *run;
	const struct script_args *args;
};

static int set_given(lua_State *lua)
{
	const struct given *given = lua_touserdata(lua, 1);

	lib_nmapdb_set_tables(lua, &given->run->names);
	lib_lfs_set_gate(lua, &given->run->files);
	lua_getglobal(lua, "nmap");
	lua_getfield(lua, -1, "registry");
	script_args_push(lua, given->args);
	given->run->context.intensity = intensity_of(lua);
	lua_setfield(lua, -2, "args");
	return 0;
}

static int load_arguments(struct script_run *run, struct diag *diag)
{
	const struct plan_scripts *wish = &run->context.plan->scripts;
	lua_State *lua = script_machine_lua(run->machine);
	struct script_args args = SCRIPT_ARGS_INIT;
	struct given given = {run, &args};
	int r = script_args_load(wish->args_file, wish->args, &args, diag);

	if (r < 0)
		return r;
	lua_pushcfunction(lua, set_given);
	lua_pushlightuserdata(lua, &given);
	if (lua_pcall(lua, 1, 0, 0) != LUA_OK) {
		lua_pop(lua, 1);
		r = ERROR_MEMORY;
	}
	script_args_release(&args);
	return r;
}

/* ---- scheduler and scripts ---- */

static struct script_quota quota_of(const struct plan_scripts *wish)
{
	return (struct script_quota){
		.busy_ns = wish->busy_ns,
		.instructions = wish->instructions,
		.memory_bytes = wish->memory_bytes,
		.nesting = NESTING_MOST,
	};
}

static int make_scheduler(struct script_run *run)
{
	const struct plan *plan = run->context.plan;
	const struct script_limits limits = {
		.quota = quota_of(&plan->scripts),
		.threads = plan->timing.min_parallelism > THREADS_LEAST
				   ? plan->timing.min_parallelism
				   : THREADS_LEAST,
		.timeout_ns = plan->scripts.timeout_ns ? plan->scripts.timeout_ns
						       : plan->timing.script_timeout_ns,
	};
	struct script_hooks hooks = script_run_hooks;

	hooks.self = run;
	return script_scheduler_new(run->machine, run->context.loop, &limits, &hooks,
				    &run->scheduler);
}

static void skipped(void *self, const char *path)
{
	script_run_log(self, 1, "%s is skipped: a library that it needs is missing.", path);
}

static void log_choices(const struct script_run *run)
{
	const struct script_choice *choice;
	size_t at;

	for (at = 0; at < run->set.count; at++) {
		choice = &run->set.choices[at];
		script_run_log(run, 2, "Script %s was selected by %s\"%s\".", choice->id,
			       choice->by_name ? "name: " : "", choice->element);
	}
}

static int load_scripts(struct script_run *run, struct diag *diag)
{
	struct script_quota quota = quota_of(&run->context.plan->scripts);
	int r = script_set_load(run->config.trees, run->machine, run->config.selection, &quota,
				skipped, run, &run->set, diag);

	if (r == 0)
		log_choices(run);
	return r;
}

static int make_interfaces(struct script_run *run)
{
	int r;

	if (run->context.interfaces)
		return 0;
	r = interfaces_read(&run->interfaces, NULL);
	if (r == ERROR_MEMORY)
		return r;
	if (r == 0)
		run->context.interfaces = &run->interfaces;
	return 0;
}

static bool may_use_files(void *self, const char *path, bool writing)
{
	const struct script_run *run = self;

	return run->context.plan->scripts.files;
}

static struct script_run *make_run(const struct script_run_config *config)
{
	struct script_run *run = alloc_zero(sizeof(*run));

	if (!run)
		return NULL;
	run->config = *config;
	run->context = config->context;
	run->context.trees = config->trees;
	run->context.sites = NULL;
	run->context.intensity = -1;
	run->files = (struct lib_lfs_gate){.allowed = may_use_files, .self = run};
	run->names.services = config->context.services;
	run->names.vendors = config->context.vendors;
	return run;
}

static int fill_run(struct script_run *run, struct diag *diag)
{
	int r;

	if ((r = make_interfaces(run)) < 0 || (r = make_machine(run)) < 0)
		return r;
	script_machine_set_context(run->machine, &run->context);
	if ((r = make_scheduler(run)) < 0 || (r = script_trees_prepare(run->machine)) < 0 ||
	    (r = load_arguments(run, diag)) < 0)
		return r;
	return load_scripts(run, diag);
}

int script_run_new(const struct script_run_config *config, struct script_run **ret_run,
		   struct diag *diag)
{
	struct script_run *run = NULL;
	int r;

	*ret_run = NULL;
	if (!config->selection->count)
		return 0;
	if (!(run = make_run(config)))
		return ERROR_MEMORY;
	if ((r = fill_run(run, diag)) < 0)
		script_run_free(run);
	else
		*ret_run = run;
	return r;
}

void script_run_free(struct script_run *run)
{
	struct script_site *site;

	if (!run)
		return;
	for (site = run->context.sites; site; site = site->next)
		site->stopped = true;
	script_scheduler_free(run->scheduler);
	if (run->machine)
		script_set_release(run->machine, &run->set);
	script_machine_free(run->machine);
	interfaces_release(&run->interfaces);
	if (run->context.frames_fd > 0)
		close(run->context.frames_fd);
	alloc_free(run);
}

/* ---- for the engine ---- */

bool script_run_wants_raw(const struct script_run *scripts)
{
	return script_machine_wants_raw(scripts->machine);
}

void script_run_set_raw(struct script_run *scripts, struct link_sockets *raw)
{
	scripts->context.raw = raw;
}

void script_run_attach(struct script_run *scripts, struct run *run)
{
	scripts->context.run = run;
}

struct script_runner script_run_runner(struct script_run *run)
{
	const struct plan_scripts *wish = &run->context.plan->scripts;

	return (struct script_runner){
		.self = run,
		.phases = wish->standard || wish->expressions_count,
		.start = script_run_begin,
		.stop = script_run_stop,
	};
}

/* Instances as they are met; most: those that fit. */
struct gathered {
	const struct script_instance **all;
	size_t count, most;
};

static bool gather(void *self, const struct script_instance *instance)
{
	struct gathered *gathered = self;

	gathered->all[gathered->count++] = instance;
	return gathered->count < gathered->most;
}

static int compare_age(const void *a, const void *b)
{
	const struct script_instance *const *one = a, *const *other = b;

	return ((*one)->number > (*other)->number) - ((*one)->number < (*other)->number);
}

void script_run_each(const struct script_run *run,
		     bool (*look)(void *self, const char *id, const struct target *target,
				  uint16_t port, uint64_t age_ns),
		     void *self)
{
	uint64_t now_ns = loop_now_ns(run->context.loop);
	struct gathered gathered = {.most = script_scheduler_alive(run->scheduler)};
	bool more = true;
	size_t at;

	gathered.all = alloc_array(gathered.most, sizeof(struct script_instance *));
	if (!gathered.all)
		return;
	script_scheduler_each(run->scheduler, gather, &gathered);
	qsort(gathered.all, gathered.count, sizeof(struct script_instance *), compare_age);
	for (at = 0; at < gathered.count && more; at++) {
		const struct script_instance *instance = gathered.all[at];
		const struct script_order *order = &script_site_of(instance)->order;
		const struct script_site_port *port = instance->port;

		more = look(self, instance->script->id,
			    order->scope == SCRIPT_HOST ? order->host->target : NULL,
			    port ? port->number : 0, now_ns - instance->start_ns);
	}
	alloc_free(gathered.all);
}
