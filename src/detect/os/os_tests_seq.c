/* SEQ, and what is reported of sequences beside the print (os-detection.md A7). */
#include "detect/os/os_options.h"
#include "detect/os/os_tests_private.h"

#include <stddef.h>

#define SAMPLES_FOR_ISN  4u
#define SAMPLES_FOR_IPID 3u
#define DELAY_MOST_MS    1000u
#define UPTIME_MOST_S    63072000u /* two years */

/* The replies that count, with the times their probes left. */
struct samples {
	struct os_facts *facts;
	uint64_t sent_ns[OS_SAMPLES_MAX];
	enum os_timestamp_class timestamp; /* ZERO or NONE: a reply has shown it */
	bool unnumbered;                   /* compatible, and all numbers are 0 */
};

static bool is_sample(const struct os_reply *reply)
{
	return reply->seen && reply->packet.kind == PACKET_TCP &&
	       (reply->packet.tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK);
}

/* Places of the replies in the order in which they came. */
static size_t by_arrival(const struct os_round *round, size_t order[OS_SAMPLES_MAX])
{
	size_t count = 0, i, at;

	for (i = 0; i < OS_SAMPLES_MAX; i++) {
		if (!is_sample(&round->sequence[i]))
			continue;
		for (at = count++; at && round->sequence[order[at - 1]].received_ns >
						 round->sequence[i].received_ns;
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	return count;
}

/* Nmap takes a reply with the ID of the last one for its double, and a slot that holds the
 * number 0 for empty (Q2, Q3); when all are 0, they still count for TI, SS and a TS of U
 * or 0 (seen with 7.93, November 2026). Gives the bits of the places that are left. */
static unsigned choose(const struct os_round *round, const size_t *order, size_t count,
		       bool *ret_unnumbered)
{
	unsigned chosen = 0, numbered = 0;
	uint16_t last_id = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct packet *packet = &round->sequence[order[i]].packet;
		bool doubled = last_id && packet->ip.id == last_id;

		last_id = packet->ip.id;
		if (round->compatible && doubled)
			continue;
		chosen |= 1u << order[i];
		if (!round->compatible || packet->tcp.seq)
			numbered |= 1u << order[i];
	}
	*ret_unnumbered = chosen && !numbered;
	return numbered ? numbered : chosen;
}

/* The later reply of those that lack a timestamp, or have one of 0, says which it is. */
static enum os_timestamp_class shown_class(const struct os_round *round, const size_t *order,
					   size_t count, unsigned chosen)
{
	enum os_timestamp_class shown = OS_TIMESTAMP_UNKNOWN;
	uint32_t timestamp;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct tcp_header *tcp = &round->sequence[order[i]].packet.tcp;

		if (!(chosen & 1u << order[i]))
			continue;
		if (!os_options_timestamp(tcp->options, tcp->options_bytes, &timestamp))
			shown = OS_TIMESTAMP_NONE;
		else if (!timestamp)
			shown = OS_TIMESTAMP_ZERO;
	}
	return shown;
}

static void add_sample(const struct os_reply *reply, struct samples *samples)
{
	const struct tcp_header *tcp = &reply->packet.tcp;
	struct os_facts *facts = samples->facts;

	facts->isns[facts->samples] = tcp->seq;
	facts->ids[facts->samples] = reply->packet.ip.id;
	(void)os_options_timestamp(tcp->options, tcp->options_bytes,
				   &facts->timestamps[facts->samples]);
	samples->sent_ns[facts->samples] = reply->sent_ns;
	facts->samples++;
}

static void take_samples(const struct os_round *round, struct samples *samples)
{
	size_t order[OS_SAMPLES_MAX], count = by_arrival(round, order), i;
	unsigned chosen = choose(round, order, count, &samples->unnumbered);

	samples->timestamp = shown_class(round, order, count, chosen);
	for (i = 0; i < OS_SAMPLES_MAX; i++)
		if (chosen & 1u << i)
			add_sample(&round->sequence[i], samples);
	samples->facts->first_sent_ns = samples->sent_ns[0];
}

static void judge_isns(const struct os_round *round, const struct samples *samples)
{
	struct os_facts *facts = samples->facts;
	struct os_isn_facts isn;

	if (samples->unnumbered || facts->samples < SAMPLES_FOR_ISN ||
	    round->scan_delay_ms > DELAY_MOST_MS)
		return;
	isn = os_isn_facts_of(facts->isns, samples->sent_ns, facts->samples);
	facts->has_index = true;
	facts->index = isn.index;
	os_set_hex(&facts->print, OS_SEQ_SP, isn.index);
	os_set_hex(&facts->print, OS_SEQ_GCD, isn.gcd);
	os_set_hex(&facts->print, OS_SEQ_ISR, isn.rate);
}

static void set_ipid(struct os_fingerprint *print, int attribute, enum os_ipid_class ipid,
		     uint16_t first)
{
	char text[8];
	const char *value = os_ipid_value(ipid, first, text);

	if (value)
		os_set(print, attribute, value);
}

static void judge_closed(const struct os_round *round, struct os_fingerprint *print)
{
	uint16_t ids[3] = {0};
	size_t count = 0, n;

	for (n = 3; n < 6; n++)
		if (round->tcp[n].seen)
			ids[count++] = round->tcp[n].packet.ip.id;
	set_ipid(print, OS_SEQ_CI,
		 os_ipid_class_of(ids, count, (struct os_ipid_rules){.local = round->local}, NULL),
		 ids[0]);
}

static bool is_counter(enum os_ipid_class ipid)
{
	return ipid == OS_IPID_INCREMENTAL || ipid == OS_IPID_BROKEN || ipid == OS_IPID_POSITIVE;
}

/* Does the echo reply's ID go on where those of TCP ended? */
static bool is_shared(const struct os_facts *facts, uint16_t echo_id, bool wrapped)
{
	uint16_t first = facts->ids[0], last = facts->ids[facts->samples - 1];
	uint32_t steps = (uint32_t)facts->samples - 1;

	if (wrapped)
		return (uint16_t)(echo_id - last) < (uint16_t)(last - first) / steps * 3;
	return echo_id < last + 3 * (((uint32_t)last - first) / steps);
}

static bool echo_counts(const struct os_reply *reply)
{
	return reply->seen && reply->packet.kind == PACKET_ICMP && reply->sends <= 1;
}

static void judge_ipids(const struct os_round *round, struct os_facts *facts)
{
	struct os_ipid_rules rules = {.local = round->local, .wraps = !round->compatible};
	uint16_t echo_ids[2] = {round->echo[0].packet.ip.id, round->echo[1].packet.ip.id};
	enum os_ipid_class echo = OS_IPID_UNKNOWN;
	bool wrapped = false;

	if (facts->samples >= SAMPLES_FOR_IPID)
		facts->ipid = os_ipid_class_of(facts->ids, facts->samples, rules, &wrapped);
	rules.wraps = false;
	if (echo_counts(&round->echo[0]) && echo_counts(&round->echo[1]))
		echo = os_ipid_class_of(echo_ids, 2, rules, NULL);
	set_ipid(&facts->print, OS_SEQ_TI, facts->ipid, facts->ids[0]);
	judge_closed(round, &facts->print);
	set_ipid(&facts->print, OS_SEQ_II, echo, echo_ids[0]);
	if (is_counter(facts->ipid) && is_counter(echo))
		os_set(&facts->print, OS_SEQ_SS,
		       is_shared(facts, echo_ids[0], wrapped) ? "S" : "O");
}

static void judge_uptime(const struct os_round *round, struct os_facts *facts)
{
	uint32_t uptime_s = os_timestamp_uptime_s(facts->timestamps[0], facts->timestamp_hz);

	if (round->compatible) {
		facts->has_uptime = true;
		facts->uptime_s = uptime_s > UPTIME_MOST_S ? 0 : uptime_s;
	} else if (!facts->timestamp_random && uptime_s <= UPTIME_MOST_S) {
		facts->has_uptime = true;
		facts->uptime_s = uptime_s;
	}
}

static void judge_timestamps(const struct os_round *round, const struct samples *samples)
{
	struct os_facts *facts = samples->facts;
	int value;

	facts->timestamp = samples->timestamp;
	if (facts->timestamp == OS_TIMESTAMP_NONE)
		os_set(&facts->print, OS_SEQ_TS, "U");
	else if (facts->timestamp == OS_TIMESTAMP_ZERO)
		os_set(&facts->print, OS_SEQ_TS, "0");
	if (facts->timestamp != OS_TIMESTAMP_UNKNOWN || facts->samples < 2 || samples->unnumbered)
		return;
	facts->timestamp_hz =
		os_timestamp_rate(facts->timestamps, samples->sent_ns, facts->samples);
	facts->timestamp_random =
		os_timestamp_is_random(facts->timestamps, samples->sent_ns, facts->samples);
	facts->timestamp = os_timestamp_class_of(facts->timestamp_hz);
	value = os_timestamp_value(facts->timestamp_hz);
	if (value == OS_NONE)
		return;
	os_set_hex(&facts->print, OS_SEQ_TS, (uint32_t)value);
	judge_uptime(round, facts);
}

/* They are in the print, and not in the report. */
static void forget_samples(struct os_facts *facts)
{
	facts->samples = 0;
	facts->ipid = OS_IPID_UNKNOWN;
	facts->timestamp = OS_TIMESTAMP_UNKNOWN;
}

void os_judge_sequence(const struct os_round *round, struct os_facts *facts)
{
	struct samples samples = {.facts = facts};

	take_samples(round, &samples);
	judge_isns(round, &samples);
	judge_ipids(round, facts);
	judge_timestamps(round, &samples);
	if (samples.unnumbered)
		forget_samples(facts);
}
