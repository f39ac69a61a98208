/* IPv6 neighbour discovery (RFC 4861): asking for a neighbour, hearing one. */
#include "packet/ethernet.h"
#include "packet/layer.h"

#include <string.h>

#define ND_HOP_LIMIT      255
#define ND_FLAG_SOLICITED (UINT32_C(1) << 30)

enum nd_option { ND_OPTION_SOURCE_MAC = 1, ND_OPTION_TARGET_MAC = 2 };

static bool is_multicast(const struct ip_addr *addr)
{
	return addr->bytes[0] == 0xff;
}

/* RFC 4861, 7.1.2, but for what the options say. RFC 6980: no fragments. */
static bool is_advertisement(const struct packet *packet)
{
	const struct icmp_header *icmp = &packet->icmp;

	return packet->kind == PACKET_ICMPV6 && icmp->type == ICMPV6_NEIGHBOUR_ADVERTISEMENT &&
	       icmp->code == 0 && packet->ip.ttl == ND_HOP_LIMIT && !packet->ip.more_fragments &&
	       !(is_multicast(&packet->ip.dst) && icmp->rest & ND_FLAG_SOLICITED);
}

/* One option: type, length in units of eight bytes, value. */
static bool read_option(struct reader *in, struct mac_addr *mac, bool *has_mac)
{
	uint8_t type = read_u8(in), units = read_u8(in);
	const uint8_t *value;

	if (!units)
		return false;
	value = reader_take(in, units * 8u - 2u);
	if (value && type == ND_OPTION_TARGET_MAC && units == 1 && !*has_mac) {
		memcpy(mac->bytes, value, sizeof(mac->bytes));
		*has_mac = true;
	}
	return reader_ok(in);
}

bool nd_parse_advertisement(const struct packet *packet, struct ip_addr *ret_target,
			    struct mac_addr *ret_mac, bool *ret_has_mac)
{
	struct reader in = reader_of(packet->payload, packet->payload_bytes);
	struct ip_addr target = {.family = IP_V6};
	struct mac_addr mac = {{0}};
	const uint8_t *bytes = reader_take(&in, 16);
	bool has_mac = false;

	if (!bytes || !is_advertisement(packet))
		return false;
	memcpy(target.bytes, bytes, 16);
	if (is_multicast(&target))
		return false;
	while (in.left_bytes)
		if (!read_option(&in, &mac, &has_mac))
			return false;
	*ret_target = target;
	*ret_mac = mac;
	*ret_has_mac = has_mac;
	return true;
}

struct ip_addr nd_solicited_node(const struct ip_addr *target)
{
	struct ip_addr group = {
		.family = IP_V6,
		.bytes = {0xff, 0x02, [11] = 0x01, [12] = 0xff},
	};

	memcpy(group.bytes + 13, target->bytes + 13, 3);
	return group;
}

size_t nd_build_solicitation(const struct mac_addr *own, const struct ip_addr *own_addr,
			     const struct ip_addr *target, uint8_t *out, size_t room)
{
	struct ip_addr group = nd_solicited_node(target);
	struct ethernet_header header = {
		.dst = ethernet_multicast(&group), .src = *own, .type = ETHERNET_IPV6};
	uint8_t body[24] = {[16] = ND_OPTION_SOURCE_MAC, [17] = 1};
	struct packet packet = {
		.ip = {.src = *own_addr, .dst = group, .ttl = ND_HOP_LIMIT},
		.kind = PACKET_ICMPV6,
		.icmp = {.type = ICMPV6_NEIGHBOUR_SOLICITATION},
		.payload = body,
		.payload_bytes = sizeof(body),
	};

	if (room < ND_FRAME_BYTES || target->family != IP_V6)
		return 0;
	memcpy(body, target->bytes, 16);
	memcpy(body + 18, own->bytes, 6);
	if (!packet_build(&packet, out + ETHERNET_HEADER_BYTES, room - ETHERNET_HEADER_BYTES))
		return 0;
	ethernet_build(&header, out);
	return ND_FRAME_BYTES;
}
