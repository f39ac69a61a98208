#include "detect/os/os_fitness.h"

#include <stddef.h>

#define DELAY_MOST_MS     500u
#define DISTANCE_LEAST    (-1)
#define DISTANCE_MOST     5
#define TIMING_RATIO_MOST 1.4
#define LEVEL_INSANE      5u
#define ROUNDS_UNFIT      2u

static bool is_slow(const struct os_conditions *c)
{
	return c->scan_delay_ms > DELAY_MOST_MS;
}

static bool is_insane(const struct os_conditions *c)
{
	return c->timing_level == LEVEL_INSANE;
}

static bool lacks_open(const struct os_conditions *c)
{
	return !c->has_open_tcp;
}

static bool lacks_closed(const struct os_conditions *c)
{
	return !c->has_closed_tcp;
}

static bool lacks_both(const struct os_conditions *c)
{
	return lacks_open(c) && lacks_closed(c);
}

static bool is_too_near(const struct os_conditions *c)
{
	return c->has_distance && c->distance < DISTANCE_LEAST;
}

static bool is_too_far(const struct os_conditions *c)
{
	return c->has_distance && c->distance > DISTANCE_MOST;
}

static bool was_late(const struct os_conditions *c)
{
	return c->timing_ratio > TIMING_RATIO_MOST;
}

static bool lacks_udp(const struct os_conditions *c)
{
	return !c->has_closed_udp && !c->udp_scanned;
}

static bool could_not_send(const struct os_conditions *c)
{
	return c->send_failed;
}

/* In the order in which they are asked. */
static const struct {
	bool (*applies)(const struct os_conditions *conditions);
	bool ipv4, ipv6;
	const char *words;
} reasons[] = {
	{is_slow, true, true, "the scan delay is above 500 ms"},
	{is_insane, true, false, "-T5 leaves hosts too little time"},
	{lacks_open, true, false, "no open TCP port was found"},
	{lacks_closed, true, false, "no closed TCP port was found"},
	{lacks_both, false, true, "no open or closed TCP port was found"},
	{is_too_near, true, false, "the distance to the host makes no sense"},
	{is_too_far, true, false, "the host is more than five hops away"},
	{was_late, true, false, "probes left later than they should"},
	{lacks_udp, true, false, "no closed UDP port answered"},
	{could_not_send, true, true, "some probes could not be sent"},
};

const char *os_unfit_reason(const struct os_conditions *conditions)
{
	bool six = conditions->ip_version == 6;
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if ((six ? reasons[i].ipv6 : reasons[i].ipv4) && reasons[i].applies(conditions))
			return reasons[i].words;
	return NULL;
}

unsigned os_rounds_most(const struct os_conditions *conditions, unsigned tries)
{
	return tries > ROUNDS_UNFIT && os_unfit_reason(conditions) ? ROUNDS_UNFIT : tries;
}

uint32_t os_round_pause_ms(unsigned round)
{
	return round < 2 ? 0 : round == 4 ? 2500 : 1000;
}
