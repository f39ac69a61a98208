/* The 16 probes of IPv4 OS detection against one host, round by round (os-detection.md A),
 * over a talk: what they told as facts. */
#ifndef PORTOLAN_DETECT_OS_OS4_H
#define PORTOLAN_DETECT_OS_OS4_H

#include "detect/os/os_scan_private.h"

extern const struct os_family os4_family;

#endif
