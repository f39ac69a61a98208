/* Grows a document in a file so that the file is a whole document at every
 * instant: see out_tail.c. Knows offsets and bytes, and writes through two
 * functions, so that a test can stop between any two of their pieces. */
#ifndef PORTOLAN_REPORT_OUT_TAIL_H
#define PORTOLAN_REPORT_OUT_TAIL_H

#include "util/buf.h"

#include <stdint.h>

/* Each returns 0 or an errno value. */
struct out_tail_file {
	void *self;
	/* All of it; may be stopped for good at any multiple of 4096. */
	int (*pwrite)(void *self, const void *bytes, size_t count, uint64_t offset);
	int (*truncate)(void *self, uint64_t bytes);
};

struct out_tail {
	struct out_tail_file file;
	uint64_t content_end; /* where the tail in the file begins */
	uint64_t close_at;    /* where the end of the reserve is: "?>", or "<?z?>" */
	size_t close_bytes;   /* of that end */
	size_t tail_bytes;    /* of the tail in the file, opener of the reserve not counted */
	bool begun;
	struct buf scratch;
};

/* `content_end` is the file's end: the document grows from there. */
void out_tail_init(struct out_tail *tail, const struct out_tail_file *file, uint64_t content_end);
void out_tail_release(struct out_tail *tail);

/* Adds `chunk`, to be followed by `text` until the next call. Later chunks
 * must not hold "?>". 0 or errno; after an error the file is as before. */
int out_tail_append(struct out_tail *tail, const void *chunk, size_t chunk_bytes, const void *text,
		    size_t text_bytes);
/* Instead of a first chunk: the document goes on in a file that ends, from the
 * `content_end` given to out_tail_init() up to `end`, with an old tail. */
int out_tail_reopen(struct out_tail *tail, uint64_t end, const void *text, size_t text_bytes);
/* Takes the reserve away; the document then ends with its tail. */
int out_tail_finish(struct out_tail *tail);

#endif
