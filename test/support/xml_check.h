/* Is this text a well-formed XML 1.0 document? Strict, and for what we write:
 * no DTD subset, only the five entities and character references. */
#ifndef PORTOLAN_TEST_XML_CHECK_H
#define PORTOLAN_TEST_XML_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* On false, *ret_at (may be NULL) is the byte where it fails. */
bool xml_is_well_formed(const void *text, size_t bytes, size_t *ret_at);

#endif
