/* The ready list holds hosts that have a probe to send and may send it now.
 * It is served from the front: a host keeps its place as long as its window
 * has room, so earlier hosts finish first and the memory in use stays that of
 * few hosts. A host leaves the list when its window is full, its delay runs,
 * or its prober has nothing to send, and is put back when that changes.
 *
 * One turn sends at most TURN_PROBES_MAX probes, so that answers are heard
 * between bursts. */
#include "engine/sender.h"

#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define TURN_PROBES_MAX          256u
#define LOCAL_PAUSE_NS           (20 * NS_PER_MS)
#define LOCAL_PATIENCE_NS        (30 * NS_PER_S)
#define DISCOVERY_TIMEOUT_MIN_NS (500 * NS_PER_MS)

/* A probe in flight. */
struct probe {
	struct host *host;
	struct probe *prev, *next; /* of the host */
	struct flow *flow;
	struct probe_again again;
	uint64_t sent_ns;
};

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
	sender->turn_soon.run = sender->turn_later.fire = sender_turn;
	sender->turn_soon.self = sender->turn_later.self = sender;
}

void sender_release(struct sender *sender)
{
	sender_halt(sender);
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

static bool window_and_delay_allow(const struct sender *sender, const struct host *host)
{
	return window_has_room(&host->window) && loop_now_ns(sender->loop) >= host->next_send_ns;
}

/* --min-rate overrides windows and delays: next_host() then looks closer. */
static bool host_may_send(const struct sender *sender, const struct host *host)
{
	return host->probing.technique && prober_has_work(&host->probing.prober) &&
	       (sender->pacer.min_pps > 0 || window_and_delay_allow(sender, host));
}

static void host_consider(struct sender *sender, struct host *host)
{
	if (host_may_send(sender, host))
		ready_add(sender, host);
	else
		ready_remove(sender, host);
}

static void delay_over(void *self)
{
	struct host *host = self;

	host_consider(host->sender, host);
	sender_kick(host->sender);
}

/* ---- probe records ---- */

static struct probe *probe_new(struct sender *sender, struct host *host)
{
	struct probe *probe = sender->spare;

	if (probe)
		sender->spare = probe->next;
	else if (!(probe = alloc_zero(sizeof(*probe))))
		return NULL;
	*probe = (struct probe){.host = host, .next = host->probes};
	if (host->probes)
		host->probes->prev = probe;
	host->probes = probe;
	host->window.in_flight++;
	sender->window.in_flight++;
	return probe;
}

static void probe_free(struct sender *sender, struct probe *probe)
{
	struct host *host = probe->host;

	if (probe->prev)
		probe->prev->next = probe->next;
	else
		host->probes = probe->next;
	if (probe->next)
		probe->next->prev = probe->prev;
	host->window.in_flight--;
	sender->window.in_flight--;
	probe->next = sender->spare;
	sender->spare = probe;
}

/* ---- what a host is told ---- */

static void give_verdict(struct host *host, const struct probe_again *again, struct verdict verdict,
			 uint64_t rtt_ns, bool answered)
{
	verdict.attempt = answered ? again->attempts : 0;
	verdict.rtt_us =
		rtt_ns / NS_PER_US > UINT32_MAX ? UINT32_MAX : (uint32_t)(rtt_ns / NS_PER_US);
	host->probing.verdict(host, again->port, &verdict);
}

static void say_cap_hit(struct sender *sender, struct host *host)
{
	char address[IP_TEXT_BYTES], text[160];

	if (!host->probing.prober.cap_hit || host->cap_told || !sender->warn)
		return;
	host->cap_told = true;
	snprintf(text, sizeof(text),
		 "Warning: %s giving up on port because retransmission cap hit (%u).",
		 ip_format(&host->target->addr, address), sender->plan->timing.max_retries);
	sender->warn(sender->self, host, text);
}

static void host_finish(struct sender *sender, struct host *host)
{
	void (*finished)(struct host *) = host->probing.finished;

	say_cap_hit(sender, host);
	sender_stop(sender, host);
	finished(host);
}

/* Nothing more to send: what is left on the bench stayed silent. The stage may
 * stop the host from inside a verdict. */
static void give_silent(struct sender *sender, struct host *host)
{
	struct probe_again again;

	while (host->probing.technique && prober_take_silent(&host->probing.prober, &again))
		give_verdict(host, &again, host->probing.technique->on_silence, 0, false);
}

/* Gives true when the host's probing is over. */
static bool host_settle(struct sender *sender, struct host *host)
{
	struct prober *prober = &host->probing.prober;

	if (!host->probing.technique)
		return true;
	if (prober_has_work(prober) || prober->in_flight) {
		host_consider(sender, host);
		return false;
	}
	give_silent(sender, host);
	if (host->probing.technique)
		host_finish(sender, host);
	return true;
}

/* ---- what comes back ---- */

/* The adaptive delay of TM-17: this host loses much of what it is sent. */
static void boost_delay(struct sender *sender, struct host *host, unsigned attempts)
{
	const struct timing *timing = &sender->plan->timing;
	double heard = host->answers_since_change + host->drops_since_change;
	bool many = host->drops_since_change > 10 &&
		    host->drops_since_change > timing->delay_drop_share * heard;
	uint64_t ceiling_ns = timing->max_scan_delay_tcp_ns;

	if (!many && attempts <= timing->delay_tries + 1)
		return;
	if (ceiling_ns < timing->scan_delay_ns)
		ceiling_ns = timing->scan_delay_ns;
	host->scan_delay_ns = host->scan_delay_ns ? host->scan_delay_ns * 2 : 5 * NS_PER_MS;
	if (host->scan_delay_ns > ceiling_ns)
		host->scan_delay_ns = ceiling_ns;
	host->drops_since_change = host->answers_since_change = 0;
}

/* again->sent_ms is still the time of the send before the answered one. */
static void note_loss(struct sender *sender, struct host *host, const struct probe_again *again,
		      unsigned lost)
{
	uint64_t now_ns = loop_now_ns(sender->loop);
	uint64_t lost_ns = sender->start_ns + again->sent_ms * NS_PER_MS;

	sender->lost += lost;
	host->drops_since_change += lost;
	window_loss(&host->window, &sender->plan->timing, lost_ns, now_ns);
	window_loss(&sender->window, &sender->plan->timing, lost_ns, now_ns);
	boost_delay(sender, host, again->attempts);
}

static void note_answer(struct sender *sender, struct host *host, uint64_t rtt_ns)
{
	const struct timing *timing = &sender->plan->timing;

	sender->answered++;
	host->answers_since_change++;
	host->local_failure_since_ns = 0;
	if (rtt_ns) {
		rtt_sample(&host->rtt, timing, (int64_t)rtt_ns);
		rtt_sample(&sender->rtt, timing, (int64_t)rtt_ns);
	}
	window_answer(&host->window, timing);
	window_answer(&sender->window, timing);
}

static void probe_answered(struct sender *sender, struct probe *probe, struct verdict verdict,
			   uint64_t rtt_ns)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	unsigned lost;

	note_answer(sender, host, rtt_ns);
	lost = prober_answered(&host->probing.prober, &again);
	if (lost)
		note_loss(sender, host, &again, lost);
	probe_free(sender, probe);
	give_verdict(host, &again, verdict, rtt_ns, true);
}

static void probe_silent(struct sender *sender, struct probe *probe)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;

	window_silence(&host->window);
	window_silence(&sender->window);
	again.sent_ms = (uint32_t)((probe->sent_ns - sender->start_ns) / NS_PER_MS);
	probe_free(sender, probe);
	if (prober_unanswered(&host->probing.prober, &again) < 0)
		give_verdict(host, &again, host->probing.technique->on_silence, 0, false);
	say_cap_hit(sender, host);
}

/* Our machine has no port, memory or descriptor for it. Everything waits a
 * little and the run sends less; after half a minute of this to one host the
 * port is reported as unanswered, and a warning says why. */
static void probe_unsent(struct sender *sender, struct probe *probe, int system_error)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	uint64_t now_ns = loop_now_ns(sender->loop);
	char text[200], address[IP_TEXT_BYTES];

	sender->unsent++;
	sender->resume_ns = now_ns + LOCAL_PAUSE_NS;
	window_local_failure(&sender->window, now_ns);
	again.attempts--;
	probe_free(sender, probe);
	if (!host->local_failure_since_ns)
		host->local_failure_since_ns = now_ns;
	if (now_ns - host->local_failure_since_ns < LOCAL_PATIENCE_NS) {
		if (prober_unsent(&host->probing.prober, &again) == 0)
			return;
	} else {
		prober_dropped(&host->probing.prober);
	}
	give_verdict(host, &again, host->probing.technique->on_silence, 0, false);
	if (!sender->warn)
		return;
	snprintf(text, sizeof(text),
		 "Warning: this machine could not send to %s port %u (%s): reported as unanswered.",
		 ip_format(&host->target->addr, address), again.port,
		 system_error ? strerrordesc_np(system_error) : "out of resources");
	sender->warn(sender->self, host, text);
}

/* What the event says of the round trip; 0 nothing: "host unreachable" may be
 * our own machine that gave up asking for a MAC address after three seconds. */
static uint64_t trip_of(const struct flow_event *event)
{
	if (event->kind == FLOW_CONNECTED || event->end == FLOW_END_REFUSED ||
	    event->end == FLOW_END_RESET)
		return event->rtt_ns ? event->rtt_ns : 1;
	return 0;
}

static void flow_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct probe *probe = self;
	struct host *host = probe->host;
	struct sender *sender = host->sender;
	struct verdict verdict = host->probing.technique->judge_flow(event);

	if (event->kind == FLOW_CONNECTED)
		flow_close(flow);
	probe->flow = NULL;
	if (verdict.state != PORT_UNKNOWN)
		probe_answered(sender, probe, verdict, trip_of(event));
	else if (event->end == FLOW_END_LOCAL)
		probe_unsent(sender, probe, event->system_error);
	else
		probe_silent(sender, probe);
	/* The verdict may have stopped the probing, or ended the host's stage:
	 * host_settle() looks before it leaps. */
	if (host->probing.technique)
		host_settle(sender, host);
	sender_kick(sender);
}

/* ---- sending ---- */

/* How long to wait for an answer: the host's own estimate; else three times
 * that of all hosts, since this one may be farther than those. */
static uint64_t timeout_of(const struct sender *sender, const struct host *host)
{
	const struct timing *timing = &sender->plan->timing;
	uint64_t guess_ns;

	if (host->rtt.valid)
		return host->rtt.timeout_ns;
	if (!sender->rtt.valid)
		return timing->initial_rtt_ns;
	guess_ns = 3 * sender->rtt.timeout_ns;
	if (guess_ns < DISCOVERY_TIMEOUT_MIN_NS)
		guess_ns = DISCOVERY_TIMEOUT_MIN_NS;
	return guess_ns < timing->initial_rtt_ns ? guess_ns : timing->initial_rtt_ns;
}

static void note_sent(struct sender *sender, struct host *host, struct probe *probe)
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
		host->delay_timer.fire = delay_over;
		host->delay_timer.self = host;
		/* Too early is better than never. */
		if (loop_timer_set(sender->loop, &host->delay_timer, host->next_send_ns) < 0)
			host->next_send_ns = 0;
	}
}

/* Sends one probe of a host. ERROR_LIMIT: no room for flows just now. */
static int send_probe(struct sender *sender, struct host *host)
{
	struct probe_again again;
	struct probe *probe;
	struct flow_config config;
	int r;

	if (prober_next(&host->probing.prober, &again) != PROBER_SEND)
		return 0;
	probe = probe_new(sender, host);
	if (!probe) {
		(void)prober_unsent(&host->probing.prober, &again);
		return ERROR_MEMORY;
	}
	again.attempts++;
	probe->again = again;
	probe->sent_ns = loop_now_ns(sender->loop);
	config = (struct flow_config){
		.to = host->target->addr,
		.port = again.port,
		.source = sender->plan->source_addr,
		.interface = sender->plan->source_interface,
		.ttl = sender->plan->ttl,
		.deadline_ns = probe->sent_ns + timeout_of(sender, host),
		.event = flow_event,
		.self = probe,
	};
	r = flow_open(sender->flows, &config, &probe->flow);
	if (r == 0) {
		note_sent(sender, host, probe);
		return 0;
	}
	again.attempts--;
	probe_free(sender, probe);
	if (r == ERROR_EXCLUDED)
		prober_dropped(&host->probing.prober);
	else
		(void)prober_unsent(&host->probing.prober, &again);
	return r;
}

/* The first host that may send: any at all when the run owes packets to
 * --min-rate, else the first whose own window and delay allow it. */
static struct host *next_host(struct sender *sender, bool behind)
{
	struct host *host = sender->ready_first;

	while (host && !behind && !window_and_delay_allow(sender, host))
		host = host->ready_next;
	return host;
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

	if (!behind && !window_has_room(&sender->window))
		return NULL;
	while (!(host = next_host(sender, behind)))
		if (!sender->hungry || !sender->hungry(sender->self))
			return NULL;
	return host;
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
	if (wait_ns)
		return wait_ns;
	r = send_probe(sender, host);
	if (r == 0) {
		host_consider(sender, host);
		return 0;
	}
	if (r == ERROR_EXCLUDED) {
		host_settle(sender, host);
		return 0;
	}
	host_consider(sender, host);
	/* With flows open, the end of one kicks us. */
	if (r == ERROR_LIMIT && sender->window.in_flight)
		return UINT64_MAX;
	sender->resume_ns = now_ns + LOCAL_PAUSE_NS;
	return LOCAL_PAUSE_NS;
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
	for (i = 0; i < TURN_PROBES_MAX && !wait_ns; i++)
		wait_ns = send_one(sender, now_ns);
	turn_again_in(sender, wait_ns);
}

/* ---- hosts ---- */

void sender_start(struct sender *sender, struct host *host, const struct scan_technique *technique,
		  const uint16_t *order, uint32_t order_count,
		  void (*verdict)(struct host *, uint16_t, const struct verdict *),
		  void (*finished)(struct host *))
{
	host->probing.technique = technique;
	host->probing.verdict = verdict;
	host->probing.finished = finished;
	prober_init(&host->probing.prober, order, order_count, sender->plan->timing.max_retries);
	host_consider(sender, host);
	sender_kick(sender);
}

void sender_stop(struct sender *sender, struct host *host)
{
	ready_remove(sender, host);
	loop_timer_cancel(sender->loop, &host->delay_timer);
	while (host->probes) {
		if (host->probes->flow)
			flow_close(host->probes->flow);
		probe_free(sender, host->probes);
	}
	prober_release(&host->probing.prober);
	host->probing.technique = NULL;
	host->probing.gap_ns = 0;
	if (!host->scan_delay_ns)
		host->next_send_ns = 0;
}

double sender_missed(const struct sender *sender)
{
	uint64_t heard = sender->answered + sender->lost;
	double loss;

	if (!sender->answered)
		return -1.0;
	/* A port is sent to at least twice (unless the user said otherwise), and
	 * once more where losses show. */
	loss = (double)sender->lost / (double)heard;
	return sender->plan->timing.max_retries == 0   ? loss
	       : sender->plan->timing.max_retries == 1 ? loss * loss
						       : loss * loss * loss;
}
