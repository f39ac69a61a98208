/* Prefixes whose addresses answer SYNs alike, and as no usual stack does (no options, or a
 * window of 0): a SYN proxy before them all. Counts addresses by prefix of 256 (IPv4
 * /24, IPv6 /120) and TTL; knows nothing of what was asked. At most 32768 such
 * prefixes, 72 bytes each, are counted; later ones are passed over. */
#ifndef PORTOLAN_ENGINE_PROXIED_H
#define PORTOLAN_ENGINE_PROXIED_H

#include "packet/packet.h"

#define PROXIED_LEAST 128u /* so many of 256 addresses are a finding */

struct proxied;

struct proxied_prefix {
	struct ip_addr first;
	unsigned bits, addresses; /* that answered so */
	uint8_t ttl;
};

/* NULL: memory. */
struct proxied *proxied_new(uint64_t seed);
void proxied_free(struct proxied *proxied); /* NULL is fine */
/* An answer that came; only odd SYN-ACKs count, each address once. Short of memory it
 * is passed over. NULL is fine. */
void proxied_note(struct proxied *proxied, const struct packet *answer);
/* The findings in the order of addresses, at most `most` of them; gives how many there are. */
size_t proxied_find(const struct proxied *proxied, struct proxied_prefix *ret_prefixes,
		    size_t most);

#endif
