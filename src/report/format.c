#include "report/format.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define FORMAT(name) extern const struct report_format format_##name;
#include "report/format/all.def"
#undef FORMAT

#define FORMAT(name) &format_##name,
static const struct report_format *const formats[] = {
#include "report/format/all.def"
	NULL,
};
#undef FORMAT

const struct report_format *const *format_all(size_t *ret_count)
{
	*ret_count = sizeof(formats) / sizeof(formats[0]) - 1;
	return formats;
}

const struct report_format *format_by_name(const char *name)
{
	size_t i;

	for (i = 0; formats[i]; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

int format_verbosity(const struct format_context *context)
{
	return context->verbosity_now ? *context->verbosity_now : context->plan->output.verbosity;
}

int format_debugging(const struct format_context *context)
{
	return context->debugging_now ? *context->debugging_now : context->plan->output.debugging;
}

bool format_reasons(const struct format_context *context)
{
	return context->plan->output.reasons || format_verbosity(context) >= 2 ||
	       format_debugging(context) >= 1;
}

static bool has_open_port(const struct host_report *host)
{
	size_t i;

	for (i = 0; i < host->ports_count; i++) {
		uint8_t state = host->ports[i].verdict.state;

		if (state == PORT_OPEN || state == PORT_OPEN_FILTERED || state == PORT_UNFILTERED)
			return true;
	}
	return false;
}

bool format_shows(const struct format_context *context, const struct host_report *host)
{
	bool open_only = context->plan->output.open_only;

	if (host->list_only)
		return true;
	if (host->state != HOST_UP)
		return host->state == HOST_DOWN && !open_only && format_verbosity(context) >= 1;
	return !open_only || !host->ports_scanned || host->timed_out || has_open_port(host);
}

void format_count_findings(struct format_totals *totals, const struct scripts_report *scripts)
{
	for (size_t i = 0; i < scripts->findings_count; i++)
		totals->findings[scripts->findings[i].finding->severity]++;
}

int format_writer_new(const struct report_format *format, const struct format_context *context,
		      struct out *out, struct format_writer **ret_writer)
{
	struct format_writer *writer = alloc_zero(sizeof(*writer));

	if (!writer)
		goto fail;
	writer->format = format;
	writer->context = context;
	if (format->state_bytes) {
		writer->state = alloc_zero(format->state_bytes);
		if (!writer->state)
			goto fail;
	}
	writer->out = out;
	*ret_writer = writer;
	return 0;
fail:
	alloc_free(writer);
	out_close(out, NULL);
	return ERROR_MEMORY;
}

void format_writer_event(struct format_writer *writer, const struct format_event *event)
{
	writer->format->event(writer, event);
}

int format_writer_free(struct format_writer *writer, struct diag *ret_diag)
{
	int r;

	if (!writer)
		return 0;
	if (writer->format->release)
		writer->format->release(writer);
	r = out_close(writer->out, ret_diag);
	alloc_free(writer->state);
	alloc_free(writer);
	return r;
}
