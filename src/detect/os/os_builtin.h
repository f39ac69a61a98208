/* The reference prints that are compiled in: the build writes a text for each
 * data/os/NAME.fp (tools/embed-texts), sorted by name. */
#ifndef PORTOLAN_DETECT_OS_OS_BUILTIN_H
#define PORTOLAN_DETECT_OS_OS_BUILTIN_H

#include "util/files.h"

extern const struct text_file builtin_os[]; /* one empty entry follows the last */
extern const size_t builtin_os_count;

#endif
