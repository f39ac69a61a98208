#include "detect/os/os4.h"

#include "util/alloc.h"
#include "util/error.h"

struct os4 {
	const struct os_job *job;
	struct deferred soon;
};

static void tell(void *self)
{
	struct os4 *os4 = self;
	const struct system_facts facts = {.ip_version = 4, .result = SYSTEM_NONE};

	os4->job->found(os4->job->self, &facts);
}

static int start(const struct os_job *job, void **ret_probing)
{
	struct os4 *os4 = alloc_zero(sizeof(*os4));

	if (!os4)
		return ERROR_MEMORY;
	os4->job = job;
	os4->soon = (struct deferred){.run = tell, .self = os4};
	loop_defer(job->config->loop, &os4->soon);
	*ret_probing = os4;
	return 0;
}

static void stop(void *probing)
{
	struct os4 *os4 = probing;

	if (!os4)
		return;
	loop_defer_cancel(os4->job->config->loop, &os4->soon);
	alloc_free(os4);
}

const struct os_family os4_family = {.start = start, .stop = stop};
