#include "engine/eta.h"

#include "util/loop.h"

#define SAMPLE_GAP_NS (2 * NS_PER_S)
#define CEILING_S     (10.0 * 24 * 3600)

void eta_init(struct eta *eta, uint64_t start_ns)
{
	*eta = (struct eta){.start_ns = start_ns};
}

void eta_note(struct eta *eta, uint64_t now_ns, double fraction)
{
	unsigned last = (eta->next + ETA_SAMPLES - 1) % ETA_SAMPLES;

	if (eta->count && now_ns - eta->samples[last].at_ns < SAMPLE_GAP_NS)
		return;
	eta->samples[eta->next] = (struct eta_sample){now_ns, fraction};
	eta->next = (eta->next + 1) % ETA_SAMPLES;
	if (eta->count < ETA_SAMPLES)
		eta->count++;
}

static double pace(double gained, uint64_t from_ns, uint64_t to_ns)
{
	return to_ns > from_ns ? gained / ((double)(to_ns - from_ns) / (double)NS_PER_S) : 0;
}

static uint64_t left_ns(double rest, double per_s)
{
	double seconds = per_s > 0 ? rest / per_s : CEILING_S;

	return (uint64_t)((seconds < CEILING_S ? seconds : CEILING_S) * (double)NS_PER_S);
}

void eta_range(const struct eta *eta, uint64_t now_ns, double fraction, uint64_t *ret_low_ns,
	       uint64_t *ret_high_ns)
{
	const struct eta_sample *oldest = &eta->samples[eta->count < ETA_SAMPLES ? 0 : eta->next];
	double overall = pace(fraction, eta->start_ns, now_ns), recent = overall;

	*ret_low_ns = *ret_high_ns = UINT64_MAX;
	if (fraction <= 0.0001 || now_ns - eta->start_ns < NS_PER_S / 2)
		return;
	if (eta->count > 1)
		recent = pace(fraction - oldest->fraction, oldest->at_ns, now_ns);
	if (recent <= 0)
		recent = overall / 4;
	*ret_low_ns = left_ns(1 - fraction, recent > overall ? recent : overall);
	*ret_high_ns = left_ns(1 - fraction, recent > overall ? overall : recent);
}
