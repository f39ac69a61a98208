/* Whether the scan is a stateless pass, and which share of it is ours. */
#include "api/plan_parts.h"
#include "engine/technique.h"

#include <string.h>

/* From so many probes on (targets x ports) state for each costs more than it
 * tells: 2^26 are 2 GiB of it, and a minute or more on the wire. */
#define SWEEP_PROBES ((double)(1u << 26))

/* What brings back in its answers all that a sweep has to know of its probe. */
static bool can_sweep(const struct scan_technique *technique)
{
	static const char *const names[] = {"tcp-syn", "tcp-ack", "udp"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(technique->name, names[i]))
			return true;
	return false;
}

static bool may_sweep(const struct plan *plan)
{
	return plan->privileged && plan->port_scan && plan->techniques_count == 1 &&
	       can_sweep(plan->techniques[0]);
}

bool plan_is_large(const struct plan *plan, double targets)
{
	return may_sweep(plan) &&
	       targets * plan->ports->of[plan->techniques[0]->transport].count > SWEEP_PROBES;
}

void plan_set_sweep(const struct settings *settings, struct plan *plan)
{
	struct plan_sweep *sweep = &plan->sweep;

	sweep->special = settings->uses[USE_SPECIAL] > 0;
	sweep->shard = (uint32_t)settings->shard - 1;
	sweep->shards = (uint32_t)settings->shards;
	if (settings->max_retries != NUMBER_UNSET)
		sweep->retries = (int)settings->max_retries;
	sweep->wanted = settings->uses[USE_SWEEP] || settings->uses[USE_SHARD];
	/* Counting opens the files of targets, so it comes last. */
	/* The lines of files may have names to keep, and ports of their own. */
	if (sweep->wanted || !may_sweep(plan) || plan->targets.input_files_count)
		return;
	/* Nobody asked for the manners of a sweep: every target stays one, and those
	 * that are up are scanned as usual. Only -Pn would have all ports of all asked. */
	sweep->wanted = sweep->special = plan_is_large(plan, target_count(&plan->targets, NULL));
	sweep->pings = sweep->wanted && !plan->discovery.skip;
}
