#include "engine/plan.h"

#include "util/alloc.h"

struct plan *plan_new(void)
{
	struct plan *plan = alloc_zero(sizeof(*plan));

	if (!plan)
		return NULL;
	plan->program = "portolan";
	plan->targets.families = RESOLVE_BOTH;
	plan->port_scan = true;
	portset_add(&plan->discovery.connect, 80);
	portset_add(&plan->discovery.connect, 443);
	timing_template(3, &plan->timing);
	plan->output.journal = true;
	plan->version.intensity = 7;
	plan->system.tries = 5;
	plan->scripts = (struct plan_scripts){
		.busy_ns = 60 * NS_PER_S,
		.instructions = 5000000000,
		.memory_bytes = (uint64_t)128 << 20,
		.bytes_in = (uint64_t)256 << 20,
		.bytes_out = (uint64_t)64 << 20,
		.sockets = 256,
	};
	plan->ttl = -1;
	plan->packets.scan_flags = -1;
	plan->sweep.shards = 1;
	plan->sweep.retries = -1;
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	services_free(plan->services);
	payloads_free(plan->payloads);
	alloc_free(plan->ports);
	arena_release(&plan->arena);
	alloc_free(plan);
}
