/* How long something will still take, as a range: from the pace of the whole
 * run and that of the last half minute. Knows shares and time only. */
#ifndef PORTOLAN_ENGINE_ETA_H
#define PORTOLAN_ENGINE_ETA_H

#include <stdint.h>

#define ETA_SAMPLES 16

struct eta {
	struct eta_sample {
		uint64_t at_ns;
		double fraction;
	} samples[ETA_SAMPLES];
	unsigned count, next;
	uint64_t start_ns;
};

void eta_init(struct eta *eta, uint64_t start_ns);
/* Notes the share done, 0..1; samples less than 2 s apart are merged. */
void eta_note(struct eta *eta, uint64_t now_ns, double fraction);
/* ns left, low and high; UINT64_MAX while unknown (too early, no progress). */
void eta_range(const struct eta *eta, uint64_t now_ns, double fraction, uint64_t *ret_low_ns,
	       uint64_t *ret_high_ns);

#endif
