#include "detect/service/draft.h"

#include <string.h>

#define TEXT_BYTES   64 /* of a line of text that become the pattern */
#define BINARY_BYTES 16
#define LINE_LEAST   4 /* a shorter first line says too little */
#define LONG_NUMBER  5 /* digits: a time, a process, a session */

/* Part of the response. */
struct part {
	size_t begin, end;
};

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* What the capture below takes after its first digit. */
static bool is_version_byte(uint8_t byte)
{
	return is_digit(byte) || is_letter(byte) || (byte && strchr("_.+~", byte));
}

static bool is_text(const uint8_t *response, size_t bytes)
{
	size_t i, least = bytes < BINARY_BYTES ? bytes : BINARY_BYTES;

	for (i = 0; i < least; i++)
		if ((response[i] < ' ' && !strchr("\r\n\t", response[i])) || !response[i] ||
		    response[i] > '~')
			return false;
	return true;
}

/* How much of it becomes the pattern: of texts the first line. */
static size_t pattern_end(const uint8_t *response, size_t bytes)
{
	size_t most = is_text(response, bytes) ? TEXT_BYTES : BINARY_BYTES;
	const uint8_t *line =
		bytes > LINE_LEAST ? memchr(response + LINE_LEAST, '\n', bytes - LINE_LEAST) : NULL;

	if (most > bytes)
		most = bytes;
	if (most != BINARY_BYTES && line && (size_t)(line - response) + 1 < most)
		return (size_t)(line - response) + 1;
	return most;
}

/* Does something like 9.2p1 begin here? */
static bool version_at(const uint8_t *response, size_t bytes, size_t at, struct part *ret_version)
{
	size_t end = at;
	bool dot = false;

	if (!is_digit(response[at]) || (at && is_digit(response[at - 1])) ||
	    (at && response[at - 1] == '.'))
		return false;
	for (; end < bytes && is_version_byte(response[end]); end++)
		dot |= response[end] == '.' && end + 1 < bytes && is_digit(response[end + 1]);
	while (end > at && strchr("_.+~", response[end - 1]))
		end--;
	*ret_version = (struct part){at, end};
	return dot && end - at <= SERVICE_VERSION_MAX;
}

/* The word before a version: nginx of nginx/1.2, OpenSSH of OpenSSH_9.2. */
static struct part word_before(const uint8_t *response, size_t at)
{
	size_t begin, end = at;

	if (end > 1 && (response[end - 1] | 0x20) == 'v' && !is_letter(response[end - 2]))
		end--;
	if (end && strchr("/_- ", response[end - 1]))
		end--;
	for (begin = end; begin && is_letter(response[begin - 1]); begin--)
		;
	return (struct part){begin, end};
}

/* The first version in sight; but what follows the very first word is mostly that of the
 * protocol (SSH-2.0, HTTP/1.1), so a later one goes before it. */
static bool find_version(const uint8_t *response, size_t bytes, size_t most,
			 struct part *ret_version)
{
	struct part version;
	bool found = false;
	size_t at;

	for (at = 0; at < most; at++) {
		if (!version_at(response, bytes, at, &version))
			continue;
		*ret_version = version;
		if (word_before(response, at).begin)
			return true;
		found = true;
		at = version.end;
	}
	return found;
}

static void add_escaped(uint8_t byte, struct buf *out)
{
	static const char named[] = "\r\n\t", names[] = "rnt";
	const char *name = byte ? strchr(named, byte) : NULL;

	if (name)
		buf_addf(out, "\\%c", names[name - named]);
	else if (byte < ' ' || byte > '~' || byte == '|') /* it delimits the pattern */
		buf_addf(out, "\\x%02x", byte);
	else if (is_digit(byte) || is_letter(byte) || strchr(" _-/:;,=<>@%&!~'\"`#", byte))
		buf_add_char(out, (char)byte);
	else
		buf_addf(out, "\\%c", byte);
}

static size_t digits_at(const uint8_t *response, size_t bytes, size_t at)
{
	size_t end = at;

	while (end < bytes && is_digit(response[end]))
		end++;
	return end - at;
}

static void add_pattern(const uint8_t *response, size_t bytes, size_t most,
			const struct part *version, struct buf *out)
{
	size_t at = 0, digits;

	buf_add_char(out, '^');
	while (at < most) {
		digits = digits_at(response, bytes, at);
		if (version->end > at && version->begin == at) {
			buf_add_str(out, "(\\d[\\w.+~]*)");
			at = version->end;
		} else if (digits >= LONG_NUMBER) {
			buf_add_str(out, "\\d+");
			at += digits;
		} else {
			add_escaped(response[at++], out);
		}
	}
}

static void copy_part(const uint8_t *response, struct part part, size_t most, char *ret_text)
{
	size_t count = part.end - part.begin < most ? part.end - part.begin : most;

	memcpy(ret_text, response + part.begin, count);
	ret_text[count] = '\0';
}

void draft_match(const char *service, const uint8_t *response, size_t bytes, struct buf *out,
		 struct draft *ret_draft)
{
	size_t most = pattern_end(response, bytes);
	struct part version = {0, 0}, word = {0, 0};

	if (find_version(response, bytes, most, &version))
		word = word_before(response, version.begin);
	copy_part(response, version, SERVICE_VERSION_MAX, ret_draft->version);
	copy_part(response, word, SERVICE_PRODUCT_MAX, ret_draft->product);
	buf_addf(out, "match %s m|", service);
	add_pattern(response, bytes, most, &version, out);
	buf_add_char(out, '|');
	if (*ret_draft->product)
		buf_addf(out, " p/%s/", ret_draft->product);
	if (*ret_draft->version)
		buf_add_str(out, " v/$1/");
	buf_add_char(out, '\n');
}

void draft_probe(const char *transport, const char *name, const uint8_t *sent, size_t bytes,
		 struct buf *out)
{
	size_t i;

	buf_addf(out, "Probe %s %s q|", transport, name);
	for (i = 0; i < bytes; i++) {
		if (sent[i] == '\r' || sent[i] == '\n' || sent[i] == '\t')
			buf_addf(out, "\\%c", sent[i] == '\r' ? 'r' : sent[i] == '\n' ? 'n' : 't');
		else if (sent[i] == '\\')
			buf_add_str(out, "\\\\");
		else if (sent[i] < ' ' || sent[i] > '~' || sent[i] == '|')
			buf_addf(out, "\\x%02x", sent[i]);
		else
			buf_add_char(out, (char)sent[i]);
	}
	buf_add_str(out, "|\n");
}
