/* The beginning and the end of the document. */
#include "report/format/xml.h"

#include "engine/technique.h"
#include "report/format/words.h"
#include "report/format/xml_text.h"

static void add_ctime_attribute(struct buf *out, const char *name, int64_t when_s)
{
	buf_addf(out, " %s=\"", name);
	words_add_ctime(out, when_s);
	buf_add_char(out, '"');
}

static void add_prologue(struct buf *out, const struct format_context *context)
{
	const struct plan_output *output = &context->plan->output;

	buf_add_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n");
	if (!output->no_stylesheet) {
		buf_add_str(out, "<?xml-stylesheet");
		xml_add_attribute(out, "href",
				  output->stylesheet ? output->stylesheet : "nmap.xsl");
		buf_add_str(out, " type=\"text/xsl\"?>\n");
	}
	buf_add_str(out, "<!-- Nmap ");
	xml_add_text(out, context->version);
	buf_add_str(out, " scan initiated ");
	words_add_ctime(out, context->start_s);
	buf_add_str(out, " as: ");
	xml_add_text(out, context->plan->command_line);
	buf_add_str(out, " -->\n");
}

static void add_root(struct buf *out, const struct format_context *context)
{
	buf_add_str(out, "<nmaprun scanner=\"nmap\"");
	xml_add_attribute(out, "args", context->plan->command_line);
	buf_addf(out, " start=\"%lld\"", (long long)context->start_s);
	add_ctime_attribute(out, "startstr", context->start_s);
	xml_add_attribute(out, "version", context->version);
	buf_add_str(out, " xmloutputversion=\"1.05\">\n");
}

/* --scanflags: the names of the bits, lowest first. */
static void add_scan_flags(struct buf *out, int flags)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
	unsigned bit;

	buf_add_str(out, " scanflags=\"");
	for (bit = 0; bit < 8; bit++)
		if (flags >> bit & 1)
			buf_add_str(out, names[bit]);
	buf_add_char(out, '"');
}

static void add_scaninfo(struct buf *out, const struct plan *plan,
			 const struct scan_technique *technique)
{
	const struct portset *ports = &plan->ports->of[technique->transport];

	buf_addf(out, "<scaninfo type=\"%s\"", technique->scaninfo);
	if (technique->probe == PROBE_TCP && plan->packets.scan_flags >= 0)
		add_scan_flags(out, plan->packets.scan_flags);
	buf_addf(out, " protocol=\"%s\" numservices=\"%u\" services=\"",
		 transport_name(technique->transport), ports->count);
	portset_format(ports, out);
	buf_add_str(out, "\"/>\n");
}

/* One element a technique, in their order of formats.md 4.3. */
static void add_scaninfos(struct buf *out, const struct plan *plan)
{
	bool done[PLAN_TECHNIQUES_MAX] = {false};
	size_t round, i, next;

	for (round = 0; plan->ports && round < plan->techniques_count; round++) {
		next = PLAN_TECHNIQUES_MAX;
		for (i = 0; i < plan->techniques_count; i++)
			if (!done[i] && (next == PLAN_TECHNIQUES_MAX ||
					 plan->techniques[i]->scaninfo_order <
						 plan->techniques[next]->scaninfo_order))
				next = i;
		done[next] = true;
		if (plan->techniques[next]->scaninfo)
			add_scaninfo(out, plan, plan->techniques[next]);
	}
}

void xml_add_begin(struct buf *out, const struct format_context *context)
{
	/* What is appended to an old log goes on inside its root (formats.md 11.8). */
	if (context->resumed)
		return;
	add_prologue(out, context);
	add_root(out, context);
	add_scaninfos(out, context->plan);
	buf_addf(out, "<verbose level=\"%d\"/>\n<debugging level=\"%d\"/>\n",
		 format_verbosity(context), format_debugging(context));
}

void xml_add_end(struct buf *out, const struct format_totals *totals)
{
	uint64_t up = totals->hosts_up, total = totals->hosts_total;

	buf_addf(out, "<runstats><finished time=\"%lld\"", (long long)totals->end_s);
	add_ctime_attribute(out, "timestr", totals->end_s);
	buf_add_str(out, " summary=\"Nmap done at ");
	words_add_ctime(out, totals->end_s);
	buf_add_str(out, "; ");
	words_add_totals(out, totals);
	buf_addf(out, "\" elapsed=\"%.2f\" exit=\"%s\"", totals->elapsed_s,
		 totals->outcome == RUN_COMPLETE ? "success" : "error");
	if (totals->outcome != RUN_COMPLETE)
		xml_add_attribute(out, "errormsg",
				  totals->why ? totals->why : "The scan was stopped early.");
	buf_addf(out, "/><hosts up=\"%llu\" down=\"%llu\" total=\"%llu\"/>\n</runstats>\n",
		 (unsigned long long)up, (unsigned long long)(total > up ? total - up : 0),
		 (unsigned long long)total);
}
