/* How fast: features.md section 8. */
#include "api/settings.h"
#include "util/error.h"

#include <strings.h>

static int set_level(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	static const char *const names[] = {"paranoid", "sneaky",     "polite",
					    "normal",   "aggressive", "insane"};
	struct settings *settings = self;
	int i;

	for (i = 0; i < 6; i++) {
		const char digit[2] = {(char)('0' + i), 0};

		if (strcasecmp(value, names[i]) && strcasecmp(value, digit))
			continue;
		settings->timing_level = i;
		return set_mark(self, row, value, diag);
	}
	if (!strcasecmp(value, "11")) {
		settings->timing_level = 5;
		return set_mark(self, row, value, diag);
	}
	return diag_set(
		diag, ERROR_RANGE,
		"-T takes 0 to 5, or paranoid, sneaky, polite, normal, aggressive or insane, "
		"not \"%.80s\"",
		value);
}

#define TIME(text, what, member)                                                               \
	.name = text, .value = OPTION_REQUIRED, .group = GROUP_TIMING, .value_name = "<time>", \
	.help = what, .set = set_time, .offset = offsetof(struct settings, member)
#define NUMBER(text, what, member)                                                          \
	.name = text, .value = OPTION_REQUIRED, .group = GROUP_TIMING, .value_name = "<n>", \
	.help = what, .set = set_number, .offset = offsetof(struct settings, member)
#define MS 1000000

static const struct option_row rows[] = {
	{.name = "timing",
	 .letter = 'T',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TIMING,
	 .value_name = "<0-5>",
	 .help = "template: 0 slowest, 3 normal, 5 fastest",
	 .set = set_level},
	{NUMBER("min-hostgroup", "at least so many hosts at once", min_hostgroup), .minimum = 1,
	 .maximum = 1000000},
	{NUMBER("max-hostgroup", "at most so many hosts at once", max_hostgroup), .minimum = 1,
	 .maximum = 1000000},
	{NUMBER("min-parallelism", "at least so many probes under way", min_parallelism),
	 .minimum = 1, .maximum = 1000000},
	{NUMBER("max-parallelism", "at most so many probes under way", max_parallelism),
	 .letter = 'M', .minimum = 1, .maximum = 1000000},
	{TIME("min-rtt-timeout", "wait at least so long for an answer", min_rtt), .maximum = 50},
	{TIME("max-rtt-timeout", "wait at most so long for an answer", max_rtt), .minimum = 5 * MS,
	 .maximum = 50},
	{TIME("initial-rtt-timeout", "wait so long for the first answer", initial_rtt),
	 .minimum = 1, .maximum = 50},
	{NUMBER("max-retries", "ask an unanswered port again at most so often", max_retries),
	 .maximum = 250},
	{TIME("host-timeout", "give a host up after so long", host_timeout), .maximum = 10000},
	{TIME("scan-delay", "least time between two probes to a host", scan_delay), .maximum = 100},
	{TIME("max-scan-delay", "never slow down to more than this", max_scan_delay),
	 .maximum = 100},
	{.name = "min-rate",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TIMING,
	 .value_name = "<n>",
	 .help = "no fewer packets a second",
	 .set = set_rate,
	 .offset = offsetof(struct settings, min_rate)},
	{.name = "max-rate",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TIMING,
	 .value_name = "<n>",
	 .help = "no more packets a second",
	 .set = set_rate,
	 .offset = offsetof(struct settings, max_rate)},
	{.name = "defeat-rst-ratelimit",
	 .group = GROUP_TIMING,
	 .help = "do not slow down for hosts that limit their RSTs",
	 .set = set_mark,
	 .mark = USE_DEFEAT_RST},
	{.name = "defeat-icmp-ratelimit",
	 .group = GROUP_TIMING,
	 .help = "do not slow down for hosts that limit their ICMP errors (UDP scan)",
	 .set = set_mark,
	 .mark = USE_DEFEAT_ICMP},
	{.name = "nogcc",
	 .group = GROUP_TIMING,
	 .hidden = true,
	 .help = "no congestion window over all hosts",
	 .set = set_mark,
	 .mark = USE_NO_GROUP},
	{TIME("stats-every", "show how far the scan is so often", stats_every)},
};

const struct option_table options_timing = {rows, sizeof(rows) / sizeof(rows[0]), &options_evasion};
