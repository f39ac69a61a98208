#include "engine/cookie.h"

#include "util/random.h"

#include <string.h>

void cookie_key_init(struct cookie_key *key, uint64_t seed)
{
	struct random random;
	size_t i;

	random_init(&random, seed ^ 0x636f6f6b6965ull);
	for (i = 0; i < sizeof(key->words) / sizeof(key->words[0]); i++)
		key->words[i] = random_u64(&random);
}

/* Both halves of a product: each input bit reaches every output bit. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t mac_of(const struct cookie_key *key, const struct cookie_of *of, unsigned note)
{
	uint64_t high, low, rest;

	memcpy(&high, of->to.bytes, sizeof(high));
	memcpy(&low, of->to.bytes + sizeof(high), sizeof(low));
	rest = (uint64_t)of->port << 32 | (uint64_t)of->phase << 16 | note;
	high = fold(high ^ key->words[0], low ^ key->words[1]);
	return (uint32_t)(fold(high ^ key->words[2], rest ^ key->words[0]) >> 42);
}

uint32_t cookie_make(const struct cookie_key *key, const struct cookie_of *of, unsigned note)
{
	uint32_t cookie = mac_of(key, of, note) << COOKIE_NOTE_BITS | note;

	return cookie ? cookie : 1u << COOKIE_NOTE_BITS;
}

bool cookie_check(const struct cookie_key *key, const struct cookie_of *of, uint32_t cookie,
		  unsigned *ret_note)
{
	unsigned note = cookie & COOKIE_NOTE_MAX;

	if (cookie != cookie_make(key, of, note))
		return false;
	*ret_note = note;
	return true;
}
