#include "script/scheduler_impl.h"

#include "script/library.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <stdlib.h>

#define THREADS_DEFAULT 1000
#define WORKERS_DEFAULT 1000
#define TURN_NS         (2 * SCRIPT_SLICE_NS)

static void take_turn(void *self);

/* Something may have to start, or be over. */
static void look_again(struct script_scheduler *scheduler)
{
	scheduler->look = true;
	loop_defer(scheduler->loop, &scheduler->turn);
}

int script_scheduler_new(struct script_machine *machine, struct loop *loop,
			 const struct script_limits *limits, const struct script_hooks *hooks,
			 struct script_scheduler **ret_scheduler)
{
	struct script_scheduler *scheduler = alloc_zero(sizeof(*scheduler));

	if (!scheduler)
		return ERROR_MEMORY;
	*scheduler = (struct script_scheduler){
		.machine = machine,
		.loop = loop,
		.limits = *limits,
		.hooks = *hooks,
		.turn = {.run = take_turn, .self = scheduler},
	};
	scheduler->groups_tail = &scheduler->groups;
	scheduler->ready_tail = &scheduler->ready;
	if (!scheduler->limits.threads)
		scheduler->limits.threads = THREADS_DEFAULT;
	if (!scheduler->limits.workers)
		scheduler->limits.workers = WORKERS_DEFAULT;
	if (thread_prepare(scheduler) < 0 ||
	    script_machine_inject(machine, "stdnse", script_inject_stdnse) < 0) {
		script_scheduler_free(scheduler);
		return ERROR_MEMORY;
	}
	script_machine_set_scheduler(machine, scheduler);
	*ret_scheduler = scheduler;
	return 0;
}

void script_scheduler_free(struct script_scheduler *scheduler)
{
	if (!scheduler)
		return;
	while (scheduler->groups)
		script_group_cancel(scheduler->groups);
	loop_defer_cancel(scheduler->loop, &scheduler->turn);
	luaL_unref(script_machine_lua(scheduler->machine), LUA_REGISTRYINDEX, scheduler->driver);
	script_machine_set_scheduler(scheduler->machine, NULL);
	alloc_free(scheduler);
}

struct loop *script_scheduler_loop(const struct script_scheduler *scheduler)
{
	return scheduler->loop;
}

const struct script_hooks *script_scheduler_hooks(const struct script_scheduler *scheduler)
{
	return &scheduler->hooks;
}

unsigned script_scheduler_alive(const struct script_scheduler *scheduler)
{
	return scheduler->alive;
}

void scheduler_log(const struct script_scheduler *scheduler, int level, const char *text)
{
	if (scheduler->hooks.log)
		scheduler->hooks.log(scheduler->hooks.self, level, text);
}

void script_scheduler_each(const struct script_scheduler *scheduler,
			   bool (*look)(void *self, const struct script_instance *instance),
			   void *self)
{
	const struct script_group *group;
	const struct instance *instance;

	for (group = scheduler->groups; group; group = group->next)
		for (instance = group->instances; instance; instance = instance->next)
			if (!look(self, &instance->seen))
				return;
}

struct script_group *script_group_new(struct script_scheduler *scheduler, enum script_phase phase,
				      void *host, void (*done)(void *self), void *self)
{
	struct script_group *group = alloc_zero(sizeof(*group));

	if (!group)
		return NULL;
	group->scheduler = scheduler;
	group->phase = phase;
	group->host = host;
	group->done = done;
	group->self = self;
	group->link = scheduler->groups_tail;
	*group->link = group;
	scheduler->groups_tail = &group->next;
	return group;
}

void script_group_set_phase(struct script_group *group, enum script_phase phase)
{
	group->phase = phase;
}

static int add_job(struct script_group *group, const struct script_job *job, bool for_ports)
{
	size_t room = group->job_room ? 2 * group->job_room : 8;
	struct job *jobs;

	if (group->job_count == UINT32_MAX)
		return ERROR_MEMORY;
	if (group->job_count == group->job_room) {
		if (!(jobs = alloc_resize(group->jobs, room, sizeof(*jobs))))
			return ERROR_MEMORY;
		group->jobs = jobs;
		group->job_room = room;
	}
	group->jobs[group->job_count] = (struct job){
		.job = *job,
		.phase = group->phase,
		.for_ports = for_ports,
		.order = (uint32_t)group->job_count,
	};
	group->job_count++;
	return 0;
}

int script_group_add(struct script_group *group, const struct script_job *job)
{
	return add_job(group, job, false);
}

void script_group_set_ports(struct script_group *group, const struct script_ports *ports)
{
	group->ports = *ports;
}

int script_group_add_for_ports(struct script_group *group, const struct script_job *job)
{
	return group->ports.count ? add_job(group, job, true) : 0;
}

static void group_free(struct script_group *group)
{
	struct script_scheduler *scheduler = group->scheduler;
	void (*done)(void *self) = group->done;
	void *self = group->self;

	if (scheduler->cursor == group)
		scheduler->cursor = group->next;
	*group->link = group->next;
	if (group->next)
		group->next->link = group->link;
	else
		scheduler->groups_tail = group->link;
	alloc_free(group->jobs);
	alloc_free(group);
	if (done)
		done(self);
}

static void instance_free(struct instance *instance)
{
	*instance->link = instance->next;
	if (instance->next)
		instance->next->link = instance->link;
	script_budget_close(instance->group->scheduler->machine, &instance->seen.budget);
	alloc_free(instance);
}

static void tell_ended(struct instance *instance, enum script_end end, const char *text)
{
	const struct script_hooks *hooks = &instance->group->scheduler->hooks;

	if (instance->base_over)
		return;
	instance->base_over = true;
	instance->group->bases--;
	hooks->ended(hooks->self, &instance->seen, end, text);
}

static void worker_over(struct script_thread *thread, enum script_end end, const char *text)
{
	const struct script_scheduler *scheduler = thread->instance->group->scheduler;

	if (text && (end == SCRIPT_FAILED || end == SCRIPT_QUIET))
		scheduler_log(scheduler, 1, text);
	else if (end == SCRIPT_BROKEN)
		scheduler_log(scheduler, 1, "a worker thread yielded unexpectedly");
	thread_end(thread);
}

/* What stops one thread of an instance stops them all: they share the budget. */
void scheduler_thread_over(struct script_thread *thread, enum script_end end, const char *text)
{
	struct instance *instance = thread->instance;
	struct script_scheduler *scheduler = instance->group->scheduler;

	if (end == SCRIPT_STOPPED || !thread->worker)
		tell_ended(instance, end, text);
	if (end == SCRIPT_STOPPED)
		while (instance->threads)
			thread_end(instance->threads);
	else if (thread->worker)
		worker_over(thread, end, text);
	else
		thread_end(thread);
	if (!instance->threads)
		instance_free(instance);
	look_again(scheduler);
}

static void end_all(struct script_group *group)
{
	struct instance *instance;

	while ((instance = group->instances)) {
		while (instance->threads)
			thread_end(instance->threads);
		tell_ended(instance, SCRIPT_CANCELLED, NULL);
		instance_free(instance);
	}
}

void script_group_cancel(struct script_group *group)
{
	look_again(group->scheduler);
	end_all(group);
	group_free(group);
}

static int job_order(const void *a, const void *b)
{
	const struct job *one = a, *other = b;
	unsigned level = one->job.script->level, other_level = other->job.script->level;

	if (level != other_level)
		return level < other_level ? -1 : 1;
	return one->order < other->order ? -1 : 1;
}

void script_group_start(struct script_group *group)
{
	if (group->job_count)
		qsort(group->jobs, group->job_count, sizeof(*group->jobs), job_order);
	group->started = true;
	look_again(group->scheduler);
}

static void *next_port(const struct script_group *group)
{
	return (char *)group->ports.all + group->next_port * group->ports.each_bytes;
}

static struct script_instance describe_job(const struct script_group *group,
					   const struct job *described)
{
	struct script_scheduler *scheduler = group->scheduler;
	const struct script_job *job = &described->job;

	return (struct script_instance){
		.script = job->script,
		.phase = described->phase,
		.forced = job->forced,
		.by_name = job->by_name,
		.host = group->host,
		.port = described->for_ports ? next_port(group) : job->port,
		.number = ++scheduler->instances,
		.start_ns = loop_now_ns(scheduler->loop),
		.budget.quota = scheduler->limits.quota,
	};
}

/* NULL when memory is short. */
static struct instance *instance_new(struct script_group *group,
				     const struct script_instance *described)
{
	struct instance *instance = alloc_zero(sizeof(*instance));

	if (!instance)
		return NULL;
	instance->group = group;
	instance->seen = *described;
	if (script_budget_open(group->scheduler->machine, &instance->seen.budget) < 0) {
		alloc_free(instance);
		return NULL;
	}
	instance->next = group->instances;
	instance->link = &group->instances;
	if (instance->next)
		instance->next->link = &instance->next;
	group->instances = instance;
	group->bases++;
	return instance;
}

static void start_job(struct script_group *group, const struct job *job)
{
	const struct script_hooks *hooks = &group->scheduler->hooks;
	struct script_instance unborn = describe_job(group, job);
	struct instance *instance = instance_new(group, &unborn);

	hooks->started(hooks->self, instance ? &instance->seen : &unborn);
	if (!instance) {
		hooks->ended(hooks->self, &unborn, SCRIPT_FAILED, "not enough memory");
	} else if (thread_start_base(instance) < 0) {
		tell_ended(instance, SCRIPT_FAILED, "not enough memory");
		instance_free(instance);
	}
}

static bool has_jobs(const struct script_group *group)
{
	return group->next_job < group->job_count &&
	       group->jobs[group->next_job].job.script->level == group->level;
}

static bool is_for_ports(const struct script_group *group, size_t at)
{
	return at < group->job_count && group->jobs[at].for_ports &&
	       group->jobs[at].job.script->level == group->level;
}

/* Jobs for ports that follow each other are gone through again for the next port. */
static void step_on(struct script_group *group)
{
	size_t at = group->next_job++;

	if (!is_for_ports(group, at) || is_for_ports(group, at + 1))
		return;
	if (++group->next_port == group->ports.count) {
		group->next_port = 0;
		return;
	}
	while (at > 0 && is_for_ports(group, at - 1))
		at--;
	group->next_job = at;
}

static void start_jobs(struct script_group *group)
{
	const struct script_scheduler *scheduler = group->scheduler;

	while (has_jobs(group) && scheduler->alive < scheduler->limits.threads) {
		start_job(group, &group->jobs[group->next_job]);
		step_on(group);
	}
}

/* Starts what may start. The workers that are left when the base threads of a level are over go
 * with it. The group may be gone after it. */
static void group_advance(struct script_group *group)
{
	if (!group->started)
		return;
	start_jobs(group);
	while (!group->bases && !has_jobs(group)) {
		end_all(group);
		if (group->next_job == group->job_count) {
			group_free(group);
			return;
		}
		group->level = group->jobs[group->next_job].job.script->level;
		start_jobs(group);
	}
}

/* A group may go, and its `done` make or cancel others: the cursor stays right. */
static void advance_groups(struct script_scheduler *scheduler)
{
	struct script_group *group;

	scheduler->look = false;
	scheduler->cursor = scheduler->groups;
	while ((group = scheduler->cursor)) {
		scheduler->cursor = group->next;
		group_advance(group);
	}
}

/* Each ready thread once, but no longer than a turn should be. */
static void run_ready(struct script_scheduler *scheduler)
{
	struct script_thread *thread;

	scheduler->turn_number++;
	scheduler->spent_ns = 0;
	while ((thread = scheduler->ready) && thread->queued_in < scheduler->turn_number &&
	       scheduler->spent_ns < TURN_NS) {
		scheduler->ready = thread->next_ready;
		if (!scheduler->ready)
			scheduler->ready_tail = &scheduler->ready;
		thread_run(thread);
	}
}

static void take_turn(void *self)
{
	struct script_scheduler *scheduler = self;

	if (scheduler->look)
		advance_groups(scheduler);
	run_ready(scheduler);
	if (scheduler->look)
		lua_gc(script_machine_lua(scheduler->machine), LUA_GCSTEP, 0);
	if (scheduler->look || scheduler->ready)
		loop_defer(scheduler->loop, &scheduler->turn);
}
