/* Whose is what came in? A packet that may answer a probe, or an error that quotes
 * one, reduced to what tells: target, kind, ports, and the numbers in which a
 * cookie comes back. Judges nothing. */
#ifndef PORTOLAN_ENGINE_ANSWER_H
#define PORTOLAN_ENGINE_ANSWER_H

#include "engine/plan.h"
#include "engine/technique.h"

struct answer {
	struct response response; /* port is for the owner of the probe to fill in */
	struct packet quoted;     /* response.quoted points here, for errors */
	struct ip_addr target;
	enum probe_kind kind;
	uint8_t protocol;    /* of the probe */
	uint16_t port;       /* the target's; 0 without ports */
	uint16_t our_port;   /* ours; for PROBE_ICMP the identifier */
	uint16_t sequence;   /* PROBE_ICMP */
	uint32_t cookies[5]; /* candidates: one of them is the cookie if it is ours */
	unsigned cookies_count;
	uint64_t at_ns;
};

/* What our TCP probes make others acknowledge besides one SYN or FIN: data, and a FIN
 * behind a SYN (--scanflags). */
size_t answer_more(const struct plan_packets *packets);
/* False: an error whose quote cannot be read. The answer is not to be moved: it points
 * into itself, and to the packet. more: answer_more(). */
bool answer_init(struct answer *answer, const struct packet *packet, size_t more, uint64_t at_ns);
/* A neighbour told its hardware address; packet: scratch memory that lives as long. */
void answer_init_neighbour(struct answer *answer, const struct ip_addr *addr, struct packet *packet,
			   uint64_t at_ns);

/* The same address, whatever the zone. */
bool answer_same_addr(const struct ip_addr *a, const struct ip_addr *b);

#endif
