/* IPv6 OS detection of one host over a talk (os-detection.md B): its probes once, and what our
 * model says to the answers. */
#ifndef PORTOLAN_DETECT_OS_OS6_H
#define PORTOLAN_DETECT_OS_OS6_H

#include "detect/os/os_scan_private.h"

extern const struct os_family os6_family;

#endif
