/* A round of OS detection's probes (os-detection.md A3, A4) put to a host in memory, with
 * a clock of its own: for tests of what a personality's answers are judged as. */
#ifndef PORTOLAN_TEST_PERSONALITY_ROUND_H
#define PORTOLAN_TEST_PERSONALITY_ROUND_H

#include "detect/os/os_tests.h"
#include "personality_answer.h"
#include "util/random.h"

#define ROUND_ANSWERS     23u
#define ROUND_OPEN_PORT   22u
#define ROUND_CLOSED_PORT 1u
#define ROUND_UDP_PORT    40123u

struct round {
	struct os_round os;
	struct personality_host *host;
	struct random *random;
	uint64_t now_ns;
	/* Replies; packets in `os` point into them. */
	uint8_t answers[ROUND_ANSWERS][1024];
	size_t answers_count;
};

/* Sends all probes and fills ret_round->os. `compatible` as in struct os_round; probes are
 * up to `late_ns` late, each by another time. */
void round_play(struct personality_host *host, struct random *random, bool compatible,
		uint64_t late_ns, struct round *ret_round);

#endif
