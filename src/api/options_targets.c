/* Which hosts: features.md section 1. */
#include "api/settings.h"
#include "util/error.h"

#include <string.h>

static int set_input_file(void *self, const struct option_row *row, const char *value,
			  struct diag *diag)
{
	struct settings *settings = self;

	if (settings->input_file)
		return diag_set(
			diag, ERROR_EXISTS,
			"-iL was given twice; put the targets into one file, or name them on "
			"the command line as well");
	settings->input_file = value;
	return set_mark(self, row, value, diag);
}

#define TEXT_LIST(member) offsetof(struct settings, member)

static const struct option_row rows[] = {
	{.name = "iL",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TARGETS,
	 .value_name = "<file>",
	 .help = "read targets from a file, - for standard input",
	 .set = set_input_file,
	 .mark = USE_INPUT_FILE},
	{.letter = 'i',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TARGETS,
	 .hidden = true,
	 .value_name = "<file>",
	 .help = "old spelling of -iL",
	 .set = set_input_file,
	 .mark = USE_INPUT_FILE},
	{.name = "iR",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TARGETS,
	 .value_name = "<count>",
	 .help = "that many random IPv4 addresses, 0 for no end",
	 .set = set_number,
	 .offset = offsetof(struct settings, random_count),
	 .maximum = UINT32_MAX,
	 .mark = USE_RANDOM},
	{.name = "exclude",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TARGETS,
	 .value_name = "<host,net,...>",
	 .help = "leave these out, whatever else names them",
	 .set = set_split_list,
	 .offset = TEXT_LIST(excludes)},
	{.name = "excludefile",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_TARGETS,
	 .value_name = "<file>",
	 .help = "leave out what the file lists",
	 .set = set_list,
	 .offset = TEXT_LIST(exclude_files)},
	{.name = "unique",
	 .group = GROUP_TARGETS,
	 .help = "scan each address once, however often it is named",
	 .set = set_mark,
	 .mark = USE_UNIQUE},
	{.name = "resolve-all",
	 .group = GROUP_TARGETS,
	 .help = "scan every address of a name, not the first only",
	 .set = set_mark,
	 .mark = USE_RESOLVE_ALL},
	{.letter = '4',
	 .group = GROUP_TARGETS,
	 .help = "IPv4 only (without -4 and -6 each target has its own family)",
	 .set = set_mark,
	 .mark = USE_V4},
	{.letter = '6',
	 .group = GROUP_TARGETS,
	 .help = "IPv6 only",
	 .set = set_mark,
	 .mark = USE_V6},
};

const struct option_table options_targets = {rows, sizeof(rows) / sizeof(rows[0]),
					     &options_discovery};
