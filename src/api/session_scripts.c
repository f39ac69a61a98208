#include "api/session_scripts.h"

#include "net/capture_filter.h"
#include "net/link.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define CAPTURES_MOST 16 /* open at a time */

/* ---- what scripts print ---- */

static void print_line(struct session_scripts *scripts, const char *text)
{
	struct buf line = BUF_INIT;
	size_t bytes = strlen(text);

	if (!scripts->screen)
		return;
	buf_add_str(&line, "NSE: ");
	text_add_safe(&line, text, bytes);
	if (!bytes || text[bytes - 1] != '\n')
		buf_add_char(&line, '\n');
	out_write_buf(scripts->screen, &line);
	buf_release(&line);
}

static void log_line(void *self, int level, bool to_stderr, const char *text)
{
	struct session_scripts *scripts = self;

	if (level > *scripts->debugging)
		return;
	if (to_stderr && scripts->warn)
		scripts->warn(scripts->self, text);
	else
		print_line(scripts, text);
}

static void trace_line(void *self, const char *line)
{
	print_line(self, line);
}

static void warn(void *self, const char *text)
{
	const struct session_scripts *scripts = self;

	if (scripts->warn)
		scripts->warn(scripts->self, text);
}

/* ---- making ---- */

/* For scripts that capture and send raw packets; without them such scripts say so. */
static void open_raw(struct session_scripts *scripts, const struct plan *plan)
{
	const struct interfaces none = {0};
	struct diag diag;

	if (!plan->privileged || !script_run_wants_raw(scripts->run))
		return;
	if (capture_filter_load(&diag) < 0 || link_sockets_open(&none, &scripts->raw, &diag) < 0 ||
	    link_sockets_reserve(scripts->raw, CAPTURES_MOST, &diag) < 0)
		warn(scripts, diag.text);
	script_run_set_raw(scripts->run, scripts->raw);
}

static int load(struct session_scripts *scripts, const struct plan *plan, struct diag *diag)
{
	const struct script_run_config config = {
		.context = {.plan = plan,
			    .loop = scripts->loop,
			    .flows = scripts->flows,
			    .gate = scripts->gate,
			    .resolver = scripts->resolver,
			    .services = plan->services,
			    .vendors = scripts->vendors,
			    .probes = scripts->probes,
			    .debugging = scripts->debugging,
			    .verbosity = scripts->verbosity,
			    .trace = plan->scripts.trace ? trace_line : NULL,
			    .self = scripts},
		.trees = scripts->trees,
		.selection = &scripts->selection,
		.seed = (unsigned)plan->seed,
		.warn = warn,
		.log = log_line,
		.self = scripts,
	};

	return script_run_new(&config, &scripts->run, diag);
}

int session_scripts_open(struct session_scripts *scripts, const struct plan *plan,
			 struct diag *diag)
{
	int r;

	if (!plan->scripts.wanted)
		return 0;
	r = script_trees_open(&plan->scripts, NULL, &scripts->trees, diag);
	if (r == 0)
		r = script_trees_choose(scripts->trees, &plan->scripts, &scripts->selection, diag);
	if (r == 0)
		r = load(scripts, plan, diag);
	if (r == 0 && scripts->run)
		open_raw(scripts, plan);
	if (r == 0 && scripts->run)
		scripts->runner = script_run_runner(scripts->run);
	return r;
}

const struct script_runner *session_scripts_runner(const struct session_scripts *scripts)
{
	return scripts->run ? &scripts->runner : NULL;
}

void session_scripts_tell(struct session_scripts *scripts)
{
	char text[64];

	if (!scripts->run || *scripts->verbosity < 1)
		return;
	snprintf(text, sizeof(text), "Loaded %zu scripts for scanning.", scripts->selection.count);
	print_line(scripts, text);
}

void session_scripts_close(struct session_scripts *scripts)
{
	script_run_free(scripts->run);
	script_selection_release(&scripts->selection);
	script_trees_close(scripts->trees);
	link_sockets_free(scripts->raw);
	scripts->run = NULL;
	scripts->trees = NULL;
}
