/* What answers and silence say: round trips, windows, pace, delays, verdicts, and
 * how much loss may have hidden. */
#include "engine/sender_private.h"

#include "util/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LOCAL_PATIENCE_NS (30 * NS_PER_S)
#define HOST_MEMORY       128.0 /* evidence of a host's loss fades over so much of it */
#define RUN_MEMORY        1024.0
#define SLOWED_LOSS       0.1 /* until it shows, of a host whose delay has just changed */
#define CANARIES_PROVE    3u  /* so many in a row, and little is lost */
#define BACKOFF_MOST      4u
#define MISSED_LEAST      0.01 /* less is nothing */
#define SILENT_RISK       1e-6 /* that every send to a port was lost */
#define RAW_LOSS_BORNE    0.35 /* share of loss that a host's window bears without a cut */

/* ---- what a host is told ---- */

void sender_give_verdict(struct host *host, uint16_t value, unsigned attempt,
			 struct verdict verdict, uint64_t rtt_ns)
{
	uint64_t rtt_us = rtt_ns / NS_PER_US;

	verdict.attempt = (uint8_t)(attempt < UINT8_MAX ? attempt : UINT8_MAX);
	verdict.rtt_us = rtt_us > UINT32_MAX ? UINT32_MAX : (uint32_t)rtt_us;
	host->probing.verdict(host, value, &verdict);
}

/* Who does not wait for rationed ICMP errors cannot tell closed from filtered (TM-19). */
static struct verdict on_silence(const struct host *host, uint16_t value)
{
	const struct scan_technique *technique = sender_technique_of(host, value);
	struct verdict verdict = technique->on_silence;

	if (technique->probe == PROBE_UDP && !host->probing.pings &&
	    host->sender->plan->timing.defeat_icmp_ratelimit)
		verdict.state = PORT_CLOSED_FILTERED;
	return verdict;
}

static void give_on_silence(struct host *host, uint16_t value)
{
	sender_give_verdict(host, value, 0, on_silence(host, value), 0);
}

void sender_say_cap_hit(struct sender *sender, struct host *host)
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

/* Nothing more to send: what is left on the bench stayed silent. The stage may
 * stop the host from inside a verdict. */
void sender_give_silent(struct sender *sender, struct host *host)
{
	struct probe_again again;

	while (host->probing.technique && prober_take_silent(&host->probing.prober, &again))
		give_on_silence(host, again.port);
}

/* ---- evidence ---- */

/* The chance that a send to this host is lost by now: what its own sends say, or those
 * to all hosts where that is more, since a host may not have seen it yet. */
static double usual_loss(const struct sender *sender, const struct host *host)
{
	double all = lately_loss(&sender->lately, 0), own;

	if (sender_is_slowed(sender, host))
		return lately_loss(&host->lately, SLOWED_LOSS);
	own = lately_loss(&host->lately, all);
	return own > all ? own : all;
}

/* It is sent more than gets through, whatever chance loses: of a port that answered all
 * sends count, not only the last, so this shows early. */
static bool is_drowning(const struct sender *sender, const struct host *host)
{
	return lately_loss(&host->alarm, lately_loss(&sender->lately, 0)) > RAW_LOSS_BORNE;
}

static void note_lately(struct sender *sender, struct host *host, double heard, double lost)
{
	lately_note(&host->lately, heard, lost, HOST_MEMORY);
	if (!sender_is_slowed(sender, host))
		lately_note(&sender->lately, heard, lost, RUN_MEMORY);
}

/* All pings of a host must be lost for it to be missed. */
static unsigned pings_wanted(const struct prober *prober, double loss)
{
	if (loss < 1e-3 || !prober->order_count)
		return 0;
	return (unsigned)ceil(log(SILENT_RISK) / log(loss < 0.9 ? loss : 0.9) /
			      prober->order_count);
}

void sender_want_sends(struct sender *sender, struct host *host)
{
	struct prober *prober = &host->probing.prober;
	double loss = usual_loss(sender, host);

	if (!sender_is_raw(host->probing.technique) ||
	    host->probing.technique->probe == PROBE_NEIGHBOUR)
		return;
	prober_want_sends(prober, host->probing.pings
					  ? pings_wanted(prober, loss)
					  : attempts_wanted(&prober->attempts, SILENT_RISK, loss));
}

/* A host with a limit of its own says nothing of the path. */
static void tell_pace(struct sender *sender, const struct host *host, uint64_t sent_ns, bool lost)
{
	if (sender_is_raw(host->probing.technique) && !host->limited)
		pace_evidence(&sender->pace, sent_ns, 1, lost);
}

/* What was lost long ago, and found only now that it was sent again, is no news. */
static void note_loss_lately(struct sender *sender, struct host *host, unsigned lost,
			     uint64_t lost_ns)
{
	if (lost_ns <= host->slowed_ns || !sender_is_fresh(sender, host, lost_ns))
		return;
	note_lately(sender, host, 0, 1);
	lately_note(&host->alarm, 0, sender_is_slowed(sender, host) ? 1 : lost, HOST_MEMORY);
}

void sender_note_loss(struct sender *sender, struct host *host, unsigned attempts, unsigned lost,
		      uint64_t lost_ns)
{
	uint64_t now_ns = loop_now_ns(sender->loop);
	bool raw = sender_is_raw(host->probing.technique);

	sender->lost += lost;
	host->lost_count += lost;
	note_loss_lately(sender, host, lost, lost_ns);
	sender_want_sends(sender, host);
	/* Chance loss must not starve a host; the run's pace answers to it. */
	if (!raw || is_drowning(sender, host))
		window_loss(&host->window, &sender->plan->timing, lost_ns, now_ns);
	if (!raw)
		window_loss(&sender->window, &sender->plan->timing, lost_ns, now_ns);
	sender_delay_loss(sender, host, attempts, lost, lost_ns);
}

void sender_note_answer(struct sender *sender, struct host *host, uint64_t sent_ns, uint64_t rtt_ns)
{
	const struct timing *timing = &sender->plan->timing;

	sender->answered++;
	host->heard_count++;
	host->local_failure_since_ns = 0;
	if (sent_ns > host->slowed_ns)
		note_lately(sender, host, 1, 0);
	lately_note(&host->alarm, 1, 0, HOST_MEMORY);
	if (rtt_ns) {
		rtt_sample(&host->rtt, timing, (int64_t)rtt_ns);
		rtt_sample(&sender->rtt, timing, (int64_t)rtt_ns);
	}
	window_answer(&host->window, timing);
	if (!sender_is_raw(host->probing.technique))
		window_answer(&sender->window, timing);
	sender_delay_answer(sender, host, sent_ns);
}

/* Resends begin few at a time: were the first sends lost because they were too many,
 * the next ones must not be lost for the same reason. */
static void note_resend_silent(struct sender *sender, struct host *host)
{
	unsigned times = host->canaries_heard >= CANARIES_PROVE ? 4 : 1;

	while (times-- && !is_drowning(sender, host))
		window_answer(&host->resends, &sender->plan->timing);
}

static void note_resend_answered(struct sender *sender, struct host *host)
{
	window_answer(&host->resends, &sender->plan->timing);
	if (!is_drowning(sender, host))
		host->backoff = 0;
}

/* A port has only so many sends: once in a flight of lost ones, all wait twice as long
 * for the next, as RFC 6298 has it (5.5). */
static void note_resend_lost(struct sender *sender, struct host *host, uint64_t lost_ns)
{
	uint32_t cuts = host->resends.cuts;

	if (!is_drowning(sender, host))
		return;
	window_loss(&host->resends, &sender->plan->timing, lost_ns, loop_now_ns(sender->loop));
	if (host->resends.cuts > cuts && host->backoff < BACKOFF_MOST)
		host->backoff++;
}

void sender_note_silence(struct sender *sender, struct host *host)
{
	if (sender_hears_by_icmp(host->probing.technique))
		return;
	if (sender_is_raw(host->probing.technique) && !is_drowning(sender, host))
		window_calm_silence(&host->window);
	window_silence(&host->window);
}

/* ---- the end of a probe ---- */

void sender_answered(struct sender *sender, struct probe *probe, unsigned attempt,
		     struct verdict verdict, uint64_t rtt_ns)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	uint64_t sent_ns = probe->sent_ns;
	unsigned lost;

	tell_pace(sender, host, sent_ns, false);
	sender_note_answer(sender, host, sent_ns, rtt_ns);
	again.attempts = (uint8_t)attempt;
	lost = prober_answered(&host->probing.prober, &again);
	if (probe->resend)
		note_resend_answered(sender, host);
	if (lost && attempt == probe->again.attempts) {
		/* again.sent_ms is still the time of the send before the last. */
		uint64_t lost_ns = sender->start_ns + again.sent_ms * NS_PER_MS;

		tell_pace(sender, host, lost_ns, true);
		if (lost > 1)
			note_resend_lost(sender, host, lost_ns);
		sender_note_loss(sender, host, attempt, lost, lost_ns);
	}
	sender_probe_free(sender, probe);
	sender_give_verdict(host, again.port, attempt, verdict, rtt_ns);
}

void sender_silent(struct sender *sender, struct probe *probe)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	bool last;

	if (probe->holds_slot) {
		sender_note_silence(sender, host);
		if (probe->flow || !sender_is_raw(host->probing.technique))
			window_silence(&sender->window);
	}
	again.sent_ms = (uint32_t)((probe->sent_ns - sender->start_ns) / NS_PER_MS);
	if (probe->resend)
		note_resend_silent(sender, host);
	last = probe->last;
	sender_probe_free(sender, probe);
	if (last)
		prober_dropped(&host->probing.prober);
	else if (prober_unanswered(&host->probing.prober, &again) < 0)
		give_on_silence(host, again.port);
	sender_say_cap_hit(sender, host);
}

static void say_unsent(struct sender *sender, const struct host *host, uint16_t value,
		       int system_error)
{
	char text[200], address[IP_TEXT_BYTES];

	if (!sender->warn)
		return;
	snprintf(text, sizeof(text),
		 "Warning: this machine could not send to %s port %u (%s): reported as unanswered.",
		 ip_format(&host->target->addr, address), sender_port(host, value),
		 system_error ? strerrordesc_np(system_error) : "out of resources");
	sender->warn(sender->self, host, text);
}

/* Our machine has no port, memory or descriptor for it. Everything waits a
 * little and the run sends less; after half a minute of this to one host the
 * port is reported as unanswered, and a warning says why. */
void sender_unsent(struct sender *sender, struct probe *probe, int system_error)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	uint64_t now_ns = loop_now_ns(sender->loop);

	sender->unsent++;
	sender->resume_ns = now_ns + SENDER_LOCAL_PAUSE_NS;
	window_local_failure(&sender->window, now_ns);
	again.attempts--;
	sender_probe_free(sender, probe);
	if (!host->local_failure_since_ns)
		host->local_failure_since_ns = now_ns;
	if (now_ns - host->local_failure_since_ns < LOCAL_PATIENCE_NS) {
		if (prober_unsent(&host->probing.prober, &again) == 0)
			return;
	} else {
		prober_dropped(&host->probing.prober);
	}
	give_on_silence(host, again.port);
	say_unsent(sender, host, again.port, system_error);
}

/* ---- what loss may have hidden ---- */

void sender_estimate_missed(struct sender *sender, const struct host *host, uint32_t silent)
{
	const struct prober *prober = &host->probing.prober;
	double loss = usual_loss(sender, host), variance, missed, least;

	if (!silent || host->probing.pings)
		return;
	missed = attempts_missed(&prober->attempts, prober_sends(prober), loss, &least, &variance);
	if (missed > silent)
		missed = silent;
	/* The count is chance, and so is the loss that it comes from. */
	variance += missed * missed / (host->lately.lost + 4 * loss + 1);
	sender->missed += missed;
	sender->missed_least += least < missed ? least : missed;
	sender->missed_variance += variance;
}

void sender_missed(const struct sender *sender, double *ret_missed, double *ret_low,
		   double *ret_high)
{
	double spread = 1.96 * sqrt(sender->missed_variance) + 1;

	*ret_missed = *ret_low = *ret_high = -1;
	if (!sender->answered)
		return;
	*ret_missed = sender->missed;
	*ret_low = sender->missed_least > spread ? floor(sender->missed_least - spread) : 0;
	*ret_high = sender->missed < MISSED_LEAST ? 0 : ceil(sender->missed + spread);
}
