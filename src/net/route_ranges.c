#include "net/route_ranges.h"
#include "util/alloc.h"

#include <string.h>

void route_ranges_release(struct route_ranges *ranges)
{
	alloc_free(ranges->firsts);
	alloc_free(ranges->at);
	*ranges = (struct route_ranges){.family = ranges->family, .scope_id = ranges->scope_id};
}

void route_range_stamp(struct route_range *range, uint8_t family, uint32_t scope_id)
{
	range->route.first = ip_from_value(family, range->first, scope_id);
	range->route.last = ip_from_value(family, range->last, scope_id);
}

static bool holds(const struct route_range *range, ip_value value)
{
	return range->first <= value && value <= range->last;
}

/* How many ranges begin at or below the value. Without a branch on the comparison:
 * targets come in random order, and none could be foretold. */
static size_t begin_up_to(const struct route_ranges *ranges, ip_value value)
{
	const ip_value *base = ranges->firsts;
	size_t left = ranges->count;

	if (!left)
		return 0;
	while (left > 1) {
		size_t half = left / 2;

		base += half * (size_t)(base[half - 1] <= value);
		left -= half;
	}
	return (size_t)(base - ranges->firsts) + (*base <= value);
}

const struct route_range *route_ranges_find(struct route_ranges *ranges, ip_value value)
{
	size_t below;

	if (ranges->recent < ranges->count && holds(ranges->at[ranges->recent], value))
		return ranges->at[ranges->recent];
	below = begin_up_to(ranges, value);
	if (!below || !holds(ranges->at[below - 1], value))
		return NULL;
	ranges->recent = below - 1;
	return ranges->at[below - 1];
}

/* Do both say the same? */
static bool alike(const struct route_range *a, const struct route_range *b)
{
	const struct route *one = &a->route, *other = &b->route;

	return a->refusal == b->refusal && one->interface == other->interface &&
	       one->local == other->local && one->mtu == other->mtu &&
	       ip_equal(&one->source, &other->source) && ip_equal(&one->next_hop, &other->next_hop);
}

static bool follows(const struct route_range *after, const struct route_range *before)
{
	return before->last + 1 == after->first && alike(before, after);
}

static bool make_room(struct route_ranges *ranges)
{
	size_t room = ranges->room ? ranges->room * 2 : 16;
	struct route_range **at;
	ip_value *firsts;

	if (ranges->count < ranges->room)
		return true;
	if (!(firsts = alloc_resize(ranges->firsts, room, sizeof(*firsts))))
		return false;
	ranges->firsts = firsts;
	if (!(at = alloc_resize(ranges->at, room, sizeof(struct route_range *))))
		return false;
	ranges->at = at;
	ranges->room = room;
	return true;
}

static void remove_at(struct route_ranges *ranges, size_t index)
{
	size_t behind = --ranges->count - index;

	memmove(ranges->firsts + index, ranges->firsts + index + 1,
		behind * sizeof(*ranges->firsts));
	memmove(ranges->at + index, ranges->at + index + 1, behind * sizeof(struct route_range *));
}

static void insert_at(struct route_ranges *ranges, size_t index, struct route_range *range)
{
	size_t behind = ranges->count++ - index;

	memmove(ranges->firsts + index + 1, ranges->firsts + index,
		behind * sizeof(*ranges->firsts));
	memmove(ranges->at + index + 1, ranges->at + index, behind * sizeof(struct route_range *));
	ranges->firsts[index] = range->first;
	ranges->at[index] = range;
}

/* The range before `index` takes the answer in, and the one behind it if that now
 * follows. */
static const struct route_range *grow_up(struct route_ranges *ranges, size_t index, ip_value last)
{
	struct route_range *before = ranges->at[index - 1];

	before->last = last;
	if (index < ranges->count && follows(ranges->at[index], before)) {
		before->last = ranges->at[index]->last;
		remove_at(ranges, index);
	}
	route_range_stamp(before, ranges->family, ranges->scope_id);
	return before;
}

static const struct route_range *grow_down(struct route_ranges *ranges, size_t index,
					   ip_value first)
{
	struct route_range *after = ranges->at[index];

	after->first = ranges->firsts[index] = first;
	route_range_stamp(after, ranges->family, ranges->scope_id);
	return after;
}

const struct route_range *route_ranges_add(struct route_ranges *ranges, struct arena *arena,
					   const struct route_range *answer)
{
	size_t index = begin_up_to(ranges, answer->first);
	struct route_range *made;

	if (index && follows(answer, ranges->at[index - 1]))
		return grow_up(ranges, index, answer->last);
	if (index < ranges->count && follows(ranges->at[index], answer))
		return grow_down(ranges, index, answer->first);
	if (ranges->made >= ROUTE_RANGES_MAX || !make_room(ranges) ||
	    !(made = arena_alloc(arena, sizeof(*made))))
		return NULL;
	*made = *answer;
	ranges->made++;
	route_range_stamp(made, ranges->family, ranges->scope_id);
	insert_at(ranges, index, made);
	return made;
}
