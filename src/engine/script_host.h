/* What a run knows of a host under way, for its scripts: it grows with what the run
 * observes, and scripts change it (nse-api.md 8, 9.2). Kept only when scripts are wanted.
 *
 * Memory: 24 bytes a port that was told, and a copy of each service, system and path. */
#ifndef PORTOLAN_ENGINE_SCRIPT_HOST_H
#define PORTOLAN_ENGINE_SCRIPT_HOST_H

#include "engine/observation.h"
#include "net/route.h"

struct script_port {
	enum transport transport; /* TRANSPORT_TCP, _UDP, _SCTP; others are not kept */
	uint16_t number;
	uint8_t state, reason, ttl;        /* of its verdict */
	uint32_t order;                    /* of being told; the engine's */
	const struct service_facts *facts; /* a whole copy; NULL: none */
};

struct script_host {
	const struct target *target;
	enum host_state state;
	enum reason reason; /* of being up */
	uint8_t reason_ttl;
	char *name; /* reverse DNS; NULL none */
	bool has_mac;
	struct mac_addr mac;               /* its own: it is a neighbour */
	const struct route *route;         /* NULL not known; borrowed from the run */
	bool has_next_hop;                 /* on the way to one that is no neighbour */
	struct mac_addr next_hop;          /* its hardware address */
	const struct system_facts *system; /* copies; NULL none */
	const struct path_facts *path;
	bool has_rtt;
	uint64_t srtt_ns, rttvar_ns, timeout_ns;
	struct script_port *ports; /* by transport, then number */
	size_t ports_count, ports_room;
	bool sorted; /* they are */
};

struct script_host *script_host_new(const struct target *target); /* NULL: memory */
void script_host_free(struct script_host *host);                  /* NULL is fine */
/* Takes note of a fact about this host. ERROR_MEMORY. */
int script_host_note(struct script_host *host, const struct observation *seen);
/* Puts the ports in order: before the first look-up. */
void script_host_sort(struct script_host *host);

/* NULL: it was not scanned. Valid until the next note. */
const struct script_port *script_host_port(const struct script_host *host, enum transport transport,
					   uint16_t number);
/* The first port of that transport and state with a number above `after` (-1: from the start). */
const struct script_port *script_host_next(const struct script_host *host, enum transport transport,
					   enum port_state state, int after);

#endif
