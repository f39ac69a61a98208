/* Simulated packet networks that tests of the raw engine share: a machine, hosts with
 * a usual mix of ports, and the scenarios that every scan must get right. */
#ifndef PORTOLAN_TEST_NET_WORLD_H
#define PORTOLAN_TEST_NET_WORLD_H

#include "support.h"

#include "engine/link_sim.h"

#define NET_WORLD_HOSTS 16

/* Own until net_world_release(): nothing in it may move, the link points to it. */
struct net_world {
	struct loop *loop;
	struct link *link; /* NULL before net_world_begin() */
	struct link_sim_config config;
	struct link_sim_stack stack; /* of every host that net_world_add() makes */
	struct link_sim_host hosts[NET_WORLD_HOSTS];
	struct ip_addr own[2];
	struct link_sim_prefix on_link[2];
};

/* A machine with 10.0.0.1/24 and fd00::1/64, gateways 10.0.0.254 and fd00::fe,
 * interface 1, on a loop of its own; no hosts, a clean network, link_sim_plain. */
void net_world_init(struct net_world *world, enum link_layer layer, uint64_t seed);
/* A range of servers, 20 ms and five routers away (1 ms when on the link); to be
 * changed before net_world_begin(). Their ports:
 *   TCP   22, 80, 443 open; 100..199 silent; 200..209 prohibited by 10.255.0.1; the rest closed
 *   UDP   53 answers anything, 123 only a payload, 161 never; 1000..1099 silent; closed
 *   SCTP  36412 open; 1000..1099 silent; closed
 *   IP    TCP, UDP, ICMP, SCTP; 47 open; unreachable */
struct link_sim_host *net_world_add(struct net_world *world, const char *first, const char *last);
/* Makes the link; `heard`, `lost` and `self` are of `config`, the loop is the world's. */
void net_world_begin(struct net_world *world, const struct link_config *config);
void net_world_release(struct net_world *world);

/* What a port of a server truly is. */
enum link_sim_state net_world_state(const struct net_world *world, enum transport transport,
				    uint16_t port);

/* --- scenarios, between init and begin --- */

void net_world_lose(struct net_world *world, double share); /* each way */
void net_world_police(struct net_world *world, uint32_t per_s, uint32_t burst);
void net_world_limit_rst(struct net_world *world, uint32_t per_s);
void net_world_reorder(struct net_world *world, double share, uint64_t by_ns);

struct net_scenario {
	const char *name;
	void (*apply)(struct net_world *world);
};
/* All that are named: clean; loss-1, loss-3, loss-10 (percent, each way); policer-20k (and
 * 500 at once); rst-200 (a second, each host); reorder-5 (percent, by 10 ms);
 * duplicates; slow-line (10 Mbit/s, 64 KiB of queue); jitter; linux-icmp; card-full;
 * forged; late; contradicted; rough (several at once). */
const struct net_scenario *net_scenarios(size_t *ret_count);
/* Fails the test when there is none. */
const struct net_scenario *net_scenario(const char *name);

#endif
