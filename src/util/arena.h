/* Memory released all at once: for what lives as long as a batch or a plan. */
#ifndef PORTOLAN_UTIL_ARENA_H
#define PORTOLAN_UTIL_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks;
};

#define ARENA_INIT   \
	{            \
		NULL \
	}

/* Zeroed, aligned for any type; NULL when memory is short. Lives until
 * arena_release(). */
void *arena_alloc(struct arena *arena, size_t bytes);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t bytes);
void arena_release(struct arena *arena);

#endif
