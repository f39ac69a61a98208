/* How many probes may be outstanding (RFC 5681 style: slow start, avoidance,
 * cut on loss). Knows answers, silence and losses, not what was sent.
 *
 * Invariant: in_flight <= cwnd, except right after a cut lowered cwnd and
 * when a minimum rate or parallelism overrides it. */
#ifndef PORTOLAN_ENGINE_WINDOW_H
#define PORTOLAN_ENGINE_WINDOW_H

#include "engine/timing.h"

#include <stdbool.h>
#include <stdint.h>

struct window {
	double cwnd, ssthresh;
	double floor, ceiling;
	uint32_t in_flight;
	uint64_t cut_ns; /* when it was last cut; 0 never */
	uint32_t cuts;
};

/* One host's: starts at 10, at most 300 (TM-10), within the parallelism asked for. */
void window_init_host(struct window *window, const struct timing *timing);
/* The whole run's: starts at 128, at most `capacity` open flows. */
void window_init_run(struct window *window, const struct timing *timing, uint32_t capacity);

static inline bool window_has_room(const struct window *window)
{
	return window->in_flight + 1.0 <= window->cwnd;
}

/* An answer came: the network carries more than is outstanding. */
void window_answer(struct window *window, const struct timing *timing);
/* A probe was met with silence. Says nothing of the network where nothing
 * was ever lost, so the window opens a little: a host that drops everything
 * would else be asked ten at a time for hours. */
void window_silence(struct window *window);
/* The same where little is lost by now, whatever was lost before. */
void window_calm_silence(struct window *window);
/* A probe sent at sent_ns was lost for certain (its retransmission was
 * answered). Losses from before the last cut are part of that cut. */
void window_loss(struct window *window, const struct timing *timing, uint64_t sent_ns,
		 uint64_t now_ns);
/* Our own machine could not send: halve, whatever was sent when. */
void window_local_failure(struct window *window, uint64_t now_ns);

#endif
