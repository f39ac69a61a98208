/* What came in becomes verdicts: whose it is, by address, cookie and port; what it
 * says, by the technique; and what that means for a port that may be in flight, waiting,
 * or answered before. */
#include "engine/answer.h"
#include "engine/sender_raw_private.h"
#include "engine/verdict_merge.h"

/* The attempt that was answered; false: not a probe of ours. */
static bool attempt_by_cookie(const struct raw *raw, const struct host *host, uint16_t port,
			      const struct answer *answer, unsigned *ret_attempt)
{
	const struct cookie_of of = raw_cookie_of(host, port);
	unsigned i;

	for (i = 0; i < answer->cookies_count; i++)
		if (cookie_check(&raw->key, &of, answer->cookies[i], ret_attempt))
			return *ret_attempt > 0 && *ret_attempt < RAW_ATTEMPTS;
	return false;
}

static bool attempt_by_port(const struct raw *raw, const struct host *host,
			    const struct probe *probe, const struct answer *answer,
			    unsigned *ret_attempt)
{
	uint16_t first = raw_src_port(raw, host, 0);

	if (raw->sender->plan->packets.has_source_port) {
		*ret_attempt = probe ? probe->again.attempts : 1;
		return answer->our_port == raw->sender->plan->packets.source_port;
	}
	*ret_attempt = (unsigned)(answer->our_port - first);
	return answer->our_port > first && *ret_attempt < RAW_ATTEMPTS;
}

static bool attempt_by_identifier(const struct raw *raw, const struct host *host,
				  const struct answer *answer, unsigned *ret_attempt)
{
	const struct cookie_of of = raw_cookie_of(host, 0);
	unsigned attempt;

	for (attempt = 1; attempt < RAW_CANARY_ATTEMPT; attempt++)
		if ((uint16_t)cookie_make(&raw->key, &of, attempt) == answer->our_port) {
			*ret_attempt = attempt;
			return true;
		}
	return false;
}

/* A reset of a segment without ACK should acknowledge it, but some do not (their
 * sequence number is 0, RFC 9293, 3.10.7.1), and a SYN of its own accord never does:
 * the port that tells the attempt must do, as it does for UDP. */
static bool acknowledges_nothing(const struct answer *answer)
{
	const struct packet *packet = answer->response.packet;

	if (answer->response.quoted || packet->tcp.flags & TCP_ACK)
		return false;
	return packet->tcp.flags & TCP_RST ? !packet->tcp.seq : packet->tcp.flags & TCP_SYN;
}

static bool attempt_of_tcp(const struct raw *raw, const struct host *host, uint16_t value,
			   const struct answer *answer, unsigned *ret_attempt)
{
	if (acknowledges_nothing(answer))
		return attempt_by_port(raw, host, raw_probe_find(raw, host, value, false), answer,
				       ret_attempt);
	return attempt_by_cookie(raw, host, sender_port(host, value), answer, ret_attempt) &&
	       answer->our_port == raw_src_port(raw, host, *ret_attempt);
}

static bool attempt_of(const struct raw *raw, const struct host *host, uint16_t value,
		       const struct answer *answer, unsigned *ret_attempt)
{
	const struct scan_technique *technique = sender_technique_of(host, value);
	const struct probe *probe = raw_probe_find(raw, host, value, false);

	switch (technique->probe) {
	case PROBE_TCP:
		return attempt_of_tcp(raw, host, value, answer, ret_attempt);
	case PROBE_SCTP:
		/* An error's quote of an INIT has no tag yet: the ports must do. */
		if (answer->cookies_count)
			return attempt_by_cookie(raw, host, sender_port(host, value), answer,
						 ret_attempt) &&
			       answer->our_port == raw_src_port(raw, host, *ret_attempt);
		return attempt_by_port(raw, host, probe, answer, ret_attempt);
	case PROBE_UDP:
		return attempt_by_port(raw, host, probe, answer, ret_attempt);
	case PROBE_ICMP:
		return attempt_by_identifier(raw, host, answer, ret_attempt);
	default:
		*ret_attempt = probe ? probe->again.attempts : 1;
		return probe || prober_was_asked(&host->probing.prober, value);
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
	if (host->unanswered)
		host->unanswered--;
	if (technique->probe != PROBE_TCP || host->probing.pings ||
	    host->canaries_count == HOST_CANARIES)
		return;
	host->canaries[host->canaries_count++] = value;
}

static void canary_answered(struct raw *raw, struct host *host, uint16_t value,
			    const struct answer *answer)
{
	struct probe *probe = raw_probe_find(raw, host, value, true);
	uint64_t at_ns = answer->at_ns;

	if (!probe)
		return;
	if (!host->limited)
		pace_canary(&raw->sender->pace, probe->sent_ns, false);
	host->canaries_heard++;
	host->canaries_lost = 0;
	sender_note_answer(raw->sender, host, probe->sent_ns,
			   at_ns > probe->sent_ns ? at_ns - probe->sent_ns : 1);
	sender_probe_free(raw->sender, probe);
}

/* Measured by the send that was answered; 0: another one was. */
static uint64_t rtt_of(const struct probe *probe, unsigned attempt, uint64_t at_ns)
{
	if (attempt != raw_attempt_mark(probe))
		return 0;
	return at_ns > probe->sent_ns ? at_ns - probe->sent_ns : 1;
}

/* Does it leave open whether the host is up? */
static bool leaves_open(const struct raw *raw, const struct host *host,
			const struct verdict *verdict)
{
	return host->probing.pings &&
	       (verdict->state == PORT_FILTERED ||
		(verdict->reason == REASON_RESET && raw->sender->plan->discovery.ignore_reset));
}

/* Nothing more is asked, but until its time is over the probe may have another answer:
 * one of the host itself behind a router's, a SYN/ACK behind a reset that does not count. */
static void half_answered(struct raw *raw, struct probe *probe, unsigned attempt,
			  struct verdict verdict, uint64_t at_ns)
{
	struct host *host = probe->host;

	if (!probe->last)
		sender_note_answer(raw->sender, host, probe->sent_ns,
				   rtt_of(probe, attempt, at_ns));
	probe->last = true;
	sender_free_slot(raw->sender, probe);
	sender_give_verdict(host, probe->again.port, attempt, verdict, 0);
}

static void answered(struct raw *raw, struct host *host, uint16_t value, unsigned attempt,
		     struct verdict verdict, uint64_t at_ns)
{
	struct sender *sender = raw->sender;
	struct prober *prober = &host->probing.prober;
	struct probe *probe = raw_probe_find(raw, host, value, false);
	bool had_rtt = host->rtt.valid;

	if (probe && leaves_open(raw, host, &verdict)) {
		half_answered(raw, probe, attempt, verdict, at_ns);
	} else if (probe) {
		prober_note_heard(prober, value, heard_of(verdict.state));
		sender_answered(sender, probe, attempt, verdict, rtt_of(probe, attempt, at_ns));
	} else {
		(void)prober_answered_late(prober, value, attempt);
		prober_note_heard(prober, value, heard_of(verdict.state));
		sender_note_answer(sender, host, at_ns, 0);
		sender_give_verdict(host, value, attempt, verdict, 0);
	}
	/* With the first round trip all that is waited for is waited for less. */
	if (!had_rtt && host->rtt.valid && host->probing.technique)
		raw_expiry_arm(sender, host);
}

/* A response to this probe of the host; false: it is none. */
static bool respond(struct raw *raw, struct host *host, uint16_t value, struct answer *answer)
{
	const struct scan_technique *technique = sender_technique_of(host, value);
	const int scan_flags = raw->sender->plan->packets.scan_flags;
	struct verdict verdict;
	unsigned attempt, old;

	if (!attempt_of(raw, host, value, answer, &attempt))
		return false;
	answer->response.port = sender_port(host, value);
	answer->response.without_syn =
		!host->probing.pings && scan_flags >= 0 && !(scan_flags & TCP_SYN);
	verdict = technique->judge(&answer->response);
	if (verdict.state == PORT_UNKNOWN)
		return false;
	verdict.ttl = answer->response.packet->ip.ttl;
	if (!answer->response.from_target)
		verdict.from = answer->response.packet->ip.src;
	else
		system_syn_ack_note(&host->syn_ack, answer->response.packet);
	old = prober_heard(&host->probing.prober, value);
	if (attempt == RAW_CANARY_ATTEMPT) {
		canary_answered(raw, host, value, answer);
	} else if (!old && !raw_probe_find(raw, host, value, false) &&
		   !prober_was_asked(&host->probing.prober, value)) {
		return false;
	} else if (!old) {
		note_canary(host, technique, value);
		if (host->probing.responded)
			host->probing.responded(host, &answer->response);
		answered(raw, host, value, attempt, verdict, answer->at_ns);
	} else if (verdict_replaces(technique, state_of(technique, old),
				    (enum port_state)verdict.state)) {
		prober_note_heard(&host->probing.prober, value, heard_of(verdict.state));
		sender_give_verdict(host, value, attempt, verdict, 0);
	}
	return true;
}

static bool kind_fits(const struct scan_technique *technique, const struct answer *answer)
{
	return technique->probe == answer->kind || technique->probe == PROBE_PROTOCOL;
}

static bool respond_to_ping(struct raw *raw, struct host *host, struct answer *answer)
{
	const struct plan_ping *pings = host->probing.pings;
	uint32_t i;

	for (i = 0; host->probing.pings == pings && i < host->probing.prober.order_count; i++) {
		uint16_t port = pings[i].technique->probe == PROBE_PROTOCOL ? answer->protocol
									    : answer->port;

		if (!kind_fits(pings[i].technique, answer) ||
		    (pings[i].technique->probe != PROBE_ICMP && pings[i].port != port))
			continue;
		if (respond(raw, host, (uint16_t)i, answer))
			return true;
	}
	return false;
}

/* What the response says of another port than the one that was asked. */
static void respond_also(struct raw *raw, struct host *host, const struct answer *answer)
{
	const struct scan_technique *technique = host->probing.technique;
	struct verdict verdict;
	uint16_t port;

	if (!technique || !technique->also || host->probing.pings ||
	    !technique->also(&answer->response, &port, &verdict) ||
	    prober_heard(&host->probing.prober, port) || !raw_probe_find(raw, host, port, false))
		return;
	verdict.ttl = answer->response.packet->ip.ttl;
	answered(raw, host, port, 1, verdict, answer->at_ns);
}

static bool respond_to_host(struct raw *raw, struct host *host, struct answer *answer)
{
	const struct scan_technique *technique = host->probing.technique;
	bool ours;

	if (!technique || !sender_is_raw(technique))
		return false;
	if (host->probing.pings) {
		ours = respond_to_ping(raw, host, answer);
	} else {
		ours = kind_fits(technique, answer) &&
		       respond(raw, host,
			       technique->probe == PROBE_PROTOCOL ? answer->protocol : answer->port,
			       answer);
		if (ours)
			respond_also(raw, host, answer);
	}
	if (ours && host->probing.technique)
		sender_settle(raw->sender, host);
	return ours;
}

/* No answer to any probe of a scan, but OS detection asks for them too. */
void raw_hear_advertisement(void *self, const struct packet *packet, uint64_t at_ns)
{
	struct raw *raw = self;

	talks_hear(raw->talks, packet, at_ns);
}

void raw_hear(void *self, const struct packet *packet, uint64_t at_ns)
{
	struct raw *raw = self;
	const struct plan_packets *wish = &raw->sender->plan->packets;
	struct host *host, *next;
	struct answer answer;

	talks_hear(raw->talks, packet, at_ns);
	if (raw->listener && raw->listener(raw->listener_self, packet, at_ns))
		return;
	if (!answer_init(&answer, packet, answer_more(wish), at_ns))
		return;
	for (host = *raw_host_bucket(raw, &answer.target); host; host = next) {
		next = host->chain;
		if (answer_same_addr(&host->target->addr, &answer.target) &&
		    respond_to_host(raw, host, &answer))
			break;
	}
	sender_kick(raw->sender);
}

void raw_hear_neighbour(void *self, const struct ip_addr *addr, const struct mac_addr *mac,
			bool has_mac, uint64_t at_ns)
{
	struct raw *raw = self;
	struct host *host, *next;
	struct packet packet;
	struct answer answer;

	answer_init_neighbour(&answer, addr, &packet, at_ns);
	for (host = *raw_host_bucket(raw, addr); host; host = next) {
		next = host->chain;
		if (answer_same_addr(&host->target->addr, addr) && host->probing.pings)
			(void)respond_to_host(raw, host, &answer);
	}
	sender_kick(raw->sender);
}
