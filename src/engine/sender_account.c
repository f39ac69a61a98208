/* What answers and silence say: round trips, windows, pace, delays, verdicts, and
 * how much loss may have hidden. */
#include "engine/sender_private.h"

#include "util/error.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LOCAL_PATIENCE_NS (30 * NS_PER_S)
#define EVIDENCE_LEAST    20u
#define SILENT_RISK       1e-6 /* that every send to a port was lost */
#define RAW_LOSS_BORNE    0.25 /* share of loss that a host's window bears without a cut */

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

/* ---- delay: hosts that answer only so often ---- */

static uint64_t delay_ceiling_ns(const struct sender *sender, const struct host *host)
{
	const struct timing *timing = &sender->plan->timing;
	uint64_t ceiling_ns = timing->max_scan_delay_tcp_ns;

	if (host->probing.technique->transport == TRANSPORT_UDP)
		ceiling_ns = timing->max_scan_delay_udp_ns;
	else if (host->probing.technique->transport == TRANSPORT_SCTP)
		ceiling_ns = timing->max_scan_delay_sctp_ns;
	return ceiling_ns > timing->scan_delay_ns ? ceiling_ns : timing->scan_delay_ns;
}

/* A host that is asked too fast answers at its own steady rate, which tells the
 * delay it wants: a tenth more than the time per answer. Where nothing can be
 * measured the delay doubles, as the reference's does. */
static uint64_t delay_wanted_ns(const struct sender *sender, const struct host *host,
				uint64_t now_ns)
{
	uint64_t first_ns = host->probing.technique->transport == TRANSPORT_UDP ? 50 * NS_PER_MS
										: 5 * NS_PER_MS;
	uint64_t doubled_ns = host->scan_delay_ns ? host->scan_delay_ns * 2 : first_ns;
	uint64_t per_answer_ns;

	if (!sender_is_raw(host->probing.technique) || !host->answers_since_change ||
	    now_ns <= host->change_ns)
		return doubled_ns;
	per_answer_ns = (now_ns - host->change_ns) / host->answers_since_change;
	per_answer_ns += per_answer_ns / 10;
	return per_answer_ns > host->scan_delay_ns ? per_answer_ns
						   : host->scan_delay_ns + host->scan_delay_ns / 4;
}

static bool asks_for_delay(const struct sender *sender, const struct host *host, unsigned attempts)
{
	const struct timing *timing = &sender->plan->timing;
	double heard = host->answers_since_change + host->drops_since_change;

	if (timing->defeat_rst_ratelimit && host->probing.technique->transport == TRANSPORT_TCP &&
	    sender_is_raw(host->probing.technique))
		return false;
	if (timing->defeat_icmp_ratelimit && host->probing.technique->transport == TRANSPORT_UDP)
		return false;
	if (host->drops_since_change > 10 &&
	    host->drops_since_change > timing->delay_drop_share * heard)
		return true;
	/* One probe that needed many tries among thousands that needed one is
	 * chance; only the kernel's own connections are as slow as that. */
	return !sender_is_raw(host->probing.technique) && attempts > timing->delay_tries + 1;
}

/* The adaptive delay of TM-17: this host loses much of what it is sent. */
static void boost_delay(struct sender *sender, struct host *host, unsigned attempts)
{
	uint64_t now_ns = loop_now_ns(sender->loop), ceiling_ns = delay_ceiling_ns(sender, host);

	if (!asks_for_delay(sender, host, attempts))
		return;
	host->scan_delay_ns = delay_wanted_ns(sender, host, now_ns);
	if (host->scan_delay_ns > ceiling_ns)
		host->scan_delay_ns = ceiling_ns;
	host->drops_since_change = host->answers_since_change = 0;
	host->change_ns = now_ns;
}

/* ---- evidence ---- */

static double loss_of(const struct sender *sender, const struct host *host)
{
	double seen = (double)host->heard_count + host->lost_count;

	if (seen >= EVIDENCE_LEAST)
		return host->lost_count / seen;
	seen = (double)sender->answered + (double)sender->lost;
	return seen >= EVIDENCE_LEAST ? (double)sender->lost / seen : 0;
}

/* So many sends that losing all of them is a chance in a million. */
static unsigned sends_for(double loss)
{
	double sends;

	if (loss < 1e-3)
		return 2;
	if (loss > 0.7)
		loss = 0.7;
	sends = ceil(log(SILENT_RISK) / log(loss));
	return sends < 2 ? 2 : (unsigned)sends;
}

void sender_note_loss(struct sender *sender, struct host *host, unsigned attempts, unsigned lost,
		      uint64_t lost_ns)
{
	uint64_t now_ns = loop_now_ns(sender->loop);
	bool raw = sender_is_raw(host->probing.technique);

	sender->lost += lost;
	host->lost_count += lost;
	host->drops_since_change += lost;
	if (raw) {
		pace_evidence(&sender->pace, lost_ns, 1, true);
		prober_want_sends(&host->probing.prober, sends_for(loss_of(sender, host)));
	}
	/* Chance loss must not starve a host; the run's pace answers to it. */
	if (!raw || loss_of(sender, host) > RAW_LOSS_BORNE)
		window_loss(&host->window, &sender->plan->timing, lost_ns, now_ns);
	if (!raw)
		window_loss(&sender->window, &sender->plan->timing, lost_ns, now_ns);
	boost_delay(sender, host, attempts);
}

void sender_note_answer(struct sender *sender, struct host *host, uint64_t sent_ns, uint64_t rtt_ns)
{
	const struct timing *timing = &sender->plan->timing;

	sender->answered++;
	host->heard_count++;
	host->answers_since_change++;
	host->local_failure_since_ns = 0;
	if (rtt_ns) {
		rtt_sample(&host->rtt, timing, (int64_t)rtt_ns);
		rtt_sample(&sender->rtt, timing, (int64_t)rtt_ns);
	}
	window_answer(&host->window, timing);
	if (sender_is_raw(host->probing.technique))
		pace_evidence(&sender->pace, sent_ns, 1, false);
	else
		window_answer(&sender->window, timing);
}

/* ---- the end of a probe ---- */

void sender_answered(struct sender *sender, struct probe *probe, unsigned attempt,
		     struct verdict verdict, uint64_t rtt_ns)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	uint64_t sent_ns = probe->sent_ns;
	unsigned lost;

	sender_note_answer(sender, host, sent_ns, rtt_ns);
	again.attempts = (uint8_t)attempt;
	lost = prober_answered(&host->probing.prober, &again);
	/* again.sent_ms is still the time of the send before the last. */
	if (lost && attempt == probe->again.attempts)
		sender_note_loss(sender, host, attempt, lost,
				 sender->start_ns + again.sent_ms * NS_PER_MS);
	sender_probe_free(sender, probe);
	sender_give_verdict(host, again.port, attempt, verdict, rtt_ns);
}

void sender_silent(struct sender *sender, struct probe *probe)
{
	struct host *host = probe->host;
	struct probe_again again = probe->again;
	bool last;

	if (probe->holds_slot) {
		if (!sender_hears_by_icmp(host->probing.technique))
			window_silence(&host->window);
		if (probe->flow || !sender_is_raw(host->probing.technique))
			window_silence(&sender->window);
	}
	again.sent_ms = (uint32_t)((probe->sent_ns - sender->start_ns) / NS_PER_MS);
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

/* Wilson's interval for a share seen as `hits` of `seen`, 95 %. */
static void share_interval(double hits, double seen, double *ret_low, double *ret_high)
{
	const double z = 1.96, z2 = z * z;
	double share = hits / seen, middle = share + z2 / (2 * seen);
	double half = z * sqrt(share * (1 - share) / seen + z2 / (4 * seen * seen));

	*ret_low = (middle - half) / (1 + z2 / seen);
	*ret_high = (middle + half) / (1 + z2 / seen);
	if (*ret_low < 0 || hits == 0)
		*ret_low = 0;
}

/* Of T that would answer, T * loss^sends stay silent and the rest is heard. */
static double hidden(double heard, double loss, unsigned sends, double silent)
{
	double all_lost = pow(loss, sends), missed = heard * all_lost / (1 - all_lost);

	return missed < silent ? missed : silent;
}

void sender_estimate_missed(struct sender *sender, const struct host *host, uint32_t silent)
{
	const struct prober *prober = &host->probing.prober;
	double heard = prober->order_count - silent, seen, lost, low, high;
	unsigned sends;

	if (!silent || host->probing.pings)
		return;
	seen = (double)host->heard_count + host->lost_count;
	lost = host->lost_count;
	if (seen < EVIDENCE_LEAST) {
		seen = (double)(sender->answered + sender->lost);
		lost = (double)sender->lost;
	}
	if (seen < 1)
		return;
	sends = 1 + (prober->best_attempt > 1 ? prober->best_attempt : 1);
	if (sends < prober->sends_least)
		sends = prober->sends_least;
	if (sends > prober->retries_cap + 1)
		sends = prober->retries_cap + 1;
	share_interval(lost, seen, &low, &high);
	sender->missed += hidden(heard, lost / seen, sends, silent);
	sender->missed_low += hidden(heard, low, sends, silent);
	sender->missed_high += hidden(heard, high < 0.99 ? high : 0.99, sends, silent);
}

void sender_missed(const struct sender *sender, double *ret_missed, double *ret_low,
		   double *ret_high)
{
	double low = sender->missed_low, high = sender->missed_high;

	*ret_missed = *ret_low = *ret_high = -1;
	if (!sender->answered)
		return;
	*ret_missed = sender->missed;
	/* The count itself is chance too: Poisson's bounds around the estimates. */
	low -= 1.96 * sqrt(low) + 1;
	*ret_low = low > 0 ? floor(low) : 0;
	*ret_high = high < 0.01 ? 0 : ceil(high + 1.96 * sqrt(high) + 1);
}
