#include "engine/gate.h"

#include "util/error.h"

/* Raw printing: whatever reaches these ports comes out on paper, and a probe
 * for services is a page of nonsense per port. Connecting alone is harmless. */
#define PRINTER_FIRST 9100
#define PRINTER_LAST  9107

static bool is_never_write(enum transport transport, uint16_t port)
{
	return transport == TRANSPORT_TCP && port >= PRINTER_FIRST && port <= PRINTER_LAST;
}

int gate_check(struct gate *gate, const struct ip_addr *to, enum transport transport, uint16_t port,
	       bool writes)
{
	if ((writes && is_never_write(transport, port)) ||
	    (gate->excludes && addrset_has(gate->excludes, to))) {
		gate->refused++;
		return ERROR_EXCLUDED;
	}
	gate->passed++;
	return 0;
}
