#include "detect/os/os6_print.h"
#include "detect/os/os_print_read.h"
#include "util/error.h"

#include <string.h>

#define TIME_MOST_S      1e9
#define US_PER_S         1e6
#define EXPONENT_MOST    20u
#define FLOW_LABEL_BYTES 5u

/* A part of a test: digits are taken from its front. */
struct part {
	const char *at, *end;
};

static bool part_has(struct part *in, char byte)
{
	if (in->at == in->end || *in->at != byte)
		return false;
	in->at++;
	return true;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Two digits, or XX, which is zero. */
static bool take_byte(struct part *in, uint8_t *ret_byte)
{
	int high, low;

	if (in->end - in->at < 2)
		return false;
	high = hex_digit(in->at[0]);
	low = hex_digit(in->at[1]);
	if (in->at[0] == 'X' && in->at[1] == 'X')
		high = low = 0;
	if (high < 0 || low < 0)
		return false;
	*ret_byte = (uint8_t)(high << 4 | low);
	in->at += 2;
	return true;
}

static bool take_number(struct part *in, unsigned most, unsigned *ret_number)
{
	const char *begin = in->at;
	unsigned number = 0;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
		number = number * 10 + (unsigned)(*in->at++ - '0');
		if (number > most)
			return false;
	}
	*ret_number = number;
	return in->at > begin;
}

/* {n}, or nothing, which is once. */
static bool take_count(struct part *in, unsigned *ret_count)
{
	*ret_count = 1;
	if (!part_has(in, '{'))
		return true;
	return take_number(in, OS6_REPLY_BYTES, ret_count) && part_has(in, '}') && *ret_count;
}

static bool take_bytes(struct part in, struct os6_reply *reply)
{
	unsigned count;
	uint8_t byte;

	reply->count = 0;
	while (in.at < in.end) {
		if (!take_byte(&in, &byte) || !take_count(&in, &count) ||
		    count > OS6_REPLY_BYTES - reply->count)
			return false;
		memset(reply->bytes + reply->count, byte, count);
		reply->count = (uint16_t)(reply->count + count);
	}
	return reply->count > 0;
}

/* Digits of which each is worth a tenth of the one before. */
static double take_digits(struct part *in, double value, double *worth)
{
	for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
		value = worth ? value + (*in->at - '0') * *worth : value * 10 + (*in->at - '0');
		if (worth)
			*worth /= 10;
	}
	return value;
}

/* Seconds: "1", "0.055", and "5e-05" as C++ writes small ones. */
static bool take_time(struct part in, uint64_t *ret_us)
{
	double worth = 0.1, value;
	unsigned exponent = 0;

	if (in.at == in.end || hex_digit(*in.at) < 0 || hex_digit(*in.at) > 9)
		return false;
	value = take_digits(&in, 0, NULL);
	if (part_has(&in, '.'))
		value = take_digits(&in, value, &worth);
	if (part_has(&in, 'e') &&
	    !(part_has(&in, '-') && take_number(&in, EXPONENT_MOST, &exponent)))
		return false;
	for (; exponent; exponent--)
		value /= 10;
	if (in.at != in.end || value > TIME_MOST_S)
		return false;
	*ret_us = (uint64_t)(value * US_PER_S + 0.5);
	return true;
}

static bool take_flow_label(struct part in, uint32_t *ret_label)
{
	uint32_t label = 0;

	if (in.at == in.end || in.end - in.at > (int)FLOW_LABEL_BYTES)
		return false;
	for (; in.at < in.end; in.at++) {
		if (hex_digit(*in.at) < 0)
			return false;
		label = label << 4 | (uint32_t)hex_digit(*in.at);
	}
	*ret_label = label;
	return true;
}

static bool is_key(const struct part *key, const char *known)
{
	size_t bytes = (size_t)(key->end - key->at);

	return strlen(known) == bytes && memcmp(key->at, known, bytes) == 0;
}

/* What is between ( and ), a KEY=value at a time. `take` says whether the value makes
 * sense. */
static bool each_field(const struct os_print_cursor *in,
		       bool (*take)(void *self, struct part key, struct part value), void *self)
{
	const char *at = memchr(in->text, '(', in->bytes), *end = in->text + in->bytes - 1, *stop;

	for (at = at ? at + 1 : end; at < end; at = stop + 1) {
		const char *equals;

		stop = memchr(at, '%', (size_t)(end - at));
		stop = stop ? stop : end;
		equals = memchr(at, '=', (size_t)(stop - at));
		if (!equals ||
		    !take(self, (struct part){at, equals}, (struct part){equals + 1, stop}))
			return false;
	}
	return true;
}

static bool take_reply_field(void *self, struct part key, struct part value)
{
	struct os6_reply *reply = self;

	if (is_key(&key, "P"))
		return take_bytes(value, reply);
	if (is_key(&key, "ST"))
		return take_time(value, &reply->sent_us);
	if (is_key(&key, "RT"))
		return take_time(value, &reply->heard_us);
	return true;
}

static bool take_extra_field(void *self, struct part key, struct part value)
{
	struct os6_print *print = self;

	return !is_key(&key, "FL") || take_flow_label(value, &print->flow_label);
}

static void hide_addresses(struct os6_reply *reply)
{
	size_t begin, end;
	unsigned i;

	for (i = 0; os6_reply_addresses(reply, i, &begin, &end); i++)
		if (begin < reply->count)
			memset(reply->bytes + begin, 0,
			       (end < reply->count ? end : reply->count) - begin);
}

static int parse_reply(const struct os_print_cursor *in, struct os6_reply *reply)
{
	struct os6_reply read = {0};

	if (!each_field(in, take_reply_field, &read) || !read.count)
		return os_print_wrong(in, "the reply before this place cannot be read: bytes in "
					  "hexadecimal (P=), at most 1280, and times in seconds");
	read.seen = true;
	hide_addresses(&read);
	if (!reply->seen)
		*reply = read;
	return 0;
}

static int parse_test(const struct os_print_cursor *in, struct os6_print *print)
{
	const char *open = memchr(in->text, '(', in->bytes);
	int probe;

	if (!open)
		return os_print_wrong(in, "a ( is missing before this place");
	if (open - in->text == 5 && memcmp(in->text, "EXTRA", 5) == 0)
		return each_field(in, take_extra_field, print)
			       ? 0
			       : os_print_wrong(in, "EXTRA before this place makes no sense");
	probe = os6_probe_find(in->text, (size_t)(open - in->text));
	return probe < 0 ? 0 : parse_reply(in, &print->replies[probe]);
}

int os6_print_parse(const char *text, size_t bytes, struct os6_print *ret_print,
		    struct os_scan_line *ret_scan, bool *ret_has_scan, struct diag *diag)
{
	struct os_print_cursor in = os_print_cursor_of(text, bytes, OS6_PRINT_TEST_BYTES, diag);
	struct os_scan_line scan = {0};
	bool has_scan = false, any = false;
	int r;

	memset(ret_print, 0, sizeof(*ret_print));
	while ((r = os_print_take(&in)) > 0) {
		any = true;
		if (strncmp(in.text, "SCAN(", 5) == 0) {
			r = os_print_take_scan(&in, &scan);
			has_scan = true;
		} else {
			r = parse_test(&in, ret_print);
		}
		if (r < 0)
			break;
	}
	if (r < 0)
		return r;
	if (!any)
		return diag_set(diag, ERROR_NOT_FOUND,
				"there is no reply of a fingerprint, such as S1(...), in it");
	if (ret_scan && has_scan)
		*ret_scan = scan;
	if (ret_has_scan)
		*ret_has_scan = has_scan;
	return 0;
}
