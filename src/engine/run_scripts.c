/* What scripts have to do with a run as a whole: those before the first target and after the
 * last, the targets they add, and what is remembered of a host for them. */
#include "engine/run_private.h"
#include "engine/sender_raw.h"
#include "engine/target_expr.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define TARGETS_MOST 16384u

/* ---- facts ---- */

void run_scripts_note_target(struct run *run, struct target *target)
{
	struct host *host = target->host;

	if (!run->config.scripts)
		return;
	host->facts = script_host_new(target);
	/* Without memory for it the host may be scanned twice. */
	if (run->scripts.known)
		(void)addrset_add(run->scripts.known, &target->addr);
}

void run_scripts_note(struct run *run, const struct observation *seen)
{
	struct host *host = seen->target ? seen->target->host : NULL;

	if (!host || !host->facts || script_host_note(host->facts, seen) == 0)
		return;
	script_host_free(host->facts); /* better none than wrong ones */
	host->facts = NULL;
}

void run_observe_script(struct run *run, const struct target *target,
			const struct script_place *place, const struct script_result *result)
{
	struct observation seen = {.kind = OBSERVED_SCRIPT, .target = target};

	seen.script.place = *place;
	seen.script.result = result;
	run_observe(run, &seen);
}

void run_observe_finding(struct run *run, const struct target *target,
			 const struct script_place *place, const struct script_finding *finding)
{
	struct observation seen = {.kind = OBSERVED_FINDING, .target = target};

	seen.finding.place = *place;
	seen.finding.finding = finding;
	run_observe(run, &seen);
}

/* ---- before and after the scan ---- */

static void tell_task(struct run *run, enum observation_kind kind)
{
	struct observation seen = {.kind = kind};

	seen.task.task = TASK_SCRIPTS;
	seen.task.scripts = run->scripts.scope;
	run_observe(run, &seen);
}

static void phase_over(struct run *run)
{
	struct observation seen = {.kind = OBSERVED_SCRIPTS_DONE};

	run->scripts.work = NULL;
	tell_task(run, OBSERVED_TASK_END);
	seen.scripts_done = run->scripts.scope;
	run_observe(run, &seen);
	if (run->scripts.scope == SCRIPT_PRE && !run->cancelled)
		run_begin_hosts(run);
	else
		loop_defer(run->loop, &run->advance);
}

static void phase_done(void *self)
{
	phase_over(self);
}

static void told_result(void *self, const struct script_place *place,
			const struct script_result *result)
{
	run_observe_script(self, NULL, place, result);
}

static void told_finding(void *self, const struct script_place *place,
			 const struct script_finding *finding)
{
	run_observe_finding(self, NULL, place, finding);
}

/* False: nothing was begun. */
static bool phase_begin(struct run *run, enum script_scope scope)
{
	const struct script_runner *runner = run->config.scripts;
	const struct script_order order = {
		.scope = scope,
		.result = told_result,
		.finding = told_finding,
		.done = phase_done,
		.self = run,
	};

	run->scripts.scope = scope;
	if (runner->start(runner->self, &order, &run->scripts.work) == 0) {
		tell_task(run, OBSERVED_TASK_BEGIN);
		return true;
	}
	run_warn(run, NULL, WARNING_ERRORS,
		 "Scripts of the whole scan were not run: out of memory.");
	return false;
}

/* What need not be scanned (again): grows with every target that is taken. */
static struct addrset *known_before(const struct run *run)
{
	struct addrset *known = addrset_new(), *done = run->config.done;
	struct ip_addr first, last;
	size_t i;

	for (i = 0; known && done && i < addrset_ranges(done); i++) {
		addrset_range_at(done, i, &first, &last);
		if (addrset_add_range(known, &first, &last) < 0)
			break; /* the host would be scanned again */
	}
	return known;
}

bool run_scripts_begin(struct run *run)
{
	struct run_scripts *scripts = &run->scripts;
	bool phases = run->config.scripts && run->config.scripts->phases;

	if (run->config.scripts)
		scripts->known = known_before(run);
	scripts->pre = true;
	scripts->post = !phases;
	return phases && phase_begin(run, SCRIPT_PRE);
}

bool run_scripts_hold(const struct run *run)
{
	return run->scripts.work != NULL;
}

bool run_scripts_go_on(struct run *run)
{
	struct run_scripts *scripts = &run->scripts;

	if (scripts->work)
		return true;
	if (run->cancelled || run->failed || scripts->post)
		return false;
	scripts->post = true;
	return phase_begin(run, SCRIPT_POST);
}

void run_scripts_stop(struct run *run)
{
	const struct script_runner *runner = run->config.scripts;

	if (!run->scripts.work)
		return;
	runner->stop(runner->self, run->scripts.work);
	run->scripts.work = NULL;
}

void run_scripts_free(struct run *run)
{
	struct run_scripts *scripts = &run->scripts;
	size_t i;

	run_scripts_stop(run);
	for (i = 0; i < scripts->targets_count; i++)
		alloc_free(scripts->targets[i]);
	alloc_free(scripts->targets);
	alloc_free(scripts->target_config.expressions);
	addrset_free(scripts->known);
}

/* ---- more targets ---- */

static bool is_queued(const struct run_scripts *scripts, const char *expression)
{
	size_t i;

	for (i = 0; i < scripts->targets_count; i++)
		if (!strcmp(scripts->targets[i], expression))
			return true;
	return false;
}

static int queue_target(struct run_scripts *scripts, const char *expression)
{
	char *copy;

	if (scripts->targets_count == scripts->targets_room) {
		size_t room = scripts->targets_room ? scripts->targets_room * 2 : 16;
		char **targets = alloc_resize(scripts->targets, room, sizeof(*targets));

		if (!targets)
			return ERROR_MEMORY;
		scripts->targets = targets;
		scripts->targets_room = room;
	}
	copy = alloc_strdup(expression);
	if (!copy)
		return ERROR_MEMORY;
	scripts->targets[scripts->targets_count++] = copy;
	return 0;
}

int run_add_target(struct run *run, const char *expression)
{
	struct run_scripts *scripts = &run->scripts;
	const struct target_expr_grammar grammar = {0};
	struct target_expr parsed;
	struct diag diag;
	int r;

	if (run->finished || run->cancelled || scripts->scope == SCRIPT_POST)
		return ERROR_USAGE;
	r = strlen(expression) > TARGET_EXPR_MAX
		    ? ERROR_SYNTAX
		    : target_expr_parse(expression, &grammar, &parsed, &diag);
	if (r < 0 || is_queued(scripts, expression))
		return r;
	if (scripts->targets_count >= TARGETS_MOST)
		return ERROR_LIMIT;
	r = queue_target(scripts, expression);
	if (r == 0 && run->drained && (!run->sweep || run_scripts_next_stream(run))) {
		run->drained = false;
		sender_kick(&run->sender);
	}
	return r;
}

size_t run_targets_waiting(const struct run *run)
{
	return run->scripts.targets_count - run->scripts.targets_begun;
}

size_t run_targets_added(const struct run *run)
{
	return run->scripts.targets_count;
}

/* Those that wait, in a list that stays where it is; the texts are the queue's. */
static int take_list(struct run_scripts *scripts, char ***ret_list, size_t *ret_count)
{
	size_t count = scripts->targets_count - scripts->targets_begun;
	char **list = alloc_array(count, sizeof(*list));

	if (!list)
		return ERROR_MEMORY;
	memcpy(list, scripts->targets + scripts->targets_begun, count * sizeof(*list));
	scripts->targets_begun = scripts->targets_count;
	*ret_list = list;
	*ret_count = count;
	return 0;
}

bool run_scripts_next_stream(struct run *run)
{
	struct run_scripts *scripts = &run->scripts;
	struct target_config *config = &scripts->target_config;
	const struct target_config *asked = &run->plan->targets;
	size_t count = 0;
	char **list = NULL;
	struct diag diag;

	if (run->failed || run->cancelled || !run_targets_waiting(run))
		return false;
	if (take_list(scripts, &list, &count) < 0) {
		diag_set(&diag, ERROR_MEMORY, "out of memory for the targets that scripts added");
		run_fail(run, &diag);
		return false;
	}
	alloc_free(config->expressions);
	*config = (struct target_config){
		.expressions = list,
		.expressions_count = count,
		.families = asked->families,
		.families_forced = asked->families_forced,
		.resolve_all = asked->resolve_all,
		.scope_interface = asked->scope_interface,
	};
	if (run_replace_stream(run, config, &diag) < 0) {
		run_fail(run, &diag);
		return false;
	}
	scripts->streaming = true;
	return true;
}

struct talks *run_talks(struct run *run)
{
	return run->sender.raw ? raw_talks(run->sender.raw) : NULL;
}
