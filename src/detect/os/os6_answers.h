/* Which probe of IPv6 OS detection something answers: by ports, by the echo's number, or by
 * what an ICMPv6 error quotes (os-detection.md B1, deviation D4). Only the host itself
 * answers: errors of routers are about the way. */
#ifndef PORTOLAN_DETECT_OS_OS6_ANSWERS_H
#define PORTOLAN_DETECT_OS_OS6_ANSWERS_H

#include "detect/os/os6_probes.h"

/* `expects` says for which probes an answer is waited: of several that fit equally well the first
 * of those counts (-g: all have one port). Negative: it answers none. */
int os6_answers(const struct os6_base *base, const struct packet *packet,
		const struct packet *quoted,
		bool (*expects)(const void *self, enum os6_probe probe), const void *self);

#endif
