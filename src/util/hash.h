/* SipHash-1-3 (Aumasson and Bernstein 2012, reduced rounds as in the Rust and
 * Linux kernels' tables) and a map from a caller's key to a caller's pointer.
 * Keyed, so that names from the network cannot be made to collide. */
#ifndef PORTOLAN_UTIL_HASH_H
#define PORTOLAN_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t k0, k1;
};

uint64_t hash_bytes(struct hash_key key, const void *bytes, size_t count);

/* Map from byte strings (copied) to pointers (the caller's). */
struct hash_map;

struct hash_map *hash_map_new(struct hash_key key); /* NULL: memory */
void hash_map_free(struct hash_map *map);           /* values are the caller's; NULL is fine */

/* ERROR_EXISTS leaves the old value; ERROR_MEMORY. */
int hash_map_add(struct hash_map *map, const void *key, size_t key_bytes, void *value);
/* NULL when absent. */
void *hash_map_get(const struct hash_map *map, const void *key, size_t key_bytes);
/* Gives the value that was there, or NULL. */
void *hash_map_remove(struct hash_map *map, const void *key, size_t key_bytes);
size_t hash_map_count(const struct hash_map *map);
/* Calls once per entry; the map must not change meanwhile. */
void hash_map_each(const struct hash_map *map,
		   void (*visit)(void *self, const void *key, size_t key_bytes, void *value),
		   void *self);

#endif
