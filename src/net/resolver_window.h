/* How many queries one DNS server may have outstanding, and how long an answer is
 * waited for. Counts and times only: no sockets, no clock of its own. */
#ifndef PORTOLAN_NET_RESOLVER_WINDOW_H
#define PORTOLAN_NET_RESOLVER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_FIRST 10 /* also the least */
#define WINDOW_MOST  1024

struct window {
	unsigned cwnd, ssthresh, in_flight;
	/* The sample under way: the attempts sent since the last judgement, as
	 * many as fill the window once. */
	uint32_t sample;
	unsigned sample_goal, sample_sent, sample_answered, sample_lost, sample_lost_again;
	uint64_t srtt_ns, rttvar_ns; /* RFC 6298; srtt_ns 0: no answer yet */
	unsigned lost_in_a_row;
	uint64_t heard_ns; /* the last answer, or the first attempt before one */
	bool has_sent;
};

void window_init(struct window *window);

static inline unsigned window_room(const struct window *window)
{
	return window->in_flight < window->cwnd ? window->cwnd - window->in_flight : 0;
}

/* Notes an attempt; gives the sample it belongs to, to be handed back with its
 * outcome (0: none). Each attempt has one outcome: answered, lost or dropped
 * (nobody waits for it any more). */
uint32_t window_sent(struct window *window, uint64_t now_ns);
void window_answered(struct window *window, uint32_t sample, uint64_t rtt_ns, uint64_t now_ns);
/* again: an earlier attempt of the same question was lost too. */
void window_lost(struct window *window, uint32_t sample, bool again);
void window_dropped(struct window *window, uint32_t sample);
/* An answer to an attempt that was already counted as lost. */
void window_answered_late(struct window *window, uint64_t rtt_ns, uint64_t now_ns);

/* How long to wait for the answer to a query's try number `tries` (0 is the
 * first), at most `most_ns`. */
uint64_t window_wait_ns(const struct window *window, unsigned tries, uint64_t most_ns);
/* Nothing but silence for long enough that waiting for each query would only
 * hold up the run. */
bool window_is_down(const struct window *window, uint64_t now_ns);

#endif
