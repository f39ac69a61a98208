/* What DNS said during this run, kept for questions asked twice. A run is short
 * against the times to live of names, so those are not looked at. */
#ifndef PORTOLAN_NET_RESOLVER_CACHE_H
#define PORTOLAN_NET_RESOLVER_CACHE_H

#include "net/resolver_answer.h"

struct cache;

struct cache_entry {
	int error;                   /* 0 or ERROR_NOT_FOUND */
	const char *name;            /* PTR */
	const struct ip_addr *addrs; /* A, AAAA */
	size_t addrs_count;
};

/* Keeps the `most` newest answers. NULL: memory. */
struct cache *cache_new(size_t most, uint64_t seed);
void cache_free(struct cache *cache); /* NULL is fine */

/* Copies. A cache that is short of memory forgets: nothing can fail. The key is
 * a normalised name, or an address's bytes (DNS_PTR). */
void cache_put(struct cache *cache, enum dns_type type, const void *key, size_t key_bytes,
	       const struct cache_entry *entry);
/* NULL when unknown; else valid until the next cache_put(). */
const struct cache_entry *cache_get(const struct cache *cache, enum dns_type type, const void *key,
				    size_t key_bytes);

#endif
