/* Addresses of a pattern in ascending order are the pattern read as an
 * odometer, last octet fastest (TS-03), so "next" and "below" work digit by
 * digit like comparing two numbers in base 256. */
#include "engine/target_pattern.h"

static bool octet_has(const uint64_t octet[4], unsigned value)
{
	return octet[value >> 6] >> (value & 63) & 1;
}

/* The lowest member >= from, or 256. */
static unsigned octet_next(const uint64_t octet[4], unsigned from)
{
	unsigned word;

	for (word = from >> 6; word < 4; word++) {
		uint64_t bits = octet[word];

		if (word == from >> 6)
			bits &= UINT64_MAX << (from & 63);
		if (bits)
			return word * 64 + (unsigned)__builtin_ctzll(bits);
	}
	return 256;
}

/* The first value > from that is no member (256 past the end). */
static unsigned octet_gap(const uint64_t octet[4], unsigned from)
{
	uint64_t inverse[4] = {~octet[0], ~octet[1], ~octet[2], ~octet[3]};

	return octet_next(inverse, from);
}

static unsigned octet_count_below(const uint64_t octet[4], unsigned bound)
{
	unsigned word, count = 0;

	for (word = 0; word < bound >> 6; word++)
		count += (unsigned)__builtin_popcountll(octet[word]);
	if (bound & 63)
		count += (unsigned)__builtin_popcountll(octet[word] &
							((UINT64_C(1) << (bound & 63)) - 1));
	return count;
}

static unsigned octet_count(const uint64_t octet[4])
{
	return octet_count_below(octet, 256);
}

static void octet_add_range(uint64_t octet[4], unsigned first, unsigned last)
{
	for (; first <= last; first++)
		octet[first >> 6] |= UINT64_C(1) << (first & 63);
}

/* A decimal number up to 255; false leaves *at alone when no digit is there. */
static bool parse_number(const char **at, const char *end, unsigned *ret_value, bool *ret_bad)
{
	const char *start = *at;
	unsigned value = 0;

	for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
		value = value * 10 + (unsigned)(**at - '0');
		if (value > 255) {
			*ret_bad = true;
			return false;
		}
	}
	if (*at == start)
		return false;
	*ret_value = value;
	return true;
}

/* N, N-M, -M, N- or - at *at. */
static bool parse_range(const char **at, const char *end, uint64_t octet[4])
{
	unsigned first = 0, last = 255;
	bool bad = false, have_first = parse_number(at, end, &first, &bad);

	if (*at < end && **at == '-') {
		++*at;
		parse_number(at, end, &last, &bad);
	} else {
		last = first;
		bad |= !have_first;
	}
	if (bad || first > last)
		return false;
	octet_add_range(octet, first, last);
	return true;
}

static bool parse_octet(const char **at, const char *end, uint64_t octet[4])
{
	if (*at < end && **at == '*') {
		++*at;
		octet_add_range(octet, 0, 255);
		return true;
	}
	for (;;) {
		if (!parse_range(at, end, octet))
			return false;
		if (*at == end || **at != ',')
			return true;
		++*at;
	}
}

bool target_pattern_parse(const char *text, size_t bytes, struct target_pattern *ret_pattern)
{
	struct target_pattern pattern = {0};
	const char *at = text, *end = text + bytes;
	int i;

	for (i = 0; i < 4; i++) {
		if (i && (at == end || *at++ != '.'))
			return false;
		if (!parse_octet(&at, end, pattern.octets[i]))
			return false;
	}
	if (at != end)
		return false;
	*ret_pattern = pattern;
	return true;
}

void target_pattern_widen(struct target_pattern *pattern, unsigned bits)
{
	unsigned i, value;

	for (i = 0; i < 4; i++) {
		unsigned network_bits = bits > 8 * i ? bits - 8 * i : 0, free_values;
		uint64_t wide[4] = {0};

		if (network_bits >= 8)
			continue;
		free_values = 0xffu >> network_bits;
		for (value = 0; value < 256; value++)
			if (octet_has(pattern->octets[i], value))
				octet_add_range(wide, value & ~free_values, value | free_values);
		for (value = 0; value < 4; value++)
			pattern->octets[i][value] = wide[value];
	}
}

/* How many combinations octets `from` to 3 have. */
static uint64_t tail_count(const struct target_pattern *pattern, int from)
{
	uint64_t count = 1;

	for (; from < 4; from++)
		count *= octet_count(pattern->octets[from]);
	return count;
}

uint64_t target_pattern_count(const struct target_pattern *pattern)
{
	return tail_count(pattern, 0);
}

static unsigned digit(uint32_t addr, int i)
{
	return addr >> (24 - 8 * i) & 0xff;
}

uint64_t target_pattern_count_below(const struct target_pattern *pattern, uint64_t bound)
{
	uint64_t count = 0;
	int i;

	if (bound > UINT32_MAX)
		return target_pattern_count(pattern);
	for (i = 0; i < 4; i++) {
		unsigned d = digit((uint32_t)bound, i);

		count += octet_count_below(pattern->octets[i], d) * tail_count(pattern, i + 1);
		if (!octet_has(pattern->octets[i], d))
			break;
	}
	return count;
}

bool target_pattern_has(const struct target_pattern *pattern, uint32_t addr)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!octet_has(pattern->octets[i], digit(addr, i)))
			return false;
	return true;
}

/* The pattern's lowest address with the first i digits of `addr`, then
 * `value`. */
static uint32_t lowest_with(const struct target_pattern *pattern, uint32_t addr, int i,
			    unsigned value)
{
	uint32_t low = i ? addr & ~(UINT32_MAX >> (8 * i)) : 0;

	low |= value << (24 - 8 * i);
	for (i++; i < 4; i++)
		low |= octet_next(pattern->octets[i], 0) << (24 - 8 * i);
	return low;
}

bool target_pattern_next(const struct target_pattern *pattern, uint32_t from, uint32_t *ret_addr)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!octet_has(pattern->octets[i], digit(from, i)))
			break;
	if (i == 4) {
		*ret_addr = from;
		return true;
	}
	/* Digit i is not in the pattern: raise it, or carry into one before. */
	for (; i >= 0; i--) {
		unsigned value = octet_next(pattern->octets[i], digit(from, i) + 1);

		if (value < 256) {
			*ret_addr = lowest_with(pattern, from, i, value);
			return true;
		}
	}
	return false;
}

/* Behind octet k all are full, so from any address of the pattern the run
 * reaches the end of octet k's own run. It goes on only over 255 into 0, and
 * then, octet k having a gap, no further than there. */
uint32_t target_pattern_run_end(const struct target_pattern *pattern, uint32_t addr)
{
	int k = 3;

	while (k > 0 && octet_count(pattern->octets[k]) == 256)
		k--;
	for (;;) {
		unsigned gap = octet_gap(pattern->octets[k], digit(addr, k) + 1);

		addr = (k ? addr & ~(UINT32_MAX >> (8 * k)) : 0) | (gap - 1) << (24 - 8 * k);
		addr |= (uint32_t)(UINT32_MAX >> (8 * k)) >> 8;
		if (addr == UINT32_MAX || !target_pattern_has(pattern, addr + 1))
			return addr;
		addr++;
	}
}

/* How many members are followed by a member. */
static unsigned octet_neighbours(const uint64_t octet[4])
{
	unsigned word, count = 0;

	for (word = 0; word < 4; word++) {
		uint64_t above = octet[word] >> 1 | (word < 3 ? octet[word + 1] << 63 : 0);

		count += (unsigned)__builtin_popcountll(octet[word] & above);
	}
	return count;
}

/* From the last octet on: each value of an octet repeats the runs of what
 * follows it, and two neighbouring values join a run where what follows
 * reaches both ends. */
uint64_t target_pattern_runs(const struct target_pattern *pattern)
{
	bool reaches_both = true;
	uint64_t runs = 1;
	int i;

	for (i = 3; i >= 0; i--) {
		const uint64_t *octet = pattern->octets[i];

		runs = runs * octet_count(octet) - (reaches_both ? octet_neighbours(octet) : 0);
		reaches_both = reaches_both && octet_has(octet, 0) && octet_has(octet, 255);
	}
	return runs;
}

bool target_pattern_contains(const struct target_pattern *whole, const struct target_pattern *part)
{
	int i, word;

	for (i = 0; i < 4; i++)
		for (word = 0; word < 4; word++)
			if (part->octets[i][word] & ~whole->octets[i][word])
				return false;
	return true;
}
