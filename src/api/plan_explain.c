/* What a plan would do, in words and numbers. */
#include "api/options.h"
#include "engine/technique.h"

#include <stdarg.h>
#include <string.h>

#define LABEL_COLUMNS 12
#define PORTS_SHOWN   64

static void label(const char *name, struct buf *out)
{
	buf_addf(out, "%-*s", LABEL_COLUMNS, name);
}

/* "1,024,000": large numbers are read in threes. */
static void add_count(double count, struct buf *out)
{
	char digits[32];
	size_t length, i;

	if (!(count < 1e18)) {
		buf_addf(out, "%.3g", count);
		return;
	}
	length = (size_t)snprintf(digits, sizeof(digits), "%.0f", count);
	for (i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

static void add_time(uint64_t ns, struct buf *out)
{
	double seconds = (double)ns / 1e9;

	if (seconds < 1)
		buf_addf(out, "%g ms", seconds * 1e3);
	else if (seconds < 120)
		buf_addf(out, "%g s", seconds);
	else
		buf_addf(out, "%g min", seconds / 60);
}

static void add_ports(const struct portset *ports, struct buf *out)
{
	size_t start = out->len;

	portset_format(ports, out);
	if (buf_ok(out) && out->len - start > PORTS_SHOWN) {
		/* Cut at a comma, so that no number is cut in two. */
		size_t end = start + PORTS_SHOWN;

		while (end > start && out->data[end] != ',')
			end--;
		buf_cut(out, end);
		buf_add_str(out, ", ...");
	}
}

static void add_list(const char *what, char *const *items, size_t count, struct buf *out)
{
	size_t i;

	for (i = 0; i < count && i < 4; i++)
		buf_addf(out, "%s%s", i ? ", " : what, items[i]);
	if (count > 4)
		buf_addf(out, " and %zu more", count - 4);
}

static void explain_targets(const struct plan *plan, double count, struct buf *out)
{
	const struct target_config *targets = &plan->targets;

	label("Targets", out);
	if (count < 0)
		buf_add_str(out, "no end of them");
	else
		add_count(count, out);
	buf_add_str(out, count == 1 ? " address" : count < 0 ? "" : " addresses");
	add_list(": ", targets->expressions, targets->expressions_count, out);
	add_list(targets->expressions_count ? "; from " : ": from ", targets->input_files,
		 targets->input_files_count, out);
	if (targets->random)
		buf_add_str(out, ", at random from the public IPv4 space");
	add_list("; without ", targets->excludes, targets->excludes_count, out);
	add_list("; without those in ", targets->exclude_files, targets->exclude_files_count, out);
	if (targets->families_forced)
		buf_addf(out, "; IPv%d only", targets->families == RESOLVE_V4 ? 4 : 6);
	if (plan->resume_from)
		buf_addf(out, "; going on from %s, whose finished hosts are left out",
			 plan->resume_from);
	buf_add_char(out, '\n');
}

static void explain_discovery(const struct plan *plan, struct buf *out)
{
	label("Hosts up", out);
	if (plan->list_only) {
		buf_add_str(out, "not looked for: the targets are only listed, nothing is sent to "
				 "them\n");
		return;
	}
	if (plan->discovery.skip) {
		buf_add_str(out, "all targets are taken to be up\n");
		return;
	}
	buf_add_str(out, "those that answer a connection to port ");
	add_ports(&plan->discovery.connect, out);
	buf_add_str(out, plan->discovery.ignore_reset ? " (a refusal does not count)\n"
						      : " (a refusal counts)\n");
}

static double ports_count(const struct plan *plan)
{
	double count = 0;
	size_t i;

	for (i = 0; plan->ports && i < plan->techniques_count; i++)
		count += plan->ports->of[plan->techniques[i]->transport].count;
	return count;
}

static void explain_ports(const struct plan *plan, struct buf *out)
{
	size_t i;

	if (!plan->port_scan) {
		label("Ports", out);
		buf_add_str(out, "none are scanned\n");
	}
	for (i = 0; plan->ports && i < plan->techniques_count; i++) {
		const struct scan_technique *technique = plan->techniques[i];
		const struct portset *ports = &plan->ports->of[technique->transport];

		label(i ? "" : "Ports", out);
		add_count(ports->count, out);
		buf_addf(out, " of %s, by %s, %s: ", transport_name(technique->transport),
			 technique->name, plan->sequential_ports ? "rising" : "in random order");
		add_ports(ports, out);
		buf_add_char(out, '\n');
	}
}

/* Each silent port costs two probes, an answering one costs one. */
static void explain_probes(const struct plan *plan, double targets, struct buf *out)
{
	double discovery =
		plan->discovery.skip || plan->list_only ? 0 : plan->discovery.connect.count;
	double most = targets * (discovery + ports_count(plan));

	label("Connections", out);
	if (plan->list_only) {
		buf_add_str(out, "none\n");
		return;
	}
	if (targets < 0) {
		add_count(discovery + ports_count(plan), out);
		buf_add_str(out, " for each host that is up, again for each silent one\n");
		return;
	}
	buf_add_str(out, "up to ");
	add_count(most, out);
	buf_add_str(out, " if all hosts are up, and one more for each silent port\n");
}

static void explain_names(const struct plan *plan, struct buf *out)
{
	static const char *const words[] = {"of hosts that are up", "never", "of all targets"};

	label("Names", out);
	buf_addf(out, "addresses are looked up: %s", words[plan->names]);
	if (plan->names != NAMES_NEVER && plan->system_dns)
		buf_add_str(out, ", by the system's resolver");
	else if (plan->names != NAMES_NEVER)
		add_list(", at ", (char *const *)plan->dns_servers, plan->dns_servers_count, out);
	buf_add_char(out, '\n');
}

static void explain_rates(const struct timing *timing, struct buf *out)
{
	if (timing->max_rate_pps > 0)
		buf_addf(out, ", at most %g a second", timing->max_rate_pps);
	if (timing->min_rate_pps > 0)
		buf_addf(out, ", at least %g a second", timing->min_rate_pps);
	if (timing->max_parallelism)
		buf_addf(out, ", at most %u at once", timing->max_parallelism);
	if (timing->scan_delay_ns) {
		buf_add_str(out, ", ");
		add_time(timing->scan_delay_ns, out);
		buf_add_str(out, " between two to a host");
	}
}

static void explain_timing(const struct timing *timing, struct buf *out)
{
	label("Timing", out);
	buf_addf(out, "-T%d: answers are waited for ", timing->level);
	add_time(timing->initial_rtt_ns, out);
	buf_add_str(out, " at first, then ");
	add_time(timing->min_rtt_ns, out);
	buf_add_str(out, " to ");
	add_time(timing->max_rtt_ns, out);
	buf_addf(out, " as hosts show; at most %u retries", timing->max_retries);
	explain_rates(timing, out);
	if (timing->host_timeout_ns) {
		buf_add_str(out, "; a host is given up after ");
		add_time(timing->host_timeout_ns, out);
	}
	buf_add_char(out, '\n');
}

static void explain_output(const struct plan *plan, struct buf *out)
{
	const struct plan_output *output = &plan->output;
	size_t i;

	for (i = 0; i < output->files_count; i++) {
		const char *path = output->files[i].path;

		label(i ? "" : "Files", out);
		buf_addf(out, "%s: %s%s\n", output->files[i].format,
			 strcmp(path, "-") ? path : "standard output",
			 output->append ? ", added to what is there" : "");
	}
	label("Journal", out);
	if (!output->journal)
		buf_add_str(out, "none: the scan is not kept\n");
	else
		buf_addf(out, "%s\n",
			 output->journal_path ? output->journal_path : "the usual one");
	label("Seed", out);
	buf_addf(out, "%llu\n", (unsigned long long)plan->seed);
}

void plan_explain(const struct plan *plan, double targets, struct buf *out)
{
	explain_targets(plan, targets, out);
	explain_discovery(plan, out);
	explain_ports(plan, out);
	explain_probes(plan, targets, out);
	explain_names(plan, out);
	explain_timing(&plan->timing, out);
	explain_output(plan, out);
}
