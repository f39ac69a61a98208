/* An observed TCP/IP fingerprint: values of the 13 tests' attributes. Absent and empty
 * are two things. A plain value of fixed size, to be copied at will; all zero is the
 * empty one. */
#ifndef PORTOLAN_DETECT_OS_OS_FINGERPRINT_H
#define PORTOLAN_DETECT_OS_OS_FINGERPRINT_H

#include "detect/os/os_attributes.h"

#include <stdint.h>

#define OS_VALUE_MAX              64u   /* bytes of one value */
#define OS_FINGERPRINT_TEXT_BYTES 3072u /* of all, each with a NUL */

struct os_fingerprint {
	/* Private: where in text an attribute's value begins; 0: absent. */
	uint16_t begins[OS_ATTRIBUTES];
	uint16_t used_bytes;
	char text[OS_FINGERPRINT_TEXT_BYTES];
};

/* NULL: absent. Good until the print changes. */
const char *os_fingerprint_get(const struct os_fingerprint *print, int attribute);
/* Sets a value (a later one counts). False, and nothing is set: longer than OS_VALUE_MAX, a byte
 * that a print cannot hold (blanks, controls, non-ASCII, and "%()="), or no room. */
bool os_fingerprint_set(struct os_fingerprint *print, int attribute, const char *value,
			size_t bytes);
/* Has any attribute of the test a value? */
bool os_fingerprint_has(const struct os_fingerprint *print, enum os_test test);
/* <0, 0, >0: order of the test's lines in a merged print, by values, absent first. */
int os_fingerprint_compare(const struct os_fingerprint *a, const struct os_fingerprint *b,
			   enum os_test test);

#endif
