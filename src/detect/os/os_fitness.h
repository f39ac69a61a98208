/* Whether a print is good enough to be submitted, and to be trusted (os-detection.md A11,
 * formats.md 2.10). An unfit one gets fewer rounds, and its guesses are shown. */
#ifndef PORTOLAN_DETECT_OS_OS_FITNESS_H
#define PORTOLAN_DETECT_OS_OS_FITNESS_H

#include <stdbool.h>
#include <stdint.h>

/* How the print of a host came about, over all rounds. */
struct os_conditions {
	uint8_t ip_version; /* 4 or 6 */
	uint32_t scan_delay_ms;
	unsigned timing_level; /* -T */
	bool has_open_tcp, has_closed_tcp, has_closed_udp;
	bool udp_scanned;    /* -sU was asked for */
	bool has_distance;   /* by whatever method */
	int32_t distance;    /* hops */
	double timing_ratio; /* the worst of all rounds */
	bool send_failed;    /* some probe could not be sent */
};

/* Why it is unfit: the first reason that applies, in words to stand behind "because: ";
 * NULL: it is fit. Static. */
const char *os_unfit_reason(const struct os_conditions *conditions);

/* Rounds that a host gets without a perfect match; `tries` is --max-os-tries. */
unsigned os_rounds_most(const struct os_conditions *conditions, unsigned tries);

/* The pause before a round (from 1). */
uint32_t os_round_pause_ms(unsigned round);

#endif
