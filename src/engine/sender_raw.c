/* Raw probes. A response is told apart in three steps: which host (a table of
 * addresses), whether it is ours (the cookie, or for UDP our port), which probe
 * (a table of those in flight). What is ours but no longer in flight is a late
 * answer and counts all the same (TM-09); what is not ours changes nothing.
 *
 * A probe holds its place in the host's window only as long as answers usually
 * take, and is waited for until the timeout, which has a floor of 100 ms: else
 * a near host that stays silent would be asked ten ports a second. */
#include "engine/sender_raw.h"

#include "engine/cookie.h"
#include "engine/sender_private.h"
#include "engine/verdict_merge.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/random.h"

#include <string.h>

#define CANARY_ATTEMPT    (RAW_ATTEMPTS - 1)
#define CANARY_AFTER      64u /* probes without an answer */
#define HOST_CWND_MOST    2000.0
#define SLOT_LEAST_NS     (5 * NS_PER_MS)
#define NEIGHBOUR_SENDS   3u
#define TABLE_LEAST       1024u
#define SETTLE_LEAST_NS   (50 * NS_PER_MS)
#define FIRST_PORT_LOWEST 33000u

struct raw {
	struct sender *sender;
	struct wire *wire;
	struct cookie_key key;
	uint16_t first_port;
	struct host **hosts; /* by address, chained */
	size_t hosts_mask, hosts_count;
	struct probe **probes; /* by host and value, chained */
	size_t probes_mask, probes_count;
	bool (*listener)(void *self, const struct packet *packet, uint64_t at_ns);
	void *listener_self;
};

/* ---- tables ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product =
		(unsigned __int128)(a ^ 0x9e3779b97f4a7c15ull) * (b ^ 0xd1b54a32d192ed03ull);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static struct host **host_bucket(const struct raw *raw, const struct ip_addr *addr)
{
	uint64_t high, low;

	memcpy(&high, addr->bytes, sizeof(high));
	memcpy(&low, addr->bytes + sizeof(high), sizeof(low));
	return &raw->hosts[mix(high, low) & raw->hosts_mask];
}

static struct probe **probe_bucket(const struct raw *raw, const struct host *host, uint16_t value)
{
	return &raw->probes[mix((uintptr_t)host, value) & raw->probes_mask];
}

/* A table twice as large; where memory is short the chains grow instead. */
static void hosts_grow(struct raw *raw)
{
	size_t size = raw->hosts_mask + 1, i;
	struct host **old = raw->hosts, **wider;

	if (raw->hosts_count < size || !(wider = alloc_array(size * 2, sizeof(*wider))))
		return;
	raw->hosts = wider;
	raw->hosts_mask = size * 2 - 1;
	for (i = 0; i < size; i++) {
		struct host *host = old[i], *next;

		for (; host; host = next) {
			struct host **bucket = host_bucket(raw, &host->target->addr);

			next = host->chain;
			host->chain = *bucket;
			*bucket = host;
		}
	}
	alloc_free(old);
}

static void probes_grow(struct raw *raw)
{
	size_t size = raw->probes_mask + 1, i;
	struct probe **old = raw->probes, **wider;

	if (raw->probes_count < size || !(wider = alloc_array(size * 2, sizeof(*wider))))
		return;
	raw->probes = wider;
	raw->probes_mask = size * 2 - 1;
	for (i = 0; i < size; i++) {
		struct probe *probe = old[i], *next;

		for (; probe; probe = next) {
			struct probe **bucket = probe_bucket(raw, probe->host, probe->again.port);

			next = probe->chain;
			probe->chain = *bucket;
			*bucket = probe;
		}
	}
	alloc_free(old);
}

static void host_enter(struct raw *raw, struct host *host)
{
	struct host **bucket;

	if (host->raw)
		return;
	hosts_grow(raw);
	bucket = host_bucket(raw, &host->target->addr);
	host->chain = *bucket;
	*bucket = host;
	host->raw = true;
	raw->hosts_count++;
}

static void host_leave(struct raw *raw, struct host *host)
{
	struct host **at;

	if (!host->raw)
		return;
	for (at = host_bucket(raw, &host->target->addr); *at != host; at = &(*at)->chain)
		;
	*at = host->chain;
	host->raw = false;
	raw->hosts_count--;
}

static void probe_enter(struct raw *raw, struct probe *probe)
{
	struct probe **bucket;

	probes_grow(raw);
	bucket = probe_bucket(raw, probe->host, probe->again.port);
	probe->chain = *bucket;
	*bucket = probe;
	probe->listed = true;
	raw->probes_count++;
}

void sender_raw_unlist(struct sender *sender, struct probe *probe)
{
	struct raw *raw = sender->raw;
	struct probe **at = probe_bucket(raw, probe->host, probe->again.port);

	while (*at != probe)
		at = &(*at)->chain;
	*at = probe->chain;
	probe->listed = false;
	raw->probes_count--;
}

static struct probe *probe_find(const struct raw *raw, const struct host *host, uint16_t value,
				bool canary)
{
	struct probe *probe = *probe_bucket(raw, host, value);

	while (probe &&
	       (probe->host != host || probe->again.port != value || probe->canary != canary))
		probe = probe->chain;
	return probe;
}

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

static void expiry_arm(struct sender *sender, struct host *host)
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

	sender_probe_free(sender, probe);
	host->has_canary = host->lost_count + 3 < host->heard_count + 8;
	sender_note_loss(sender, host, 1, 1, sent_ns);
}

static void free_slots(struct sender *sender, struct host *host, uint64_t now_ns)
{
	struct probe *probe;

	while ((probe = host->slots) &&
	       (!probe->holds_slot || probe->sent_ns + slot_ns(sender, probe) <= now_ns)) {
		if (probe->holds_slot)
			window_silence(&host->window);
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
		expiry_arm(sender, host);
	sender_kick(sender);
}

/* ---- sending ---- */

static uint16_t src_port_of(const struct raw *raw, const struct host *host, unsigned attempt)
{
	const struct plan_packets *wish = &raw->sender->plan->packets;

	if (wish->has_source_port)
		return wish->source_port;
	return (uint16_t)(raw->first_port + host->probing.phase % RAW_PHASES * RAW_ATTEMPTS +
			  attempt);
}

static unsigned attempt_mark(const struct probe *probe)
{
	if (probe->canary)
		return CANARY_ATTEMPT;
	return probe->again.attempts < CANARY_ATTEMPT ? probe->again.attempts : CANARY_ATTEMPT - 1;
}

static struct cookie_of cookie_subject(const struct host *host, uint16_t port)
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
	unsigned attempt = attempt_mark(probe);
	const struct cookie_of of = cookie_subject(host, port);
	const struct probe_request request = {
		.from = host->route->source,
		.to = host->target->addr,
		.port = port,
		.src_port = src_port_of(sender->raw, host, attempt),
		.cookie = cookie_make(&sender->raw->key, &of, attempt),
		.scan_flags = host->probing.pings ? -1 : sender->plan->packets.scan_flags,
		.payload = payload,
	};
	struct packet packet = {.kind = PACKET_OTHER};

	packet.ip.src = host->route->source;
	packet.ip.dst = host->target->addr;
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
	probe_enter(raw, probe);
	pace_sent(&sender->pace, 1);
	host->sent_since_canary++;
	if (!loop_timer_is_set(&host->expiry_timer))
		expiry_arm(sender, host);
	if (!probe->canary)
		sender_raw_canary(sender, host);
	return 0;
}

void sender_raw_canary(struct sender *sender, struct host *host)
{
	struct probe *probe;

	if (!host->has_canary || host->sent_since_canary < CANARY_AFTER || host->probing.pings)
		return;
	host->sent_since_canary = 0;
	if (probe_find(sender->raw, host, host->canary, true) ||
	    !(probe = sender_probe_new(sender, host)))
		return;
	probe->canary = true;
	probe->again = (struct probe_again){.port = host->canary, .attempts = 1};
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
		host_enter(raw, host);
	return r;
}

int sender_raw_begin(struct sender *sender, struct host *host)
{
	int r = sender_route(sender, host);

	if (r < 0)
		return r;
	if (!sender->plan->timing.max_parallelism && host->window.ceiling < HOST_CWND_MOST)
		host->window.ceiling = HOST_CWND_MOST;
	if (host->probing.technique->probe == PROBE_NEIGHBOUR)
		prober_want_sends(&host->probing.prober, NEIGHBOUR_SENDS);
	host->expiry_timer.fire = expire;
	host->expiry_timer.self = host;
	host->has_canary = false;
	host->sent_since_canary = 0;
	host->answers_since_change = host->drops_since_change = 0;
	host->change_ns = loop_now_ns(sender->loop);
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
	host_leave(sender->raw, host);
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
	sender_kick(raw->sender);
}

/* ---- hearing ---- */

/* A response, and what it says of whose it is. */
struct heard {
	struct response response;
	struct packet quoted;
	struct ip_addr target;
	enum probe_kind kind;
	uint8_t protocol;
	uint16_t port, our_port;
	uint32_t cookies[3];
	unsigned cookies_count;
	uint64_t at_ns;
};

static void heard_from_quote(struct heard *heard)
{
	const struct packet *quoted = &heard->quoted;

	heard->target = quoted->ip.dst;
	heard->protocol = quoted->ip.protocol;
	switch (quoted->kind) {
	case PACKET_TCP:
		heard->kind = PROBE_TCP;
		heard->port = quoted->tcp.dst_port;
		heard->our_port = quoted->tcp.src_port;
		heard->cookies[heard->cookies_count++] = quoted->tcp.seq;
		break;
	case PACKET_UDP:
		heard->kind = PROBE_UDP;
		heard->port = quoted->udp.dst_port;
		heard->our_port = quoted->udp.src_port;
		break;
	case PACKET_SCTP:
		heard->kind = PROBE_SCTP;
		heard->port = quoted->sctp.dst_port;
		heard->our_port = quoted->sctp.src_port;
		if (quoted->sctp.vtag)
			heard->cookies[heard->cookies_count++] = quoted->sctp.vtag;
		break;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		heard->kind = PROBE_ICMP;
		heard->our_port = (uint16_t)(quoted->icmp.rest >> 16);
		break;
	default:
		heard->kind = PROBE_PROTOCOL;
	}
}

/* What acknowledges a probe: seq + 1 (SYN and FIN count) or seq; the reset of a
 * segment that had ACK set takes its sequence number from there. */
static void heard_tcp(struct heard *heard, const struct tcp_header *tcp)
{
	heard->kind = PROBE_TCP;
	heard->port = tcp->src_port;
	heard->our_port = tcp->dst_port;
	if (tcp->flags & TCP_ACK) {
		heard->cookies[heard->cookies_count++] = tcp->ack - 1;
		heard->cookies[heard->cookies_count++] = tcp->ack;
	}
	if (tcp->flags & TCP_RST)
		heard->cookies[heard->cookies_count++] = tcp->seq;
}

static void heard_directly(struct heard *heard, const struct packet *packet)
{
	heard->target = packet->ip.src;
	heard->protocol = packet->ip.protocol;
	switch (packet->kind) {
	case PACKET_TCP:
		heard_tcp(heard, &packet->tcp);
		break;
	case PACKET_UDP:
		heard->kind = PROBE_UDP;
		heard->port = packet->udp.src_port;
		heard->our_port = packet->udp.dst_port;
		break;
	case PACKET_SCTP:
		heard->kind = PROBE_SCTP;
		heard->port = packet->sctp.src_port;
		heard->our_port = packet->sctp.dst_port;
		heard->cookies[heard->cookies_count++] = packet->sctp.vtag;
		break;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		heard->kind = PROBE_ICMP;
		heard->our_port = (uint16_t)(packet->icmp.rest >> 16);
		break;
	default:
		heard->kind = PROBE_PROTOCOL;
	}
}

/* The attempt that was answered; false: not a probe of ours. */
static bool attempt_by_cookie(const struct raw *raw, const struct host *host, uint16_t port,
			      const struct heard *heard, unsigned *ret_attempt)
{
	const struct cookie_of of = cookie_subject(host, port);
	unsigned i;

	for (i = 0; i < heard->cookies_count; i++)
		if (cookie_check(&raw->key, &of, heard->cookies[i], ret_attempt))
			return *ret_attempt > 0 && *ret_attempt < RAW_ATTEMPTS;
	return false;
}

static bool attempt_by_port(const struct raw *raw, const struct host *host,
			    const struct probe *probe, const struct heard *heard,
			    unsigned *ret_attempt)
{
	uint16_t first = src_port_of(raw, host, 0);

	if (raw->sender->plan->packets.has_source_port) {
		*ret_attempt = probe ? probe->again.attempts : 1;
		return heard->our_port == raw->sender->plan->packets.source_port;
	}
	*ret_attempt = (unsigned)(heard->our_port - first);
	return heard->our_port > first && *ret_attempt < RAW_ATTEMPTS;
}

static bool attempt_by_identifier(const struct raw *raw, const struct host *host,
				  const struct heard *heard, unsigned *ret_attempt)
{
	const struct cookie_of of = cookie_subject(host, 0);
	unsigned attempt;

	for (attempt = 1; attempt < CANARY_ATTEMPT; attempt++)
		if ((uint16_t)cookie_make(&raw->key, &of, attempt) == heard->our_port) {
			*ret_attempt = attempt;
			return true;
		}
	return false;
}

static bool attempt_of(const struct raw *raw, const struct host *host, uint16_t value,
		       const struct heard *heard, unsigned *ret_attempt)
{
	const struct scan_technique *technique = sender_technique_of(host, value);
	const struct probe *probe = probe_find(raw, host, value, false);

	switch (technique->probe) {
	case PROBE_TCP:
		return attempt_by_cookie(raw, host, sender_port(host, value), heard, ret_attempt);
	case PROBE_SCTP:
		/* An error's quote of an INIT has no tag yet: the ports must do. */
		if (heard->cookies_count)
			return attempt_by_cookie(raw, host, sender_port(host, value), heard,
						 ret_attempt);
		return attempt_by_port(raw, host, probe, heard, ret_attempt);
	case PROBE_UDP:
		return attempt_by_port(raw, host, probe, heard, ret_attempt);
	case PROBE_ICMP:
		return attempt_by_identifier(raw, host, heard, ret_attempt);
	default:
		*ret_attempt = probe ? probe->again.attempts : 1;
		return probe != NULL;
	}
}

/* Two bits of what a port has said: enough to tell what may still replace it. */
static enum port_state state_of(const struct scan_technique *technique, unsigned heard)
{
	static const enum port_state states[] = {PORT_UNKNOWN, PORT_FILTERED, PORT_CLOSED,
						 PORT_OPEN};

	if (heard == 2 && (technique->letter == 'A' || technique->on_silence.state == PORT_UNKNOWN))
		return PORT_UNFILTERED;
	return states[heard & 3];
}

static unsigned heard_of(enum port_state state)
{
	switch (state) {
	case PORT_OPEN:
		return 3;
	case PORT_CLOSED:
	case PORT_UNFILTERED:
		return 2;
	default:
		return 1;
	}
}

static void note_canary(struct host *host, const struct scan_technique *technique, uint16_t value)
{
	host->sent_since_canary = 0;
	if (host->has_canary || technique->probe != PROBE_TCP || host->probing.pings)
		return;
	host->has_canary = true;
	host->canary = value;
}

static void canary_answered(struct raw *raw, struct host *host, uint16_t value,
			    const struct heard *heard)
{
	struct probe *probe = probe_find(raw, host, value, true);

	host->sent_since_canary = 0;
	if (!probe)
		return;
	sender_note_answer(raw->sender, host, probe->sent_ns, heard->at_ns - probe->sent_ns);
	sender_probe_free(raw->sender, probe);
}

static void answered(struct raw *raw, struct host *host, uint16_t value, unsigned attempt,
		     struct verdict verdict, uint64_t at_ns)
{
	struct sender *sender = raw->sender;
	struct prober *prober = &host->probing.prober;
	struct probe *probe = probe_find(raw, host, value, false);
	bool had_rtt = host->rtt.valid;
	uint64_t rtt_ns = 0;

	if (probe) {
		if (attempt == attempt_mark(probe) && at_ns > probe->sent_ns)
			rtt_ns = at_ns - probe->sent_ns;
		else if (attempt == attempt_mark(probe))
			rtt_ns = 1;
		prober_note_heard(prober, value, heard_of(verdict.state));
		sender_answered(sender, probe, attempt, verdict, rtt_ns);
	} else {
		(void)prober_answered_late(prober, value);
		prober_note_heard(prober, value, heard_of(verdict.state));
		sender_note_answer(sender, host, at_ns, 0);
		sender_give_verdict(host, value, attempt, verdict, 0);
	}
	/* With the first round trip all that is waited for is waited for less. */
	if (!had_rtt && host->rtt.valid && host->probing.technique)
		expiry_arm(sender, host);
}

/* A response to this probe of the host; false: it is none. */
static bool respond(struct raw *raw, struct host *host, uint16_t value, struct heard *heard)
{
	const struct scan_technique *technique = sender_technique_of(host, value);
	struct verdict verdict;
	unsigned attempt, old;

	if (!attempt_of(raw, host, value, heard, &attempt))
		return false;
	heard->response.port = sender_port(host, value);
	verdict = technique->judge(&heard->response);
	if (verdict.state == PORT_UNKNOWN)
		return false;
	verdict.ttl = heard->response.packet->ip.ttl;
	if (!heard->response.from_target)
		verdict.from = heard->response.packet->ip.src;
	old = prober_heard(&host->probing.prober, value);
	if (attempt == CANARY_ATTEMPT) {
		canary_answered(raw, host, value, heard);
	} else if (!old) {
		note_canary(host, technique, value);
		answered(raw, host, value, attempt, verdict, heard->at_ns);
	} else if (verdict_replaces(technique, state_of(technique, old),
				    (enum port_state)verdict.state)) {
		prober_note_heard(&host->probing.prober, value, heard_of(verdict.state));
		sender_give_verdict(host, value, attempt, verdict, 0);
	}
	return true;
}

static bool kind_fits(const struct scan_technique *technique, const struct heard *heard)
{
	return technique->probe == heard->kind || technique->probe == PROBE_PROTOCOL;
}

static bool respond_to_ping(struct raw *raw, struct host *host, struct heard *heard)
{
	const struct plan_ping *pings = host->probing.pings;
	uint32_t i;

	for (i = 0; host->probing.pings == pings && i < host->probing.prober.order_count; i++) {
		uint16_t port =
			pings[i].technique->probe == PROBE_PROTOCOL ? heard->protocol : heard->port;

		if (!kind_fits(pings[i].technique, heard) ||
		    (pings[i].technique->probe != PROBE_ICMP && pings[i].port != port))
			continue;
		if (respond(raw, host, (uint16_t)i, heard))
			return true;
	}
	return false;
}

/* Any ICMP message of the target proves that it speaks ICMP (SC-13). */
static void icmp_proves_icmp(struct raw *raw, struct host *host, struct heard *heard)
{
	struct prober *prober = &host->probing.prober;
	const uint16_t icmp = host->target->addr.family == IP_V6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
	struct verdict verdict = {.state = PORT_OPEN, .reason = REASON_PROTO_RESPONSE};

	if (!host->probing.technique || host->probing.technique->probe != PROBE_PROTOCOL ||
	    !heard->response.quoted || !heard->response.from_target || host->probing.pings ||
	    prober_heard(prober, icmp) || !probe_find(raw, host, icmp, false))
		return;
	verdict.ttl = heard->response.packet->ip.ttl;
	answered(raw, host, icmp, 1, verdict, heard->at_ns);
}

static bool respond_to_host(struct raw *raw, struct host *host, struct heard *heard)
{
	const struct scan_technique *technique = host->probing.technique;
	bool ours;

	if (!technique || !sender_is_raw(technique))
		return false;
	if (host->probing.pings) {
		ours = respond_to_ping(raw, host, heard);
	} else {
		ours = kind_fits(technique, heard) &&
		       respond(raw, host,
			       technique->probe == PROBE_PROTOCOL ? heard->protocol : heard->port,
			       heard);
		icmp_proves_icmp(raw, host, heard);
	}
	if (ours && host->probing.technique)
		sender_settle(raw->sender, host);
	return ours;
}

static void hear(void *self, const struct packet *packet, uint64_t at_ns)
{
	struct raw *raw = self;
	struct heard heard = {.response.packet = packet, .at_ns = at_ns};
	struct host *host, *next;

	if (raw->listener && raw->listener(raw->listener_self, packet, at_ns))
		return;
	if (!packet_is_icmp_error(packet))
		heard_directly(&heard, packet);
	else if (packet_parse_quote(packet, &heard.quoted)) {
		heard.response.quoted = &heard.quoted;
		heard_from_quote(&heard);
	} else
		return;
	heard.response.from_target = !memcmp(heard.target.bytes, packet->ip.src.bytes, 16);
	for (host = *host_bucket(raw, &heard.target); host; host = next) {
		next = host->chain;
		if (!memcmp(host->target->addr.bytes, heard.target.bytes, 16) &&
		    host->target->addr.family == heard.target.family &&
		    respond_to_host(raw, host, &heard))
			break;
	}
	sender_kick(raw->sender);
}

static void hear_neighbour(void *self, const struct ip_addr *addr, const struct mac_addr *mac,
			   bool has_mac, uint64_t at_ns)
{
	struct raw *raw = self;
	struct packet packet = {.kind = PACKET_OTHER};
	struct heard heard = {
		.response = {.packet = &packet, .from_target = true},
		.target = *addr,
		.kind = PROBE_NEIGHBOUR,
		.at_ns = at_ns,
	};
	struct host *host, *next;

	packet.ip.src = *addr;
	for (host = *host_bucket(raw, addr); host; host = next) {
		next = host->chain;
		if (!memcmp(host->target->addr.bytes, addr->bytes, 16) &&
		    host->target->addr.family == addr->family && host->probing.pings)
			(void)respond_to_host(raw, host, &heard);
	}
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
		.last_port = (uint16_t)(raw->first_port + RAW_PORTS - 1),
		.all_protocols = has_protocols(plan),
		.heard = hear,
		.neighbour = hear_neighbour,
		.hop_changed = hop_changed,
		.warn = wire_warns,
		.self = raw,
	};

	if (plan->packets.has_source_port)
		config.first_port = config.last_port = plan->packets.source_port;
	return wire_new(&config, &raw->wire);
}

int raw_new(struct sender *sender, const struct wire_ways *ways, struct gate *gate)
{
	struct raw *raw = alloc_zero(sizeof(*raw));
	struct random random;
	int r = ERROR_MEMORY;

	if (!raw)
		return ERROR_MEMORY;
	raw->sender = sender;
	random_init(&random, sender->plan->seed ^ 0x706f727473ull);
	raw->first_port = (uint16_t)(FIRST_PORT_LOWEST +
				     random_below(&random, 65535 - FIRST_PORT_LOWEST - RAW_PORTS));
	cookie_key_init(&raw->key, sender->plan->seed);
	raw->hosts_mask = raw->probes_mask = TABLE_LEAST - 1;
	raw->hosts = alloc_array(TABLE_LEAST, sizeof(struct host *));
	raw->probes = alloc_array(TABLE_LEAST, sizeof(struct probe *));
	if (raw->hosts && raw->probes)
		r = raw_init_wire(raw, ways, gate);
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
	wire_free(raw->wire);
	alloc_free(raw->hosts);
	alloc_free(raw->probes);
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
