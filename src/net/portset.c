#include "net/portset.h"

#include <string.h>

void portset_clear(struct portset *set)
{
	memset(set, 0, sizeof(*set));
}

bool portset_add(struct portset *set, uint16_t port)
{
	if (portset_has(set, port))
		return false;
	set->words[port >> 6] |= 1ULL << (port & 63);
	set->count++;
	return true;
}

bool portset_remove(struct portset *set, uint16_t port)
{
	if (!portset_has(set, port))
		return false;
	set->words[port >> 6] &= ~(1ULL << (port & 63));
	set->count--;
	return true;
}

void portset_remove_all(struct portset *set, const struct portset *gone)
{
	int32_t port;

	for (port = portset_next(gone, 0); port >= 0; port = portset_next(gone, (uint32_t)port + 1))
		portset_remove(set, (uint16_t)port);
}

void portset_add_range(struct portset *set, uint16_t first, uint16_t last)
{
	/* A backwards range adds nothing: no word, or one with an empty mask. */
	for (uint32_t word = first >> 6; word <= last >> 6u; word++) {
		uint64_t mask = UINT64_MAX;

		if (word == first >> 6u)
			mask &= UINT64_MAX << (first & 63);
		if (word == last >> 6u)
			mask &= UINT64_MAX >> (63 - (last & 63));
		set->count += (uint32_t)__builtin_popcountll(mask & ~set->words[word]);
		set->words[word] |= mask;
	}
}

int32_t portset_next(const struct portset *set, uint32_t from)
{
	uint64_t rest;
	uint32_t word;

	if (from > UINT16_MAX)
		return -1;
	word = from >> 6;
	rest = set->words[word] & UINT64_MAX << (from & 63);
	while (!rest)
		if (++word == 1024)
			return -1;
		else
			rest = set->words[word];
	return (int32_t)(word * 64 + (uint32_t)__builtin_ctzll(rest));
}

void portset_format(const struct portset *set, struct buf *out)
{
	const char *comma = "";

	for (int32_t first = portset_next(set, 0); first >= 0;) {
		int32_t last = first, next;

		while ((next = portset_next(set, (uint32_t)last + 1)) == last + 1)
			last = next;
		if (first == last)
			buf_addf(out, "%s%d", comma, first);
		else
			buf_addf(out, "%s%d-%d", comma, first, last);
		comma = ",";
		first = next;
	}
}
