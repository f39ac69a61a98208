/* Raw probes. A response is told apart in three steps: which host (a table of
 * addresses), whether it is ours (the cookie, or for UDP our port), which probe
 * (a table of those in flight). What is ours but no longer in flight is a late
 * answer and counts all the same (TM-09); what is not ours changes nothing.
 *
 * A probe holds its place in the host's window only as long as answers usually
 * take, and is waited for until the timeout, which has a floor of 100 ms: else
 * a near host that stays silent would be asked ten ports a second. */
#include "engine/sender_raw_private.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/random.h"

#include <string.h>

#define CANARY_AFTER       32 /* probes that were not answered */
#define HOST_CWND_LEAST    10.0
#define HOST_CWND_MOST     2000.0
#define RESENDS_FIRST      32.0
#define RESENDS_MOST       16384u
#define SLOT_LEAST_NS      (5 * NS_PER_MS)
#define CANARY_CHANCE      16u
#define CANARIES_LOST_MOST 48u
#define NEIGHBOUR_SENDS    3u
#define SETTLE_LEAST_NS    (50 * NS_PER_MS)
#define FIRST_PORT_LOWEST  33000u

/* ---- time ---- */

static uint64_t timeout_ns(const struct sender *sender, const struct probe *probe)
{
	const struct host *host = probe->host;
	uint64_t timeout = sender_timeout_ns(sender, host);

	/* A neighbour may be asleep: each question waits twice as long. */
	if (sender_technique_of(host, probe->again.port)->probe == PROBE_NEIGHBOUR)
		timeout <<= probe->again.attempts - 1u;
	return timeout;
}

static uint64_t slot_ns(const struct sender *sender, const struct probe *probe)
{
	const struct rtt *rtt = &probe->host->rtt;
	uint64_t timeout = timeout_ns(sender, probe), usual;

	if (!rtt->valid || sender->plan->timing.max_parallelism)
		return timeout;
	usual = rtt->srtt_ns + 4 * rtt->rttvar_ns;
	if (usual < SLOT_LEAST_NS)
		usual = SLOT_LEAST_NS;
	return usual < timeout ? usual : timeout;
}

void raw_expiry_arm(struct sender *sender, struct host *host)
{
	uint64_t due, slot_due;

	if (!host->probes) {
		loop_timer_cancel(sender->loop, &host->expiry_timer);
		return;
	}
	due = host->probes->sent_ns + timeout_ns(sender, host->probes);
	if (host->slots) {
		slot_due = host->slots->sent_ns + slot_ns(sender, host->slots);
		due = slot_due < due ? slot_due : due;
	}
	/* No memory for a timer: the next turn of the sender looks again. */
	if (loop_timer_set(sender->loop, &host->expiry_timer, due) < 0)
		sender_kick(sender);
}

static void canary_lost(struct sender *sender, struct probe *probe)
{
	struct host *host = probe->host;
	uint64_t sent_ns = probe->sent_ns;

	if (!host->limited)
		pace_canary(&sender->pace, sent_ns, true);
	host->canaries_heard = 0;
	/* It may be gone, and says nothing of the path then. */
	if (++host->canaries_lost >= CANARIES_LOST_MOST)
		host->canaries_count = host->canaries_lost = 0;
	sender_probe_free(sender, probe);
	sender_note_loss(sender, host, 1, 1, sent_ns);
}

static void free_slots(struct sender *sender, struct host *host, uint64_t now_ns)
{
	struct probe *probe;

	while ((probe = host->slots) &&
	       (!probe->holds_slot || probe->sent_ns + slot_ns(sender, probe) <= now_ns)) {
		if (probe->holds_slot)
			sender_note_silence(sender, host);
		sender_free_slot(sender, probe);
		host->slots = probe->next;
	}
}

static void expire(void *self)
{
	struct host *host = self;
	struct sender *sender = host->sender;
	uint64_t now_ns = loop_now_ns(sender->loop);
	struct probe *probe;

	/* What has arrived is heard before anything is called silent. */
	wire_poll(sender->raw->wire);
	if (!host->probing.technique)
		return;
	free_slots(sender, host, now_ns);
	while (host->probing.technique && (probe = host->probes) &&
	       probe->sent_ns + timeout_ns(sender, probe) <= now_ns) {
		if (probe->canary)
			canary_lost(sender, probe);
		else
			sender_silent(sender, probe);
	}
	if (host->probing.technique && !sender_settle(sender, host))
		raw_expiry_arm(sender, host);
	sender_kick(sender);
}

/* ---- sending ---- */

uint16_t raw_src_port(const struct raw *raw, const struct host *host, unsigned attempt)
{
	const struct plan_packets *wish = &raw->sender->plan->packets;

	if (wish->has_source_port)
		return wish->source_port;
	return (uint16_t)(raw->first_port + host->probing.phase % RAW_PHASES * RAW_ATTEMPTS +
			  attempt);
}

unsigned raw_attempt_mark(const struct probe *probe)
{
	if (probe->canary)
		return RAW_CANARY_ATTEMPT;
	return probe->again.attempts < RAW_CANARY_ATTEMPT ? probe->again.attempts
							  : RAW_CANARY_ATTEMPT - 1;
}

struct cookie_of raw_cookie_of(const struct host *host, uint16_t port)
{
	return (struct cookie_of){
		.to = host->target->addr,
		.port = port,
		.phase = host->probing.phase,
	};
}

static int send_one_packet(struct sender *sender, struct host *host, const struct probe *probe,
			   const struct payload *payload)
{
	const struct scan_technique *technique = sender_technique_of(host, probe->again.port);
	uint16_t port = sender_port(host, probe->again.port);
	unsigned attempt = raw_attempt_mark(probe);
	const struct cookie_of of = raw_cookie_of(host, port);
	uint8_t scratch[PROBE_SCRATCH_BYTES];
	const struct probe_request request = {
		.from = host->route->source,
		.to = host->target->addr,
		.port = port,
		.src_port = raw_src_port(sender->raw, host, attempt),
		.cookie = cookie_make(&sender->raw->key, &of, attempt),
		.scan_flags = host->probing.pings ? -1 : sender->plan->packets.scan_flags,
		.payload = payload,
		.scratch = scratch,
	};
	struct packet packet = {.kind = PACKET_OTHER};

	technique->build(&request, &packet);
	return wire_send(sender->raw->wire, host->hop, host->route, &host->target->addr, &packet);
}

/* UDP: everything that might make the port speak, at once (SC-04). */
static int send_packets(struct sender *sender, struct host *host, const struct probe *probe)
{
	const struct scan_technique *technique = sender_technique_of(host, probe->again.port);
	const struct payload *payloads = NULL;
	size_t count = 0, i;
	int r = 0;

	if (technique->probe == PROBE_UDP && sender->plan->payloads &&
	    !sender->plan->packets.has_data)
		payloads = payloads_of(sender->plan->payloads, sender_port(host, probe->again.port),
				       &count);
	if (!count)
		return send_one_packet(sender, host, probe, NULL);
	for (i = 0; r == 0 && i < count; i++)
		r = send_one_packet(sender, host, probe, &payloads[i]);
	return r;
}

static void broken(struct sender *sender, struct host *host)
{
	host->incomplete = true;
	prober_abandon(&host->probing.prober);
}

int sender_send_raw(struct sender *sender, struct host *host, struct probe *probe)
{
	const struct scan_technique *technique = sender_technique_of(host, probe->again.port);
	struct raw *raw = sender->raw;
	int r;

	if (technique->probe == PROBE_NEIGHBOUR)
		r = wire_ask_neighbour(raw->wire, host->hop, host->route, &host->target->addr);
	else
		r = send_packets(sender, host, probe);
	if (r == ERROR_SYSTEM || r == ERROR_RANGE) {
		broken(sender, host);
		return ERROR_EXCLUDED;
	}
	if (r < 0)
		return r;
	raw_probe_enter(raw, probe);
	pace_sent(&sender->pace, 1);
	host->unanswered++;
	if (!loop_timer_is_set(&host->expiry_timer))
		raw_expiry_arm(sender, host);
	if (!probe->canary)
		sender_raw_canary(sender, host);
	return 0;
}

void sender_raw_canary(struct sender *sender, struct host *host)
{
	struct probe *probe;
	uint16_t port;

	/* By chance, not by count: what comes late in a burst fares worse. */
	if (!host->canaries_count || host->unanswered < CANARY_AFTER || host->probing.pings ||
	    random_below(&sender->raw->random, CANARY_CHANCE))
		return;
	host->unanswered -= CANARY_AFTER;
	port = host->canaries[host->canaries_next++ % host->canaries_count];
	if (raw_probe_find(sender->raw, host, port, true) ||
	    !(probe = sender_probe_new(sender, host)))
		return;
	probe->canary = true;
	probe->again = (struct probe_again){.port = port, .attempts = 1};
	probe->sent_ns = loop_time_ns(sender->loop);
	if (sender_send_raw(sender, host, probe) < 0)
		sender_probe_free(sender, probe);
	else
		sender->sent++;
}

/* ---- where hosts are ---- */

int sender_route(struct sender *sender, struct host *host)
{
	struct raw *raw = sender->raw;
	int r;

	if (host->hop)
		return 0;
	r = wire_hop(raw->wire, &host->target->addr, &host->hop, &host->route);
	if (r == 0)
		raw_host_enter(raw, host);
	return r;
}

static void begin_resends(const struct sender *sender, struct host *host)
{
	host->backoff = 0;
	window_init_run(&host->resends, &sender->plan->timing, RESENDS_MOST);
	if (host->resends.cwnd > RESENDS_FIRST)
		host->resends.cwnd = RESENDS_FIRST;
}

int sender_raw_begin(struct sender *sender, struct host *host)
{
	int r = sender_route(sender, host);

	if (r < 0)
		return r;
	if (!sender->plan->timing.max_parallelism && host->window.ceiling < HOST_CWND_MOST)
		host->window.ceiling = HOST_CWND_MOST;
	if (!sender->plan->timing.max_parallelism && host->window.floor < HOST_CWND_LEAST)
		host->window.floor = HOST_CWND_LEAST;
	if (host->probing.technique->probe == PROBE_NEIGHBOUR)
		prober_want_sends(&host->probing.prober, NEIGHBOUR_SENDS);
	host->expiry_timer.fire = expire;
	host->expiry_timer.self = host;
	host->canaries_count = host->canaries_lost = 0;
	host->unanswered = host->canaries_heard = 0;
	begin_resends(sender, host);
	sender_delay_begin(sender, host);
	return 0;
}

void sender_raw_end(struct sender *sender, struct host *host)
{
	loop_timer_cancel(sender->loop, &host->expiry_timer);
	host->hop_waiting = false;
}

void sender_forget(struct sender *sender, struct host *host)
{
	if (!sender->raw)
		return;
	raw_host_leave(sender->raw, host);
	hop_unref(sender->raw->wire, host->hop);
	host->hop = NULL;
}

bool sender_raw_ready(struct sender *sender, struct host *host)
{
	if (host->probing.technique->probe == PROBE_NEIGHBOUR)
		return true;
	switch (hop_state(host->hop)) {
	case HOP_READY:
		return true;
	case HOP_ASKING:
		host->hop_waiting = true;
		hop_resolve(sender->raw->wire, host->hop);
		break;
	case HOP_SILENT:
		prober_give_up(&host->probing.prober);
		sender_settle(sender, host);
		return false;
	case HOP_BROKEN:
		broken(sender, host);
		sender_settle(sender, host);
		return false;
	}
	sender_consider(sender, host);
	return false;
}

static void hop_changed_for(struct sender *sender, struct host *host, struct hop *hop)
{
	if (host->hop != hop || !host->probing.technique)
		return;
	host->hop_waiting = false;
	if (hop_state(hop) == HOP_BROKEN)
		broken(sender, host);
	else if (hop_state(hop) == HOP_SILENT && host->probing.technique->probe != PROBE_NEIGHBOUR)
		prober_give_up(&host->probing.prober);
	sender_settle(sender, host);
}

/* Hosts may go while they are told: the next one is noted before. */
static void hop_changed(void *self, struct hop *hop)
{
	struct raw *raw = self;
	size_t i;

	for (i = 0; i <= raw->hosts_mask; i++) {
		struct host *host = raw->hosts[i], *next;

		for (; host; host = next) {
			next = host->chain;
			hop_changed_for(raw->sender, host, hop);
		}
	}
	talks_hop_changed(raw->talks, hop);
	if (raw->hop_listener)
		raw->hop_listener(raw->hop_listener_self);
	sender_kick(raw->sender);
}

/* ---- the whole ---- */

static void wire_warns(void *self, const char *text)
{
	struct raw *raw = self;

	if (raw->sender->warn)
		raw->sender->warn(raw->sender->self, NULL, text);
}

static bool has_protocols(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->techniques_count; i++)
		if (plan->techniques[i]->probe == PROBE_PROTOCOL)
			return true;
	for (i = 0; i < plan->discovery.pings_count; i++)
		if (plan->discovery.pings[i].technique->probe == PROBE_PROTOCOL)
			return true;
	return false;
}

static int raw_init_wire(struct raw *raw, const struct wire_ways *ways, struct gate *gate)
{
	const struct plan *plan = raw->sender->plan;
	struct wire_config config = {
		.loop = raw->sender->loop,
		.gate = gate,
		.ways = ways,
		.plan = plan,
		.first_port = raw->first_port,
		.last_port = (uint16_t)(raw->first_port + RAW_PORTS + TALK_PORTS - 1),
		.all_protocols = has_protocols(plan),
		.heard = raw_hear,
		.neighbour = raw_hear_neighbour,
		.advertisement = raw_hear_advertisement,
		.hop_changed = hop_changed,
		.warn = wire_warns,
		.self = raw,
	};

	if (plan->packets.has_source_port)
		config.first_port = config.last_port = plan->packets.source_port;
	return wire_new(&config, &raw->wire);
}

static uint64_t rate_wait_ns(void *self)
{
	struct sender *sender = self;

	return pacer_wait_ns(&sender->pacer, loop_time_ns(sender->loop));
}

static void talk_sent(void *self)
{
	struct sender *sender = self;

	sender->sent++;
	pacer_sent(&sender->pacer);
}

static void talk_heard(void *self)
{
	struct sender *sender = self;

	sender->beside_answered++;
}

static int raw_init_talks(struct raw *raw)
{
	const struct plan_packets *wish = &raw->sender->plan->packets;
	const struct talks_config config = {
		.wire = raw->wire,
		.loop = raw->sender->loop,
		.first_port = wish->has_source_port ? wish->source_port
						    : (uint16_t)(raw->first_port + RAW_PORTS),
		.one_port = wish->has_source_port,
		.wait_ns = rate_wait_ns,
		.sent = talk_sent,
		.answered = talk_heard,
		.self = raw->sender,
	};

	return talks_new(&config, &raw->talks);
}

struct talks *raw_talks(struct raw *raw)
{
	return raw->talks;
}

int raw_new(struct sender *sender, const struct wire_ways *ways, struct gate *gate)
{
	struct raw *raw = alloc_zero(sizeof(*raw));
	struct random random;
	int r;

	if (!raw)
		return ERROR_MEMORY;
	raw->sender = sender;
	random_init(&random, sender->plan->seed ^ 0x706f727473ull);
	raw->first_port = (uint16_t)(FIRST_PORT_LOWEST +
				     random_below(&random, 65535 - FIRST_PORT_LOWEST - RAW_PORTS -
								   TALK_PORTS));
	raw->random = random;
	cookie_key_init(&raw->key, sender->plan->seed);
	r = raw_tables_init(raw);
	if (r == 0)
		r = raw_init_wire(raw, ways, gate);
	if (r == 0)
		r = raw_init_talks(raw);
	if (r < 0) {
		raw_free(raw);
		return r;
	}
	sender->raw = raw;
	return 0;
}

void raw_free(struct raw *raw)
{
	if (!raw)
		return;
	talks_free(raw->talks);
	wire_free(raw->wire);
	raw_tables_release(raw);
	alloc_free(raw);
}

struct wire *raw_wire(struct raw *raw)
{
	return raw->wire;
}

void raw_set_listener(struct raw *raw,
		      bool (*heard)(void *self, const struct packet *packet, uint64_t at_ns),
		      void *self)
{
	raw->listener = heard;
	raw->listener_self = self;
}

void raw_set_hop_listener(struct raw *raw, void (*changed)(void *self), void *self)
{
	raw->hop_listener = changed;
	raw->hop_listener_self = self;
}

uint16_t raw_first_port(const struct raw *raw)
{
	return raw->first_port;
}

void raw_judge_pace(struct sender *sender)
{
	uint64_t settle_ns = 2 * sender->rtt.timeout_ns;

	if (settle_ns < SETTLE_LEAST_NS)
		settle_ns = SETTLE_LEAST_NS;
	sender->pace.epoch_ns = settle_ns / 12 > SETTLE_LEAST_NS ? settle_ns / 12 : SETTLE_LEAST_NS;
	(void)pace_judge(&sender->pace, loop_now_ns(sender->loop), settle_ns);
}
