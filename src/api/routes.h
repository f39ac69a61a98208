/* What the machine's interfaces and routes are, and which way packets would go, in
 * words for people: --iflist, --route-dst and --explain-route. Nothing is sent to
 * any target. */
#ifndef PORTOLAN_API_ROUTES_H
#define PORTOLAN_API_ROUTES_H

#include "engine/plan.h"
#include "net/netlink_parse.h"
#include "net/route.h"
#include "util/buf.h"

/* --iflist (features.md OU-18): both tables, as they are now. ERROR_SYSTEM,
 * ERROR_MEMORY with words. */
int routes_list(struct buf *out, struct diag *diag);
/* The two tables of it. */
void routes_print_interfaces(const struct interfaces *interfaces, struct buf *out);
void routes_print_table(const struct interfaces *interfaces, const struct route_message *routes,
			size_t count, struct buf *out);

/* --route-dst (OU-19): the ways to plan->route_to, one after the other. ERROR_NOT_FOUND
 * names what cannot be resolved. */
int routes_print_ways(const struct plan *plan, struct buf *out, struct diag *diag);

/* --explain-route: one line for each target of the plan, as it is found:
 *   192.0.2.7 dev eth0 src 192.0.2.1 on-link mtu 1500 mac 52:54:00:12:34:56
 *   10.1.2.3 dev eth0 src 192.0.2.1 via 192.0.2.254 mtu 1500
 *   127.0.0.1 dev lo src 127.0.0.1 local mtu 65536
 *   10.9.9.9 no route: a route says prohibit
 * ("src none" when the interface has no address; "mac" only when the kernel knows the
 * neighbour). `write` gets pieces of the text; `warn` one sentence for each target that is
 * not understood. A negative result of `write` ends it. */
struct routes_sink {
	int (*write)(void *self, const void *text, size_t bytes);
	void (*warn)(void *self, const char *text);
	void *self;
};
int routes_explain(const struct plan *plan, const struct routes_sink *sink, struct diag *diag);

#endif
