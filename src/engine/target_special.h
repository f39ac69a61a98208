/* Addresses that are nobody's public host: private, shared, documentation,
 * benchmark, loopback, link-local, multicast and reserved prefixes (the IANA special-purpose
 * registries, RFC 6890). */
#ifndef PORTOLAN_ENGINE_TARGET_SPECIAL_H
#define PORTOLAN_ENGINE_TARGET_SPECIAL_H

#include "net/addrset.h"

#include <stdbool.h>

/* Adds first..last to the set, less the special-purpose prefixes: unless the range
 * lies within one of them, since who names such a prefix means it. *ret_left (added to)
 * counts the addresses left out. ERROR_MEMORY. */
int target_special_add(struct addrset *set, const struct ip_addr *first, const struct ip_addr *last,
		       double *ret_left);

/* Is the address in one of those prefixes? */
bool target_is_special(const struct ip_addr *addr);

#endif
