/* What runs on the ports and hosts: features.md sections 5, 6 and 7. */
#include "api/settings.h"
#include "util/error.h"

#define DEBUGGING_MAX 10

static int set_os(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	if (value && value[0] == '1' && !value[1])
		return diag_set(diag, ERROR_SYNTAX,
				"-O1, the first generation of OS detection, is long gone; use -O");
	if (value && (value[0] != '2' || value[1]))
		return diag_set(diag, ERROR_SYNTAX, "-O takes no \"%.40s\"; use -O", value);
	return set_mark(self, row, value, diag);
}

static int set_rpc(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	settings_warn(self, "Warning: -sR is an old spelling of -sV, and does all that -sV does.");
	return set_mark(self, row, value, diag);
}

static int set_version_use(void *self, const struct option_row *row, const char *value,
			   struct diag *diag)
{
	struct settings *settings = self;

	settings->uses[USE_VERSION_HOW]++;
	return set_mark(self, row, value, diag);
}

/* --version-light and --version-all: the row's minimum is the intensity. */
static int set_intensity(void *self, const struct option_row *row, const char *value,
			 struct diag *diag)
{
	struct settings *settings = self;

	settings->version_intensity = row->minimum;
	return set_mark(self, row, value, diag);
}

/* Flags of OS detection: the row's minimum is the bit. */
static int set_os_flag(void *self, const struct option_row *row, const char *value,
		       struct diag *diag)
{
	struct settings *settings = self;

	settings->os_flags |= (unsigned)row->minimum;
	return set_mark(self, row, value, diag);
}

static int set_version_trace(void *self, const struct option_row *row, const char *value,
			     struct diag *diag)
{
	struct settings *settings = self;

	if (settings->debugging < DEBUGGING_MAX)
		settings->debugging++;
	return set_version_use(self, row, value, diag);
}

#define NAME(text, heading, what) .name = text, .group = heading, .help = what
#define VALUE(text, heading, names, what) \
	NAME(text, heading, what), .value = OPTION_REQUIRED, .value_name = names
#define SERVICE .mark = USE_VERSION_HOW
#define SCRIPT  .mark = USE_SCRIPT_HOW
#define SYSTEM  .mark = USE_OS_HOW

static const struct option_row rows[] = {
	{.letter = 's',
	 .variant = "V",
	 .group = GROUP_SERVICES,
	 .help = "find out which services and versions run on open ports",
	 .set = set_mark,
	 .mark = USE_VERSION},
	{.letter = 's',
	 .variant = "R",
	 .group = GROUP_SERVICES,
	 .hidden = true,
	 .help = "old spelling of -sV",
	 .set = set_rpc,
	 .mark = USE_VERSION},
	{VALUE("version-intensity", GROUP_SERVICES, "<0-9>", "how many probes to try; 7"), SERVICE,
	 .set = set_number, .offset = offsetof(struct settings, version_intensity), .maximum = 9},
	{NAME("version-light", GROUP_SERVICES, "intensity 2: only the likeliest"), SERVICE,
	 .set = set_intensity, .minimum = 2},
	{NAME("version-all", GROUP_SERVICES, "intensity 9: all of them"), SERVICE,
	 .set = set_intensity, .minimum = 9},
	{NAME("version-trace", GROUP_SERVICES, "show the dialogue with each service"),
	 .set = set_version_trace, .mark = USE_VERSION_TRACE},
	{VALUE("versiondb", GROUP_SERVICES, "<file>",
	       "service probes from this file (Nmap's format) or folder"),
	 SERVICE, .set = set_text, .offset = offsetof(struct settings, version_db)},
	{NAME("allports", GROUP_SERVICES, "write to printers and controllers of machines, too"),
	 .set = set_version_use, .mark = USE_ALL_PORTS},

	{.letter = 's',
	 .variant = "C",
	 .group = GROUP_SCRIPTS,
	 .help = "run the default scripts",
	 .set = set_mark,
	 .mark = USE_SCRIPTS},
	{VALUE("script", GROUP_SCRIPTS, "<scripts>",
	       "run these: names, categories, files, expressions"),
	 .set = set_list, .mark = USE_SCRIPT, .offset = offsetof(struct settings, scripts)},
	{VALUE("script-args", GROUP_SCRIPTS, "<k=v,...>", "arguments for scripts"), SCRIPT,
	 .set = set_text, .offset = offsetof(struct settings, script_args)},
	{VALUE("script-args-file", GROUP_SCRIPTS, "<file>", "arguments for scripts, from a file"),
	 SCRIPT, .set = set_text, .offset = offsetof(struct settings, script_args_file)},
	{VALUE("script-timeout", GROUP_SCRIPTS, "<time>", "longest run of one script"), SCRIPT,
	 .set = set_time, .offset = offsetof(struct settings, script_timeout)},
	{VALUE("script-allow", GROUP_SCRIPTS, "<what,...>",
	       "what scripts may use beside the network: files, processes"),
	 .own = true, SCRIPT, .set = set_split_list,
	 .offset = offsetof(struct settings, script_allow)},
	{VALUE("script-limits", GROUP_SCRIPTS, "<k=v,...>",
	       "of each: cpu=60s, memory=128M, sockets=256 and more"),
	 .own = true, SCRIPT, .set = set_split_list,
	 .offset = offsetof(struct settings, script_limits)},
	{NAME("script-trace", GROUP_SCRIPTS, "show what scripts send and receive"), .set = set_mark,
	 .mark = USE_SCRIPT_TRACE},
	{VALUE("script-help", GROUP_SCRIPTS, "<scripts>", "describe scripts"), .set = set_text,
	 .mark = USE_SCRIPT_HELP, .offset = offsetof(struct settings, script_help)},
	{NAME("script-updatedb", GROUP_SCRIPTS, "rewrite the list of scripts of --datadir"),
	 .set = set_mark, .mark = USE_SCRIPT_DB},

	{.letter = 'O',
	 .value = OPTION_OPTIONAL,
	 .group = GROUP_OS,
	 .help = "find out which system runs on each host",
	 .set = set_os,
	 .mark = USE_OS},
	{NAME("osscan-limit", GROUP_OS, "only where an open and a closed port were found"), SYSTEM,
	 .set = set_os_flag, .minimum = OS_LIMIT},
	{NAME("osscan-guess", GROUP_OS, "show near matches as well"), SYSTEM, .set = set_os_flag,
	 .minimum = OS_GUESS},
	{NAME("fuzzy", GROUP_OS, "old spelling of --osscan-guess"), .hidden = true, SYSTEM,
	 .set = set_os_flag, .minimum = OS_GUESS},
	{NAME("osscan-all", GROUP_OS, "send every probe, also those that can change nothing"),
	 .own = true, SYSTEM, .set = set_os_flag, .minimum = OS_ALL},
	{VALUE("max-os-tries", GROUP_OS, "<1-50>", "rounds of probes; 5"), SYSTEM,
	 .set = set_number, .offset = offsetof(struct settings, os_tries), .minimum = 1,
	 .maximum = 50},
	{VALUE("max-os-probes", GROUP_OS, "<n>", "at most so many probes to a host"), .own = true,
	 SYSTEM, .set = set_number, .offset = offsetof(struct settings, os_probes), .minimum = 1,
	 .maximum = UINT16_MAX},
	{VALUE("osdb", GROUP_OS, "<file>",
	       "reference prints from this file (Nmap's format) or folder"),
	 .own = true, SYSTEM, .set = set_text, .offset = offsetof(struct settings, os_db)},
	{NAME("deprecated-xml-osclass", GROUP_OS, "XML as before version 1.04"), .hidden = true,
	 SYSTEM, .set = set_os_flag, .minimum = OS_OLD_XML},
	{.letter = 'A',
	 .group = GROUP_OS,
	 .help = "-sV, -sC, -O and --traceroute",
	 .set = set_mark,
	 .mark = USE_AGGRESSIVE},
};

const struct option_table options_detection = {rows, sizeof(rows) / sizeof(rows[0]),
					       &options_timing};
