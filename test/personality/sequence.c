#include "sequence.h"

#include "choice.h"
#include "detect/os/os_sequence.h"

#include <math.h>

#define RATES_MOST   (SEQUENCE_PROBES - 1)
#define LARGE_UNIT   9u /* above it the deviation is counted in units */
#define LOG2_MOST    0x118u
#define STEP_MOST    0x7fffffffu
#define LARGE        512u    /* multiples of which single ones do not matter */
#define VERY_LARGE   100000u /* of which dozens do not */
#define GAPS_A_S     10.0
#define COUNTER_HIGH 0x8000u
#define COUNTER_LOW  0x0403u
#define POSITIVE     1501u

/* How the steps lie around their mean. */
static const int8_t shapes[][RATES_MOST] = {
	{1, -1, 1, -1, 0}, {-1, -1, -1, -1, 4}, {-2, 3, -2, 3, -2},
	{1, 1, 1, -4, 1},  {0, 0, 1, -1, 0},    {0, 0, 0, 0, 0},
};

/* ------------------------------------------------- initial sequence numbers */

struct search {
	const struct isn_wish *wish;
	struct isn_steps *steps;
	bool has_exact;
	struct isn_steps exact; /* fits, but not when the prober is late a little */
};

/* The sample standard deviation of a shape becomes 1. */
static void normalize(const int8_t *shape, double ret_shape[RATES_MOST])
{
	double mean = 0, squares = 0;
	size_t i;

	for (i = 0; i < RATES_MOST; i++)
		mean += shape[i] / (double)RATES_MOST;
	for (i = 0; i < RATES_MOST; i++)
		squares += (shape[i] - mean) * (shape[i] - mean);
	squares = squares > 0 ? sqrt(squares / (double)(RATES_MOST - 1)) : 1;
	for (i = 0; i < RATES_MOST; i++)
		ret_shape[i] = (shape[i] - mean) / squares;
}

static bool is_allowed(const struct isn_wish *wish, struct os_isn_facts facts)
{
	return choice_allows(wish->index, facts.index) && choice_allows(wish->gcd, facts.gcd) &&
	       choice_allows(wish->rate, facts.rate);
}

/* With every other probe late by a part of the gap. */
static bool judged_right(const struct search *search, double late)
{
	uint32_t isns[SEQUENCE_PROBES], isn = 0;
	uint64_t sent_ns[SEQUENCE_PROBES], now_ns = 0, gap_ns;
	size_t i, count = 0;

	for (i = 0; i < SEQUENCE_PROBES; i++) {
		if (search->wish->samples & 1u << i) {
			isns[count] = isn;
			sent_ns[count++] = now_ns;
		}
		if (i + 1 == SEQUENCE_PROBES)
			break;
		gap_ns = (uint64_t)(SEQUENCE_GAP_NS * (i % 2 ? 1 : 1 + late));
		isn += isn_advance(search->steps, i, i + 1, gap_ns);
		now_ns += gap_ns;
	}
	return is_allowed(search->wish, os_isn_facts_of(isns, sent_ns, count));
}

static bool try_steps(struct search *search)
{
	if (!judged_right(search, 0))
		return false;
	if (judged_right(search, 0.02) && judged_right(search, 0.001))
		return true;
	search->has_exact = true;
	search->exact = *search->steps;
	return false;
}

static uint32_t gcd_of(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Large steps must not have a divisor in common that comes and goes with their size. */
static bool is_odd(const struct isn_steps *steps)
{
	uint32_t gcd = 0, most = 0;
	size_t i;

	for (i = 0; i < RATES_MOST; i++) {
		gcd = gcd_of(gcd, steps->multiples[i]);
		most = steps->multiples[i] > most ? steps->multiples[i] : most;
	}
	return gcd == 1 || most < LARGE;
}

static bool try_odd(struct search *search)
{
	uint32_t *last = &search->steps->multiples[RATES_MOST - 1], tries;

	for (tries = 0; tries < 6; tries++, ++*last)
		if (is_odd(search->steps) && try_steps(search))
			return true;
	return false;
}

static bool try_shape(struct search *search, const int8_t *shape, double mean, double deviation)
{
	struct isn_steps *steps = search->steps;
	double placed[RATES_MOST], most = (double)STEP_MOST / steps->unit, multiple;
	size_t i;

	normalize(shape, placed);
	for (i = 0; i < RATES_MOST; i++) {
		multiple = floor(mean + deviation * placed[i] + 0.5);
		if (multiple < 0 || multiple > most)
			return false;
		steps->multiples[i] = (uint32_t)multiple;
	}
	return try_odd(search);
}

/* `rate` and `index` are eight times the logarithm. */
static bool try_facts(struct search *search, uint32_t rate, uint32_t index)
{
	uint32_t unit = search->steps->unit;
	double mean = exp2(rate / 8.0) / GAPS_A_S / unit;
	double deviation = index ? exp2(index / 8.0) / GAPS_A_S : 0;
	size_t i;

	if (unit <= LARGE_UNIT)
		deviation /= unit;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (try_shape(search, shapes[i], mean, deviation))
			return true;
	return false;
}

/* From the middle of the range to its ends: then a little noise does no harm. */
static uint32_t from_middle(struct choice_range range, uint32_t i)
{
	uint32_t middle = (uint32_t)(range.low + range.high) / 2, away = (i + 1) / 2;

	if (i % 2)
		return middle > away ? middle - away : 0;
	return middle + away;
}

static struct choice_range logarithms(const char **rest)
{
	struct choice_range range = {LOG2_MOST - 24, LOG2_MOST - 24};

	if (*rest && !choice_next_range(rest, &range))
		return (struct choice_range){1, 0};
	if (range.high > LOG2_MOST)
		range.high = LOG2_MOST;
	return range;
}

static bool try_index(struct search *search, uint32_t rate)
{
	const char *rest = search->wish->index;

	do {
		struct choice_range range = logarithms(&rest);
		uint32_t i;

		for (i = 0; range.low + i <= range.high; i++)
			if (try_facts(search, rate, from_middle(range, i)))
				return true;
	} while (rest);
	return false;
}

static bool try_unit(struct search *search, uint32_t unit)
{
	const char *rest = search->wish->rate;

	*search->steps = (struct isn_steps){.unit = unit};
	if (!unit)
		return try_steps(search);
	do {
		struct choice_range range = logarithms(&rest);
		uint32_t i;

		for (i = 0; range.low + i <= range.high; i++)
			if (try_index(search, from_middle(range, i)))
				return true;
	} while (rest);
	return false;
}

bool isn_find(const struct isn_wish *wish, struct isn_steps *ret_steps)
{
	struct search search = {.wish = wish, .steps = ret_steps};
	const char *rest = wish->gcd ? wish->gcd : "1";
	struct choice_range range;

	while (choice_next_range(&rest, &range))
		if (try_unit(&search, (uint32_t)range.low) ||
		    (range.high > range.low && try_unit(&search, (uint32_t)range.high)))
			return true;
	if (search.has_exact)
		*ret_steps = search.exact;
	return search.has_exact;
}

/* Remainders of large multiples stay, so that the steps get no divisor in common. */
static uint32_t modulus_of(uint32_t multiple)
{
	return multiple >= VERY_LARGE ? 30 : multiple >= LARGE ? 2 : 1;
}

static uint32_t scaled(uint32_t multiple, double ratio)
{
	uint32_t modulus = modulus_of(multiple), rest = multiple % modulus;
	double change = multiple * (ratio - 1),
	       wanted = floor((multiple * ratio - rest) / modulus + 0.5) * modulus + rest;

	/* A whole step of a small number would be more than what it makes up for. */
	if (multiple < LARGE && fabs(change) < 1)
		return multiple;
	if (multiple && wanted < 1)
		return 1;
	return wanted > STEP_MOST ? STEP_MOST : (uint32_t)wanted;
}

uint32_t isn_advance(const struct isn_steps *steps, size_t from, size_t to, uint64_t elapsed_ns)
{
	double ratio = (double)elapsed_ns / (double)(SEQUENCE_GAP_NS * (to - from));
	uint32_t sum = 0;

	for (; from < to; from++)
		sum += scaled(steps->multiples[from], ratio);
	return sum * steps->unit;
}

/* ------------------------------------------------- IP identifications */

static struct id_rule rule_of(const char *text)
{
	static const char *const names[] = {"I", "Z", "BI", "RI", "RD", NULL};
	int manner = choice_word(text, names, ID_CONSTANT);

	return (struct id_rule){
		.manner = (enum id_manner)manner,
		.value = manner == ID_CONSTANT ? (uint16_t)choice_number(text, 1) : 0,
	};
}

struct id_rule id_rule_read(const char *expression, bool counts)
{
	const char *rest = expression;
	char text[CHOICE_BYTES];

	if (!expression)
		return (struct id_rule){.manner = ID_COUNTER};
	while (counts && choice_next(&rest, text))
		if (id_is_counter(rule_of(text)))
			return rule_of(text);
	rest = expression;
	(void)choice_next(&rest, text);
	return rule_of(text);
}

bool id_is_counter(struct id_rule rule)
{
	return id_step(rule) != 0;
}

uint16_t id_step(struct id_rule rule)
{
	switch (rule.manner) {
	case ID_COUNTER:
		return 1;
	case ID_BROKEN:
		return 256;
	case ID_POSITIVE:
		return POSITIVE;
	default:
		return 0;
	}
}

uint16_t id_next(struct id_rule rule, struct id_state *state, bool begins)
{
	switch (rule.manner) {
	case ID_ZERO:
		return 0;
	case ID_CONSTANT:
		return rule.value;
	case ID_RANDOM: /* up by more than 20000, and down */
		state->high = !state->high;
		state->last = (uint16_t)(state->last + 37) % 4096;
		return (uint16_t)(state->last + (state->high ? 50000 : 9000));
	default:
		if (!state->last || (begins && state->last > COUNTER_HIGH))
			state->last = COUNTER_LOW;
		state->last = (uint16_t)(state->last + id_step(rule));
		return state->last;
	}
}

/* ------------------------------------------------- timestamps */

double timestamp_rate(unsigned value)
{
	switch (value) {
	case 1:
		return 2;
	case 7:
		return 100;
	case 8:
		return 250;
	case 10:
		return 1000;
	default:
		return exp2(value);
	}
}
