#include "engine/window.h"

#define HOST_CWND_INITIAL 10.0
#define HOST_CWND_CEILING 300.0
#define RUN_CWND_INITIAL  128.0
#define SSTHRESH_INITIAL  75.0

static double at_least(double value, double floor)
{
	return value < floor ? floor : value;
}

static double at_most(double value, double ceiling)
{
	return value > ceiling ? ceiling : value;
}

static void window_init(struct window *window, const struct timing *timing, double initial,
			double ceiling)
{
	*window = (struct window){.ssthresh = SSTHRESH_INITIAL};
	window->floor = at_least(timing->min_parallelism, 1.0);
	window->ceiling = timing->max_parallelism ? timing->max_parallelism : ceiling;
	window->ceiling = at_least(window->ceiling, window->floor);
	window->cwnd = at_most(at_least(initial, window->floor), window->ceiling);
}

void window_init_host(struct window *window, const struct timing *timing)
{
	window_init(window, timing, HOST_CWND_INITIAL, HOST_CWND_CEILING);
}

void window_init_run(struct window *window, const struct timing *timing, uint32_t capacity)
{
	window_init(window, timing, RUN_CWND_INITIAL, capacity);
	window->ssthresh = capacity;
	window->ceiling = at_most(window->ceiling, capacity);
	window->cwnd = at_most(window->cwnd, capacity);
}

void window_answer(struct window *window, const struct timing *timing)
{
	if (window->cwnd < window->ssthresh)
		window->cwnd += 1.0;
	else
		window->cwnd += timing->cwnd_step / window->cwnd;
	window->cwnd = at_most(window->cwnd, window->ceiling);
}

void window_silence(struct window *window)
{
	if (!window->cuts)
		window->cwnd = at_most(window->cwnd + 0.5, window->ceiling);
}

void window_calm_silence(struct window *window)
{
	window->cwnd = at_most(window->cwnd + 0.25, window->ceiling);
}

static void window_cut(struct window *window, double divisor, uint64_t now_ns)
{
	double busy = at_least(window->in_flight, window->cwnd / 2);

	window->ssthresh = at_least(busy / divisor, 2.0);
	window->cwnd = at_least(at_most(window->ssthresh, window->cwnd), window->floor);
	window->cut_ns = now_ns;
	window->cuts++;
}

void window_loss(struct window *window, const struct timing *timing, uint64_t sent_ns,
		 uint64_t now_ns)
{
	if (!window->cuts || sent_ns > window->cut_ns)
		window_cut(window, timing->ssthresh_divisor, now_ns);
}

void window_local_failure(struct window *window, uint64_t now_ns)
{
	window_cut(window, 2.0, now_ns);
}
