#include "engine/proxied.h"

#include "util/alloc.h"
#include "util/hash.h"

#include <string.h>

#define PREFIXES_MOST 32768u

struct entry {
	uint64_t seen[4]; /* a bit for each last byte */
	struct proxied_prefix prefix;
};

struct proxied {
	struct hash_map *entries;
};

struct proxied *proxied_new(uint64_t seed)
{
	struct proxied *proxied = alloc_zero(sizeof(*proxied));

	if (!proxied)
		return NULL;
	proxied->entries = hash_map_new((struct hash_key){seed, ~seed});
	if (!proxied->entries) {
		alloc_free(proxied);
		return NULL;
	}
	return proxied;
}

static void free_entry(void *self, const void *key, size_t key_bytes, void *value)
{
	(void)self;
	(void)key;
	(void)key_bytes;
	alloc_free(value);
}

void proxied_free(struct proxied *proxied)
{
	if (!proxied)
		return;
	hash_map_each(proxied->entries, free_entry, NULL);
	hash_map_free(proxied->entries);
	alloc_free(proxied);
}

static bool is_odd(const struct packet *answer)
{
	return answer->kind == PACKET_TCP &&
	       (answer->tcp.flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) &&
	       (!answer->tcp.window || !answer->tcp.options_bytes);
}

#define KEY_BYTES 17 /* the address without its last byte, family and TTL */

static void key_of(const struct packet *answer, uint8_t key[KEY_BYTES])
{
	const struct ip_addr *addr = &answer->ip.src;

	memset(key, 0, KEY_BYTES);
	memcpy(key, addr->bytes, addr->family == IP_V6 ? 15 : 3);
	key[15] = (uint8_t)addr->family;
	key[16] = answer->ip.ttl;
}

static struct entry *entry_new(struct proxied *proxied, const uint8_t key[KEY_BYTES],
			       const struct packet *answer)
{
	struct entry *entry;

	if (hash_map_count(proxied->entries) >= PREFIXES_MOST ||
	    !(entry = alloc_zero(sizeof(*entry))))
		return NULL;
	entry->prefix.bits = answer->ip.src.family == IP_V6 ? 120 : 24;
	entry->prefix.first = ip_first_of(&answer->ip.src, entry->prefix.bits);
	entry->prefix.ttl = answer->ip.ttl;
	if (hash_map_add(proxied->entries, key, KEY_BYTES, entry) < 0) {
		alloc_free(entry);
		return NULL;
	}
	return entry;
}

void proxied_note(struct proxied *proxied, const struct packet *answer)
{
	uint8_t key[KEY_BYTES], last;
	struct entry *entry;

	if (!proxied || !is_odd(answer))
		return;
	key_of(answer, key);
	entry = hash_map_get(proxied->entries, key, KEY_BYTES);
	if (!entry && !(entry = entry_new(proxied, key, answer)))
		return;
	last = answer->ip.src.bytes[answer->ip.src.family == IP_V6 ? 15 : 3];
	if (entry->seen[last / 64] >> last % 64 & 1)
		return;
	entry->seen[last / 64] |= UINT64_C(1) << last % 64;
	entry->prefix.addresses++;
}

/* The first in order so far. */
struct findings {
	struct proxied_prefix *at;
	size_t most, kept, all;
};

static void find(void *self, const void *key, size_t key_bytes, void *value)
{
	struct findings *findings = self;
	const struct proxied_prefix *prefix = &((const struct entry *)value)->prefix;
	size_t at = findings->kept;

	(void)key;
	(void)key_bytes;
	if (prefix->addresses < PROXIED_LEAST)
		return;
	findings->all++;
	while (at && ip_compare(&findings->at[at - 1].first, &prefix->first) > 0) {
		if (at < findings->most)
			findings->at[at] = findings->at[at - 1];
		at--;
	}
	if (at < findings->most)
		findings->at[at] = *prefix;
	if (findings->kept < findings->most)
		findings->kept++;
}

size_t proxied_find(const struct proxied *proxied, struct proxied_prefix *ret_prefixes, size_t most)
{
	struct findings findings = {.at = ret_prefixes, .most = most};

	hash_map_each(proxied->entries, find, &findings);
	return findings.all;
}
