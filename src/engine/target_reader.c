#include "engine/target_reader.h"

#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

struct target_reader {
	char *path;
	int fd;
	bool regular, ended, in_comment;
	unsigned line;
	size_t at, filled;
	size_t word_bytes;
	char word[TARGET_EXPR_MAX + 1];
	char chunk[CHUNK_BYTES];
};

int target_reader_open(const char *path, struct target_reader **ret_reader, struct diag *diag)
{
	struct target_reader *reader = alloc_zero(sizeof(*reader));
	struct stat status;

	if (!reader || !(reader->path = alloc_strdup(path))) {
		alloc_free(reader);
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	}
	reader->line = 1;
	reader->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (reader->fd < 0) {
		diag_set(diag, ERROR_IO, "Failed to open the target list %.400s: %s.", path,
			 strerror(errno));
		alloc_free(reader->path);
		alloc_free(reader);
		return ERROR_IO;
	}
	reader->regular = fstat(reader->fd, &status) == 0 && S_ISREG(status.st_mode);
	*ret_reader = reader;
	return 0;
}

void target_reader_close(struct target_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd != STDIN_FILENO)
		close(reader->fd);
	alloc_free(reader->path);
	alloc_free(reader);
}

int target_reader_fd(const struct target_reader *reader)
{
	return reader->fd;
}

bool target_reader_is_regular(const struct target_reader *reader)
{
	return reader->regular;
}

static bool is_readable_now(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	/* An error or a hang-up counts: read() then tells which. */
	return poll(&poll_fd, 1, 0) != 0;
}

/* TARGET_READ_WORD: the chunk has bytes. */
static enum target_read refill(struct target_reader *reader, bool wait, struct diag *diag)
{
	ssize_t got;

	if (reader->at < reader->filled)
		return TARGET_READ_WORD;
	if (reader->ended)
		return TARGET_READ_END;
	for (;;) {
		if (!wait && !reader->regular && !is_readable_now(reader->fd))
			return TARGET_READ_LATER;
		got = read(reader->fd, reader->chunk, sizeof(reader->chunk));
		if (got >= 0 || errno != EINTR)
			break;
	}
	if (got < 0) {
		diag_set_at(diag, ERROR_IO, reader->line, 0, "Failed to read %.400s: %s.",
			    reader->path, strerror(errno));
		return TARGET_READ_FAILED;
	}
	reader->at = 0;
	reader->filled = (size_t)got;
	reader->ended = got == 0;
	return got ? TARGET_READ_WORD : TARGET_READ_END;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Takes bytes from the chunk; true when they complete a word. */
static bool take(struct target_reader *reader, bool *ret_too_long)
{
	while (reader->at < reader->filled) {
		char c = reader->chunk[reader->at++];
		bool word_ends = false;

		if (c == '\n') {
			reader->line++;
			word_ends = !reader->in_comment;
			reader->in_comment = false;
		} else if (reader->in_comment) {
			continue;
		} else if (c == '#') {
			reader->in_comment = true;
			word_ends = true;
		} else {
			word_ends = is_blank(c);
		}
		if (word_ends && reader->word_bytes)
			return true;
		if (word_ends || is_blank(c))
			continue;
		if (reader->word_bytes == TARGET_EXPR_MAX) {
			*ret_too_long = true;
			return true;
		}
		reader->word[reader->word_bytes++] = c;
	}
	return false;
}

enum target_read target_reader_next(struct target_reader *reader, bool wait, const char **ret_word,
				    struct diag *diag)
{
	bool too_long = false;
	enum target_read got;

	do
		got = refill(reader, wait, diag);
	while (got == TARGET_READ_WORD && !take(reader, &too_long));
	if (too_long) {
		diag_set_at(
			diag, ERROR_LIMIT, reader->line, 0,
			"A target in %.400s, line %u, is longer than %d bytes: separate targets "
			"by blanks or line ends.",
			reader->path, reader->line, TARGET_EXPR_MAX);
		return TARGET_READ_FAILED;
	}
	if (got == TARGET_READ_END && reader->word_bytes)
		got = TARGET_READ_WORD;
	if (got != TARGET_READ_WORD)
		return got;
	reader->word[reader->word_bytes] = '\0';
	reader->word_bytes = 0;
	*ret_word = reader->word;
	return TARGET_READ_WORD;
}
