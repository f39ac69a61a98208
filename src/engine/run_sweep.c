/* A run whose hosts come from a sweep: targets and probes are numbered, the
 * sweep asks them, and what is live enters the pipeline with discovery and ports
 * known; names and later stages follow as for any host. */
#include "engine/run_private.h"
#include "engine/sender_raw.h"
#include "engine/sweep.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

/* So many hosts may wait for their names before the sweep waits for them. */
#define HOSTS_WAITING 4096u

struct run_sweep {
	struct target_space *space;
	struct sweep_probe *probes;
	uint32_t count;
	struct sweep *sweep;
	uint64_t index; /* of the next live target */
	bool over;
};

/* ---- the questions ---- */

static int add_ports(struct run *run, struct run_sweep *sweep)
{
	const struct port_rules *rules = run->plan->ports;
	size_t i, count = 0;

	for (i = 0; i < run->plan->techniques_count; i++)
		count += rules->of[run->plan->techniques[i]->transport].count;
	sweep->probes = alloc_array(count, sizeof(*sweep->probes));
	if (!sweep->probes)
		return ERROR_MEMORY;
	for (i = 0; i < run->plan->techniques_count; i++) {
		const struct scan_technique *technique = run->plan->techniques[i];
		const struct portset *set = &rules->of[technique->transport];
		int32_t port;

		for (port = portset_next(set, 0); port >= 0;
		     port = portset_next(set, (uint32_t)port + 1))
			sweep->probes[sweep->count++] =
				(struct sweep_probe){technique, (uint16_t)port};
	}
	return 0;
}

/* -sn: the pings. Those that one family does not have are left out of both. */
static int add_pings(struct run *run, struct run_sweep *sweep)
{
	const struct ping_list *list = &run->pings[0];
	uint32_t i;

	sweep->probes = alloc_array(list->count, sizeof(*sweep->probes));
	if (!sweep->probes)
		return ERROR_MEMORY;
	for (i = 0; i < list->count; i++)
		sweep->probes[sweep->count++] =
			(struct sweep_probe){list->pings[i].technique, list->pings[i].port};
	return 0;
}

/* ---- what it tells ---- */

static void sweep_live(void *self, const struct swept *swept)
{
	struct run *run = self;
	struct target *target;

	if (run->config.done && addrset_has(run->config.done, &swept->addr))
		return; /* --resume: it was reported before */
	target = alloc_zero(sizeof(*target));
	if (!target) {
		run_warn(run, NULL, WARNING_ERRORS,
			 "Warning: out of memory: a live target is not reported.");
		return;
	}
	target->index = run->sweep->index++;
	target->addr = swept->addr;
	target->refs = 1;
	if (run_host_new(run, target, swept) < 0)
		target_unref(target);
}

static void sweep_opened(void *self, const struct packet *packet)
{
	run_note_opened(self, packet);
}

static bool sweep_hungry(void *self)
{
	struct run *run = self;

	return run->hosts_now < HOSTS_WAITING;
}

static void sweep_finished(void *self)
{
	struct run *run = self;
	struct sweep_stats stats;

	run->sweep->over = true;
	sweep_stats(run->sweep->sweep, &stats);
	if (stats.broken && !run->failed) {
		run->failed = true;
		diag_set(&run->why, ERROR_SYSTEM,
			 "the sweep ended early: its way out was lost, or memory ran short");
	}
	run_drained(run);
}

/* ---- making ---- */

static int space_new(struct run *run, struct diag *diag)
{
	const struct target_space_config config = {
		.targets = &run->plan->targets,
		.loop = run->loop,
		.resolver = run->config.resolver,
		.special = run->plan->sweep.special,
		.seed = run->plan->seed,
	};
	double left;
	char text[200];
	int r = target_space_new(&config, &run->sweep->space, &left, diag);

	if (r < 0 || left < 1)
		return r;
	snprintf(text, sizeof(text),
		 "Note: %.0f addresses in special-purpose prefixes (private, multicast, "
		 "reserved ...) are left out of the sweep; --special-targets takes them in.",
		 left);
	run_warn(run, NULL, WARNING_STDERR, text);
	return 0;
}

static int sweep_make(struct run *run, struct diag *diag)
{
	struct run_sweep *sweep = run->sweep;
	const struct sweep_config config = {
		.loop = run->loop,
		.wire = raw_wire(run->sender.raw),
		.pacer = &run->sender.pacer,
		.plan = run->plan,
		.space = sweep->space,
		.probes = sweep->probes,
		.probes_count = sweep->count,
		.first_port = raw_first_port(run->sender.raw),
		.live = sweep_live,
		.opened = sweep_opened,
		.hungry = sweep_hungry,
		.finished = sweep_finished,
		.self = run,
	};
	int r = sweep_new(&config, &sweep->sweep);

	if (r == ERROR_RANGE)
		return diag_set(diag, r, "a sweep asks in at most eight ways at once");
	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	raw_set_listener(run->sender.raw, sweep_hear, sweep->sweep);
	return 0;
}

int run_sweep_new(struct run *run, struct diag *diag)
{
	int r;

	if (!run->plan->sweep.wanted || !run->sender.raw)
		return 0;
	run->sweep = alloc_zero(sizeof(*run->sweep));
	if (!run->sweep)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	r = run_sweeps_ports(run) ? add_ports(run, run->sweep) : add_pings(run, run->sweep);
	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	if ((r = space_new(run, diag)) < 0)
		return r;
	if (!run->sweep->count || !target_space_size(run->sweep->space)) {
		run->sweep->over = true;
		return 0;
	}
	return sweep_make(run, diag);
}

void run_sweep_free(struct run *run)
{
	if (!run->sweep)
		return;
	sweep_free(run->sweep->sweep);
	target_space_free(run->sweep->space);
	alloc_free(run->sweep->probes);
	alloc_free(run->sweep);
	run->sweep = NULL;
}

/* ---- running ---- */

void run_sweep_start(struct run *run)
{
	if (run->sweep->sweep)
		sweep_start(run->sweep->sweep);
	else
		run_drained(run);
}

void run_sweep_stop(struct run *run)
{
	if (!run->sweep || run->sweep->over)
		return;
	raw_set_listener(run->sender.raw, NULL, NULL);
	if (run->sweep->sweep)
		sweep_give_up(run->sweep->sweep);
	sweep_free(run->sweep->sweep);
	run->sweep->sweep = NULL;
	run->sweep->over = true;
}

void run_sweep_kick(struct run *run)
{
	if (run->sweep && run->sweep->sweep)
		sweep_kick(run->sweep->sweep);
}

uint64_t run_sweep_targets(const struct run *run)
{
	uint128 targets = target_space_size(run->sweep->space);

	return targets < UINT64_MAX ? (uint64_t)targets : UINT64_MAX;
}

uint64_t run_sweep_probes(const struct run *run)
{
	return run->sweep->count;
}

void run_sweep_end(const struct run *run, struct observation *seen)
{
	struct sweep_stats stats;
	double targets;

	if (!run->sweep || !run->sweep->sweep)
		return;
	sweep_stats(run->sweep->sweep, &stats);
	targets = (double)target_space_size(run->sweep->space);
	seen->end.hosts_total = targets < 1e18 ? (uint64_t)targets : UINT64_MAX;
	if (seen->end.hosts_total >= seen->end.hosts_up)
		seen->end.hosts_down = seen->end.hosts_total - seen->end.hosts_up;
	seen->end.probes_planned += stats.planned < 1e18 ? (uint64_t)stats.planned : UINT64_MAX;
	seen->end.probes_sent += stats.sent;
	seen->end.probes_answered += stats.answered;
	seen->end.probes_resent += stats.resent;
	if (run->plan->sweep.pings)
		return; /* what is missed is told of ports */
	seen->end.missed = stats.missed;
	seen->end.missed_low = stats.missed_low;
	seen->end.missed_high = stats.missed_high;
	seen->end.estimated_missed =
		stats.missed < 0 || stats.planned < 1 ? -1 : stats.missed / stats.planned;
}

bool run_sweep_fraction(const struct run *run, double *ret_fraction, uint64_t *ret_sent,
			double *ret_rate_pps)
{
	struct sweep_stats stats;

	if (!run->sweep || !run->sweep->sweep)
		return false;
	sweep_stats(run->sweep->sweep, &stats);
	*ret_fraction = stats.planned > 0 ? stats.passed / stats.planned : 1;
	*ret_sent = stats.sent;
	*ret_rate_pps = stats.rate_pps;
	return true;
}
