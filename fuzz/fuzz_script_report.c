/* Results of scripts and findings made of any bytes, through copies that are moved, into every
 * format: XML is well-formed and its tables nest, NDJSON parses, no line is forged, and nothing
 * reaches a terminal that it could obey. */
#include "engine/script_copy.h"
#include "report/format.h"
#include "util/alloc.h"
#include "util/text.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The harness is built outside of the tests' library. */
#include "../test/support/script_sample.h"
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

static const struct script_result *moved_result(const struct script_result *result)
{
	size_t bytes = script_result_bytes(result);
	void *block = alloc_zero(bytes);

	expect(block);
	(void)script_result_copy_into(block, result);
	return script_result_moved(moved(block, bytes));
}

static const struct script_finding *moved_finding(const struct script_finding *finding)
{
	size_t bytes = script_finding_bytes(finding);
	void *block = alloc_zero(bytes);

	expect(block);
	(void)script_finding_copy_into(block, finding);
	return script_finding_moved(moved(block, bytes));
}

/* Every node is in a table before it. */
static void check_nodes(const struct script_result *result)
{
	for (size_t i = 0; i < result->nodes_count; i++) {
		const struct script_node *node = &result->nodes[i], *before = node - 1;

		expect(i ? node->depth >= 1 : node->depth == 0);
		expect(!i || node->depth <= before->depth + (before->kind == SCRIPT_TABLE));
		expect((node->kind == SCRIPT_TABLE) == !node->text);
	}
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

/* What a stranger wrote begins no line but one that says so. */
static void check_normal(struct buf *text)
{
	static const char *const begins[] = {
		"# Nmap ",   "Starting ",  "Nmap ",      "Host ",         "Findings:",
		"  ",        "| ",         "|_",         "PORT ",         "22/tcp ",
		"Pre-scan ", "Post-scan ", "Read data ", "No data files", "Scanned at ",
		"\n"};

	for (const char *line = buf_str(text); *line; line = strchr(line, '\n') + 1) {
		bool known = false;

		expect(strchr(line, '\n') != NULL);
		for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
			known |= !strncmp(line, begins[i], strlen(begins[i]));
		expect(known);
	}
}

static void check_grepable(struct buf *text)
{
	for (const char *line = buf_str(text); *line; line = strchr(line, '\n') + 1) {
		expect(strchr(line, '\n') != NULL);
		expect(line[0] == '#' || !strncmp(line, "Host: 127.0.0.1 (", 17));
	}
}

/* The header, and a port. */
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

static void check(const char *format, struct buf *text)
{
	if (!strcmp(format, "xml"))
		expect(xml_is_well_formed(text->data, text->len, NULL));
	else if (!strcmp(format, "ndjson"))
		check_json(text);
	else if (!strcmp(format, "grepable"))
		check_grepable(text);
	else if (!strcmp(format, "csv"))
		check_csv(text);
	else if (strcmp(format, "skiddie") != 0)
		check_terminal(text);
	if (!strcmp(format, "normal"))
		check_normal(text);
}

static void play(struct format_writer *writer, const struct host_report *host)
{
	const struct target target = {.addr = host->addr};
	struct format_totals totals = {.hosts_total = 1, .hosts_up = 1, .estimated_missed = -1};
	struct observation script = {.kind = OBSERVED_SCRIPT, .target = &target};
	struct observation finding = {.kind = OBSERVED_FINDING};
	struct script_report before = host->scripts.scripts[0];
	struct finding_report wrong = host->scripts.findings[0];
	const struct format_block block = {SCRIPT_PRE, {&before, 1, &wrong, 1}};

	script.script.place = host->scripts.scripts[0].place;
	script.script.result = before.result;
	before.place = wrong.place = (struct script_place){.scope = SCRIPT_PRE};
	finding.finding.place = wrong.place;
	finding.finding.finding = wrong.finding;
	format_count_findings(&totals, &host->scripts);
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	format_writer_event(writer,
			    &(struct format_event){.kind = FORMAT_SCRIPTS, .block = &block});
	format_writer_event(writer, &(struct format_event){
					    .kind = FORMAT_SCRIPT, .seen = &script, .host = host});
	format_writer_event(writer,
			    &(struct format_event){.kind = FORMAT_FINDING, .seen = &finding});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HOST, .host = host});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_END, .totals = &totals});
}

static void write_one(const struct report_format *format, const struct host_report *host,
		      bool screen)
{
	struct plan plan = {.command_line = "portolan -sC 127.0.0.1",
			    .output = {.verbosity = 1, .debugging = 0}};
	const struct format_context context = {.plan = &plan,
					       .program = "Nmap",
					       .version = "1",
					       .url = "u",
					       .screen = screen,
					       .terminal = screen};
	struct format_writer *writer;
	struct buf text = BUF_INIT;
	struct out *out;

	expect(out_open_buf(&text, &out) == 0);
	expect(format_writer_new(format, &context, out, &writer) == 0);
	play(writer, host);
	expect(format_writer_free(writer, NULL) == 0);
	check(format->name, &text);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	const struct script_place places[] = {{.scope = SCRIPT_HOST},
					      {SCRIPT_PORT, TRANSPORT_TCP, 22}};
	struct script_report scripts[2] = {{places[0], NULL}, {places[1], NULL}};
	struct finding_report finding = {places[1], NULL};
	const struct port_report port = {
		.number = 22, .transport = TRANSPORT_TCP, .verdict = {.state = PORT_OPEN}};
	const struct host_report host = {.addr = ip_v4(0x7f000001),
					 .state = HOST_UP,
					 .ports_scanned = true,
					 .ports = &port,
					 .ports_count = 1,
					 .scripts = {scripts, 2, &finding, 1}};
	const struct report_format *const *formats;
	struct script_sample sample;
	size_t count;

	script_sample_of(&sample, &in);
	scripts[0].result = scripts[1].result = moved_result(&sample.result);
	finding.finding = moved_finding(&sample.finding);
	script_sample_release(&sample);
	check_nodes(scripts[0].result);
	formats = format_all(&count);
	for (size_t i = 0; i < count; i++) {
		write_one(formats[i], &host, false);
		write_one(formats[i], &host, true);
	}
	alloc_free((void *)scripts[0].result);
	alloc_free((void *)finding.finding);
	return 0;
}
