/* Each family keeps its ranges in one array, cut into runs. A run is sorted
 * and its ranges do not touch. New ranges go into the last, young run; when
 * that is full it is merged with the run before it as long as that one is not
 * more than eight times its size, and a new young run begins. So there are few runs
 * (a logarithm of the ranges), a look-up is one binary search in each, and an
 * addition moves each range a logarithmic number of times: a scan may add and
 * ask in turns for ten million addresses. addrset_ranges() leaves one run. */
#include "net/addrset.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

#define YOUNG_MAX 256
#define RUNS_MAX  64

struct span {
	ip_value first, last;
	uint32_t scope;
};

/* How spans are stored: 8 bytes for IPv4, 40 for IPv6. */
struct stored_v4 {
	uint32_t first, last;
};
struct stored_v6 {
	uint64_t first[2], last[2];
	uint32_t scope;
};

struct half {
	bool v6;
	uint8_t *bytes;
	size_t count, room;
	size_t starts[RUNS_MAX]; /* run r is starts[r] .. starts[r + 1], the last ends at count */
	unsigned runs;           /* at least 1 */
};

struct addrset {
	struct half v4, v6;
};

struct addrset *addrset_new(void)
{
	struct addrset *set = alloc_zero(sizeof(*set));

	if (!set)
		return NULL;
	set->v4.runs = set->v6.runs = 1;
	set->v6.v6 = true;
	return set;
}

void addrset_free(struct addrset *set)
{
	if (!set)
		return;
	alloc_free(set->v4.bytes);
	alloc_free(set->v6.bytes);
	alloc_free(set);
}

static size_t each_bytes(const struct half *half)
{
	return half->v6 ? sizeof(struct stored_v6) : sizeof(struct stored_v4);
}

static struct span span_load(bool v6, const uint8_t *bytes, size_t i)
{
	struct stored_v4 v4;
	struct stored_v6 s;

	if (!v6) {
		memcpy(&v4, bytes + i * sizeof(v4), sizeof(v4));
		return (struct span){v4.first, v4.last, 0};
	}
	memcpy(&s, bytes + i * sizeof(s), sizeof(s));
	return (struct span){(ip_value)s.first[0] << 64 | s.first[1],
			     (ip_value)s.last[0] << 64 | s.last[1], s.scope};
}

static struct span span_at(const struct half *half, size_t i)
{
	return span_load(half->v6, half->bytes, i);
}

static void span_put(struct half *half, size_t i, const struct span *span)
{
	struct stored_v4 v4 = {(uint32_t)span->first, (uint32_t)span->last};
	struct stored_v6 s = {
		.first = {(uint64_t)(span->first >> 64), (uint64_t)span->first},
		.last = {(uint64_t)(span->last >> 64), (uint64_t)span->last},
		.scope = span->scope,
	};

	if (half->v6)
		memcpy(half->bytes + i * sizeof(s), &s, sizeof(s));
	else
		memcpy(half->bytes + i * sizeof(v4), &v4, sizeof(v4));
}

static bool span_before(const struct span *a, const struct span *b)
{
	return a->scope != b->scope ? a->scope < b->scope : a->first < b->first;
}

/* Whether `b`, not before `a`, can be one range with it. */
static bool span_touches(const struct span *a, const struct span *b)
{
	return a->scope == b->scope && (b->first <= a->last || b->first - 1 == a->last);
}

static size_t run_end(const struct half *half, unsigned run)
{
	return run + 1 < half->runs ? half->starts[run + 1] : half->count;
}

/* The same as run_find() below, for IPv4, where most of the time goes. */
static size_t run_find_v4(const struct half *half, unsigned run, uint32_t value)
{
	const struct stored_v4 *spans = (const void *)half->bytes;
	size_t low = half->starts[run], count = run_end(half, run) - low;

	while (count) {
		size_t middle = count / 2;

		if (spans[low + middle].last < value) {
			low += middle + 1;
			count -= middle + 1;
		} else {
			count = middle;
		}
	}
	return low;
}

/* The first span of the run that does not end before value. */
static size_t run_find(const struct half *half, unsigned run, uint32_t scope, ip_value value)
{
	size_t low = half->starts[run], high = run_end(half, run);

	if (!half->v6)
		return run_find_v4(half, run, (uint32_t)value);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct span span = span_at(half, middle);

		if (span.scope < scope || (span.scope == scope && span.last < value))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One run out of the last two, from the back, so that only the shorter,
 * younger one is copied aside. */
static bool merge_aside(struct half *half)
{
	size_t each = each_bytes(half), at = half->count;
	size_t start = half->starts[half->runs - 2], middle = half->starts[half->runs - 1];
	size_t older = middle, younger = half->count - middle;
	uint8_t *aside = alloc_array(younger, each);

	if (!aside)
		return false;
	memcpy(aside, half->bytes + middle * each, younger * each);
	while (younger) {
		struct span new = span_load(half->v6, aside, younger - 1), old;

		if (older > start) {
			old = span_at(half, older - 1);
			if (span_before(&new, &old)) {
				span_put(half, --at, &old);
				older--;
				continue;
			}
		}
		span_put(half, --at, &new);
		younger--;
	}
	alloc_free(aside);
	return true;
}

static int compare_v4(const void *a, const void *b)
{
	struct span left = span_load(false, a, 0), right = span_load(false, b, 0);

	return (left.first > right.first) - (left.first < right.first);
}

static int compare_v6(const void *a, const void *b)
{
	struct span left = span_load(true, a, 0), right = span_load(true, b, 0);

	return span_before(&right, &left) - span_before(&left, &right);
}

/* Makes one range of those that touch, from span `start` to the end. */
static void join_touching(struct half *half, size_t start)
{
	size_t i, kept = start;

	for (i = start + 1; i < half->count; i++) {
		struct span left = span_at(half, kept), right = span_at(half, i);

		if (!span_touches(&left, &right)) {
			span_put(half, ++kept, &right);
			continue;
		}
		if (right.last > left.last) {
			left.last = right.last;
			span_put(half, kept, &left);
		}
	}
	if (half->count > start)
		half->count = kept + 1;
}

/* Never fails: without memory it sorts in place, which is slower. */
static void merge_last_two(struct half *half)
{
	size_t start = half->starts[half->runs - 2], each = each_bytes(half);

	if (half->count > start && !merge_aside(half))
		qsort(half->bytes + start * each, half->count - start, each,
		      half->v6 ? compare_v6 : compare_v4);
	half->runs--;
	join_touching(half, start);
}

static void young_seal(struct half *half)
{
	while (half->runs > 1) {
		size_t young = half->starts[half->runs - 1], older = half->starts[half->runs - 2];

		if (young - older > 8 * (half->count - young) && half->runs < RUNS_MAX)
			break;
		merge_last_two(half);
	}
	half->starts[half->runs++] = half->count;
}

static int half_reserve(struct half *half)
{
	size_t room = half->room + half->room / 2 + 4;
	uint8_t *bytes;

	if (half->count < half->room)
		return 0;
	bytes = alloc_resize(half->bytes, room, each_bytes(half));
	if (!bytes)
		return ERROR_MEMORY;
	half->bytes = bytes;
	half->room = room;
	return 0;
}

/* Puts `new` in the place of the spans it touches in the young run. */
static int half_add(struct half *half, struct span new)
{
	size_t each = each_bytes(half), from, to;

	if (half->count - half->starts[half->runs - 1] >= YOUNG_MAX)
		young_seal(half);
	if (half_reserve(half) < 0)
		return ERROR_MEMORY;
	from = run_find(half, half->runs - 1, new.scope, new.first ? new.first - 1 : 0);
	for (to = from; to < half->count; to++) {
		struct span old = span_at(half, to);

		if (old.scope != new.scope || (old.first > new.last &&old.first - 1 != new.last))
			break;
		if (old.first < new.first)
			new.first = old.first;
		if (old.last > new.last)
			new.last = old.last;
	}
	if (half->count > to)
		memmove(half->bytes + (from + 1) * each, half->bytes + to * each,
			(half->count - to) * each);
	half->count += 1 + from - to;
	span_put(half, from, &new);
	return 0;
}

static struct half *half_of(struct addrset *set, const struct ip_addr *addr)
{
	return addr->family == IP_V6 ? &set->v6 : &set->v4;
}

int addrset_add_range(struct addrset *set, const struct ip_addr *first, const struct ip_addr *last)
{
	struct span span = {ip_value_of(first), ip_value_of(last), first->scope_id};

	if (first->family != last->family || first->scope_id != last->scope_id ||
	    span.first > span.last || (first->family != IP_V4 && first->family != IP_V6))
		return ERROR_RANGE;
	return half_add(half_of(set, first), span);
}

int addrset_add(struct addrset *set, const struct ip_addr *addr)
{
	return addrset_add_range(set, addr, addr);
}

/* The furthest end of the spans that hold value, of its own zone or of all. */
static bool half_covers(const struct half *half, uint32_t scope, ip_value value, ip_value *ret_last)
{
	bool found = false;
	unsigned run;

	for (run = 0; run < half->runs; run++) {
		size_t i = run_find(half, run, scope, value);
		struct span span;

		if (i == run_end(half, run))
			continue;
		span = span_at(half, i);
		if (span.scope != scope || span.first > value)
			continue;
		if (!found || span.last > *ret_last)
			*ret_last = span.last;
		found = true;
	}
	if (scope) {
		ip_value last;

		if (half_covers(half, 0, value, &last)) {
			if (!found || last > *ret_last)
				*ret_last = last;
			found = true;
		}
	}
	return found;
}

/* Ranges of several runs may touch; gives the end of them all. */
static ip_value half_extend(const struct half *half, uint32_t scope, ip_value last)
{
	ip_value further, end = half->v6 ? ~(ip_value)0 : UINT32_MAX;

	while (last != end && half_covers(half, scope, last + 1, &further))
		last = further;
	return last;
}

bool addrset_has(struct addrset *set, const struct ip_addr *addr)
{
	ip_value last;

	return half_covers(half_of(set, addr), addr->scope_id, ip_value_of(addr), &last);
}

bool addrset_range_end(struct addrset *set, const struct ip_addr *addr, struct ip_addr *ret_last)
{
	const struct half *half = half_of(set, addr);
	ip_value last;

	if (!half_covers(half, addr->scope_id, ip_value_of(addr), &last))
		return false;
	last = half_extend(half, addr->scope_id, last);
	*ret_last = ip_from_value((enum ip_family)addr->family, last, addr->scope_id);
	return true;
}

/* The lowest span of the zone that does not end before value. */
static bool half_next(const struct half *half, uint32_t scope, ip_value value,
		      struct span *ret_span)
{
	bool found = false;
	unsigned run;

	for (run = 0; run < half->runs; run++) {
		size_t i = run_find(half, run, scope, value);
		struct span span;

		if (i == run_end(half, run))
			continue;
		span = span_at(half, i);
		if (span.scope != scope || (found && span.first >= ret_span->first))
			continue;
		*ret_span = span;
		found = true;
	}
	return found;
}

bool addrset_next(struct addrset *set, const struct ip_addr *addr, struct ip_addr *ret_first,
		  struct ip_addr *ret_last)
{
	const struct half *half = half_of(set, addr);
	ip_value value = ip_value_of(addr);
	struct span span, any;
	bool found = half_next(half, addr->scope_id, value, &span);

	if (addr->scope_id && half_next(half, 0, value, &any) &&
	    (!found || any.first < span.first)) {
		span = any;
		found = true;
	}
	if (!found)
		return false;
	*ret_first = ip_from_value((enum ip_family)addr->family, span.first, addr->scope_id);
	if (!ret_last)
		return true;
	span.last = half_extend(half, addr->scope_id, span.last);
	*ret_last = ip_from_value((enum ip_family)addr->family, span.last, addr->scope_id);
	return true;
}

bool addrset_is_empty(const struct addrset *set)
{
	return !set->v4.count && !set->v6.count;
}

size_t addrset_ranges(struct addrset *set)
{
	while (set->v4.runs > 1)
		merge_last_two(&set->v4);
	while (set->v6.runs > 1)
		merge_last_two(&set->v6);
	return set->v4.count + set->v6.count;
}

void addrset_range_at(struct addrset *set, size_t i, struct ip_addr *ret_first,
		      struct ip_addr *ret_last)
{
	bool v6 = i >= set->v4.count;
	struct span span = v6 ? span_at(&set->v6, i - set->v4.count) : span_at(&set->v4, i);
	enum ip_family family = v6 ? IP_V6 : IP_V4;

	*ret_first = ip_from_value(family, span.first, span.scope);
	*ret_last = ip_from_value(family, span.last, span.scope);
}
