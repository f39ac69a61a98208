/* A 48-bit hardware address. */
#ifndef PORTOLAN_NET_MAC_H
#define PORTOLAN_NET_MAC_H

#include <stdbool.h>
#include <stdint.h>

struct mac_addr {
	uint8_t bytes[6];
};

#define MAC_TEXT_BYTES 18

/* "AA:BB:CC:DD:EE:FF"; gives `text` back. */
const char *mac_format(const struct mac_addr *mac, char text[MAC_TEXT_BYTES]);
/* Six pairs of hex digits, with ':' or '-' between or nothing; the whole text. */
bool mac_parse(const char *text, struct mac_addr *ret_mac);
bool mac_equal(const struct mac_addr *a, const struct mac_addr *b);

#endif
