#include "report/format/plain.h"

#include "report/format/words.h"

/* What -d shows of the timing of the run. */
static void add_timing(const struct plain *plain)
{
	const struct timing *timing = &plain->context->plan->timing;
	struct buf *out = plain->out;

	buf_add_str(out, "--------------- Timing report ---------------\n");
	buf_addf(out, "  hostgroups: min %u, max %u\n", timing->min_hostgroup,
		 timing->max_hostgroup);
	buf_addf(out, "  rtt-timeouts: init %llu, min %llu, max %llu\n",
		 (unsigned long long)(timing->initial_rtt_ns / NS_PER_MS),
		 (unsigned long long)(timing->min_rtt_ns / NS_PER_MS),
		 (unsigned long long)(timing->max_rtt_ns / NS_PER_MS));
	buf_addf(out, "  max-scan-delay: TCP %llu, UDP %llu, SCTP %llu\n",
		 (unsigned long long)(timing->max_scan_delay_tcp_ns / NS_PER_MS),
		 (unsigned long long)(timing->max_scan_delay_udp_ns / NS_PER_MS),
		 (unsigned long long)(timing->max_scan_delay_sctp_ns / NS_PER_MS));
	buf_addf(out, "  parallelism: min %u, max %u\n", timing->min_parallelism,
		 timing->max_parallelism);
	buf_addf(out, "  max-retries: %u, host-timeout: %llu\n", timing->max_retries,
		 (unsigned long long)(timing->host_timeout_ns / NS_PER_MS));
	buf_addf(out, "  min-rate: %g, max-rate: %g\n", timing->min_rate_pps, timing->max_rate_pps);
	buf_add_str(out, "---------------------------------------------\n");
}

static void add_begin(const struct plain *plain)
{
	const struct format_context *context = plain->context;
	struct buf *out = plain->out;

	if (plain->screen) {
		buf_addf(out, "Starting %s %s ( %s ) at ", context->program, context->version,
			 context->url);
		words_add_time(out, "%Y-%m-%d %H:%M %z", context->start_s);
	} else {
		buf_addf(out, "# Nmap %s scan initiated ", context->version);
		words_add_ctime(out, context->start_s);
		buf_add_str(out, " as: ");
		words_add_clean(out, context->plan->command_line, false);
	}
	buf_add_char(out, '\n');
	if (format_debugging(context) >= 1)
		add_timing(plain);
}

static void add_data_folder(const struct plain *plain)
{
	const char *folder = plain->context->data_folder;
	int debugging = format_debugging(plain->context);

	if (folder && (debugging >= 1 || format_verbosity(plain->context) >= 1)) {
		buf_add_str(plain->out, "Read data files from: ");
		words_add_clean(plain->out, folder, plain->terminal);
		buf_add_char(plain->out, '\n');
	} else if (debugging >= 1) {
		buf_add_str(plain->out, "No data files read.\n");
	}
}

static bool seems_blocked(const struct plan *plan, const struct format_totals *totals)
{
	return totals->hosts_total == 1 && !totals->hosts_up && !plan->discovery.skip &&
	       !plan->list_only && totals->outcome == RUN_COMPLETE;
}

/* Two digits that matter: "0.021 %". */
static void add_missed(struct buf *out, double share)
{
	buf_addf(out, "           About %.2g %% of probes unanswered for loss\n", share * 100);
}

static void add_end_screen(const struct plain *plain, const struct format_totals *totals)
{
	struct buf *out = plain->out;

	if (seems_blocked(plain->context->plan, totals))
		buf_add_str(out, "Note: the host did not answer and was taken to be down. If it "
				 "may be up and silent to our pings, scan it with -Pn.\n");
	buf_add_str(out, "Nmap done: ");
	words_add_totals(out, totals);
	buf_add_char(out, '\n');
	if (totals->estimated_missed >= 0 && format_verbosity(plain->context) >= 1)
		add_missed(out, totals->estimated_missed);
}

static void add_end(const struct plain *plain, const struct format_totals *totals)
{
	struct buf *out = plain->out;

	if (!plain->context->plan->list_only)
		add_data_folder(plain);
	if (totals->outcome != RUN_COMPLETE) {
		buf_addf(out, "%sThe scan is not complete: ", plain->screen ? "" : "# ");
		words_add_clean(out, totals->why ? totals->why : "it was stopped early",
				plain->terminal);
		buf_add_char(out, '\n');
	}
	if (plain->screen) {
		add_end_screen(plain, totals);
		return;
	}
	buf_add_str(out, "# Nmap done at ");
	words_add_ctime(out, totals->end_s);
	buf_add_str(out, " -- ");
	words_add_totals(out, totals);
	buf_add_char(out, '\n');
}

/* Errors stand in the normal file, what the scan has to say also on the
 * screen; the rest is for standard error, which is not ours. */
static void add_warning(const struct plain *plain, enum warning_audience audience, const char *text)
{
	if (audience == WARNING_STDERR || (audience == WARNING_ERRORS && plain->screen))
		return;
	words_add_clean(plain->out, text, plain->terminal);
	buf_add_char(plain->out, '\n');
}

void plain_event(const struct plain *plain, const struct format_event *event)
{
	bool progress = plain->screen && format_verbosity(plain->context) >= 1;

	switch (event->kind) {
	case FORMAT_BEGIN:
		add_begin(plain);
		break;
	case FORMAT_SKIPPED:
		add_warning(plain, WARNING_ERRORS, event->seen->skipped.why);
		break;
	case FORMAT_WARNING:
		add_warning(plain, event->seen ? event->seen->audience : WARNING_ERRORS,
			    event->text);
		break;
	case FORMAT_PORT:
		if (progress)
			plain_add_open_port(plain, event->seen);
		break;
	case FORMAT_TASK_BEGIN:
		if (progress)
			plain_add_task_begin(plain, event->seen);
		break;
	case FORMAT_TASK_END:
		if (progress)
			plain_add_task_end(plain, event->seen);
		break;
	case FORMAT_TASK_PROGRESS:
		if (plain->screen)
			plain_add_progress(plain, event->progress);
		break;
	case FORMAT_HOST:
		if (format_shows(plain->context, event->host))
			plain_add_host(plain, event->host);
		break;
	case FORMAT_END:
		add_end(plain, event->totals);
		break;
	case FORMAT_HINT:
		break;
	}
}
