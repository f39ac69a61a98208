/* The ready list holds hosts that have a probe to send and may send it now.
 * It is served from the front: a host keeps its place as long as its window
 * has room, so earlier hosts finish first and the memory in use stays that of
 * few hosts. A host leaves the list when its window is full, its delay runs,
 * or its prober has nothing to send, and is put back when that changes.
 *
 * One turn sends at most TURN_PROBES_MAX probes, so that answers are heard
 * between bursts. */
#include "engine/sender_private.h"
#include "engine/sender_raw.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define CARD_PAUSE_NS            (500 * NS_PER_US)
#define TURN_PROBES_MAX          256u
#define FLUSH_PROBES             256u /* raw: leave together, then answers are heard */
#define DISCOVERY_TIMEOUT_MIN_NS (500 * NS_PER_MS)
#define NEIGHBOUR_TIMEOUT_NS     (200 * NS_PER_MS) /* HD-24 */
/* Systems send few ICMP errors a second, Linux one to each peer: asking again
 * sooner would be answered no better (TM-08). */
#define ICMP_AGAIN_MS      1000u
#define RAW_IN_FLIGHT_MOST (1u << 18)

static void sender_turn(void *self);

void sender_init(struct sender *sender, struct loop *loop, struct flow_net *flows,
		 const struct plan *plan)
{
	size_t capacity = flow_net_capacity(flows);

	*sender = (struct sender){.loop = loop, .flows = flows, .plan = plan};
	sender->start_ns = loop_now_ns(loop);
	pacer_init(&sender->pacer, plan->timing.min_rate_pps, plan->timing.max_rate_pps,
		   sender->start_ns);
	window_init_run(&sender->window, &plan->timing,
			capacity > UINT32_MAX ? UINT32_MAX : (uint32_t)capacity);
	rtt_init(&sender->rtt, &plan->timing);
	window_init_run(&sender->raw_window, &plan->timing, RAW_IN_FLIGHT_MOST);
	if (!plan->timing.max_parallelism)
		sender->raw_window.cwnd = RAW_IN_FLIGHT_MOST;
	pace_init(&sender->pace, 0, sender->start_ns);
	sender->turn_soon.run = sender->turn_later.fire = sender_turn;
	sender->turn_soon.self = sender->turn_later.self = sender;
}

void sender_release(struct sender *sender)
{
	sender_halt(sender);
	raw_free(sender->raw);
	sender->raw = NULL;
	while (sender->spare) {
		struct probe *probe = sender->spare;

		sender->spare = probe->next;
		alloc_free(probe);
	}
}

void sender_kick(struct sender *sender)
{
	if (!sender->stopped)
		loop_defer(sender->loop, &sender->turn_soon);
}

void sender_halt(struct sender *sender)
{
	sender->stopped = true;
	loop_timer_cancel(sender->loop, &sender->turn_later);
	loop_defer_cancel(sender->loop, &sender->turn_soon);
}

/* ---- the ready list ---- */

static void ready_add(struct sender *sender, struct host *host)
{
	if (host->ready)
		return;
	host->ready = true;
	host->ready_next = NULL;
	host->ready_prev = sender->ready_last;
	if (sender->ready_last)
		sender->ready_last->ready_next = host;
	else
		sender->ready_first = host;
	sender->ready_last = host;
	sender_kick(sender);
}

static void ready_remove(struct sender *sender, struct host *host)
{
	if (!host->ready)
		return;
	host->ready = false;
	if (host->ready_prev)
		host->ready_prev->ready_next = host->ready_next;
	else
		sender->ready_first = host->ready_next;
	if (host->ready_next)
		host->ready_next->ready_prev = host->ready_prev;
	else
		sender->ready_last = host->ready_prev;
}

static void delay_over(void *self);

static bool window_and_delay_allow(const struct sender *sender, const struct host *host)
{
	return window_has_room(&host->window) && loop_now_ns(sender->loop) >= host->next_send_ns;
}

/* --min-rate overrides windows and delays: next_host() then looks closer. */
static bool host_may_send(const struct sender *sender, const struct host *host)
{
	return host->probing.technique && !host->hop_waiting &&
	       prober_has_work(&host->probing.prober) &&
	       (sender->pacer.min_pps > 0 || window_and_delay_allow(sender, host));
}

/* Nothing may be sent before a port may be asked again: then the host is looked at. */
static void wait_for_again(struct sender *sender, struct host *host)
{
	uint32_t wait_ms = prober_wait_ms(&host->probing.prober);

	if (!wait_ms || loop_timer_is_set(&host->delay_timer))
		return;
	host->delay_timer.fire = delay_over;
	host->delay_timer.self = host;
	(void)loop_timer_set(sender->loop, &host->delay_timer,
			     loop_now_ns(sender->loop) + wait_ms * NS_PER_MS);
}

static uint32_t again_wait_ms(const struct sender *sender, const struct host *host)
{
	if (!host->probing.technique || !sender_is_raw(host->probing.technique))
		return 0;
	if (sender_hears_by_icmp(host->probing.technique) && host->probing.prober.order_count > 1)
		return ICMP_AGAIN_MS;
	if (!host->backoff)
		return 0;
	return (uint32_t)((sender_timeout_ns(sender, host) << host->backoff) / NS_PER_MS);
}

static void note_prober_time(const struct sender *sender, struct host *host)
{
	struct prober *prober = &host->probing.prober;

	prober->now_ms = (uint32_t)((loop_now_ns(sender->loop) - sender->start_ns) / NS_PER_MS);
	prober->again_wait_ms = again_wait_ms(sender, host);
	prober->again_held = host->probing.technique && sender_is_raw(host->probing.technique) &&
			     !window_has_room(&host->resends);
}

void sender_consider(struct sender *sender, struct host *host)
{
	note_prober_time(sender, host);
	if (host_may_send(sender, host))
		ready_add(sender, host);
	else
		ready_remove(sender, host);
	if (host->probing.technique && !prober_has_work(&host->probing.prober))
		wait_for_again(sender, host);
}

static void delay_over(void *self)
{
	struct host *host = self;

	sender_consider(host->sender, host);
	sender_kick(host->sender);
}

/* ---- probe records ---- */

static struct window *run_window(struct sender *sender, bool raw)
{
	return raw ? &sender->raw_window : &sender->window;
}

/* Appended: the list is in the order of sending. */
static void probe_link(struct host *host, struct probe *probe)
{
	probe->prev = host->probes_last;
	if (host->probes_last)
		host->probes_last->next = probe;
	else
		host->probes = probe;
	host->probes_last = probe;
	if (!host->slots)
		host->slots = probe;
}

static void probe_unlink(struct host *host, struct probe *probe)
{
	if (host->slots == probe)
		host->slots = probe->next;
	if (probe->prev)
		probe->prev->next = probe->next;
	else
		host->probes = probe->next;
	if (probe->next)
		probe->next->prev = probe->prev;
	else
		host->probes_last = probe->prev;
}

struct probe *sender_probe_new(struct sender *sender, struct host *host)
{
	struct probe *probe = sender->spare;

	if (probe)
		sender->spare = probe->next;
	else if (!(probe = alloc_zero(sizeof(*probe))))
		return NULL;
	*probe = (struct probe){.host = host, .holds_slot = true};
	probe->raw = sender_is_raw(host->probing.technique);
	probe_link(host, probe);
	host->window.in_flight++;
	run_window(sender, probe->raw)->in_flight++;
	return probe;
}

void sender_free_slot(struct sender *sender, struct probe *probe)
{
	if (!probe->holds_slot)
		return;
	probe->holds_slot = false;
	probe->host->window.in_flight--;
	run_window(sender, probe->raw)->in_flight--;
}

void sender_probe_free(struct sender *sender, struct probe *probe)
{
	if (probe->listed)
		sender_raw_unlist(sender, probe);
	if (probe->resend)
		probe->host->resends.in_flight--;
	sender_free_slot(sender, probe);
	probe_unlink(probe->host, probe);
	probe->next = sender->spare;
	sender->spare = probe;
}

/* ---- what a prober's value means ---- */

const struct scan_technique *sender_technique_of(const struct host *host, uint16_t value)
{
	return host->probing.pings ? host->probing.pings[value].technique : host->probing.technique;
}

uint16_t sender_port(const struct host *host, uint16_t value)
{
	return host->probing.pings ? host->probing.pings[value].port : value;
}

/* ---- the end of a host's probing ---- */

static void host_finish(struct sender *sender, struct host *host, uint32_t silent)
{
	void (*finished)(struct host *) = host->probing.finished;

	sender_say_cap_hit(sender, host);
	sender_estimate_missed(sender, host, silent);
	sender_stop(sender, host);
	finished(host);
}

bool sender_settle(struct sender *sender, struct host *host)
{
	struct prober *prober = &host->probing.prober;
	uint32_t silent;

	if (!host->probing.technique)
		return true;
	/* The run may have met loss that this host has not seen yet. */
	if (!prober->in_flight && prober->bench.count)
		sender_want_sends(sender, host);
	if (prober_has_work(prober) || prober->in_flight || prober->again.count) {
		sender_consider(sender, host);
		return false;
	}
	silent = prober->order_count - prober->done;
	sender_give_silent(sender, host);
	if (host->probing.technique)
		host_finish(sender, host, silent);
	return true;
}

/* ---- sending ---- */

/* The host's own estimate; else three times that of all hosts, since this one
 * may be farther than those. */
uint64_t sender_timeout_ns(const struct sender *sender, const struct host *host)
{
	const struct timing *timing = &sender->plan->timing;
	uint64_t guess_ns, initial_ns = timing->initial_rtt_ns;

	if (host->rtt.valid)
		return host->rtt.timeout_ns;
	if (host->probing.pings && host->probing.pings[0].technique->probe == PROBE_NEIGHBOUR) {
		if (initial_ns > NEIGHBOUR_TIMEOUT_NS)
			initial_ns = NEIGHBOUR_TIMEOUT_NS;
		return initial_ns > timing->min_rtt_ns ? initial_ns : timing->min_rtt_ns;
	}
	if (!sender->rtt.valid)
		return initial_ns;
	guess_ns = 3 * sender->rtt.timeout_ns;
	if (guess_ns < DISCOVERY_TIMEOUT_MIN_NS)
		guess_ns = DISCOVERY_TIMEOUT_MIN_NS;
	return guess_ns < initial_ns ? guess_ns : initial_ns;
}

static void wait_for_delay(struct sender *sender, struct host *host)
{
	host->delay_timer.fire = delay_over;
	host->delay_timer.self = host;
	/* Too early is better than never. */
	if (loop_timer_set(sender->loop, &host->delay_timer, host->next_send_ns) < 0)
		host->next_send_ns = 0;
}

static void note_sent(struct sender *sender, struct host *host, const struct probe *probe)
{
	uint64_t gap_ns = host->scan_delay_ns;

	sender->sent++;
	if (probe->again.attempts > 1)
		sender->resent++;
	pacer_sent(&sender->pacer);
	if (gap_ns < host->probing.gap_ns)
		gap_ns = host->probing.gap_ns;
	if (gap_ns) {
		host->next_send_ns = probe->sent_ns + gap_ns;
		wait_for_delay(sender, host);
	}
}

/* Sends one probe of a host. ERROR_LIMIT: no room just now. */
static int send_probe(struct sender *sender, struct host *host)
{
	bool raw = sender_is_raw(host->probing.technique);
	struct probe_again again;
	struct probe *probe;
	int r;

	if (raw && !sender_raw_ready(sender, host))
		return 0;
	note_prober_time(sender, host);
	if (prober_next(&host->probing.prober, &again) != PROBER_SEND) {
		sender_settle(sender, host);
		return 0;
	}
	probe = sender_probe_new(sender, host);
	if (!probe) {
		(void)prober_unsent(&host->probing.prober, &again);
		return ERROR_MEMORY;
	}
	again.attempts++;
	probe->again = again;
	probe->resend = raw && again.attempts > 1;
	host->resends.in_flight += probe->resend;
	probe->sent_ns = raw ? loop_time_ns(sender->loop) : loop_now_ns(sender->loop);
	r = raw ? sender_send_raw(sender, host, probe) : sender_send_flow(sender, host, probe);
	if (r == 0) {
		note_sent(sender, host, probe);
		return 0;
	}
	again.attempts--;
	sender_probe_free(sender, probe);
	if (r == ERROR_EXCLUDED)
		prober_dropped(&host->probing.prober);
	else
		(void)prober_unsent(&host->probing.prober, &again);
	return r;
}

static bool run_has_room(const struct sender *sender, const struct host *host)
{
	return window_has_room(sender_is_raw(host->probing.technique) ? &sender->raw_window
								      : &sender->window);
}

/* The first host that may send: any at all when the run owes packets to
 * --min-rate, else the first whose own window and delay allow it. */
static struct host *next_host(struct sender *sender, bool behind)
{
	struct host *host = sender->ready_first;

	while (host && !behind &&
	       !(window_and_delay_allow(sender, host) && run_has_room(sender, host)))
		host = host->ready_next;
	return host;
}

/* Room for what a new host would send. */
static bool has_room_for_more(const struct sender *sender)
{
	return window_has_room(&sender->window) && window_has_room(&sender->raw_window);
}

static void turn_again_in(struct sender *sender, uint64_t wait_ns)
{
	if (wait_ns == UINT64_MAX)
		return;
	/* Without memory for a timer, turning at once is busy but right. */
	if (wait_ns == 0 || loop_timer_set(sender->loop, &sender->turn_later,
					   loop_now_ns(sender->loop) + wait_ns) < 0)
		loop_defer(sender->loop, &sender->turn_soon);
}

/* The host that sends next; asks for more hosts while there is room that none
 * fills. NULL: nobody may send now. */
static struct host *choose_host(struct sender *sender, uint64_t now_ns)
{
	bool behind = pacer_is_behind(&sender->pacer, now_ns);
	struct host *host;

	while (!(host = next_host(sender, behind)))
		if ((!behind && !has_room_for_more(sender)) || !sender->hungry ||
		    !sender->hungry(sender->self))
			return NULL;
	return host;
}

/* The pace of raw probes; --min-rate overrides it. */
static uint64_t pace_delay_ns(struct sender *sender, const struct host *host, uint64_t now_ns)
{
	if (!sender_is_raw(host->probing.technique) || pacer_is_behind(&sender->pacer, now_ns) ||
	    pace_allows(&sender->pace, now_ns))
		return 0;
	return pace_wait_ns(&sender->pace);
}

/* Sends one probe. How long to wait before the next: 0 is not at all,
 * UINT64_MAX until something happens. */
static uint64_t send_one(struct sender *sender, uint64_t now_ns)
{
	struct host *host = choose_host(sender, now_ns);
	uint64_t wait_ns;
	int r;

	if (!host && (!sender->ready_first || pacer_is_behind(&sender->pacer, now_ns)))
		return UINT64_MAX; /* an answer or a new host kicks us */
	if (!host)
		return pacer_behind_in_ns(&sender->pacer, now_ns);
	wait_ns = pacer_wait_ns(&sender->pacer, now_ns);
	if (!wait_ns)
		wait_ns = pace_delay_ns(sender, host, now_ns);
	if (wait_ns)
		return wait_ns;
	r = send_probe(sender, host);
	if (r == 0) {
		if (host->probing.technique)
			sender_consider(sender, host);
		return 0;
	}
	if (r == ERROR_EXCLUDED) {
		sender_settle(sender, host);
		return 0;
	}
	sender_consider(sender, host);
	/* A card is full for a moment only, and nobody tells when it is not. */
	if (r == ERROR_LIMIT && sender_is_raw(host->probing.technique))
		return CARD_PAUSE_NS;
	/* With probes open, the end of one kicks us. */
	if (r == ERROR_LIMIT && sender->window.in_flight + sender->raw_window.in_flight)
		return UINT64_MAX;
	sender->resume_ns = now_ns + SENDER_LOCAL_PAUSE_NS;
	return SENDER_LOCAL_PAUSE_NS;
}

/* Raw probes leave in batches, and what came back meanwhile is heard at once:
 * near hosts answer before the batch is out. */
static void exchange(struct sender *sender)
{
	if (!sender->raw)
		return;
	wire_flush(raw_wire(sender->raw));
	wire_poll(raw_wire(sender->raw));
	raw_judge_pace(sender);
}

static void sender_turn(void *self)
{
	struct sender *sender = self;
	uint64_t now_ns = loop_now_ns(sender->loop), wait_ns = 0;
	unsigned i;

	if (sender->stopped)
		return;
	if (now_ns < sender->resume_ns) {
		turn_again_in(sender, sender->resume_ns - now_ns);
		return;
	}
	for (i = 1; i <= TURN_PROBES_MAX && !wait_ns && !sender->stopped; i++) {
		wait_ns = send_one(sender, now_ns);
		if (i % FLUSH_PROBES == 0 || wait_ns)
			exchange(sender);
	}
	if (!sender->stopped)
		turn_again_in(sender, wait_ns);
}

/* ---- hosts ---- */

static void start(struct sender *sender, struct host *host,
		  void (*verdict)(struct host *, uint16_t, const struct verdict *),
		  void (*finished)(struct host *))
{
	host->probing.verdict = verdict;
	host->probing.finished = finished;
	if (sender_is_raw(host->probing.technique) && sender_raw_begin(sender, host) < 0) {
		/* No way to send: every port is as silent as it would be. */
		host->probing.prober.cursor = host->probing.prober.order_count;
	}
	/* The delay of what was sent last holds between stages, too. */
	if (host->next_send_ns > loop_now_ns(sender->loop))
		wait_for_delay(sender, host);
	sender_consider(sender, host);
	sender_kick(sender);
}

void sender_start(struct sender *sender, struct host *host, const struct scan_technique *technique,
		  const uint16_t *order, const uint16_t *place_of, uint32_t order_count,
		  void (*verdict)(struct host *, uint16_t, const struct verdict *),
		  void (*finished)(struct host *))
{
	host->probing.technique = technique;
	host->probing.pings = NULL;
	host->probing.phase++;
	prober_init(&host->probing.prober, order, order_count, sender->plan->timing.max_retries);
	/* Short of memory, a late answer is not credited. */
	if (sender_is_raw(technique))
		(void)prober_track(&host->probing.prober, place_of);
	start(sender, host, verdict, finished);
}

void sender_start_pings(struct sender *sender, struct host *host, const struct plan_ping *pings,
			const uint16_t *places, uint32_t count,
			void (*verdict)(struct host *, uint16_t, const struct verdict *),
			void (*finished)(struct host *))
{
	host->probing.technique = pings[0].technique;
	host->probing.pings = pings;
	prober_init(&host->probing.prober, places, count, sender->plan->timing.max_retries);
	(void)prober_track(&host->probing.prober, NULL);
	start(sender, host, verdict, finished);
}

void sender_stop(struct sender *sender, struct host *host)
{
	ready_remove(sender, host);
	loop_timer_cancel(sender->loop, &host->delay_timer);
	if (sender->raw)
		sender_raw_end(sender, host);
	while (host->probes) {
		if (host->probes->flow)
			flow_close(host->probes->flow);
		sender_probe_free(sender, host->probes);
	}
	prober_release(&host->probing.prober);
	host->probing.technique = NULL;
	host->probing.pings = NULL;
	host->probing.responded = NULL;
	host->probing.gap_ns = 0;
	if (!host->scan_delay_ns)
		host->next_send_ns = 0;
}
