/* The grepable format (formats.md 3): one record a line, for grep and awk. */
#include "report/format/ignored.h"
#include "report/format/words.h"
#include "report/format/words_scripts.h"
#include "report/format/words_service.h"
#include "report/format/words_system.h"

static void add_scanned(struct buf *out, const struct plan *plan)
{
	static const char *const labels[TRANSPORTS] = {"TCP", "UDP", "SCTP", "PROTOCOLS"};
	unsigned transport;

	buf_add_str(out, "# Ports scanned:");
	for (transport = 0; transport < TRANSPORTS; transport++) {
		const struct portset *set = plan->ports ? &plan->ports->of[transport] : NULL;

		buf_addf(out, " %s(%u;", labels[transport], set ? set->count : 0);
		if (set)
			portset_format(set, out);
		buf_add_char(out, ')');
	}
	buf_add_char(out, '\n');
}

static void add_begin(struct buf *out, const struct format_context *context)
{
	buf_addf(out, "# Nmap %s scan initiated ", context->version);
	words_add_ctime(out, context->start_s);
	buf_add_str(out, " as: ");
	words_add_clean(out, context->plan->command_line, false);
	buf_add_char(out, '\n');
	if (format_verbosity(context) >= 1)
		add_scanned(out, context->plan);
}

/* "Host: 10.0.0.1 (name)" TAB. --resume takes the last line that begins so to
 * be done (formats.md 11): a host that is not done goes into a comment. */
static void add_host_field(struct buf *out, const struct host_report *host)
{
	char addr[IP_TEXT_BYTES], ptr[WORDS_NAME_BYTES];

	buf_addf(out, "%sHost: %s (", host->incomplete ? "# Incomplete: " : "",
		 ip_format(&host->addr, addr));
	if (words_ptr(host, ptr))
		buf_add_str(out, ptr);
	buf_add_str(out, ")\t");
}

static void add_status(struct buf *out, const struct host_report *host, const char *status)
{
	add_host_field(out, host);
	buf_addf(out, "Status: %s\n", status);
}

/* '/', which parts the fields, as '|' in what was added from `start` on. */
static void part_not(struct buf *out, size_t start)
{
	for (; start < out->len; start++)
		if (out->data[start] == '/')
			out->data[start] = '|';
}

static void add_port(struct buf *out, const struct plan *plan, const struct port_report *port)
{
	size_t start;

	buf_addf(out, "%u/%s/", port->number, port_state_name(port->verdict.state));
	if (port->transport != TRANSPORT_IP)
		buf_addf(out, "%s//", transport_name(port->transport));
	start = out->len;
	if (words_has_service(plan, port))
		words_add_service(out, plan, port, false);
	part_not(out, start);
	buf_add_str(out, port->transport == TRANSPORT_IP ? "/" : "//");
	start = out->len;
	words_add_version(out, port);
	part_not(out, start);
	buf_add_str(out, port->transport == TRANSPORT_IP ? "" : "/");
}

static void add_system(struct buf *out, const struct format_context *context,
		       const struct system_facts *facts)
{
	size_t count = words_matches_shown(context, facts);

	for (size_t i = 0; i < count && facts->matches[i].perfect; i++) {
		buf_add_str(out, i ? "|" : "\tOS: ");
		words_add_clean(out, facts->matches[i].name, false);
	}
	if (facts->has_index)
		buf_addf(out, "\tSeq Index: %u", facts->index);
	if (facts->ipid_class) {
		buf_add_str(out, "\tIP ID Seq: ");
		words_add_clean(out, facts->ipid_class, false);
	}
}

static void add_ports(struct buf *out, const struct format_context *context,
		      const struct host_report *host)
{
	struct ignored ignored;
	bool first = true;
	size_t i;

	ignored_of(context, host, &ignored);
	add_host_field(out, host);
	buf_add_str(out, words_is_protocol_scan(context->plan) ? "Protocols: " : "Ports: ");
	for (i = 0; i < host->ports_count; i++) {
		if (ignored.is_ignored[host->ports[i].verdict.state % PORT_STATES])
			continue;
		if (!first)
			buf_add_str(out, ", ");
		first = false;
		add_port(out, context->plan, &host->ports[i]);
	}
	if (ignored.states_count == 1)
		buf_addf(out, "\tIgnored State: %s (%u)", port_state_name(ignored.states[0]),
			 ignored.counts[ignored.states[0]]);
	if (host->system)
		add_system(out, context, host->system);
	buf_add_char(out, '\n');
}

static void add_host(struct buf *out, const struct format_context *context,
		     const struct host_report *host)
{
	if (!format_shows(context, host))
		return;
	if (host->list_only) {
		add_status(out, host, "Unknown");
		return;
	}
	add_status(out, host, host->state == HOST_UP ? "Up" : "Down");
	if (host->timed_out)
		add_status(out, host, "Timeout");
	else if (host->ports_scanned && host->state == HOST_UP)
		add_ports(out, context, host);
	else if (words_is_traced(context->plan, host) || words_is_scripted(host))
		buf_add_char(out, '\n'); /* as Nmap's */
}

static void add_end(struct buf *out, const struct format_totals *totals)
{
	if (totals->outcome != RUN_COMPLETE) {
		buf_add_str(out, "# The scan is not complete: ");
		words_add_clean(out, totals->why ? totals->why : "it was stopped early", false);
		buf_add_char(out, '\n');
	}
	buf_add_str(out, "# Nmap done at ");
	words_add_ctime(out, totals->end_s);
	buf_add_str(out, " -- ");
	words_add_totals(out, totals);
	buf_add_char(out, '\n');
}

static void grepable_event(struct format_writer *writer, const struct format_event *event)
{
	struct buf text = BUF_INIT;

	if (event->kind == FORMAT_BEGIN)
		add_begin(&text, writer->context);
	else if (event->kind == FORMAT_HOST)
		add_host(&text, writer->context, event->host);
	else if (event->kind == FORMAT_END)
		add_end(&text, event->totals);
	out_write_buf(writer->out, &text);
	buf_release(&text);
}

const struct report_format format_grepable = {
	.name = "grepable",
	.option = "oG",
	.suffix = ".gnmap",
	.help = "one line a host, for grep and awk",
	.event = grepable_event,
};
