/* A simulated world for whole runs: scripted hosts, a frozen clock, a seed,
 * and a recorder of every fact. */
#ifndef PORTOLAN_TEST_SIM_WORLD_H
#define PORTOLAN_TEST_SIM_WORLD_H

#include "support.h"

#include "engine/run.h"
#include "engine/script_runner.h"

struct world_host {
	struct ip_addr addr;
	enum host_state state;
	enum reason reason;
	bool done, timed_out, incomplete;
	unsigned open, closed, filtered, verdicts, services;
	unsigned findings;    /* the sum of the ports that they are about */
	uint8_t ports[65536]; /* last state of each */
	char name[64];
	uint64_t done_ns; /* loop time */
};

#define WORLD_HOSTS_MAX 64

struct world {
	struct loop *loop;
	struct gate gate;
	struct flow_net *flows;
	struct resolver *resolver;
	struct addrset *excludes, *done;
	const struct detector *services;       /* NULL: no -sV; before world_run() */
	const struct system_detector *systems; /* NULL: no -O; likewise */
	const struct script_runner *scripts;   /* NULL: no scripts; likewise */
	struct plan *plan;
	struct run *run;
	struct sink sink;
	/* What was observed. Hosts beyond the maximum are only counted. */
	struct world_host *hosts;
	unsigned hosts_count;
	uint64_t host_facts, done_facts, port_facts, open_facts, up_facts;
	unsigned begins, ends, warnings, skipped;
	char warning[256];
	struct observation end;
	uint64_t digest; /* of all facts and their times, to compare runs */
};

/* Makes a world and a plan with n targets expressions; the caller changes the
 * plan before world_run(). A last_port of 0: no port scan. */
void world_init(struct world *world, const struct flow_sim_host *hosts, size_t hosts_count,
		size_t max_open, const char *const *targets, size_t targets_count,
		unsigned first_port, unsigned last_port, uint64_t seed);
/* Scripted names; before world_run(). */
void world_names(struct world *world, const struct resolver_sim_entry *entries, size_t count);
void world_run(struct world *world);
/* Without the assertions: 0, or why the run could not be made or begun. */
int world_try(struct world *world, struct diag *diag);
void world_release(struct world *world);

/* For a timer whose self is the world. */
void world_cancel_run(void *self);
struct world_host *world_find(struct world *world, const char *addr);
uint64_t world_ms(const struct world *world);
struct ip_addr world_ip(const char *text);

#endif
