#include "net/transport.h"

const char *transport_name(enum transport transport)
{
	static const char *const names[TRANSPORTS] = {"tcp", "udp", "sctp", "ip"};

	return transport < TRANSPORTS ? names[transport] : "unknown";
}
