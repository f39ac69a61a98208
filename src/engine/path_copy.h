/* The way to a host copied into one block of memory, which may be moved (as
 * engine/system_copy.h does with systems). */
#ifndef PORTOLAN_ENGINE_PATH_COPY_H
#define PORTOLAN_ENGINE_PATH_COPY_H

#include "engine/path.h"

#define PATH_TEXT_MAX 255 /* names, countries, organizations */

/* The bytes a block takes; a multiple of 8. */
size_t path_copy_bytes(const struct path_facts *facts);
/* Fills a block of that many bytes, aligned to 8; the facts in it point into it. */
const struct path_facts *path_copy_into(void *block, const struct path_facts *facts);
/* The facts of a block whose bytes were moved to another place (aligned, too). */
const struct path_facts *path_copy_moved(void *block);
/* A block of its own; alloc_free(). NULL: memory. */
const struct path_facts *path_copy_new(const struct path_facts *facts);

#endif
