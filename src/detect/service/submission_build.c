#include "detect/service/submission.h"

#include <string.h>

#define ANSWER_BYTES      900u
#define ANSWER_BYTES_MORE 1300u
#define TEXT_BYTES        2200u
#define TEXT_BYTES_MORE   10000u

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static void add_byte(uint8_t byte, bool digit_follows, struct buf *out)
{
	static const char named[] = "\r\n\t", names[] = "rnt";
	const char *name = byte ? strchr(named, byte) : NULL;

	if (!byte)
		buf_add_str(out, digit_follows ? "\\x00" : "\\0");
	else if (name)
		buf_addf(out, "\\%c", names[name - named]);
	else if (byte <= ' ' || byte > '~')
		buf_addf(out, "\\x%02x", byte);
	else if (!is_digit(byte) && !is_letter(byte) && strchr("\\?\"[]().*+$^|", byte))
		buf_addf(out, "\\%c", byte);
	else
		buf_add_char(out, (char)byte);
}

static void add_answer(const struct submission_answer *answer, size_t most, struct buf *out)
{
	size_t count = answer->bytes < most ? answer->bytes : most, i;

	buf_addf(out, "%%r(%s,%zX,\"", answer->probe, answer->total_bytes);
	for (i = 0; i < count; i++)
		add_byte(answer->response[i], i + 1 < count && is_digit(answer->response[i + 1]),
			 out);
	buf_add_str(out, "\")");
}

void submission_build(const struct submission *submission, bool more, struct buf *out)
{
	static const char *const transports[TRANSPORTS] = {"TCP", "UDP", "SCTP", "IP"};
	size_t begin = out->len, i;

	buf_addf(out, "SF-Port%u-%s:V=%s%s%%I=%d%%D=%u/%u%%Time=%llX%%P=%s", submission->port,
		 transports[submission->transport], submission->version,
		 submission->tls ? "%T=SSL" : "", submission->intensity, submission->month,
		 submission->day, (unsigned long long)submission->time_s, submission->platform);
	for (i = 0; i < submission->answers_count; i++)
		if (submission->answers[i].bytes &&
		    out->len - begin <= (more ? TEXT_BYTES_MORE : TEXT_BYTES))
			add_answer(&submission->answers[i], more ? ANSWER_BYTES_MORE : ANSWER_BYTES,
				   out);
	buf_add_char(out, ';');
}
