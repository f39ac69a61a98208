/* Reads a block as people paste it. A blank is never part of it (it is written
 * \x20), so blanks are passed over wherever they stand, and a line end followed by
 * "SF:" is only a fold. Any other line end ends the block. */
#include "detect/service/submission.h"
#include "util/error.h"

#include <string.h>

#define NONE        (-1)
#define NUMBER_MOST 0xffffffffffffull
#define NAME_BYTES  80u

static const char opening[] = "SF-Port";

struct cursor {
	const char *at, *end, *line_begin;
	unsigned line;
	struct diag *diag;
	struct arena *arena;
	char *room; /* for what is unescaped: as long as the block */
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Passes over blanks and folds; at the block's end it stays on the line end. */
static void settle(struct cursor *in)
{
	static const char fold[] = "SF:";

	for (;;) {
		const char *next = in->at + 1;

		if (in->at < in->end && is_blank(*in->at)) {
			in->at++;
			continue;
		}
		if (in->at == in->end || *in->at != '\n')
			return;
		while (next < in->end && is_blank(*next))
			next++;
		if ((size_t)(in->end - next) < strlen(fold) ||
		    memcmp(next, fold, strlen(fold)) != 0)
			return;
		in->line++;
		in->line_begin = in->at + 1;
		in->at = next + strlen(fold);
	}
}

static int peek(struct cursor *in)
{
	settle(in);
	return in->at < in->end && *in->at != '\n' ? (uint8_t)*in->at : NONE;
}

static int take(struct cursor *in)
{
	int byte = peek(in);

	if (byte != NONE)
		in->at++;
	return byte;
}

static int wrong(const struct cursor *in, const char *words)
{
	return diag_set_at(in->diag, ERROR_SYNTAX, in->line,
			   (unsigned)(in->at - in->line_begin) + 1,
			   "line %u, column %u of the block: %s", in->line,
			   (unsigned)(in->at - in->line_begin) + 1, words);
}

static bool take_text(struct cursor *in, const char *text)
{
	struct cursor back = *in;

	for (; *text; text++)
		if (take(in) != *text) {
			*in = back;
			return false;
		}
	return true;
}

static int digit_of(int byte, unsigned base)
{
	int lower = byte | 0x20;

	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (base == 16 && lower >= 'a' && lower <= 'f')
		return lower - 'a' + 10;
	return NONE;
}

static bool take_number(struct cursor *in, unsigned base, uint64_t *ret_value)
{
	uint64_t value = 0;
	size_t digits = 0;

	for (; digit_of(peek(in), base) != NONE; digits++) {
		value = value * base + (unsigned)digit_of(take(in), base);
		if (value > NUMBER_MOST)
			return false;
	}
	*ret_value = value;
	return digits > 0;
}

/* Up to, and without, one of the stops. */
static const char *take_word(struct cursor *in, const char *stops)
{
	char word[NAME_BYTES];
	size_t count = 0;
	int byte;

	while ((byte = peek(in)) != NONE && !strchr(stops, byte)) {
		if (count < sizeof(word) - 1)
			word[count++] = (char)byte;
		(void)take(in);
	}
	word[count] = '\0';
	return arena_strdup(in->arena, word);
}

static int parse_transport(struct cursor *in, enum transport *ret_transport)
{
	static const struct {
		const char *name;
		enum transport transport;
	} names[] = {{"TCP", TRANSPORT_TCP}, {"UDP", TRANSPORT_UDP}, {"SCTP", TRANSPORT_SCTP}};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (take_text(in, names[i].name)) {
			*ret_transport = names[i].transport;
			return 0;
		}
	return wrong(in, "TCP, UDP or SCTP should stand behind the port");
}

static int parse_place(struct cursor *in, struct submission *submission)
{
	uint64_t port;
	int r;

	if (!take_text(in, opening) || !take_number(in, 10, &port) || port > UINT16_MAX)
		return wrong(in, "a port from 0 to 65535 should stand behind SF-Port");
	submission->port = (uint16_t)port;
	if (!take_text(in, "-"))
		return wrong(in, "- and the transport should stand behind the port");
	if ((r = parse_transport(in, &submission->transport)) < 0)
		return r;
	return take_text(in, ":") ? 0 : wrong(in, ": should stand behind the transport");
}

static int parse_date(struct cursor *in, struct submission *submission)
{
	uint64_t month, day;

	if (!take_number(in, 10, &month) || !take_text(in, "/") || !take_number(in, 10, &day) ||
	    month > 12 || day > 31)
		return wrong(in, "D= has a month, / and a day");
	submission->month = (unsigned)month;
	submission->day = (unsigned)day;
	return 0;
}

static int keep_word(struct cursor *in, const char **ret_word)
{
	const char *word = take_word(in, "%;");

	if (!word)
		return ERROR_MEMORY;
	if (ret_word)
		*ret_word = word;
	return 0;
}

/* KEY=VALUE; keys that nobody knows are passed over. */
static int parse_field(struct cursor *in, struct submission *submission)
{
	const char *key = take_word(in, "=%;"), *value = NULL;
	uint64_t number;
	int r;

	if (!key)
		return ERROR_MEMORY;
	if (!take_text(in, "="))
		return wrong(in, "KEY=VALUE should stand here");
	if (strcmp(key, "D") == 0)
		return parse_date(in, submission);
	if (strcmp(key, "I") == 0 || strcmp(key, "Time") == 0) {
		if (!take_number(in, *key == 'I' ? 10 : 16, &number) || (*key == 'I' && number > 9))
			return wrong(in, *key == 'I' ? "I= has the intensity, from 0 to 9"
						     : "Time= has a hexadecimal number");
		if (*key == 'I')
			submission->intensity = (int)number;
		else
			submission->time_s = number;
		return 0;
	}
	if ((r = keep_word(in, &value)) < 0)
		return r;
	if (strcmp(key, "V") == 0)
		submission->version = value;
	else if (strcmp(key, "P") == 0)
		submission->platform = value;
	else if (strcmp(key, "T") == 0)
		submission->tls = true;
	return 0;
}

/* What stands behind a backslash. */
static int take_escape(struct cursor *in)
{
	static const char letters[] = "0rnt", bytes[] = "\0\r\n\t";
	int byte = take(in), high, low;
	const char *found;

	if (byte == 'x') {
		high = digit_of(take(in), 16);
		low = digit_of(take(in), 16);
		return high == NONE || low == NONE ? NONE : high << 4 | low;
	}
	found = byte > 0 ? strchr(letters, byte) : NULL;
	if (found)
		return (uint8_t)bytes[found - letters];
	return digit_of(byte, 10) == NONE &&
			       (byte < 'A' || (byte > 'Z' && byte < 'a') || byte > 'z')
		       ? byte
		       : NONE;
}

static int parse_response(struct cursor *in, struct submission_answer *answer)
{
	char *out = in->room;
	int byte;

	while ((byte = take(in)) != '"') {
		if (byte == NONE)
			return wrong(in, "the block is cut here: the quote that ends a response is "
					 "missing; paste it with all of its lines");
		if (byte == '\\' && (byte = take_escape(in)) == NONE)
			return wrong(in, "no such escape: 0 r n t, x and two hexadecimal digits, "
					 "or a mark may stand behind a backslash");
		*out++ = (char)byte;
	}
	answer->response = (const uint8_t *)in->room;
	answer->bytes = (size_t)(out - in->room);
	in->room = out;
	return 0;
}

/* r(NAME,HEX,"...") */
static int parse_answer(struct cursor *in, struct submission_answer *answer)
{
	uint64_t total;
	int r;

	if (!(answer->probe = take_word(in, ",)\"%;")))
		return ERROR_MEMORY;
	if (!*answer->probe || !take_text(in, ",") || !take_number(in, 16, &total) ||
	    !take_text(in, ",\""))
		return wrong(in, "a probe's name, a hexadecimal count and a quote should stand "
				 "here, as in %r(NULL,1F,\"...\")");
	if ((r = parse_response(in, answer)) < 0)
		return r;
	answer->total_bytes = total > answer->bytes ? (size_t)total : answer->bytes;
	return take_text(in, ")") ? 0 : wrong(in, ") should stand behind the quote");
}

static int parse_parts(struct cursor *in, struct submission *submission,
		       struct submission_answer *answers)
{
	int r = parse_field(in, submission);

	while (r == 0 && take_text(in, "%")) {
		if (!take_text(in, "r(")) {
			r = parse_field(in, submission);
			continue;
		}
		if (submission->answers_count == SUBMISSION_ANSWERS_MAX)
			return diag_set_at(in->diag, ERROR_LIMIT, in->line, 0,
					   "a block has at most %d responses",
					   SUBMISSION_ANSWERS_MAX);
		r = parse_answer(in, &answers[submission->answers_count]);
		submission->answers_count += r == 0;
	}
	if (r < 0 || take_text(in, ";"))
		return r;
	return wrong(in, "the block is cut here: ; is missing; paste it with all of its lines");
}

/* Where the next block begins, or NULL. Lines before it are counted. */
static const char *find_block(struct cursor *in)
{
	const char *found = memmem(in->at, (size_t)(in->end - in->at), opening, strlen(opening));

	for (; found && in->at < found; in->at++)
		if (*in->at == '\n') {
			in->line++;
			in->line_begin = in->at + 1;
		}
	return found;
}

static int parse_block(struct cursor *in, struct submission *submission)
{
	struct submission_answer *answers =
		arena_alloc(in->arena, SUBMISSION_ANSWERS_MAX * sizeof(*answers));
	size_t left = (size_t)(in->end - in->at);
	int r;

	if (left > SUBMISSION_BYTES_MAX)
		in->end = in->at + SUBMISSION_BYTES_MAX;
	in->room = arena_alloc(in->arena, (size_t)(in->end - in->at));
	if (!answers || !in->room)
		return ERROR_MEMORY;
	submission->answers = answers;
	r = parse_place(in, submission);
	return r < 0 ? r : parse_parts(in, submission, answers);
}

int submission_parse(struct arena *arena, const char *text, size_t bytes,
		     struct submission *ret_submission, size_t *ret_taken, struct diag *diag)
{
	struct cursor in = {.at = text,
			    .end = text + bytes,
			    .line_begin = text,
			    .line = 1,
			    .diag = diag,
			    .arena = arena};
	struct submission submission = {.version = "", .platform = ""};
	int r;

	if (!bytes || !find_block(&in))
		return diag_set(diag, ERROR_NOT_FOUND,
				"there is no block that begins with SF-Port in it");
	r = parse_block(&in, &submission);
	if (r < 0)
		return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
	*ret_submission = submission;
	*ret_taken = (size_t)(in.at - text);
	return 0;
}
