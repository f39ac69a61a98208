/* Inside of os6.c and os6_facts.c. */
#ifndef PORTOLAN_DETECT_OS_OS6_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS6_PRIVATE_H

#include "detect/os/os6.h"
#include "detect/os/os6_print.h"
#include "detect/os/os6_round.h"
#include "util/loop.h"

/* About 32 KB: the replies as they came. */
struct os6 {
	const struct os_job *job;
	struct talk *talk;
	struct timer timer;
	struct os6_base base;
	struct os6_round round;
	struct os6_print print;
	struct os6_reply set[OS6_SEQUENCE_PROBES]; /* the best of earlier ones */
	uint64_t started_ns;
	uint32_t sent;
	bool begun, over, local, neighbour, incomplete;
	bool port_known;     /* a port unreachable came for U1 */
	int32_t quoted_hops; /* what the way there took of the hop limit; -1: no quote told */
	int32_t quoted_by;   /* the probe */
};

/* Gives found(); the last that is done for the host. */
void os6_tell(struct os6 *os6);

#endif
