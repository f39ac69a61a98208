/* Where a format writes: a file, standard output, or memory (tests, library).
 * A failed write is remembered; the scan goes on without this file. */
#ifndef PORTOLAN_REPORT_OUT_H
#define PORTOLAN_REPORT_OUT_H

#include "util/buf.h"
#include "util/diag.h"

#include <stdbool.h>
#include <time.h>

struct out;

struct out_owner {
	bool set; /* give the file to this user (the one who typed sudo) */
	unsigned uid, gid;
};

/* Opens (truncates, or appends). ERROR_IO / ERROR_PERMISSION, path and remedy in diag. */
int out_open_file(const char *path, bool append, const struct out_owner *owner,
		  struct out **ret_out, struct diag *diag);
/* Writes to a descriptor that stays the caller's. */
int out_open_fd(int fd, const char *name, struct out **ret_out);
/* Appends to a buffer of the caller's. */
int out_open_buf(struct buf *buf, struct out **ret_out);

/* Called before each write: a progress line on the same terminal can be taken
 * away. NULL: nothing is. */
void out_before_write(struct out *out, void (*before)(void *self), void *self);

/* Appends bytes, at once. An output is written either with tails or without. */
void out_write(struct out *out, const void *bytes, size_t count);
/* Appends a buffer; one that failed counts as an error of the output. */
void out_write_buf(struct out *out, const struct buf *bytes);
/* Appends bytes that are followed by `tail` until the next write takes the
 * tail's place: the file is a whole document at every instant, even between
 * two machine instructions and for a reader beside us. See out.c for how. On pipes only the bytes
 * are written; the tail follows at out_close(). */
void out_write_with_tail(struct out *out, const void *bytes, size_t count, const void *tail,
			 size_t tail_bytes);
void out_write_buf_with_tail(struct out *out, const struct buf *bytes, const void *tail,
			     size_t tail_bytes);
/* Before the first write to a file opened for appending: the document in it
 * goes on. Its tail, and an element like "<runstats>" right before it, are
 * taken back; a file that ends otherwise is left as it is. */
void out_reopen_document(struct out *out, const char *tail, const char *last_element);

/* 0, or the first error met (ERROR_IO), in words: "disk full" ... */
int out_error(const struct out *out, struct diag *ret_diag);
const char *out_name(const struct out *out);
/* Flushes and closes; gives out_error(). NULL is fine. */
int out_close(struct out *out, struct diag *ret_diag);

/* A file name with its % marks expanded by the rules of formats.md 1.2
 * (local time `when`). alloc_free() the result; NULL: memory. */
char *out_expand_name(const char *path, const struct tm *when);

#endif
