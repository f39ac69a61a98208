/* Finds out what runs on the open ports of hosts (features.md section 5): a
 * detector for the engine's service stage. Each port goes through waves (port_scan.c):
 * listen, likely probes, the others by rarity; inside TLS again when it speaks it.
 * Knows flows and signatures; packets, formats and options it does not know.
 *
 * Costs: a port under way 22 KB when it is silent, 130 KB when it answers all that it is asked; up
 * to 100 ports of a host are, fewer when descriptors are short (seven a port). A port that waits
 * for its turn costs nothing. A port ends 60 s after its first connection at the latest, 300 s with
 * MANNER_FIRST. test/sim/test_services_many.c bounds them. */
#ifndef PORTOLAN_DETECT_SERVICE_SERVICE_SCAN_H
#define PORTOLAN_DETECT_SERVICE_SERVICE_SCAN_H

#include "detect/service/matcher.h"
#include "detect/service/rpc_programs.h"
#include "engine/detector.h"
#include "engine/flow.h"
#include "engine/plan.h"

struct service_scan;

struct service_scan_config {
	const struct plan *plan; /* borrowed: version settings, timing, sources */
	struct loop *loop;
	struct flow_net *flows;
	const struct probe_db *db;
	struct matcher *matcher;
	const struct rpc_programs *programs; /* NULL: RPC programs are not told apart */
	const char *version, *platform; /* of the program: for fingerprints of what is unknown */
	/* --version-trace: a line for people, without its end; NULL: not wanted. */
	void (*trace)(void *self, const char *line);
	void *self;
};

int service_scan_new(const struct service_scan_config *config, struct service_scan **ret_scan);
struct detector service_scan_detector(struct service_scan *scan);
void service_scan_free(struct service_scan *scan); /* NULL is fine; no order may be under way */

#endif
