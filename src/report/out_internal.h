/* What the kinds of output (out.c, out_file.c) share; nobody else includes it. */
#ifndef PORTOLAN_REPORT_OUT_INTERNAL_H
#define PORTOLAN_REPORT_OUT_INTERNAL_H

#include "report/out.h"

#include <stdbool.h>
#include <stddef.h>

/* Each returns 0 or an errno value. */
struct out_ops {
	int (*write)(struct out *out, const void *bytes, size_t count);
	/* NULL: nothing can be taken back here; the tail is written at the end. */
	int (*write_with_tail)(struct out *out, const void *bytes, size_t count, const void *tail,
			       size_t tail_bytes);
	/* NULL: there is nothing to go back to. */
	int (*reopen)(struct out *out, const char *tail, const char *last_element);
	int (*close)(struct out *out); /* may be NULL */
	void (*free)(struct out *out);
};

/* Every kind begins with this. */
struct out {
	void (*before)(void *self); /* out_before_write() */
	void *before_self;
	const struct out_ops *ops;
	char *name;
	struct buf tail;  /* what out_close() still owes a stream */
	int system_error; /* the first errno; after it nothing is written */
	bool memory_short;
};

/* Opens `out` under a copy of `name`; false when memory is short. */
bool out_init(struct out *out, const struct out_ops *ops, const char *name);

/* All of it, through interruptions and full pipes; 0 or errno. */
int out_fd_write(int fd, const void *bytes, size_t count);

/* Where the ending of a document begins in the last `count` bytes of a file:
 * its tail with what a killed run left behind it, and before that an element
 * `last_element` ("<runstats>"), if there is one. `count` when the text does
 * not end so. */
size_t out_find_ending(const char *text, size_t count, const char *tail, const char *last_element);

#endif
