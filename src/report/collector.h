/* A sink that gathers the facts of each host under way and hands a finished
 * host to formats, in target order where waiting for it costs little: a host
 * that is done waits at most `patience` for those before it. Costs one byte a
 * scanned port, what was found out about a service (host_services.h), the host's
 * system and the way to it, and about 300 bytes a host, for hosts under way only. */
#ifndef PORTOLAN_REPORT_COLLECTOR_H
#define PORTOLAN_REPORT_COLLECTOR_H

#include "engine/plan.h"
#include "report/format.h"
#include "report/host_report.h"
#include "util/loop.h"

struct collector;

/* How long a finished host may wait for earlier ones. -sL waits as long as it takes. */
#define COLLECTOR_PATIENCE_NS (500 * NS_PER_MS)

struct collector_config {
	const struct plan *plan; /* borrowed */
	struct loop *loop;       /* for the patience timer; NULL: no waiting, no order */
	struct format_writer *const *writers; /* borrowed; each gets every host once */
	size_t writers_count;
};

int collector_new(const struct collector_config *config, struct collector **ret_collector);
struct sink collector_sink(struct collector *collector);
/* The worst error a writer met, and which; 0 none. */
int collector_error(const struct collector *collector, const struct format_writer **ret_writer);
void collector_free(struct collector *collector); /* NULL is fine */

#endif
