/* An address as bytes without padding or zone, to look things up by. */
#ifndef PORTOLAN_NET_RESOLVER_KEY_H
#define PORTOLAN_NET_RESOLVER_KEY_H

#include "net/ip.h"

#include <string.h>

struct addr_key {
	uint8_t bytes[17];
};

static inline struct addr_key addr_key_of(const struct ip_addr *addr)
{
	struct addr_key key;

	memcpy(key.bytes, addr->bytes, 16);
	key.bytes[16] = addr->family;
	return key;
}

#endif
