/* Text from strangers made safe to show (nothing a terminal obeys, nothing
 * that reorders what is read) and small text helpers. */
#ifndef PORTOLAN_UTIL_TEXT_H
#define PORTOLAN_UTIL_TEXT_H

#include "util/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Adds bytes to out with every control byte (but TAB and LF), DEL, C1
 * control, bidi mark (U+061C, U+200E/F, U+202A-E, U+2066-9), line separator
 * (U+2028/9), BOM and invalid UTF-8 byte shown as \xHH. Valid other UTF-8 passes. */
void text_add_safe(struct buf *out, const void *bytes, size_t count);
/* formats.md 2.8: TAB, LF and 0x20-0x7E stay, others become \xHH, upper case. */
void text_add_ascii(struct buf *out, const void *bytes, size_t count);
bool text_is_utf8(const void *bytes, size_t count);
/* The names of DN-06: illegal bytes become '*'; cut to size. */
void text_clean_host_name(const char *name, char *ret_clean, size_t size);
/* * and ?, ASCII case-insensitive. Linear in the text whatever the pattern (at
 * most pattern times text steps), no memory. */
bool text_matches(const char *pattern, const char *text);

#endif
