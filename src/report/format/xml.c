/* The XML format (formats.md 4), in Nmap's words, so that Nmap's DTD,
 * stylesheet and readers take it. The root is closed by a tail that moves on
 * with every write (out.h); runstats, the proof of completion, comes last. */
#include "report/format/xml.h"

#include "report/format/words.h"
#include "report/format/xml_text.h"

static const char tail[] = "</nmaprun>\n";

static void add_skipped(struct buf *out, const struct observation *seen)
{
	buf_add_str(out, "<target");
	xml_add_attribute(out, "specification", seen->skipped.expression);
	buf_add_str(out, " status=\"skipped\" reason=\"invalid\"/>\n");
}

static void add_task(struct buf *out, const struct plan *plan, const char *element,
		     const struct observation *seen)
{
	struct buf words = BUF_INIT;

	if (seen->task.task == TASK_SYSTEM) /* Nmap's has none for it */
		return;
	words_add_task(&words, plan, seen);
	buf_addf(out, "<%s", element);
	xml_add_attribute(out, "task", buf_str(&words));
	buf_addf(out, " time=\"%llu\"", (unsigned long long)(seen->wall_ns / NS_PER_S));
	buf_clear(&words);
	if (seen->kind == OBSERVED_TASK_END)
		words_add_task_totals(&words, seen);
	if (words.len)
		xml_add_attribute(out, "extrainfo", buf_str(&words));
	buf_add_str(out, "/>\n");
	buf_release(&words);
}

static void add_progress(struct buf *out, const struct format_progress *progress)
{
	buf_add_str(out, "<taskprogress");
	xml_add_attribute(out, "task", progress->task);
	buf_addf(out, " time=\"%lld\" percent=\"%.2f\"", (long long)progress->now_s,
		 progress->percent);
	if (progress->etc_s && progress->percent >= 1)
		buf_addf(out, " remaining=\"%lld\" etc=\"%lld\"",
			 (long long)(progress->etc_s - progress->now_s),
			 (long long)progress->etc_s);
	buf_add_str(out, "/>\n");
}

static void add_event(struct buf *out, const struct format_context *context,
		      const struct format_event *event)
{
	bool verbose = format_verbosity(context) >= 1;

	switch (event->kind) {
	case FORMAT_BEGIN:
		xml_add_begin(out, context);
		break;
	case FORMAT_SKIPPED:
		add_skipped(out, event->seen);
		break;
	case FORMAT_HINT:
		xml_add_hint(out, context, event->host);
		break;
	case FORMAT_TASK_BEGIN:
		if (verbose)
			add_task(out, context->plan, "taskbegin", event->seen);
		break;
	case FORMAT_TASK_END:
		if (verbose)
			add_task(out, context->plan, "taskend", event->seen);
		break;
	case FORMAT_TASK_PROGRESS:
		add_progress(out, event->progress);
		break;
	case FORMAT_HOST:
		if (format_shows(context, event->host))
			xml_add_host(out, context, event->host);
		break;
	case FORMAT_SCRIPTS:
		xml_add_block(out, event->block);
		break;
	case FORMAT_END:
		xml_add_end(out, event->totals);
		break;
	case FORMAT_PORT:
	case FORMAT_SERVICE:
	case FORMAT_SYSTEM:
	case FORMAT_PATH:
	case FORMAT_SCRIPT:
	case FORMAT_FINDING:
	case FORMAT_WARNING:
		break;
	}
}

static void xml_event(struct format_writer *writer, const struct format_event *event)
{
	struct buf text = BUF_INIT;

	if (event->kind == FORMAT_BEGIN && writer->context->resumed)
		out_reopen_document(writer->out, tail, "<runstats>");
	add_event(&text, writer->context, event);
	if (text.len || !buf_ok(&text))
		out_write_buf_with_tail(writer->out, &text, tail, sizeof(tail) - 1);
	buf_release(&text);
}

const struct report_format format_xml = {
	.name = "xml",
	.option = "oX",
	.suffix = ".xml",
	.help = "XML, as Nmap's readers expect it",
	.event = xml_event,
};
