/* The probes of OS detection to TCP ports, and how they are told from other packets
 * (os-detection.md A3, B1). */
#ifndef PORTOLAN_TEST_PERSONALITY_TCP_PROBE_H
#define PORTOLAN_TEST_PERSONALITY_TCP_PROBE_H

#include "packet/packet.h"

/* In order of the tests. */
enum tcp_probe {
	PROBE_SEQ1,
	PROBE_SEQ6 = PROBE_SEQ1 + 5,
	PROBE_ECN,
	PROBE_T2,
	PROBE_T3,
	PROBE_T4,
	PROBE_T5,
	PROBE_T6,
	PROBE_T7,
	TCP_PROBES,
};

/* TCP_PROBES: none of them. */
enum tcp_probe tcp_probe_of(const struct tcp_header *tcp);

#endif
