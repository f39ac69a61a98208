/* Reads a print as people paste it: blanks and line ends are never part of it, and
 * "OS:" at a line's beginning is only a fold. */
#include "detect/os/os_print.h"
#include "detect/os/os_print_read.h"
#include "detect/os/os_test_line.h"
#include "util/error.h"

#include <string.h>

static int parse_test(struct os_print_cursor *in, struct os_fingerprint *print, unsigned *seen)
{
	struct os_test_line test;
	const char *words = os_test_line_parse(in->text, in->bytes, &test);
	size_t i;

	if (!words)
		words = os_test_line_imply_r(&test);
	if (words)
		return os_print_wrong(in, words);
	if (*seen & 1u << test.test)
		return 0;
	*seen |= 1u << test.test;
	for (i = 0; i < test.count; i++)
		if (!os_fingerprint_set(print, (int)test.fields[i].attribute, test.fields[i].text,
					test.fields[i].bytes))
			return os_print_wrong(
				in, "a value is too long, or has a byte that is never in one");
	return 0;
}

int os_print_parse(const char *text, size_t bytes, struct os_fingerprint *ret_print,
		   struct os_scan_line *ret_scan, bool *ret_has_scan, struct diag *diag)
{
	struct os_print_cursor in = os_print_cursor_of(text, bytes, OS_PRINT_TEST_BYTES, diag);
	struct os_fingerprint print = {0};
	struct os_scan_line scan = {0};
	bool has_scan = false;
	unsigned seen = 0;
	int r;

	while ((r = os_print_take(&in)) > 0 && r >= 0) {
		if (strncmp(in.text, "SCAN(", 5) == 0) {
			r = os_print_take_scan(&in, &scan);
			has_scan = true;
		} else {
			r = parse_test(&in, &print, &seen);
		}
		if (r < 0)
			break;
	}
	if (r < 0)
		return r;
	if (!seen)
		return diag_set(diag, ERROR_NOT_FOUND,
				"there is no test of a fingerprint, such as SEQ(...), in it");
	*ret_print = print;
	if (ret_scan && has_scan)
		*ret_scan = scan;
	if (ret_has_scan)
		*ret_has_scan = has_scan;
	return 0;
}
