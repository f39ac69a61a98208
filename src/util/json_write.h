/* Writes JSON (RFC 8259) on one line into a buffer, value by value. Strings
 * come from strangers: whatever the bytes, the result is valid JSON in valid
 * UTF-8 that a terminal may show, and no byte is lost. Knows no schema. */
#ifndef PORTOLAN_UTIL_JSON_WRITE_H
#define PORTOLAN_UTIL_JSON_WRITE_H

#include "util/buf.h"

struct json_writer {
	struct buf *out;
	bool comma; /* a value came before in this object or array */
};

static inline struct json_writer json_write_on(struct buf *out)
{
	return (struct json_writer){out, false};
}

/* `key` is NULL for values of an array (and the outermost); it is ours, plain ASCII. */
void json_write_object(struct json_writer *json, const char *key);
void json_write_object_end(struct json_writer *json);
void json_write_array(struct json_writer *json, const char *key);
void json_write_array_end(struct json_writer *json);
void json_write_uint(struct json_writer *json, const char *key, uint64_t value);
void json_write_int(struct json_writer *json, const char *key, int64_t value);
/* A number in JSON's own words: "-1.5e+10". */
void json_write_number(struct json_writer *json, const char *key, const char *number);
void json_write_bool(struct json_writer *json, const char *key, bool value);
/* `decimals` digits behind the point, whatever the locale. Finite values below 10^15. */
void json_write_fixed(struct json_writer *json, const char *key, double value, int decimals);
/* A word of ours: plain ASCII without quotes. */
void json_write_word(struct json_writer *json, const char *key, const char *word);
/* The same, added piece by piece to the buffer between the two calls. */
void json_write_word_begin(struct json_writer *json, const char *key);
void json_write_word_end(struct json_writer *json);
/* A stranger's text. What a terminal could obey (controls, bidi marks ...) is
 * written as \uXXXX. Bytes that are not UTF-8 are each shown as U+FFFD, and
 * then, where there is a key, "<key>_b64" follows with all the bytes in base64. */
void json_write_text(struct json_writer *json, const char *key, const char *text);
/* Bytes in base64 (RFC 4648, 4). */
void json_write_base64(struct json_writer *json, const char *key, const void *bytes, size_t count);
/* 2026-11-20T23:24:59.123Z */
void json_write_time(struct json_writer *json, const char *key, uint64_t wall_ns);

#endif
