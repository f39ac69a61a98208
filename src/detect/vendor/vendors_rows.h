/* The one form of the table: lines of "PREFIX TAB NAME LF", PREFIX 6, 7 or 9 digits of upper
 * case, in the order of their bytes (so "000C29" is before "000C290"). It is searched as it
 * stands, so the compiled-in table costs no start-up time and no memory. Lines that begin with
 * '#' come first of themselves. */
#ifndef PORTOLAN_DETECT_VENDOR_VENDORS_ROWS_H
#define PORTOLAN_DETECT_VENDOR_VENDORS_ROWS_H

#include "util/buf.h"

#define VENDOR_DIGITS_MAX 9

struct vendors {
	struct buf rows;
};

#endif
