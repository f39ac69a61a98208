#include "packet_fixture.h"

/* Payload lies within the bytes given. */
static void is_within(const struct packet *packet, const uint8_t *bytes, size_t count)
{
	assert_true(packet->payload >= bytes);
	assert_true(packet->payload + packet->payload_bytes <= bytes + count);
}

static size_t ip_bytes(const struct packet *packet)
{
	return packet->ip.src.family == IP_V6 ? 40 : 20 + packet->ip.options_bytes;
}

static size_t transport_bytes(const struct packet *packet)
{
	switch (packet->kind) {
	case PACKET_OTHER:
		return 0;
	case PACKET_TCP:
		return 20 + packet->tcp.options_bytes;
	case PACKET_SCTP:
		return 12;
	default:
		return 8;
	}
}

static void cut_to(const struct packet *packet, const uint8_t *bytes, size_t count)
{
	uint8_t *exact = exact_copy(bytes, count);
	struct packet parsed;
	bool ok = packet_parse(exact, count, &parsed);

	assert_int_equal(ok, count >= ip_bytes(packet));
	if (ok) {
		is_within(&parsed, exact, count);
		assert_int_equal(parsed.ip.options_bytes, packet->ip.options_bytes);
		if (count < ip_bytes(packet) + transport_bytes(packet)) {
			assert_int_equal(parsed.kind, PACKET_OTHER);
			assert_int_equal(parsed.payload_bytes, count - ip_bytes(packet));
		} else {
			assert_int_equal(parsed.kind, packet->kind);
		}
	}
	free(exact);
}

static void a_packet_may_end_anywhere(void **state)
{
	uint8_t payload[40], bytes[200];
	struct packet packet;
	struct random random;

	random_init(&random, 21);
	for (int round = 0; round < 300; round++) {
		enum packet_kind kind = round % (PACKET_IGMP + 1);
		enum ip_family family = random_below(&random, 2) ? IP_V6 : IP_V4;
		size_t count;

		if (!kind_suits(kind, family))
			continue;
		random_packet(&random, kind, family, payload, sizeof(payload), &packet);
		count = packet_build(&packet, bytes, sizeof(bytes));
		for (size_t cut = 0; cut <= count; cut++)
			cut_to(&packet, bytes, cut);
	}
}

static void noise_is_never_more_than_is_there(void **state)
{
	uint8_t bytes[120], *exact;
	struct packet packet, quoted;
	struct random random;

	random_init(&random, 22);
	for (int round = 0; round < 100000; round++) {
		size_t count = random_below(&random, sizeof(bytes));

		random_bytes(&random, bytes, count);
		bytes[0] = round % 2 ? 0x60 : (uint8_t)(0x40 | (bytes[0] & 7));
		bytes[2] = 0;
		bytes[6] = round % 4 ? (uint8_t)(bytes[6] % 61) : bytes[6];
		exact = exact_copy(bytes, count);
		if (packet_parse(exact, count, &packet)) {
			is_within(&packet, exact, count);
			if (packet_parse_quote(&packet, &quoted))
				is_within(&quoted, packet.payload, packet.payload_bytes);
		}
		free(exact);
	}
}

/* 10.0.0.1 to 10.0.0.2, TCP SYN, ports 258 to 772, with an odd letter behind it. */
static const char syn[] = "45000029 00010000 40060000 0a000001 0a000002"
			  "01020304 05060708 00000000 50020400 00000000 78";

static bool parses(const uint8_t *bytes, size_t count, struct packet *ret_packet)
{
	uint8_t *exact = exact_copy(bytes, count);
	bool ok = packet_parse(exact, count, ret_packet);

	free(exact);
	return ok;
}

static void headers_that_contradict_themselves_are_refused(void **state)
{
	uint8_t bytes[100];
	size_t count = unhex(syn, bytes);
	struct packet packet;

	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_TCP);
	assert_int_equal(packet.payload_bytes, 1);
	bytes[0] = 0x44; /* shorter than an IPv4 header */
	assert_false(parses(bytes, count, &packet));
	bytes[0] = 0x4f; /* longer than the packet */
	assert_false(parses(bytes, count, &packet));
	bytes[0] = 0x55; /* a version that is none */
	assert_false(parses(bytes, count, &packet));
	bytes[0] = 0x45;
	bytes[3] = 19; /* a total length below the header's */
	assert_false(parses(bytes, count, &packet));
	bytes[3] = 20;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
	assert_int_equal(packet.payload_bytes, 0);
	bytes[3] = 39; /* TCP's header would end behind the packet */
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
	assert_int_equal(packet.payload_bytes, 19);
	assert_false(packet_parse("", 0, &packet));
}

/* Where a length that went below zero would find enough bytes. */
static void short_headers_of_long_packets_are_refused_too(void **state)
{
	uint8_t bytes[600] = {0};
	struct packet packet;

	unhex(syn, bytes);
	unhex("0258", bytes + 2);
	assert_true(parses(bytes, sizeof(bytes), &packet));
	assert_int_equal(packet.kind, PACKET_TCP);
	for (uint8_t words = 0; words < 5; words++) {
		bytes[0] = 0x40 | words;
		assert_false(parses(bytes, sizeof(bytes), &packet));
		bytes[0] = 0x45;
		bytes[32] = (uint8_t)(words << 4);
		assert_true(parses(bytes, sizeof(bytes), &packet));
		assert_int_equal(packet.kind, PACKET_OTHER);
	}
}

static void a_wrong_data_offset_is_no_tcp(void **state)
{
	uint8_t bytes[100];
	size_t count = unhex(syn, bytes);
	struct packet packet;

	bytes[32] = 0x40;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
	assert_int_equal(packet.ip.protocol, PROTOCOL_TCP);
	assert_int_equal(packet.payload_bytes, 21);
	bytes[32] = 0x60;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
}

static void later_fragments_are_other(void **state)
{
	uint8_t bytes[100];
	size_t count = unhex(syn, bytes);
	struct packet packet;

	bytes[6] = 0x20; /* the first of several */
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_TCP);
	assert_true(packet.ip.more_fragments);
	bytes[7] = 1;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
	assert_int_equal(packet.ip.fragment_offset, 8);
	assert_int_equal(packet.ip.protocol, PROTOCOL_TCP);
}

static void what_udp_says_of_its_length_counts(void **state)
{
	uint8_t bytes[100];
	size_t count = unhex("45000020 00010000 40110000 0a000001 0a000002"
			     "01020304 000a0000 61626364",
			     bytes);
	struct packet packet;

	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_UDP);
	assert_int_equal(packet.udp.length_bytes, 10);
	assert_int_equal(packet.payload_bytes, 2);
	bytes[25] = 200;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_UDP);
	assert_int_equal(packet.payload_bytes, 4);
	bytes[25] = 7;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
}

static void a_chunk_shorter_than_its_header_is_none(void **state)
{
	uint8_t bytes[100];
	size_t count = unhex("4500002a 00010000 40840000 0a000001 0a000002"
			     "01020304 05060708 00000000 06000005 61620000 0000",
			     bytes);
	struct packet packet;

	assert_true(parses(bytes, count, &packet));
	assert_true(packet.sctp.has_chunk);
	assert_int_equal(packet.sctp.chunk_type, SCTP_ABORT);
	assert_int_equal(packet.payload_bytes, 1);
	bytes[35] = 3;
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_SCTP);
	assert_false(packet.sctp.has_chunk);
	assert_true(parses(bytes, 20 + 12 + 3, &packet));
	assert_int_equal(packet.kind, PACKET_SCTP);
	assert_false(packet.sctp.has_chunk);
}

/* An IPv6 header from fd00::1 to fd00::2 for `after` bytes. */
static size_t ipv6(uint8_t next, const char *after, uint8_t *out)
{
	size_t count = unhex("60000000 0000 0040"
			     "fd000000 00000000 00000000 00000001"
			     "fd000000 00000000 00000000 00000002",
			     out);

	count += unhex(after, out + 40);
	out[5] = (uint8_t)(count - 40);
	out[6] = next;
	return count;
}

static void extension_headers_are_walked(void **state)
{
	uint8_t bytes[200];
	/* hop-by-hop, destination (16 bytes), routing, fragment, UDP */
	size_t count = ipv6(0,
			    "3c000104 00000000"
			    "2b010104 00000000 00000000 00000000"
			    "2c000000 00000000"
			    "11000001 12345678"
			    "01020304 000a0000 6162",
			    bytes);
	struct packet packet;

	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_UDP);
	assert_int_equal(packet.ip.protocol, PROTOCOL_UDP);
	assert_int_equal(packet.ip.id, 0x5678);
	assert_true(packet.ip.more_fragments);
	assert_int_equal(packet.udp.dst_port, 0x304);
	assert_int_equal(packet.payload_bytes, 2);
	bytes[40 + 8 + 16 + 8 + 3] = 0x08; /* a later fragment, the last */
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
	assert_int_equal(packet.ip.fragment_offset, 8);
	assert_false(packet.ip.more_fragments);
	assert_int_equal(packet.ip.protocol, PROTOCOL_UDP);
	assert_int_equal(packet.payload_bytes, 10);
	bytes[40 + 8 + 16 + 8 + 8 + 1] = 0;
	bytes[40 + 8 + 16 + 8] = 60; /* not of this fragment: what looks like it is data */
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.ip.protocol, 60);
	assert_int_equal(packet.payload_bytes, 10);
}

static void extension_headers_may_be_cut(void **state)
{
	uint8_t bytes[200];
	size_t count = ipv6(0, "3c000104 00000000 11010104 00000000 00000000 00000000", bytes);
	struct packet packet;

	for (size_t cut = 40; cut < count; cut++) {
		assert_true(parses(bytes, cut, &packet));
		assert_int_equal(packet.kind, PACKET_OTHER);
		assert_int_equal(packet.ip.protocol, cut < 48 ? 0 : 60);
		assert_int_equal(packet.payload_bytes, cut < 48 ? cut - 40 : cut - 48);
	}
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.ip.protocol, PROTOCOL_UDP);
	bytes[41] = 0xff; /* longer than the packet */
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.ip.protocol, 0);
}

static void a_chain_of_extension_headers_has_an_end(void **state)
{
	uint8_t bytes[400];
	struct packet packet;
	size_t count;

	for (int headers = 8; headers <= 9; headers++) {
		count = ipv6(60, "", bytes);
		for (int i = 0; i < headers; i++)
			count += unhex(i == headers - 1 ? "3b00010400000000" : "3c00010400000000",
				       bytes + count);
		bytes[5] = (uint8_t)(count - 40);
		assert_int_equal(parses(bytes, count, &packet), headers == 8);
	}
	assert_int_equal(packet.ip.protocol, 59); /* no next header, of the eight */
}

static void the_layouts_of_one_family_are_not_of_the_other(void **state)
{
	uint8_t bytes[200];
	struct packet packet;
	size_t count = ipv6(PROTOCOL_ICMP, "0800000000000000", bytes);

	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
	count = unhex("4500001c 00010000 403a0000 0a000001 0a000002 8000000000000000", bytes);
	assert_true(parses(bytes, count, &packet));
	assert_int_equal(packet.kind, PACKET_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_may_end_anywhere),
		cmocka_unit_test(noise_is_never_more_than_is_there),
		cmocka_unit_test(headers_that_contradict_themselves_are_refused),
		cmocka_unit_test(short_headers_of_long_packets_are_refused_too),
		cmocka_unit_test(a_wrong_data_offset_is_no_tcp),
		cmocka_unit_test(later_fragments_are_other),
		cmocka_unit_test(what_udp_says_of_its_length_counts),
		cmocka_unit_test(a_chunk_shorter_than_its_header_is_none),
		cmocka_unit_test(extension_headers_are_walked),
		cmocka_unit_test(extension_headers_may_be_cut),
		cmocka_unit_test(a_chain_of_extension_headers_has_an_end),
		cmocka_unit_test(the_layouts_of_one_family_are_not_of_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
