/* An order becomes a family's job; what that finds is given on with what else is known. Where
 * no probe can be sent, what is known must do. */
#include "detect/os/os4.h"

#include "util/alloc.h"
#include "util/error.h"

struct os_scan {
	struct os_scan_config config;
	struct random random;
};

struct system_work {
	struct os_scan *scan;
	struct system_order order;
	struct os_job job;
	const struct os_family *family; /* NULL: nothing is asked */
	void *probing;
	struct deferred soon; /* without a family; and after found() */
	struct arena arena;
};

int os_scan_new(const struct os_scan_config *config, struct os_scan **ret_scan)
{
	struct os_scan *scan = alloc_zero(sizeof(*scan));

	if (!scan)
		return ERROR_MEMORY;
	scan->config = *config;
	random_init(&scan->random, config->plan->seed ^ 0x6f737363616eull);
	*ret_scan = scan;
	return 0;
}

void os_scan_free(struct os_scan *scan)
{
	alloc_free(scan);
}

static void work_free(struct system_work *work)
{
	if (work->family)
		work->family->stop(work->probing);
	loop_defer_cancel(work->scan->config.loop, &work->soon);
	arena_release(&work->arena);
	alloc_free(work);
}

static void finished(void *self)
{
	struct system_work *work = self;
	struct system_order order = work->order;

	work_free(work);
	order.done(order.self);
}

static void tell(struct system_work *work, struct system_facts *facts)
{
	work->order.found(work->order.self, facts);
	work->soon.run = finished;
	loop_defer(work->scan->config.loop, &work->soon);
}

static void probes_found(void *self, const struct system_facts *facts)
{
	struct system_facts all = *facts;

	tell(self, &all);
}

static bool probes_settled(void *self, const struct system_facts *so_far)
{
	(void)self;
	(void)so_far;
	return false;
}

static void nothing_to_ask(void *self)
{
	struct system_work *work = self;
	struct system_facts facts = {
		.result = SYSTEM_NONE,
		.ip_version = work->order.target->addr.family == IP_V4 ? 4 : 6,
		.own_data = work->scan->config.own_data,
		.open_tcp = work->order.open_tcp,
		.closed_tcp = work->order.closed_tcp,
		.closed_udp = work->order.closed_udp,
		.unreliable = true,
	};

	tell(work, &facts);
}

static const struct os_family *family_of(const struct system_order *order)
{
	if (!order->talks)
		return NULL;
	return order->target->addr.family == IP_V4 ? &os4_family : NULL;
}

static int scan_start(void *self, const struct system_order *order, struct system_work **ret_work)
{
	struct os_scan *scan = self;
	struct system_work *work = alloc_zero(sizeof(*work));
	int r = 0;

	if (!work)
		return ERROR_MEMORY;
	work->scan = scan;
	work->order = *order;
	work->job = (struct os_job){.config = &scan->config,
				    .order = &work->order,
				    .random = &scan->random,
				    .settled = probes_settled,
				    .found = probes_found,
				    .self = work};
	work->soon = (struct deferred){.run = nothing_to_ask, .self = work};
	work->family = family_of(order);
	if (work->family)
		r = work->family->start(&work->job, &work->probing);
	else
		loop_defer(scan->config.loop, &work->soon);
	if (r < 0)
		work_free(work);
	else
		*ret_work = work;
	return r;
}

static void scan_stop(void *self, struct system_work *work)
{
	(void)self;
	work_free(work);
}

struct system_detector os_scan_detector(struct os_scan *scan)
{
	return (struct system_detector){.self = scan, .start = scan_start, .stop = scan_stop};
}
