/* Arguments as one line of text, and back: the command line echo of logs
 * (formats.md 1.3) and the environment's arguments (features.md CL-10). */
#ifndef PORTOLAN_API_WORDS_H
#define PORTOLAN_API_WORDS_H

#include "api/settings.h"
#include "util/buf.h"

struct words {
	struct text_list list; /* the words, in `memory` */
	char *memory;
};

void words_release(struct words *words);

/* White space parts words; one that begins with ' or " runs to the next of
 * its kind. ERROR_SYNTAX: no such next one. ERROR_MEMORY. */
int words_split_quoted(const char *text, struct words *ret_words);

/* Undoes words_echo() exactly, empty words included. ERROR_MEMORY. */
int words_split_echo(const char *text, struct words *ret_words);

/* Words joined by a space, in double quotes when they hold white space, with a
 * backslash before every " and \. */
void words_echo(const char *const *words, size_t count, struct buf *out);

#endif
