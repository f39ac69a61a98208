#include "report/format/plain.h"

#include "report/format/ignored.h"
#include "report/format/table.h"
#include "report/format/words.h"
#include "report/format/words_scripts.h"
#include "report/format/words_service.h"
#include "report/format/words_system.h"

#include <string.h>

#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

static const char *state_style(const struct plain *plain, unsigned state)
{
	if (!plain->colour)
		return NULL;
	switch (state) {
	case PORT_OPEN:
		return GREEN;
	case PORT_CLOSED:
		return DIM;
	default:
		return YELLOW;
	}
}

static void add_heading(const struct plain *plain, const struct host_report *host)
{
	struct buf *out = plain->out;

	if (plain->colour)
		buf_add_str(out, BOLD);
	/* --resume takes the last "Nmap scan report for" to be done (formats.md
	 * 11), so a host that is not done gets another heading. */
	buf_add_str(out,
		    host->incomplete ? "Incomplete scan report for " : "Nmap scan report for ");
	words_add_host(out, host, plain->terminal);
	if (host->state == HOST_DOWN && !host->list_only) {
		buf_add_str(out, " [host down");
		if (format_reasons(plain->context))
			buf_addf(out, ", received %s", reason_name(host->reason));
		buf_add_char(out, ']');
	}
	if (plain->colour)
		buf_add_str(out, PLAIN);
	buf_add_char(out, '\n');
}

static void add_up(const struct plain *plain, const struct host_report *host)
{
	struct buf *out = plain->out;

	buf_add_str(out, "Host is up");
	if (format_reasons(plain->context)) {
		buf_addf(out, ", received %s", reason_name(host->reason));
		if (host->reason_ttl)
			buf_addf(out, " ttl %u", host->reason_ttl);
	}
	if (host->has_rtt) {
		buf_add_str(out, " (");
		words_add_latency(out, host->srtt_us);
		buf_add_str(out, "s latency)");
	}
	buf_add_str(out, ".\n");
}

static void add_names(const struct plain *plain, const struct host_report *host)
{
	struct buf *out = plain->out;
	char addr[IP_TEXT_BYTES], ptr[WORDS_NAME_BYTES];
	size_t i;

	if (!host->name)
		return;
	if (host->others_count) {
		buf_add_str(out, "Other addresses for ");
		words_add_clean(out, host->name, plain->terminal);
		buf_add_str(out, " (not scanned):");
		for (i = 0; i < host->others_count; i++)
			buf_addf(out, " %s", ip_format(&host->others[i], addr));
		buf_add_char(out, '\n');
	}
	if (words_ptr(host, ptr) && strcmp(ptr, host->name) != 0)
		buf_addf(out, "rDNS record for %s: %s\n", ip_format(&host->addr, addr), ptr);
}

static void add_scanned_at(const struct plain *plain, const struct host_report *host)
{
	if (format_verbosity(plain->context) < 2 && format_debugging(plain->context) < 1)
		return;
	buf_add_str(plain->out, "Scanned at ");
	words_add_time(plain->out, "%Y-%m-%d %H:%M:%S %Z", host->start_s);
	buf_addf(plain->out, " for %llds\n", (long long)(host->end_s - host->start_s));
}

/* "58 closed tcp ports (reset)"; what lies is named: "(syn-ack, syn-proxy)" */
static void add_group(struct buf *out, const struct ignored *ignored,
		      const struct ignored_group *group, enum liar_kind liar)
{
	bool protocol = group->transport == TRANSPORT_IP;

	/* The plural is that of the state's total. */
	buf_addf(out, "%u %s %s %s%s (%s%s%s)", group->count, port_state_name(group->state),
		 protocol ? "n/a" : transport_name(group->transport),
		 protocol ? "protocol" : "port", ignored->counts[group->state] == 1 ? "" : "s",
		 reason_name(group->reason), liar == LIAR_NONE ? "" : ", ",
		 liar == LIAR_NONE ? "" : liar_kind_name(liar));
}

static void add_not_shown(const struct plain *plain, const struct host_report *host,
			  const struct ignored *ignored)
{
	struct buf *out = plain->out;
	size_t i;

	if (!ignored->groups_count) {
		buf_add_char(out, '\n');
		return;
	}
	if (!ignored->shown && !ignored->lies) {
		buf_addf(out, "All %zu scanned %s on ", host->ports_count,
			 words_is_protocol_scan(plain->context->plan) ? "protocols" : "ports");
		words_add_host(out, host, plain->terminal);
		buf_add_str(out, " are in ignored states.\n");
	}
	buf_add_str(out, "Not shown: ");
	for (i = 0; i < ignored->groups_count; i++) {
		if (i)
			buf_add_str(out, ", ");
		add_group(out, ignored, &ignored->groups[i],
			  !i && ignored->lies ? host->liar.kind : LIAR_NONE);
	}
	buf_add_char(out, '\n');
}

static void add_port_cell(struct table *table, const struct port_report *port)
{
	char text[32];

	if (port->transport == TRANSPORT_IP)
		snprintf(text, sizeof(text), "%u", port->number);
	else
		snprintf(text, sizeof(text), "%u/%s", port->number,
			 transport_name(port->transport));
	table_add(table, text, NULL);
}

static void add_service_cell(const struct plain *plain, struct table *table,
			     const struct port_report *port, struct buf *cell)
{
	buf_clear(cell);
	words_add_service(cell, plain->context->plan, port, plain->terminal);
	table_add(table, buf_str(cell), NULL);
}

static void add_version_cell(struct table *table, const struct port_report *port, struct buf *cell)
{
	buf_clear(cell);
	words_add_version(cell, port);
	table_add(table, buf_str(cell), NULL);
}

static void add_reason_cell(struct table *table, const struct verdict *verdict, struct buf *cell)
{
	char addr[IP_TEXT_BYTES];

	buf_clear(cell);
	buf_add_str(cell, reason_name(verdict->reason));
	if (verdict->from.family != IP_NONE)
		buf_addf(cell, " from %s", ip_format(&verdict->from, addr));
	if (verdict->ttl)
		buf_addf(cell, " ttl %u", verdict->ttl);
	table_add(table, buf_str(cell), NULL);
}

static void add_port_rows(const struct plain *plain, const struct host_report *host,
			  const struct ignored *ignored, struct table *table)
{
	bool reasons = format_reasons(plain->context);
	struct buf cell = BUF_INIT;
	bool failed = false;
	size_t i;

	for (i = 0; i < host->ports_count; i++) {
		const struct port_report *port = &host->ports[i];

		if (ignored_hides(ignored, host, port))
			continue;
		add_port_cell(table, port);
		table_add(table, port_state_name(port->verdict.state),
			  state_style(plain, port->verdict.state));
		add_service_cell(plain, table, port, &cell);
		if (reasons)
			add_reason_cell(table, &port->verdict, &cell);
		if (plain->context->plan->version.wanted)
			add_version_cell(table, port, &cell);
		table_end_row(table);
		plain_add_port_scripts(table, host, port, &cell);
		failed |= !buf_ok(&cell);
	}
	if (failed)
		plain->out->failed = true;
	buf_release(&cell);
}

static void add_port_table(const struct plain *plain, const struct host_report *host,
			   const struct ignored *ignored)
{
	bool reasons = format_reasons(plain->context);
	bool versions = plain->context->plan->version.wanted;
	struct table table;

	/* --open implies it (features.md OU-15). */
	if (ignored->counts[PORT_FILTERED] && (plain->context->plan->timing.defeat_rst_ratelimit ||
					       plain->context->plan->output.open_only))
		buf_add_str(plain->out, "Some of the filtered ports may be closed: with "
					"--defeat-rst-ratelimit late resets are not waited for\n");
	table_init(&table, 3u + reasons + versions);
	table_add(&table, words_is_protocol_scan(plain->context->plan) ? "PROTOCOL" : "PORT", NULL);
	table_add(&table, "STATE", NULL);
	table_add(&table, "SERVICE", NULL);
	if (reasons)
		table_add(&table, "REASON", NULL);
	if (versions)
		table_add(&table, "VERSION", NULL);
	table_end_row(&table);
	add_port_rows(plain, host, ignored, &table);
	table_print(&table, plain->out);
	table_release(&table);
}

static void add_mac(const struct plain *plain, const struct host_report *host)
{
	char text[MAC_TEXT_BYTES], name[VENDOR_NAME_BYTES];
	const char *vendor = vendors_find(plain->context->vendors, &host->mac, name);

	if (host->has_mac && host->state == HOST_UP)
		buf_addf(plain->out, "MAC Address: %s (%s)\n", mac_format(&host->mac, text),
			 vendor ? vendor : "Unknown");
}

/* Behind the ports, or alone when none were scanned. */
static void add_last(const struct plain *plain, const struct host_report *host)
{
	plain_add_scripts(plain, host);
	plain_add_path(plain, host);
	if (plain->screen && host->has_rtt && format_debugging(plain->context) >= 1)
		buf_addf(plain->out, "Final times for host: srtt: %llu rttvar: %llu  to: %llu\n",
			 (unsigned long long)host->srtt_us, (unsigned long long)host->rttvar_us,
			 (unsigned long long)host->timeout_us);
	buf_add_char(plain->out, '\n');
}

static void add_ports(const struct plain *plain, const struct host_report *host)
{
	struct ignored ignored;

	ignored_of(plain->context, host, &ignored);
	ignored_hide_lies(plain->context, host, &ignored);
	add_scanned_at(plain, host);
	add_not_shown(plain, host, &ignored);
	if (ignored.shown)
		add_port_table(plain, host, &ignored);
	plain_add_fingerprints(plain, host);
	add_mac(plain, host);
	plain_add_system(plain, host);
	words_add_service_info(plain->out, host);
	add_last(plain, host);
}

void plain_add_host(const struct plain *plain, const struct host_report *host)
{
	add_heading(plain, host);
	if (host->state == HOST_UP && !host->list_only)
		add_up(plain, host);
	if (host->state == HOST_UP || host->list_only)
		add_names(plain, host);
	if (host->timed_out) {
		buf_add_str(plain->out, "Skipping host ");
		words_add_host(plain->out, host, plain->terminal);
		buf_add_str(plain->out, " due to host timeout\n");
	} else if (host->ports_scanned && host->state == HOST_UP) {
		add_ports(plain, host);
	} else {
		add_mac(plain, host);
		if (words_is_traced(plain->context->plan, host) || words_is_scripted(host))
			add_last(plain, host);
	}
}
