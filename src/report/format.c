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
