/* What reading prints of both families has in common: folds, and the SCAN line. Inside of
 * os_print_parse.c and os6_print_parse.c. */
#ifndef PORTOLAN_DETECT_OS_OS_PRINT_READ_H
#define PORTOLAN_DETECT_OS_OS_PRINT_READ_H

#include "detect/os/os_print.h"

#define OS_PRINT_TEST_BYTES  2047u /* of one test, IPv4 */
#define OS6_PRINT_TEST_BYTES 4095u /* IPv6: a reply in hexadecimal */

struct os_print_cursor {
	const char *at, *end; /* borrowed */
	bool line_start;
	unsigned line;
	const char *line_begin;
	size_t most_bytes; /* of one test */
	struct diag *diag;
	char text[OS6_PRINT_TEST_BYTES + 1]; /* the test that is read, NAME(...) */
	size_t bytes;
};

struct os_print_cursor os_print_cursor_of(const char *text, size_t bytes, size_t most_bytes,
					  struct diag *diag);
/* The next NAME(...) into in->text. 0: there is none any more; negative: an error. */
int os_print_take(struct os_print_cursor *in);
/* The test that was taken is SCAN(...). ERROR_SYNTAX with words. */
int os_print_take_scan(struct os_print_cursor *in, struct os_scan_line *ret_scan);
/* ERROR_SYNTAX, and where. */
int os_print_wrong(const struct os_print_cursor *in, const char *words);

#endif
