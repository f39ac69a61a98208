/* RFC 4180 with a header line: a row for each port that the normal output
 * would list, and one row with empty port cells for a host that has none. For spreadsheets: a
 * cell that one could take for a formula gets an apostrophe in front, and
 * control bytes are shown as \xHH. */
#include "report/format.h"
#include "report/format/ignored.h"
#include "report/format/words_system.h"
#include "report/service_end.h"
#include "report/system_result.h"
#include "util/text.h"

#include <string.h>

struct csv_state {
	struct buf rows; /* of one host; reused */
	bool comma;
};

static const char *const columns[] = {
	"address", "name",  "ptr",     "host_state", "host_reason", "note", "transport",
	"port",    "state", "service", "reason",     "ttl",         "from", "rtt_us",
};

/* With -sV, behind those. */
static const char *const version_columns[] = {
	"outcome", "confidence", "tunnel", "product", "version", "extrainfo", "hostname",
	"ostype",  "devicetype", "cpe_a",  "cpe_h",   "cpe_o",   "tls",       "certificate",
};

/* With -O and --traceroute, behind those: of the host, in each of its rows. */
static const char *const system_columns[] = {
	"os_result",        "os",           "os_accuracy", "os_guess",
	"os_guess_percent", "device_types", "os_cpe",      "os_fingerprint",
};
static const char *const path_columns[] = {"hops", "path"};

#define SYSTEM_COLUMNS  (sizeof(system_columns) / sizeof(*system_columns))
#define PATH_COLUMNS    (sizeof(path_columns) / sizeof(*path_columns))
#define PORT_COLUMNS    8
#define VERSION_COLUMNS (sizeof(version_columns) / sizeof(*version_columns))

static void add_cell(struct csv_state *state, const char *text)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (state->comma)
		buf_add_char(&state->rows, ',');
	state->comma = true;
	if (quoted)
		buf_add_char(&state->rows, '"');
	if (*text && strchr("=+-@", *text))
		buf_add_char(&state->rows, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_add_char(&state->rows, '"');
		buf_add_char(&state->rows, *text);
	}
	if (quoted)
		buf_add_char(&state->rows, '"');
}

static void end_row(struct csv_state *state)
{
	buf_add_str(&state->rows, "\r\n");
	state->comma = false;
}

/* TAB and LF are fine on a terminal, but a row shall be a line. */
static void add_text(struct csv_state *state, const char *text)
{
	struct buf safe = BUF_INIT;

	for (const char *end; text && *text; text = end) {
		end = text + strcspn(text, "\t\n");
		text_add_safe(&safe, text, (size_t)(end - text));
		if (*end)
			buf_add_str(&safe, *end++ == '\t' ? "\\x09" : "\\x0A");
	}
	if (!buf_ok(&safe))
		state->rows.failed = true;
	add_cell(state, buf_str(&safe));
	buf_release(&safe);
}

static void add_address(struct csv_state *state, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	add_text(state, addr->family == IP_NONE ? "" : ip_format(addr, text));
}

static void add_number(struct csv_state *state, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	add_cell(state, text);
}

static void add_number_if_known(struct csv_state *state, uint32_t number)
{
	if (number)
		add_number(state, number);
	else
		add_cell(state, "");
}

static void add_header(struct csv_state *state, const struct plan *plan)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		add_cell(state, columns[i]);
	for (size_t i = 0; plan->version.wanted && i < VERSION_COLUMNS; i++)
		add_cell(state, version_columns[i]);
	for (size_t i = 0; plan->system.wanted && i < SYSTEM_COLUMNS; i++)
		add_cell(state, system_columns[i]);
	for (size_t i = 0; plan->path.wanted && i < PATH_COLUMNS; i++)
		add_cell(state, path_columns[i]);
	end_row(state);
}

static void add_host_cells(struct csv_state *state, const struct host_report *host)
{
	add_address(state, &host->addr);
	add_text(state, host->name);
	add_text(state, host->ptr);
	add_cell(state, host->list_only ? "" : host_state_name(host->state));
	add_cell(state, host->list_only ? "" : reason_name(host->reason));
	add_cell(state, host->timed_out ? "timed out" : host->incomplete ? "incomplete" : "");
}

static void add_empty(struct csv_state *state, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_cell(state, "");
}

static void add_version_cells(struct csv_state *state, const struct service_facts *facts)
{
	if (!facts) {
		add_empty(state, VERSION_COLUMNS);
		return;
	}
	add_cell(state, service_end_name(facts->end));
	add_number(state, facts->confidence);
	add_cell(state, facts->tunnel ? "ssl" : "");
	add_text(state, facts->product);
	add_text(state, facts->version);
	add_text(state, facts->extrainfo);
	add_text(state, facts->hostname);
	add_text(state, facts->ostype);
	add_text(state, facts->devicetype);
	add_text(state, facts->cpe_a);
	add_text(state, facts->cpe_h);
	add_text(state, facts->cpe_o);
	add_text(state, facts->tls ? facts->tls->version : NULL);
	add_text(state, facts->tls ? facts->tls->certificate.subject : NULL);
}

static const char *name_of(const struct plan *plan, const struct port_report *port)
{
	if (port->service && port->service->name)
		return port->service->name;
	return plan->services ? services_name(plan->services, port->transport, port->number) : NULL;
}

static void add_port_cells(struct csv_state *state, const struct plan *plan,
			   const struct port_report *port)
{
	const enum transport transport = (enum transport)port->transport;

	add_cell(state, transport_name(transport));
	add_number(state, port->number);
	add_cell(state, port_state_name(port->verdict.state));
	add_text(state, name_of(plan, port));
	add_cell(state, reason_name(port->verdict.reason));
	add_number_if_known(state, port->verdict.ttl);
	add_address(state, &port->verdict.from);
	/* The journal keeps the round trips of open ports only: the same from there. */
	add_number_if_known(state, port->verdict.state == PORT_OPEN ? port->verdict.rtt_us : 0);
	if (plan->version.wanted)
		add_version_cells(state, port->service);
}

static void add_texts(struct csv_state *state, const char *const *texts, size_t count)
{
	struct buf joined = BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		buf_add_str(&joined, i ? " | " : "");
		buf_add_str(&joined, texts[i]);
	}
	if (!buf_ok(&joined))
		state->rows.failed = true;
	add_text(state, buf_str(&joined));
	buf_release(&joined);
}

/* The matches that other formats name. */
static void add_matches(struct csv_state *state, const struct format_context *context,
			const struct system_facts *facts)
{
	size_t count = words_matches_shown(context, facts);
	const char *names[SYSTEM_MATCHES_MAX] = {0};

	for (size_t i = 0; i < count; i++)
		names[i] = facts->matches[i].name;
	add_texts(state, names, count);
	if (count)
		add_number(state, facts->matches[0].accuracy);
	else
		add_cell(state, "");
}

static void add_guess(struct csv_state *state, const struct system_facts *facts)
{
	if (!facts->guesses_count) {
		add_empty(state, 2);
		return;
	}
	add_text(state, facts->guesses[0].name);
	add_number(state, words_percent(facts->guesses[0].probability));
}

static void add_system_cells(struct csv_state *state, const struct format_context *context,
			     const struct system_facts *facts)
{
	if (!facts) {
		add_empty(state, SYSTEM_COLUMNS);
		return;
	}
	add_cell(state, system_result_name(facts->result));
	add_matches(state, context, facts);
	add_guess(state, facts);
	add_texts(state, facts->types, facts->types_count);
	add_texts(state, facts->cpes, facts->cpes_count);
	add_text(state, facts->fingerprint);
}

/* "10.0.0.1 * 10.0.2.1": a star is a silent hop */
static void add_path_cells(struct csv_state *state, const struct path_facts *path)
{
	struct buf hops = BUF_INIT;
	char addr[IP_TEXT_BYTES];

	if (!path) {
		add_empty(state, PATH_COLUMNS);
		return;
	}
	for (size_t i = 0; i < path->hops_count; i++) {
		const struct ip_addr *from = &path->hops[i].from;

		buf_add_str(&hops, i ? " " : "");
		buf_add_str(&hops, from->family == IP_NONE ? "*" : ip_format(from, addr));
	}
	if (!buf_ok(&hops))
		state->rows.failed = true;
	add_number(state, (uint32_t)path->hops_count);
	add_text(state, buf_str(&hops));
	buf_release(&hops);
}

static void add_host_facts(struct csv_state *state, const struct format_context *context,
			   const struct host_report *host)
{
	if (context->plan->system.wanted)
		add_system_cells(state, context, host->system);
	if (context->plan->path.wanted)
		add_path_cells(state, host->path);
}

static void add_host(struct csv_state *state, const struct format_context *context,
		     const struct host_report *host)
{
	struct ignored ignored;
	bool any = false;

	ignored_of(context, host, &ignored);
	for (size_t i = 0; host->ports_scanned && i < host->ports_count; i++) {
		if (ignored.is_ignored[host->ports[i].verdict.state % PORT_STATES])
			continue;
		add_host_cells(state, host);
		add_port_cells(state, context->plan, &host->ports[i]);
		add_host_facts(state, context, host);
		end_row(state);
		any = true;
	}
	if (any)
		return;
	add_host_cells(state, host);
	add_empty(state, PORT_COLUMNS + (context->plan->version.wanted ? VERSION_COLUMNS : 0));
	add_host_facts(state, context, host);
	end_row(state);
}

static void csv_event(struct format_writer *writer, const struct format_event *event)
{
	struct csv_state *state = writer->state;

	buf_clear(&state->rows);
	state->comma = false;
	if (event->kind == FORMAT_BEGIN && !writer->context->resumed)
		add_header(state, writer->context->plan);
	else if (event->kind == FORMAT_HOST && format_shows(writer->context, event->host))
		add_host(state, writer->context, event->host);
	else
		return;
	if (!buf_ok(&state->rows))
		buf_cut(&state->rows, 0); /* no half rows; the error is kept */
	out_write_buf(writer->out, &state->rows);
}

static void csv_release(struct format_writer *writer)
{
	struct csv_state *state = writer->state;

	buf_release(&state->rows);
}

const struct report_format format_csv = {
	.name = "csv",
	.option = "oC",
	.help = "a table for spreadsheets, a row a port",
	.state_bytes = sizeof(struct csv_state),
	.event = csv_event,
	.release = csv_release,
};
