/* The block that tells what an unrecognised service answered (formats.md 2.9,
 * "SF-Port22-TCP:V=..."): built when a scan ends, read by `portolan learn`.
 * Knows bytes and texts, no signature. */
#ifndef PORTOLAN_DETECT_SERVICE_SUBMISSION_H
#define PORTOLAN_DETECT_SERVICE_SUBMISSION_H

#include "net/transport.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/diag.h"

#include <stdbool.h>
#include <stdint.h>

#define SUBMISSION_ANSWERS_MAX 256
#define SUBMISSION_BYTES_MAX   (1u << 20) /* of a block that is read */

/* What one probe got. */
struct submission_answer {
	const char *probe;       /* "GetRequest" */
	const uint8_t *response; /* its beginning */
	size_t bytes;            /* that are at `response` */
	size_t total_bytes;      /* of the whole response */
};

/* All that a block says. Texts that were not there are "" after reading. */
struct submission {
	enum transport transport; /* TCP, UDP or SCTP */
	uint16_t port;
	bool tls;
	int intensity;
	unsigned month, day;
	uint64_t time_s;      /* since 1970 */
	const char *version;  /* of the program: "0.1.0" */
	const char *platform; /* "x86_64-linux" */
	const struct submission_answer *answers;
	size_t answers_count;
};

/* Adds the block as one line, its ";" included, unwrapped and without a line end. Of each
 * answer at most 900 bytes, and none any more once the text has 2,200; `more` (-d): 1,300
 * and 10,000. Answers without a byte are left out. buf_ok(out) tells whether memory sufficed. */
void submission_build(const struct submission *submission, bool more, struct buf *out);

/* Reads the first block in the text, wrapped or not, with or without "SF:" before
 * continued lines. *ret_taken: where the text goes on behind it. Everything is the
 * arena's. ERROR_NOT_FOUND: no block is there (any more); ERROR_SYNTAX with line (of
 * this text), column and words; ERROR_LIMIT; ERROR_MEMORY. */
int submission_parse(struct arena *arena, const char *text, size_t bytes,
		     struct submission *ret_submission, size_t *ret_taken, struct diag *diag);

#endif
