#include "engine/target_random.h"

#include "engine/permutation.h"
#include "util/alloc.h"
#include "util/error.h"

/* Addresses that are not anyone's public host (IANA's special-purpose
 * registry, as features.md TS-09 lists it), and multicast. */
static const struct {
	uint32_t first;
	unsigned bits;
} reserved[] = {
	{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
	{0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0a80000, 16}, {0xc6120000, 15},
	{0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4},
};

/* A stretch that may be drawn from, and how many addresses are in those before. */
struct stretch {
	uint32_t first, before;
};

struct target_random {
	struct stretch *stretches;
	size_t count;
	uint64_t total, drawn;
	struct permutation permutation;
};

static int bar_reserved(struct addrset *barred)
{
	size_t i;
	int r;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		struct ip_addr first = ip_v4(reserved[i].first);
		struct ip_addr last = ip_last_of(&first, reserved[i].bits);

		if ((r = addrset_add_range(barred, &first, &last)) < 0)
			return r;
	}
	return 0;
}

static int bar_excludes(struct addrset *barred, struct addrset *excludes)
{
	size_t i, ranges = excludes ? addrset_ranges(excludes) : 0;
	struct ip_addr first, last;
	int r;

	for (i = 0; i < ranges; i++) {
		addrset_range_at(excludes, i, &first, &last);
		if (first.family == IP_V4 && (r = addrset_add_range(barred, &first, &last)) < 0)
			return r;
	}
	return 0;
}

static void stretch_add(struct target_random *random, uint64_t first, uint64_t end)
{
	if (first >= end)
		return;
	random->stretches[random->count++] =
		(struct stretch){(uint32_t)first, (uint32_t)random->total};
	random->total += end - first;
}

static int random_number(struct target_random *random, struct addrset *barred)
{
	size_t i, ranges = addrset_ranges(barred);
	struct ip_addr first, last;
	uint64_t at = 0;

	random->stretches = alloc_array(ranges + 1, sizeof(*random->stretches));
	if (!random->stretches)
		return ERROR_MEMORY;
	for (i = 0; i < ranges; i++) {
		addrset_range_at(barred, i, &first, &last);
		stretch_add(random, at, ip_v4_value(&first));
		at = (uint64_t)ip_v4_value(&last) + 1;
	}
	stretch_add(random, at, UINT64_C(1) << 32);
	return 0;
}

int target_random_new(struct addrset *excludes, uint64_t seed, struct target_random **ret_random)
{
	struct target_random *random = alloc_zero(sizeof(*random));
	struct addrset *barred = addrset_new();
	int r = ERROR_MEMORY;

	if (!random || !barred || (r = bar_reserved(barred)) < 0 ||
	    (r = bar_excludes(barred, excludes)) < 0 || (r = random_number(random, barred)) < 0)
		goto out;
	if (random->total)
		permutation_init(&random->permutation, random->total, seed);
	*ret_random = random;
	random = NULL;
out:
	target_random_free(random);
	addrset_free(barred);
	return r;
}

void target_random_free(struct target_random *random)
{
	if (!random)
		return;
	alloc_free(random->stretches);
	alloc_free(random);
}

uint64_t target_random_total(const struct target_random *random)
{
	return random->total;
}

bool target_random_next(struct target_random *random, struct ip_addr *ret_addr)
{
	size_t low = 0, high = random->count;
	uint32_t rank;

	if (random->drawn == random->total)
		return false;
	rank = (uint32_t)permutation_value(&random->permutation, random->drawn++);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (random->stretches[middle].before <= rank)
			low = middle;
		else
			high = middle;
	}
	*ret_addr = ip_v4(random->stretches[low].first + (rank - random->stretches[low].before));
	return true;
}
