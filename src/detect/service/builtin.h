/* The signatures that are compiled in: the build writes a text for each
 * data/services/NAME.probe (tools/embed-texts), sorted by name. */
#ifndef PORTOLAN_DETECT_SERVICE_BUILTIN_H
#define PORTOLAN_DETECT_SERVICE_BUILTIN_H

#include "detect/service/probes.h"

extern const struct text_file builtin_services[]; /* one empty entry follows the last */
extern const size_t builtin_services_count;

#endif
