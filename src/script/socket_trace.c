/* Lines of --script-trace (nse-api.md 14). */
#include "script/socket.h"

#include "util/buf.h"

#include <ctype.h>

#define DUMP_BYTES    16
#define PRINTABLE_MIN 95 /* percent: less is dumped */

static bool is_plain(uint8_t byte)
{
	return (byte >= ' ' && byte < 0x7f) || byte == '\n' || byte == '\r' || byte == '\t';
}

static bool is_text(const uint8_t *bytes, size_t count)
{
	size_t plain = 0, at;

	for (at = 0; at < count; at++)
		plain += is_plain(bytes[at]);
	return plain * 100 >= count * PRINTABLE_MIN;
}

static void add_text(struct buf *line, const uint8_t *bytes, size_t count)
{
	size_t at;

	for (at = 0; at < count; at++)
		if (bytes[at] >= ' ' && bytes[at] < 0x7f)
			buf_add_char(line, (char)bytes[at]);
		else
			buf_addf(line, "\\%3u", bytes[at]);
}

static void add_dump_line(struct buf *line, const uint8_t *bytes, size_t count, size_t offset)
{
	size_t at;

	buf_addf(line, "\n%08zx: ", offset);
	for (at = 0; at < DUMP_BYTES; at++)
		if (at < count)
			buf_addf(line, "%02x ", bytes[at]);
		else
			buf_add_str(line, "   ");
	buf_add_char(line, ' ');
	for (at = 0; at < count; at++)
		buf_add_char(line, bytes[at] >= ' ' && bytes[at] < 0x7f ? (char)bytes[at] : '.');
}

static void add_dump(struct buf *line, const uint8_t *bytes, size_t count)
{
	size_t at;

	for (at = 0; at < count; at += DUMP_BYTES)
		add_dump_line(line, bytes + at, count - at < DUMP_BYTES ? count - at : DUMP_BYTES,
			      at);
}

static bool is_wanted(const struct script_socket *socket)
{
	return socket->context && socket->context->trace;
}

static void begin(const struct script_socket *socket, bool is_out, struct buf *line)
{
	const struct ip_addr none = ip_v4(0);
	char local[IP_TEXT_BYTES], remote[IP_TEXT_BYTES];

	buf_addf(line, "%s %s:%u %c %s:%u | ", socket->is_udp ? "UDP" : "TCP",
		 ip_format(socket->has_local ? &socket->local : &none, local), socket->local_port,
		 is_out ? '>' : '<', ip_format(&socket->remote.addr, remote), socket->remote.port);
}

static void tell(const struct script_socket *socket, struct buf *line)
{
	if (buf_ok(line))
		socket->context->trace(socket->context->self, buf_str(line));
	buf_release(line);
}

void socket_trace(const struct script_socket *socket, bool is_out, const char *text)
{
	struct buf line = BUF_INIT;

	if (!is_wanted(socket))
		return;
	begin(socket, is_out, &line);
	buf_add_str(&line, text);
	tell(socket, &line);
}

void socket_trace_bytes(const struct script_socket *socket, bool is_out, const void *bytes,
			size_t count)
{
	struct buf line = BUF_INIT;

	if (!is_wanted(socket))
		return;
	begin(socket, is_out, &line);
	if (is_text(bytes, count))
		add_text(&line, bytes, count);
	else
		add_dump(&line, bytes, count);
	tell(socket, &line);
}
