/* The NDJSON writer fed hostile bytes: every line must be valid UTF-8 and
 * parse, whatever names, numbers and addresses a network gives. */
#include "report/format.h"
#include "util/reader.h"
#include "util/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

extern const struct report_format format_ndjson;

/* A C string of up to 255 of the input's bytes; NULL now and then. */
static char *take_text(struct reader *in)
{
	size_t length = read_u8(in);
	const uint8_t *at;
	char *text;

	if (length == 255)
		return NULL;
	if (length > in->left_bytes)
		length = in->left_bytes;
	at = reader_take(in, length);
	text = calloc(1, length + 1);
	if (text && at)
		memcpy(text, at, length);
	return text;
}

static struct ip_addr take_address(struct reader *in)
{
	struct ip_addr addr = {.family = IP_V4};
	uint8_t kind = read_u8(in);

	addr.family = kind % 3 == 0 ? IP_V4 : kind % 3 == 1 ? IP_V6 : IP_NONE;
	for (int i = 0; i < (addr.family == IP_V6 ? 16 : 4); i++)
		addr.bytes[i] = read_u8(in);
	if (addr.family == IP_V6 && kind & 0x80)
		addr.scope_id = 1;
	if (addr.family == IP_NONE)
		memset(addr.bytes, 0, sizeof(addr.bytes));
	return addr;
}

static struct port_report take_port(struct reader *in)
{
	static const uint8_t states[] = {PORT_CLOSED,     PORT_OPEN,          PORT_FILTERED,
					 PORT_UNFILTERED, PORT_OPEN_FILTERED, PORT_CLOSED_FILTERED};
	struct port_report port = {.number = read_be16(in)};

	port.transport = read_u8(in) % TRANSPORTS;
	port.verdict.state = states[read_u8(in) % sizeof(states)];
	port.verdict.reason = read_u8(in) % REASONS;
	port.verdict.ttl = read_u8(in);
	port.verdict.rtt_us = read_be32(in);
	if (read_u8(in) & 1)
		port.verdict.from = take_address(in);
	return port;
}

static void check_lines(const struct buf *out)
{
	const char *line = (const char *)out->data, *stop = line + out->len;

	if (!text_is_utf8(out->data, out->len))
		abort();
	while (line < stop) {
		const char *end = memchr(line, '\n', (size_t)(stop - line));
		json_error_t error;
		json_t *read;

		if (!end || !(read = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES,
						&error)))
			abort();
		json_decref(read);
		line = end + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	char *texts[4] = {take_text(&in), take_text(&in), take_text(&in), take_text(&in)};
	struct plan plan = {.command_line = texts[0]};
	struct format_context context = {
		.plan = &plan, .program = "portolan", .version = "0", .start_s = read_be32(&in)};
	struct port_report ports[64];
	struct ip_addr others[2] = {take_address(&in), take_address(&in)};
	struct target target = {.addr = others[0], .name = texts[1]};
	struct observation seen = {.target = &target, .wall_ns = read_be32(&in)};
	struct host_report host = {.addr = others[0],
				   .name = texts[1],
				   .ptr = texts[2],
				   .others = others,
				   .others_count = 2,
				   .state = HOST_UP,
				   .reason = (enum reason)(read_u8(&in) % REASONS),
				   .ports_scanned = true,
				   .ports = ports};
	struct format_totals totals = {.outcome = (enum run_outcome)(read_u8(&in) % 3),
				       .why = texts[3],
				       .end_s = read_be32(&in),
				       .elapsed_s = (double)read_be32(&in) - 1000,
				       .estimated_missed = (double)read_u8(&in) - 100};
	struct format_writer *writer = NULL;
	struct buf text = BUF_INIT;
	struct out *out = NULL;

	while (in.left_bytes && host.ports_count < 64)
		ports[host.ports_count++] = take_port(&in);
	if (out_open_buf(&text, &out) < 0 ||
	    format_writer_new(&format_ndjson, &context, out, &writer) < 0)
		abort();
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	seen.skipped.expression = texts[1];
	seen.skipped.why = texts[3];
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_SKIPPED, .seen = &seen});
	if (host.ports_count) {
		seen.port.transport = (enum transport)ports[0].transport;
		seen.port.number = ports[0].number;
		seen.port.verdict = ports[0].verdict;
		format_writer_event(writer,
				    &(struct format_event){.kind = FORMAT_PORT, .seen = &seen});
	}
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	format_writer_event(writer,
			    &(struct format_event){.kind = FORMAT_WARNING, .text = texts[3]});
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_END, .totals = &totals});
	if (format_writer_free(writer, NULL) < 0)
		abort();
	check_lines(&text);
	buf_release(&text);
	for (int i = 0; i < 4; i++)
		free(texts[i]);
	return 0;
}
