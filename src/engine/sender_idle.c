/* All happens in step(), in a turn of the loop of its own: a timer (the machine wants
 * to go on), an answer and a hop's news only ask for it. */
#include "engine/sender_idle.h"

#include "engine/idle.h"
#include "engine/sender_raw.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>

#define NO_ROOM_NS     NS_PER_MS
#define QUESTION_PORTS 256u

struct sender_idle {
	struct sender_idle_config config;
	struct sender *sender;
	struct wire *wire;
	struct idle *idle; /* NULL: the zombie was not needed yet */
	struct hop *hop;   /* towards the zombie */
	bool told;         /* that it is good */
	bool failed;
	struct timer timer;
	struct deferred soon;
	/* The host under way; NULL none. */
	struct host *host;
	bool begun; /* the machine has the host */
	const uint16_t *ports;
	uint32_t count;
	void (*verdict)(struct host *, uint16_t, const struct verdict *);
	void (*finished)(struct host *);
	/* There was no room for it. */
	bool has_packet;
	struct packet packet;
};

static const struct plan_idle *zombie_of(const struct sender_idle *idle)
{
	return &idle->sender->plan->idle;
}

/* ---- the end of a host ---- */

static void finish(struct sender_idle *idle)
{
	struct host *host = idle->host;

	sender_idle_stop(idle, host);
	idle->finished(host);
}

static void finish_incomplete(struct sender_idle *idle)
{
	idle->host->incomplete = true;
	finish(idle);
}

static void fail(struct sender_idle *idle, const char *why)
{
	const struct plan_idle *zombie = zombie_of(idle);
	char text[400], addr[IP_TEXT_BYTES];

	snprintf(text, sizeof(text),
		 "Idle scan zombie %s (%s) port %u cannot be used because %s. Try another one.",
		 zombie->zombie_name, ip_format(&zombie->zombie, addr), zombie->port, why);
	idle->failed = true;
	idle->config.failed(idle->config.self, text);
	finish_incomplete(idle);
}

/* Nothing can reach it: to the zombie it is as if it never answered. */
static void give_all_silent(struct sender_idle *idle)
{
	const struct verdict silent = verdict_of(PORT_CLOSED_FILTERED, REASON_NO_IPID_CHANGE);
	uint32_t i;

	for (i = 0; i < idle->count; i++)
		idle->verdict(idle->host, idle->ports[i], &silent);
	finish(idle);
}

/* ---- the beginning ---- */

static void on_verdict(void *self, uint16_t port, const struct verdict *verdict)
{
	struct sender_idle *idle = self;

	idle->verdict(idle->host, port, verdict);
}

/* The machine, which needs our address on the way to the zombie. */
static int machine_new(struct sender_idle *idle)
{
	const struct plan *plan = idle->sender->plan;
	const struct route *route;
	struct idle_config config = {
		.zombie = plan->idle.zombie,
		.zombie_port = plan->idle.port,
		.one_port = plan->packets.has_source_port,
		.group_max = plan->timing.max_parallelism,
		.timing = &plan->timing,
		.seed = plan->seed ^ 0x69646c65ull,
		.verdict = on_verdict,
		.self = idle,
	};
	int r = wire_hop(idle->wire, &plan->idle.zombie, &idle->hop, &route);

	if (r < 0)
		return r;
	config.own = route->source;
	config.src_port =
		config.one_port ? plan->packets.source_port : raw_first_port(idle->sender->raw);
	idle->idle = idle_new(&config);
	return idle->idle ? 0 : ERROR_MEMORY;
}

static bool zombie_is_there(struct sender_idle *idle)
{
	const struct plan_idle *zombie = zombie_of(idle);

	if (idle->failed)
		finish_incomplete(idle);
	else if (zombie->zombie.family != IP_V4)
		fail(idle, "idle scans count IPv4 packets, and it has no such address");
	else if (!wire_allows(idle->wire, &zombie->zombie, TRANSPORT_TCP, zombie->port))
		fail(idle, "it is excluded from the scan, so nothing may be sent to it");
	else if (!idle->idle && machine_new(idle) < 0)
		fail(idle, "there is no route to it");
	else
		return true;
	return false;
}

/* Is the next hop's hardware address known? HOP_ASKING: not yet, and it was asked for. */
static enum hop_state hop_now(struct sender_idle *idle, struct hop *hop)
{
	if (hop_state(hop) == HOP_ASKING)
		hop_resolve(idle->wire, hop);
	return hop_state(hop);
}

static void leave_out(struct sender_idle *idle)
{
	char text[160], addr[IP_TEXT_BYTES];

	snprintf(text, sizeof(text),
		 "Warning: %s is not scanned: a zombie's answers tell nothing of IPv6 hosts.",
		 ip_format(&idle->host->target->addr, addr));
	idle->config.say(idle->config.self, idle->host, text);
	finish_incomplete(idle);
}

/* Hands the host to the machine when all is there. */
static void begin(struct sender_idle *idle)
{
	struct host *host = idle->host;
	enum hop_state to_zombie, to_host;

	if (!zombie_is_there(idle))
		return;
	if (host->target->addr.family != IP_V4) {
		leave_out(idle);
		return;
	}
	if (sender_route(idle->sender, host) < 0) {
		finish_incomplete(idle);
		return;
	}
	to_zombie = hop_now(idle, idle->hop);
	to_host = hop_now(idle, host->hop);
	if (to_zombie == HOP_SILENT) {
		fail(idle, "it does not answer: its hardware address is not to be had");
	} else if (to_zombie == HOP_BROKEN || to_host == HOP_BROKEN) {
		finish_incomplete(idle);
	} else if (to_zombie == HOP_READY && to_host == HOP_SILENT) {
		give_all_silent(idle);
	} else if (to_zombie == HOP_READY && to_host == HOP_READY) {
		idle->begun = true;
		idle_scan(idle->idle, &host->target->addr, idle->ports, idle->count,
			  loop_time_ns(idle->sender->loop));
	}
}

/* ---- sending ---- */

static void come_back_in(struct sender_idle *idle, uint64_t wait_ns)
{
	struct loop *loop = idle->sender->loop;

	/* Without memory for a timer, turning at once is busy but right. */
	if (loop_timer_set(loop, &idle->timer, loop_now_ns(loop) + wait_ns) < 0)
		loop_defer(loop, &idle->soon);
}

static int send_packet(struct sender_idle *idle)
{
	bool to_zombie = ip_equal(&idle->packet.ip.dst, &zombie_of(idle)->zombie);
	int r = wire_send_as(idle->wire, to_zombie ? idle->hop : idle->host->hop, &idle->packet);

	if (r < 0)
		return r;
	idle->sender->sent++;
	pacer_sent(&idle->sender->pacer);
	idle->has_packet = false;
	return 0;
}

/* Sends what the machine wants to be sent now. False: there is no room, or no way. */
static bool send_all(struct sender_idle *idle)
{
	uint64_t now_ns = loop_time_ns(idle->sender->loop), wait_ns;
	int r;

	while (idle->has_packet || idle_next_packet(idle->idle, now_ns, &idle->packet)) {
		idle->has_packet = true;
		wait_ns = pacer_wait_ns(&idle->sender->pacer, now_ns);
		r = wait_ns ? ERROR_LIMIT : send_packet(idle);
		if (r == ERROR_LIMIT)
			come_back_in(idle, wait_ns ? wait_ns : NO_ROOM_NS);
		else if (r < 0)
			finish_incomplete(idle);
		if (r < 0)
			return false;
	}
	return true;
}

static void tell(struct sender_idle *idle)
{
	const struct plan_idle *zombie = zombie_of(idle);
	char text[400], addr[IP_TEXT_BYTES];

	if (idle->told || !idle_is_checked(idle->idle))
		return;
	idle->told = true;
	snprintf(text, sizeof(text), "Idle scan using zombie %s (%s:%u); Class: %s",
		 zombie->zombie_name, ip_format(&zombie->zombie, addr), zombie->port,
		 ids_class_name(idle_class(idle->idle)));
	idle->config.say(idle->config.self, NULL, text);
}

static void go_on(struct sender_idle *idle)
{
	uint64_t now_ns = loop_now_ns(idle->sender->loop), wake_ns;

	if (!send_all(idle))
		return;
	tell(idle);
	switch (idle_status(idle->idle)) {
	case IDLE_READY:
		finish(idle);
		break;
	case IDLE_FAILED:
		fail(idle, idle_why(idle->idle));
		break;
	case IDLE_WORKING:
		wake_ns = idle_wake_ns(idle->idle);
		come_back_in(idle, wake_ns > now_ns ? wake_ns - now_ns : 0);
		break;
	}
}

static void step(void *self)
{
	struct sender_idle *idle = self;

	if (idle->host && !idle->begun)
		begin(idle);
	if (idle->host && idle->begun)
		go_on(idle);
}

/* ---- the outside ---- */

static bool hear(void *self, const struct packet *packet, uint64_t at_ns)
{
	struct sender_idle *idle = self;

	if (idle->host && idle->begun) {
		idle_heard(idle->idle, at_ns, packet);
		loop_defer(idle->sender->loop, &idle->soon);
	}
	return false; /* a zombie may be a target, too */
}

static void hop_changed(void *self)
{
	struct sender_idle *idle = self;

	loop_defer(idle->sender->loop, &idle->soon);
}

int sender_idle_new(const struct sender_idle_config *config, struct sender_idle **ret_idle)
{
	struct sender_idle *idle = alloc_zero(sizeof(*idle));

	_Static_assert(RAW_PORTS >= QUESTION_PORTS, "the links' filter lets the answers in");
	if (!idle)
		return ERROR_MEMORY;
	idle->config = *config;
	idle->sender = config->sender;
	idle->wire = raw_wire(config->sender->raw);
	idle->timer.fire = idle->soon.run = step;
	idle->timer.self = idle->soon.self = idle;
	raw_set_listener(config->sender->raw, hear, idle);
	raw_set_hop_listener(config->sender->raw, hop_changed, idle);
	*ret_idle = idle;
	return 0;
}

void sender_idle_free(struct sender_idle *idle)
{
	if (!idle)
		return;
	raw_set_listener(idle->sender->raw, NULL, NULL);
	raw_set_hop_listener(idle->sender->raw, NULL, NULL);
	loop_timer_cancel(idle->sender->loop, &idle->timer);
	loop_defer_cancel(idle->sender->loop, &idle->soon);
	hop_unref(idle->wire, idle->hop);
	idle_free(idle->idle);
	alloc_free(idle);
}

void sender_idle_start(struct sender_idle *idle, struct host *host, const uint16_t *ports,
		       uint32_t count,
		       void (*verdict)(struct host *, uint16_t, const struct verdict *),
		       void (*finished)(struct host *))
{
	idle->host = host;
	idle->ports = ports;
	idle->count = count;
	idle->verdict = verdict;
	idle->finished = finished;
	idle->begun = false;
	loop_defer(idle->sender->loop, &idle->soon);
}

void sender_idle_stop(struct sender_idle *idle, const struct host *host)
{
	if (!idle || !idle->host || idle->host != host)
		return;
	if (idle->idle)
		idle_stop(idle->idle);
	loop_timer_cancel(idle->sender->loop, &idle->timer);
	idle->host = NULL;
	idle->begun = idle->has_packet = false;
}
