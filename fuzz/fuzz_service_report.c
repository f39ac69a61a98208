/* Facts of services made of any bytes, through a copy that is moved, into
 * every format: XML is well-formed, NDJSON parses, no line is forged, nothing
 * reaches a terminal that it could obey, and the words keep their lengths. */
#include "engine/service_copy.h"
#include "report/format.h"
#include "report/format/words_service.h"
#include "util/alloc.h"
#include "util/text.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The harness is built outside of the tests' library. */
#include "../test/support/service_sample.h"
#include "../test/support/xml_check.c"

#define PORTS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static const struct service_facts *moved_copy(const struct service_facts *facts)
{
	size_t bytes = service_copy_bytes(facts, SERVICE_WHOLE);
	void *first = alloc_zero(bytes), *second = alloc_zero(bytes);

	expect(first && second);
	(void)service_copy_into(first, facts, SERVICE_WHOLE);
	memcpy(second, first, bytes);
	alloc_free(first);
	return service_copy_moved(second);
}

static size_t make_ports(struct reader *in, struct port_report *ports)
{
	size_t count;

	for (count = 0; count < PORTS && in->left_bytes; count++) {
		struct service_sample sample;

		service_sample_of(&sample, in);
		ports[count] = (struct port_report){
			.number = (uint16_t)(count + 20),
			.transport = TRANSPORT_TCP,
			.verdict = {.state = PORT_OPEN, .reason = REASON_SYN_ACK},
			.service = moved_copy(&sample.facts)};
		service_sample_release(&sample);
	}
	return count;
}

static void check_words(const struct plan *plan, const struct port_report *port)
{
	struct buf words = BUF_INIT;

	words_add_version(&words, port);
	expect(words.len < 160);
	buf_clear(&words);
	words_add_service(&words, plan, port, false);
	expect(words.len < 64);
	for (size_t i = 0; i < words.len; i++)
		expect(words.data[i] >= 0x20 && words.data[i] <= 0x7e);
	buf_release(&words);
}

static void check_json(struct buf *text)
{
	for (const char *line = buf_str(text), *end; *line; line = end + 1) {
		json_t *read;

		end = strchr(line, '\n');
		expect(end != NULL);
		read = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);
		expect(read != NULL);
		json_decref(read);
	}
}

static void check_grepable(struct buf *text)
{
	for (const char *line = buf_str(text); *line; line = strchr(line, '\n') + 1) {
		expect(strchr(line, '\n') != NULL);
		expect(line[0] == '#' || !strncmp(line, "Host: 127.0.0.1 (", 17));
	}
}

static void check_terminal(const struct buf *text)
{
	struct buf safe = BUF_INIT;

	text_add_safe(&safe, text->data, text->len);
	expect(safe.len == text->len);
	buf_release(&safe);
}

static void check(const char *format, struct buf *text, bool screen)
{
	if (!strcmp(format, "xml"))
		expect(xml_is_well_formed(text->data, text->len, NULL));
	else if (!strcmp(format, "ndjson"))
		check_json(text);
	else if (!strcmp(format, "grepable"))
		check_grepable(text);
	else if (!strcmp(format, "evidence") || (screen && !strcmp(format, "normal")))
		check_terminal(text);
}

static void write_one(const struct report_format *format, const struct host_report *host,
		      bool screen)
{
	struct plan plan = {.command_line = "portolan -sV 127.0.0.1",
			    .version = {.wanted = true},
			    .output = {.verbosity = 2}};
	const struct format_context context = {.plan = &plan,
					       .program = "portolan",
					       .version = "1",
					       .url = "u",
					       .screen = screen,
					       .terminal = screen};
	const struct target target = {.addr = host->addr};
	const struct format_totals totals = {.hosts_total = 1, .hosts_up = 1};
	struct format_writer *writer;
	struct buf text = BUF_INIT;
	struct out *out;

	expect(out_open_buf(&text, &out) == 0);
	expect(format_writer_new(format, &context, out, &writer) == 0);
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	for (size_t i = 0; i < host->ports_count; i++) {
		struct observation seen = {.kind = OBSERVED_SERVICE, .target = &target};

		check_words(&plan, &host->ports[i]);
		seen.service.number = host->ports[i].number;
		seen.service.facts = host->ports[i].service;
		format_writer_event(writer, &(struct format_event){.kind = FORMAT_SERVICE,
								   .seen = &seen,
								   .host = host});
	}
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HOST, .host = host});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_END, .totals = &totals});
	expect(format_writer_free(writer, NULL) == 0);
	check(format->name, &text, screen);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	struct port_report ports[PORTS];
	struct host_report host = {.addr = ip_v4(0x7f000001),
				   .ptr = "b.example",
				   .state = HOST_UP,
				   .ports_scanned = true,
				   .ports = ports};
	const struct report_format *const *formats;
	size_t count, i;

	host.ports_count = make_ports(&in, ports);
	formats = format_all(&count);
	for (i = 0; i < count; i++) {
		write_one(formats[i], &host, false);
		write_one(formats[i], &host, true);
	}
	for (i = 0; i < host.ports_count; i++)
		alloc_free((void *)ports[i].service);
	return 0;
}
