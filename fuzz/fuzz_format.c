/* Every format, fed hostile bytes wherever a stranger's or a user's text can
 * come from. The input is lines: typed name, PTR name, command line, reason of
 * failure, skipped expression, stylesheet, services file line; the rest makes
 * ports. Checks: XML is well-formed, grepable and normal lines are not forged,
 * nothing reaches a terminal that it could obey. */
#include "report/format.h"
#include "util/alloc.h"
#include "util/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The harness is built outside of the tests' library. */
#include "../test/support/xml_check.c"

#define TEXTS 7

struct input {
	char *text[TEXTS];
	const uint8_t *rest;
	size_t rest_bytes;
};

/* Texts are parted by 0xff, which is never in one. */
static void split(struct input *in, const uint8_t *data, size_t bytes)
{
	size_t i, length;

	for (i = 0; i < TEXTS; i++) {
		const uint8_t *end = bytes ? memchr(data, 0xff, bytes) : NULL;

		length = end ? (size_t)(end - data) : bytes;
		in->text[i] = alloc_strndup((const char *)data, length);
		if (!in->text[i])
			abort();
		length += end ? 1 : 0;
		data += length;
		bytes -= length;
	}
	in->rest = data;
	in->rest_bytes = bytes;
}

static size_t make_ports(const struct input *in, struct port_report *ports, size_t most)
{
	size_t count = in->rest_bytes / 4, i;

	if (count > most)
		count = most;
	for (i = 0; i < count; i++) {
		const uint8_t *b = in->rest + 4 * i;

		ports[i] = (struct port_report){
			.number = (uint16_t)(b[0] << 8 | b[1]),
			.transport = b[2] & 3,
			.verdict = {/* The journal and the engine give no other. */
				    .state = (uint8_t)((b[2] >> 2) % PORT_STATES),
				    .reason = b[3],
				    .ttl = b[0]}};
		if (b[3] & 1)
			ports[i].verdict.from = ip_v4(b[1]);
	}
	return count;
}

static void play(const struct input *in, struct format_writer *writer)
{
	static struct port_report ports[512];
	const struct observation skipped = {.skipped = {in->text[4], in->text[3]}};
	const struct host_report host = {
		.addr = ip_v4(0x7f000001),
		.name = *in->text[0] ? in->text[0] : NULL,
		.ptr = *in->text[1] ? in->text[1] : NULL,
		.others = &host.addr,
		.others_count = 1,
		.state = HOST_UP,
		.ports_scanned = true,
		.incomplete = in->rest_bytes & 1,
		.has_rtt = true,
		.srtt_us = in->rest_bytes,
		.ports = ports,
		.ports_count = make_ports(in, ports, 512),
	};
	const struct format_totals totals = {.outcome = RUN_FAILED, .why = in->text[3]};
	const struct format_progress progress = {.task = in->text[4], .percent = 2, .etc_s = 1};

	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	format_writer_event(writer,
			    &(struct format_event){.kind = FORMAT_SKIPPED, .seen = &skipped});
	format_writer_event(writer,
			    &(struct format_event){.kind = FORMAT_WARNING, .text = in->text[3]});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_TASK_PROGRESS,
							   .progress = &progress});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HINT, .host = &host});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_END, .totals = &totals});
}

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void no_line_is_forged(struct buf *text)
{
	const char *line = buf_str(text);

	for (; *line; line = strchr(line, '\n') + 1) {
		expect(strchr(line, '\n') != NULL);
		expect(line[0] == '#' || !strncmp(line, "Host: 127.0.0.1 (", 17));
	}
}

static void check(const char *format, struct buf *text, bool terminal)
{
	size_t i;

	if (!strcmp(format, "xml"))
		expect(xml_is_well_formed(text->data, text->len, NULL));
	if (!strcmp(format, "grepable"))
		no_line_is_forged(text);
	if (!strcmp(format, "xml") || !strcmp(format, "grepable") || !strcmp(format, "normal"))
		for (i = 0; i < text->len; i++)
			expect(text->data[i] >= 0x20 || text->data[i] == '\n' ||
			       text->data[i] == '\t');
	if (terminal) {
		struct buf safe = BUF_INIT;

		text_add_safe(&safe, text->data, text->len);
		expect(safe.len == text->len);
		buf_release(&safe);
	}
}

static void run(const struct input *in, const struct report_format *format, bool screen)
{
	struct plan plan = {.command_line = in->text[2],
			    .output = {.verbosity = 2, .stylesheet = in->text[5]}};
	const struct format_context context = {.plan = &plan,
					       .program = "portolan",
					       .version = "1",
					       .url = "u",
					       .screen = screen,
					       .terminal = screen};
	struct format_writer *writer;
	struct buf text = BUF_INIT;
	struct out *out;

	if (services_parse(in->text[6], strlen(in->text[6]), &plan.services, NULL) < 0)
		plan.services = NULL;
	expect(out_open_buf(&text, &out) == 0);
	expect(format_writer_new(format, &context, out, &writer) == 0);
	play(in, writer);
	expect(format_writer_free(writer, NULL) == 0);
	check(format->name, &text, screen && !strcmp(format->name, "normal"));
	buf_release(&text);
	services_free(plan.services);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const struct report_format *const *formats;
	struct input in;
	size_t count, i;

	split(&in, data, bytes);
	formats = format_all(&count);
	for (i = 0; i < count; i++) {
		run(&in, formats[i], false);
		run(&in, formats[i], true);
	}
	for (i = 0; i < TEXTS; i++)
		alloc_free(in.text[i]);
	return 0;
}
