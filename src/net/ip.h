/* An IP address of either family, as a value. Knows text and order, not
 * interfaces. */
#ifndef PORTOLAN_NET_IP_H
#define PORTOLAN_NET_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

/* IPv4 uses bytes[0..3], the rest is zero. Network order. */
struct ip_addr {
	uint8_t bytes[16];
	uint32_t scope_id; /* IPv6 link-local: interface index; else 0 */
	uint8_t family;    /* enum ip_family */
};

#define IP_TEXT_BYTES 64 /* longest text with %zone and NUL */

struct ip_addr ip_v4(uint32_t host_order);
uint32_t ip_v4_value(const struct ip_addr *addr); /* host order; addr is IPv4 */
/* The address as a number of its family's width, and back. */
typedef unsigned __int128 ip_value;
ip_value ip_value_of(const struct ip_addr *addr);
struct ip_addr ip_from_value(enum ip_family family, ip_value value, uint32_t scope_id);
static inline unsigned ip_bits(const struct ip_addr *addr)
{
	return addr->family == IP_V6 ? 128 : 32;
}

/* Dotted quad (four decimal parts, no octal) or RFC 4291 text with optional
 * %zone (interface name or number). The whole text must be the address. */
bool ip_parse(const char *text, struct ip_addr *ret_addr);
/* RFC 5952 text, %zone when scope_id is set; gives `text` back. */
const char *ip_format(const struct ip_addr *addr, char text[IP_TEXT_BYTES]);

/* Order: family, then value, then scope. */
int ip_compare(const struct ip_addr *a, const struct ip_addr *b);
static inline bool ip_equal(const struct ip_addr *a, const struct ip_addr *b)
{
	return ip_compare(a, b) == 0;
}
/* The address `steps` further; false past the end of the family's space. */
bool ip_add(const struct ip_addr *addr, uint64_t steps, struct ip_addr *ret_sum);
/* Host part all 0 / all 1 under a prefix of `bits`. */
struct ip_addr ip_first_of(const struct ip_addr *addr, unsigned bits);
struct ip_addr ip_last_of(const struct ip_addr *addr, unsigned bits);
bool ip_is_loopback(const struct ip_addr *addr);
bool ip_is_link_local(const struct ip_addr *addr); /* needs a zone: fe80::/10, ff02::/16 */

/* Gives the length of the sockaddr. */
socklen_t ip_to_sockaddr(const struct ip_addr *addr, uint16_t port,
			 struct sockaddr_storage *ret_sa);
bool ip_from_sockaddr(const struct sockaddr *sa, struct ip_addr *ret_addr, uint16_t *ret_port);

/* "4.3.2.1.in-addr.arpa" / "...ip6.arpa"; text needs IP_ARPA_BYTES. */
#define IP_ARPA_BYTES 80
const char *ip_arpa_name(const struct ip_addr *addr, char text[IP_ARPA_BYTES]);

#endif
