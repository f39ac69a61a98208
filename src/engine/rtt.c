#include "engine/rtt.h"

#include "util/loop.h"

#define RTTVAR_MIN_NS   (5 * NS_PER_MS)
#define RTTVAR_MAX_NS   (2000 * NS_PER_MS)
#define RTTVAR_RESET_NS (2300 * NS_PER_MS)
#define SAMPLE_MAX_NS   (8 * (int64_t)NS_PER_S)

void rtt_init(struct rtt *rtt, const struct timing *timing)
{
	*rtt = (struct rtt){.timeout_ns = timing->initial_rtt_ns};
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
	return value < low ? low : value > high ? high : value;
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? (uint64_t)-value : (uint64_t)value;
}

/* A sample far above what is known is a queue's hiccup or a stray answer. */
static bool is_outlier(const struct rtt *rtt, int64_t error_ns)
{
	return error_ns > 1500 * (int64_t)NS_PER_MS &&
	       (uint64_t)error_ns > 3 * rtt->srtt_ns + 2 * rtt->rttvar_ns;
}

static void take_first(struct rtt *rtt, uint64_t sample_ns)
{
	rtt->srtt_ns = sample_ns;
	rtt->rttvar_ns = clamp(sample_ns, RTTVAR_MIN_NS, RTTVAR_MAX_NS);
	rtt->valid = true;
}

static void take_next(struct rtt *rtt, int64_t error_ns)
{
	rtt->srtt_ns = (uint64_t)((int64_t)rtt->srtt_ns + error_ns / 8);
	rtt->rttvar_ns = (uint64_t)((int64_t)rtt->rttvar_ns +
				    ((int64_t)magnitude(error_ns) - (int64_t)rtt->rttvar_ns) / 4);
	if (rtt->rttvar_ns > RTTVAR_RESET_NS)
		rtt->rttvar_ns = RTTVAR_MAX_NS;
}

void rtt_sample(struct rtt *rtt, const struct timing *timing, int64_t sample_ns)
{
	/* Clocks that step a little back give small negative times. */
	if (sample_ns < 0 && sample_ns > -50 * (int64_t)NS_PER_MS)
		sample_ns = 10 * (int64_t)NS_PER_MS;
	if (sample_ns < 0 || sample_ns >= SAMPLE_MAX_NS)
		return;
	if (!rtt->valid) {
		take_first(rtt, (uint64_t)sample_ns);
	} else {
		int64_t error_ns = sample_ns - (int64_t)rtt->srtt_ns;

		if (is_outlier(rtt, error_ns))
			return;
		take_next(rtt, error_ns);
	}
	rtt->timeout_ns =
		clamp(rtt->srtt_ns + 4 * rtt->rttvar_ns, timing->min_rtt_ns, timing->max_rtt_ns);
	if (rtt->timeout_ns < timing->scan_delay_ns)
		rtt->timeout_ns = timing->scan_delay_ns;
}
