/* ARP (RFC 826) for IPv4 on Ethernet. */
#include "packet/ethernet.h"
#include "packet/wire.h"

#define ARP_HARDWARE_ETHERNET 1u

static bool is_ipv4_on_ethernet(struct reader *in)
{
	uint16_t hardware = read_be16(in), protocol = read_be16(in), lengths = read_be16(in);

	return hardware == ARP_HARDWARE_ETHERNET && protocol == ETHERNET_IPV4 && lengths == 0x0604;
}

bool arp_parse(const void *bytes, size_t count, struct arp_packet *ret_arp)
{
	struct reader in = reader_of(bytes, count);
	struct arp_packet arp;

	if (!is_ipv4_on_ethernet(&in))
		return false;
	arp.operation = read_be16(&in);
	arp.sender_mac = read_mac(&in);
	arp.sender = ip_v4(read_be32(&in));
	arp.target_mac = read_mac(&in);
	arp.target = ip_v4(read_be32(&in));
	if (reader_ok(&in))
		*ret_arp = arp;
	return reader_ok(&in);
}

void arp_build_request(const struct mac_addr *own, const struct ip_addr *own_addr,
		       const struct ip_addr *target, uint8_t *out)
{
	struct ethernet_header header = {
		.dst = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, .src = *own, .type = ETHERNET_ARP};
	uint8_t *arp = out + ETHERNET_HEADER_BYTES;

	ethernet_build(&header, out);
	put_be16(arp, ARP_HARDWARE_ETHERNET);
	put_be16(arp + 2, ETHERNET_IPV4);
	put_be16(arp + 4, 0x0604);
	put_be16(arp + 6, ARP_REQUEST);
	memcpy(arp + 8, own->bytes, 6);
	memcpy(arp + 14, own_addr->bytes, 4);
	memset(arp + 18, 0, 6);
	memcpy(arp + 24, target->bytes, 4);
}
