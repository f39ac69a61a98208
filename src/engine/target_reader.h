/* Reads the words of -iL and --excludefile lists: separated by blanks, '#' to
 * the end of the line is a comment (TS-08). The file is read in chunks; a list
 * of any length costs the same memory. */
#ifndef PORTOLAN_ENGINE_TARGET_READER_H
#define PORTOLAN_ENGINE_TARGET_READER_H

#include "engine/target_expr.h"
#include "util/diag.h"

#include <stdbool.h>

enum target_read {
	TARGET_READ_WORD,
	TARGET_READ_LATER, /* a pipe or terminal has nothing right now */
	TARGET_READ_END,
	TARGET_READ_FAILED /* diag says why; reading on is no use */
};

struct target_reader;

/* "-" is standard input. ERROR_IO (diag names the file); ERROR_MEMORY. */
int target_reader_open(const char *path, struct target_reader **ret_reader, struct diag *diag);
void target_reader_close(struct target_reader *reader); /* NULL is fine */

/* The next word, terminated, until the next call. With wait, blocks instead of
 * TARGET_READ_LATER. */
enum target_read target_reader_next(struct target_reader *reader, bool wait, const char **ret_word,
				    struct diag *diag);
/* To watch for more after TARGET_READ_LATER. */
int target_reader_fd(const struct target_reader *reader);
/* A file that can be read twice without harm. */
bool target_reader_is_regular(const struct target_reader *reader);

#endif
