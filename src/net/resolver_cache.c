#include "net/resolver_cache.h"

#include "net/resolver_list.h"
#include "util/alloc.h"
#include "util/hash.h"

#include <string.h>

/* A name with more addresses is not kept: 8192 of the largest answers would
 * be 200 MB. */
#define CACHED_ADDRS_MOST 32

struct slot {
	struct ring link;         /* oldest first */
	struct cache_entry entry; /* points to the two: */
	char *name;
	struct ip_addr *addrs;
	uint8_t key[1 + HOST_NAME_BYTES];
	size_t key_bytes;
};

struct cache {
	struct hash_map *map;
	struct ring slots;
	size_t most;
};

struct cache *cache_new(size_t most, uint64_t seed)
{
	struct cache *cache = alloc_zero(sizeof(*cache));

	if (!cache)
		return NULL;
	ring_init(&cache->slots);
	cache->most = most;
	if (!(cache->map = hash_map_new((struct hash_key){seed, seed ^ 0x6361636865ULL}))) {
		alloc_free(cache);
		return NULL;
	}
	return cache;
}

static void slot_free(struct slot *slot)
{
	alloc_free(slot->name);
	alloc_free(slot->addrs);
	alloc_free(slot);
}

static void slot_drop(struct cache *cache, struct slot *slot)
{
	hash_map_remove(cache->map, slot->key, slot->key_bytes);
	ring_remove(&slot->link);
	slot_free(slot);
}

void cache_free(struct cache *cache)
{
	struct ring *link;

	if (!cache)
		return;
	while ((link = ring_take(&cache->slots)))
		slot_free(ring_entry(link, struct slot, link));
	hash_map_free(cache->map);
	alloc_free(cache);
}

static bool key_build(enum dns_type type, const void *key, size_t key_bytes,
		      uint8_t ret_key[1 + HOST_NAME_BYTES])
{
	if (key_bytes > HOST_NAME_BYTES)
		return false;
	ret_key[0] = (uint8_t)type;
	memcpy(ret_key + 1, key, key_bytes);
	return true;
}

static bool slot_fill(struct slot *slot, const struct cache_entry *from)
{
	size_t bytes = from->addrs_count * sizeof(*from->addrs);

	slot->entry.error = from->error;
	if (from->name && !(slot->name = alloc_strdup(from->name)))
		return false;
	slot->entry.name = slot->name;
	if (!bytes)
		return true;
	if (!(slot->addrs = alloc_zero(bytes)))
		return false;
	memcpy(slot->addrs, from->addrs, bytes);
	slot->entry.addrs = slot->addrs;
	slot->entry.addrs_count = from->addrs_count;
	return true;
}

void cache_put(struct cache *cache, enum dns_type type, const void *key, size_t key_bytes,
	       const struct cache_entry *entry)
{
	struct slot *slot, *old;

	if (entry->addrs_count > CACHED_ADDRS_MOST || !(slot = alloc_zero(sizeof(*slot))))
		return;
	slot->key_bytes = key_bytes + 1;
	if (!key_build(type, key, key_bytes, slot->key) || !slot_fill(slot, entry)) {
		slot_free(slot);
		return;
	}
	if ((old = hash_map_get(cache->map, slot->key, slot->key_bytes)))
		slot_drop(cache, old);
	else if (hash_map_count(cache->map) >= cache->most)
		slot_drop(cache, ring_entry(cache->slots.next, struct slot, link));
	if (hash_map_add(cache->map, slot->key, slot->key_bytes, slot) < 0) {
		slot_free(slot);
		return;
	}
	ring_append(&cache->slots, &slot->link);
}

const struct cache_entry *cache_get(const struct cache *cache, enum dns_type type, const void *key,
				    size_t key_bytes)
{
	uint8_t full[1 + HOST_NAME_BYTES];
	const struct slot *slot;

	if (!key_build(type, key, key_bytes, full))
		return NULL;
	slot = hash_map_get(cache->map, full, key_bytes + 1);
	return slot ? &slot->entry : NULL;
}
