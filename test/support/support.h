/* What unit tests share: cmocka in the order it wants, and allocation faults. */
#ifndef PORTOLAN_TEST_SUPPORT_H
#define PORTOLAN_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Runs `body` with the first allocation failing, then the second, and so on,
 * until it gets through with none failing. body returns 0 or a negative
 * error, and must free what it made either way. The test fails if an error
 * shows with no allocation having failed, or after `most` rounds. */
void support_each_allocation_fails(int (*body)(void *self), void *self, long most);

/* A file below the source root (PORTOLAN_SOURCE_ROOT), whole, NUL-terminated;
 * free() it. Fails the test when unreadable. */
char *support_read_file(const char *path, size_t *ret_bytes);

#endif
