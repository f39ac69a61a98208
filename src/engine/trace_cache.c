#include "engine/trace_cache.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <string.h>

#define KEY_BYTES 18u

struct trace_cache {
	struct hash_key key;
	struct hash_map *map; /* TTL and address -> struct trace_past */
	struct trace_past *pasts;
};

struct trace_cache *trace_cache_new(uint64_t seed)
{
	struct trace_cache *cache = alloc_zero(sizeof(*cache));

	if (!cache)
		return NULL;
	cache->key = (struct hash_key){seed, 0x74726163};
	cache->map = hash_map_new(cache->key);
	if (!cache->map) {
		alloc_free(cache);
		return NULL;
	}
	return cache;
}

static void forget_pasts(struct trace_cache *cache)
{
	struct trace_past *past, *next;

	for (past = cache->pasts; past; past = next) {
		next = past->next;
		alloc_free(past);
	}
	cache->pasts = NULL;
}

void trace_cache_free(struct trace_cache *cache)
{
	if (!cache)
		return;
	hash_map_free(cache->map);
	forget_pasts(cache);
	alloc_free(cache);
}

static void make_key(uint8_t ttl, const struct ip_addr *from, uint8_t key[KEY_BYTES])
{
	key[0] = ttl;
	key[1] = from->family;
	memcpy(key + 2, from->bytes, sizeof(from->bytes));
}

const struct trace_past *trace_cache_find(const struct trace_cache *cache, uint8_t ttl,
					  const struct ip_addr *from)
{
	uint8_t key[KEY_BYTES];

	make_key(ttl, from, key);
	return hash_map_get(cache->map, key, sizeof(key));
}

static int clear_when_full(struct trace_cache *cache)
{
	struct hash_map *map;

	if (hash_map_count(cache->map) <= TRACE_CACHE_MOST)
		return 0;
	map = hash_map_new(cache->key);
	if (!map)
		return ERROR_MEMORY;
	hash_map_free(cache->map);
	cache->map = map;
	forget_pasts(cache);
	return 0;
}

static struct trace_past *past_new(struct trace_cache *cache, const struct ip_addr *target,
				   const struct trace_past_hop *hops, uint8_t count)
{
	struct trace_past *past = alloc_zero(sizeof(*past) + count * sizeof(*hops));

	if (!past)
		return NULL;
	past->target = *target;
	past->count = count;
	if (count)
		memcpy(past->hops, hops, count * sizeof(*hops));
	past->next = cache->pasts;
	cache->pasts = past;
	return past;
}

int trace_cache_add(struct trace_cache *cache, const struct ip_addr *target,
		    const struct trace_past_hop *hops, uint8_t count)
{
	struct trace_past *past;
	uint8_t key[KEY_BYTES], i;
	int r = clear_when_full(cache);

	if (r < 0)
		return r;
	past = past_new(cache, target, hops, count);
	if (!past)
		return ERROR_MEMORY;
	for (i = 0; i < count; i++) {
		if (hops[i].from.family == IP_NONE)
			continue;
		make_key((uint8_t)(i + 1), &hops[i].from, key);
		r = hash_map_add(cache->map, key, sizeof(key), past);
		if (r < 0 && r != ERROR_EXISTS)
			return r;
	}
	return 0;
}

size_t trace_cache_count(const struct trace_cache *cache)
{
	return hash_map_count(cache->map);
}
