#include "engine/idle_ids.h"

/* Steps between answers that a quiet host may make: other packets it sends in
 * between count as well. */
#define STEP_MOST        9u
#define STEP_BY_TWO_MOST 22u
#define STEP_SWAPPED     20u
#define STEP_RANDOM      20000u
#define IDS_FEW          3u

static uint16_t swapped(uint16_t id)
{
	return (uint16_t)(id << 8 | id >> 8);
}

/* The largest step, and all steps or-ed together. */
static uint16_t largest_step(const uint16_t *ids, size_t count, bool swap, uint16_t *ret_bits)
{
	uint16_t most = 0, step;
	size_t i;

	*ret_bits = 0;
	for (i = 1; i < count; i++) {
		step = swap ? (uint16_t)(swapped(ids[i]) - swapped(ids[i - 1]))
			    : (uint16_t)(ids[i] - ids[i - 1]);
		*ret_bits |= step;
		most = step > most ? step : most;
	}
	return most;
}

/* No step may be 0: each answer is a packet more. */
static bool all_move(const uint16_t *ids, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (ids[i] == ids[i - 1])
			return false;
	return true;
}

enum ids_class ids_classify(const uint16_t *ids, size_t count)
{
	uint16_t bits, swapped_bits, most, swapped_most;

	if (count < IDS_FEW)
		return IDS_UNKNOWN;
	most = largest_step(ids, count, false, &bits);
	swapped_most = largest_step(ids, count, true, &swapped_bits);
	if (!most)
		return ids[0] ? IDS_CONSTANT : IDS_ZERO;
	if (all_move(ids, count)) {
		if (most <= STEP_BY_TWO_MOST && !(bits & 1))
			return IDS_BY_TWO;
		if (most <= STEP_MOST)
			return IDS_INCREMENTAL;
		if (swapped_most <= STEP_SWAPPED)
			return IDS_SWAPPED;
	}
	return most > STEP_RANDOM ? IDS_RANDOM : IDS_UNKNOWN;
}

uint32_t ids_distance(enum ids_class class, uint16_t from, uint16_t to)
{
	if (class == IDS_SWAPPED)
		return (uint16_t)(swapped(to) - swapped(from));
	if (class == IDS_BY_TWO)
		return (uint16_t)(to - from) / 2u;
	return (uint16_t)(to - from);
}

const char *ids_class_name(enum ids_class class)
{
	static const char *const names[] = {
		[IDS_UNKNOWN] = "Busy server or unknown class",
		[IDS_ZERO] = "All zeros",
		[IDS_CONSTANT] = "Constant",
		[IDS_RANDOM] = "Randomized",
		[IDS_INCREMENTAL] = "Incremental",
		[IDS_BY_TWO] = "Incrementing by 2",
		[IDS_SWAPPED] = "Broken little-endian incremental",
	};

	return names[class];
}
