/* Decides when the next probe of the run may leave: --max-rate, and what
 * --min-rate owes (features.md TM-20). Knows counts and time, not packets.
 * One per run; the clock is the caller's. */
#ifndef PORTOLAN_ENGINE_PACER_H
#define PORTOLAN_ENGINE_PACER_H

#include <stdbool.h>
#include <stdint.h>

struct pacer {
	double min_pps, max_pps; /* 0: none */
	double credit;           /* probes that may leave now under max_pps */
	double owed;             /* probes that must leave now under min_pps */
	double burst;
	uint64_t updated_ns;
};

void pacer_init(struct pacer *pacer, double min_pps, double max_pps, uint64_t now_ns);
/* How long the next probe must still wait; 0 is now. */
uint64_t pacer_wait_ns(struct pacer *pacer, uint64_t now_ns);
/* A probe must leave now whatever the windows say. */
bool pacer_is_behind(struct pacer *pacer, uint64_t now_ns);
/* When pacer_is_behind() will next be true if nothing is sent; UINT64_MAX never. */
uint64_t pacer_behind_in_ns(struct pacer *pacer, uint64_t now_ns);
void pacer_sent(struct pacer *pacer);

#endif
