/* The order in which ports are asked: shuffled, with the ports that are most
 * often open moved to the front (features.md PO-10, PO-11). */
#ifndef PORTOLAN_ENGINE_PORT_ORDER_H
#define PORTOLAN_ENGINE_PORT_ORDER_H

#include "net/portset.h"
#include "net/transport.h"
#include "util/random.h"

/* All members of `set`; count is set->count. alloc_free(); NULL: memory. */
uint16_t *port_order_new(const struct portset *set, enum transport transport, bool sequential,
			 struct random *random);

#endif
