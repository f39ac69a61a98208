/* What is wrong with something a user wrote, in words that name the thing and
 * the remedy. Filled by parsers, spoken once by cli. */
#ifndef PORTOLAN_UTIL_DIAG_H
#define PORTOLAN_UTIL_DIAG_H

#include <stddef.h>

#define DIAG_TEXT_BYTES 640

struct diag {
	unsigned line;   /* 1-based; 0 when the thing has no lines */
	unsigned column; /* 1-based; 0 unknown */
	char text[DIAG_TEXT_BYTES];
};

/* Writes the text (cut to fit) and gives back `error`, so that a parser can
 * say `return diag_set(diag, ERROR_SYNTAX, "...", ...)`. diag may be NULL. */
int diag_set(struct diag *diag, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with a place in the input. */
int diag_set_at(struct diag *diag, int error, unsigned line, unsigned column, const char *format,
		...) __attribute__((format(printf, 5, 6)));

#endif
