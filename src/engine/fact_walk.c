#include "engine/fact_walk.h"

#include <string.h>

/* Pointers of any type are read and written through this. */
static void *pointer_at(const void *place)
{
	void *pointer;

	memcpy(&pointer, place, sizeof(pointer));
	return pointer;
}

static void set_pointer(void *place, const void *pointer)
{
	memcpy(place, &pointer, sizeof(pointer));
}

static void move_pointer(const struct fact_walk *walk, void *place)
{
	if (pointer_at(place))
		set_pointer(place, (void *)((uintptr_t)pointer_at(place) + walk->shift));
}

size_t fact_block_bytes(size_t used)
{
	return (used + FACT_BLOCK_ALIGN - 1) / FACT_BLOCK_ALIGN * FACT_BLOCK_ALIGN;
}

void fact_walk_text(struct fact_walk *walk, const char **text, size_t most)
{
	size_t length;

	if (walk->kind == FACT_MOVE) {
		move_pointer(walk, text);
		return;
	}
	if (!*text)
		return;
	length = strnlen(*text, most);
	if (walk->kind == FACT_COPY) {
		char *copy = (char *)walk->block + walk->used;

		memcpy(copy, *text, length);
		copy[length] = '\0';
		*text = copy;
	}
	walk->used += length + 1;
}

size_t fact_walk_array(struct fact_walk *walk, void *place, size_t size, size_t *count, size_t most,
		       void **ret_first)
{
	void *first = pointer_at(place);
	size_t kept = !first ? 0 : *count > most ? most : *count;

	if (walk->kind == FACT_MOVE) {
		move_pointer(walk, place);
	} else {
		walk->used = fact_block_bytes(walk->used);
		if (walk->kind == FACT_COPY) {
			void *copy = walk->block + walk->used;

			if (kept)
				memcpy(copy, first, kept * size);
			set_pointer(place, kept ? copy : NULL);
			*count = kept;
		}
		walk->used += kept * size;
	}
	*ret_first = walk->kind == FACT_COUNT ? first : pointer_at(place);
	return kept;
}

void fact_walk_texts(struct fact_walk *walk, const char *const **texts, size_t *count, size_t most,
		     size_t text_most)
{
	void *first;
	size_t kept = fact_walk_array(walk, texts, sizeof(char *), count, most, &first);

	for (size_t i = 0; i < kept; i++) {
		const char **text = (const char **)first + i, *empty = "";

		if (*text)
			fact_walk_text(walk, text, text_most);
		else if (walk->kind == FACT_COPY)
			fact_walk_text(walk, (*text = empty, text), text_most);
		else
			fact_walk_text(walk, &empty, text_most);
	}
}
