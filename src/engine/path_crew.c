/* Everything happens in one deferred turn: traces are told that time has passed, those
 * that are through are told so, room is filled, and what may leave leaves, oldest trace
 * first. The first trace of a run goes alone until its way down is known: the others then
 * ask for what they do not share with it, and routers are spared. These say that a TTL is
 * used up only so often (Linux: 50 times at once, then 1,000 times a second), so
 * probes leave no faster than that, after the first few. */
#include "engine/path_crew.h"

#include "util/alloc.h"
#include "util/error.h"

#define TRACES_MOST 64u /* at a time; each has about 2 KB */

#define SPACING_NS   NS_PER_MS
#define AT_ONCE_NS   (10 * SPACING_NS)
#define USUAL_RTT_NS (100 * NS_PER_MS) /* when none was measured */

/* Apart from those of OS detection, whose answers may be late. */
#define FIRST_PLACE (TALK_PORTS / 2)

struct list {
	struct path_trace *first, *last;
	unsigned count;
};

struct path_crew {
	struct path_crew_config config;
	struct random random;
	struct list waiting, tracing;
	struct trace_cache *cache;
	uint8_t longest;  /* of the traces so far */
	bool piloted;     /* the first one has shown the way */
	uint64_t rtt_ns;  /* the slowest of the last trace; 0: none was measured */
	uint64_t room_ns; /* the time that the probes sent so far take up, evenly spaced */
	struct deferred turn;
	struct timer timer;
};

static void crew_turn(void *self);

/* ---- lists ---- */

static void list_push(struct list *list, struct path_trace *trace)
{
	trace->prev = list->last;
	trace->next = NULL;
	if (list->last)
		list->last->next = trace;
	else
		list->first = trace;
	list->last = trace;
	list->count++;
}

static void list_remove(struct list *list, struct path_trace *trace)
{
	if (trace->prev)
		trace->prev->next = trace->next;
	else
		list->first = trace->next;
	if (trace->next)
		trace->next->prev = trace->prev;
	else
		list->last = trace->prev;
	list->count--;
}

/* ---- life ---- */

static void turn_soon(void *self)
{
	struct path_crew *crew = self;

	loop_defer(crew->config.loop, &crew->turn);
}

int path_crew_new(const struct path_crew_config *config, struct path_crew **ret_crew)
{
	struct path_crew *crew = alloc_zero(sizeof(*crew));

	if (!crew)
		return ERROR_MEMORY;
	crew->config = *config;
	crew->cache = trace_cache_new(config->seed);
	if (!crew->cache) {
		alloc_free(crew);
		return ERROR_MEMORY;
	}
	random_init(&crew->random, config->seed);
	crew->turn = (struct deferred){.run = crew_turn, .self = crew};
	crew->timer = (struct timer){.fire = turn_soon, .self = crew};
	*ret_crew = crew;
	return 0;
}

void path_crew_free(struct path_crew *crew)
{
	if (!crew)
		return;
	loop_defer_cancel(crew->config.loop, &crew->turn);
	loop_timer_cancel(crew->config.loop, &crew->timer);
	trace_cache_free(crew->cache);
	alloc_free(crew);
}

void path_crew_add(struct path_crew *crew, struct path_trace *trace)
{
	trace->crew = crew;
	trace->trace = NULL;
	trace->talk = NULL;
	trace->active = trace->lost = trace->shared = false;
	list_push(&crew->waiting, trace);
	turn_soon(crew);
}

void path_crew_remove(struct path_trace *trace)
{
	struct path_crew *crew = trace->crew;

	list_remove(trace->active ? &crew->tracing : &crew->waiting, trace);
	talk_close(trace->talk);
	alloc_free(trace->trace);
	trace->talk = NULL;
	trace->trace = NULL;
	turn_soon(crew);
}

/* ---- beginning ---- */

static void way_changed(void *self, enum talk_way way)
{
	struct path_trace *trace = self;

	trace->lost = trace->lost || way == TALK_LOST;
	turn_soon(trace->crew);
}

static void heard(void *self, const struct packet *packet, const struct packet *quoted,
		  uint64_t at_ns)
{
	struct path_trace *trace = self;
	unsigned ttl, send;

	if (!trace_probe_answered(&trace->probe, packet, quoted, &ttl, &send))
		return;
	talk_answered(trace->talk);
	trace_answer(trace->trace, ttl, send, &packet->ip.src, at_ns);
	turn_soon(trace->crew);
}

static uint8_t start_of(const struct path_crew *crew, const struct path_trace *trace)
{
	uint8_t start = trace->start ? trace->start : crew->longest;

	if (!start)
		start = TRACE_START;
	return start < TRACE_TTL_MAX ? start : TRACE_TTL_MAX;
}

static uint64_t usual_rtt_ns(const struct path_crew *crew, const struct path_trace *trace)
{
	if (trace->srtt_ns)
		return trace->srtt_ns;
	return crew->rtt_ns ? crew->rtt_ns : USUAL_RTT_NS;
}

static int open_trace(struct path_crew *crew, struct path_trace *trace)
{
	const struct trace_config config = {
		.target = trace->probe.to,
		.start = start_of(crew, trace),
		.sends = crew->config.sends,
		.young_ns = trace_young_ns(usual_rtt_ns(crew, trace)),
		.cache = crew->cache,
	};
	const struct talk_config talk = {
		.to = trace->probe.to,
		.way = way_changed,
		.heard = heard,
		.self = trace,
	};

	trace_init(trace->trace, &config);
	return talk_open(crew->config.talks, &talk, &trace->talk);
}

/* When the way is there: the probe is made for the address it leaves from. */
static void ready_probe(struct path_crew *crew, struct path_trace *trace)
{
	struct trace_probe *probe = &trace->probe;
	unsigned spare = TALK_PORTS - FIRST_PLACE - TRACE_PLACES;
	unsigned place = FIRST_PLACE + (unsigned)random_below(&crew->random, spare);

	probe->from = talk_route(trace->talk)->source;
	probe->base = (uint32_t)random_u64(&crew->random);
	probe->one_port = trace->one_port;
	probe->first_port = talk_port(crew->config.talks, trace->one_port ? 0 : place);
	trace_probe_init(probe);
}

static void begin_waiting(struct path_crew *crew)
{
	struct path_trace *trace;

	while ((trace = crew->waiting.first) && crew->tracing.count < TRACES_MOST) {
		struct trace *made = alloc_zero(sizeof(*made));

		if (!made && crew->tracing.count)
			return; /* later */
		list_remove(&crew->waiting, trace);
		list_push(&crew->tracing, trace);
		trace->active = true;
		trace->trace = made;
		trace->lost = !made || open_trace(crew, trace) < 0;
		if (!trace->lost && talk_way(trace->talk) == TALK_LOST)
			trace->lost = true;
		if (!trace->lost)
			ready_probe(crew, trace);
	}
}

/* ---- sending ---- */

static void come_back(struct path_crew *crew, uint64_t due_ns)
{
	if (due_ns != UINT64_MAX)
		(void)loop_timer_set(crew->config.loop, &crew->timer, due_ns);
}

/* 0; ERROR_LIMIT: nothing can be sent now, *ret_wait_ns says how long. */
static int send_one(struct path_crew *crew, struct path_trace *trace, uint8_t ttl,
		    uint64_t *ret_wait_ns)
{
	uint8_t scratch[PROBE_SCRATCH_BYTES];
	struct packet packet;
	uint64_t sent_ns = loop_time_ns(crew->config.loop);
	unsigned send = trace->trace->hops[ttl].sent;
	int r;

	trace_probe_build(&trace->probe, ttl, send, scratch, &packet);
	r = talk_send(trace->talk, &packet, &sent_ns, ret_wait_ns);
	if (r == 0)
		trace_sent(trace->trace, ttl, sent_ns);
	else if (r != ERROR_LIMIT)
		trace->lost = true;
	return r;
}

/* 0: room for one more probe now, which is taken. */
static uint64_t spacing_wait_ns(struct path_crew *crew, uint64_t now_ns)
{
	uint64_t earliest_ns = now_ns > AT_ONCE_NS ? now_ns - AT_ONCE_NS : 0;

	if (crew->room_ns > now_ns)
		return crew->room_ns - now_ns;
	if (crew->room_ns < earliest_ns)
		crew->room_ns = earliest_ns;
	crew->room_ns += SPACING_NS;
	return 0;
}

/* What one trace may send now; *young counts. */
static int send_of(struct path_crew *crew, struct path_trace *trace, uint64_t now_ns,
		   unsigned *young, uint64_t *ret_wait_ns)
{
	uint8_t ttl;
	int r = 0;

	while (r == 0 && !trace->lost && *young < TRACE_YOUNG_MOST &&
	       (ttl = trace_next(trace->trace, now_ns))) {
		*ret_wait_ns = spacing_wait_ns(crew, now_ns);
		if (*ret_wait_ns)
			return ERROR_LIMIT;
		r = send_one(crew, trace, ttl, ret_wait_ns);
		*young += r == 0;
	}
	return r;
}

static bool may_send(const struct path_trace *trace)
{
	return !trace->lost && talk_way(trace->talk) == TALK_READY;
}

static unsigned young_of_all(const struct path_crew *crew, uint64_t now_ns)
{
	const struct path_trace *trace;
	unsigned young = 0;

	for (trace = crew->tracing.first; trace; trace = trace->next)
		if (trace->trace)
			young += trace_young(trace->trace, now_ns);
	return young;
}

static void send_what_may(struct path_crew *crew, uint64_t now_ns)
{
	struct path_trace *trace;
	unsigned young = young_of_all(crew, now_ns);
	uint64_t wait_ns = 0, due_ns = UINT64_MAX, at_ns;

	for (trace = crew->tracing.first; trace; trace = trace->next) {
		if (!may_send(trace))
			continue;
		if (send_of(crew, trace, now_ns, &young, &wait_ns) == ERROR_LIMIT) {
			at_ns = now_ns + wait_ns;
			due_ns = at_ns < due_ns ? at_ns : due_ns;
			break;
		}
		if (!crew->piloted)
			break;
	}
	for (trace = crew->tracing.first; trace; trace = trace->next) {
		at_ns = trace->trace ? trace_due_ns(trace->trace, now_ns) : UINT64_MAX;
		due_ns = at_ns < due_ns ? at_ns : due_ns;
	}
	come_back(crew, due_ns);
}

/* ---- a turn ---- */

static void share(struct path_crew *crew, struct path_trace *trace)
{
	if (trace->shared || !trace_is_down(trace->trace))
		return;
	trace->shared = true;
	crew->piloted = true;
	(void)trace_share(trace->trace);
}

static void end(struct path_crew *crew, struct path_trace *trace)
{
	uint8_t length = trace->trace && !trace->lost ? trace_length(trace->trace) : 0;

	if (trace->trace && trace->trace->slowest_us)
		crew->rtt_ns = trace->trace->slowest_us * NS_PER_US;
	if (length > crew->longest)
		crew->longest = length;
	trace->done(trace->self);
}

/* Time passes for all; those that are through leave the list in done(). */
static void pass(struct path_crew *crew, uint64_t now_ns)
{
	struct path_trace *trace, *next;

	for (trace = crew->tracing.first; trace; trace = next) {
		next = trace->next;
		if (!trace->lost) {
			trace_pass(trace->trace, now_ns);
			share(crew, trace);
		}
		if (trace->lost || trace_is_done(trace->trace))
			end(crew, trace);
	}
}

static void crew_turn(void *self)
{
	struct path_crew *crew = self;
	uint64_t now_ns;

	begin_waiting(crew);
	now_ns = loop_time_ns(crew->config.loop);
	pass(crew, now_ns);
	begin_waiting(crew);
	send_what_may(crew, now_ns);
}
