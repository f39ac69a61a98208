/* Which system a host runs: asked when its ports and services are known. */
#include "engine/run_private.h"

static bool system_wanted(const struct run *run, const struct host *host)
{
	(void)run;
	(void)host;
	return false;
}

static void system_start(struct host *host)
{
	run_stage_ended(host, STAGE_SYSTEM);
}

static void system_stop(struct host *host)
{
	(void)host;
}

const struct stage stage_system = {
	.name = "system",
	.task = TASK_SYSTEM,
	.after = 1 << STAGE_SERVICES,
	.wanted = system_wanted,
	.start = system_start,
	.stop = system_stop,
};
