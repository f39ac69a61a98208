#include "net/route_pieces.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

struct special {
	const char *addr;
	uint8_t bits;
};

/* What the kernel knows without a route. */
static const struct special special_v4[] = {
	{"0.0.0.0", 32},         {"0.0.0.0", 8},   {"127.0.0.0", 8},
	{"255.255.255.255", 32}, {"224.0.0.0", 4}, {"224.0.0.0", 24},
};
/* Scopes, and the labels of RFC 6724 as Linux ships them: those of this machine
 * come on top. */
static const struct special special_v6[] = {
	{"::", 128},    {"::1", 128},      {"::", 96},    {"::ffff:0:0", 96}, {"2002::", 16},
	{"2001::", 32}, {"2001:10::", 28}, {"fc00::", 7}, {"fe80::", 10},     {"fec0::", 10},
};

static ip_value greatest(enum ip_family family)
{
	return family == IP_V4 ? (ip_value)UINT32_MAX : ~(ip_value)0;
}

static int cut_specials(struct route_pieces *pieces, const struct special *special, size_t count)
{
	struct ip_addr addr;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < count; i++)
		if (ip_parse(special[i].addr, &addr))
			r = route_pieces_cut(pieces, &addr, special[i].bits);
	return r;
}

/* The second byte of an IPv6 multicast address holds its scope. */
static int cut_multicast(struct route_pieces *pieces)
{
	struct ip_addr addr = {.bytes = {0xff}, .family = IP_V6};
	unsigned second;
	int r = 0;

	for (second = 0; r == 0 && second < 256; second++) {
		addr.bytes[1] = (uint8_t)second;
		r = route_pieces_cut(pieces, &addr, 16);
	}
	return r;
}

int route_pieces_init(struct route_pieces *pieces, enum ip_family family)
{
	int r;

	*pieces = (struct route_pieces){.family = family};
	if (family == IP_V4)
		return cut_specials(pieces, special_v4, sizeof(special_v4) / sizeof(special_v4[0]));
	r = cut_specials(pieces, special_v6, sizeof(special_v6) / sizeof(special_v6[0]));
	return r < 0 ? r : cut_multicast(pieces);
}

void route_pieces_release(struct route_pieces *pieces)
{
	alloc_free(pieces->cuts);
	pieces->cuts = NULL;
	pieces->count = pieces->room = 0;
}

static int by_value(const void *a, const void *b)
{
	const ip_value *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

void route_pieces_seal(struct route_pieces *pieces)
{
	size_t i, kept = 0;

	if (!pieces->count)
		return;
	qsort(pieces->cuts, pieces->count, sizeof(*pieces->cuts), by_value);
	for (i = 1; i < pieces->count; i++)
		if (pieces->cuts[i] != pieces->cuts[kept])
			pieces->cuts[++kept] = pieces->cuts[i];
	pieces->count = kept + 1;
}

/* Most prefixes have neighbours, and so the same cut twice: they go first. */
static bool make_room(struct route_pieces *pieces)
{
	size_t room = pieces->room ? pieces->room * 2 : 64;
	ip_value *cuts;

	if (pieces->count < pieces->room)
		return true;
	route_pieces_seal(pieces);
	if (pieces->count < pieces->room / 2)
		return true;
	if (room > ROUTE_CUTS_MAX) {
		route_pieces_release(pieces);
		pieces->too_many = true;
		return true;
	}
	cuts = alloc_resize(pieces->cuts, room, sizeof(*cuts));
	if (!cuts)
		return false;
	pieces->cuts = cuts;
	pieces->room = room;
	return true;
}

static int cut_at(struct route_pieces *pieces, ip_value value)
{
	if (pieces->too_many)
		return 0;
	if (!make_room(pieces))
		return ERROR_MEMORY;
	if (!pieces->too_many)
		pieces->cuts[pieces->count++] = value;
	return 0;
}

int route_pieces_cut(struct route_pieces *pieces, const struct ip_addr *addr, unsigned bits)
{
	struct ip_addr first = ip_first_of(addr, bits), last = ip_last_of(addr, bits);
	int r;

	if (addr->family != pieces->family)
		return 0;
	r = cut_at(pieces, ip_value_of(&first));
	if (r < 0 || ip_value_of(&last) == greatest(pieces->family))
		return r;
	return cut_at(pieces, ip_value_of(&last) + 1);
}

/* How many cuts are not above the value. */
static size_t cuts_up_to(const struct route_pieces *pieces, ip_value value)
{
	size_t low = 0, high = pieces->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (pieces->cuts[middle] <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The largest block of a power of two around the value, within first..last. */
static void align(ip_value value, ip_value *first, ip_value *last)
{
	ip_value least = *first, most = *last, rest = 0;

	/* rest is the host part's mask; it grows as long as the block fits. */
	for (;;) {
		ip_value more = rest << 1 | 1;

		if (more == rest || (value & ~more) < least || (value | more) > most)
			break;
		rest = more;
	}
	*first = value & ~rest;
	*last = value | rest;
}

void route_pieces_find(const struct route_pieces *pieces, ip_value value, ip_value *ret_first,
		       ip_value *ret_last)
{
	size_t below;

	*ret_first = *ret_last = value;
	if (pieces->too_many)
		return;
	below = cuts_up_to(pieces, value);
	*ret_first = below ? pieces->cuts[below - 1] : 0;
	*ret_last = below < pieces->count ? pieces->cuts[below] - 1 : greatest(pieces->family);
	if (pieces->family == IP_V6)
		align(value, ret_first, ret_last);
}
