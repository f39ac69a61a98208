/* A UDP socket that is connected to nobody: it sends to whom it is told, broadcast and multicast
 * included, and hears everybody. What it sends passes the gate. */
#ifndef PORTOLAN_ENGINE_DATAGRAM_H
#define PORTOLAN_ENGINE_DATAGRAM_H

#include "engine/gate.h"
#include "net/ip.h"
#include "util/loop.h"

struct datagram;

struct datagram_config {
	struct loop *loop; /* with descriptors */
	struct gate *gate; /* borrowed */
	enum ip_family family;
	struct ip_addr source; /* bind to it; IP_NONE: any */
	uint16_t source_port;  /* 0: any; others may share it (SO_REUSEADDR) */
	const char *interface; /* SO_BINDTODEVICE; NULL none; borrowed for the call */
	int ttl;               /* -1: the system's */
	/* One datagram, perhaps empty; never from inside another function. The socket may be
	 * closed in it. */
	void (*heard)(void *self, const struct ip_addr *from, uint16_t port, const uint8_t *bytes,
		      size_t count);
	void *self;
};

/* ERROR_MEMORY; ERROR_SYSTEM with errno (bind); ERROR_UNSUPPORTED: a loop without descriptors.
 * Begins paused. */
int datagram_open(const struct datagram_config *config, struct datagram **ret_datagram);
void datagram_close(struct datagram *datagram); /* NULL is fine */
/* ERROR_EXCLUDED; ERROR_LIMIT: too long, or no room now; ERROR_SYSTEM with errno. What an
 * earlier one came to (ICMP) is no failure. */
int datagram_send(struct datagram *datagram, const struct ip_addr *to, uint16_t port,
		  const void *bytes, size_t count);
/* A paused one leaves what comes in with the system. ERROR_MEMORY, ERROR_SYSTEM. */
int datagram_pause(struct datagram *datagram, bool paused);
bool datagram_local(const struct datagram *datagram, struct ip_addr *ret_addr, uint16_t *ret_port);

#endif
