/* The rest, and what is portolan's own: features.md sections 0 and 11. */
#include "api/settings.h"
#include "util/error.h"

#include <strings.h>

/* -h and kin end the reading of the command line, as they always have:
 * plan_from_argv() takes ERROR_CANCELLED as "done". */
static int set_kind(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;

	settings->kind = (enum request_kind)row->minimum;
	return ERROR_CANCELLED;
}

/* The loop under us picks the best by itself; the names are checked so that
 * a slip is told of. */
static int set_engine(void *self, const struct option_row *row, const char *value,
		      struct diag *diag)
{
	static const char *const known[] = {"epoll", "poll", "select"};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcasecmp(value, known[i]))
			return 0;
	return diag_set(
		diag, ERROR_NOT_FOUND,
		"there is no event engine \"%.40s\" here; epoll, poll and select are known, "
		"and the best is taken without being asked for",
		value);
}

/* The last one counts. */
static int set_privileged(void *self, const struct option_row *row, const char *value,
			  struct diag *diag)
{
	struct settings *settings = self;

	settings->privileged = row->minimum ? 1 : 0;
	return set_mark(self, row, value, diag);
}

#define OWN(text, what, use) \
	.name = text, .group = GROUP_MISC, .own = true, .help = what, .mark = use

static const struct option_row rows[] = {
	{OWN("dry-run", "say what would be done, and send nothing", USE_DRY_RUN), .set = set_mark},
	{OWN("explain", "explain the scan in words before it runs", USE_EXPLAIN), .set = set_mark},
	{OWN("explain-route", "say which way each target is, and send nothing", USE_EXPLAIN_ROUTE),
	 .set = set_mark},
	{OWN("json", "with --dry-run: the plan as JSON", USE_JSON), .set = set_mark},
	{OWN("seed", "fixes every random choice", USE_NONE), .value = OPTION_REQUIRED,
	 .value_name = "<n>", .set = set_number, .offset = offsetof(struct settings, seed),
	 .maximum = INT64_MAX},
	{OWN("journal", "keep the scan in this journal", USE_JOURNAL), .value = OPTION_REQUIRED,
	 .value_name = "<file>", .set = set_text, .offset = offsetof(struct settings, journal)},
	{OWN("no-journal", "keep no record of the scan", USE_NO_JOURNAL), .set = set_mark},
	{.name = "datadir",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_MISC,
	 .value_name = "<folder>",
	 .help = "read data files such as nmap-services from here",
	 .set = set_text,
	 .offset = offsetof(struct settings, datadir)},
	{.name = "privileged",
	 .group = GROUP_MISC,
	 .help = "take it that raw packets are allowed",
	 .set = set_privileged,
	 .minimum = 1,
	 .mark = USE_PRIVILEGED},
	{.name = "unprivileged",
	 .group = GROUP_MISC,
	 .help = "take it that raw packets are not allowed",
	 .set = set_privileged,
	 .mark = USE_PRIVILEGED},
	{.name = "nsock-engine",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_MISC,
	 .hidden = true,
	 .value_name = "<engine>",
	 .help = "epoll, poll or select; the best is taken anyway",
	 .set = set_engine},
	{.name = "release-memory",
	 .group = GROUP_MISC,
	 .hidden = true,
	 .help = "memory is always released",
	 .set = set_nothing},
	{.letter = 'q', .group = GROUP_MISC, .hidden = true, .help = "ignored", .set = set_nothing},
	{.name = "thc",
	 .group = GROUP_MISC,
	 .hidden = true,
	 .help = "a greeting",
	 .set = set_kind,
	 .minimum = REQUEST_GREETING},
	{.name = "version",
	 .letter = 'V',
	 .group = GROUP_MISC,
	 .help = "print the version",
	 .set = set_kind,
	 .minimum = REQUEST_VERSION},
	{.name = "help",
	 .letter = 'h',
	 .group = GROUP_MISC,
	 .help = "print this",
	 .set = set_kind,
	 .minimum = REQUEST_HELP},
};

const struct option_table options_misc = {rows, sizeof(rows) / sizeof(rows[0]), NULL};
