/* Whole runs of the raw engine on a simulated packet network (net_world.h): a plan, the ways
 * of its wire, and every fact that came of it. A test names the network's hosts, what is to
 * be scanned and how, runs it, and asks what was found. */
#ifndef PORTOLAN_TEST_RAW_WORLD_H
#define PORTOLAN_TEST_RAW_WORLD_H

#include "net_world.h"

#include "engine/run.h"
#include "engine/technique.h"
#include "engine/wire.h"

/* What was said of a port; all zero: nothing. */
struct raw_world_port {
	uint8_t times; /* verdicts given: more than one only when a later one replaced it */
	uint8_t transport;
	uint8_t state, reason; /* the last */
	uint16_t number;
	uint8_t attempt, ttl;
	bool from_other; /* somebody other than the target said it */
};

struct raw_world_host {
	struct ip_addr addr;
	enum host_state state;
	enum reason reason;
	uint16_t ping_port;
	bool has_mac, done, timed_out, incomplete;
	unsigned told; /* OBSERVED_HOST facts */
	unsigned states[PORT_STATES];
	unsigned verdicts;            /* ports with one; replaced ones count once */
	uint64_t done_ns;             /* loop time */
	struct raw_world_port *ports; /* a hash table of ports_cap places */
	unsigned ports_cap;
};

#define RAW_WORLD_LINKS  4
#define RAW_WORLD_ROUTES 64

/* Own until raw_world_release(); nothing in it may move. */
struct raw_world {
	struct net_world net; /* hosts and scenario: change it before the run */
	struct plan *plan;    /* likewise */
	struct gate gate;
	struct addrset *excludes, *done; /* NULL: none */
	bool excludes_gate_only;         /* the target stream does not hear of them */
	struct flow_net *flows;
	struct resolver *resolver; /* NULL: no name is known */
	/* Of struct run_config; NULL: none. */
	void (*place)(void *self, const struct ip_addr *addr, struct path_place *ret_place);
	const struct system_detector *systems; /* NULL: no -O */
	struct run *run;
	struct sink sink;
	struct wire_ways ways;
	/* What the run opened, in order; they live as long as the run. */
	struct link *links[RAW_WORLD_LINKS];
	unsigned links_count;
	struct link *router; /* is asked for routes only */
	struct route routes[RAW_WORLD_ROUTES];
	unsigned routes_count;
	struct plan_ping pings[16];

	/* What was observed. */
	struct raw_world_host *hosts; /* in the order in which they were first told of */
	unsigned hosts_count, hosts_cap;
	uint32_t *index; /* of hosts by address: place + 1 */
	unsigned index_cap;
	unsigned up, down, warnings, skipped, begins, ends;
	char warning[256]; /* the last */
	struct observation end;
};

/* A net_world (net_world_init()) without hosts, and a plan without targets, ports
 * or techniques: raw packets, T3, ARP and ND for neighbours, no name look-ups, the usual
 * four pings (echo, SYN to 443, ACK to 80, timestamp). */
void raw_world_init(struct raw_world *world, enum link_layer layer, uint64_t seed);
void raw_world_release(struct raw_world *world);

/* --- the plan --- */

void raw_world_target(struct raw_world *world, const char *expression);
/* In the order of execution. UDP gets the built-in payloads. */
void raw_world_technique(struct raw_world *world, const char *name);
void raw_world_ports(struct raw_world *world, enum transport transport, unsigned first,
		     unsigned last);
void raw_world_no_pings(struct raw_world *world);
void raw_world_ping(struct raw_world *world, const char *technique, unsigned port);
void raw_world_exclude(struct raw_world *world, const char *first, const char *last);

/* --- the run --- */

/* Runs to the end, which must come. Without a technique no ports are scanned. */
void raw_world_run(struct raw_world *world);
/* The same in two steps: what the run needs of the world, then, without assertions, the
 * run: 0, or why it could not be made or begun. */
void raw_world_ready(struct raw_world *world);
int raw_world_try(struct raw_world *world, struct diag *diag);
/* For a timer whose self is the world. */
void raw_world_cancel(void *self);

/* --- what was found --- */

/* NULL: nothing was said of it. */
struct raw_world_host *raw_world_host(const struct raw_world *world, const struct ip_addr *addr);
/* The same by text; fails the test when there is none. */
struct raw_world_host *raw_world_find(const struct raw_world *world, const char *addr);
/* All zero when nothing was said of it. */
struct raw_world_port raw_world_port(const struct raw_world_host *host, enum transport transport,
				     uint16_t number);
/* The truths of all its links, added up. */
void raw_world_truth(const struct raw_world *world, struct link_sim_truth *ret_truth);
uint64_t raw_world_ms(const struct raw_world *world);

#endif
