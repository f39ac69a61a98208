/* The facts of a system copied into one block of memory, which may be moved: what a
 * collector keeps until the host's report, and what the journal's queue carries. Whatever a
 * detector hands over, a block has a bounded size: texts and lists are cut at the lengths below. */
#ifndef PORTOLAN_ENGINE_SYSTEM_COPY_H
#define PORTOLAN_ENGINE_SYSTEM_COPY_H

#include "engine/system.h"

#define SYSTEM_TEXT_MAX     255   /* a name, a word, a CPE */
#define SYSTEM_SAYS_MAX     511   /* what evidence says */
#define SYSTEM_PRINT_MAX    32767 /* IPv6 prints hold whole packets */
#define SYSTEM_CLASSES_MAX  32u   /* of a match */
#define SYSTEM_CPES_MAX     16u   /* of a class */
#define SYSTEM_GUESSES_MAX  32u
#define SYSTEM_EVIDENCE_MAX 64u

/* The bytes a block takes; a multiple of 8. */
size_t system_copy_bytes(const struct system_facts *facts);
/* Fills a block of that many bytes, aligned to 8; the facts in it point into it. */
const struct system_facts *system_copy_into(void *block, const struct system_facts *facts);
/* The facts of a block whose bytes were moved to another place (aligned, too). */
const struct system_facts *system_copy_moved(void *block);
/* A block of its own; alloc_free(). NULL: memory. */
const struct system_facts *system_copy_new(const struct system_facts *facts);

#endif
