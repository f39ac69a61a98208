/* One scan: takes a plan, drives every host through its stages at its own
 * pace, and gives facts to sinks. Knows no format, no file, no terminal. */
#ifndef PORTOLAN_ENGINE_RUN_H
#define PORTOLAN_ENGINE_RUN_H

#include "engine/flow.h"
#include "engine/observation.h"
#include "engine/plan.h"
#include "net/resolver.h"
#include "util/loop.h"

struct run;
struct wire;
struct wire_ways; /* engine/wire.h */

struct run_config {
	const struct plan *plan; /* all borrowed until run_free() */
	struct loop *loop;
	struct flow_net *flows;
	const struct wire_ways *ways; /* for raw packets; NULL: the plan needs none */
	struct gate *gate;            /* that raw packets pass; NULL without ways */
	struct resolver *resolver;
	const struct detector *services;       /* engine/detector.h; NULL: the plan has no -sV */
	const struct system_detector *systems; /* engine/system_detector.h; NULL: no -O */
	const struct script_runner *scripts; /* engine/script_runner.h; NULL: no script is chosen */
	/* Country and network of an address, texts valid until the next call; NULL: no --mmdb. */
	void (*place)(void *self, const struct ip_addr *addr, struct path_place *ret_place);
	void *place_self;
	struct addrset *excludes; /* NULL none */
	struct addrset *done;     /* --resume: already scanned; NULL none */
	const struct sink *sinks;
	size_t sinks_count;
	void (*finished)(void *self); /* after OBSERVED_RUN_END went out; may be NULL */
	void *self;
};

int run_new(const struct run_config *config, struct run **ret_run, struct diag *diag);
/* Begins; the work happens as the loop runs. */
int run_start(struct run *run);
/* Stops soon: hosts under way are reported as incomplete, then the run ends
 * with RUN_CANCELLED. Loop thread only. */
void run_cancel(struct run *run);
bool run_is_finished(const struct run *run);
void run_free(struct run *run); /* NULL is fine */
/* The wire of its raw packets, for taps; NULL: none. */
struct wire *run_wire(struct run *run);

struct run_progress {
	uint64_t start_ns, now_ns; /* loop time */
	double hosts_expected;     /* as the target expressions say; < 0 unknown or endless */
	uint64_t hosts_taken, hosts_done, hosts_up, hosts_down;
	uint64_t hosts_in[RUN_TASKS];    /* now in each stage */
	double work_done, work_expected; /* probes-equivalents; expected is an estimate */
	uint64_t probes_sent, probes_answered, probes_resent;
	uint64_t in_flight;
	double rate_pps; /* recent */
	/* Share done 0..1 and the time left as a range; ETA_UNKNOWN when not known. */
	double fraction;
	uint64_t eta_low_ns, eta_high_ns;
};
#define ETA_UNKNOWN UINT64_MAX

void run_progress(struct run *run, struct run_progress *ret_progress);

#endif
