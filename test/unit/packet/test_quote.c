#include "packet_fixture.h"

/* An ICMP error about the `count` bytes of a packet, as it arrives. `told` is the
 * length field of RFC 4884. */
static bool parse_quote(enum ip_family family, const uint8_t *bytes, size_t count, unsigned told,
			struct packet *ret_quoted)
{
	static uint8_t out[4000];
	uint8_t *exact = exact_copy(bytes, count);
	bool v6 = family == IP_V6, ok;
	struct packet error = {
		.kind = v6 ? PACKET_ICMPV6 : PACKET_ICMP,
		.icmp = {.type = v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE,
			 .code = 3,
			 .rest = told << (v6 ? 24 : 16)},
		.payload = exact,
		.payload_bytes = count,
	};

	ok = packet_parse_quote(&error, ret_quoted);
	if (ok) {
		/* What it points to is freed: keep what a test looks at. */
		memcpy(out, ret_quoted->payload, ret_quoted->payload_bytes);
		assert_true(ret_quoted->payload + ret_quoted->payload_bytes <= exact + count);
		ret_quoted->payload = out;
	}
	free(exact);
	return ok;
}

static size_t ip_bytes(const struct packet *packet)
{
	return packet->ip.src.family == IP_V6 ? 40 : 20 + packet->ip.options_bytes;
}

static void ports_and_seq_are_there(const struct packet *sent, const struct packet *quoted)
{
	same_ip(&sent->ip, &quoted->ip);
	assert_int_equal(sent->kind, quoted->kind);
	switch (sent->kind) {
	case PACKET_TCP:
		assert_int_equal(sent->tcp.src_port, quoted->tcp.src_port);
		assert_int_equal(sent->tcp.dst_port, quoted->tcp.dst_port);
		assert_int_equal(sent->tcp.seq, quoted->tcp.seq);
		break;
	case PACKET_UDP:
		assert_int_equal(sent->udp.src_port, quoted->udp.src_port);
		assert_int_equal(sent->udp.dst_port, quoted->udp.dst_port);
		break;
	case PACKET_SCTP:
		assert_int_equal(sent->sctp.src_port, quoted->sctp.src_port);
		assert_int_equal(sent->sctp.dst_port, quoted->sctp.dst_port);
		assert_int_equal(sent->sctp.vtag, quoted->sctp.vtag);
		break;
	case PACKET_OTHER:
		assert_int_equal(sent->ip.protocol, quoted->ip.protocol);
		break;
	default:
		assert_int_equal(sent->icmp.type, quoted->icmp.type);
		assert_int_equal(sent->icmp.rest, quoted->icmp.rest);
	}
}

static void a_quote_may_end_after_eight_bytes(void **state)
{
	uint8_t payload[40], bytes[200];
	struct packet packet, quoted;
	struct random random;

	random_init(&random, 31);
	for (int round = 0; round < 500; round++) {
		enum packet_kind kind = round % (PACKET_IGMP + 1);
		enum ip_family family = random_below(&random, 2) ? IP_V6 : IP_V4;
		size_t count, least;

		if (!kind_suits(kind, family))
			continue;
		random_packet(&random, kind, family, payload, sizeof(payload), &packet);
		count = packet_build(&packet, bytes, sizeof(bytes));
		least = ip_bytes(&packet) + (kind == PACKET_OTHER ? 0 : 8);
		for (size_t cut = 0; cut <= count; cut++) {
			bool ok = parse_quote(family, bytes, cut, 0, &quoted);

			assert_int_equal(ok, cut >= least);
			if (ok)
				ports_and_seq_are_there(&packet, &quoted);
		}
		same_packet(&packet, &quoted);
	}
}

static const char syn[] = "45000028 00010000 40060000 0a000001 0a000002"
			  "01020304 05060708 090a0b0c 50120400 00000000";

static void fields_past_the_cut_are_zero(void **state)
{
	uint8_t bytes[100];
	struct packet quoted;

	unhex(syn, bytes);
	assert_true(parse_quote(IP_V4, bytes, 28, 0, &quoted));
	assert_int_equal(quoted.tcp.seq, 0x05060708);
	assert_int_equal(quoted.tcp.ack, 0);
	assert_int_equal(quoted.tcp.flags, 0);
	assert_int_equal(quoted.payload_bytes, 0);
	assert_true(parse_quote(IP_V4, bytes, 34, 0, &quoted));
	assert_int_equal(quoted.tcp.ack, 0x090a0b0c);
	assert_int_equal(quoted.tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(quoted.tcp.window, 0);
}

/* Stacks that change the length before they quote: swapped, less the header, more. */
static void a_spoilt_total_length_does_no_harm(void **state)
{
	static const uint16_t lengths[] = {0, 0x2800, 20, 24, 40, 60, 0xffff};
	uint8_t bytes[100];
	struct packet quoted;

	unhex(syn, bytes);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		bytes[2] = (uint8_t)(lengths[i] >> 8);
		bytes[3] = (uint8_t)lengths[i];
		assert_true(parse_quote(IP_V4, bytes, 40, 0, &quoted));
		assert_int_equal(quoted.kind, PACKET_TCP);
		assert_int_equal(quoted.tcp.seq, 0x05060708);
		assert_int_equal(quoted.ip.total_bytes, lengths[i]);
	}
}

static void extensions_of_rfc_4884_are_no_payload(void **state)
{
	static uint8_t payload[300], bytes[500];
	struct packet packet, quoted;
	struct random random;
	size_t count, of_quote;

	random_init(&random, 32);
	for (int family = IP_V4; family <= IP_V6; family += 2) {
		random_packet(&random, PACKET_UDP, family, payload, 0, &packet);
		packet.ip.options_bytes = 0;
		packet.payload_bytes = 300;
		count = packet_build(&packet, bytes, sizeof(bytes));
		assert_int_equal(count, family == IP_V6 ? 348 : 328);
		of_quote = 128 - (family == IP_V6 ? 48 : 28);
		/* 128 bytes of the packet, then what is no part of it */
		assert_true(parse_quote(family, bytes, 148, family == IP_V6 ? 16 : 32, &quoted));
		assert_int_equal(quoted.payload_bytes, of_quote);
		assert_true(parse_quote(family, bytes, 148, 0, &quoted));
		assert_int_equal(quoted.payload_bytes, of_quote + 20);
		/* Less than RFC 4884 allows: something else is in this field. */
		assert_true(parse_quote(family, bytes, 148, 3, &quoted));
		assert_int_equal(quoted.payload_bytes, of_quote + 20);
		assert_true(parse_quote(family, bytes, 148, 255, &quoted));
		assert_int_equal(quoted.payload_bytes, of_quote + 20);
	}
}

static void a_probe_without_a_transport_header_is_quoted_too(void **state)
{
	uint8_t bytes[100];
	struct packet quoted;

	unhex("45000014 00010000 40060000 0a000001 0a000002", bytes);
	assert_true(parse_quote(IP_V4, bytes, 20, 0, &quoted));
	assert_int_equal(quoted.kind, PACKET_OTHER);
	assert_int_equal(quoted.ip.protocol, PROTOCOL_TCP);
	bytes[3] = 40; /* there was one, and it is cut off */
	assert_false(parse_quote(IP_V4, bytes, 20, 0, &quoted));
}

/* What the length told ends is refused when the packet went on: no port can be read. */
static void a_told_end_may_lie_before_the_header(void **state)
{
	static const uint8_t to_udp[] = {17, 10, 1, 84}; /* RFC 8200, 4.6: 88 bytes, one option */
	uint8_t bytes[40 + 88 + 8] = {0x60, [4] = 1000 >> 8, 1000 & 0xff, 60, 64};
	struct packet quoted;

	(void)state;
	memcpy(bytes + 40, to_udp, sizeof(to_udp));
	bytes[40 + 88 + 3] = 53;
	assert_false(parse_quote(IP_V6, bytes, sizeof(bytes), 16, &quoted));
	assert_true(parse_quote(IP_V6, bytes, sizeof(bytes), 17, &quoted));
	assert_int_equal(quoted.kind, PACKET_UDP);
	assert_int_equal(quoted.udp.dst_port, 53);
}

static void only_errors_quote(void **state)
{
	static const uint8_t v4[] = {3, 4, 5, 11, 12};
	uint8_t bytes[100];
	struct packet quoted, packet = {.payload = bytes, .payload_bytes = unhex(syn, bytes)};

	for (int type = 0; type < 256; type++) {
		packet.icmp.type = (uint8_t)type;
		packet.kind = PACKET_ICMP;
		assert_int_equal(packet_is_icmp_error(&packet),
				 memchr(v4, type, sizeof(v4)) != NULL);
		assert_int_equal(packet_parse_quote(&packet, &quoted),
				 memchr(v4, type, sizeof(v4)) != NULL);
		packet.kind = PACKET_ICMPV6;
		assert_int_equal(packet_is_icmp_error(&packet), type > 0 && type < 128);
		packet.kind = PACKET_IGMP;
		assert_false(packet_is_icmp_error(&packet));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quote_may_end_after_eight_bytes),
		cmocka_unit_test(fields_past_the_cut_are_zero),
		cmocka_unit_test(a_spoilt_total_length_does_no_harm),
		cmocka_unit_test(extensions_of_rfc_4884_are_no_payload),
		cmocka_unit_test(a_probe_without_a_transport_header_is_quoted_too),
		cmocka_unit_test(a_told_end_may_lie_before_the_header),
		cmocka_unit_test(only_errors_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
