/* What lies in packets in network order: numbers to write, MAC addresses to read. */
#ifndef PORTOLAN_PACKET_WIRE_H
#define PORTOLAN_PACKET_WIRE_H

#include "net/mac.h"
#include "util/reader.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline void put_be16(uint8_t *at, uint16_t value)
{
	value = htobe16(value);
	memcpy(at, &value, sizeof(value));
}

static inline void put_be32(uint8_t *at, uint32_t value)
{
	value = htobe32(value);
	memcpy(at, &value, sizeof(value));
}

static inline struct mac_addr read_mac(struct reader *in)
{
	struct mac_addr mac = {{0}};
	const uint8_t *bytes = reader_take(in, sizeof(mac.bytes));

	if (bytes)
		memcpy(mac.bytes, bytes, sizeof(mac.bytes));
	return mac;
}

#endif
