/* The way to a host, hop by hop (features.md section 14). */
#include "engine/run_private.h"

static bool path_wanted(const struct run *run, const struct host *host)
{
	(void)run;
	(void)host;
	return false;
}

static void path_start(struct host *host)
{
	run_stage_ended(host, STAGE_PATH);
}

static void path_stop(struct host *host)
{
	(void)host;
}

const struct stage stage_path = {
	.name = "path",
	.task = TASK_PATH,
	.after = 1 << STAGE_SYSTEM,
	.wanted = path_wanted,
	.start = path_start,
	.stop = path_stop,
};
