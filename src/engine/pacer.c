#include "engine/pacer.h"

#include "util/loop.h"

/* After a stall at most this much of the missed time is caught up. */
#define CATCH_UP_S 0.02

void pacer_init(struct pacer *pacer, double min_pps, double max_pps, uint64_t now_ns)
{
	*pacer = (struct pacer){
		.min_pps = min_pps,
		.max_pps = max_pps,
		.credit = 1.0,
		.updated_ns = now_ns,
	};
	pacer->burst = max_pps * CATCH_UP_S < 1.0 ? 1.0 : max_pps * CATCH_UP_S;
}

static void pacer_update(struct pacer *pacer, uint64_t now_ns)
{
	double passed_s = (double)(now_ns - pacer->updated_ns) / (double)NS_PER_S;

	pacer->updated_ns = now_ns;
	if (pacer->max_pps > 0) {
		pacer->credit += passed_s * pacer->max_pps;
		if (pacer->credit > pacer->burst)
			pacer->credit = pacer->burst;
	}
	if (pacer->min_pps > 0) {
		pacer->owed += passed_s * pacer->min_pps;
		if (pacer->owed > pacer->min_pps)
			pacer->owed = pacer->min_pps;
	}
}

uint64_t pacer_wait_ns(struct pacer *pacer, uint64_t now_ns)
{
	if (pacer->max_pps <= 0)
		return 0;
	pacer_update(pacer, now_ns);
	/* The slack is for the rounding of the division below. */
	if (pacer->credit >= 1.0 - 1e-9)
		return 0;
	return (uint64_t)((1.0 - pacer->credit) / pacer->max_pps * (double)NS_PER_S) + 1;
}

bool pacer_is_behind(struct pacer *pacer, uint64_t now_ns)
{
	if (pacer->min_pps <= 0)
		return false;
	pacer_update(pacer, now_ns);
	return pacer->owed >= 1.0 - 1e-9;
}

uint64_t pacer_behind_in_ns(struct pacer *pacer, uint64_t now_ns)
{
	if (pacer->min_pps <= 0)
		return UINT64_MAX;
	pacer_update(pacer, now_ns);
	if (pacer->owed >= 1.0)
		return 0;
	return (uint64_t)((1.0 - pacer->owed) / pacer->min_pps * (double)NS_PER_S) + 1;
}

void pacer_sent(struct pacer *pacer)
{
	if (pacer->max_pps > 0)
		pacer->credit -= 1.0;
	if (pacer->owed >= 1.0)
		pacer->owed -= 1.0;
	else
		pacer->owed = 0;
}
