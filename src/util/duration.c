#include "util/duration.h"

#include "util/error.h"
#include "util/loop.h"

#include <math.h>
#include <stddef.h>
#include <strings.h>

/* Read by hand and not with strtod(), which takes "inf", "nan" and hexadecimal
 * and whose decimal point depends on the user's locale. */
struct scan {
	const char *at;
	long double value;
	unsigned digits;
};

static void scan_digits(struct scan *scan, long double *scale)
{
	for (; *scan->at >= '0' && *scan->at <= '9'; scan->at++) {
		scan->value = scan->value * 10 + (*scan->at - '0');
		*scale *= 10;
		scan->digits++;
	}
}

/* "e3", "E-2": taken only when whole; "5e" is left for the unit to refuse. */
static void scan_exponent(struct scan *scan)
{
	const char *at = scan->at + 1;
	int sign = 1, exponent = 0;

	if ((*scan->at | 0x20) != 'e')
		return;
	if (*at == '+' || *at == '-')
		sign = *at++ == '-' ? -1 : 1;
	if (*at < '0' || *at > '9')
		return;
	for (; *at >= '0' && *at <= '9'; at++)
		if (exponent < 100000)
			exponent = exponent * 10 + (*at - '0');
	scan->value *= powl(10, sign * exponent);
	scan->at = at;
}

static bool scan_number(struct scan *scan)
{
	long double whole = 1, fraction = 1;

	scan_digits(scan, &whole);
	if (*scan->at == '.') {
		scan->at++;
		scan_digits(scan, &fraction);
		scan->value /= fraction;
	}
	if (!scan->digits)
		return false;
	scan_exponent(scan);
	return true;
}

static uint64_t unit_ns(const char *unit)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{"", NS_PER_S},       {"s", NS_PER_S},        {"ms", NS_PER_MS},
		{"m", 60 * NS_PER_S}, {"h", 3600 * NS_PER_S},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcasecmp(unit, units[i].name))
			return units[i].ns;
	return 0;
}

int duration_parse(const char *text, uint64_t *ret_ns, bool *ret_unit)
{
	bool minus = *text == '-';
	struct scan scan = {.at = text + (minus || *text == '+')};
	long double ns;
	uint64_t unit;

	if (!scan_number(&scan) || !(unit = unit_ns(scan.at)))
		return ERROR_SYNTAX;
	ns = scan.value * (long double)unit;
	/* Also false for the NaN that a number of thousands of digits becomes. */
	if (!(ns < 0x1p63L) || (minus && ns > 0))
		return ERROR_RANGE;
	*ret_ns = (uint64_t)(ns + 0.5L);
	if (ret_unit)
		*ret_unit = *scan.at != '\0';
	return 0;
}
