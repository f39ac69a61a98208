/* Round-trip estimation (RFC 6298 with the reference's clamps, features.md
 * TM-02). Knows samples, not probes. */
#ifndef PORTOLAN_ENGINE_RTT_H
#define PORTOLAN_ENGINE_RTT_H

#include "engine/timing.h"

#include <stdbool.h>
#include <stdint.h>

struct rtt {
	bool valid; /* at least one sample */
	uint64_t srtt_ns, rttvar_ns;
	uint64_t timeout_ns; /* the initial value until there is a sample */
};

void rtt_init(struct rtt *rtt, const struct timing *timing);
/* One measured round trip; implausible ones are ignored. */
void rtt_sample(struct rtt *rtt, const struct timing *timing, int64_t sample_ns);

#endif
