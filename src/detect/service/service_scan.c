/* Hosts come with their ports; ports are begun in turns among the hosts, as many at once as a
 * host may have (SV-11) and as there are connections. */
#include "detect/service/service_scan.h"

#include "detect/service/service_scan_private.h"
#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define ROOM_NS     (50 * NS_PER_MS)
#define PORTS_LIMIT 4096u

/* Servers that speak first. Who speaks to them before they did is taken for a
 * sender of spam by some, so their greeting is waited for. */
static const uint16_t greeters[][2] = {
	{13, 13},     {17, 17},     {19, 19},     {21, 23},     {25, 25},     {37, 37},
	{79, 79},     {106, 106},   {109, 110},   {119, 119},   {143, 143},   {194, 194},
	{465, 465},   {563, 563},   {587, 587},   {989, 990},   {992, 995},   {1723, 1723},
	{2000, 2000}, {2121, 2121}, {2222, 2222}, {2525, 2525}, {3306, 3306}, {4190, 4190},
	{5900, 5910}, {6600, 6600},
};

void service_scan_trace(const struct service_scan *scan, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (!scan->config.trace)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	scan->config.trace(scan->config.self, line);
}

/* ---- starting ports ---- */

static bool may_start(const struct detect_work *work)
{
	return work->taken < work->order.ports_count && work->now < work->at_once;
}

/* The next host in turn that may start a port; NULL: none. */
static struct detect_work *next_work(struct service_scan *scan)
{
	struct detect_work *first = scan->turn ? scan->turn : scan->works, *work = first;

	if (!first)
		return NULL;
	do {
		if (may_start(work))
			return work;
		work = work->next ? work->next : scan->works;
	} while (work != first);
	return NULL;
}

/* At the end: room goes to the oldest first. */
static void link_port(struct service_scan *scan, struct port_scan *port)
{
	port->prev = scan->ports_last;
	if (scan->ports_last)
		scan->ports_last->next = port;
	else
		scan->ports = port;
	scan->ports_last = port;
	scan->ports_now++;
}

static int start_port(struct service_scan *scan, struct detect_work *work)
{
	struct port_scan *port = NULL;
	int r = port_scan_new(scan, work, &work->order.ports[work->taken], &port);

	if (r < 0)
		return r;
	link_port(scan, port);
	work->taken++;
	work->now++;
	port_scan_start(port);
	return 0;
}

static void start_ports(void *self)
{
	struct service_scan *scan = self;
	struct detect_work *work;

	while (scan->ports_now < scan->ports_limit && (work = next_work(scan))) {
		if (start_port(scan, work) < 0) {
			service_scan_wait_for_room(scan);
			return;
		}
		scan->turn = work->next;
	}
}

static void start_soon(struct service_scan *scan)
{
	loop_defer(scan->config.loop, &scan->start);
}

/* ---- room ---- */

static void look_for_room(void *self)
{
	struct service_scan *scan = self;
	struct port_scan *port;

	scan->full = false;
	for (port = scan->ports; port; port = port->next)
		port_scan_kick(port);
	start_soon(scan);
}

void service_scan_wait_for_room(struct service_scan *scan)
{
	if (scan->full)
		return;
	scan->full = true;
	if (loop_timer_set(scan->config.loop, &scan->room,
			   loop_now_ns(scan->config.loop) + ROOM_NS) < 0)
		loop_defer(scan->config.loop, &scan->room_later);
}

/* ---- ending ---- */

static void unlink_port(struct service_scan *scan, struct port_scan *port)
{
	if (port->prev)
		port->prev->next = port->next;
	else
		scan->ports = port->next;
	if (port->next)
		port->next->prev = port->prev;
	else
		scan->ports_last = port->prev;
	scan->ports_now--;
	port->work->now--;
}

static void work_free(struct detect_work *work)
{
	struct service_scan *scan = work->scan;

	if (scan->turn == work)
		scan->turn = work->next;
	if (work->prev)
		work->prev->next = work->next;
	else
		scan->works = work->next;
	if (work->next)
		work->next->prev = work->prev;
	loop_defer_cancel(scan->config.loop, &work->done);
	alloc_free(work);
}

static void work_done(void *self)
{
	struct detect_work *work = self;
	const struct detect_order order = work->order;

	work_free(work);
	order.done(order.self);
}

void service_scan_port_ended(struct service_scan *scan, struct port_scan *port,
			     const struct service_facts *facts)
{
	struct detect_work *work = port->work;

	work->silent += facts->end == SERVICE_UNKNOWN && !port->heard;
	work->order.found(work->order.self, port->port, facts);
	unlink_port(scan, port);
	port_scan_free(port);
	scan->ports_done++;
	if (++work->ended == work->order.ports_count)
		loop_defer(scan->config.loop, &work->done);
	start_soon(scan);
}

/* ---- the detector ---- */

static unsigned at_once(const struct plan *plan, const struct probe_db *db)
{
	const struct timing *timing = &plan->timing;
	unsigned most = timing->max_parallelism ? timing->max_parallelism : 100;
	unsigned wanted = timing->version_parallelism;

	if (most < timing->min_parallelism)
		most = timing->min_parallelism;
	/* Ports that say nothing are most of the wait, and cost the host next to nothing. */
	if (probe_db_manner(db) == MANNER_BEST && wanted > 1)
		wanted *= 5;
	if (wanted < timing->min_parallelism)
		wanted = timing->min_parallelism;
	if (wanted > most)
		wanted = most;
	return wanted < WORK_PORTS_MAX ? wanted : WORK_PORTS_MAX;
}

static int scan_start(void *self, const struct detect_order *order, struct detect_work **ret_work)
{
	struct service_scan *scan = self;
	struct detect_work *work = alloc_zero(sizeof(*work));

	if (!work)
		return ERROR_MEMORY;
	work->scan = scan;
	work->order = *order;
	work->at_once = at_once(scan->config.plan, scan->config.db);
	work->done.run = work_done;
	work->done.self = work;
	work->next = scan->works;
	if (scan->works)
		scan->works->prev = work;
	scan->works = work;
	scan->ports_all += order->ports_count;
	if (!order->ports_count)
		loop_defer(scan->config.loop, &work->done);
	start_soon(scan);
	*ret_work = work;
	return 0;
}

static void scan_stop(void *self, struct detect_work *work)
{
	struct service_scan *scan = self;
	struct port_scan *port = scan->ports, *next;

	for (; port; port = next) {
		next = port->next;
		if (port->work != work)
			continue;
		unlink_port(scan, port);
		port_scan_free(port);
	}
	scan->ports_done += work->order.ports_count - work->ended;
	work_free(work);
	start_soon(scan);
}

static void scan_progress(const void *self, uint64_t *ret_done, uint64_t *ret_all)
{
	const struct service_scan *scan = self;

	*ret_done = scan->ports_done;
	*ret_all = scan->ports_all;
}

struct detector service_scan_detector(struct service_scan *scan)
{
	return (struct detector){
		.self = scan,
		.start = scan_start,
		.stop = scan_stop,
		.progress = scan_progress,
	};
}

/* ---- making and freeing ---- */

static size_t ports_limit(const struct flow_net *flows)
{
	size_t limit = flow_net_capacity(flows) / PORT_CONNECTIONS;

	if (limit > PORTS_LIMIT)
		return PORTS_LIMIT;
	return limit ? limit : 1;
}

int service_scan_new(const struct service_scan_config *config, struct service_scan **ret_scan)
{
	struct service_scan *scan = alloc_zero(sizeof(*scan));
	size_t i;

	if (!scan)
		return ERROR_MEMORY;
	scan->config = *config;
	scan->ports_limit = ports_limit(config->flows);
	scan->start.run = start_ports;
	scan->start.self = scan;
	scan->room.fire = look_for_room;
	scan->room.self = scan;
	scan->room_later.run = look_for_room;
	scan->room_later.self = scan;
	for (i = 0; i < sizeof(greeters) / sizeof(greeters[0]); i++)
		portset_add_range(&scan->speak_first, greeters[i][0], greeters[i][1]);
	*ret_scan = scan;
	return 0;
}

void service_scan_free(struct service_scan *scan)
{
	if (!scan)
		return;
	while (scan->works)
		scan_stop(scan, scan->works);
	loop_defer_cancel(scan->config.loop, &scan->start);
	loop_defer_cancel(scan->config.loop, &scan->room_later);
	loop_timer_cancel(scan->config.loop, &scan->room);
	alloc_free(scan);
}
