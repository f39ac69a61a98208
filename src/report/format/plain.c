#include "report/format/plain.h"

#include "engine/technique.h"
#include "report/format/words.h"

/* Before lines on how well it went. */
#define MARGIN      "           "
#define MISSED_TOLD 0.5 /* ports or hosts */

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

static void add_spoofed(const struct plain *plain)
{
	const struct plan_packets *packets = &plain->context->plan->packets;
	char text[MAC_TEXT_BYTES], name[VENDOR_NAME_BYTES];
	const char *vendor = vendors_find(plain->context->vendors, &packets->mac, name);

	if (packets->has_mac)
		buf_addf(plain->out, "Spoofing MAC address %s (%s)\n",
			 mac_format(&packets->mac, text), vendor ? vendor : "No registered vendor");
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
		add_spoofed(plain);
		buf_addf(out, "# Nmap %s scan initiated ", context->version);
		words_add_ctime(out, context->start_s);
		buf_add_str(out, " as: ");
		words_add_clean(out, context->plan->command_line, false);
	}
	buf_add_char(out, '\n');
	if (plain->screen)
		add_spoofed(plain);
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

/* "340B", "7.028KB" */
static void add_bytes(struct buf *out, uint64_t bytes)
{
	if (bytes < 1000)
		buf_addf(out, "%lluB", (unsigned long long)bytes);
	else if (bytes < 1000000)
		buf_addf(out, "%.3fKB", (double)bytes / 1e3);
	else
		buf_addf(out, "%.3fMB", (double)bytes / 1e6);
}

/* Did the plan have raw packets to send? */
static bool has_raw_probes(const struct plan *plan)
{
	size_t i;

	if (!plan->privileged || plan->list_only)
		return false;
	for (i = 0; i < plan->techniques_count; i++)
		if (plan->techniques[i]->probe != PROBE_FLOW)
			return true;
	return plan->discovery.pings_count > 0;
}

static void add_raw_packets(struct buf *out, const struct observation *seen)
{
	buf_addf(out, MARGIN "Raw packets sent: %llu (", (unsigned long long)seen->end.raw_sent);
	add_bytes(out, seen->end.raw_sent_bytes);
	buf_addf(out, ") | Rcvd: %llu (", (unsigned long long)seen->end.raw_received);
	add_bytes(out, seen->end.raw_received_bytes);
	buf_add_str(out, ")\n");
}

static void add_some(struct buf *out, uint64_t count, const char *what)
{
	if (count)
		buf_addf(out, ", %llu %s", (unsigned long long)count, what);
}

static void add_probes(struct buf *out, const struct observation *seen)
{
	buf_addf(out, MARGIN "Probes: %llu planned, %llu sent, %llu answered",
		 (unsigned long long)seen->end.probes_planned,
		 (unsigned long long)seen->end.probes_sent,
		 (unsigned long long)seen->end.probes_answered);
	add_some(out, seen->end.probes_resent, "sent again");
	add_some(out, seen->end.dropped_locally, "not sent for want of room");
	add_some(out, seen->end.dropped_receiving, "answers lost on this machine");
	buf_add_char(out, '\n');
}

/* "0.21", "3.4", "820" */
static void add_estimate(struct buf *out, double count)
{
	buf_addf(out, count < 10 ? "%.2g" : "%.0f", count);
}

/* What the estimate comes to in what people look for. */
static void add_missed_count(const struct plain *plain, const struct observation *seen)
{
	buf_add_str(plain->out, MARGIN "Missed: about ");
	add_estimate(plain->out, seen->end.missed);
	buf_addf(plain->out, " %s that would have answered (",
		 plain->context->plan->port_scan ? "ports" : "hosts");
	add_estimate(plain->out, seen->end.missed_low);
	buf_add_str(plain->out, " to ");
	add_estimate(plain->out, seen->end.missed_high);
	buf_add_str(plain->out, ", with 95 %)\n");
}

/* Two digits that matter: "0.021 %". */
static void add_missed(struct buf *out, double share)
{
	buf_addf(out, MARGIN "About %.2g %% of probes unanswered for loss\n", share * 100);
}

/* How well it went, of which Nmap says only the first line. */
static void add_counts(const struct plain *plain, const struct format_totals *totals,
		       const struct observation *seen)
{
	if (has_raw_probes(plain->context->plan) && seen)
		add_raw_packets(plain->out, seen);
	if (seen && seen->end.probes_planned)
		add_probes(plain->out, seen);
	if (seen && seen->end.probes_planned && seen->end.missed >= 0)
		add_missed_count(plain, seen);
	if (totals->estimated_missed >= 0)
		add_missed(plain->out, totals->estimated_missed);
}

/* Is it worth saying unasked? A sweep's is part of its answer, and so is what seems to
 * be missing from a scan. */
static bool must_know(const struct plan *plan, const struct observation *seen)
{
	if (!seen || !seen->end.probes_planned || seen->end.missed < 0)
		return false;
	return (plan->sweep.wanted && !plan->sweep.pings) || seen->end.missed >= MISSED_TOLD;
}

static void add_end_screen(const struct plain *plain, const struct format_totals *totals,
			   const struct observation *seen)
{
	struct buf *out = plain->out;

	if (seems_blocked(plain->context->plan, totals))
		buf_add_str(out, "Note: the host did not answer and was taken to be down. If it "
				 "may be up and silent to our pings, scan it with -Pn.\n");
	buf_add_str(out, "Nmap done: ");
	words_add_totals(out, totals);
	buf_add_char(out, '\n');
	if (format_verbosity(plain->context) >= 1)
		add_counts(plain, totals, seen);
	else if (must_know(plain->context->plan, seen))
		add_missed_count(plain, seen);
}

/* What was looked for, and what a user may do with it (formats.md 2.13). */
static void add_advice(const struct plain *plain, const struct format_totals *totals)
{
	bool versions = plain->context->plan->version.wanted;

	if (!totals->hosts_up)
		return;
	if (plain->context->plan->system.wanted)
		buf_addf(plain->out,
			 "OS %sdetection performed. 'portolan show --explain' tells what each "
			 "answer rests on.\n",
			 versions ? "and Service " : "");
	else if (versions)
		buf_add_str(plain->out, "Services were asked what they are; 'portolan show "
					"--explain' tells what each answer rests on.\n");
}

static void add_end(const struct plain *plain, const struct format_totals *totals,
		    const struct observation *seen)
{
	struct buf *out = plain->out;

	if (!plain->context->plan->list_only)
		add_data_folder(plain);
	plain_add_findings_total(plain, totals);
	add_advice(plain, totals);
	if (totals->outcome != RUN_COMPLETE) {
		buf_addf(out, "%sThe scan is not complete: ", plain->screen ? "" : "# ");
		words_add_clean(out, totals->why ? totals->why : "it was stopped early",
				plain->terminal);
		buf_add_char(out, '\n');
	}
	if (plain->screen) {
		add_end_screen(plain, totals, seen);
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
	case FORMAT_SCRIPTS:
		plain_add_block(plain, event->block);
		break;
	case FORMAT_END:
		add_end(plain, event->totals, event->seen);
		break;
	case FORMAT_HINT:
	case FORMAT_SERVICE:
	case FORMAT_SYSTEM:
	case FORMAT_PATH:
	case FORMAT_SCRIPT:
	case FORMAT_FINDING:
		break;
	}
}
