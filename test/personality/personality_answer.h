/* A host that answers packets as its personality has it, and as any host does when they
 * are no probes of OS detection. Packets in, packets out; no link, and the clock is the
 * caller's. */
#ifndef PORTOLAN_TEST_PERSONALITY_ANSWER_H
#define PORTOLAN_TEST_PERSONALITY_ANSWER_H

#include "personality.h"

#define PERSONALITY_ANSWER_BYTES 65535u
#define PERSONALITY_PORTS_MOST   16u

struct personality_ports {
	uint16_t open[PERSONALITY_PORTS_MOST]; /* TCP; all others are closed */
	size_t count;
};

/* All zero but for the personality and the ports is a new one. */
struct personality_host {
	struct personality made;
	const struct personality_ports *ports; /* borrowed */
	/* Private. */
	struct id_state tcp_ids, closed_ids;
	uint16_t last_tcp_id, last_echo_id;
	uint32_t isn;
	size_t isn_probe;
	uint64_t isn_ns, round_ns;
};

/* The IPv4 packet that answers one; its length, 0: there is none. `out` has room for
 * PERSONALITY_ANSWER_BYTES. */
size_t personality_answer(struct personality_host *host, const uint8_t *bytes, size_t count,
			  uint64_t now_ns, uint8_t *out);

#endif
