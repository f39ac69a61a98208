#include "detect/os/os_print_read.h"

#include "util/error.h"

#include <string.h>

struct os_print_cursor os_print_cursor_of(const char *text, size_t bytes, size_t most_bytes,
					  struct diag *diag)
{
	return (struct os_print_cursor){.at = text,
					.end = text + bytes,
					.line_start = true,
					.line = 1,
					.line_begin = text,
					.most_bytes = most_bytes,
					.diag = diag};
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

int os_print_wrong(const struct os_print_cursor *in, const char *words)
{
	unsigned column = (unsigned)(in->at - in->line_begin) + 1;

	return diag_set_at(in->diag, ERROR_SYNTAX, in->line, column,
			   "line %u, column %u of the fingerprint: %s", in->line, column, words);
}

/* Passes over what a fold is made of. */
static void settle(struct os_print_cursor *in)
{
	static const char fold[] = "OS:";

	for (;;) {
		if (in->at < in->end && is_blank(*in->at)) {
			if (*in->at++ == '\n') {
				in->line++;
				in->line_begin = in->at;
				in->line_start = true;
			}
		} else if (in->line_start && in->end - in->at >= 3 &&
			   memcmp(in->at, fold, 3) == 0) {
			in->at += 3;
			in->line_start = false;
		} else {
			return;
		}
	}
}

int os_print_take(struct os_print_cursor *in)
{
	in->bytes = 0;
	for (settle(in); in->at < in->end; settle(in)) {
		char byte = *in->at++;

		in->line_start = false;
		if (!byte || in->bytes == in->most_bytes)
			return os_print_wrong(in, byte ? "a test is longer than one can be"
						       : "a byte of value 0");
		in->text[in->bytes++] = byte;
		if (byte == ')') {
			in->text[in->bytes] = '\0';
			return 1;
		}
	}
	return in->bytes
		       ? os_print_wrong(
				 in, "the fingerprint is cut here: ) is missing; paste it with all "
				     "of its lines")
		       : 0;
}

static bool number_of(const char *text, size_t bytes, unsigned base, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < bytes; i++) {
		char lower = (char)(text[i] | 0x20);
		unsigned digit = text[i] >= '0' && text[i] <= '9' ? (unsigned)(text[i] - '0')
				 : lower >= 'a' && lower <= 'f'   ? (unsigned)(lower - 'a') + 10
								  : base;

		if (digit >= base || value > UINT64_MAX / 32)
			return false;
		value = value * base + digit;
	}
	*ret_value = value;
	return bytes > 0;
}

static bool take_port(const char *text, size_t bytes, int32_t *ret_port)
{
	uint64_t value;

	*ret_port = OS_NONE;
	if (!bytes)
		return true;
	if (!number_of(text, bytes, 10, &value) || value > UINT16_MAX)
		return false;
	*ret_port = (int32_t)value;
	return true;
}

static bool take_word(const char *text, size_t bytes, char ret_word[OS_SCAN_WORD_BYTES])
{
	size_t i;

	if (bytes >= OS_SCAN_WORD_BYTES)
		return false;
	for (i = 0; i < bytes; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '(')
			return false;
	memcpy(ret_word, text, bytes);
	ret_word[bytes] = '\0';
	return true;
}

static bool take_date(const char *text, size_t bytes, struct os_scan_line *scan)
{
	const char *slash = memchr(text, '/', bytes);
	uint64_t month, day;

	if (!slash || !number_of(text, (size_t)(slash - text), 10, &month) ||
	    !number_of(slash + 1, bytes - (size_t)(slash - text) - 1, 10, &day) || month > 12 ||
	    day > 31)
		return false;
	scan->month = (uint8_t)month;
	scan->day = (uint8_t)day;
	return true;
}

static bool take_distance(const char *text, size_t bytes, struct os_scan_line *scan)
{
	bool minus = bytes && *text == '-';
	uint64_t value;

	if (!number_of(text + minus, bytes - minus, 10, &value) || value > 255)
		return false;
	scan->distance = minus ? -(int32_t)value : (int32_t)value;
	scan->has_distance = true;
	return true;
}

static bool take_vendor(const char *text, size_t bytes, struct os_scan_line *scan)
{
	uint64_t value;

	if (bytes != 6 || !number_of(text, bytes, 16, &value))
		return false;
	scan->vendor[0] = (uint8_t)(value >> 16);
	scan->vendor[1] = (uint8_t)(value >> 8);
	scan->vendor[2] = (uint8_t)value;
	scan->has_vendor = true;
	return true;
}

static bool take_yes(const char *text, size_t bytes, bool *ret_yes)
{
	*ret_yes = bytes == 1 && *text == 'Y';
	return *ret_yes || (bytes == 1 && *text == 'N');
}

static bool take_letter(const char *text, size_t bytes, const char *letters, char *ret_letter)
{
	if (bytes != 1 || !strchr(letters, *text))
		return false;
	*ret_letter = *text;
	return true;
}

static bool is_key(const char *known, const char *key, size_t bytes)
{
	return strlen(known) == bytes && memcmp(known, key, bytes) == 0;
}

/* Keys that nobody knows are passed over: later versions may have some. */
static bool take_field(struct os_scan_line *scan, const char *key, size_t key_bytes,
		       const char *text, size_t bytes)
{
	char digit;

	if (is_key("V", key, key_bytes))
		return take_word(text, bytes, scan->version);
	if (is_key("P", key, key_bytes))
		return take_word(text, bytes, scan->platform);
	if (is_key("D", key, key_bytes))
		return take_date(text, bytes, scan);
	if (is_key("OT", key, key_bytes))
		return take_port(text, bytes, &scan->open_tcp);
	if (is_key("CT", key, key_bytes))
		return take_port(text, bytes, &scan->closed_tcp);
	if (is_key("CU", key, key_bytes))
		return take_port(text, bytes, &scan->closed_udp);
	if (is_key("PV", key, key_bytes))
		return take_yes(text, bytes, &scan->special_purpose);
	if (is_key("G", key, key_bytes))
		return take_yes(text, bytes, &scan->good);
	if (is_key("DS", key, key_bytes))
		return take_distance(text, bytes, scan);
	if (is_key("DC", key, key_bytes))
		return take_letter(text, bytes, "LDIT", &scan->distance_by);
	if (is_key("M", key, key_bytes))
		return take_vendor(text, bytes, scan);
	if (is_key("TM", key, key_bytes))
		return number_of(text, bytes, 16, &scan->time_s);
	if (!is_key("E", key, key_bytes))
		return true;
	if (!take_letter(text, bytes, "46", &digit))
		return false;
	scan->ip_version = (uint8_t)(digit - '0');
	return true;
}

int os_print_take_scan(struct os_print_cursor *in, struct os_scan_line *ret_scan)
{
	struct os_scan_line scan = {
		.ip_version = 4, .open_tcp = OS_NONE, .closed_tcp = OS_NONE, .closed_udp = OS_NONE};
	const char *at = in->text + strlen("SCAN("), *end = in->text + in->bytes - 1, *stop;

	for (; at < end; at = stop + 1) {
		const char *equals;

		stop = memchr(at, '%', (size_t)(end - at));
		stop = stop ? stop : end;
		equals = memchr(at, '=', (size_t)(stop - at));
		if (!equals || !take_field(&scan, at, (size_t)(equals - at), equals + 1,
					   (size_t)(stop - equals - 1)))
			return os_print_wrong(
				in, "a value of the SCAN line before this place makes no sense");
	}
	*ret_scan = scan;
	return 0;
}
