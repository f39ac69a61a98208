/* All heap memory of the library comes from here, so that a test can make any
 * allocation fail. Sizes that overflow fail as if memory were short. */
#ifndef PORTOLAN_UTIL_ALLOC_H
#define PORTOLAN_UTIL_ALLOC_H

#include <stddef.h>

/* Zeroed memory, or NULL. Free with alloc_free(). */
void *alloc_zero(size_t bytes) __attribute__((malloc));
void *alloc_array(size_t count, size_t each_bytes) __attribute__((malloc));

/* Like realloc: NULL leaves `old` as it was. New bytes are not zeroed. */
void *alloc_resize(void *old, size_t count, size_t each_bytes);

/* A copy of text, or of its first `bytes` bytes plus a NUL. */
char *alloc_strdup(const char *text) __attribute__((malloc));
char *alloc_strndup(const char *text, size_t bytes) __attribute__((malloc));

/* printf into a new string; NULL when memory is short. */
char *alloc_printf(const char *format, ...) __attribute__((malloc, format(printf, 1, 2)));

void alloc_free(void *memory); /* NULL is fine */

/* For tests, per thread: the `nth` allocation from now (0 is the next) fails,
 * once; a negative nth switches the fault off. alloc_fault_hit() tells whether
 * it has struck. */
void alloc_fault_after(long nth);
int alloc_fault_hit(void);

#endif
