/* One scan of the raw engine on a simulated network, and how what it said compares with
 * the truth: the engine runs unchanged, with a plan as the defaults make it. */
#ifndef PORTOLAN_TEST_RAW_SCAN_H
#define PORTOLAN_TEST_RAW_SCAN_H

#include "net_world.h"

#include "engine/run.h"
#include "engine/wire.h"

#define RAW_SCAN_ROUTES  8
#define RAW_SCAN_SECONDS 600

struct raw_scan {
	struct net_world net;
	struct plan *plan;
	struct gate gate;
	struct flow_net *flows;
	struct resolver *resolver;
	struct wire_ways ways;
	struct route routes[RAW_SCAN_ROUTES];
	unsigned routes_count;
	struct run *run;
	struct sink sink;
	/* What is scanned: hosts from `first` on, each with the same ports. */
	struct ip_addr first;
	uint32_t hosts, ports;
	const uint16_t *port; /* borrowed */
	uint32_t place_of[65536];
	uint8_t *said; /* state of each port of each host, host by host; 0 nothing */
	uint8_t *reasons;
	uint64_t start_ns, end_ns;
	uint64_t digest; /* of all verdicts, whatever their order */
	struct observation end;
	unsigned ends, warnings;
	char warning[256];
	/* SYNs that left in each simulated second. */
	uint32_t sent_in[RAW_SCAN_SECONDS];
};

struct raw_scan_result {
	uint64_t answerable; /* ports of hosts that are there and answer for themselves */
	uint64_t found;      /* of them, reported as they are */
	uint64_t missed;     /* of them, reported as silent, or not at all */
	uint64_t wrong;      /* reported as an answer that nobody gave */
	uint64_t sent;       /* by us, all told */
	double seconds;      /* simulated */
};

/* A world without hosts (net_world_add() what there is, and apply scenarios) and the plan of
 * `-sS -p<ports>` on [first, first + hosts); sweep: --sweep --special-targets. The
 * plan may be changed before raw_scan_run(). */
void raw_scan_init(struct raw_scan *scan, enum link_layer layer, const char *first, uint32_t hosts,
		   const uint16_t *port, uint32_t ports, bool sweep, uint64_t seed);
/* Fails the test unless the run ends by itself. */
void raw_scan_run(struct raw_scan *scan);
void raw_scan_compare(const struct raw_scan *scan, struct raw_scan_result *ret_result);
/* The estimate of what was missed holds `missed`. */
bool raw_scan_estimated(const struct raw_scan *scan, uint64_t missed);
void raw_scan_release(struct raw_scan *scan);

#endif
