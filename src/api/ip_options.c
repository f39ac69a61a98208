/* --ip-options: the named ones of RFC 791 as Nmap writes them (measured on the
 * wire, 7.93: test_packet_words.c has the bytes), or bytes one by one. */
#include "api/packet_words.h"
#include "util/error.h"

#include <string.h>

#define OPTION_NOP     1
#define OPTION_RECORD  7
#define OPTION_STAMP   68
#define OPTION_LOOSE   131
#define OPTION_STRICT  137
#define ADDRESS_BYTES  4
#define HOPS_MAX       8
#define HOPS_AT        4 /* behind NOP, type, length and pointer */
#define STAMP_AND_ADDR 1

static void fill(struct ip_options_text *options, const uint8_t head[4], size_t count)
{
	memset(options->bytes, 0, count);
	memcpy(options->bytes, head, 4);
	options->count = count;
}

static bool named(char letter, struct ip_options_text *options)
{
	switch (letter) {
	case 'R':
		fill(options, (const uint8_t[]){OPTION_NOP, OPTION_RECORD, 39, 4}, 40);
		return true;
	case 'T':
		fill(options, (const uint8_t[]){OPTION_STAMP, 40, 5, 0}, 40);
		return true;
	case 'U':
		fill(options, (const uint8_t[]){OPTION_STAMP, 36, 5, STAMP_AND_ADDR}, 36);
		return true;
	default:
		return false;
	}
}

/* The next word of a list with blanks between; false: there is none. */
static bool take_word(const char **at, char word[IP_TEXT_BYTES], bool *ret_long)
{
	size_t count;

	*at += strspn(*at, " \t");
	count = strcspn(*at, " \t");
	*ret_long = count >= IP_TEXT_BYTES;
	if (!count || *ret_long)
		return false;
	memcpy(word, *at, count);
	word[count] = 0;
	*at += count;
	return true;
}

static void put_address(struct ip_options_text *options, size_t at, const struct ip_addr *addr)
{
	uint32_t value = ip_v4_value(addr);
	size_t i;

	for (i = 0; i < ADDRESS_BYTES; i++)
		options->bytes[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Every hop stands in the list, the first too, which is also the header's
 * destination; the target goes last. */
static int source_route(const char *text, struct ip_options_text *options, struct diag *diag)
{
	uint8_t type = text[0] == 'L' ? OPTION_LOOSE : OPTION_STRICT;
	const char *at = text + 1;
	char word[IP_TEXT_BYTES];
	size_t hops = 0, bytes;
	bool too_long;

	fill(options, (const uint8_t[]){OPTION_NOP, type, 0, 4}, HOPS_AT);
	while (take_word(&at, word, &too_long)) {
		struct ip_addr hop;

		if (!ip_parse(word, &hop) || hop.family != IP_V4)
			break;
		if (hops == HOPS_MAX)
			return diag_set(diag, ERROR_LIMIT,
					"--ip-options: a source route has room for %d hops before "
					"the target",
					HOPS_MAX);
		if (!hops)
			options->first_hop = hop;
		put_address(options, HOPS_AT + ADDRESS_BYTES * hops++, &hop);
	}
	if (!hops || *at)
		return diag_set(diag, ERROR_SYNTAX,
				"--ip-options: %c takes IPv4 addresses with blanks between, as in "
				"\"%c 192.0.2.1 192.0.2.2\", not \"%.80s\"",
				*text, *text, text + 1);
	options->target_at = HOPS_AT + ADDRESS_BYTES * hops;
	bytes = options->target_at + ADDRESS_BYTES;
	memset(options->bytes + options->target_at, 0, ADDRESS_BYTES);
	options->bytes[2] = (uint8_t)(bytes - 1);
	options->count = bytes;
	return 0;
}

static int digit_of(char c, int base)
{
	int value = c >= '0' && c <= '9' ? c - '0' : 99;

	if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
		value = (c | 0x20) - 'a' + 10;
	return value < base ? value : -1;
}

/* "\xHH" or "\NNN" (decimal), and how many of it. -1: not understood. */
static int take_byte(const char **text, size_t *ret_times)
{
	const char *at = *text + 1;
	int base = *at == 'x' ? 16 : 10, most = base == 16 ? 2 : 3, digits = 0, value = 0, digit;
	size_t times = 1;

	if (**text != '\\')
		return -1;
	at += base == 16;
	while (digits < most && (digit = digit_of(*at, base)) >= 0) {
		value = value * base + digit;
		digits++;
		at++;
	}
	if (!digits || value > 255 || (base == 16 && digits < 2))
		return -1;
	if (*at == '*') {
		at++;
		for (times = 0, digits = 0; digits < 3 && (digit = digit_of(*at, 10)) >= 0;
		     digits++) {
			times = times * 10 + (size_t)digit;
			at++;
		}
		if (!times)
			return -1;
	}
	*text = at;
	*ret_times = times;
	return value;
}

static int byte_list(const char *text, struct ip_options_text *options, struct diag *diag)
{
	const char *at = text;

	while (*at) {
		size_t times = 0;
		int byte = take_byte(&at, &times);

		if (byte < 0)
			return diag_set(
				diag, ERROR_SYNTAX,
				"--ip-options: \"%.80s\" is none of R, T, U, S <hops>, L <hops> "
				"and bytes such as \\x01 or \\1, with *n behind those to repeat",
				text);
		if (times > IP_OPTIONS_MAX - options->count)
			return diag_set(diag, ERROR_LIMIT,
					"--ip-options: a packet has room for %d bytes of options",
					IP_OPTIONS_MAX);
		memset(options->bytes + options->count, byte, times);
		options->count += times;
	}
	if (options->count % 4)
		return diag_set(diag, ERROR_RANGE,
				"--ip-options: the bytes must be a multiple of 4, not %zu; fill up "
				"with \\x00",
				options->count);
	return 0;
}

int ip_options_parse(const char *text, struct ip_options_text *ret_options, struct diag *diag)
{
	struct ip_options_text options = {0};
	int r = 0;

	if (text[0] == 'L' || text[0] == 'S')
		r = source_route(text, &options, diag);
	else if (!text[0] || text[1] || !named(text[0], &options))
		r = byte_list(text, &options, diag);
	if (r == 0)
		*ret_options = options;
	return r;
}
