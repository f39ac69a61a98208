#include "api/options.h"
#include "api/version.h"
#include "cli/cli.h"
#include "util/error.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct subcommand *const subcommands[] = {
	&subcommand_list,
	&subcommand_show,
	&subcommand_learn,
	&subcommand_print,
};

const char *cli_program(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
	const char *name = slash ? slash + 1 : argv0;

	return name && !strcmp(name, "nmap") ? "nmap" : "portolan";
}

void cli_complain(const struct diag *diag, bool fatal)
{
	fprintf(stderr, "%s\n", diag->text);
	if (fatal)
		fprintf(stderr, "QUITTING!\n");
}

int cli_print(struct buf *text, int status)
{
	bool whole = buf_ok(text);

	if (!whole || fwrite(text->data, 1, text->len, stdout) != text->len ||
	    fflush(stdout) != 0) {
		fprintf(stderr, "portolan: cannot write to standard output: %s\n",
			whole ? strerrordesc_np(errno) : "out of memory");
		status = EXIT_FATAL;
	}
	buf_release(text);
	return status;
}

static void warn(void *self, const char *text)
{
	(void)self;
	fprintf(stderr, "%s\n", text);
}

static int help(int status)
{
	struct buf text = BUF_INIT;

	options_print_help(&text);
	return cli_print(&text, status);
}

static int version(const char *program)
{
	struct buf text = BUF_INIT;

	version_print(program, &text);
	return cli_print(&text, 0);
}

static int greet(void)
{
	struct buf text = BUF_INIT;

	buf_add_str(&text, "Fair winds to you too.\n");
	return cli_print(&text, 0);
}

const char *cli_title(const char *program)
{
	return !strcmp(program, "nmap") ? "Nmap" : "portolan";
}

/* --route-dst alone is no scan. */
static bool has_targets(const struct plan *plan)
{
	return plan->targets.expressions_count || plan->targets.input_files_count ||
	       plan->targets.random || plan->resume_from;
}

static int scan(struct plan *plan, const char *program)
{
	int status = 0;

	if (plan->scripts.update_db || plan->scripts.help)
		status = cli_script_help(plan);
	if (plan->scripts.help || (plan->scripts.update_db && (status || !has_targets(plan)))) {
		plan_free(plan);
		return status;
	}
	if (plan->route_to_count)
		status = cli_ways(plan, cli_title(program));
	if (status == 0 && plan->explain_routes)
		status = cli_explain_routes(plan);
	else if (status == 0 && (!plan->route_to_count || has_targets(plan)))
		status = cli_scan(plan, cli_title(program));
	plan_free(plan);
	return status;
}

static int fail(int r, const struct diag *diag, const char *program)
{
	if (r != ERROR_USAGE) {
		cli_complain(diag, true);
		return EXIT_FATAL;
	}
	fprintf(stderr, "%s\nSee the output of %s -h for a summary of options.\n", diag->text,
		program);
	return EXIT_USAGE;
}

static int obey(const struct plan_request *request, const char *program)
{
	enum request_kind kind = REQUEST_SCAN;
	struct plan *plan = NULL;
	struct diag diag = {0};
	int r = plan_from_argv(request, &kind, &plan, &diag);

	if (r < 0)
		return fail(r, &diag, program);
	switch (kind) {
	case REQUEST_HELP:
		return help(0);
	case REQUEST_USAGE:
		return help(EXIT_USAGE);
	case REQUEST_VERSION:
		return version(program);
	case REQUEST_IFLIST:
		return cli_interfaces(cli_title(program));
	case REQUEST_GREETING:
		return greet();
	default:
		cli_find_stylesheet(plan, request->datadir);
		return scan(plan, program);
	}
}

static const struct subcommand *find_subcommand(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++)
		if (!strcmp(subcommands[i]->name, name))
			return subcommands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const char *program = cli_program(argc > 0 ? argv[0] : NULL);
	const char *environment = getenv("PORTOLAN_ARGS"), *variable = NULL;
	const char *datadir = cli_datadir(&variable);
	const struct subcommand *subcommand = NULL;
	const struct plan_request request = {
		.argc = argc,
		.argv = argv,
		.environment = environment ? environment : getenv("NMAP_ARGS"),
		.datadir = datadir,
		.datadir_variable = variable,
		.raw_possible = cli_may_send_raw(),
		.now_s = (int64_t)time(NULL),
		.warn = warn,
	};

	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && !strcmp(program, "portolan"))
		subcommand = find_subcommand(argv[1]);
	if (subcommand)
		return subcommand->run(argc - 1, argv + 1);
	return obey(&request, program);
}
