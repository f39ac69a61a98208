/* The least time between two probes of one host, found by itself (features.md TM-17).
 *
 * Raw probes: a host that is asked faster than it may answer (RSTs and ICMP errors
 * are rationed by many systems) answers at its own steady rate, which tells the delay it
 * wants. Only sends after the last change count, since what was lost before is what the
 * change answers to; and the delay eases again while little is lost, so a rate that was
 * measured too low is left behind. Loss that other hosts have too is the path's: the
 * run's pace answers to it, not this host. */
#include "engine/sender_private.h"

#define DROPS_LEAST     10u
#define DROPS_PATIENCE  40u /* so many ask for a delay though no rate shows */
#define OTHERS_LEAST    20u /* evidence of other hosts, to compare with */
#define FRESH           4u  /* timeouts */
#define RATE_SPAN_NS    (50 * NS_PER_MS)
#define RATE_ANSWERS    4u        /* the fewest that tell a rate */
#define DELAY_LEAST_NS  NS_PER_MS /* shorter gaps are the pace's to keep */
#define EASE_ANSWERS    25u       /* after so many the delay is tried a little shorter */
#define EASE_SHARE      8u
#define EASE_DROPS_MOST 0.1

static uint64_t ceiling_ns(const struct sender *sender, const struct host *host)
{
	const struct timing *timing = &sender->plan->timing;
	uint64_t most_ns = timing->max_scan_delay_tcp_ns;

	if (host->probing.technique->transport == TRANSPORT_UDP)
		most_ns = timing->max_scan_delay_udp_ns;
	else if (host->probing.technique->transport == TRANSPORT_SCTP)
		most_ns = timing->max_scan_delay_sctp_ns;
	return most_ns > timing->scan_delay_ns ? most_ns : timing->scan_delay_ns;
}

static void begin_period(struct sender *sender, struct host *host)
{
	host->drops_since_change = host->answers_since_change = 0;
	host->first_answer_ns = host->last_answer_ns = 0;
	host->change_ns = loop_now_ns(sender->loop);
}

void sender_delay_begin(struct sender *sender, struct host *host)
{
	begin_period(sender, host);
	host->slowed_ns = host->change_ns;
	host->others_answered = sender->answered - host->heard_count;
	host->others_lost = sender->lost - host->lost_count;
}

static void set_delay(struct sender *sender, struct host *host, uint64_t delay_ns)
{
	uint64_t most_ns = ceiling_ns(sender, host);

	host->scan_delay_ns = delay_ns < most_ns ? delay_ns : most_ns;
	begin_period(sender, host);
}

/* ---- is it this host, or the path? ---- */

static double own_loss(const struct host *host)
{
	double seen = (double)host->drops_since_change + host->answers_since_change;

	return seen > 0 ? host->drops_since_change / seen : 0;
}

/* < 0: too little is known. */
static double others_loss(const struct sender *sender, const struct host *host)
{
	uint64_t answered = sender->answered - host->heard_count - host->others_answered;
	uint64_t lost = sender->lost - host->lost_count - host->others_lost;

	if (answered + lost < OTHERS_LEAST)
		return -1;
	return (double)lost / (double)(answered + lost);
}

/* As long as the pace has found no rate that helps, each host looks after itself. */
static bool is_paths(const struct sender *sender, double others, double own)
{
	return others > own / 2 && sender->pace.rate_pps > 0;
}

/* ---- slower ---- */

/* The reference's: first so much, then twice as much. */
static uint64_t doubled_ns(const struct host *host)
{
	if (host->scan_delay_ns)
		return host->scan_delay_ns * 2;
	return host->probing.technique->transport == TRANSPORT_UDP ? 50 * NS_PER_MS : 5 * NS_PER_MS;
}

/* Enough answers, over long enough a time that they did not come in one burst. */
static bool rate_shows(const struct host *host)
{
	return host->answers_since_change >= RATE_ANSWERS &&
	       host->last_answer_ns - host->first_answer_ns >= RATE_SPAN_NS;
}

/* A tenth more than the time per answer, where it is the host that is slow and not we
 * that asked little: so step by step, unless answers are ICMP errors, which are rationed
 * to one a second. */
static uint64_t measured_ns(const struct host *host)
{
	uint64_t each_ns;

	if (!rate_shows(host))
		return doubled_ns(host);
	each_ns = (host->last_answer_ns - host->first_answer_ns) / (host->answers_since_change - 1);
	each_ns += each_ns / 10;
	if (each_ns > doubled_ns(host) && !sender_hears_by_icmp(host->probing.technique))
		return doubled_ns(host);
	if (each_ns > host->scan_delay_ns)
		return each_ns;
	return host->scan_delay_ns + host->scan_delay_ns / 4;
}

static void slow_down(struct sender *sender, struct host *host)
{
	double others = others_loss(sender, host), own = own_loss(host);
	uint64_t wanted_ns;

	/* A little later there is a rate to go by. */
	if (!rate_shows(host) && host->drops_since_change < DROPS_PATIENCE)
		return;
	wanted_ns = measured_ns(host);
	if (wanted_ns < DELAY_LEAST_NS || (!host->limited && is_paths(sender, others, own))) {
		begin_period(sender, host);
		return;
	}
	if (others >= 0 && others < own / 3)
		host->limited = true;
	set_delay(sender, host, wanted_ns);
	sender_delay_begin(sender, host);
	host->lately = host->alarm = (struct lately){0};
}

static bool is_exempt(const struct sender *sender, const struct host *host)
{
	const struct timing *timing = &sender->plan->timing;

	if (timing->defeat_rst_ratelimit && host->probing.technique->transport == TRANSPORT_TCP &&
	    sender_is_raw(host->probing.technique))
		return true;
	return timing->defeat_icmp_ratelimit && host->probing.technique->transport == TRANSPORT_UDP;
}

bool sender_is_fresh(const struct sender *sender, const struct host *host, uint64_t lost_ns)
{
	uint64_t usual_ns =
		sender_timeout_ns(sender, host) + host->probing.prober.again_wait_ms * NS_PER_MS;

	return loop_now_ns(sender->loop) - lost_ns < FRESH * usual_ns;
}

void sender_delay_loss(struct sender *sender, struct host *host, unsigned attempts, unsigned lost,
		       uint64_t lost_ns)
{
	const struct timing *timing = &sender->plan->timing;
	bool raw = sender_is_raw(host->probing.technique), much;

	/* When the sends before the last were lost is not known. */
	if (!raw || (!sender_is_slowed(sender, host) && sender_is_fresh(sender, host, lost_ns)))
		host->drops_since_change += lost;
	else if (lost_ns > host->slowed_ns && sender_is_fresh(sender, host, lost_ns))
		host->drops_since_change++;
	if (is_exempt(sender, host))
		return;
	much = host->drops_since_change > DROPS_LEAST && own_loss(host) > timing->delay_drop_share;
	if (raw && much)
		slow_down(sender, host);
	/* One probe that needed many tries among thousands that needed one is
	 * chance; only the kernel's own connections are as slow as that. */
	else if (!raw && (much || attempts > timing->delay_tries + 1))
		set_delay(sender, host, doubled_ns(host));
}

/* ---- faster ---- */

static bool may_ease(const struct sender *sender, const struct host *host)
{
	return sender_is_raw(host->probing.technique) && sender_is_slowed(sender, host) &&
	       host->answers_since_change >= EASE_ANSWERS && own_loss(host) < EASE_DROPS_MOST &&
	       loop_now_ns(sender->loop) - host->change_ns > 2 * sender_timeout_ns(sender, host);
}

void sender_delay_answer(struct sender *sender, struct host *host, uint64_t sent_ns)
{
	uint64_t now_ns = loop_now_ns(sender->loop), least_ns = sender->plan->timing.scan_delay_ns,
		 eased_ns = host->scan_delay_ns - host->scan_delay_ns / EASE_SHARE;

	if (sender_is_raw(host->probing.technique) && sent_ns < host->slowed_ns)
		return;
	if (!host->answers_since_change++)
		host->first_answer_ns = now_ns;
	host->last_answer_ns = now_ns;
	if (!may_ease(sender, host))
		return;
	/* Timers do no better, and the pace does. */
	if (eased_ns < DELAY_LEAST_NS / 4 || eased_ns < least_ns)
		eased_ns = least_ns;
	host->limited = host->limited && eased_ns > least_ns;
	set_delay(sender, host, eased_ns);
}
