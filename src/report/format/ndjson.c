/* One event a line (-oJ), each a JSON object whose "type" says which. The
 * schema is data/schema/portolan-events.schema.json: within version 1 fields
 * and types are only added. Each line is written at once, so that the file is
 * whole lines at every instant. */
#include "engine/technique.h"
#include "report/format.h"
#include "report/format/ndjson_script.h"
#include "report/format/ndjson_service.h"
#include "report/format/ndjson_system.h"
#include "util/json_write.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_VERSION 1
#define NS_IN_S        1000000000ull

struct ndjson_state {
	struct buf line;  /* reused */
	struct buf order; /* of ports, as indices: reused */
};

static void begin_event(struct json_writer *json, const char *type, const struct observation *seen)
{
	json_write_object(json, NULL);
	json_write_uint(json, "v", EVENTS_VERSION);
	json_write_word(json, "type", type);
	if (seen)
		json_write_time(json, "time", seen->wall_ns);
}

static void add_address(struct json_writer *json, const char *key, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	/* A zone is an interface's name, which may hold any byte. */
	json_write_text(json, key, ip_format(addr, text));
}

static void add_address_if_known(struct json_writer *json, const char *key,
				 const struct ip_addr *addr)
{
	if (addr->family != IP_NONE)
		add_address(json, key, addr);
}

static void add_uint_if_known(struct json_writer *json, const char *key, uint64_t value)
{
	if (value)
		json_write_uint(json, key, value);
}

static void add_text_if_known(struct json_writer *json, const char *key, const char *text)
{
	if (text)
		json_write_text(json, key, text);
}

/* --- the run ----------------------------------------------------------- */

static void add_scan(struct json_writer *json, const struct plan *plan,
		     const struct scan_technique *technique)
{
	const struct portset *ports = plan->ports ? &plan->ports->of[technique->transport] : NULL;

	json_write_object(json, NULL);
	json_write_word(json, "technique", technique->name);
	json_write_word(json, "transport", transport_name(technique->transport));
	if (ports) {
		json_write_word_begin(json, "ports");
		portset_format(ports, json->out);
		json_write_word_end(json);
		json_write_uint(json, "ports_count", ports->count);
	}
	json_write_object_end(json);
}

static void add_run(struct json_writer *json, const struct format_writer *writer,
		    const struct format_event *event)
{
	const struct format_context *context = writer->context;
	const struct plan *plan = context->plan;
	struct observation start = {.wall_ns = (uint64_t)context->start_s * NS_IN_S};

	begin_event(json, "run", event->seen ? event->seen : &start);
	json_write_text(json, "program", context->program);
	json_write_text(json, "version", context->version);
	add_text_if_known(json, "command_line", plan->command_line);
	json_write_bool(json, "resumed", context->resumed);
	json_write_bool(json, "list_only", plan->list_only);
	json_write_array(json, "scans");
	for (size_t i = 0; plan->port_scan && i < plan->techniques_count; i++)
		add_scan(json, plan, plan->techniques[i]);
	json_write_array_end(json);
	json_write_object_end(json);
}

static void add_probe_counts(struct json_writer *json, const struct observation *seen)
{
	json_write_uint(json, "probes_answered", seen->end.probes_answered);
	json_write_uint(json, "probes_resent", seen->end.probes_resent);
	json_write_uint(json, "dropped_locally", seen->end.dropped_locally);
	json_write_uint(json, "dropped_receiving", seen->end.dropped_receiving);
	json_write_uint(json, "raw_sent", seen->end.raw_sent);
	json_write_uint(json, "raw_sent_bytes", seen->end.raw_sent_bytes);
	json_write_uint(json, "raw_received", seen->end.raw_received);
	json_write_uint(json, "raw_received_bytes", seen->end.raw_received_bytes);
	if (!seen->end.probes_planned)
		return;
	json_write_uint(json, "probes_planned", seen->end.probes_planned);
	if (seen->end.missed < 0)
		return;
	json_write_fixed(json, "missed", seen->end.missed, 3);
	json_write_fixed(json, "missed_low", seen->end.missed_low, 3);
	json_write_fixed(json, "missed_high", seen->end.missed_high, 3);
}

static void add_end(struct json_writer *json, const struct format_event *event)
{
	static const char *const outcomes[] = {[RUN_COMPLETE] = "complete",
					       [RUN_CANCELLED] = "cancelled",
					       [RUN_FAILED] = "failed"};
	const struct format_totals *totals = event->totals;
	struct observation end = {.wall_ns = (uint64_t)totals->end_s * NS_IN_S};

	begin_event(json, "end", event->seen ? event->seen : &end);
	json_write_word(json, "outcome", outcomes[totals->outcome]);
	add_text_if_known(json, "why", totals->why);
	json_write_fixed(json, "elapsed_s", totals->elapsed_s > 0 ? totals->elapsed_s : 0, 3);
	json_write_uint(json, "hosts_total", totals->hosts_total);
	json_write_uint(json, "hosts_up", totals->hosts_up);
	json_write_uint(json, "probes_sent", totals->probes_sent);
	if (event->seen)
		add_probe_counts(json, event->seen);
	if (totals->estimated_missed >= 0)
		json_write_fixed(json, "estimated_missed", totals->estimated_missed, 6);
	ndjson_add_findings_total(json, totals);
	json_write_object_end(json);
}

static void add_skipped(struct json_writer *json, const struct observation *seen)
{
	begin_event(json, "skipped", seen);
	add_text_if_known(json, "expression", seen->skipped.expression);
	add_text_if_known(json, "why", seen->skipped.why);
	json_write_object_end(json);
}

static void add_warning(struct json_writer *json, const struct format_event *event)
{
	begin_event(json, "warning", event->seen);
	json_write_text(json, "text", event->text ? event->text : "");
	json_write_object_end(json);
}

/* --- ports ------------------------------------------------------------- */

static void add_verdict(struct json_writer *json, const struct verdict *verdict)
{
	json_write_word(json, "state", port_state_name(verdict->state));
	json_write_word(json, "reason", reason_name(verdict->reason));
	add_uint_if_known(json, "ttl", verdict->ttl);
	add_address_if_known(json, "from", &verdict->from);
}

/* The name by which a port goes: its service's, else the table's. */
static void add_name(struct json_writer *json, const struct plan *plan,
		     const struct port_report *port)
{
	const char *name = port->service ? port->service->name : NULL;

	if (!name && plan->services)
		name = services_name(plan->services, port->transport, port->number);
	add_text_if_known(json, "service", name);
}

/* An open port, alone or in its host's list. */
static void add_open_port(struct json_writer *json, const struct plan *plan,
			  const struct port_report *port)
{
	json_write_word(json, "transport", transport_name((enum transport)port->transport));
	json_write_uint(json, "port", port->number);
	add_verdict(json, &port->verdict);
	add_uint_if_known(json, "rtt_us", port->verdict.rtt_us);
	add_uint_if_known(json, "attempt", port->verdict.attempt);
	add_name(json, plan, port);
	if (port->service)
		ndjson_add_service(json, port->service);
}

static void add_target(struct json_writer *json, const struct target *target)
{
	add_address(json, "address", &target->addr);
	add_text_if_known(json, "name", target->name);
}

static void add_open(struct json_writer *json, const struct plan *plan,
		     const struct observation *seen)
{
	const struct port_report port = {.number = seen->port.number,
					 .transport = (uint8_t)seen->port.transport,
					 .verdict = seen->port.verdict};

	begin_event(json, "open", seen);
	add_target(json, seen->target);
	add_open_port(json, plan, &port);
	json_write_object_end(json);
}

static void add_service(struct json_writer *json, const struct plan *plan,
			const struct observation *seen)
{
	const struct port_report port = {.number = seen->service.number,
					 .transport = (uint8_t)seen->service.transport,
					 .service = seen->service.facts};

	begin_event(json, "service", seen);
	add_target(json, seen->target);
	json_write_word(json, "transport", transport_name(seen->service.transport));
	json_write_uint(json, "port", seen->service.number);
	add_name(json, plan, &port);
	ndjson_add_service(json, seen->service.facts);
	json_write_object_end(json);
}

static void add_system(struct json_writer *json, const struct observation *seen)
{
	begin_event(json, "system", seen);
	add_target(json, seen->target);
	ndjson_add_system(json, seen->system);
	json_write_object_end(json);
}

static void add_path(struct json_writer *json, const struct observation *seen)
{
	begin_event(json, "path", seen);
	add_target(json, seen->target);
	ndjson_add_path(json, seen->path);
	json_write_object_end(json);
}

static void add_script(struct json_writer *json, const struct observation *seen)
{
	begin_event(json, "script", seen);
	if (seen->target)
		add_target(json, seen->target);
	ndjson_add_script(json, &seen->script.place, seen->script.result);
	json_write_object_end(json);
}

static void add_finding(struct json_writer *json, const struct observation *seen)
{
	begin_event(json, "finding", seen);
	if (seen->target)
		add_target(json, seen->target);
	ndjson_add_finding(json, &seen->finding.place, seen->finding.finding);
	json_write_object_end(json);
}

static int compare_class(const struct port_report *a, const struct port_report *b)
{
	const struct verdict *x = &a->verdict, *y = &b->verdict;

	if (a->transport != b->transport)
		return a->transport - b->transport;
	if (x->state != y->state)
		return x->state - y->state;
	if (x->reason != y->reason)
		return x->reason - y->reason;
	if (x->ttl != y->ttl)
		return x->ttl - y->ttl;
	return ip_compare(&x->from, &y->from);
}

/* Of two indices into the ports of a host, which are in order of number. */
static int compare_ports(const void *a, const void *b, void *ports)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = compare_class((struct port_report *)ports + x, (struct port_report *)ports + y);

	return order ? order : x < y ? -1 : x > y;
}

/* A group of ports: the indices order[0..count). */
struct group {
	const struct port_report *ports;
	const uint32_t *order;
	size_t count;
};

/* "20-25,80" */
static void add_numbers(struct buf *out, const struct group *group)
{
	for (size_t i = 0, last; i < group->count; i = last + 1) {
		uint16_t number = group->ports[group->order[i]].number, next = number;

		for (last = i; last + 1 < group->count; last++, next++)
			if (group->ports[group->order[last + 1]].number != next + 1)
				break;
		buf_addf(out, i ? ",%u" : "%u", number);
		if (last > i)
			buf_addf(out, "-%u", next);
	}
}

static void add_group(struct json_writer *json, const struct group *group)
{
	const struct port_report *first = &group->ports[group->order[0]];

	json_write_object(json, NULL);
	json_write_word(json, "transport", transport_name((enum transport)first->transport));
	add_verdict(json, &first->verdict);
	json_write_word_begin(json, "ports");
	add_numbers(json->out, group);
	json_write_word_end(json);
	json_write_uint(json, "count", group->count);
	json_write_object_end(json);
}

/* The ports that are not open, run together by verdict. */
static void add_groups(struct json_writer *json, struct ndjson_state *state,
		       const struct host_report *host)
{
	const uint32_t *order;
	size_t count = 0;

	buf_clear(&state->order);
	for (uint32_t i = 0; i < host->ports_count; i++)
		if (host->ports[i].verdict.state != PORT_OPEN) {
			buf_add(&state->order, &i, sizeof(i));
			count++;
		}
	if (!buf_ok(&state->order)) {
		json->out->failed = true;
		return;
	}
	order = (const uint32_t *)state->order.data;
	if (count)
		qsort_r(state->order.data, count, sizeof(*order), compare_ports,
			(void *)host->ports);
	for (size_t first = 0, next; first < count; first = next) {
		next = first + 1;
		while (next < count &&
		       !compare_class(&host->ports[order[first]], &host->ports[order[next]]))
			next++;
		add_group(json, &(struct group){host->ports, &order[first], next - first});
	}
}

static void add_counts(struct json_writer *json, const struct host_report *host)
{
	uint32_t counts[PORT_STATES] = {0};

	for (size_t i = 0; i < host->ports_count; i++)
		if (host->ports[i].verdict.state < PORT_STATES)
			counts[host->ports[i].verdict.state]++;
	json_write_object(json, "counts");
	for (int state = PORT_UNKNOWN + 1; state < PORT_STATES; state++)
		if (counts[state])
			json_write_uint(json, port_state_name((enum port_state)state),
					counts[state]);
	json_write_object_end(json);
}

static void add_ports(struct json_writer *json, const struct format_writer *writer,
		      const struct host_report *host)
{
	add_counts(json, host);
	json_write_array(json, "ports");
	for (size_t i = 0; i < host->ports_count; i++) {
		const struct port_report *port = &host->ports[i];

		if (port->verdict.state != PORT_OPEN)
			continue;
		json_write_object(json, NULL);
		add_open_port(json, writer->context->plan, port);
		json_write_object_end(json);
	}
	json_write_array_end(json);
	json_write_array(json, "other_ports");
	add_groups(json, writer->state, host);
	json_write_array_end(json);
}

/* --- hosts ------------------------------------------------------------- */

static void add_times(struct json_writer *json, const struct host_report *host)
{
	if (host->start_s)
		json_write_time(json, "start", (uint64_t)host->start_s * NS_IN_S);
	if (host->end_s)
		json_write_time(json, "end", (uint64_t)host->end_s * NS_IN_S);
	if (!host->has_rtt)
		return;
	json_write_uint(json, "srtt_us", host->srtt_us);
	json_write_uint(json, "rttvar_us", host->rttvar_us);
	json_write_uint(json, "timeout_us", host->timeout_us);
}

/* How many of its ports say little for that. */
static void add_liar(struct json_writer *json, const struct host_report *host)
{
	uint64_t ports = 0;

	if (host->liar.kind == LIAR_NONE)
		return;
	for (size_t i = 0; i < host->ports_count; i++)
		ports += host->ports[i].transport == TRANSPORT_TCP &&
			 liar_covers(&host->liar, &host->ports[i].verdict);
	json_write_object(json, "liar");
	json_write_word(json, "kind", liar_kind_name(host->liar.kind));
	json_write_word(json, "state", port_state_name(liar_port_state(host->liar.kind)));
	add_uint_if_known(json, "ttl", host->liar.ttl);
	json_write_uint(json, "ports", ports);
	json_write_object_end(json);
}

static void add_mac(struct json_writer *json, const struct format_context *context,
		    const struct host_report *host)
{
	char mac[MAC_TEXT_BYTES], name[VENDOR_NAME_BYTES];

	if (!host->has_mac)
		return;
	json_write_word(json, "mac", mac_format(&host->mac, mac));
	add_text_if_known(json, "vendor", vendors_find(context->vendors, &host->mac, name));
}

static void add_host(struct json_writer *json, const struct format_writer *writer,
		     const struct host_report *host)
{
	begin_event(json, "host", NULL);
	json_write_uint(json, "index", host->index);
	add_address(json, "address", &host->addr);
	json_write_word(json, "family", host->addr.family == IP_V6 ? "ipv6" : "ipv4");
	add_mac(json, writer->context, host);
	add_text_if_known(json, "name", host->name);
	add_text_if_known(json, "ptr", host->ptr);
	if (host->others_count) {
		json_write_array(json, "other_addresses");
		for (size_t i = 0; i < host->others_count; i++)
			add_address(json, NULL, &host->others[i]);
		json_write_array_end(json);
	}
	json_write_word(json, "state", host_state_name(host->state));
	if (!host->list_only) {
		json_write_word(json, "reason", reason_name(host->reason));
		add_uint_if_known(json, "ttl", host->reason_ttl);
		add_address_if_known(json, "from", &host->reason_from);
	}
	json_write_bool(json, "timed_out", host->timed_out);
	json_write_bool(json, "incomplete", host->incomplete);
	add_times(json, host);
	add_liar(json, host);
	if (host->ports_scanned)
		add_ports(json, writer, host);
	if (host->system)
		ndjson_add_system(json, host->system);
	if (host->path)
		ndjson_add_path(json, host->path);
	ndjson_add_scripts(json, &host->scripts);
	json_write_object_end(json);
}

static bool add_event(struct json_writer *json, const struct format_writer *writer,
		      const struct format_event *event)
{
	switch (event->kind) {
	case FORMAT_BEGIN:
		add_run(json, writer, event);
		return true;
	case FORMAT_SKIPPED:
		add_skipped(json, event->seen);
		return true;
	case FORMAT_PORT:
		add_open(json, writer->context->plan, event->seen);
		return true;
	case FORMAT_SERVICE:
		add_service(json, writer->context->plan, event->seen);
		return true;
	case FORMAT_SYSTEM:
		add_system(json, event->seen);
		return true;
	case FORMAT_PATH:
		add_path(json, event->seen);
		return true;
	case FORMAT_SCRIPT:
		add_script(json, event->seen);
		return true;
	case FORMAT_FINDING:
		add_finding(json, event->seen);
		return true;
	case FORMAT_HOST:
		if (!format_shows(writer->context, event->host))
			return false;
		add_host(json, writer, event->host);
		return true;
	case FORMAT_WARNING:
		add_warning(json, event);
		return true;
	case FORMAT_END:
		add_end(json, event);
		return true;
	default:
		return false;
	}
}

static void ndjson_event(struct format_writer *writer, const struct format_event *event)
{
	struct ndjson_state *state = writer->state;
	struct json_writer json = json_write_on(&state->line);

	buf_clear(&state->line);
	if (!add_event(&json, writer, event))
		return;
	buf_add_char(&state->line, '\n');
	if (!buf_ok(&state->line))
		buf_cut(&state->line, 0); /* no half lines; the error is kept */
	out_write_buf(writer->out, &state->line);
}

static void ndjson_release(struct format_writer *writer)
{
	struct ndjson_state *state = writer->state;

	buf_release(&state->line);
	buf_release(&state->order);
}

const struct report_format format_ndjson = {
	.name = "ndjson",
	.option = "oJ",
	.help = "one JSON object a line for each event, as it happens",
	.state_bytes = sizeof(struct ndjson_state),
	.event = ndjson_event,
	.release = ndjson_release,
};
