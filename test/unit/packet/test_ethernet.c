#include "packet_fixture.h"

#include "packet/ethernet.h"

static const struct mac_addr own = {{2, 0, 0, 0, 0, 1}}, other = {{2, 0, 0, 0, 0, 2}};

static struct ip_addr addr(const char *text)
{
	struct ip_addr result;

	assert_true(ip_parse(text, &result));
	return result;
}

static void a_header_comes_back(void **state)
{
	const struct ethernet_header header = {.dst = own, .src = other, .type = ETHERNET_ARP};
	struct ethernet_header parsed;
	uint8_t frame[20];
	const uint8_t *payload;
	size_t count;

	ethernet_build(&header, frame);
	for (size_t cut = 0; cut <= sizeof(frame); cut++) {
		uint8_t *exact = exact_copy(frame, cut);
		bool ok = ethernet_parse(exact, cut, &parsed, &payload, &count);

		assert_int_equal(ok, cut >= 14);
		if (ok) {
			assert_true(mac_equal(&parsed.dst, &own));
			assert_true(mac_equal(&parsed.src, &other));
			assert_int_equal(parsed.type, ETHERNET_ARP);
			assert_ptr_equal(payload, exact + 14);
			assert_int_equal(count, cut - 14);
		}
		free(exact);
	}
}

static void one_vlan_tag_is_skipped(void **state)
{
	uint8_t frame[40], *exact;
	size_t count = unhex("020000000001 020000000002 8100 6064 0800 45", frame), left;
	struct ethernet_header header;
	const uint8_t *payload;

	assert_true(ethernet_parse(frame, count, &header, &payload, &left));
	assert_int_equal(header.type, ETHERNET_IPV4);
	assert_int_equal(left, 1);
	assert_int_equal(payload[0], 0x45);
	exact = exact_copy(frame, 17);
	assert_false(ethernet_parse(exact, 17, &header, &payload, &left));
	free(exact);
	unhex("8100", frame + 16);
	assert_true(ethernet_parse(frame, 19, &header, &payload, &left));
	assert_int_equal(header.type, ETHERNET_VLAN);
}

static void an_arp_request_asks_everyone(void **state)
{
	uint8_t frame[ARP_FRAME_BYTES], wanted[ARP_FRAME_BYTES];
	struct ip_addr from = addr("10.0.0.1"), to = addr("10.0.0.2");

	assert_int_equal(unhex("ffffffffffff 020000000001 0806 0001 0800 06 04 0001"
			       "020000000001 0a000001 000000000000 0a000002",
			       wanted),
			 ARP_FRAME_BYTES);
	memset(frame, 0xee, sizeof(frame));
	arp_build_request(&own, &from, &to, frame);
	assert_memory_equal(frame, wanted, sizeof(frame));
}

static void an_arp_reply_is_read_whole_or_not(void **state)
{
	uint8_t bytes[60];
	size_t count = unhex("0001 0800 06 04 0002 020000000002 0a000002 020000000001 0a000001"
			     "000000000000",
			     bytes);
	struct arp_packet arp;
	struct ip_addr sender = addr("10.0.0.2"), target = addr("10.0.0.1");

	for (size_t cut = 0; cut <= count; cut++) {
		uint8_t *exact = exact_copy(bytes, cut);

		assert_int_equal(arp_parse(exact, cut, &arp), cut >= 28);
		free(exact);
	}
	assert_int_equal(arp.operation, ARP_REPLY);
	assert_true(mac_equal(&arp.sender_mac, &other));
	assert_true(mac_equal(&arp.target_mac, &own));
	assert_true(ip_equal(&arp.sender, &sender));
	assert_true(ip_equal(&arp.target, &target));
	for (size_t i = 0; i < 6; i++) { /* any other hardware, protocol, length */
		bytes[i]++;
		assert_false(arp_parse(bytes, count, &arp));
		bytes[i]--;
	}
}

static void solicited_node_addresses_end_like_their_targets(void **state)
{
	/* RFC 4291, 2.7.1 */
	struct ip_addr target = addr("4037::1:800:200e:8c6c"), wanted = addr("ff02::1:ff0e:8c6c");
	struct ip_addr group = nd_solicited_node(&target);
	struct mac_addr mac = ethernet_multicast(&group);

	assert_true(ip_equal(&group, &wanted));
	assert_memory_equal(mac.bytes, "\x33\x33\xff\x0e\x8c\x6c", 6);
}

static void a_solicitation_asks_the_solicited_node(void **state)
{
	uint8_t *frame = malloc(ND_FRAME_BYTES), head[16];
	struct ip_addr from = addr("fd00::1"), to = addr("fd00::12:3456"), v4 = addr("10.0.0.1");
	struct ip_addr group = nd_solicited_node(&to);
	struct packet packet;

	assert_int_equal(nd_build_solicitation(&own, &from, &to, frame, ND_FRAME_BYTES - 1), 0);
	assert_int_equal(nd_build_solicitation(&own, &v4, &to, frame, ND_FRAME_BYTES), 0);
	assert_int_equal(nd_build_solicitation(&own, &from, &v4, frame, ND_FRAME_BYTES), 0);
	assert_int_equal(nd_build_solicitation(&own, &from, &to, frame, ND_FRAME_BYTES),
			 ND_FRAME_BYTES);
	unhex("3333ff123456 020000000001 86dd", head);
	assert_memory_equal(frame, head, 14);
	assert_true(packet_parse(frame + 14, ND_FRAME_BYTES - 14, &packet));
	assert_int_equal(packet.kind, PACKET_ICMPV6);
	assert_int_equal(packet.icmp.type, ICMPV6_NEIGHBOUR_SOLICITATION);
	assert_int_equal(packet.icmp.rest, 0);
	assert_int_equal(packet.ip.ttl, 255);
	assert_true(ip_equal(&packet.ip.src, &from));
	assert_true(ip_equal(&packet.ip.dst, &group));
	assert_int_equal(packet.payload_bytes, 24);
	assert_memory_equal(packet.payload, to.bytes, 16);
	assert_memory_equal(packet.payload + 16, "\x01\x01\x02\0\0\0\0\x01", 8);
	free(frame);
}

/* A right advertisement of fd00::2, to be spoilt. */
static struct packet advertisement(const char *options, uint8_t body[100])
{
	size_t count = unhex("fd000000 00000000 00000000 00000002", body);

	count += unhex(options, body + 16);
	return (struct packet){
		.ip = {.src = addr("fd00::2"), .dst = addr("fd00::1"), .ttl = 255},
		.kind = PACKET_ICMPV6,
		.icmp = {.type = ICMPV6_NEIGHBOUR_ADVERTISEMENT, .rest = 0x60000000},
		.payload = body,
		.payload_bytes = count,
	};
}

static bool reads(const struct packet *packet, struct mac_addr *ret_mac, bool *ret_has_mac)
{
	struct packet exact = *packet;
	uint8_t *body = exact_copy(packet->payload, packet->payload_bytes);
	struct ip_addr target, wanted = addr("fd00::2");
	bool ok;

	exact.payload = body;
	ok = nd_parse_advertisement(&exact, &target, ret_mac, ret_has_mac);
	free(body);
	if (ok)
		assert_true(ip_equal(&target, &wanted));
	return ok;
}

static void an_advertisement_tells_the_mac_address_or_not(void **state)
{
	uint8_t body[100];
	struct packet packet = advertisement("", body);
	struct mac_addr mac;
	bool has_mac = true;

	assert_true(reads(&packet, &mac, &has_mac));
	assert_false(has_mac);
	packet = advertisement("0201020000000002", body);
	assert_true(reads(&packet, &mac, &has_mac));
	assert_true(has_mac);
	assert_true(mac_equal(&mac, &other));
	/* after options that say nothing of it; the first counts */
	packet = advertisement("0e02000000000000 0000000000000000 0101020000000009"
			       "0201020000000002 0201020000000008",
			       body);
	assert_true(reads(&packet, &mac, &has_mac));
	assert_true(mac_equal(&mac, &other));
	/* too long for Ethernet */
	packet = advertisement("0202020000000002 0000000000000000", body);
	assert_true(reads(&packet, &mac, &has_mac));
	assert_false(has_mac);
}

static void malformed_options_spoil_an_advertisement(void **state)
{
	uint8_t body[100];
	struct packet packet = advertisement("0201020000000002", body);
	size_t whole = packet.payload_bytes;
	struct mac_addr mac;
	bool has_mac;

	for (size_t cut = 0; cut < whole; cut++) {
		packet.payload_bytes = cut;
		assert_int_equal(reads(&packet, &mac, &has_mac), cut == 16);
	}
	packet = advertisement("0200020000000002", body);
	assert_false(reads(&packet, &mac, &has_mac));
	packet = advertisement("0201020000000002 0e00000000000000", body);
	assert_false(reads(&packet, &mac, &has_mac));
	packet = advertisement("02ff020000000002", body);
	assert_false(reads(&packet, &mac, &has_mac));
}

static void what_rfc_4861_forbids_is_refused(void **state)
{
	uint8_t body[100];
	struct packet right = advertisement("0201020000000002", body), packet = right;
	struct mac_addr mac;
	bool has_mac;

	packet.ip.ttl = 254; /* came through a router */
	assert_false(reads(&packet, &mac, &has_mac));
	packet = right;
	packet.icmp.code = 1;
	assert_false(reads(&packet, &mac, &has_mac));
	packet = right;
	packet.icmp.type = ICMPV6_NEIGHBOUR_SOLICITATION;
	assert_false(reads(&packet, &mac, &has_mac));
	packet = right;
	packet.kind = PACKET_ICMP;
	assert_false(reads(&packet, &mac, &has_mac));
	packet = right;
	packet.ip.more_fragments = true;
	assert_false(reads(&packet, &mac, &has_mac));
	packet = right;
	packet.ip.dst = addr("ff02::1"); /* unasked: not with the flag "solicited" */
	assert_false(reads(&packet, &mac, &has_mac));
	packet.icmp.rest = 0x20000000;
	assert_true(reads(&packet, &mac, &has_mac));
	packet = right;
	body[0] = 0xff; /* a group has no one address */
	assert_false(reads(&packet, &mac, &has_mac));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_comes_back),
		cmocka_unit_test(one_vlan_tag_is_skipped),
		cmocka_unit_test(an_arp_request_asks_everyone),
		cmocka_unit_test(an_arp_reply_is_read_whole_or_not),
		cmocka_unit_test(solicited_node_addresses_end_like_their_targets),
		cmocka_unit_test(a_solicitation_asks_the_solicited_node),
		cmocka_unit_test(an_advertisement_tells_the_mac_address_or_not),
		cmocka_unit_test(malformed_options_spoil_an_advertisement),
		cmocka_unit_test(what_rfc_4861_forbids_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
