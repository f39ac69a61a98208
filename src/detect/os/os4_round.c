#include "detect/os/os4_round.h"

#include "engine/answer.h"
#include "util/alloc.h"
#include "util/loop.h"

#include <string.h>

#define SEQUENCE_GAP_NS (100 * NS_PER_MS)
#define UDP_PATIENCE_NS (500 * NS_PER_MS)
#define TRUSTING_SENDS  2u
#define WINDOW_FIRST    10u
#define WINDOW_MOST     75u
#define GROUPS          3u

static unsigned group_of(enum os4_probe probe)
{
	return probe <= OS4_SEQ_6 ? 0 : probe <= OS4_U1 ? 1 : 2;
}

static struct os_reply *reply_of(struct os4_round *round, enum os4_probe probe)
{
	struct os_round *seen = &round->seen;

	if (probe <= OS4_SEQ_6)
		return &seen->sequence[probe];
	if (probe <= OS4_IE_2)
		return &seen->echo[probe - OS4_IE_1];
	if (probe == OS4_U1)
		return &seen->unreachable;
	if (probe <= OS4_OPS_6)
		return &seen->options[probe - OS4_OPS_1];
	if (probe == OS4_ECN)
		return &seen->ecn;
	return probe == OS4_T1 ? &seen->first_again : &seen->tcp[probe - OS4_T2];
}

/* ---- which probes a round has ---- */

static bool is_part(const struct os4_round *round, enum os4_probe probe)
{
	return os4_probe_to(probe) != OS4_TO_OPEN || round->config.has_open;
}

/* OPS n and T1 stand in for SEQ n and SEQ 1: only when those had no reply. */
static void leave_out_answered(struct os4_round *round)
{
	int n;

	for (n = 0; n < 6; n++)
		if (round->seen.sequence[n].seen && round->states[OS4_OPS_1 + n] == OS4_TO_SEND)
			round->states[OS4_OPS_1 + n] = OS4_LEFT_OUT;
	if (round->seen.sequence[0].seen && round->states[OS4_T1] == OS4_TO_SEND)
		round->states[OS4_T1] = OS4_LEFT_OUT;
}

void os4_round_init(struct os4_round *round, const struct os4_round_config *config)
{
	const struct os4_values *values = &config->values;
	int probe;

	*round = (struct os4_round){.config = *config, .window = WINDOW_FIRST};
	round->seen.compatible = config->compatible;
	round->seen.local = config->local;
	round->seen.has_open = config->has_open;
	round->seen.has_closed = config->closed_known;
	round->seen.scan_delay_ms = (uint32_t)(config->scan_delay_ns / NS_PER_MS);
	round->seen.seq = values->seq;
	round->seen.ack = values->ack;
	round->seen.udp = (struct os_udp_sent){
		.src_port = values->src_port[os4_probe_place(OS4_U1)],
		.dst_port = values->closed_udp,
		.checksum = config->udp_checksum,
		.ttl = values->udp_ttl,
	};
	for (probe = 0; probe < OS4_PROBES; probe++)
		if (is_part(round, (enum os4_probe)probe))
			round->states[probe] = OS4_TO_SEND;
}

void os4_round_release(struct os4_round *round)
{
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++)
		alloc_free(round->payloads[probe]);
	memset(round->payloads, 0, sizeof(round->payloads));
}

/* A host that answers some SYNs answers all. */
static void note_lost(struct os4_round *round)
{
	unsigned answered = 0, n;

	for (n = 0; n < 6; n++)
		answered += round->seen.sequence[n].seen;
	round->lost_any = answered && answered < 6;
}

void os4_round_go_on(struct os4_round *round)
{
	round->group++;
	if (round->group == GROUPS - 1)
		leave_out_answered(round);
	if (round->group == 1)
		note_lost(round);
}

void os4_round_cut(struct os4_round *round)
{
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++)
		if (round->states[probe] == OS4_TO_SEND)
			round->states[probe] = OS4_THROUGH;
	round->seen.partial = true;
}

/* ---- time ---- */

/* The larger of the host's own and what is least waited for. */
static uint64_t timeout_ns(const struct os4_round *round)
{
	const struct rtt *rtt = round->config.rtt;
	uint64_t timeout = rtt->srtt_ns + 4 * rtt->rttvar_ns;

	if (!rtt->valid)
		return rtt->timeout_ns;
	if (timeout > round->config.timing->max_rtt_ns)
		timeout = round->config.timing->max_rtt_ns;
	return timeout > round->config.least_timeout_ns ? timeout : round->config.least_timeout_ns;
}

static uint64_t due_ns(struct os4_round *round, enum os4_probe probe)
{
	uint64_t timeout = timeout_ns(round);

	if (probe == OS4_U1 && round->config.udp_patient && timeout < UDP_PATIENCE_NS)
		timeout = UDP_PATIENCE_NS;
	return reply_of(round, probe)->sent_ns + timeout;
}

/* When the next probe of this group may leave. */
static uint64_t turn_ns(const struct os4_round *round, enum os4_probe probe)
{
	uint64_t gap = group_of(probe) ? round->config.gap_ns : SEQUENCE_GAP_NS;

	if (!round->sent_any)
		return 0;
	if (gap < round->config.scan_delay_ns)
		gap = round->config.scan_delay_ns;
	return round->last_sent_ns + gap;
}

static unsigned sends_most(const struct os4_round *round, enum os4_probe probe)
{
	if (!group_of(probe))
		return 1;
	if (probe == OS4_U1 && round->config.udp_patient)
		return OS4_SENDS_MAX;
	return round->config.trusting && !round->lost_any ? TRUSTING_SENDS : OS4_SENDS_MAX;
}

static bool may_send_again(const struct os4_round *round, enum os4_probe probe, unsigned sends)
{
	return sends < sends_most(round, probe) && !round->seen.partial;
}

static void time_out(struct os4_round *round, enum os4_probe probe)
{
	round->in_flight--;
	round->states[probe] = may_send_again(round, probe, reply_of(round, probe)->sends)
				       ? OS4_TO_SEND
				       : OS4_THROUGH;
}

static void time_out_all(struct os4_round *round, uint64_t now_ns)
{
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++)
		if (round->states[probe] == OS4_IN_FLIGHT &&
		    due_ns(round, (enum os4_probe)probe) <= now_ns)
			time_out(round, (enum os4_probe)probe);
}

/* ---- what is next ---- */

/* What was never sent goes first, then as the probes are listed; OS4_PROBES: nothing. */
static enum os4_probe next_to_send(struct os4_round *round)
{
	enum os4_probe found = OS4_PROBES;
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++) {
		if (round->states[probe] != OS4_TO_SEND ||
		    group_of((enum os4_probe)probe) > round->group)
			continue;
		if (found == OS4_PROBES ||
		    reply_of(round, (enum os4_probe)probe)->sends < reply_of(round, found)->sends)
			found = (enum os4_probe)probe;
	}
	return found;
}

static bool has_room(const struct os4_round *round)
{
	unsigned window = round->config.one_port && round->group ? 1 : round->window;

	return round->in_flight < window;
}

/* Has everything of the groups so far been answered, or given a first timeout? */
static bool group_is_through(struct os4_round *round)
{
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++) {
		const struct os_reply *reply = reply_of(round, (enum os4_probe)probe);
		bool open = round->states[probe] == OS4_TO_SEND ||
			    round->states[probe] == OS4_IN_FLIGHT;

		if (group_of((enum os4_probe)probe) <= round->group && open && reply->sends < 2 &&
		    !(reply->sends && round->states[probe] == OS4_TO_SEND))
			return false;
	}
	return true;
}

/* Has everything of the groups so far been sent? */
static bool group_is_sent(struct os4_round *round)
{
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++)
		if (group_of((enum os4_probe)probe) <= round->group &&
		    round->states[probe] == OS4_TO_SEND &&
		    !reply_of(round, (enum os4_probe)probe)->sends)
			return false;
	return true;
}

/* Nmap's own order knows no pause behind U1: only SEQ is waited for. */
static bool is_between_groups(struct os4_round *round)
{
	if (round->group == GROUPS - 1)
		return false;
	if (round->group && !round->config.hold)
		return group_is_sent(round);
	return group_is_through(round);
}

static uint64_t first_timeout_ns(struct os4_round *round)
{
	uint64_t first = UINT64_MAX;
	int probe;

	for (probe = 0; probe < OS4_PROBES; probe++) {
		if (round->states[probe] != OS4_IN_FLIGHT)
			continue;
		if (due_ns(round, (enum os4_probe)probe) < first)
			first = due_ns(round, (enum os4_probe)probe);
	}
	return first;
}

static bool may_send_more(const struct os4_round *round)
{
	return !round->config.probes_max || round->sends < round->config.probes_max;
}

enum os4_step os4_round_next(struct os4_round *round, uint64_t now_ns, enum os4_probe *ret_probe,
			     uint64_t *ret_wake_ns)
{
	time_out_all(round, now_ns);
	while (is_between_groups(round)) {
		if (round->config.hold && !round->seen.partial && round->sends)
			return OS4_HOLD;
		os4_round_go_on(round);
	}
	if (!may_send_more(round))
		os4_round_cut(round);
	*ret_probe = next_to_send(round);
	*ret_wake_ns = first_timeout_ns(round);
	if (*ret_probe == OS4_PROBES)
		return round->in_flight ? OS4_WAIT : OS4_ENDED;
	if (!has_room(round))
		return OS4_WAIT;
	if (turn_ns(round, *ret_probe) <= now_ns)
		return OS4_SEND;
	if (turn_ns(round, *ret_probe) < *ret_wake_ns)
		*ret_wake_ns = turn_ns(round, *ret_probe);
	return OS4_WAIT;
}

void os4_round_sent(struct os4_round *round, enum os4_probe probe, uint64_t at_ns)
{
	struct os_reply *reply = reply_of(round, probe);

	round->states[probe] = OS4_IN_FLIGHT;
	round->in_flight++;
	round->sends++;
	round->sent_any = true;
	round->last_sent_ns = at_ns;
	reply->sends++;
	reply->sent_ns = at_ns;
}

void os4_round_failed(struct os4_round *round, enum os4_probe probe)
{
	round->states[probe] = OS4_THROUGH;
	round->send_failed = true;
}

/* ---- replies ---- */

/* Only the bytes that are judged: the text behind a reset, and a quote. */
static bool keep_payload(struct os4_round *round, enum os4_probe probe, struct packet *packet)
{
	bool wanted =
		probe == OS4_U1 || (packet->kind == PACKET_TCP && packet->tcp.flags & TCP_RST);
	size_t bytes = packet->payload_bytes < OS4_PAYLOAD_BYTES ? packet->payload_bytes
								 : OS4_PAYLOAD_BYTES;
	uint8_t *copy;

	if (!wanted || !bytes) {
		packet->payload = NULL;
		packet->payload_bytes = 0;
		return true;
	}
	copy = alloc_array(bytes, 1);
	if (!copy)
		return false;
	memcpy(copy, packet->payload, bytes);
	packet->payload = copy;
	packet->payload_bytes = bytes;
	alloc_free(round->payloads[probe]);
	round->payloads[probe] = copy;
	return true;
}

static void note_time(struct os4_round *round, const struct os_reply *reply, uint64_t at_ns)
{
	round->answers++;
	if (reply->sends == 1)
		rtt_sample(round->config.rtt, round->config.timing,
			   (int64_t)(at_ns - reply->sent_ns));
	/* What had to be asked twice was lost once. */
	if (reply->sends > 1) {
		round->window = 1;
		round->lost_any = true;
	} else if (round->window < WINDOW_MOST) {
		round->window++;
	}
}

static bool take(struct os4_round *round, enum os4_probe probe, const struct packet *packet,
		 bool doubtful, uint64_t at_ns)
{
	struct os_reply *reply = reply_of(round, probe);
	struct packet kept = *packet;

	if (!keep_payload(round, probe, &kept))
		return false;
	if (!reply->seen)
		note_time(round, reply, at_ns);
	if (round->states[probe] == OS4_IN_FLIGHT)
		round->in_flight--;
	round->states[probe] = OS4_THROUGH;
	round->doubtful[probe] = doubtful;
	reply->seen = true;
	reply->received_ns = at_ns;
	reply->packet = kept;
	leave_out_answered(round);
	return true;
}

/* A SYN/ACK of ours acknowledges our SYN; what does not is taken until one comes that
 * does. Of other replies the acknowledgement is what is looked at, and proves nothing. */
static bool is_doubtful(const struct packet *packet, const struct os4_values *values,
			enum os4_probe probe)
{
	uint32_t seq = values->seq + (probe <= OS4_SEQ_6 ? (uint32_t)probe : 0);

	return (packet->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK) &&
	       packet->tcp.ack != seq + 1;
}

/* Could this be the probe's reply, or a better one than it has? */
static bool fits(struct os4_round *round, enum os4_probe probe, const struct packet *packet,
		 bool doubtful)
{
	const struct os4_values *values = &round->config.values;
	const struct os_reply *reply = reply_of(round, probe);
	enum os4_to to = os4_probe_to(probe);

	if ((to != OS4_TO_OPEN && to != OS4_TO_CLOSED) || !reply->sends ||
	    (reply->seen && (doubtful || !round->doubtful[probe])))
		return false;
	return packet->tcp.dst_port == values->src_port[os4_probe_place(probe)] &&
	       packet->tcp.src_port == (to == OS4_TO_OPEN ? values->open : values->closed);
}

/* With one port for all probes several may fit: one that is acknowledged, or the last sent. */
static bool hear_tcp(struct os4_round *round, const struct packet *packet, uint64_t at_ns)
{
	enum os4_probe found = OS4_PROBES;
	bool found_doubtful = true;
	int i;

	for (i = 0; i < OS4_PROBES; i++) {
		enum os4_probe probe = (enum os4_probe)i;
		bool doubtful = is_doubtful(packet, &round->config.values, probe);

		if (!fits(round, probe, packet, doubtful) || (doubtful && !found_doubtful))
			continue;
		if (found == OS4_PROBES || (found_doubtful && !doubtful) ||
		    reply_of(round, probe)->sent_ns >= reply_of(round, found)->sent_ns) {
			found = probe;
			found_doubtful = doubtful;
		}
	}
	return found != OS4_PROBES && take(round, found, packet, found_doubtful, at_ns);
}

static bool hear_echo(struct os4_round *round, const struct packet *packet, uint64_t at_ns)
{
	unsigned second = (uint16_t)((packet->icmp.rest >> 16) - round->config.values.echo_id);
	enum os4_probe probe = (enum os4_probe)(OS4_IE_1 + second);

	if (packet->icmp.type != ICMP_ECHO_REPLY || second > 1 || !reply_of(round, probe)->sends ||
	    reply_of(round, probe)->seen)
		return false;
	return take(round, probe, packet, false, at_ns);
}

static bool hear_error(struct os4_round *round, const struct packet *packet, uint64_t at_ns)
{
	const struct os_reply *reply = reply_of(round, OS4_U1);

	if (!reply->sends || reply->seen || !os_is_udp_reply(packet, &round->seen.udp))
		return false;
	return take(round, OS4_U1, packet, false, at_ns);
}

bool os4_round_heard(struct os4_round *round, const struct packet *packet,
		     const struct packet *quoted, uint64_t at_ns)
{
	if (!answer_same_addr(&packet->ip.src, &round->config.target))
		return false;
	if (packet->kind == PACKET_TCP)
		return hear_tcp(round, packet, at_ns);
	if (packet->kind != PACKET_ICMP)
		return false;
	return quoted ? hear_error(round, packet, at_ns) : hear_echo(round, packet, at_ns);
}
