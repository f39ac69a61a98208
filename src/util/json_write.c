#include "util/json_write.h"

#include "util/text.h"

#include <string.h>
#include <time.h>

static void add_key(struct json_writer *json, const char *key)
{
	if (json->comma)
		buf_add_char(json->out, ',');
	json->comma = true;
	if (key)
		buf_addf(json->out, "\"%s\":", key);
}

static void open_with(struct json_writer *json, const char *key, char bracket)
{
	add_key(json, key);
	buf_add_char(json->out, bracket);
	json->comma = false;
}

static void close_with(struct json_writer *json, char bracket)
{
	buf_add_char(json->out, bracket);
	json->comma = true;
}

void json_write_object(struct json_writer *json, const char *key)
{
	open_with(json, key, '{');
}

void json_write_object_end(struct json_writer *json)
{
	close_with(json, '}');
}

void json_write_array(struct json_writer *json, const char *key)
{
	open_with(json, key, '[');
}

void json_write_array_end(struct json_writer *json)
{
	close_with(json, ']');
}

void json_write_uint(struct json_writer *json, const char *key, uint64_t value)
{
	add_key(json, key);
	buf_addf(json->out, "%llu", (unsigned long long)value);
}

void json_write_number(struct json_writer *json, const char *key, const char *number)
{
	add_key(json, key);
	buf_add_str(json->out, number);
}

void json_write_int(struct json_writer *json, const char *key, int64_t value)
{
	add_key(json, key);
	buf_addf(json->out, "%lld", (long long)value);
}

void json_write_bool(struct json_writer *json, const char *key, bool value)
{
	add_key(json, key);
	buf_add_str(json->out, value ? "true" : "false");
}

/* By hand, because printf() would use the locale's decimal point. */
void json_write_fixed(struct json_writer *json, const char *key, double value, int decimals)
{
	uint64_t scale = 1, scaled;
	bool negative = value < 0;

	for (int i = 0; i < decimals; i++)
		scale *= 10;
	scaled = (uint64_t)((negative ? -value : value) * (double)scale + 0.5);
	add_key(json, key);
	buf_addf(json->out, "%s%llu", negative && scaled ? "-" : "",
		 (unsigned long long)(scaled / scale));
	if (decimals)
		buf_addf(json->out, ".%0*llu", decimals, (unsigned long long)(scaled % scale));
}

void json_write_word(struct json_writer *json, const char *key, const char *word)
{
	add_key(json, key);
	buf_addf(json->out, "\"%s\"", word);
}

void json_write_word_begin(struct json_writer *json, const char *key)
{
	add_key(json, key);
	buf_add_char(json->out, '"');
}

void json_write_word_end(struct json_writer *json)
{
	buf_add_char(json->out, '"');
}

/* The length of the UTF-8 character at text[0]; 0 when it is none. */
static size_t character_at(const char *text, size_t left, uint32_t *ret_point)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;

	if (length > left || !text_is_utf8(text, length))
		return 0;
	*ret_point = length == 1 ? at[0] : at[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++)
		*ret_point = *ret_point << 6 | (at[i] & 0x3f);
	return length;
}

/* As text_add_safe() sees it, and the noncharacters some parsers trip over. */
static bool needs_escape(uint32_t point)
{
	return point < 0x20 || point == '"' || point == '\\' || (point >= 0x7f && point <= 0x9f) ||
	       point == 0x61c || (point >= 0x200e && point <= 0x200f) ||
	       (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
	       point == 0xfeff || (point >= 0xfff9 && point <= 0xfffb) ||
	       (point >= 0xe0000 && point <= 0xe007f);
}

static void add_escaped(struct buf *out, uint32_t point)
{
	if (point == '"' || point == '\\') {
		buf_addf(out, "\\%c", (char)point);
	} else if (point < 0x10000) {
		buf_addf(out, "\\u%04x", (unsigned)point);
	} else {
		point -= 0x10000;
		buf_addf(out, "\\u%04x\\u%04x", 0xd800u + (unsigned)(point >> 10),
			 0xdc00u + (unsigned)(point & 0x3ff));
	}
}

/* Gives false when some bytes were not UTF-8. */
static bool add_quoted(struct buf *out, const char *text, size_t bytes)
{
	bool whole = true;
	uint32_t point = 0;

	buf_add_char(out, '"');
	while (bytes) {
		size_t length = character_at(text, bytes, &point);

		if (!length) {
			buf_add_str(out, "\xef\xbf\xbd");
			whole = false;
			length = 1;
		} else if (needs_escape(point)) {
			add_escaped(out, point);
		} else {
			buf_add(out, text, length);
		}
		text += length;
		bytes -= length;
	}
	buf_add_char(out, '"');
	return whole;
}

static void add_base64(struct buf *out, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	for (size_t i = 0; i < count; i += 3) {
		size_t left = count - i;
		uint32_t three = (uint32_t)bytes[i] << 16 |
				 (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
				 (left > 2 ? bytes[i + 2] : 0);
		char four[4] = {digits[three >> 18], digits[three >> 12 & 63],
				left > 1 ? digits[three >> 6 & 63] : '=',
				left > 2 ? digits[three & 63] : '='};

		buf_add(out, four, sizeof(four));
	}
}

void json_write_text(struct json_writer *json, const char *key, const char *text)
{
	size_t bytes = strlen(text);

	add_key(json, key);
	if (add_quoted(json->out, text, bytes) || !key)
		return;
	buf_addf(json->out, ",\"%s_b64\":\"", key);
	add_base64(json->out, (const uint8_t *)text, bytes);
	buf_add_char(json->out, '"');
}

void json_write_base64(struct json_writer *json, const char *key, const void *bytes, size_t count)
{
	json_write_word_begin(json, key);
	add_base64(json->out, bytes, count);
	json_write_word_end(json);
}

void json_write_time(struct json_writer *json, const char *key, uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	struct tm utc = {0};

	add_key(json, key);
	gmtime_r(&seconds, &utc);
	buf_addf(json->out, "\"%04d-%02d-%02dT%02d:%02d:%02d.%03uZ\"", utc.tm_year + 1900,
		 utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		 (unsigned)(wall_ns / 1000000 % 1000));
}
