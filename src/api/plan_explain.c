/* What a plan would do, in words and numbers. */
#include "api/options.h"
#include "engine/technique.h"

#include <stdarg.h>
#include <string.h>

#define LABEL_COLUMNS 12
#define PORTS_SHOWN   64
#define PINGS_SHOWN   24

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

/* "icmp-echo, tcp-syn 22 25, udp 40125": each technique once. */
static void explain_pings(const struct plan_discovery *discovery, struct buf *out)
{
	size_t i;

	buf_add_str(out, "those that answer ");
	for (i = 0; i < discovery->pings_count; i++) {
		const struct plan_ping *ping = &discovery->pings[i];

		if (i == PINGS_SHOWN) {
			buf_add_str(out, " ...");
			break;
		}
		if (!i || ping->technique != ping[-1].technique)
			buf_addf(out, "%s%s", i ? ", " : "", ping->technique->name);
		if (ping->technique->probe != PROBE_ICMP)
			buf_addf(out, " %u", ping->port);
	}
	if (discovery->neighbours)
		buf_add_str(out, "; those of the local net ARP or ND");
	if (discovery->ignore_reset)
		buf_add_str(out, " (a reset does not count)");
	buf_add_char(out, '\n');
}

/* Then the ports' answers tell who is up. */
static bool sweeps_ports(const struct plan *plan)
{
	return plan->sweep.wanted && !plan->sweep.pings && plan->port_scan;
}

static void explain_discovery(const struct plan *plan, struct buf *out)
{
	label("Hosts up", out);
	if (plan->list_only) {
		buf_add_str(out, "not looked for: the targets are only listed, nothing is sent to "
				 "them\n");
		return;
	}
	if (sweeps_ports(plan)) {
		buf_add_str(out, "not looked for: those that answer the sweep\n");
		return;
	}
	if (plan->discovery.skip) {
		buf_add_str(out, "all targets are taken to be up");
		buf_add_str(out, plan->discovery.neighbours
					 ? ", but neighbours must answer ARP or ND\n"
					 : "\n");
		return;
	}
	if (plan->privileged) {
		explain_pings(&plan->discovery, out);
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

static void explain_version(const struct plan *plan, struct buf *out)
{
	const struct plan_version *version = &plan->version;

	if (!version->wanted)
		return;
	label("Services", out);
	buf_addf(out, "of open ports, at intensity %u, by the %s%s%s\n", version->intensity,
		 version->probes_path ? "probes of " : "built-in probes",
		 version->probes_path ? version->probes_path : "",
		 version->all_ports ? "; printers and controllers too"
				    : "; printers and controllers are not written to");
}

static void explain_system(const struct plan *plan, struct buf *out)
{
	const struct plan_system *system = &plan->system;

	if (!system->wanted)
		return;
	label("Systems", out);
	buf_addf(out, "of hosts that are up%s, by the %s%s; ",
		 system->limit ? " and have an open and a closed TCP port" : "",
		 system->db_path ? "reference prints of " : "built-in reference prints",
		 system->db_path ? system->db_path : "");
	if (system->probes_max)
		buf_addf(out, "at most %u probes to each, ", system->probes_max);
	buf_addf(out, "up to %u round%s, %s\n", system->tries, system->tries == 1 ? "" : "s",
		 system->all || system->db_path ? "all probes of each"
						: "probes only while they can change the answer");
}

static void explain_path(const struct plan *plan, struct buf *out)
{
	const struct plan_path *path = &plan->path;

	if (!path->wanted)
		return;
	label("Paths", out);
	buf_add_str(out, "traced to each host that is up, hops that targets share once");
	if (path->mmdb_paths_count)
		add_list("; countries and networks from ", (char *const *)path->mmdb_paths,
			 path->mmdb_paths_count, out);
	buf_add_char(out, '\n');
}

static void explain_scripts(const struct plan *plan, struct buf *out)
{
	const struct plan_scripts *scripts = &plan->scripts;
	size_t i;

	if (!scripts->standard && !scripts->expressions_count)
		return;
	label("Scripts", out);
	if (!scripts->expressions_count)
		buf_add_str(out, "default");
	for (i = 0; i < scripts->expressions_count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", scripts->expressions[i]);
	if (scripts->folders_count)
		buf_addf(out, "; ours, then those of %s", scripts->folders[0]);
	if (scripts->files || scripts->processes)
		buf_addf(out, "; they may use%s%s", scripts->files ? " files" : "",
			 scripts->processes ? " processes" : "");
	buf_add_char(out, '\n');
}

static double pings_count(const struct plan *plan)
{
	if (plan->discovery.skip || plan->list_only || sweeps_ports(plan))
		return 0;
	return plan->privileged ? (double)plan->discovery.pings_count
				: plan->discovery.connect.count;
}

static const char *further_probes(const struct plan *plan)
{
	if (plan->system.wanted)
		return plan->path.wanted ? "; for systems and paths further ones"
					 : "; for systems further ones";
	return plan->path.wanted ? "; for paths further ones" : "";
}

/* Each silent port costs two probes, an answering one costs one. */
static void explain_probes(const struct plan *plan, double targets, struct buf *out)
{
	double each = pings_count(plan) + ports_count(plan);

	label(plan->privileged ? "Probes" : "Connections", out);
	if (plan->list_only) {
		buf_add_str(out, "none\n");
		return;
	}
	if (targets < 0) {
		add_count(each, out);
		buf_addf(out, " for each host that is up, again for each silent one%s\n",
			 further_probes(plan));
		return;
	}
	buf_add_str(out, "up to ");
	add_count(targets * each / plan->sweep.shards, out);
	buf_add_str(out, plan->sweep.wanted
				 ? ", and again where answers seem to be lost"
				 : " if all hosts are up, and one more for each silent port");
	buf_add_str(out, further_probes(plan));
	buf_add_char(out, '\n');
}

static void explain_sweep(const struct plan *plan, struct buf *out)
{
	const struct plan_sweep *sweep = &plan->sweep;

	if (!sweep->wanted)
		return;
	label("Sweep", out);
	buf_add_str(out, "one pass without state");
	if (sweep->shards > 1)
		buf_addf(out, ", share %u of %u", sweep->shard + 1, sweep->shards);
	if (sweep->pings)
		buf_add_str(out, ", to find who is up");
	buf_add_str(out, sweep->special
				 ? "; private and other special addresses too\n"
				 : "; special-purpose addresses only where they were named\n");
}

static void explain_idle(const struct plan *plan, struct buf *out)
{
	char text[IP_TEXT_BYTES];

	if (plan->idle.zombie.family == IP_NONE)
		return;
	label("Zombie", out);
	buf_addf(out, "%s, asked at port %u\n", ip_format(&plan->idle.zombie, text),
		 plan->idle.port);
}

/* One thing more that is said of packets; a comma goes before all but the first. */
__attribute__((format(printf, 2, 3))) static void add_look(struct buf *out, const char *format, ...)
{
	char text[128];
	va_list args;

	if (buf_ok(out) && out->data[out->len - 1] != ' ')
		buf_add_str(out, ", ");
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_add_str(out, text);
}

static void add_layer(const struct plan_packets *packets, struct buf *out)
{
	const uint8_t *mac = packets->mac.bytes;

	if (packets->has_mac)
		add_look(out, "frames from %02X:%02X:%02X:%02X:%02X:%02X", mac[0], mac[1], mac[2],
			 mac[3], mac[4], mac[5]);
	else if (packets->layer == LAYER_ETHERNET)
		add_look(out, "as Ethernet frames");
	else if (packets->layer == LAYER_XDP)
		add_look(out, "as Ethernet frames by AF_XDP");
	else if (packets->layer == LAYER_IP)
		add_look(out, "as IP packets, no frames");
}

static void explain_packets(const struct plan *plan, struct buf *out)
{
	const struct plan_packets *packets = &plan->packets;
	size_t start;

	if (!plan->privileged)
		return;
	label("Packets", out);
	start = out->len;
	add_layer(packets, out);
	if (packets->has_source_port)
		add_look(out, "from port %u", packets->source_port);
	if (plan->ttl >= 0)
		add_look(out, "TTL %d", plan->ttl);
	if (packets->scan_flags >= 0)
		add_look(out, "TCP flags 0x%02x", (unsigned)packets->scan_flags);
	if (packets->has_data)
		add_look(out, "%zu bytes of data", packets->data_bytes);
	if (packets->ip_options_bytes)
		add_look(out, "%zu bytes of IP options", packets->ip_options_bytes);
	if (packets->fragment_bytes)
		add_look(out, "in fragments of %u bytes", packets->fragment_bytes);
	if (packets->decoys_count)
		add_look(out, "%zu decoys, and we are number %zu", packets->decoys_count,
			 packets->own_place + 1);
	if (packets->bad_sum)
		add_look(out, "wrong checksums");
	if (packets->adler32)
		add_look(out, "Adler-32 for SCTP");
	if (out->len == start)
		buf_add_str(out, "as usual");
	buf_add_char(out, '\n');
	if (packets->pcap_path) {
		label("Capture", out);
		buf_addf(out, "%s\n", packets->pcap_path);
	}
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
	explain_version(plan, out);
	explain_system(plan, out);
	explain_path(plan, out);
	explain_scripts(plan, out);
	explain_idle(plan, out);
	explain_sweep(plan, out);
	explain_probes(plan, targets, out);
	if (!plan->list_only)
		explain_packets(plan, out);
	explain_names(plan, out);
	explain_timing(&plan->timing, out);
	explain_output(plan, out);
}
