#include "api/packet_words.h"

#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct flag_name {
	const char *name;
	int bits;
};

static const struct flag_name flag_names[] = {
	{"FIN", 0x01}, {"SYN", 0x02}, {"RST", 0x04}, {"RESET", 0x04}, {"PSH", 0x08}, {"PUSH", 0x08},
	{"ACK", 0x10}, {"URG", 0x20}, {"ECE", 0x40}, {"CWR", 0x80},   {"ALL", 0xff}, {"NONE", 0},
};

static const struct flag_name *flag_at(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++)
		if (!strncasecmp(text, flag_names[i].name, strlen(flag_names[i].name)))
			return &flag_names[i];
	return NULL;
}

static bool parse_names(const char *text, int *ret_flags)
{
	const char *at = text;
	int flags = 0;

	while (*at) {
		const struct flag_name *flag = flag_at(at);

		if (!flag)
			return false;
		flags |= flag->bits;
		at += strlen(flag->name);
		if ((*at == ',' || *at == ' ') && at[1])
			at++;
	}
	*ret_flags = flags;
	return at != text;
}

int tcp_flags_parse(const char *text, int *ret_flags, struct diag *diag)
{
	char *end;
	unsigned long number;

	if (parse_names(text, ret_flags))
		return 0;
	errno = 0;
	number = strtoul(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno || number > 255)
		return diag_set(diag, ERROR_SYNTAX,
				"--scanflags takes a number from 0 to 255, or names of TCP flags "
				"such as SYNFIN (FIN SYN RST PSH ACK URG ECE CWR ALL NONE), not "
				"\"%.80s\"",
				text);
	*ret_flags = (int)number;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Two digits; -1: they are none. */
static int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

int hex_bytes_parse(const char *text, uint8_t *bytes, size_t room, size_t *ret_count)
{
	bool escaped = text[0] == '\\' && text[1] == 'x';
	const char *at = text + (!escaped && text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0);
	size_t count = 0;

	do {
		int byte;

		if (escaped && (at[0] != '\\' || at[1] != 'x'))
			return ERROR_SYNTAX;
		at += escaped ? 2 : 0;
		if ((byte = hex_byte(at)) < 0)
			return ERROR_SYNTAX;
		if (count == room)
			return ERROR_LIMIT;
		bytes[count++] = (uint8_t)byte;
		at += 2;
	} while (*at);
	*ret_count = count;
	return 0;
}

int mac_prefix_parse(const char *text, struct mac_addr *ret_mac)
{
	struct mac_addr mac = {0};
	int count = 0;

	while (*text) {
		int byte = hex_byte(text);

		if (byte < 0)
			return ERROR_SYNTAX;
		if (count == 6)
			return ERROR_LIMIT;
		mac.bytes[count++] = (uint8_t)byte;
		text += 2;
		if (*text == ':' && text[1])
			text++;
	}
	*ret_mac = mac;
	return count;
}
