#include "net/host_name.h"

#include "util/error.h"

#include <idn2.h>
#include <stdint.h>
#include <string.h>

/* libidn2 takes time that grows faster than the text; nothing that becomes 253
 * bytes of A-labels is longer than this in UTF-8. */
#define INPUT_MOST_BYTES 1024
#define LABEL_MOST_BYTES 63

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

/* Takes lower-case ASCII without the dot at the end. */
static bool labels_are_valid(const char *name)
{
	size_t label_bytes = 0;
	bool digits_only = true;

	for (; *name; name++) {
		if (*name == '.') {
			if (!label_bytes)
				return false;
			label_bytes = 0;
			digits_only = true;
			continue;
		}
		if (!is_host_char(*name) || ++label_bytes > LABEL_MOST_BYTES)
			return false;
		digits_only = digits_only && is_digit(*name);
	}
	return label_bytes && !digits_only;
}

static int copy_ascii(const char *text, char ret_name[HOST_NAME_BYTES])
{
	size_t length = strlen(text), i;
	char name[HOST_NAME_BYTES];

	if (length && text[length - 1] == '.')
		length--;
	if (length >= sizeof(name))
		return ERROR_SYNTAX;
	for (i = 0; i < length; i++)
		name[i] = lower(text[i]);
	name[length] = '\0';
	if (!labels_are_valid(name))
		return ERROR_SYNTAX;
	memcpy(ret_name, name, length + 1);
	return 0;
}

int host_name_normalize(const char *text, char ret_name[HOST_NAME_BYTES])
{
	uint8_t *ascii = NULL;
	int r;

	if (strnlen(text, INPUT_MOST_BYTES) == INPUT_MOST_BYTES)
		return ERROR_SYNTAX;
	if (is_ascii(text))
		return copy_ascii(text, ret_name);
	r = idn2_lookup_u8((const uint8_t *)text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (r == IDN2_MALLOC)
		return ERROR_MEMORY;
	if (r != IDN2_OK)
		return ERROR_SYNTAX;
	r = copy_ascii((const char *)ascii, ret_name);
	idn2_free(ascii);
	return r;
}

bool host_name_is_single_label(const char *name)
{
	return !strchr(name, '.');
}

bool host_name_is_localhost(const char *name)
{
	static const char localhost[] = "localhost";
	size_t length = strlen(name), tail = sizeof(localhost) - 1;

	if (length < tail || strcmp(name + length - tail, localhost) != 0)
		return false;
	return length == tail || name[length - tail - 1] == '.';
}
