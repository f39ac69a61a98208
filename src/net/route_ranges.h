/* Answers of the kernel, remembered by address range: of one family, and for IPv6
 * of one zone. Finds in the time of a binary search; ranges side by side with the
 * same answer become one.
 *
 * A range that was given out stays where it is, and what it says stays true, until
 * the arena goes: it may grow, and one that was merged into its neighbour is only no
 * longer found. */
#ifndef PORTOLAN_NET_ROUTE_RANGES_H
#define PORTOLAN_NET_ROUTE_RANGES_H

#include "net/route.h"
#include "util/arena.h"

/* 16 MiB at most; with the merged ones, too. */
#define ROUTE_RANGES_MAX 65536

/* A route or, with `refusal` (an errno value), why there is none; the range is in
 * the route either way. */
struct route_range {
	ip_value first, last;
	struct route route;
	int refusal;
};

struct route_ranges {
	uint8_t family;
	uint32_t scope_id;
	ip_value *firsts; /* sorted; at[i] begins at firsts[i] */
	struct route_range **at;
	size_t count, room;
	size_t made; /* of the arena, the merged ones too */
	size_t recent;
};

void route_ranges_release(struct route_ranges *ranges);
/* The range that holds the value; NULL when there is none. */
const struct route_range *route_ranges_find(struct route_ranges *ranges, ip_value value);
/* Keeps an answer for a range that overlaps none so far. NULL when memory is short or
 * ROUTE_RANGES_MAX are there. */
const struct route_range *route_ranges_add(struct route_ranges *ranges, struct arena *arena,
					   const struct route_range *answer);
/* Writes first and last into the route as addresses. */
void route_range_stamp(struct route_range *range, uint8_t family, uint32_t scope_id);

#endif
