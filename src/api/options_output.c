/* Where results go and how much is said: features.md section 10. */
#include "api/settings.h"
#include "util/alloc.h"
#include "util/error.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_MAX 10

/* The format of each -o option. */
struct file_kind {
	const char *option, *format;
	const char *suffix; /* in -oA; NULL: not part of it */
};

static const struct file_kind file_kinds[] = {
	{"oN", "normal", ".nmap"}, {"oG", "grepable", ".gnmap"}, {"oX", "xml", ".xml"},
	{"oS", "skiddie", NULL},   {"oJ", "ndjson", NULL},       {"oC", "csv", NULL},
};

#define FILE_KINDS (sizeof(file_kinds) / sizeof(file_kinds[0]))

static int add_file(struct settings *settings, const struct file_kind *kind, const char *path,
		    struct diag *diag)
{
	size_t i;

	for (i = 0; i < settings->files_count; i++)
		if (!strcmp(settings->files[i].format, kind->format))
			return diag_set(
				diag, ERROR_EXISTS,
				"two files were asked for in the %s format (%.80s and %.80s); "
				"give -%s once",
				kind->format, settings->files[i].path, path, kind->option);
	settings->files[settings->files_count++] = (struct plan_file){kind->format, path};
	return 0;
}

static int check_path(const char *title, const char *path, struct diag *diag)
{
	if (!path[0])
		return diag_set(diag, ERROR_SYNTAX, "%s needs the name of a file", title);
	if (path[0] == '-' && path[1])
		return diag_set(
			diag, ERROR_SYNTAX,
			"%s would write to a file called \"%.80s\"; write ./%.80s if that is "
			"meant",
			title, path, path);
	return 0;
}

/* "oX" and old spellings by the row's `minimum`: the place in file_kinds. */
static int set_file(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	char title[OPTION_TITLE_BYTES];
	int r;

	if ((r = check_path(option_title(row, title), value, diag)) < 0)
		return r;
	return add_file(self, &file_kinds[row->minimum], value, diag);
}

/* "-oXfile": three letters too close to -oX. */
static int set_old_file(void *self, const struct option_row *row, const char *value,
			struct diag *diag)
{
	if (value[0] && strchr("NAXGSJC", value[0]))
		return diag_set(diag, ERROR_SYNTAX,
				"-o%.80s would write a file called \"%.80s\"; for a file of that "
				"format put a space: -o%c %.80s",
				value, value, value[0], value[1] ? value + 1 : "<file>");
	return set_file(self, row, value, diag);
}

static int set_all_files(void *self, const struct option_row *row, const char *value,
			 struct diag *diag)
{
	struct settings *settings = self;
	size_t i;
	int r;

	if (!strcmp(value, "-"))
		return diag_set(
			diag, ERROR_CONFLICT,
			"-oA writes three files, which cannot all be standard output; choose "
			"one, such as -oX -");
	if ((r = check_path("-oA", value, diag)) < 0)
		return r;
	for (i = 0; i < FILE_KINDS; i++) {
		char *path;

		if (!file_kinds[i].suffix)
			continue;
		path = alloc_printf("%s%s", value, file_kinds[i].suffix);
		if (!path)
			return diag_set(diag, ERROR_MEMORY, "out of memory");
		if ((r = add_file(settings, &file_kinds[i], path, diag)) < 0) {
			alloc_free(path);
			return r;
		}
		settings->base_paths[settings->base_paths_count++] = path;
	}
	return 0;
}

static int set_no_html(void *self, const struct option_row *row, const char *value,
		       struct diag *diag)
{
	return diag_set(diag, ERROR_UNSUPPORTED,
			"-oH was never made; write XML (-oX) and turn it into HTML with xsltproc");
}

static int clamp_level(int level)
{
	return level > LEVEL_MAX ? LEVEL_MAX : level;
}

/* "3", "vv", "": the level after it, or -1. The option itself counts once. */
static int level_of(const char *value, char letter, int before)
{
	size_t letters = 0;

	if (value && isdigit((unsigned char)value[0])) {
		long level = strtol(value, NULL, 10);

		if (strspn(value, "0123456789") != strlen(value))
			return -1;
		return level > LEVEL_MAX ? LEVEL_MAX : (int)level;
	}
	while (value && value[letters] == letter)
		letters++;
	if (value && value[letters])
		return -1;
	return clamp_level(before + 1 + (int)(letters > LEVEL_MAX ? LEVEL_MAX : letters));
}

static int set_verbose(void *self, const struct option_row *row, const char *value,
		       struct diag *diag)
{
	struct settings *settings = self;
	int level = level_of(value, 'v', settings->verbosity);

	if (level < 0)
		return diag_set(diag, ERROR_SYNTAX,
				"-v takes a level from 0 to 10 or more v, not \"%.40s\"", value);
	if (value && isdigit((unsigned char)value[0]) && level == 0)
		settings->uses[USE_SILENT]++;
	settings->verbosity = level;
	return set_mark(self, row, value, diag);
}

static int set_verbose_twice(void *self, const struct option_row *row, const char *value,
			     struct diag *diag)
{
	return set_verbose(self, row, "v", diag);
}

/* Debugging raises verbosity with it. */
static int set_debug(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;
	int level = level_of(value, 'd', settings->debugging);

	if (level < 0)
		return diag_set(diag, ERROR_SYNTAX,
				"-d takes a level from 0 to 10 or more d, not \"%.40s\"", value);
	if (value && isdigit((unsigned char)value[0]))
		settings->verbosity = level;
	else
		settings->verbosity =
			clamp_level(settings->verbosity + level - settings->debugging);
	settings->debugging = level;
	return set_mark(self, row, value, diag);
}

static int set_stylesheet(void *self, const struct option_row *row, const char *value,
			  struct diag *diag)
{
	struct settings *settings = self;

	/* The place that has always been meant by --webxml. */
	settings->stylesheet = value ? value : "https://svn.nmap.org/nmap/docs/nmap.xsl";
	return set_mark(self, row, value, diag);
}

#define FILE_ROW(text, place, what)                                                            \
	.name = text, .value = OPTION_REQUIRED, .group = GROUP_OUTPUT, .value_name = "<file>", \
	.help = what, .set = set_file, .minimum = place

/* Ends the reading of the command line: see set_kind() in options_misc.c. */
static int set_iflist(void *self, const struct option_row *row, const char *value,
		      struct diag *diag)
{
	struct settings *settings = self;

	settings->kind = REQUEST_IFLIST;
	return ERROR_CANCELLED;
}

static const struct option_row rows[] = {
	{FILE_ROW("oN", 0, "normal text (file names may hold %Y-%m-%d and kin)")},
	{FILE_ROW("oX", 2, "XML")},
	{FILE_ROW("oG", 1, "one line a host, for grep")},
	{FILE_ROW("oM", 1, "old spelling of -oG"), .letter = 'm', .hidden = true},
	{FILE_ROW("oJ", 4, "JSON, one fact a line"), .own = true},
	{FILE_ROW("oC", 5, "CSV, one port a line"), .own = true},
	{FILE_ROW("oS", 3, "normal text, written like in 1995")},
	{.name = "oA",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_OUTPUT,
	 .value_name = "<base>",
	 .help = "<base>.nmap, <base>.gnmap and <base>.xml",
	 .set = set_all_files},
	{.name = "oH",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_OUTPUT,
	 .hidden = true,
	 .value_name = "<file>",
	 .help = "HTML: never made",
	 .set = set_no_html},
	{.letter = 'o',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_OUTPUT,
	 .hidden = true,
	 .value_name = "<file>",
	 .help = "old spelling of -oN",
	 .set = set_old_file},
	{.name = "verbose",
	 .letter = 'v',
	 .value = OPTION_OPTIONAL,
	 .group = GROUP_OUTPUT,
	 .value_name = "[level]",
	 .help = "say more; -vv still more; -v0 nothing on the screen",
	 .set = set_verbose},
	{.name = "vv",
	 .group = GROUP_OUTPUT,
	 .hidden = true,
	 .help = "as -vv",
	 .set = set_verbose_twice},
	{.name = "debug",
	 .letter = 'd',
	 .value = OPTION_OPTIONAL,
	 .group = GROUP_OUTPUT,
	 .value_name = "[level]",
	 .help = "say what goes on inside",
	 .set = set_debug,
	 .mark = USE_REASON},
	{.name = "reason",
	 .group = GROUP_OUTPUT,
	 .help = "show why each port and host has its state",
	 .set = set_mark,
	 .mark = USE_REASON},
	{.name = "open",
	 .group = GROUP_OUTPUT,
	 .help = "show only ports that are or may be open, and their hosts",
	 .set = set_mark,
	 .mark = USE_OPEN},
	{.name = "packet-trace",
	 .group = GROUP_OUTPUT,
	 .help = "show each packet, and each connection attempt that was answered",
	 .set = set_mark,
	 .mark = USE_PACKET_TRACE},
	{.name = "append-output",
	 .group = GROUP_OUTPUT,
	 .help = "add to files that exist instead of replacing them",
	 .set = set_mark,
	 .mark = USE_APPEND},
	{.name = "resume",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_OUTPUT,
	 .value_name = "<file|id>",
	 .help = "go on with the scan of a log or of the journal",
	 .set = set_text,
	 .offset = offsetof(struct settings, resume),
	 .mark = USE_RESUME},
	{.name = "noninteractive",
	 .group = GROUP_OUTPUT,
	 .help = "do not read keys while scanning",
	 .set = set_mark,
	 .mark = USE_NONINTERACTIVE},
	{.name = "stylesheet",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_OUTPUT,
	 .value_name = "<url>",
	 .help = "the XSL file that XML points to",
	 .set = set_stylesheet,
	 .mark = USE_STYLESHEET},
	{.name = "webxml",
	 .group = GROUP_OUTPUT,
	 .help = "XML points to the style sheet on the web",
	 .set = set_stylesheet,
	 .mark = USE_WEB_STYLESHEET},
	{.name = "no-stylesheet",
	 .group = GROUP_OUTPUT,
	 .help = "XML points to no style sheet",
	 .set = set_mark,
	 .mark = USE_NO_STYLESHEET},
	{.name = "iflist",
	 .group = GROUP_OUTPUT,
	 .help = "list interfaces and routes",
	 .set = set_iflist},
	{.name = "route-dst",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_OUTPUT,
	 .hidden = true,
	 .value_name = "<host>",
	 .help = "show the route to a host",
	 .set = set_list,
	 .offset = offsetof(struct settings, route_to),
	 .mark = USE_ROUTE_TO},
	{.name = "log-errors",
	 .group = GROUP_OUTPUT,
	 .hidden = true,
	 .help = "errors go to the log as well: always so",
	 .set = set_nothing},
};

const struct option_table options_output = {rows, sizeof(rows) / sizeof(rows[0]), &options_misc};
