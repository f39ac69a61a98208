/* CPE names: those of version 2.2, a URI ("cpe:/a:vendor:product:1.0"), as
 * version 2.3 writes them, a formatted string ("cpe:2.3:a:vendor:product:1.0:*:*:..."),
 * by the binding rules of NISTIR 7695 (6.1.3, 6.2.2). Knows no dictionary. */
#ifndef PORTOLAN_REPORT_CPE_H
#define PORTOLAN_REPORT_CPE_H

#include "util/buf.h"

#include <stdbool.h>

/* Adds the formatted string of a URI; false, and nothing is added, for what is none. */
bool cpe_add_formatted(struct buf *out, const char *uri);

#endif
