/* The normal format (formats.md 2): for people, on the screen and in files. */
#include "report/format/plain.h"

static void normal_event(struct format_writer *writer, const struct format_event *event)
{
	const struct format_context *context = writer->context;
	struct buf text = BUF_INIT;
	const struct plain plain = {.context = context,
				    .state = writer->state,
				    .screen = context->screen,
				    .colour = context->screen && context->colour,
				    .terminal = context->screen && context->terminal,
				    .out = &text};

	plain_event(&plain, event);
	out_write_buf(writer->out, &text);
	buf_release(&text);
}

const struct report_format format_normal = {
	.name = "normal",
	.option = "oN",
	.suffix = ".nmap",
	.help = "text for people, as on the screen",
	.state_bytes = sizeof(struct plain_state),
	.event = normal_event,
};
