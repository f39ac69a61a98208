/* An order becomes a family's job; what that finds is given on with what else is known. Where
 * no probe can be sent, what is known must do. */
#include "detect/os/os4.h"
#include "detect/os/os6.h"
#include "detect/os/os6_model.h"
#include "detect/os/os_evidence.h"

#include "util/alloc.h"
#include "util/error.h"

struct os_scan {
	struct os_scan_config config;
	struct os_evidence *evidence;
	struct os6_model *model; /* NULL: no IPv6 host has answered yet */
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
	int r;

	if (!scan)
		return ERROR_MEMORY;
	scan->config = *config;
	random_init(&scan->random, config->plan->seed ^ 0x6f737363616eull);
	r = os_evidence_new(config->db, &scan->evidence);
	if (r < 0)
		os_scan_free(scan);
	else
		*ret_scan = scan;
	return r;
}

void os_scan_free(struct os_scan *scan)
{
	if (!scan)
		return;
	os_evidence_free(scan->evidence);
	os6_model_free(scan->model);
	alloc_free(scan);
}

/* ---- what is known besides ---- */

static struct os_evidence_input input_of(const struct system_work *work,
					 const struct os_found *found)
{
	const struct os_scan_config *config = &work->scan->config;
	const struct system_order *order = &work->order;

	return (struct os_evidence_input){
		.order = order,
		.vendor = order->has_mac && config->vendor
				  ? config->vendor(config->self, &order->mac)
				  : NULL,
		.print = found->print,
		.asked = found->asked,
		.has_distance = found->facts.has_distance,
		.distance = found->facts.distance,
		.classes = found->classes,
		.classes_count = found->classes_count,
	};
}

/* Adds what all evidence together says to the facts; without memory they go without. */
static void weigh(struct system_work *work, struct os_found *found)
{
	const struct os_evidence_input input = input_of(work, found);
	struct os_verdict verdict;

	if (os_evidence_judge(work->scan->evidence, &input, &work->arena, &verdict) < 0)
		return;
	found->facts.guesses = verdict.guesses;
	found->facts.guesses_count = verdict.guesses_count;
	found->facts.evidence = verdict.evidence;
	found->facts.evidence_count = verdict.evidence_count;
}

/* ---- one order ---- */

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

static void tell(struct system_work *work, struct os_found *found)
{
	weigh(work, found);
	work->order.found(work->order.self, &found->facts);
	work->soon.run = finished;
	loop_defer(work->scan->config.loop, &work->soon);
}

static void probes_found(void *self, const struct os_found *found)
{
	struct os_found all = *found;

	tell(self, &all);
}

static bool probes_settled(void *self, const struct os_found *so_far)
{
	struct system_work *work = self;
	const struct os_evidence_input input = input_of(work, so_far);

	return os_evidence_settled(work->scan->evidence, &input);
}

static void nothing_to_ask(void *self)
{
	struct system_work *work = self;
	struct os_found found = {0};

	found.facts = (struct system_facts){
		.result = SYSTEM_NONE,
		.ip_version = work->order.target->addr.family == IP_V4 ? 4 : 6,
		.own_data = work->scan->config.own_data,
		.open_tcp = work->order.open_tcp,
		.closed_tcp = work->order.closed_tcp,
		.closed_udp = work->order.closed_udp,
		.unreliable = work->order.open_tcp < 0 ||
			      (work->order.closed_tcp < 0 && work->order.unfiltered_tcp < 0),
	};

	tell(work, &found);
}

static const struct os_family *family_of(const struct system_order *order)
{
	if (!order->talks)
		return NULL;
	return order->target->addr.family == IP_V4 ? &os4_family : &os6_family;
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
				    .model = &scan->model,
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
