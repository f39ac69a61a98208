/* Which system a host runs: asked when its ports and services are known, under the host's
 * own clock (TM-24). The pace of the probes is part of what is measured, so only so many
 * hosts are asked at a time that it holds (deviation D1); the others wait in a queue. How
 * many that is shows: 24 at first, more as long as probes leave when they should. */
#include "engine/run_private.h"
#include "engine/sender_raw.h"
#include "util/alloc.h"
#include "util/error.h"

#define AT_ONCE_LEAST 24u
#define AT_ONCE_MOST  120u
#define AT_ONCE_STEP  2u
#define PUNCTUAL_MS   25u  /* of 500: more hosts may be asked */
#define LATE_MS       100u /* half of that makes a print unfit */

/* One host in the stage. */
struct system_stage {
	struct host *host;
	struct system_work *work; /* NULL: it waits, or is over */
	bool waits;
	struct system_stage *prev, *next; /* of those that wait */
};

/* ---- the queue ---- */

static void wait_in_queue(struct systems *systems, struct system_stage *stage)
{
	stage->waits = true;
	stage->prev = systems->last;
	if (systems->last)
		systems->last->next = stage;
	else
		systems->first = stage;
	systems->last = stage;
}

static void leave_queue(struct systems *systems, struct system_stage *stage)
{
	if (stage->prev)
		stage->prev->next = stage->next;
	else
		systems->first = stage->next;
	if (stage->next)
		stage->next->prev = stage->prev;
	else
		systems->last = stage->prev;
	stage->prev = stage->next = NULL;
	stage->waits = false;
}

static unsigned at_once(const struct systems *systems)
{
	return AT_ONCE_LEAST + systems->more;
}

static void note_pace(struct systems *systems, const struct system_facts *facts)
{
	if (facts->late_ms >= LATE_MS)
		systems->more /= 2;
	else if (facts->late_ms <= PUNCTUAL_MS && at_once(systems) < AT_ONCE_MOST)
		systems->more += AT_ONCE_STEP;
}

/* ---- a host ---- */

static bool has_pair(const struct system_ports *ports)
{
	return system_ports_open(ports) != SYSTEM_NO_PORT &&
	       (ports->closed_tcp != SYSTEM_NO_PORT || ports->unfiltered_tcp != SYSTEM_NO_PORT);
}

static bool system_wanted(const struct run *run, const struct host *host)
{
	return run->config.systems && host->state == HOST_UP && host->ports_scanned &&
	       !host->timed_out && !host->incomplete &&
	       (!run->plan->system.limit || has_pair(&host->system_ports));
}

/* Gives up what is under way. */
static void leave(struct host *host)
{
	struct run *run = host->run;
	const struct system_detector *detector = run->config.systems;
	struct system_stage *stage = host->system;

	loop_timer_cancel(run->loop, &host->deadline_timer);
	host->end_wall_ns = loop_wall_ns(run->loop);
	host->system = NULL;
	if (!stage)
		return;
	if (stage->waits)
		leave_queue(&run->systems, stage);
	else
		run->systems.now--;
	if (stage->work)
		detector->stop(detector->self, stage->work);
	alloc_free(stage);
}

static void begin_waiting(struct run *run);

static void system_end(struct host *host)
{
	struct run *run = host->run;

	leave(host);
	run_stage_ended(host, STAGE_SYSTEM);
	begin_waiting(run);
}

static void system_found(void *self, const struct system_facts *facts)
{
	struct host *host = self;
	struct observation seen = {.kind = OBSERVED_SYSTEM, .target = host->target};

	if (facts->has_distance && facts->distance_by == 'I' && facts->distance > 0 &&
	    facts->distance <= UINT8_MAX)
		host->path_start_ttl = (uint8_t)facts->distance;
	seen.system = facts;
	run_observe(host->run, &seen);
	note_pace(&host->run->systems, facts);
}

static void system_done(void *self)
{
	struct host *host = self;

	host->system->work = NULL; /* it is gone */
	system_end(host);
}

static void host_timed_out(void *self)
{
	struct host *host = self;

	host->timed_out = true;
	system_end(host);
}

/* ---- the order ---- */

static struct system_order order_of(struct host *host)
{
	const struct system_ports *ports = &host->system_ports;
	const struct system_hints *hints = host->hints;
	struct raw *raw = host->sender->raw;
	struct system_order order = {
		.target = host->target,
		.talks = raw ? raw_talks(raw) : NULL,
		.open_tcp = system_ports_open(ports),
		.closed_tcp = ports->closed_tcp,
		.unfiltered_tcp = ports->unfiltered_tcp,
		.closed_udp = ports->closed_udp,
		.unfiltered_udp = ports->unfiltered_udp,
		.name = host->name,
		.srtt_ns = host->rtt.valid ? host->rtt.srtt_ns : 0,
		.rto_ns = host->rtt.valid ? host->rtt.timeout_ns : 0,
		.scan_delay_ns = host->scan_delay_ns,
		.syn_ack = host->syn_ack,
		.hints = hints ? hints->list : NULL,
		.hints_count = hints ? hints->count : 0,
		.found = system_found,
		.done = system_done,
		.self = host,
	};

	order.has_mac = host->hop && hop_is_neighbour(host->hop) && hop_mac(host->hop, &order.mac);
	return order;
}

/* False: memory. */
static bool begin(struct system_stage *stage)
{
	struct run *run = stage->host->run;
	const struct system_detector *detector = run->config.systems;
	const struct system_order order = order_of(stage->host);

	run->systems.now++;
	return detector->start(detector->self, &order, &stage->work) == 0;
}

static void begin_waiting(struct run *run)
{
	struct systems *systems = &run->systems;

	while (systems->first && systems->now < at_once(systems) && !run->cancelled) {
		struct system_stage *stage = systems->first;
		struct host *host = stage->host;

		leave_queue(systems, stage);
		if (begin(stage))
			continue;
		host->incomplete = true;
		leave(host);
		run_stage_ended(host, STAGE_SYSTEM);
	}
}

static void system_start(struct host *host)
{
	struct system_stage *stage = alloc_zero(sizeof(*stage));

	if (!stage) {
		host->incomplete = true;
		run_stage_ended(host, STAGE_SYSTEM);
		return;
	}
	stage->host = host;
	host->system = stage;
	run_keep_deadline(host, host_timed_out);
	wait_in_queue(&host->run->systems, stage);
	begin_waiting(host->run);
}

static void system_stop(struct host *host)
{
	leave(host);
}

const struct stage stage_system = {
	.name = "system",
	.task = TASK_SYSTEM,
	.after = 1 << STAGE_SERVICES,
	.wanted = system_wanted,
	.start = system_start,
	.stop = system_stop,
};
