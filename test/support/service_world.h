/* Service scans against scripted servers on a frozen clock: signatures from a text, one host,
 * and what was found on each of its ports. */
#ifndef PORTOLAN_TEST_SERVICE_WORLD_H
#define PORTOLAN_TEST_SERVICE_WORLD_H

#include "support.h"

#include "detect/service/service_scan.h"

#define SERVICE_WORLD_PORTS 64

struct service_fact {
	bool told;
	unsigned times;
	uint16_t port;
	enum service_end end;
	bool tunnel;
	int confidence;
	char name[64], product[80], version[80], extrainfo[256], probe[64], fingerprint[4096];
	char subject[128], alpn[32];
	char finding[64], seen[512], source[128];
	uint32_t probes_sent;
	uint64_t at_ns;
};

struct service_world {
	struct loop *loop;
	struct gate gate;
	struct flow_sim_host host;
	struct flow_net *flows;
	struct plan *plan;
	struct probe_db *db;
	struct matcher *matcher;
	struct rpc_programs *programs;
	struct service_scan *scan;
	struct target target;
	struct detect_port ports[SERVICE_WORLD_PORTS];
	size_t ports_count;
	struct service_fact facts[SERVICE_WORLD_PORTS];
	unsigned opened, done;
	uint64_t stop_ns; /* the order is stopped then; 0: it is not */
	struct timer stop;
	struct detect_work *work;
	char trace[16384]; /* the lines, each with its LF */
	size_t trace_bytes;
};

/* Makes the world; the caller may change plan and ports before service_world_run(). */
void service_world_init(struct service_world *world, enum probe_manner manner,
			const char *signatures, const struct flow_sim_port *servers, size_t count,
			uint64_t seed);
void service_world_port(struct service_world *world, enum transport transport, uint16_t number,
			enum port_state state);
/* Before that, too: so many connections at once. */
void service_world_limit(struct service_world *world, size_t connections);
/* 0, or why it could not be made. */
int service_world_try(struct service_world *world);
void service_world_run(struct service_world *world);
const struct service_fact *service_world_fact(const struct service_world *world, uint16_t port);
/* How often this text is in the trace. */
unsigned service_world_traced(const struct service_world *world, const char *text);
void service_world_release(struct service_world *world);

#endif
