/* The idle scan's place in a run: what it has to say goes to the sinks, and a
 * zombie that is of no use ends the run, since all targets need it. */
#include "engine/run_private.h"
#include "engine/sender_idle.h"
#include "util/error.h"

static void say(void *self, const struct host *host, const char *text)
{
	run_warn(self, host, WARNING_PLAIN, text);
}

static void failed(void *self, const char *why)
{
	struct diag diag;

	diag_set(&diag, ERROR_NOT_FOUND, "%s", why);
	run_fail(self, &diag);
}

int run_idle_new(struct run *run)
{
	const struct sender_idle_config config = {
		.sender = &run->sender,
		.say = say,
		.failed = failed,
		.self = run,
	};

	return run->plan->idle.zombie.family == IP_NONE ? 0 : sender_idle_new(&config, &run->idle);
}
