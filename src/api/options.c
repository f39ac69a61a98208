#include "api/settings.h"

const struct option_table *portolan_options(void)
{
	return &options_targets;
}

const char *portolan_option_group(unsigned group)
{
	static const char *const names[] = {
		[GROUP_TARGETS] = "Targets",
		[GROUP_DISCOVERY] = "Finding hosts and their names",
		[GROUP_SCANS] = "Scan types",
		[GROUP_PORTS] = "Ports",
		[GROUP_SERVICES] = "Services",
		[GROUP_SCRIPTS] = "Scripts",
		[GROUP_OS] = "Operating systems",
		[GROUP_TIMING] = "Timing (times: 500ms, 30s, 5m, 1h)",
		[GROUP_EVASION] = "Sending",
		[GROUP_OUTPUT] = "Output",
		[GROUP_MISC] = "Other",
	};

	return group < sizeof(names) / sizeof(names[0]) ? names[group] : NULL;
}
