/* The last step before any packet or connection leaves (DESIGN promise 6).
 * Every flow and, later, every frame passes here, whoever made it. */
#ifndef PORTOLAN_ENGINE_GATE_H
#define PORTOLAN_ENGINE_GATE_H

#include "net/addrset.h"
#include "net/transport.h"

struct gate {
	struct addrset *excludes; /* borrowed; may be NULL */
	bool all_ports;           /* --allports: the never-write list is off */
	uint64_t passed, refused; /* counted for the report */
};

/* Is this on the never-write list: printers that print what they receive, and controllers
 * of machines? Only for what is sent into connections: UDP payloads of a port scan are what
 * its user asked for. */
bool gate_never_writes(const struct gate *gate, enum transport transport, uint16_t port);

/* May something be sent to this endpoint? `writes` says that payload beyond
 * the handshake will be sent: the never-write list then refuses. 0 or ERROR_EXCLUDED. */
int gate_check(struct gate *gate, const struct ip_addr *to, enum transport transport, uint16_t port,
	       bool writes);

#endif
