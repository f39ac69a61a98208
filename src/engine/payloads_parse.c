/* nmap-payloads' grammar (formats.md 10.5):
 *
 *	udp PORT[-PORT],... "bytes" "bytes" ... [keyword to the end of the line]...
 *
 * Blanks, line ends and comments may stand between all of these. The reader
 * looks one byte ahead and counts lines for who has to mend the file. */
#include "engine/payloads.h"
#include "engine/payloads_table.h"
#include "net/portset.h"
#include "util/error.h"

#include <string.h>

#define NONE        (-1)
#define WORD_BYTES  16u
#define NUMBER_BAD  (-1L)
#define NUMBER_MOST 100000L

struct text {
	const uint8_t *at, *end;
	unsigned line, column;
	struct diag *diag;
};

struct block {
	struct portset ports;
	uint16_t src_port;
	size_t at; /* where its bytes begin */
};

static int peek(const struct text *text)
{
	return text->at < text->end ? *text->at : NONE;
}

static int take(struct text *text)
{
	int byte = peek(text);

	if (byte == NONE)
		return NONE;
	text->at++;
	text->column++;
	if (byte == '\n') {
		text->line++;
		text->column = 1;
	}
	return byte;
}

static int syntax(const struct text *text, const char *words)
{
	return diag_set_at(text->diag, ERROR_SYNTAX, text->line, text->column, "%s", words);
}

static void skip_line(struct text *text)
{
	while (peek(text) != NONE && peek(text) != '\n')
		(void)take(text);
}

static bool is_blank(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void skip_blanks(struct text *text)
{
	for (;;) {
		if (peek(text) == '#')
			skip_line(text);
		else if (is_blank(peek(text)))
			(void)take(text);
		else
			return;
	}
}

static bool is_letter(int byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '-';
}

/* The word ahead, cut to fit, without taking it. */
static void peek_word(const struct text *text, char ret_word[WORD_BYTES])
{
	size_t left = (size_t)(text->end - text->at), i = 0;

	while (i < left && i < WORD_BYTES - 1 && is_letter(text->at[i])) {
		ret_word[i] = (char)text->at[i];
		i++;
	}
	ret_word[i] = '\0';
}

static void take_word(struct text *text)
{
	while (is_letter(peek(text)))
		(void)take(text);
}

static long take_number(struct text *text)
{
	long value = 0;

	if (peek(text) < '0' || peek(text) > '9')
		return NUMBER_BAD;
	while (peek(text) >= '0' && peek(text) <= '9') {
		value = value * 10 + take(text) - '0';
		if (value > NUMBER_MOST)
			value = NUMBER_MOST;
	}
	return value > UINT16_MAX ? NUMBER_BAD : value;
}

static int parse_range(struct text *text, struct portset *ports)
{
	long first = take_number(text), last = first;

	if (first == NUMBER_BAD)
		return syntax(text, "a port number from 0 to 65535 should stand here");
	if (peek(text) == '-') {
		(void)take(text);
		last = take_number(text);
		if (last < first)
			return syntax(text, "a range of ports goes from low to high");
	}
	portset_add_range(ports, (uint16_t)first, (uint16_t)last);
	return 0;
}

static int parse_ports(struct text *text, struct portset *ports)
{
	int r;

	skip_blanks(text);
	while ((r = parse_range(text, ports)) == 0 && peek(text) == ',')
		(void)take(text);
	return r;
}

static int hex_digit(int byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte |= 0x20;
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : NONE;
}

static int take_hex(struct text *text)
{
	int digit = hex_digit(peek(text));

	if (digit != NONE)
		(void)take(text);
	return digit;
}

/* What stands for a byte after the backslash; NONE: nothing known. */
static int take_escape(struct text *text)
{
	static const char letters[] = "abfnrtv0\\\"'?", bytes[] = "\a\b\f\n\r\t\v\0\\\"'?";
	int byte = take(text), high, low;
	const char *found;

	if (byte == 'x') {
		high = take_hex(text);
		low = take_hex(text);
		return high == NONE || low == NONE ? NONE : high << 4 | low;
	}
	found = byte > 0 ? strchr(letters, byte) : NULL;
	return found ? (uint8_t)bytes[found - letters] : NONE;
}

static int parse_string(struct text *text, struct buf *out)
{
	int byte;

	(void)take(text); /* the quote */
	while ((byte = take(text)) != '"') {
		if (byte == NONE || byte == '\n')
			return syntax(text, "a string that has no end: a quote is missing");
		if (byte == '\\' && (byte = take_escape(text)) == NONE)
			return syntax(text, "after \\ one of x and two hexadecimal digits, 0, a, "
					    "b, f, n, r, t, v, \\ or a quote");
		buf_add_char(out, (char)byte);
	}
	return buf_ok(out) ? 0 : ERROR_MEMORY;
}

static int parse_strings(struct text *text, struct buf *out, size_t at)
{
	int r;

	skip_blanks(text);
	if (peek(text) != '"')
		return syntax(text, "a string in quotes should stand here");
	while (peek(text) == '"') {
		if ((r = parse_string(text, out)) < 0)
			return r;
		if (out->len - at > PAYLOAD_BYTES_MAX)
			return syntax(text, "a payload longer than a datagram can be");
		skip_blanks(text);
	}
	return 0;
}

/* "source 500" and whatever else there may be some day, up to the next block. */
static void parse_keywords(struct text *text, uint16_t *ret_src_port)
{
	char word[WORD_BYTES];
	long port;

	for (peek_word(text, word); *word && strcmp(word, "udp") != 0; peek_word(text, word)) {
		take_word(text);
		while (peek(text) == ' ' || peek(text) == '\t')
			(void)take(text);
		port = strcmp(word, "source") ? NUMBER_BAD : take_number(text);
		if (port != NUMBER_BAD)
			*ret_src_port = (uint16_t)port;
		skip_line(text);
		skip_blanks(text);
	}
}

static int add_block(struct text *text, struct payload_table *table, const struct block *block)
{
	struct payload_entry entry = {
		.src_port = block->src_port,
		.at = (uint32_t)block->at,
		.count = (uint32_t)(table->bytes.len - block->at),
	};
	int32_t port;
	int r;

	for (port = portset_next(&block->ports, 0); port >= 0;
	     port = portset_next(&block->ports, (uint32_t)port + 1)) {
		entry.port = (uint16_t)port;
		r = payload_table_add(table, &entry);
		if (r == ERROR_LIMIT)
			return diag_set_at(text->diag, r, text->line, text->column,
					   "more payloads than any scan can use");
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_block(struct text *text, struct payload_table *table)
{
	struct block block = {.at = table->bytes.len};
	char word[WORD_BYTES];
	int r;

	peek_word(text, word);
	if (strcmp(word, "udp") != 0)
		return syntax(text, "\"udp\", ports and strings should stand here");
	take_word(text);
	if ((r = parse_ports(text, &block.ports)) < 0 ||
	    (r = parse_strings(text, &table->bytes, block.at)) < 0)
		return r;
	parse_keywords(text, &block.src_port);
	return add_block(text, table, &block);
}

int payload_table_parse(struct payload_table *table, const void *bytes, size_t count,
			struct diag *diag)
{
	struct text text = {.at = bytes, .line = 1, .column = 1, .diag = diag};
	int r = 0;

	text.end = count ? text.at + count : text.at;
	for (skip_blanks(&text); r == 0 && peek(&text) != NONE; skip_blanks(&text))
		r = parse_block(&text, table);
	return r;
}
