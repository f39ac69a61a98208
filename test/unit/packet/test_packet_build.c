#include "packet_fixture.h"

#include "packet/checksum.h"

static uint16_t be16_at(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void what_is_built_is_parsed_again(void **state)
{
	static uint8_t payload[600], bytes[1024];
	struct packet packet, parsed;
	struct random random;
	size_t count;

	random_init(&random, 3);
	for (int round = 0; round < 20000; round++) {
		enum packet_kind kind = round % (PACKET_IGMP + 1);
		enum ip_family family = random_below(&random, 2) ? IP_V6 : IP_V4;

		if (!kind_suits(kind, family))
			continue;
		random_packet(&random, kind, family, payload, sizeof(payload), &packet);
		count = packet_build(&packet, bytes, sizeof(bytes));
		assert_true(count);
		memset(&parsed, 0xee, sizeof(parsed));
		assert_true(packet_parse(bytes, count, &parsed));
		same_packet(&packet, &parsed);
		assert_int_equal(parsed.ip.total_bytes, count);
		if (kind == PACKET_UDP)
			assert_int_equal(parsed.udp.length_bytes, 8 + packet.payload_bytes);
	}
}

static void what_follows_the_packet_is_ignored(void **state)
{
	static uint8_t payload[100], bytes[1024];
	struct packet packet, parsed;
	struct random random;
	size_t count;

	random_init(&random, 4);
	for (int round = 0; round < 200; round++) {
		random_packet(&random, PACKET_TCP, round % 2 ? IP_V6 : IP_V4, payload, 100,
			      &packet);
		count = packet_build(&packet, bytes, sizeof(bytes));
		assert_true(packet_parse(bytes, count + 18, &parsed)); /* Ethernet's padding */
		same_packet(&packet, &parsed);
	}
}

static void room_must_suffice(void **state)
{
	static uint8_t payload[21];
	struct packet packet;
	struct random random;

	random_init(&random, 5);
	for (int kind = PACKET_OTHER; kind <= PACKET_IGMP; kind++) {
		enum ip_family family = kind == PACKET_ICMPV6 ? IP_V6 : IP_V4;
		uint8_t enough[200], *exact;
		size_t count;

		random_packet(&random, kind, family, payload, sizeof(payload), &packet);
		count = packet_build(&packet, enough, sizeof(enough));
		for (size_t room = 0; room <= count; room++) {
			exact = malloc(room);
			assert_int_equal(packet_build(&packet, exact, room),
					 room < count ? 0 : count);
			free(exact);
		}
	}
}

static struct packet small_tcp(void)
{
	return (struct packet){
		.ip = {.src = ip_v4(0x0a000001), .dst = ip_v4(0x0a000002), .ttl = 64},
		.kind = PACKET_TCP,
		.tcp = {.src_port = 1, .dst_port = 2, .flags = TCP_SYN},
	};
}

static bool builds(const struct packet *packet)
{
	static uint8_t out[PACKET_BYTES_MAX];

	return packet_build(packet, out, sizeof(out)) > 0;
}

static void fields_out_of_range_are_refused(void **state)
{
	struct packet packet = small_tcp(), right = packet;

	assert_true(builds(&packet));
	packet.tcp.options_bytes = 3;
	assert_false(builds(&packet));
	packet.tcp.options_bytes = 44;
	assert_false(builds(&packet));
	packet = right;
	packet.tcp.reserved = 16;
	assert_false(builds(&packet));
	packet = right;
	packet.ip.options_bytes = 2;
	assert_false(builds(&packet));
	packet.ip.options_bytes = 44;
	assert_false(builds(&packet));
	packet = right;
	packet.ip.fragment_offset = 4;
	assert_false(builds(&packet));
	packet = right;
	packet.kind = PACKET_ICMPV6;
	assert_false(builds(&packet));
	packet.kind = PACKET_IGMP + 1;
	assert_false(builds(&packet));
	packet = right;
	packet.ip.dst = ip_from_value(IP_V6, 1, 0);
	assert_false(builds(&packet));
	packet.ip.src = ip_from_value(IP_V6, 1, 0);
	assert_true(builds(&packet));
	packet.ip.options_bytes = 4;
	assert_false(builds(&packet));
	packet.ip.options_bytes = 0;
	packet.ip.flow_label = 1 << 20;
	assert_false(builds(&packet));
	packet = right;
	packet.ip.src.family = packet.ip.dst.family = IP_NONE;
	assert_false(builds(&packet));
}

static void longer_than_the_length_field_is_refused(void **state)
{
	static const uint8_t payload[70000];
	struct packet packet = small_tcp();

	packet.payload = payload;
	packet.payload_bytes = 65535 - 40;
	assert_true(builds(&packet));
	packet.payload_bytes++;
	assert_false(builds(&packet));
	packet.ip.src = packet.ip.dst = ip_from_value(IP_V6, 1, 0);
	packet.payload_bytes = 65535 - 20;
	assert_true(builds(&packet));
	packet.payload_bytes++;
	assert_false(builds(&packet));
	packet.payload_bytes = 70000;
	assert_false(builds(&packet));
	packet.payload_bytes = 65535 - 20;
	packet.ip.more_fragments = true; /* a header more */
	assert_false(builds(&packet));
	packet = small_tcp();
	packet.kind = PACKET_SCTP;
	packet.payload = payload;
	packet.payload_bytes = 65535 - 20 - 16 - 3;
	assert_true(builds(&packet));
	packet.payload_bytes++; /* its padding has no place */
	assert_false(builds(&packet));
}

/* Where the checksum is in the transport header. */
static size_t checksum_at(enum packet_kind kind)
{
	switch (kind) {
	case PACKET_TCP:
		return 16;
	case PACKET_UDP:
		return 6;
	default:
		return 2;
	}
}

/* The sum over pseudo header and packet as a receiver does it: 0 is right. */
static uint16_t received_sum(const struct packet *packet, const uint8_t *bytes, size_t count)
{
	bool v6 = packet->ip.src.family == IP_V6;
	size_t ip_bytes = v6 ? 40 : 20u + packet->ip.options_bytes;
	uint64_t sum = 0;

	if (packet->kind != PACKET_ICMP && packet->kind != PACKET_IGMP) {
		sum = (v6 ? bytes[6] : bytes[9]) + count - ip_bytes;
		sum = checksum_add(sum, packet->ip.src.bytes, v6 ? 16 : 4);
		sum = checksum_add(sum, packet->ip.dst.bytes, v6 ? 16 : 4);
	}
	return checksum_fold(checksum_add(sum, bytes + ip_bytes, count - ip_bytes));
}

static void a_receiver_finds_sums_right_or_wrong_by_one(void **state)
{
	static uint8_t payload[64], bytes[300], bad[300];
	struct packet packet;
	struct random random;

	random_init(&random, 6);
	for (int round = 0; round < 300000; round++) {
		enum packet_kind kind = round % (PACKET_IGMP + 1);
		enum ip_family family = random_below(&random, 2) ? IP_V6 : IP_V4;
		size_t count, at;

		if (!kind_suits(kind, family) || kind == PACKET_SCTP || kind == PACKET_OTHER)
			continue;
		random_packet(&random, kind, family, payload, round % 8, &packet);
		count = packet_build(&packet, bytes, sizeof(bytes));
		assert_int_equal(received_sum(&packet, bytes, count), 0);
		if (family == IP_V4)
			assert_int_equal(
				checksum_fold(checksum_add(0, bytes, 20 + packet.ip.options_bytes)),
				0);
		packet.bad_sum = true;
		assert_int_equal(packet_build(&packet, bad, sizeof(bad)), count);
		at = (family == IP_V6 ? 40 : 20 + packet.ip.options_bytes) + checksum_at(kind);
		assert_int_not_equal(received_sum(&packet, bad, count), 0);
		if (be16_at(bytes + at) > 1)
			assert_int_equal(be16_at(bad + at), be16_at(bytes + at) - 1);
		if (kind == PACKET_UDP) {
			assert_int_not_equal(be16_at(bytes + at), 0);
			assert_int_not_equal(be16_at(bad + at), 0);
		}
		bad[at] = bytes[at];
		bad[at + 1] = bytes[at + 1];
		assert_memory_equal(bad, bytes, count);
	}
}

/* A payload that makes the sum come out as wanted. */
static uint16_t sum_of_word(struct packet *packet, uint16_t wanted, bool bad_sum)
{
	static uint8_t out[100], word[2];
	size_t count, at = 20 + checksum_at(packet->kind);

	packet->payload = word;
	packet->payload_bytes = 2;
	packet->bad_sum = false;
	for (unsigned value = 0; value < 65536; value++) {
		word[0] = (uint8_t)(value >> 8);
		word[1] = (uint8_t)value;
		count = packet_build(packet, out, sizeof(out));
		assert_true(count);
		if (be16_at(out + at) == wanted)
			break;
	}
	assert_int_equal(be16_at(out + at), wanted);
	packet->bad_sum = bad_sum;
	packet_build(packet, out, sizeof(out));
	return be16_at(out + at);
}

static void the_two_zeros_of_sums_are_told_apart(void **state)
{
	struct packet packet = small_tcp();

	assert_int_equal(sum_of_word(&packet, 0, false), 0);
	assert_int_equal(sum_of_word(&packet, 0, true), 0xfffe); /* 0xffff would be right */
	assert_int_equal(sum_of_word(&packet, 1, true), 0);
	packet.kind = PACKET_UDP;
	packet.udp = (struct udp_header){1, 2, 0};
	assert_int_equal(sum_of_word(&packet, 0xffff, false), 0xffff); /* computed as 0 */
	assert_int_equal(sum_of_word(&packet, 0xffff, true), 0xfffe);
	assert_int_equal(sum_of_word(&packet, 1, true), 0xffff);
}

static uint32_t sctp_sum(const uint8_t *bytes)
{
	return (uint32_t)bytes[28] << 24 | (uint32_t)bytes[29] << 16 | (uint32_t)bytes[30] << 8 |
	       bytes[31];
}

static void sctp_has_a_padded_chunk_and_either_sum(void **state)
{
	uint8_t out[64], plain[64];
	struct packet packet = small_tcp();

	packet.kind = PACKET_SCTP;
	packet.sctp = (struct sctp_header){
		.src_port = 1, .dst_port = 2, .vtag = 3, .chunk_type = SCTP_COOKIE_ECHO};
	packet.payload = (const uint8_t *)"abcde";
	packet.payload_bytes = 5;
	memset(out, 0xee, sizeof(out));
	assert_int_equal(packet_build(&packet, out, sizeof(out)), 20 + 12 + 4 + 8);
	assert_memory_equal(out + 32,
			    "\x0a\x00\x00\x09"
			    "abcde\0\0\0",
			    12);
	memcpy(plain, out, sizeof(plain));
	memset(plain + 28, 0, 4);
	assert_int_equal(__builtin_bswap32(sctp_sum(out)), checksum_crc32c(plain + 20, 24));
	packet.bad_sum = true;
	packet_build(&packet, out, sizeof(out));
	assert_int_equal(__builtin_bswap32(sctp_sum(out)), checksum_crc32c(plain + 20, 24) - 1);
	packet.adler32 = true;
	packet_build(&packet, out, sizeof(out));
	assert_int_equal(sctp_sum(out), checksum_adler32(plain + 20, 24) - 1);
	packet.bad_sum = false;
	packet_build(&packet, out, sizeof(out));
	assert_int_equal(sctp_sum(out), checksum_adler32(plain + 20, 24));
}

static void fragments_are_as_they_are(void **state)
{
	uint8_t out[100];
	struct packet packet = small_tcp(), parsed;
	size_t count;

	packet.kind = PACKET_OTHER;
	packet.ip.protocol = PROTOCOL_TCP;
	packet.ip.id = 0x1234;
	packet.ip.fragment_offset = 65528;
	packet.payload = (const uint8_t *)"0123456789abcdefghijklmnopqrst";
	packet.payload_bytes = 30;
	for (int family = 0; family < 2; family++) {
		packet.ip.more_fragments = !family;
		count = packet_build(&packet, out, sizeof(out));
		assert_int_equal(count, family ? 78 : 50);
		assert_true(packet_parse(out, count, &parsed));
		same_packet(&packet, &parsed);
		packet.ip.src = packet.ip.dst = ip_from_value(IP_V6, 1, 0);
	}
}

static void the_mss_option_is_added_if_there_is_room(void **state)
{
	struct tcp_header tcp = {0};

	tcp_add_mss(&tcp, 1460);
	assert_int_equal(tcp.options_bytes, 4);
	assert_memory_equal(tcp.options, "\x02\x04\x05\xb4", 4);
	tcp.options_bytes = 36;
	tcp_add_mss(&tcp, 258);
	assert_int_equal(tcp.options_bytes, 40);
	assert_memory_equal(tcp.options + 36, "\x02\x04\x01\x02", 4);
	tcp_add_mss(&tcp, 1460);
	assert_int_equal(tcp.options_bytes, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_built_is_parsed_again),
		cmocka_unit_test(what_follows_the_packet_is_ignored),
		cmocka_unit_test(room_must_suffice),
		cmocka_unit_test(fields_out_of_range_are_refused),
		cmocka_unit_test(longer_than_the_length_field_is_refused),
		cmocka_unit_test(a_receiver_finds_sums_right_or_wrong_by_one),
		cmocka_unit_test(the_two_zeros_of_sums_are_told_apart),
		cmocka_unit_test(sctp_has_a_padded_chunk_and_either_sum),
		cmocka_unit_test(fragments_are_as_they_are),
		cmocka_unit_test(the_mss_option_is_added_if_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
