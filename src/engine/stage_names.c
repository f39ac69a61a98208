/* Reverse DNS, beside the port stage: a slow name server delays the report of
 * its host and nothing else (features.md DN-01). */
#include "engine/run_private.h"
#include "util/alloc.h"

static bool names_wanted(const struct run *run, const struct host *host)
{
	switch (run->plan->names) {
	case NAMES_NEVER:
		return false;
	case NAMES_ALWAYS:
		return true;
	default:
		return host->state == HOST_UP || run->plan->list_only;
	}
}

static void name_known(void *self, const struct resolver_answer *answer)
{
	struct host *host = self;
	struct observation seen = {.kind = OBSERVED_NAME, .target = host->target};

	host->query = NULL;
	if (answer->error == 0 && answer->name) {
		seen.name = answer->name;
		if (host->run->config.systems)
			host->name = alloc_strdup(answer->name); /* else unnamed */
		run_observe(host->run, &seen);
	}
	run_stage_ended(host, STAGE_NAMES);
}

static void names_start(struct host *host)
{
	struct run *run = host->run;

	if (resolver_reverse(run->config.resolver, &host->target->addr, name_known, host,
			     &host->query) < 0)
		run_stage_ended(host, STAGE_NAMES);
}

static void names_stop(struct host *host)
{
	if (host->query)
		resolver_cancel(host->run->config.resolver, host->query);
	host->query = NULL;
}

const struct stage stage_names = {
	.name = "names",
	.task = TASK_DNS,
	.after = 1 << STAGE_DISCOVER,
	.wanted = names_wanted,
	.start = names_start,
	.stop = names_stop,
};
