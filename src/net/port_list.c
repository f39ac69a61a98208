/* The grammar, as nmap 7.93 was measured to take it (test_port_list.c has the
 * table of what was asked and what it answered):
 *
 *   list    = { prefix | "[" list "]" | name [ "," | blank ] | range [ "," ] }
 *   prefix  = ( "T" | "U" | "S" | "P" ) ":"
 *   range   = number | [ number ] "-" [ number ]
 *   name    = ( a-z | "*" | "?" ) { any byte but "," "]" and blanks }
 *
 * A prefix holds to the end of the list or of the brackets it stands in.
 * Blanks may stand before every item and after a range. */
#include "net/port_list.h"

#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define NAME_BYTES 127
#define IP_ONLY    (1u << TRANSPORT_IP)

struct parser {
	const struct port_list_request *request;
	struct port_rules *rules;
	struct diag *diag;
	const char *text, *at;
	unsigned transports; /* what items go to now */
	unsigned outside;    /* what they go to again after the bracket */
	bool in_brackets, duplicates;
};

#define WRONG(parser, error, ...) diag_set_at((parser)->diag, error, 0, column(parser), __VA_ARGS__)

static unsigned column(const struct parser *parser)
{
	return (unsigned)(parser->at - parser->text) + 1;
}

static bool is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static void skip_blanks(struct parser *parser)
{
	while (is_blank(*parser->at))
		parser->at++;
}

static void warn(const struct parser *parser, const char *text)
{
	if (parser->request->warn)
		parser->request->warn(parser->request->self, text);
}

static int parse_prefix(struct parser *parser)
{
	static const struct {
		const char *scan;
		char letter;
		uint8_t transport;
	} prefixes[] = {
		{"TCP", 'T', TRANSPORT_TCP},
		{"UDP", 'U', TRANSPORT_UDP},
		{"SCTP", 'S', TRANSPORT_SCTP},
		{"IP protocol", 'P', TRANSPORT_IP},
	};
	char text[96];

	if (!parser->request->prefixes)
		return WRONG(parser, ERROR_SYNTAX,
			     "no prefixes (\"%c:\") in this list: write the ports only",
			     *parser->at);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (*parser->at != prefixes[i].letter)
			continue;
		parser->transports = 1u << prefixes[i].transport;
		if (!(parser->request->transports & parser->transports)) {
			snprintf(text, sizeof(text),
				 "the ports include \"%c:\", but no %s scan was asked for",
				 prefixes[i].letter, prefixes[i].scan);
			warn(parser, text);
		}
		parser->at += 2;
		return 0;
	}
	return WRONG(
		parser, ERROR_SYNTAX,
		"unknown prefix \"%c:\": T:, U:, S: and P: are TCP, UDP, SCTP and IP protocols",
		*parser->at);
}

static int parse_bracket(struct parser *parser)
{
	bool opens = *parser->at == '[';

	if (opens == parser->in_brackets)
		return WRONG(parser, ERROR_SYNTAX,
			     opens ? "brackets do not nest" : "\"]\" without a \"[\" before it");
	if (opens)
		parser->outside = parser->transports;
	else
		parser->transports = parser->outside;
	parser->in_brackets = opens;
	parser->at++;
	if (!opens && *parser->at == ',')
		parser->at++;
	return 0;
}

static int parse_name(struct parser *parser)
{
	size_t bytes = strcspn(parser->at, ",] \t\n\v\f\r"), matched = 0;
	char name[NAME_BYTES + 1];

	if (bytes > NAME_BYTES)
		return WRONG(parser, ERROR_SYNTAX, "the name is longer than %d characters",
			     NAME_BYTES);
	memcpy(name, parser->at, bytes);
	name[bytes] = '\0';
	for (int i = 0; i < TRANSPORTS; i++)
		if (parser->transports & 1u << i)
			matched += services_match(parser->request->services, (enum transport)i,
						  name, &parser->rules->of[i]);
	if (!matched)
		return WRONG(parser, ERROR_NOT_FOUND,
			     "no port of the scanned protocols is named \"%s\"", name);
	parser->at += bytes;
	if (*parser->at == ',' || is_blank(*parser->at))
		parser->at++;
	return 0;
}

static uint16_t highest(const struct parser *parser)
{
	return parser->transports == IP_ONLY ? 255 : UINT16_MAX;
}

static int parse_number(struct parser *parser, uint16_t *ret_number)
{
	const char *start = parser->at;
	uint32_t number = 0;

	while (is_digit(*parser->at) && number <= UINT16_MAX)
		number = number * 10 + (uint32_t)(*parser->at++ - '0');
	if (number > highest(parser)) {
		parser->at = start;
		return WRONG(parser, ERROR_RANGE, "%s are numbers from 0 to %u",
			     parser->transports == IP_ONLY ? "protocols" : "ports",
			     (unsigned)highest(parser));
	}
	*ret_number = (uint16_t)number;
	return 0;
}

/* "5", "5-9", "-9", "5-", "-". Blanks may stand before the minus only. */
static int parse_bounds(struct parser *parser, uint16_t *ret_first, uint16_t *ret_last)
{
	bool has_first = is_digit(*parser->at);
	int r;

	/* Port 0 only when written; protocol 0 is like any other. */
	*ret_first = parser->transports == IP_ONLY ? 0 : 1;
	if (has_first && (r = parse_number(parser, ret_first)) < 0)
		return r;
	skip_blanks(parser);
	*ret_last = *ret_first;
	if (*parser->at != '-')
		return 0;
	parser->at++;
	*ret_last = highest(parser);
	if (is_digit(*parser->at))
		return parse_number(parser, ret_last);
	if (*parser->at && *parser->at != ',' && *parser->at != ']')
		return WRONG(parser, ERROR_SYNTAX,
			     "after \"-\" comes a number, a comma or nothing");
	return 0;
}

static void add_port(struct parser *parser, int transport, uint16_t port)
{
	if (parser->in_brackets &&
	    !services_knows(parser->request->services, (enum transport)transport, port))
		return;
	if (!portset_add(&parser->rules->of[transport], port))
		parser->duplicates = true;
}

static void add_range(struct parser *parser, uint16_t first, uint16_t last)
{
	for (int i = 0; i < TRANSPORTS; i++) {
		/* Other scans may share the list with the protocols. */
		uint32_t most = i == TRANSPORT_IP && last > 255 ? 255 : last;

		if (!(parser->transports & 1u << i))
			continue;
		for (uint32_t port = first; port <= most; port++)
			add_port(parser, i, (uint16_t)port);
	}
}

static int parse_range(struct parser *parser)
{
	const char *start = parser->at;
	uint16_t first, last;
	int r;

	if ((r = parse_bounds(parser, &first, &last)) < 0)
		return r;
	if (first > last) {
		parser->at = start;
		return WRONG(parser, ERROR_RANGE,
			     "the range %u-%u runs backwards: did you mean %u-%u?", first, last,
			     last, first);
	}
	add_range(parser, first, last);
	skip_blanks(parser);
	if (*parser->at == ',')
		parser->at++;
	else if (*parser->at && *parser->at != ']')
		return WRONG(parser, ERROR_SYNTAX, "a comma is missing after the port%s",
			     first == last ? "" : "s");
	return 0;
}

static int parse_item(struct parser *parser)
{
	char byte = *parser->at;

	if (byte && parser->at[1] == ':')
		return parse_prefix(parser);
	if (byte == '[' || byte == ']')
		return parse_bracket(parser);
	if ((byte >= 'a' && byte <= 'z') || byte == '*' || byte == '?')
		return parse_name(parser);
	if (is_digit(byte) || byte == '-')
		return parse_range(parser);
	if (byte == ',')
		return WRONG(parser, ERROR_SYNTAX, "there is no port before the comma");
	if (!byte)
		return WRONG(parser, ERROR_SYNTAX, "there is no port where the list ends");
	return WRONG(parser, ERROR_SYNTAX,
		     "ports are numbers, ranges and lower-case names, as in "
		     "\"22,80,1000-2000,http*,[1-1024]\"");
}

int port_list_parse(const char *text, const struct port_list_request *request,
		    struct port_rules *ret_rules, struct diag *diag)
{
	struct parser parser = {
		.request = request,
		.rules = ret_rules,
		.diag = diag,
		.text = text,
		.at = text,
		.transports = request->transports,
		.outside = request->transports,
	};
	int r = 0;

	do {
		skip_blanks(&parser);
		r = parse_item(&parser);
	} while (!r && *parser.at);
	if (!r && parser.duplicates)
		warn(&parser, "a port is named more than once in the list");
	return r;
}
