#include "util/arena.h"

#include "util/alloc.h"

#include <stdint.h>
#include <string.h>

#define ARENA_BLOCK_BYTES ((size_t)8192)
#define ARENA_ALIGN       ((size_t)16)

struct arena_block {
	struct arena_block *next;
	size_t used_bytes, size_bytes;
	_Alignas(16) uint8_t bytes[];
};

static struct arena_block *block_add(struct arena *arena, size_t bytes)
{
	size_t size = bytes > ARENA_BLOCK_BYTES / 4 ? bytes : ARENA_BLOCK_BYTES;
	struct arena_block *block = alloc_zero(sizeof(*block) + size);

	if (!block)
		return NULL;
	block->size_bytes = size;
	/* A large piece gets a block of its own behind the current one. */
	if (arena->blocks && size != ARENA_BLOCK_BYTES) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	struct arena_block *block = arena->blocks;
	void *memory;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	bytes = (bytes + ARENA_ALIGN - 1) & ~(ARENA_ALIGN - 1);
	if (!block || block->size_bytes - block->used_bytes < bytes)
		block = block_add(arena, bytes);
	if (!block)
		return NULL;
	memory = block->bytes + block->used_bytes;
	block->used_bytes += bytes;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t bytes)
{
	size_t length = strnlen(text, bytes);
	char *copy = arena_alloc(arena, length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

void arena_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	while (block) {
		struct arena_block *next = block->next;

		alloc_free(block);
		block = next;
	}
	arena->blocks = NULL;
}
