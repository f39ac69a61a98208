/* Hops that traces of a run have met, by TTL and address: who meets one of them again
 * at the same TTL has come the same way (features.md TR-03). */
#ifndef PORTOLAN_ENGINE_TRACE_CACHE_H
#define PORTOLAN_ENGINE_TRACE_CACHE_H

#include "net/ip.h"

#include <stdint.h>

#define TRACE_CACHE_MOST 1000u /* entries; then it is cleared before more are added */

struct trace_cache;

struct trace_past_hop {
	struct ip_addr from; /* IP_NONE: silent */
	uint32_t rtt_us;
};

/* The hops of one earlier trace. */
struct trace_past {
	struct trace_past *next; /* the cache's */
	struct ip_addr target;
	uint8_t count;
	struct trace_past_hop hops[]; /* by TTL from 1: [0] is that of TTL 1 */
};

struct trace_cache *trace_cache_new(uint64_t seed); /* NULL: memory */
void trace_cache_free(struct trace_cache *cache);   /* NULL is fine */

/* The first trace that met `from` at this TTL; NULL: none. Valid until trace_cache_add(). */
const struct trace_past *trace_cache_find(const struct trace_cache *cache, uint8_t ttl,
					  const struct ip_addr *from);
/* Copies the hops. What others met first stays theirs. ERROR_MEMORY: nothing, or only the
 * nearer ones, were added. */
int trace_cache_add(struct trace_cache *cache, const struct ip_addr *target,
		    const struct trace_past_hop *hops, uint8_t count);
size_t trace_cache_count(const struct trace_cache *cache);

#endif
