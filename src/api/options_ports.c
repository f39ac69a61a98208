/* Which ports: features.md section 4. */
#include "api/settings.h"
#include "util/error.h"

#include <stdlib.h>

static int set_ratio(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;
	char *end;
	double ratio = strtod(value, &end);

	if (end == value || *end || !(ratio >= 0) || !(ratio < 1))
		return diag_set(diag, ERROR_RANGE,
				"--port-ratio takes a share from 0 to below 1, not \"%.80s\"",
				value);
	settings->port_ratio = ratio;
	return set_mark(self, row, value, diag);
}

static const struct option_row rows[] = {
	{.letter = 'p',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_PORTS,
	 .value_name = "<ports>",
	 .help = "these: 22; 1-1023; http*; [1-1023] for known ones; - for all",
	 .set = set_text_once,
	 .offset = offsetof(struct settings, ports),
	 .mark = USE_PORTS},
	{.letter = 'F',
	 .group = GROUP_PORTS,
	 .help = "the 100 most frequent instead of 1000",
	 .set = set_mark,
	 .mark = USE_FAST},
	{.name = "top-ports",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_PORTS,
	 .value_name = "<n>",
	 .help = "the n most frequent (of those that -p names)",
	 .set = set_number,
	 .offset = offsetof(struct settings, top_ports),
	 .minimum = 1,
	 .maximum = 65536},
	{.name = "port-ratio",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_PORTS,
	 .value_name = "<share>",
	 .help = "those at least so frequent, 0 to 1",
	 .set = set_ratio},
	{.name = "exclude-ports",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_PORTS,
	 .value_name = "<ports>",
	 .help = "not these, also not to find hosts",
	 .set = set_text_once,
	 .offset = offsetof(struct settings, exclude_ports)},
	{.letter = 'r',
	 .group = GROUP_PORTS,
	 .help = "in rising order, not at random",
	 .set = set_mark,
	 .mark = USE_SEQUENTIAL},
	{.name = "servicedb",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_PORTS,
	 .value_name = "<file>",
	 .help = "names and frequencies from this file; scans as -F",
	 .set = set_text,
	 .offset = offsetof(struct settings, service_file),
	 .mark = USE_SERVICE_FILE},
};

const struct option_table options_ports = {rows, sizeof(rows) / sizeof(rows[0]),
					   &options_detection};
