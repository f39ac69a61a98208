/* The inside of os4.c and os4_facts.c. */
#ifndef PORTOLAN_DETECT_OS_OS4_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS4_PRIVATE_H

#include "detect/os/os4.h"
#include "detect/os/os4_round.h"
#include "detect/os/os_fitness.h"

/* What a round told. */
struct os4_kept {
	struct os_facts facts;
	struct os_matches matches;
};

struct os4 {
	const struct os_job *job;
	struct talk *talk;
	struct timer timer;
	struct rtt rtt;
	uint16_t open, closed, closed_udp; /* the ports that are asked */
	unsigned place;                    /* of the source ports */

	struct os4_round round;
	bool begun, in_round, over, incomplete, local;
	unsigned rounds, sent, answered;
	uint64_t started_ns;

	/* Over all rounds. */
	struct os4_kept *best; /* NULL: none has ended */
	double timing_ratio;
	bool send_failed, udp_closed;
};

/* How the prints came about, as far as the rounds have gone. */
struct os_conditions os4_conditions(const struct os4 *os4);
/* Gives all that was found to the job's found(). */
void os4_tell(struct os4 *os4);

#endif
