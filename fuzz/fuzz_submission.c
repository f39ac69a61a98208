/* Blocks of unrecognised services as people paste them. What was read is written, and
 * read again to the same. */
#include "detect/service/submission.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_same(const struct submission *a, const struct submission *b)
{
	size_t i, kept = 0;

	assert(a->port == b->port && a->transport == b->transport && a->tls == b->tls);
	assert(a->intensity == b->intensity && a->time_s == b->time_s);
	assert(strcmp(a->version, b->version) == 0 && strcmp(a->platform, b->platform) == 0);
	for (i = 0; i < a->answers_count && kept < b->answers_count; i++) {
		const struct submission_answer *was = &a->answers[i], *is = &b->answers[kept];

		if (!was->bytes)
			continue;
		assert(is->bytes <= was->bytes && is->total_bytes == was->total_bytes);
		assert(is->bytes == was->bytes || is->bytes == 1300);
		assert(memcmp(was->response, is->response, is->bytes) == 0);
		kept++;
	}
	assert(kept == b->answers_count);
}

static void write_and_read(struct arena *arena, const struct submission *submission)
{
	struct submission again;
	struct buf out = BUF_INIT;
	struct diag diag = {0};
	size_t taken;

	submission_build(submission, true, &out);
	assert(buf_ok(&out));
	assert(submission_parse(arena, (const char *)out.data, out.len, &again, &taken, &diag) ==
	       0);
	assert(taken == out.len);
	check_same(submission, &again);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct arena arena = ARENA_INIT;
	struct submission submission;
	struct diag diag = {0};
	const char *text = (const char *)data;
	size_t taken, rounds = 0;

	while (rounds++ < 16 &&
	       submission_parse(&arena, text, bytes, &submission, &taken, &diag) == 0) {
		assert(taken <= bytes && taken);
		write_and_read(&arena, &submission);
		text += taken;
		bytes -= taken;
	}
	arena_release(&arena);
	return 0;
}
