/* The machine's own ways (struct wire_ways): routes and neighbours from the
 * kernel, links on its interfaces. Opened while CAP_NET_RAW is held; needs no
 * privilege afterwards. */
#ifndef PORTOLAN_ENGINE_WIRE_SYSTEM_H
#define PORTOLAN_ENGINE_WIRE_SYSTEM_H

#include "engine/wire.h"

struct wire_system;

/* ring_bytes: of each receive ring; 0 the usual. The plan is read here only.
 * ERROR_PERMISSION without CAP_NET_RAW; others with words. */
int wire_system_new(const struct plan *plan, size_t ring_bytes, struct wire_system **ret_system,
		    struct diag *diag);
void wire_system_free(struct wire_system *system); /* NULL is fine; after the wire */
const struct wire_ways *wire_system_ways(const struct wire_system *system);

#endif
