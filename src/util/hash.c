#include "util/hash.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdbool.h>
#include <string.h>

static uint64_t rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

struct sip {
	uint64_t v0, v1, v2, v3;
};

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

uint64_t hash_bytes(struct hash_key key, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;
	struct sip s = {
		key.k0 ^ 0x736f6d6570736575ULL,
		key.k1 ^ 0x646f72616e646f6dULL,
		key.k0 ^ 0x6c7967656e657261ULL,
		key.k1 ^ 0x7465646279746573ULL,
	};
	uint64_t word, last = (uint64_t)count << 56;
	size_t i;

	for (; count >= 8; count -= 8, at += 8) {
		memcpy(&word, at, 8);
		s.v3 ^= word;
		sip_round(&s);
		s.v0 ^= word;
	}
	for (i = 0; i < count; i++)
		last |= (uint64_t)at[i] << (8 * i);
	s.v3 ^= last;
	sip_round(&s);
	s.v0 ^= last;
	s.v2 ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* Open addressing with linear probing; a removed entry leaves a mark. */
struct slot {
	uint64_t hash;
	uint8_t *key; /* NULL: never used; MARK: removed */
	size_t key_bytes;
	void *value;
};

struct hash_map {
	struct hash_key key;
	struct slot *slots;
	size_t size, used, count; /* size is a power of two; used includes marks */
};

static uint8_t removed_mark;
#define MARK (&removed_mark)

struct hash_map *hash_map_new(struct hash_key key)
{
	struct hash_map *map = alloc_zero(sizeof(*map));

	if (!map)
		return NULL;
	map->key = key;
	map->size = 16;
	map->slots = alloc_array(map->size, sizeof(*map->slots));
	if (!map->slots) {
		alloc_free(map);
		return NULL;
	}
	return map;
}

void hash_map_free(struct hash_map *map)
{
	size_t i;

	if (!map)
		return;
	for (i = 0; i < map->size; i++)
		if (map->slots[i].key != MARK)
			alloc_free(map->slots[i].key);
	alloc_free(map->slots);
	alloc_free(map);
}

static struct slot *slot_find(const struct hash_map *map, uint64_t hash, const void *key,
			      size_t key_bytes)
{
	size_t i = (size_t)hash & (map->size - 1);

	for (;; i = (i + 1) & (map->size - 1)) {
		struct slot *slot = &map->slots[i];

		if (!slot->key)
			return NULL;
		if (slot->key != MARK && slot->hash == hash && slot->key_bytes == key_bytes &&
		    !memcmp(slot->key, key, key_bytes))
			return slot;
	}
}

static struct slot *slot_free(struct slot *slots, size_t size, uint64_t hash)
{
	size_t i = (size_t)hash & (size - 1);

	while (slots[i].key && slots[i].key != MARK)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int map_grow(struct hash_map *map)
{
	size_t size = map->count * 4 > map->size ? map->size * 2 : map->size;
	struct slot *slots = alloc_array(size, sizeof(*slots));
	size_t i;

	if (!slots)
		return ERROR_MEMORY;
	for (i = 0; i < map->size; i++) {
		struct slot *old = &map->slots[i];

		if (old->key && old->key != MARK)
			*slot_free(slots, size, old->hash) = *old;
	}
	alloc_free(map->slots);
	map->slots = slots;
	map->size = size;
	map->used = map->count;
	return 0;
}

int hash_map_add(struct hash_map *map, const void *key, size_t key_bytes, void *value)
{
	uint64_t hash = hash_bytes(map->key, key, key_bytes);
	struct slot *slot;
	uint8_t *copy;

	if (slot_find(map, hash, key, key_bytes))
		return ERROR_EXISTS;
	if (map->used * 4 >= map->size * 3 && map_grow(map) < 0)
		return ERROR_MEMORY;
	copy = alloc_zero(key_bytes);
	if (!copy)
		return ERROR_MEMORY;
	if (key_bytes)
		memcpy(copy, key, key_bytes);
	slot = slot_free(map->slots, map->size, hash);
	if (!slot->key)
		map->used++;
	*slot = (struct slot){hash, copy, key_bytes, value};
	map->count++;
	return 0;
}

void *hash_map_get(const struct hash_map *map, const void *key, size_t key_bytes)
{
	struct slot *slot = slot_find(map, hash_bytes(map->key, key, key_bytes), key, key_bytes);

	return slot ? slot->value : NULL;
}

void *hash_map_remove(struct hash_map *map, const void *key, size_t key_bytes)
{
	struct slot *slot = slot_find(map, hash_bytes(map->key, key, key_bytes), key, key_bytes);
	void *value;

	if (!slot)
		return NULL;
	value = slot->value;
	alloc_free(slot->key);
	*slot = (struct slot){.key = MARK};
	map->count--;
	return value;
}

size_t hash_map_count(const struct hash_map *map)
{
	return map->count;
}

void hash_map_each(const struct hash_map *map,
		   void (*visit)(void *self, const void *key, size_t key_bytes, void *value),
		   void *self)
{
	size_t i;

	for (i = 0; i < map->size; i++) {
		const struct slot *slot = &map->slots[i];

		if (slot->key && slot->key != MARK)
			visit(self, slot->key, slot->key_bytes, slot->value);
	}
}
