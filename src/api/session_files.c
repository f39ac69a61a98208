#include "api/session_files.h"

#include "api/version.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"
#include <portolan_config.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define AUTO_FIRST_NS (30 * NS_PER_S)
#define AUTO_EVERY_NS (30 * NS_PER_S)
#define AUTO_LEFT_NS  (30 * NS_PER_S)

/* ---- opening ---- */

static int add_writer(struct session_files *files, const struct report_format *format,
		      const struct format_context *context, struct out *out, struct diag *diag)
{
	int r = format_writer_new(format, context, out, &files->writers[files->count]);

	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	files->count++;
	return 0;
}

static int open_output(const struct session_config *config, const char *typed, int64_t start_s,
		       struct out **ret_out, struct diag *diag)
{
	time_t start = (time_t)start_s;
	struct tm when;
	char *path;
	int r;

	if (!strcmp(typed, "-"))
		return out_open_fd(STDOUT_FILENO, "standard output", ret_out);
	if (!localtime_r(&start, &when))
		memset(&when, 0, sizeof(when));
	path = out_expand_name(typed, &when);
	if (!path)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	r = out_open_file(path, config->plan->output.append, &config->owner, ret_out, diag);
	alloc_free(path);
	return r;
}

static int open_file(struct session_files *files, const struct session_config *config,
		     const struct plan_file *file, struct diag *diag)
{
	const struct report_format *format = format_by_name(file->format);
	struct out *out = NULL;
	int r;

	if (!format)
		return diag_set(diag, ERROR_UNSUPPORTED, "there is no output format '%s'",
				file->format);
	r = open_output(config, file->path, files->start_s, &out, diag);
	return r < 0 ? r : add_writer(files, format, &files->file, out, diag);
}

static bool takes_stdout(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->output.files_count; i++)
		if (!strcmp(plan->output.files[i].path, "-"))
			return true;
	return false;
}

static int open_screen(struct session_files *files, const struct session_config *config,
		       struct diag *diag)
{
	const struct plan *plan = config->plan;
	int r;

	if (config->screen_fd < 0 || plan->output.verbosity_zero || takes_stdout(plan))
		return 0;
	r = out_open_fd(config->screen_fd, "standard output", &files->screen_out);
	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	out_before_write(files->screen_out, config->before_screen, config->self);
	return add_writer(files, format_by_name("normal"), &files->screen, files->screen_out, diag);
}

/* Only names are at stake: a bad line is no reason not to scan. */
static int load_vendors(struct session_files *files, const struct session_config *config,
			struct diag *diag)
{
	const char *path = config->plan->vendors_path;
	char text[DIAG_TEXT_BYTES + 64];
	struct diag odd = {0};
	int r;

	if (!path)
		return 0;
	if ((r = vendors_load(path, &files->vendors, &odd)) < 0)
		return diag_set(diag, r, "%s", odd.text);
	files->screen.vendors = files->file.vendors = files->vendors;
	if (!odd.line || !config->warn)
		return 0;
	snprintf(text, sizeof(text), "%.400s, line %u: %.200s", path, odd.line, odd.text);
	config->warn(config->self, text);
	return 0;
}

int session_files_open(struct session_files *files, const struct session_config *config,
		       struct diag *diag)
{
	const struct plan *plan = config->plan;
	struct diag ignored;
	size_t i;
	int r;

	*files = (struct session_files){
		.start_s = (int64_t)time(NULL),
		.stats_every_ns = plan->output.stats_every_ns,
		.verbosity = plan->output.verbosity,
		.debugging = plan->output.debugging,
	};
	files->file = (struct format_context){
		.plan = plan,
		.program = config->program_title,
		.version = version_nmap_token(),
		.url = PORTOLAN_URL,
		.start_s = files->start_s,
		.resumed = plan->resume_from != NULL,
		.verbosity_now = &files->verbosity,
		.debugging_now = &files->debugging,
	};
	files->screen = files->file;
	files->screen.screen = true;
	files->screen.version = version_of_title(config->program_title);
	files->screen.colour = config->colour;
	files->screen.terminal = config->terminal;
	r = load_vendors(files, config, diag);
	if (r == 0)
		r = open_screen(files, config, diag);
	for (i = 0; r == 0 && i < plan->output.files_count; i++)
		r = open_file(files, config, &plan->output.files[i], diag);
	if (r < 0)
		(void)session_files_close(files, &ignored);
	return r;
}

/* ---- ending ---- */

static void tell_all(struct session_files *files, const struct format_event *event)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		format_writer_event(files->writers[i], event);
}

void session_files_fail(struct session_files *files, const char *why)
{
	struct format_totals totals = {
		.outcome = RUN_FAILED,
		.why = why,
		.end_s = (int64_t)time(NULL),
		.estimated_missed = -1,
	};
	const struct format_event event = {.kind = FORMAT_END, .totals = &totals};

	totals.elapsed_s = (double)(totals.end_s - files->start_s);
	tell_all(files, &event);
}

int session_files_close(struct session_files *files, struct diag *diag)
{
	size_t i;
	int r = 0;

	for (i = 0; i < files->count; i++) {
		struct diag one = {0};
		int closed = format_writer_free(files->writers[i], &one);

		if (closed < 0 && r == 0) {
			r = closed;
			*diag = one;
		}
	}
	files->count = 0;
	files->screen_out = NULL;
	vendors_free(files->vendors);
	files->vendors = NULL;
	return r;
}

/* ---- progress ---- */

/* What hosts are in, earlier stages first; NULL: none of these. */
static const char *later_task(const struct run_progress *progress)
{
	static const struct {
		enum run_task task;
		const char *name;
	} later[] = {
		{TASK_PING, "Ping Scan"},
		{TASK_SYSTEM, "OS detection"},
		{TASK_PATH, "Traceroute"},
		{TASK_SCRIPTS, "NSE"},
	};
	size_t i;

	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (progress->hosts_in[later[i].task])
			return later[i].name;
	return NULL;
}

static const char *task_now(const struct session_files *files, const struct run_progress *progress)
{
	const struct plan *plan = files->file.plan;
	const char *later = later_task(progress);

	if (progress->hosts_in[TASK_PORTS] && plan->techniques_count)
		return plan->techniques[0]->task;
	if (progress->hosts_in[TASK_SERVICES])
		return "Service scan";
	return later ? later : "Parallel DNS resolution";
}

/* Nmap's Stats line has a capital of its own (formats.md 2.14). */
static const char *stats_task(const struct session_files *files,
			      const struct run_progress *progress)
{
	const char *task = task_now(files, progress);

	if (!strcmp(task, "NSE"))
		return "Script Scan";
	return strcmp(task, "Service scan") ? task : "Service Scan";
}

static uint64_t hosts_working(const struct run_progress *progress)
{
	uint64_t hosts = 0;
	int task;

	for (task = 0; task < RUN_TASKS; task++)
		if (progress->hosts_in[task] > hosts)
			hosts = progress->hosts_in[task];
	return hosts;
}

static void say_stats(struct session_files *files, const struct run_progress *progress)
{
	uint64_t passed_s = (progress->now_ns - progress->start_ns) / NS_PER_S;
	char text[256];
	int length;

	if (!files->screen_out)
		return;
	length = snprintf(
		text, sizeof(text),
		"Stats: %llu:%02llu:%02llu elapsed; %llu hosts completed (%llu up), "
		"%llu undergoing %s\n",
		(unsigned long long)(passed_s / 3600), (unsigned long long)(passed_s / 60 % 60),
		(unsigned long long)(passed_s % 60), (unsigned long long)progress->hosts_done,
		(unsigned long long)progress->hosts_up, (unsigned long long)hosts_working(progress),
		stats_task(files, progress));
	if (length > 0)
		out_write(files->screen_out, text, (size_t)length);
}

static void say_timing(struct session_files *files, const struct run_progress *progress)
{
	struct format_progress done = {
		.task = task_now(files, progress),
		.percent = progress->fraction * 100.0,
		.now_s = (int64_t)time(NULL),
	};
	const struct format_event event = {.kind = FORMAT_TASK_PROGRESS, .progress = &done};

	if (progress->eta_high_ns != ETA_UNKNOWN)
		done.etc_s = done.now_s + (int64_t)(progress->eta_high_ns / NS_PER_S);
	if (progress->hosts_expected > 0)
		tell_all(files, &event);
}

void session_files_progress(struct session_files *files, struct run *run)
{
	struct run_progress progress;

	run_progress(run, &progress);
	say_stats(files, &progress);
	say_timing(files, &progress);
}

/* With -v, long runs tell where they are by themselves (TM-26). */
static void tick_auto(struct session_files *files, const struct run_progress *progress)
{
	if (!files->next_auto_ns)
		files->next_auto_ns = progress->start_ns + AUTO_FIRST_NS;
	if (progress->now_ns < files->next_auto_ns)
		return;
	files->next_auto_ns = progress->now_ns + AUTO_EVERY_NS;
	if (progress->eta_high_ns != ETA_UNKNOWN && progress->eta_high_ns > AUTO_LEFT_NS)
		say_timing(files, progress);
}

void session_files_tick(struct session_files *files, struct run *run)
{
	struct run_progress progress;
	bool chatty = files->verbosity > 0;

	/* Asking for progress counts the targets of files: not for nothing. */
	if (!chatty && !files->stats_every_ns)
		return;
	run_progress(run, &progress);
	if (chatty)
		tick_auto(files, &progress);
	if (!files->stats_every_ns)
		return;
	if (!files->next_stats_ns)
		files->next_stats_ns = progress.start_ns + files->stats_every_ns;
	if (progress.now_ns < files->next_stats_ns)
		return;
	files->next_stats_ns = progress.now_ns + files->stats_every_ns;
	say_stats(files, &progress);
	say_timing(files, &progress);
}
