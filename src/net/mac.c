#include "net/mac.h"

#include <string.h>

const char *mac_format(const struct mac_addr *mac, char text[MAC_TEXT_BYTES])
{
	static const char digits[] = "0123456789ABCDEF";
	char *at = text;
	size_t i;

	for (i = 0; i < sizeof(mac->bytes); i++) {
		*at++ = digits[mac->bytes[i] >> 4];
		*at++ = digits[mac->bytes[i] & 15];
		*at++ = ':';
	}
	at[-1] = '\0';
	return text;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Gives the text behind two digits, or NULL. */
static const char *parse_pair(const char *at, uint8_t *ret_byte)
{
	int high = digit_value(at[0]), low = high < 0 ? -1 : digit_value(at[1]);

	if (low < 0)
		return NULL;
	*ret_byte = (uint8_t)(high << 4 | low);
	return at + 2;
}

bool mac_parse(const char *text, struct mac_addr *ret_mac)
{
	struct mac_addr mac;
	const char *at = parse_pair(text, &mac.bytes[0]);
	char between = at && (*at == ':' || *at == '-') ? *at : '\0';
	size_t i;

	for (i = 1; at && i < sizeof(mac.bytes); i++) {
		if (between && *at++ != between)
			return false;
		at = parse_pair(at, &mac.bytes[i]);
	}
	if (!at || *at)
		return false;
	*ret_mac = mac;
	return true;
}

bool mac_equal(const struct mac_addr *a, const struct mac_addr *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
