/* portolan show: any format of any past scan. */
#include "api/options.h"
#include "api/version.h"
#include "cli/cli.h"
#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/error.h"
#include <portolan_config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct show_output {
	const struct report_format *format;
	const char *path;
};

#define SHOW_OUTPUTS_MAX 8

struct show {
	int64_t id; /* 0: the newest */
	const char *journal_path;
	struct show_output outputs[SHOW_OUTPUTS_MAX];
	size_t outputs_count;
	bool explain; /* to the screen, not the report but what it rests on */
};

static const struct report_format *format_of_option(const char *option)
{
	size_t count, i;
	const struct report_format *const *all = format_all(&count);

	for (i = 0; i < count; i++)
		if (all[i]->option && !strcmp(all[i]->option, option))
			return all[i];
	return NULL;
}

static bool parse_id(const char *text, int64_t *ret_id)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value <= 0)
		return false;
	*ret_id = value;
	return true;
}

static const char *parse_output(struct show *show, const char *option, const char *path)
{
	struct show_output output = {.format = format_of_option(option), .path = path};

	if (!output.format)
		return "show knows -oN, -oX, -oG, -oS, -oJ and -oC, each with a file name.";
	if (!path)
		return "an output option needs a file name; - is standard output.";
	if (show->outputs_count == SHOW_OUTPUTS_MAX)
		return "too many output files.";
	show->outputs[show->outputs_count++] = output;
	return NULL;
}

/* NULL, or what is wrong. */
static const char *parse(struct show *show, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		const char *why = NULL, *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (!strcmp(argv[i], "--journal")) {
			show->journal_path = next;
			why = next ? NULL : "--journal needs a file name.";
			i++;
		} else if (!strcmp(argv[i], "--explain")) {
			show->explain = true;
		} else if (argv[i][0] == '-' && argv[i][1] == 'o') {
			why = parse_output(show, argv[i] + 1, next);
			i++;
		} else if (show->id || !parse_id(argv[i], &show->id)) {
			why = "show takes the number of one scan, as 'portolan list' prints it.";
		}
		if (why)
			return why;
	}
	return NULL;
}

static int open_output(const struct show_output *output, struct out **ret_out, struct diag *diag)
{
	const struct out_owner owner = cli_owner();

	if (!strcmp(output->path, "-"))
		return out_open_fd(STDOUT_FILENO, "standard output", ret_out);
	return out_open_file(output->path, false, &owner, ret_out, diag);
}

static int write_one(struct journal *journal, int64_t id, const struct show_output *output,
		     const struct format_context *context, struct diag *diag)
{
	struct format_writer *writer = NULL;
	struct out *out = NULL;
	int r = open_output(output, &out, diag), closed;

	if (r == 0)
		r = format_writer_new(output->format, context, out, &writer);
	if (r < 0)
		return r;
	r = journal_replay(journal, id, writer, diag);
	closed = format_writer_free(writer, r == 0 ? diag : NULL);
	return r < 0 ? r : closed;
}

static int write_all(struct journal *journal, const struct show *show,
		     struct format_context *context, int64_t id, struct diag *diag)
{
	const struct show_output screen = {format_by_name(show->explain ? "evidence" : "normal"),
					   "-"};
	size_t i;
	int r = 0;

	for (i = 0; i < show->outputs_count && r == 0; i++)
		r = write_one(journal, id, &show->outputs[i], context, diag);
	if (r < 0 || (show->outputs_count && !show->explain))
		return r;
	context->screen = true;
	context->version = version_of_title(context->program);
	context->colour = cli_colours(STDOUT_FILENO);
	context->terminal = isatty(STDOUT_FILENO) == 1;
	return write_one(journal, id, &screen, context, diag);
}

/* Only addresses are kept in journals: names are those of the table as it is now. A file that
 * is gone since the scan costs them, not the report. */
static struct vendors *load_vendors(const struct plan *plan)
{
	struct vendors *vendors = NULL;
	struct diag diag = {0};

	if (plan->vendors_path && vendors_load(plan->vendors_path, &vendors, &diag) < 0)
		cli_complain(&diag, false);
	return vendors;
}

static int show_scan(struct journal *journal, const struct show *show, struct diag *diag)
{
	struct format_context context = {
		.version = version_nmap_token(),
		.url = PORTOLAN_URL,
	};
	struct journal_scan scan;
	struct vendors *vendors = NULL;
	struct plan *plan = NULL;
	char *json = NULL;
	int r = journal_load(journal, show->id, &json, &scan, diag);

	if (r == 0)
		r = plan_from_json(json, strlen(json), &plan, diag);
	if (r == 0) {
		context.plan = plan;
		context.program = cli_title(plan->program);
		context.vendors = vendors = load_vendors(plan);
		context.start_s = scan.start_s;
		r = write_all(journal, show, &context, scan.id, diag);
	}
	alloc_free(json);
	vendors_free(vendors);
	plan_free(plan);
	return r;
}

static int show(int argc, char **argv)
{
	struct show request = {0};
	struct journal *journal = NULL;
	struct diag diag = {0};
	const char *why = parse(&request, argc, argv);
	int r;

	if (why) {
		fprintf(stderr, "%s\nusage: portolan %s\n", why, subcommand_show.usage);
		return EXIT_USAGE;
	}
	r = journal_open(request.journal_path, &journal, &diag);
	if (r == 0)
		r = show_scan(journal, &request, &diag);
	journal_close(journal);
	if (r == 0)
		return 0;
	if (!diag.text[0])
		diag_set(&diag, r, "portolan show: %s", error_text(r));
	cli_complain(&diag, false);
	return EXIT_FATAL;
}

const struct subcommand subcommand_show = {
	.name = "show",
	.usage = "show [ID] [--journal FILE] [--explain] [-oN|-oX|-oG|-oS|-oJ|-oC FILE]...",
	.help = "a past scan in any format, or what its answers rest on; the newest without an ID",
	.run = show,
};
