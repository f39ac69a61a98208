/* Ethernet frames, and the two protocols that find hardware addresses: ARP
 * (RFC 826) and IPv6 neighbour discovery (RFC 4861). */
#ifndef PORTOLAN_PACKET_ETHERNET_H
#define PORTOLAN_PACKET_ETHERNET_H

#include "net/mac.h"
#include "packet/packet.h"

#define ETHERNET_HEADER_BYTES 14u
#define ARP_FRAME_BYTES       42u
#define ND_FRAME_BYTES        86u

enum ethernet_type {
	ETHERNET_IPV4 = 0x0800,
	ETHERNET_ARP = 0x0806,
	ETHERNET_VLAN = 0x8100, /* 802.1Q: one tag is skipped */
	ETHERNET_IPV6 = 0x86dd,
};

struct ethernet_header {
	struct mac_addr dst, src;
	uint16_t type; /* after a VLAN tag */
};

/* ret_payload points into bytes. False: no whole header. */
bool ethernet_parse(const void *bytes, size_t count, struct ethernet_header *ret_header,
		    const uint8_t **ret_payload, size_t *ret_payload_bytes);
/* Writes ETHERNET_HEADER_BYTES. */
void ethernet_build(const struct ethernet_header *header, uint8_t *out);

enum arp_operation { ARP_REQUEST = 1, ARP_REPLY = 2 };

struct arp_packet {
	uint16_t operation;
	struct mac_addr sender_mac, target_mac;
	struct ip_addr sender, target; /* IPv4 */
};

/* The payload of an ETHERNET_ARP frame, for Ethernet and IPv4; others: false. */
bool arp_parse(const void *bytes, size_t count, struct arp_packet *ret_arp);
/* A whole frame of ARP_FRAME_BYTES: who has `target`? To everyone. */
void arp_build_request(const struct mac_addr *own, const struct ip_addr *own_addr,
		       const struct ip_addr *target, uint8_t *out);

/* A neighbour advertisement: whose, and the MAC address if it says one
 * (ret_has_mac). False: it is none, or breaks RFC 4861, 7.1.2 (hop limit 255),
 * whose rule on checksums is left out (packet_parse()). */
bool nd_parse_advertisement(const struct packet *packet, struct ip_addr *ret_target,
			    struct mac_addr *ret_mac, bool *ret_has_mac);
/* A whole frame: neighbour solicitation to the solicited-node address, hop
 * limit 255, with the source link-layer option. Gives its length
 * (ND_FRAME_BYTES); 0: no room, or addresses that are not IPv6. */
size_t nd_build_solicitation(const struct mac_addr *own, const struct ip_addr *own_addr,
			     const struct ip_addr *target, uint8_t *out, size_t room);
/* ff02::1:ffXX:XXXX, and the multicast MAC address of an IPv6 multicast address. */
struct ip_addr nd_solicited_node(const struct ip_addr *target);
struct mac_addr ethernet_multicast(const struct ip_addr *group);

#endif
