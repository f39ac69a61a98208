/* What a scan's answers rest on, port by port (`portolan show --explain`): the
 * verdict's reason, the line that matched, the bytes it matched, and what TLS
 * told. For people; what strangers wrote is escaped. */
#include "report/format/ignored.h"
#include "report/format/words.h"
#include "report/format/words_scripts.h"
#include "report/format/words_service.h"
#include "report/format/words_system.h"
#include "report/service_end.h"
#include "report/system_result.h"
#include "util/text.h"

#include <string.h>
#include <time.h>

#define MARGIN "    "

/* One line, whatever the text holds. */
static void add_safe(struct buf *out, const char *text)
{
	for (size_t bytes; *text; text += bytes) {
		bytes = strcspn(text, "\t\n");
		text_add_safe(out, text, bytes);
		if (text[bytes])
			buf_add_str(out, text[bytes] == '\t' ? "\\x09" : "\\x0A"), bytes++;
	}
}

static void add_word(struct buf *out, const char *before, const char *text)
{
	if (!text)
		return;
	buf_add_str(out, before);
	add_safe(out, text);
}

static void add_escaped(struct buf *out, const uint8_t *bytes, size_t count)
{
	static const char specials[] = "\r\n\t\\\"", letters[] = "rnt\\\"";

	buf_add_char(out, '"');
	for (size_t i = 0; i < count; i++) {
		const char *special = bytes[i] ? strchr(specials, bytes[i]) : NULL;

		if (special)
			buf_addf(out, "\\%c", letters[special - specials]);
		else if (bytes[i] >= 0x20 && bytes[i] < 0x7f)
			buf_add_char(out, (char)bytes[i]);
		else
			buf_addf(out, "\\x%02x", bytes[i]);
	}
	buf_add_char(out, '"');
}

static void add_match(struct buf *out, const struct service_facts *facts)
{
	buf_addf(out, MARGIN "%s, confidence %u", service_end_name(facts->end), facts->confidence);
	if (facts->line) {
		buf_addf(out, ": line %u", facts->line);
		add_word(out, " of ", facts->file);
	}
	add_word(out, ", a line of probe ", facts->matched_with);
	add_word(out, ", in answer to probe ", facts->probe);
	buf_add_char(out, '\n');
}

static void add_response(struct buf *out, const struct service_facts *facts)
{
	if (facts->sample_bytes) {
		buf_addf(out, MARGIN "response of %u bytes: ", facts->response_bytes);
		add_escaped(out, facts->sample, facts->sample_bytes);
		buf_add_str(out, facts->response_bytes > facts->sample_bytes ? " ...\n" : "\n");
	}
	if (facts->probes_sent || facts->took_ns)
		buf_addf(out, MARGIN "%u probe%s sent in %.3f s\n", facts->probes_sent,
			 facts->probes_sent == 1 ? "" : "s", (double)facts->took_ns / 1e9);
}

static void add_cpes(struct buf *out, const struct service_facts *facts)
{
	if (!facts->cpe_a && !facts->cpe_h && !facts->cpe_o)
		return;
	buf_add_str(out, MARGIN "named");
	add_word(out, " ", facts->cpe_a);
	add_word(out, " ", facts->cpe_h);
	add_word(out, " ", facts->cpe_o);
	buf_add_char(out, '\n');
}

static void add_day(struct buf *out, const char *before, int64_t when_s)
{
	time_t when = (time_t)when_s;
	char text[64];
	struct tm utc;

	if (gmtime_r(&when, &utc) && strftime(text, sizeof(text), "%Y-%m-%d", &utc))
		buf_addf(out, "%s%s", before, text);
}

static void add_certificate(struct buf *out, const struct service_certificate *certificate)
{
	buf_add_str(out, MARGIN "certificate");
	add_word(out, " of ", certificate->subject);
	if (certificate->self_signed)
		buf_add_str(out, ", self-signed");
	else
		add_word(out, ", issued by ", certificate->issuer);
	for (size_t i = 0; i < certificate->names_count; i++)
		add_word(out, i ? ", " : ", for ", certificate->names[i]);
	add_day(out, ", valid from ", certificate->not_before_s);
	add_day(out, " to ", certificate->not_after_s);
	add_word(out, ", key ", certificate->key);
	add_word(out, ", signature ", certificate->signature);
	buf_add_str(out, "\n" MARGIN "certificate sha256 ");
	for (int i = 0; i < 32; i++)
		buf_addf(out, "%02x", certificate->sha256[i]);
	buf_add_char(out, '\n');
}

static void add_tls(struct buf *out, const struct service_tls *tls)
{
	buf_add_str(out, MARGIN "inside");
	add_word(out, " ", tls->version ? tls->version : "TLS");
	add_word(out, " ", tls->cipher);
	add_word(out, ", agreed on ", tls->alpn);
	add_word(out, ", asked for ", tls->server_name);
	buf_add_char(out, '\n');
	if (service_has_certificate(tls))
		add_certificate(out, &tls->certificate);
}

static void add_verdict(struct buf *out, const struct port_report *port)
{
	char addr[IP_TEXT_BYTES];

	buf_addf(out, "%u/%s %s, %s", port->number, transport_name((enum transport)port->transport),
		 port_state_name(port->verdict.state), reason_name(port->verdict.reason));
	if (port->verdict.from.family != IP_NONE)
		buf_addf(out, " from %s", ip_format(&port->verdict.from, addr));
	if (port->verdict.ttl)
		buf_addf(out, " ttl %u", port->verdict.ttl);
}

static void add_port(struct buf *out, const struct plan *plan, const struct port_report *port)
{
	const struct service_facts *facts = port->service;

	add_verdict(out, port);
	buf_add_str(out, ": ");
	words_add_service(out, plan, port, true);
	if (!facts) {
		buf_add_str(out, words_has_service(plan, port) ? " (by its number)\n" : "\n");
		return;
	}
	buf_add_char(out, ' ');
	words_add_version(out, port);
	if (out->len && out->data[out->len - 1] == ' ')
		buf_cut(out, out->len - 1);
	buf_add_char(out, '\n');
	add_match(out, facts);
	add_response(out, facts);
	add_cpes(out, facts);
	if (facts->tls)
		add_tls(out, facts->tls);
}

static void add_matches(struct buf *out, const struct format_context *context,
			const struct system_facts *facts)
{
	size_t count = words_matches_shown(context, facts);

	for (size_t i = 0; i < count; i++) {
		add_word(out, MARGIN "print is like that of ", facts->matches[i].name);
		buf_addf(out, ", %u%%: line %u", facts->matches[i].accuracy,
			 facts->matches[i].line);
		add_word(out, " of ", facts->matches[i].file);
		buf_add_char(out, '\n');
	}
	add_word(out, MARGIN "print not ideal because: ", facts->unfit);
	buf_add_str(out, facts->unfit ? "\n" : "");
}

/* "    +3.2 Linux   syn-ack: TTL 64"; weights are logarithms to base 2 */
static void add_evidence(struct buf *out, const struct system_facts *facts)
{
	for (size_t i = 0; i < facts->evidence_count; i++) {
		const struct system_evidence *evidence = &facts->evidence[i];

		buf_addf(out, MARGIN "%+.1f", evidence->weight);
		add_word(out, " ", evidence->family ? evidence->family : "(no family)");
		add_word(out, ", ", evidence->source);
		add_word(out, ": ", evidence->says);
		buf_add_char(out, '\n');
	}
}

static void add_system(struct buf *out, const struct format_context *context,
		       const struct system_facts *facts)
{
	buf_addf(out, "system: %s%s%s", system_result_name(facts->result),
		 facts->incomplete ? ", incomplete" : "", facts->guesses_count ? ";" : "");
	for (size_t i = 0; i < facts->guesses_count; i++) {
		add_word(out, i ? ", " : " ", facts->guesses[i].name);
		buf_addf(out, " %.1f%%", facts->guesses[i].probability * 100);
	}
	buf_add_char(out, '\n');
	add_evidence(out, facts);
	add_matches(out, context, facts);
	buf_addf(out, MARGIN "%u of %u probes answered in %u round%s, %.3f s\n",
		 facts->probes_answered, facts->probes_sent, facts->rounds,
		 facts->rounds == 1 ? "" : "s", (double)facts->took_ns / 1e9);
}

static void add_script(struct buf *out, const char *margin, const struct script_result *result)
{
	size_t lines = 0;

	for (const char *at = result->text; at && *at; at++)
		lines += *at == '\n';
	buf_add_str(out, margin);
	add_word(out, "script ", result->id);
	buf_addf(out, ": %zu line%s, %zu value%s, in %.3f s",
		 lines + (result->text && *result->text), lines ? "s" : "", result->nodes_count,
		 result->nodes_count == 1 ? "" : "s", (double)result->took_ns / 1e9);
	add_word(out, "; stopped: ", result->stopped);
	buf_add_str(out, result->cut ? "; there was more than is kept\n" : "\n");
}

static void add_scripts(struct buf *out, const char *margin, const struct scripts_report *scripts,
			const struct script_place *place)
{
	size_t count;
	const struct script_report *reports =
		words_scripts_of(scripts, place->scope, place->transport, place->number, &count);

	for (size_t i = 0; i < count; i++)
		add_script(out, margin, reports[i].result);
}

static void add_detail(struct buf *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(out, MARGIN "%s: ", label);
	add_safe(out, text);
	buf_add_char(out, '\n');
}

static void add_finding(struct buf *out, const struct finding_report *report)
{
	const struct script_finding *finding = report->finding;
	char place[16];

	buf_addf(out, "finding: %s", finding_severity_name(finding->severity));
	if (*words_place(&report->place, place))
		buf_addf(out, ", %s", place);
	add_word(out, ", ", finding->id);
	add_word(out, ": ", finding->title);
	buf_addf(out, "\n" MARGIN "%u%% sure", words_confidence_percent(finding));
	add_word(out, ", by ", finding->source);
	buf_add_char(out, '\n');
	add_detail(out, "seen", finding->seen);
	add_detail(out, "why it matters", finding->why);
	add_detail(out, "remedy", finding->remedy);
	if (!finding->references_count)
		return;
	buf_add_str(out, MARGIN "see: ");
	words_add_references(out, finding);
	buf_add_char(out, '\n');
}

static void add_findings(struct buf *out, const struct scripts_report *scripts)
{
	for (size_t i = 0; i < scripts->findings_count; i++)
		add_finding(out, &scripts->findings[i]);
}

static void add_block(struct buf *out, const struct format_block *block)
{
	const struct script_place place = {.scope = block->scope};

	buf_addf(out, "%s the scan:\n", block->scope == SCRIPT_PRE ? "before" : "after");
	add_scripts(out, MARGIN, &block->scripts, &place);
	add_findings(out, &block->scripts);
	buf_add_char(out, '\n');
}

static void add_path(struct buf *out, const struct path_facts *path)
{
	size_t silent = 0, cached = 0;

	for (size_t i = 0; i < path->hops_count; i++) {
		silent += path->hops[i].from.family == IP_NONE;
		cached += path->hops[i].cached;
	}
	buf_addf(out,
		 "path: %zu hop%s, %s%s; %zu silent, %zu known from other targets, %u probes\n",
		 path->hops_count, path->hops_count == 1 ? "" : "s",
		 path->reached ? "reached" : "not reached", path->incomplete ? ", incomplete" : "",
		 silent, cached, path->probes_sent);
}

static void add_port_scripts(struct buf *out, const struct host_report *host,
			     const struct port_report *port)
{
	const struct script_place place = {SCRIPT_PORT, (enum transport)port->transport,
					   port->number};

	add_scripts(out, MARGIN, &host->scripts, &place);
}

static void add_host(struct buf *out, const struct format_context *context,
		     const struct host_report *host)
{
	const struct script_place of_host = {.scope = SCRIPT_HOST};
	struct ignored ignored;

	words_add_host(out, host, true);
	buf_addf(out, " is %s, %s\n", host_state_name(host->state), reason_name(host->reason));
	ignored_of(context, host, &ignored);
	ignored_hide_lies(context, host, &ignored);
	for (size_t i = 0; host->ports_scanned && i < host->ports_count; i++)
		if (!ignored_hides(&ignored, host, &host->ports[i])) {
			add_port(out, context->plan, &host->ports[i]);
			add_port_scripts(out, host, &host->ports[i]);
		}
	if (host->system)
		add_system(out, context, host->system);
	if (host->path)
		add_path(out, host->path);
	add_scripts(out, "", &host->scripts, &of_host);
	add_findings(out, &host->scripts);
	buf_add_char(out, '\n');
}

static void add_begin(struct buf *out, const struct format_context *context)
{
	buf_add_str(out, "What the answers rest on. The scan was: ");
	words_add_clean(out, context->plan->command_line, true);
	buf_add_str(out, "\n\n");
}

static void add_end(struct buf *out, const struct format_totals *totals)
{
	if (totals->outcome == RUN_COMPLETE)
		return;
	buf_add_str(out, "The scan is not complete: ");
	words_add_clean(out, totals->why ? totals->why : "it was stopped early", true);
	buf_add_char(out, '\n');
}

static void evidence_event(struct format_writer *writer, const struct format_event *event)
{
	struct buf text = BUF_INIT;

	if (event->kind == FORMAT_BEGIN)
		add_begin(&text, writer->context);
	else if (event->kind == FORMAT_SCRIPTS)
		add_block(&text, event->block);
	else if (event->kind == FORMAT_END)
		add_end(&text, event->totals);
	else if (event->kind == FORMAT_HOST && !event->host->list_only &&
		 format_shows(writer->context, event->host))
		add_host(&text, writer->context, event->host);
	out_write_buf(writer->out, &text);
	buf_release(&text);
}

const struct report_format format_evidence = {
	.name = "evidence",
	.help = "what each answer rests on; portolan show --explain",
	.event = evidence_event,
};
