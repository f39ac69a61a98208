/* IP and TCP options in words. */
#include "report/packet_text_line.h"
#include "util/reader.h"

#include <stdio.h>

enum ip_option {
	IP_END = 0,
	IP_NOP = 1,
	IP_RECORD_ROUTE = 7,
	IP_TIMESTAMP = 68,
	IP_LOOSE_ROUTE = 131,
	IP_STREAM = 136,
	IP_STRICT_ROUTE = 137,
};

/* A list of words of four bytes; the pointer says, from 1 at the option's type,
 * which comes next, and a '#' stands before that. */
struct words {
	struct packet_line *line;
	struct reader in;
	unsigned at, next; /* octets from 1 */
};

static uint32_t take_word(struct words *words)
{
	uint32_t value = read_be32(&words->in);

	words->at += 4;
	return value;
}

static void mark(struct words *words)
{
	packet_line_add(words->line, words->at == words->next ? "#" : " ");
}

static void add_route(struct packet_line *line, const char *name, struct reader in)
{
	struct words words = {.line = line, .next = read_u8(&in), .at = 4};

	words.in = in;
	packet_line_add(line, " %s{", name);
	while (words.in.left_bytes >= 4) {
		mark(&words);
		packet_line_add_v4(line, take_word(&words));
	}
	if (words.at == words.next)
		packet_line_add(line, "#");
	packet_line_add(line, "}");
}

/* RFC 791: the low half of the flag byte says whether addresses stand before
 * the times. */
static void add_times(struct packet_line *line, struct reader in)
{
	struct words words = {.line = line, .next = read_u8(&in), .at = 5};
	uint8_t flags = read_u8(&in);
	bool addresses = (flags & 0xf) != 0;

	words.in = in;
	packet_line_add(line, " TM{[%u hosts not recorded]", flags >> 4);
	while (words.in.left_bytes >= (addresses ? 8u : 4u)) {
		mark(&words);
		if (addresses) {
			packet_line_add_v4(line, take_word(&words));
			packet_line_add(line, "@");
		}
		packet_line_add(line, "%u", take_word(&words));
	}
	if (words.at == words.next)
		packet_line_add(line, "#");
	else
		packet_line_add(line, " ");
	packet_line_add(line, "}");
}

static void add_unknown(struct packet_line *line, uint8_t type, uint8_t length, struct reader in)
{
	packet_line_add(line, " ?\?{\\x%02x\\x%02x", type, length);
	while (in.left_bytes)
		packet_line_add(line, "\\x%02x", read_u8(&in));
	packet_line_add(line, "}");
}

static void add_ip_option(struct packet_line *line, uint8_t type, uint8_t length, struct reader in)
{
	switch (type) {
	case IP_RECORD_ROUTE:
		add_route(line, "RR", in);
		break;
	case IP_LOOSE_ROUTE:
		add_route(line, "LSRR", in);
		break;
	case IP_STRICT_ROUTE:
		add_route(line, "SSRR", in);
		break;
	case IP_TIMESTAMP:
		add_times(line, in);
		break;
	case IP_STREAM:
		if (in.left_bytes == 2) {
			packet_line_add(line, " SI{id=%u}", read_be16(&in));
			break;
		}
		__attribute__((fallthrough));
	default:
		add_unknown(line, type, length, in);
	}
}

void packet_line_add_ip_options(struct packet_line *line, const uint8_t *options, size_t count)
{
	struct reader in = reader_of(options, count);

	while (in.left_bytes) {
		uint8_t type = read_u8(&in), length;
		const uint8_t *body;

		if (type == IP_END || type == IP_NOP) {
			packet_line_add(line, type == IP_NOP ? " NOP" : " EOL");
			continue;
		}
		length = read_u8(&in);
		body = length < 2 ? NULL : reader_take(&in, length - 2u);
		if (!body) {
			packet_line_add(line, " [bogus ipopt]");
			return;
		}
		add_ip_option(line, type, length, reader_of(body, length - 2u));
	}
}

enum tcp_option {
	TCP_END = 0,
	TCP_NOP = 1,
	TCP_MSS = 2,
	TCP_SCALE = 3,
	TCP_SACK_OK = 4,
	TCP_SACK = 5,
	TCP_TIMESTAMP = 8,
};

static void add_sack(struct packet_line *line, struct reader in)
{
	packet_line_add(line, "sack %zu ", in.left_bytes / 8);
	while (in.left_bytes >= 8) {
		uint32_t from = read_be32(&in), to = read_be32(&in);

		packet_line_add(line, "{%u:%u}", from, to);
	}
}

/* False: it is none that we know, of the length that it has. */
static bool add_tcp_option(struct packet_line *line, uint8_t type, struct reader in)
{
	size_t bytes = in.left_bytes;
	uint32_t first;

	if (type == TCP_MSS && bytes == 2)
		packet_line_add(line, "mss %u", read_be16(&in));
	else if (type == TCP_SCALE && bytes == 1)
		packet_line_add(line, "wscale %u", read_u8(&in));
	else if (type == TCP_SACK_OK && bytes == 0)
		packet_line_add(line, "sackOK");
	else if (type == TCP_SACK && bytes % 8 == 0)
		add_sack(line, in);
	else if (type == TCP_TIMESTAMP && bytes == 8) {
		first = read_be32(&in);
		packet_line_add(line, "timestamp %u %u", first, read_be32(&in));
	} else {
		return false;
	}
	return true;
}

static bool add_next(struct packet_line *line, struct reader *in)
{
	uint8_t type = read_u8(in), length;
	const uint8_t *body;

	if (type == TCP_END || type == TCP_NOP) {
		packet_line_add(line, type == TCP_NOP ? "nop" : "eol");
		return true;
	}
	length = read_u8(in);
	body = length < 2 ? NULL : reader_take(in, length - 2u);
	return body && add_tcp_option(line, type, reader_of(body, length - 2u));
}

void packet_line_add_tcp_options(struct packet_line *line, const uint8_t *options, size_t count)
{
	struct reader in = reader_of(options, count);
	size_t start = line->used;

	while (in.left_bytes) {
		packet_line_add(line, line->used == start ? "<" : ",");
		if (!add_next(line, &in)) {
			line->used = start;
			line->text[start] = 0;
			return;
		}
	}
	if (count)
		packet_line_add(line, ">");
}
