/* What scripts found: results of hosts and of the run (formats.md 2.8), and findings, which
 * are ours. */
#include "report/format/plain.h"
#include "report/format/words_scripts.h"

#include <string.h>

#define MARGIN "    "

static void add_detail(struct buf *out, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(out, MARGIN "%s: ", label);
	words_add_line(out, text);
	buf_add_char(out, '\n');
}

/* "  high 21/tcp ftp-anonymous: FTP lets everybody in" */
static void add_finding(struct buf *out, const struct finding_report *report)
{
	const struct script_finding *finding = report->finding;
	char place[16];

	buf_addf(out, "  %s ", finding_severity_name(finding->severity));
	if (*words_place(&report->place, place))
		buf_addf(out, "%s ", place);
	words_add_line(out, finding->id);
	buf_add_str(out, ": ");
	words_add_line(out, finding->title);
	if (words_confidence_percent(finding) < 100)
		buf_addf(out, " (%u%% sure)", words_confidence_percent(finding));
	buf_add_char(out, '\n');
	add_detail(out, "seen", finding->seen);
	add_detail(out, "why", finding->why);
	add_detail(out, "remedy", finding->remedy);
	if (!finding->references_count)
		return;
	buf_add_str(out, MARGIN "see: ");
	words_add_references(out, finding);
	buf_add_char(out, '\n');
}

static void add_findings(struct buf *out, const struct scripts_report *scripts)
{
	if (scripts->findings_count)
		buf_add_str(out, "Findings:\n");
	for (size_t i = 0; i < scripts->findings_count; i++)
		add_finding(out, &scripts->findings[i]);
}

static void add_results(struct buf *out, const struct scripts_report *scripts,
			enum script_scope scope, const char *heading)
{
	size_t count;
	const struct script_report *reports =
		words_scripts_of(scripts, scope, (enum transport)0, 0, &count);

	if (!count)
		return;
	buf_add_str(out, heading);
	for (size_t i = 0; i < count; i++)
		words_add_script(out, reports[i].result);
}

void plain_add_scripts(const struct plain *plain, const struct host_report *host)
{
	add_results(plain->out, &host->scripts, SCRIPT_HOST, "\nHost script results:\n");
	if (host->scripts.findings_count)
		buf_add_char(plain->out, '\n');
	add_findings(plain->out, &host->scripts);
}

void plain_add_block(const struct plain *plain, const struct format_block *block)
{
	bool before = block->scope == SCRIPT_PRE;

	add_results(plain->out, &block->scripts, block->scope,
		    before ? "Pre-scan script results:\n" : "Post-scan script results:\n");
	add_findings(plain->out, &block->scripts);
}

void plain_add_port_scripts(struct table *table, const struct host_report *host,
			    const struct port_report *port, struct buf *lines)
{
	size_t count;
	const struct script_report *reports = words_scripts_of(
		&host->scripts, SCRIPT_PORT, (enum transport)port->transport, port->number, &count);

	buf_clear(lines);
	for (size_t i = 0; i < count; i++)
		words_add_script(lines, reports[i].result);
	if (!count)
		return;
	for (char *line = (char *)buf_str(lines), *end; (end = strchr(line, '\n'));
	     line = end + 1) {
		*end = '\0';
		table_add_wide(table, line);
		table_end_row(table);
	}
}

void plain_add_findings_total(const struct plain *plain, const struct format_totals *totals)
{
	struct buf words = BUF_INIT;

	if (words_add_findings_total(&words, totals))
		buf_addf(plain->out, "Findings: %s\n", buf_str(&words));
	if (!buf_ok(&words))
		plain->out->failed = true;
	buf_release(&words);
}
