#include "api/resume.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_MIN_BYTES  20
#define LOG_MAX_BYTES  ((size_t)1 << 30)
#define LINE_MAX_BYTES ((size_t)1 << 20)

/* ---- reading ---- */

static int read_file(FILE *file, const char *path, struct buf *out, struct diag *diag)
{
	size_t got;

	do {
		if (out->len >= LOG_MAX_BYTES)
			return diag_set(
				diag, ERROR_LIMIT,
				"%.400s is larger than 1 GiB; scan what is missing in a new run",
				path);
		if (!buf_reserve(out, 1 << 16))
			return diag_set(diag, ERROR_MEMORY, "out of memory");
		got = fread(out->data + out->len, 1, 1 << 16, file);
		out->len += got;
	} while (got);
	if (ferror(file))
		return diag_set(diag, ERROR_IO, "reading %.400s: %s", path, strerror(errno));
	if (out->len < LOG_MIN_BYTES)
		return diag_set(diag, ERROR_CORRUPT, "%.400s is too short to be the log of a scan",
				path);
	return 0;
}

int resume_read(const char *path, char **ret_text, size_t *ret_bytes, struct diag *diag)
{
	struct buf out = BUF_INIT;
	FILE *file = fopen(path, "rbe");
	size_t bytes;
	char *text;
	int r;

	if (!file)
		return diag_set(diag, ERROR_IO, "--resume cannot read %.400s: %s", path,
				strerror(errno));
	r = read_file(file, path, &out, diag);
	fclose(file);
	bytes = out.len;
	if (r == 0 && !(text = buf_detach(&out)))
		r = diag_set(diag, ERROR_MEMORY, "out of memory");
	if (r == 0) {
		*ret_text = text;
		*ret_bytes = bytes;
	}
	buf_release(&out);
	return r;
}

/* ---- the arguments ---- */

/* "&amp;" and kin, in place; what is no entity stays. */
struct entity {
	const char *name;
	char byte;
};

static const struct entity entities[] = {
	{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''},
};

/* "&#45;" or "&#x2d;": its length, or 0. */
static size_t numeric_entity(const char *at, char *ret_byte)
{
	bool hex = !strncmp(at, "&#x", 3) || !strncmp(at, "&#X", 3);
	const char *digits = at + (hex ? 3 : 2), *end = digits;
	unsigned value = 0;

	if (strncmp(at, "&#", 2))
		return 0;
	for (; *end && strchr(hex ? "0123456789abcdefABCDEF" : "0123456789", *end); end++) {
		unsigned digit =
			*end <= '9' ? (unsigned)(*end - '0') : (unsigned)((*end | 32) - 'a') + 10;

		value = value * (hex ? 16 : 10) + digit;
		if (value > 255)
			return 0;
	}
	if (end == digits || *end != ';' || !value)
		return 0;
	*ret_byte = (char)value;
	return (size_t)(end + 1 - at);
}

static size_t entity_at(const char *at, char *ret_byte)
{
	size_t i;

	for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (!strncmp(at, entities[i].name, strlen(entities[i].name))) {
			*ret_byte = entities[i].byte;
			return strlen(entities[i].name);
		}
	return numeric_entity(at, ret_byte);
}

static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		char byte = *text;
		size_t bytes = entity_at(text, &byte);

		*to++ = byte;
		text += bytes ? bytes : 1;
	}
	*to = 0;
}

/* The echo behind the first " as: ", to the end of its line or comment. */
static char *find_echo(const char *text, size_t bytes)
{
	static const char words[] = " as: ";
	const char *at = memmem(text, bytes, words, sizeof(words) - 1), *end, *comment;
	char *echo;

	if (!at)
		return NULL;
	at += sizeof(words) - 1;
	end = memchr(at, '\n', bytes - (size_t)(at - text));
	if (!end)
		end = text + bytes;
	if ((size_t)(end - at) > LINE_MAX_BYTES)
		return NULL;
	if (end > at && end[-1] == '\r')
		end--;
	comment = memmem(at, (size_t)(end - at), "-->", 3);
	if (comment)
		end = comment > at && comment[-1] == ' ' ? comment - 1 : comment;
	echo = alloc_strndup(at, (size_t)(end - at));
	if (echo && comment)
		unescape(echo);
	return echo;
}

int resume_arguments(const char *text, size_t bytes, struct words *ret_words, struct diag *diag)
{
	char *echo = find_echo(text, bytes);
	struct words words = {0};
	int r;

	if (!echo)
		return diag_set(
			diag, ERROR_CORRUPT,
			"the log does not say how its scan was started; --resume needs a file "
			"written by -oN, -oG or -oX");
	r = words_split_echo(echo, &words);
	alloc_free(echo);
	if (r < 0)
		return diag_set(diag, r, "out of memory");
	if (words.list.count < 2) {
		words_release(&words);
		return diag_set(
			diag, ERROR_CORRUPT,
			"the log says that its scan was started without arguments, so there is "
			"nothing to go on with");
	}
	/* The program's name goes; its text stays in the memory of the words. */
	words.list.count--;
	memmove(words.list.items, words.list.items + 1,
		words.list.count * sizeof(*words.list.items));
	*ret_words = words;
	return 0;
}

/* ---- the hosts ---- */

bool resume_is_journal(const char *from)
{
	return *from && strspn(from, "0123456789") == strlen(from) && strlen(from) < 18 &&
	       access(from, F_OK) != 0;
}

int resume_log_hosts(const struct plan *plan, struct addrset *done, struct diag *diag)
{
	char *text = NULL;
	size_t bytes = 0;
	int r = resume_read(plan->resume_from, &text, &bytes, diag);

	if (r == 0 && (r = resume_finished(text, bytes, plan->port_scan, done)) < 0)
		diag_set(diag, r, "out of memory");
	alloc_free(text);
	return r;
}

int resume_done_hosts(const struct plan *plan, struct addrset **ret_done, struct diag *diag)
{
	struct addrset *done = addrset_new();
	int r;

	if (!done)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	if (resume_is_journal(plan->resume_from))
		r = resume_journal_hosts(plan, done, diag);
	else
		r = resume_log_hosts(plan, done, diag);
	if (r < 0)
		addrset_free(done);
	else
		*ret_done = done;
	return r;
}
