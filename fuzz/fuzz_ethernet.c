/* An Ethernet frame, and ARP or neighbour discovery in it. */
#include "packet/ethernet.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* What somebody says, asked of the answer: the same addresses come back. */
static void take_arp(const uint8_t *payload, size_t count)
{
	struct arp_packet arp, again;
	uint8_t frame[ARP_FRAME_BYTES];

	if (!arp_parse(payload, count, &arp))
		return;
	check(count >= 28 && arp.sender.family == IP_V4 && arp.target.family == IP_V4);
	arp_build_request(&arp.sender_mac, &arp.sender, &arp.target, frame);
	check(arp_parse(frame + ETHERNET_HEADER_BYTES, sizeof(frame) - ETHERNET_HEADER_BYTES,
			&again));
	check(again.operation == ARP_REQUEST && mac_equal(&again.sender_mac, &arp.sender_mac));
	check(ip_equal(&again.sender, &arp.sender) && ip_equal(&again.target, &arp.target));
}

static void take_ipv6(const uint8_t *payload, size_t count)
{
	struct packet packet;
	struct ip_addr target;
	struct mac_addr mac;
	uint8_t frame[ND_FRAME_BYTES];
	bool has_mac;

	if (!packet_parse(payload, count, &packet) ||
	    !nd_parse_advertisement(&packet, &target, &mac, &has_mac))
		return;
	check(target.family == IP_V6 && packet.ip.ttl == 255 && packet.payload_bytes >= 16);
	check(!has_mac || packet.payload_bytes >= 24);
	check(nd_build_solicitation(&mac, &packet.ip.dst, &target, frame, sizeof(frame)) ==
	      sizeof(frame));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct ethernet_header header;
	const uint8_t *payload;
	uint8_t built[ETHERNET_HEADER_BYTES];
	size_t count;

	if (!ethernet_parse(data, bytes, &header, &payload, &count))
		return 0;
	check(payload > data && payload + count == data + bytes);
	ethernet_build(&header, built);
	check(!memcmp(built, data, 12));
	if (header.type == ETHERNET_ARP)
		take_arp(payload, count);
	else if (header.type == ETHERNET_IPV6)
		take_ipv6(payload, count);
	return 0;
}
