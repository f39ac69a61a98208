/* Tasks: what progress lines call the stages (formats.md 2.14). A task begins with
 * its first host and ends when the last has passed. */
#include "engine/run_private.h"
#include "engine/technique.h"
#include "engine/wire.h"
#include "net/route.h"

/* ARP or ND will find the host. */
static bool asks_neighbour(struct run *run, struct host *host)
{
	return !run->plan->list_only && run->sender.raw && !host->found &&
	       sender_route(&run->sender, host) == 0 && run->plan->discovery.neighbours &&
	       run->neighbours.count && hop_is_neighbour(host->hop) && !host->route->local;
}

static bool has_task(struct run *run, enum run_task task, struct host *host)
{
	if (task == TASK_PATH) /* neighbours are not asked */
		return !host->hop || !hop_is_neighbour(host->hop);
	if (task != TASK_PING)
		return true;
	if (run_sweeps_ports(run))
		return false; /* the ports' answers tell who is up */
	return asks_neighbour(run, host) || !(run->plan->list_only || run->plan->discovery.skip);
}

/* Everything but the number of ports. */
static struct observation task_begun(struct run *run, enum run_task task, struct host *host)
{
	struct observation seen = {.kind = OBSERVED_TASK_BEGIN, .task.task = task};

	seen.task.hosts = run->expected > 0 ? (uint64_t)run->expected : 0;
	if (task != TASK_PING && run->expected != 1)
		seen.task.hosts = run->up;
	seen.task.only = seen.task.hosts == 1 ? host->target : NULL;
	return seen;
}

static void tell_begin(struct run *run, struct task_state *state, struct observation *seen)
{
	state->begun = true;
	state->technique = seen->task.technique;
	run_observe(run, seen);
}

/* A sweep asks all its targets from the first moment. */
void run_sweep_task_begin(struct run *run)
{
	bool ports = run_sweeps_ports(run);
	struct observation seen = {.kind = OBSERVED_TASK_BEGIN};

	seen.task.task = ports ? TASK_PORTS : TASK_PING;
	seen.task.hosts = run_sweep_targets(run);
	seen.task.ports = run_sweep_probes(run);
	seen.task.technique = ports ? run->plan->techniques[0] : NULL;
	tell_begin(run, ports ? &run->techniques[0] : &run->tasks[TASK_PING], &seen);
}

void run_task_begin(struct run *run, enum run_task task, struct host *host)
{
	struct observation seen;

	if (task == TASK_PORTS || run->tasks[task].begun || !has_task(run, task, host))
		return;
	seen = task_begun(run, task, host);
	if (task == TASK_PING)
		seen.task.ports = run->sender.raw ? run->pings[0].count : run->ping_ports_count;
	if (task == TASK_PING && asks_neighbour(run, host)) {
		seen.task.technique = run->neighbours.pings[0].technique;
		seen.task.ports = 1;
	}
	if (task == TASK_SERVICES)
		seen.task.ports = host->services.count;
	if (task == TASK_SCRIPTS)
		seen.task.scripts = SCRIPT_HOST;
	tell_begin(run, &run->tasks[task], &seen);
}

void run_technique_begins(struct host *host)
{
	struct run *run = host->run;
	struct task_state *state = &run->techniques[host->technique_index];
	const struct rules_order *order = host->order;
	struct observation seen;

	if (state->begun)
		return;
	seen = task_begun(run, TASK_PORTS, host);
	if (!order)
		order = run_rules_order(run, run_rules_of(run, host));
	seen.task.technique = run->plan->techniques[host->technique_index];
	seen.task.ports = order ? order->counts[host->technique_index] : 0;
	tell_begin(run, state, &seen);
}

static void task_end(struct run *run, enum run_task task, struct task_state *state)
{
	struct observation seen = {.kind = OBSERVED_TASK_END};

	if (!state->begun || state->ended || !run->drained || state->hosts_through < run->taken)
		return;
	state->ended = true;
	seen.task.task = task;
	seen.task.scripts = SCRIPT_HOST;
	seen.task.technique = state->technique;
	seen.task.hosts = state->hosts_in;
	seen.task.ports = state->ports_done;
	run_observe(run, &seen);
}

void run_tasks_end(struct run *run)
{
	size_t i;

	for (i = 0; i < TASK_SERVICES; i++)
		task_end(run, (enum run_task)i, &run->tasks[i]);
	for (i = 0; i < run->plan->techniques_count; i++)
		task_end(run, TASK_PORTS, &run->techniques[i]);
	for (i = TASK_SERVICES; i < TASK_PORTS; i++)
		task_end(run, (enum run_task)i, &run->tasks[i]);
}

void run_techniques_passed(struct host *host, size_t upto)
{
	while (host->techniques_passed < upto)
		host->run->techniques[host->techniques_passed++].hosts_through++;
	run_tasks_end(host->run);
}
