/* Results of scripts (nse-api.md 7.3). Findings have no element of their own in Nmap's DTD: they
 * are told as one more script, "findings". */
#include "report/format/xml.h"

#include "report/format/words_scripts.h"
#include "report/format/xml_text.h"

#include <string.h>

/* What XML could not hold, or a reader would not expect, as \xHH; then escaped like all else. */
static void add_safe(struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT;

	for (; text && *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if ((byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\r' || byte == '\n')
			buf_add_char(&safe, *text);
		else
			buf_addf(&safe, "\\x%02X", byte);
	}
	xml_add_text(out, buf_str(&safe));
	if (!buf_ok(&safe))
		out->failed = true;
	buf_release(&safe);
}

static void add_attribute(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	add_safe(out, value);
	buf_add_char(out, '"');
}

static void add_start(struct buf *out, const char *element, const char *key)
{
	buf_addf(out, "<%s", element);
	if (key)
		add_attribute(out, "key", key);
	buf_add_char(out, '>');
}

static void add_elem(struct buf *out, const char *key, const char *text)
{
	add_start(out, "elem", key);
	add_safe(out, text);
	buf_add_str(out, "</elem>\n");
}

static void add_entry(struct buf *out, const struct script_node *node)
{
	if (node->kind == SCRIPT_TABLE) {
		add_start(out, "table", node->key);
		buf_add_char(out, '\n');
	} else {
		add_elem(out, node->key, node->text);
	}
}

/* The entries of the table that the value is; tables in it are open down to a depth. */
static void add_entries(struct buf *out, const struct script_result *result)
{
	uint32_t open = 0;

	for (size_t i = 1; i < result->nodes_count; i++) {
		const struct script_node *node = &result->nodes[i];

		for (; open && open >= node->depth; open--)
			buf_add_str(out, "</table>\n");
		add_entry(out, node);
		if (node->kind == SCRIPT_TABLE)
			open = node->depth;
	}
	for (; open; open--)
		buf_add_str(out, "</table>\n");
}

static void add_script(struct buf *out, const struct script_result *result)
{
	struct buf text = BUF_INIT;

	words_add_script_text(&text, result);
	buf_add_str(out, "<script");
	add_attribute(out, "id", result->id);
	add_attribute(out, "output", buf_str(&text));
	if (!buf_ok(&text))
		out->failed = true;
	buf_release(&text);
	if (!result->nodes_count) {
		buf_add_str(out, "/>");
		return;
	}
	buf_add_char(out, '>');
	if (result->nodes[0].kind == SCRIPT_TABLE)
		add_entries(out, result);
	else
		add_safe(out, result->nodes[0].text);
	buf_add_str(out, "</script>");
}

static void add_known(struct buf *out, const char *key, const char *text)
{
	if (text && *text)
		add_elem(out, key, text);
}

static void add_references(struct buf *out, const struct script_finding *finding)
{
	if (!finding->references_count)
		return;
	buf_add_str(out, "<table key=\"references\">\n");
	for (size_t i = 0; i < finding->references_count; i++)
		add_elem(out, NULL, finding->references[i]);
	buf_add_str(out, "</table>\n");
}

static void add_finding(struct buf *out, const struct finding_report *report)
{
	const struct script_finding *finding = report->finding;
	char text[16];

	buf_add_str(out, "<table>\n");
	add_elem(out, "id", finding->id);
	add_elem(out, "severity", finding_severity_name(finding->severity));
	add_known(out, "title", finding->title);
	add_known(out, "port", words_place(&report->place, text));
	add_known(out, "seen", finding->seen);
	add_known(out, "why", finding->why);
	add_known(out, "remedy", finding->remedy);
	add_references(out, finding);
	snprintf(text, sizeof(text), "%u", words_confidence_percent(finding));
	add_elem(out, "confidence", text);
	add_known(out, "source", finding->source);
	buf_add_str(out, "</table>\n");
}

/* "high 21/tcp ftp-anonymous: FTP lets everybody in", a line each */
static void add_summary(struct buf *out, const struct scripts_report *scripts)
{
	char place[16];

	for (size_t i = 0; i < scripts->findings_count; i++) {
		const struct finding_report *report = &scripts->findings[i];

		words_place(&report->place, place);
		buf_addf(out, "%s  %s %s%s", "\n", finding_severity_name(report->finding->severity),
			 place, *place ? " " : "");
		words_add_line(out, report->finding->id);
		buf_add_str(out, ": ");
		words_add_line(out, report->finding->title);
	}
}

static void add_findings(struct buf *out, const struct scripts_report *scripts)
{
	struct buf summary = BUF_INIT;

	add_summary(&summary, scripts);
	buf_add_str(out, "<script id=\"findings\"");
	add_attribute(out, "output", buf_str(&summary));
	buf_add_char(out, '>');
	for (size_t i = 0; i < scripts->findings_count; i++)
		add_finding(out, &scripts->findings[i]);
	buf_add_str(out, "</script>");
	if (!buf_ok(&summary))
		out->failed = true;
	buf_release(&summary);
}

void xml_add_port_scripts(struct buf *out, const struct host_report *host,
			  const struct port_report *port)
{
	size_t count;
	const struct script_report *reports = words_scripts_of(
		&host->scripts, SCRIPT_PORT, (enum transport)port->transport, port->number, &count);

	for (size_t i = 0; i < count; i++)
		add_script(out, reports[i].result);
}

/* A parent with the results of one scope and all findings; nothing when there are none. */
static void add_parent(struct buf *out, const char *element, enum script_scope scope,
		       const struct scripts_report *scripts)
{
	size_t count;
	const struct script_report *reports =
		words_scripts_of(scripts, scope, (enum transport)0, 0, &count);

	if (!count && !scripts->findings_count)
		return;
	buf_addf(out, "<%s>", element);
	for (size_t i = 0; i < count; i++)
		add_script(out, reports[i].result);
	if (scripts->findings_count)
		add_findings(out, scripts);
	buf_addf(out, "</%s>", element);
}

void xml_add_host_scripts(struct buf *out, const struct host_report *host)
{
	add_parent(out, "hostscript", SCRIPT_HOST, &host->scripts);
}

void xml_add_block(struct buf *out, const struct format_block *block)
{
	add_parent(out, block->scope == SCRIPT_PRE ? "prescript" : "postscript", block->scope,
		   &block->scripts);
}
