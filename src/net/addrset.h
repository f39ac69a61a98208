/* A set of addresses of both families, kept as sorted, merged ranges: 100,000
 * ranges cost under 4 MB (12 bytes a range for IPv4, 40 for IPv6) and a look-up takes a binary
 * search. */
#ifndef PORTOLAN_NET_ADDRSET_H
#define PORTOLAN_NET_ADDRSET_H

#include "net/ip.h"

struct addrset;

struct addrset *addrset_new(void); /* NULL: memory. Free with addrset_free(). */
void addrset_free(struct addrset *set);

/* Adds first..last (same family and zone, first <= last, else ERROR_RANGE). Adding
 * and looking up may alternate freely: both stay logarithmic. ERROR_MEMORY leaves
 * the set as it was. IPv6 added without a zone covers the addresses of every zone. */
int addrset_add_range(struct addrset *set, const struct ip_addr *first, const struct ip_addr *last);
int addrset_add(struct addrset *set, const struct ip_addr *addr);

bool addrset_has(struct addrset *set, const struct ip_addr *addr);
/* The last address of the range that holds addr; false when none does. Lets a
 * generator jump over excluded stretches. */
bool addrset_range_end(struct addrset *set, const struct ip_addr *addr, struct ip_addr *ret_last);
/* The first range that ends at or after addr, of addr's family and zone: until
 * ret_first no address is in the set. False when there is none. ret_last may be
 * NULL. */
bool addrset_next(struct addrset *set, const struct ip_addr *addr, struct ip_addr *ret_first,
		  struct ip_addr *ret_last);
bool addrset_is_empty(const struct addrset *set);
size_t addrset_ranges(struct addrset *set); /* after merging */
/* The i-th range in order (IPv4 first); i < addrset_ranges(). */
void addrset_range_at(struct addrset *set, size_t i, struct ip_addr *ret_first,
		      struct ip_addr *ret_last);

#endif
