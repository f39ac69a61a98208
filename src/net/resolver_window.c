/* Nmap's resolver has 10 to 100 queries outstanding and cuts that on every timeout,
 * so a quiet 2 % of loss holds it at its least. Here loss is measured before
 * anything is concluded: a sample is as many attempts as fill the window, and it
 * is judged when all of them were answered or given up. Up to 5 % lost is what
 * lossy paths do by themselves, and the window doubles; more than 15 % is a
 * server or a path that is overrun, and the window shrinks to 0.7 (DN-03).
 *
 * A full server looks different from both: it drops whatever comes while it is
 * full, so the questions that lose are the same again and again, where chance
 * picks others each time. When more than a quarter of the losses are repeated
 * ones, the window does not grow, and already 5 % shrink it.
 *
 * Since a sample with a loss lasts a whole timeout, growth is slow exactly where
 * loss is seen, and as fast as the round trips where none is. */
#include "net/resolver_window.h"

#define MS_NS 1000000ULL

/* Steady servers have next to no variance, and machines have busy moments. */
#define SLACK_LEAST_NS (200 * MS_NS)

#define GROW_PERCENT   5
#define SHRINK_PERCENT 15

#define DOWN_LOST 20
#define DOWN_NS   (4000 * MS_NS)

static void sample_begin(struct window *window)
{
	window->sample = window->sample + 1 ? window->sample + 1 : 1;
	window->sample_goal = window->cwnd;
	window->sample_sent = window->sample_answered = 0;
	window->sample_lost = window->sample_lost_again = 0;
}

void window_init(struct window *window)
{
	*window = (struct window){.cwnd = WINDOW_FIRST, .ssthresh = WINDOW_MOST};
	sample_begin(window);
}

static unsigned clamp(unsigned cwnd)
{
	if (cwnd < WINDOW_FIRST)
		return WINDOW_FIRST;
	return cwnd < WINDOW_MOST ? cwnd : WINDOW_MOST;
}

static unsigned grown(const struct window *window)
{
	return window->cwnd < window->ssthresh ? window->cwnd * 2 : window->cwnd + window->cwnd / 8;
}

static void sample_judge(struct window *window)
{
	unsigned lost_percent = window->sample_lost * 100 / window->sample_sent;
	bool is_repeated = window->sample_lost_again * 4 > window->sample_lost;
	unsigned bearable = is_repeated ? GROW_PERCENT : SHRINK_PERCENT;

	if (lost_percent > bearable) {
		window->cwnd = clamp(window->cwnd * 7 / 10);
		window->ssthresh = window->cwnd;
	} else if (lost_percent <= GROW_PERCENT && !is_repeated) {
		window->cwnd = clamp(grown(window));
	}
	sample_begin(window);
}

static void sample_outcome(struct window *window, uint32_t sample, bool lost, bool again)
{
	if (window->in_flight)
		window->in_flight--;
	if (!sample || sample != window->sample)
		return;
	window->sample_answered += lost ? 0 : 1;
	window->sample_lost += lost ? 1 : 0;
	window->sample_lost_again += lost && again ? 1 : 0;
	if (window->sample_sent >= window->sample_goal &&
	    window->sample_answered + window->sample_lost == window->sample_sent)
		sample_judge(window);
}

uint32_t window_sent(struct window *window, uint64_t now_ns)
{
	if (!window->has_sent)
		window->heard_ns = now_ns;
	window->has_sent = true;
	window->in_flight++;
	if (window->sample_sent >= window->sample_goal)
		return 0;
	window->sample_sent++;
	return window->sample;
}

/* RFC 6298, 2. */
static void rtt_note(struct window *window, uint64_t rtt_ns)
{
	uint64_t off_ns;

	if (!rtt_ns)
		rtt_ns = 1;
	if (!window->srtt_ns) {
		window->srtt_ns = rtt_ns;
		window->rttvar_ns = rtt_ns / 2;
		return;
	}
	off_ns = rtt_ns > window->srtt_ns ? rtt_ns - window->srtt_ns : window->srtt_ns - rtt_ns;
	window->rttvar_ns = (3 * window->rttvar_ns + off_ns) / 4;
	window->srtt_ns = (7 * window->srtt_ns + rtt_ns) / 8;
	if (!window->srtt_ns)
		window->srtt_ns = 1;
}

static void heard(struct window *window, uint64_t rtt_ns, uint64_t now_ns)
{
	window->lost_in_a_row = 0;
	window->heard_ns = now_ns;
	rtt_note(window, rtt_ns);
}

void window_answered(struct window *window, uint32_t sample, uint64_t rtt_ns, uint64_t now_ns)
{
	heard(window, rtt_ns, now_ns);
	sample_outcome(window, sample, false, false);
}

void window_lost(struct window *window, uint32_t sample, bool again)
{
	window->lost_in_a_row++;
	sample_outcome(window, sample, true, again);
}

void window_dropped(struct window *window, uint32_t sample)
{
	sample_outcome(window, sample, false, false);
}

void window_answered_late(struct window *window, uint64_t rtt_ns, uint64_t now_ns)
{
	heard(window, rtt_ns, now_ns);
}

uint64_t window_wait_ns(const struct window *window, unsigned tries, uint64_t most_ns)
{
	uint64_t slack_ns = 4 * window->rttvar_ns, wait_ns;

	if (!window->srtt_ns)
		return most_ns;
	wait_ns = window->srtt_ns + (slack_ns > SLACK_LEAST_NS ? slack_ns : SLACK_LEAST_NS);
	for (; tries && wait_ns < most_ns; tries--)
		wait_ns *= 2;
	return wait_ns < most_ns ? wait_ns : most_ns;
}

bool window_is_down(const struct window *window, uint64_t now_ns)
{
	return window->lost_in_a_row >= DOWN_LOST && now_ns >= window->heard_ns + DOWN_NS;
}
