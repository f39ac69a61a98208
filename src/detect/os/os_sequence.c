#include "detect/os/os_sequence.h"

#include "detect/os/os_attributes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NS_PER_S      1e9
#define RATE_RANDOM   100000.0
#define NEAREST_RATES 3u

/* The smaller way round. */
static uint32_t step_of(uint32_t a, uint32_t b)
{
	return a - b < b - a ? a - b : b - a;
}

/* Per second; probes are at least a microsecond apart. Single precision, so that the
 * last digit of SP and ISR is the one reference files were made with. */
static float rate_of(uint32_t step, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t apart_us = to_ns > from_ns ? (to_ns - from_ns) / 1000 : 0;

	return (float)(step * 1e6 / (double)(apart_us ? apart_us : 1));
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

static double mean_of(const float *rates, size_t count)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += rates[i];
	return sum / (double)count;
}

static uint32_t eight_log2(double value)
{
	double result = floor(8 * log2(value) + 0.5);

	return result > 0 ? (uint32_t)result : 0;
}

/* With a large divisor the steps are multiples of it, and what counts is how many.
 * `count` rates come of count + 1 numbers. */
static uint32_t deviation_index(const float *rates, size_t count, uint32_t gcd)
{
	double divisor = gcd > 9 ? gcd : 1, mean = mean_of(rates, count) / divisor, sum = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		double away = rates[i] / divisor - mean;

		sum += away * away;
	}
	sum = count > 1 ? sqrt(sum / (double)(count - 1)) : 0;
	return sum <= 1 ? 0 : eight_log2(sum);
}

struct os_isn_facts os_isn_facts_of(const uint32_t *isns, const uint64_t *sent_ns, size_t count)
{
	struct os_isn_facts facts = {0};
	float rates[OS_SAMPLES_MAX];
	size_t i;

	for (i = 0; i + 1 < count; i++) {
		uint32_t step = step_of(isns[i + 1], isns[i]);

		facts.gcd = gcd_of(facts.gcd, step);
		rates[i] = rate_of(step, sent_ns[i], sent_ns[i + 1]);
	}
	if (!facts.gcd)
		return facts;
	facts.rate = eight_log2(mean_of(rates, count - 1));
	facts.index = deviation_index(rates, count - 1, facts.gcd);
	return facts;
}

const char *os_difficulty_words(uint32_t index)
{
	static const struct {
		uint32_t below;
		const char *words;
	} levels[] = {{3, "Trivial joke"},
		      {6, "Easy"},
		      {11, "Medium"},
		      {12, "Formidable"},
		      {16, "Worthy challenge"}};
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (index < levels[i].below)
			return levels[i].words;
	return "Good luck!";
}

#define STEP_RANDOM       20000u
#define STEP_WRAP_MOST    5120u
#define STEP_BROKEN_MOST  5120u
#define STEP_POSITIVE     1000u
#define STEP_POSITIVE_256 25600u
#define STEP_SMALL        10u

static bool all_zero(const uint16_t *values, size_t count)
{
	size_t i;

	for (i = 0; i < count && !values[i]; i++)
		;
	return i == count;
}

static bool is_random(const uint16_t *ids, size_t count)
{
	size_t i;

	for (i = 1; count > 2 && i < count; i++)
		if ((uint32_t)ids[i] - ids[i - 1] > STEP_RANDOM)
			return true;
	return false;
}

/* One step back in all, and none is far when counted through 65535. */
static bool has_wrapped(const uint16_t *ids, const uint16_t *steps, size_t count)
{
	size_t i, back = 0;

	for (i = 1; i < count; i++) {
		back += ids[i] < ids[i - 1];
		if (steps[i - 1] > STEP_WRAP_MOST)
			return false;
	}
	return back == 1;
}

/* Our own resets have taken one number between any two. */
static void leave_ours_out(uint16_t *steps, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (steps[i] < 2)
			return;
	for (i = 0; i < count; i++)
		steps[i] = (uint16_t)(steps[i] - (steps[i] % 256 ? 1 : 256));
}

static enum os_ipid_class class_of_steps(const uint16_t *steps, size_t count)
{
	bool broken = true, even = true, small = true;
	size_t i;

	if (all_zero(steps, count))
		return OS_IPID_CONSTANT;
	for (i = 0; i < count; i++) {
		if (steps[i] > STEP_POSITIVE && (steps[i] % 256 || steps[i] >= STEP_POSITIVE_256))
			return OS_IPID_POSITIVE;
		broken = broken && steps[i] % 256 == 0 && steps[i] <= STEP_BROKEN_MOST;
		even = even && steps[i] % 2 == 0;
		small = small && steps[i] < STEP_SMALL;
	}
	if (broken)
		return OS_IPID_BROKEN;
	if (even)
		return OS_IPID_BY_TWO;
	return small ? OS_IPID_INCREMENTAL : OS_IPID_UNKNOWN;
}

enum os_ipid_class os_ipid_class_of(const uint16_t *ids, size_t count, struct os_ipid_rules rules,
				    bool *ret_wrapped)
{
	uint16_t steps[OS_SAMPLES_MAX] = {0};
	bool wrapped;
	size_t i;

	if (ret_wrapped)
		*ret_wrapped = false;
	if (count < 2 || count > OS_SAMPLES_MAX)
		return OS_IPID_UNKNOWN;
	for (i = 1; i < count; i++)
		steps[i - 1] = (uint16_t)(ids[i] - ids[i - 1]);
	wrapped = rules.wraps && has_wrapped(ids, steps, count);
	if (!wrapped && is_random(ids, count))
		return OS_IPID_RANDOM;
	if (all_zero(ids, count))
		return OS_IPID_ZERO;
	if (ret_wrapped)
		*ret_wrapped = wrapped;
	if (rules.local)
		leave_ours_out(steps, count - 1);
	return class_of_steps(steps, count - 1);
}

const char *os_ipid_words(enum os_ipid_class ipid)
{
	static const char *const words[] = {
		[OS_IPID_UNKNOWN] = "Busy server or unknown class",
		[OS_IPID_CONSTANT] = "Duplicated ipid (!)",
		[OS_IPID_INCREMENTAL] = "Incremental",
		[OS_IPID_BY_TWO] = "Incrementing by 2",
		[OS_IPID_BROKEN] = "Broken little-endian incremental",
		[OS_IPID_RANDOM] = "Randomized",
		[OS_IPID_POSITIVE] = "Random positive increments",
		[OS_IPID_ZERO] = "All zeros",
	};

	return words[ipid];
}

const char *os_ipid_value(enum os_ipid_class ipid, uint16_t first, char ret_text[8])
{
	static const char *const values[] = {
		[OS_IPID_INCREMENTAL] = "I", [OS_IPID_BY_TWO] = "I",    [OS_IPID_BROKEN] = "BI",
		[OS_IPID_RANDOM] = "RD",     [OS_IPID_POSITIVE] = "RI", [OS_IPID_ZERO] = "Z",
	};

	if (ipid != OS_IPID_CONSTANT)
		return values[ipid];
	(void)snprintf(ret_text, 8, "%X", first);
	return ret_text;
}

static size_t timestamp_rates(const uint32_t *timestamps, const uint64_t *sent_ns, size_t count,
			      float rates[OS_SAMPLES_MAX])
{
	size_t i;

	for (i = 0; i + 1 < count; i++)
		rates[i] = rate_of(step_of(timestamps[i + 1], timestamps[i]), sent_ns[i],
				   sent_ns[i + 1]);
	return i;
}

double os_timestamp_rate(const uint32_t *timestamps, const uint64_t *sent_ns, size_t count)
{
	float rates[OS_SAMPLES_MAX];
	size_t rates_count = timestamp_rates(timestamps, sent_ns, count, rates);

	return rates_count ? mean_of(rates, rates_count) : 0;
}

static int by_size(const void *left, const void *right)
{
	float a = *(const float *)left, b = *(const float *)right;

	return (a > b) - (a < b);
}

bool os_timestamp_is_random(const uint32_t *timestamps, const uint64_t *sent_ns, size_t count)
{
	float rates[OS_SAMPLES_MAX];
	size_t rates_count = timestamp_rates(timestamps, sent_ns, count, rates);

	if (!rates_count)
		return false;
	qsort(rates, rates_count, sizeof(rates[0]), by_size);
	return mean_of(rates, rates_count < NEAREST_RATES ? rates_count : NEAREST_RATES) >
	       RATE_RANDOM;
}

int os_timestamp_value(double rate)
{
	if (rate == 0)
		return OS_NONE;
	if (rate <= 5.66)
		return 1;
	if (rate > 70 && rate <= 150)
		return 7;
	if (rate > 150 && rate <= 350)
		return 8;
	return (int)floor(0.5 + log2(rate));
}

enum os_timestamp_class os_timestamp_class_of(double rate)
{
	if (rate == 0)
		return OS_TIMESTAMP_UNKNOWN;
	if (rate <= 5.66)
		return OS_TIMESTAMP_2HZ;
	if (rate > 70 && rate <= 150)
		return OS_TIMESTAMP_100HZ;
	if (rate > 724 && rate <= 1448)
		return OS_TIMESTAMP_1000HZ;
	return OS_TIMESTAMP_OTHER;
}

const char *os_timestamp_words(enum os_timestamp_class timestamp)
{
	static const char *const words[] = {
		[OS_TIMESTAMP_UNKNOWN] = "unknown class",
		[OS_TIMESTAMP_ZERO] = "zero timestamp",
		[OS_TIMESTAMP_2HZ] = "2HZ",
		[OS_TIMESTAMP_100HZ] = "100HZ",
		[OS_TIMESTAMP_1000HZ] = "1000HZ",
		[OS_TIMESTAMP_OTHER] = "other",
		[OS_TIMESTAMP_NONE] = "none returned (unsupported)",
	};

	return words[timestamp];
}

uint32_t os_timestamp_uptime_s(uint32_t timestamp, double rate)
{
	double hertz = floor(rate + 0.5);

	switch (os_timestamp_class_of(rate)) {
	case OS_TIMESTAMP_2HZ:
		hertz = 2;
		break;
	case OS_TIMESTAMP_100HZ:
		hertz = 100;
		break;
	case OS_TIMESTAMP_1000HZ:
		hertz = 1000;
		break;
	default:
		break;
	}
	return hertz >= 1 ? (uint32_t)(timestamp / hertz) : 0;
}
