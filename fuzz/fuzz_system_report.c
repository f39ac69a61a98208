/* Facts of systems and ways made of any bytes, through copies that are moved, into every
 * format: XML is well-formed, NDJSON parses, no line is forged, and nothing reaches a terminal
 * that it could obey. */
#include "engine/path_copy.h"
#include "engine/system_copy.h"
#include "report/format.h"
#include "util/alloc.h"
#include "util/text.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The harness is built outside of the tests' library. */
#include "../test/support/system_sample.h"
#include "../test/support/xml_check.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void *moved(void *first, size_t bytes)
{
	void *second = alloc_zero(bytes);

	expect(second);
	memcpy(second, first, bytes);
	alloc_free(first);
	return second;
}

static const struct system_facts *moved_system(const struct system_facts *facts)
{
	size_t bytes = system_copy_bytes(facts);
	void *block = alloc_zero(bytes);

	expect(block);
	(void)system_copy_into(block, facts);
	return system_copy_moved(moved(block, bytes));
}

static const struct path_facts *moved_path(const struct path_facts *facts)
{
	size_t bytes = path_copy_bytes(facts);
	void *block = alloc_zero(bytes);

	expect(block);
	(void)path_copy_into(block, facts);
	return path_copy_moved(moved(block, bytes));
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

/* A host, two lines of header, and what the table says of it: rows end in CR LF. */
static void check_csv(struct buf *text)
{
	size_t rows = 0;

	for (size_t i = 0; i < text->len; i++)
		rows += text->data[i] == '\n';
	expect(rows == 2);
}

static void check_terminal(struct buf *text)
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
	else if (!strcmp(format, "csv"))
		check_csv(text);
	else if (!strcmp(format, "evidence") || (screen && !strcmp(format, "normal")))
		check_terminal(text);
}

static void write_one(const struct report_format *format, const struct host_report *host,
		      bool screen)
{
	struct plan plan = {.command_line = "portolan -O --traceroute 127.0.0.1",
			    .system = {.wanted = true, .old_xml = screen},
			    .path = {.wanted = true, .mmdb_paths_count = 1},
			    .output = {.verbosity = 2, .debugging = screen}};
	const struct format_context context = {.plan = &plan,
					       .program = "portolan",
					       .version = "1",
					       .url = "u",
					       .screen = screen,
					       .terminal = screen};
	const struct target target = {.addr = host->addr};
	const struct format_totals totals = {.hosts_total = 1, .hosts_up = 1};
	struct observation seen = {.kind = OBSERVED_SYSTEM, .target = &target};
	struct format_writer *writer;
	struct buf text = BUF_INIT;
	struct out *out;

	expect(out_open_buf(&text, &out) == 0);
	expect(format_writer_new(format, &context, out, &writer) == 0);
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	seen.system = host->system;
	format_writer_event(
		writer, &(struct format_event){.kind = FORMAT_SYSTEM, .seen = &seen, .host = host});
	seen.kind = OBSERVED_PATH;
	seen.path = host->path;
	format_writer_event(
		writer, &(struct format_event){.kind = FORMAT_PATH, .seen = &seen, .host = host});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HOST, .host = host});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_END, .totals = &totals});
	expect(format_writer_free(writer, NULL) == 0);
	check(format->name, &text, screen);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	struct system_sample sample;
	struct host_report host = {.addr = ip_v4(0x7f000001),
				   .ptr = "b.example",
				   .state = HOST_UP,
				   .ports_scanned = true};
	const struct report_format *const *formats;
	size_t count;

	system_sample_of(&sample, &in);
	host.system = moved_system(&sample.system);
	host.path = moved_path(&sample.path);
	system_sample_release(&sample);
	formats = format_all(&count);
	for (size_t i = 0; i < count; i++) {
		write_one(formats[i], &host, false);
		write_one(formats[i], &host, true);
	}
	alloc_free((void *)host.system);
	alloc_free((void *)host.path);
	return 0;
}
