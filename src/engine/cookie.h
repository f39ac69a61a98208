/* What makes a response ours: a keyed hash over target, port and phase that the
 * probe carries and the response gives back (in TCP's acknowledgement, SCTP's
 * verification tag, ICMP's identifier), with ten bits of note that need no table:
 * the attempt, and in a sweep the time of sending. A stranger who cannot see our
 * packets has one chance in four million a try. Knows numbers, not packets. */
#ifndef PORTOLAN_ENGINE_COOKIE_H
#define PORTOLAN_ENGINE_COOKIE_H

#include "net/ip.h"

#define COOKIE_NOTE_BITS 10u
#define COOKIE_NOTE_MAX  ((1u << COOKIE_NOTE_BITS) - 1)

struct cookie_key {
	uint64_t words[3];
};

/* What the probe asks. The phase keeps the answers of one stage out of another. */
struct cookie_of {
	struct ip_addr to;
	uint16_t port;
	uint8_t phase;
};

void cookie_key_init(struct cookie_key *key, uint64_t seed);
/* Never 0; note <= COOKIE_NOTE_MAX. */
uint32_t cookie_make(const struct cookie_key *key, const struct cookie_of *of, unsigned note);
/* Is it one of ours for this? */
bool cookie_check(const struct cookie_key *key, const struct cookie_of *of, uint32_t cookie,
		  unsigned *ret_note);

#endif
