/* A set of port numbers of one transport: a 65,536-bit plane, 8 KiB. */
#ifndef PORTOLAN_NET_PORTSET_H
#define PORTOLAN_NET_PORTSET_H

#include "util/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct portset {
	uint64_t words[1024];
	uint32_t count;
};

void portset_clear(struct portset *set);
bool portset_add(struct portset *set, uint16_t port); /* false: was there */
void portset_add_range(struct portset *set, uint16_t first, uint16_t last);
bool portset_remove(struct portset *set, uint16_t port);
/* Takes the members of `gone` out. */
void portset_remove_all(struct portset *set, const struct portset *gone);
static inline bool portset_has(const struct portset *set, uint16_t port)
{
	return set->words[port >> 6] >> (port & 63) & 1;
}
/* The first member >= from, or -1. Loop: for (p = next(s, 0); p >= 0; p = next(s, p + 1)) */
int32_t portset_next(const struct portset *set, uint32_t from);
/* "1,3-4,80": ascending, runs compressed (formats.md 3). */
void portset_format(const struct portset *set, struct buf *out);

#endif
