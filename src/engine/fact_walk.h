/* Facts of several levels copied into one block of memory, which may be moved: one
 * walk over everything that they point to counts the bytes, copies, or sets the pointers
 * right after a move. Whoever knows the facts writes the walk (system_copy.c, path_copy.c);
 * this knows texts and arrays. */
#ifndef PORTOLAN_ENGINE_FACT_WALK_H
#define PORTOLAN_ENGINE_FACT_WALK_H

#include <stddef.h>
#include <stdint.h>

#define FACT_BLOCK_ALIGN 8u

enum fact_walk_kind {
	FACT_COUNT, /* changes nothing */
	FACT_COPY,  /* what is walked is in the block; what it points to is not yet */
	FACT_MOVE,  /* all is in the block, but points to where the block was */
};

struct fact_walk {
	enum fact_walk_kind kind;
	uint8_t *block;  /* FACT_COPY: aligned to 8 */
	size_t used;     /* bytes of the block so far */
	uintptr_t shift; /* FACT_MOVE: where it is less where it was */
};

/* A text, cut at `most` bytes; NULL stays NULL. */
void fact_walk_text(struct fact_walk *walk, const char **text, size_t most);
/* The array that `place` (a pointer to any type) points to: *count elements of `size` bytes,
 * of which at most `most` are kept. Gives how many, and where the caller walks over them. */
size_t fact_walk_array(struct fact_walk *walk, void *place, size_t size, size_t *count, size_t most,
		       void **ret_first);
/* The same of an array of texts; a NULL in it becomes "". */
void fact_walk_texts(struct fact_walk *walk, const char *const **texts, size_t *count, size_t most,
		     size_t text_most);

/* What a block of so many used bytes takes: a multiple of 8. */
size_t fact_block_bytes(size_t used);

#endif
