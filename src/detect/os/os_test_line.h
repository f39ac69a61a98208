/* One line NAME(attribute=text%attribute=text), as reference files, match points
 * and observed prints have it. Knows names and the rules of R, no values. */
#ifndef PORTOLAN_DETECT_OS_OS_TEST_LINE_H
#define PORTOLAN_DETECT_OS_OS_TEST_LINE_H

#include "detect/os/os_attributes.h"

struct os_field {
	enum os_attribute attribute;
	const char *text; /* borrowed from the line (an implied R: static); not terminated */
	size_t bytes;
	bool implied; /* R that the line does not have */
};

struct os_test_line {
	enum os_test test;
	size_t count; /* 0: nothing is known of the test */
	struct os_field fields[OS_TEST_FIELD_MAX];
};

/* Reads a line without its end; blanks behind the bracket are passed over. NULL, or
 * what is wrong in words (static). With any order of attributes; none twice. */
const char *os_test_line_parse(const char *text, size_t bytes, struct os_test_line *ret_line);

/* The rules of R (formats.md 8): R=N in SEQ, OPS and WIN is taken away; elsewhere
 * other attributes imply R=Y, and nothing or R alone is R=N. NULL, or words. */
const char *os_test_line_imply_r(struct os_test_line *line);

#endif
