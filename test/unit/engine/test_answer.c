/* Whose is what came in: every kind of packet, and errors that quote one, built and parsed
 * as if from the wire. */
#include "support.h"

#include "engine/answer.h"

#include <string.h>

#define COOKIE 0xa1b2c3d4u
#define AT_NS  77

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

/* From target to us, or the other way round. */
static struct packet between(bool v6, bool ours, enum packet_kind kind)
{
	struct packet packet = {.kind = kind, .ip.ttl = 60};

	packet.ip.src = addr_of(v6 ? "fd00::7" : "10.0.0.7");
	packet.ip.dst = addr_of(v6 ? "fd00::1" : "10.0.0.1");
	if (ours) {
		struct ip_addr target = packet.ip.src;

		packet.ip.src = packet.ip.dst;
		packet.ip.dst = target;
	}
	return packet;
}

static uint8_t wire_bytes[2048];

/* Through the wire and back. */
static struct packet sent(const struct packet *packet)
{
	size_t count = packet_build(packet, wire_bytes, sizeof(wire_bytes));
	struct packet parsed;

	assert_true(count > 0);
	assert_true(packet_parse(wire_bytes, count, &parsed));
	return parsed;
}

/* An error of `from` that quotes so many bytes behind the IP header. */
static struct packet error_of(const struct packet *probe, const char *from, uint8_t type,
			      uint8_t code, size_t quote_bytes)
{
	static uint8_t quote[2048];
	bool v6 = probe->ip.dst.family == IP_V6;
	size_t count = packet_build(probe, quote, sizeof(quote));
	struct packet error = between(v6, false, v6 ? PACKET_ICMPV6 : PACKET_ICMP);

	assert_true(count > 0);
	error.ip.src = addr_of(from);
	error.icmp.type = type;
	error.icmp.code = code;
	error.payload = quote;
	error.payload_bytes = (v6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES) + quote_bytes;
	if (error.payload_bytes > count)
		error.payload_bytes = count;
	return sent(&error);
}

static bool has_cookie(const struct answer *answer, uint32_t cookie)
{
	unsigned i;

	for (i = 0; i < answer->cookies_count; i++)
		if (answer->cookies[i] == cookie)
			return true;
	return false;
}

/* ---- direct answers ---- */

static void assert_direct(const struct answer *answer, const struct packet *packet,
			  enum probe_kind kind)
{
	struct ip_addr target = addr_of(packet->ip.src.family == IP_V6 ? "fd00::7" : "10.0.0.7");

	assert_int_equal(answer->kind, kind);
	assert_ptr_equal(answer->response.packet, packet);
	assert_null(answer->response.quoted);
	assert_true(answer->response.from_target);
	assert_true(answer_same_addr(&answer->target, &target));
	assert_int_equal(answer->at_ns, AT_NS);
	assert_int_equal(answer->protocol, packet->ip.protocol);
}

static void tcp_answers_bring_their_numbers_back(void **state)
{
	static const struct {
		uint8_t flags;
		uint32_t seq, ack;
		bool found;
	} rows[] = {
		{TCP_SYN | TCP_ACK, 5, COOKIE + 1, true},
		{TCP_RST | TCP_ACK, 0, COOKIE + 1, true},  /* to a SYN or FIN */
		{TCP_RST | TCP_ACK, 0, COOKIE, true},      /* to no flags at all */
		{TCP_RST, COOKIE, 0, true},                /* to an ACK */
		{TCP_SYN, COOKIE, 0, false},               /* split handshake: theirs */
		{TCP_SYN | TCP_ACK, COOKIE, 5, false},     /* seq counts in resets only */
		{TCP_RST, 5, COOKIE + 1, false},           /* ack without ACK says nothing */
		{TCP_SYN | TCP_ACK, 5, COOKIE + 2, false}, /* beyond it */
	};
	struct packet packet, parsed;
	struct answer answer;
	unsigned i;
	int v6;

	for (v6 = 0; v6 < 2; v6++)
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			packet = between(v6, false, PACKET_TCP);
			packet.tcp.src_port = 80;
			packet.tcp.dst_port = 40001;
			packet.tcp.flags = rows[i].flags;
			packet.tcp.seq = rows[i].seq;
			packet.tcp.ack = rows[i].ack;
			parsed = sent(&packet);
			assert_true(answer_init(&answer, &parsed, 0, AT_NS));
			assert_direct(&answer, &parsed, PROBE_TCP);
			assert_int_equal(answer.port, 80);
			assert_int_equal(answer.our_port, 40001);
			assert_int_equal(has_cookie(&answer, COOKIE), rows[i].found);
		}
}

/* A closed port acknowledges --data with the SYN; an open one may or may not. */
static void data_may_be_acknowledged_too(void **state)
{
	static const uint32_t acks[] = {COOKIE + 1, COOKIE, COOKIE + 1 + 20, COOKIE + 20};
	struct packet packet = between(false, false, PACKET_TCP), parsed;
	struct answer answer;
	unsigned i;

	packet.tcp.flags = TCP_RST | TCP_ACK;
	for (i = 0; i < 4; i++) {
		packet.tcp.ack = acks[i];
		parsed = sent(&packet);
		assert_true(answer_init(&answer, &parsed, 20, AT_NS));
		assert_true(has_cookie(&answer, COOKIE));
		assert_true(answer_init(&answer, &parsed, 0, AT_NS));
		assert_int_equal(has_cookie(&answer, COOKIE), i < 2);
	}
}

static void udp_answers_have_ports_alone(void **state)
{
	struct packet packet, parsed;
	struct answer answer;
	int v6;

	for (v6 = 0; v6 < 2; v6++) {
		packet = between(v6, false, PACKET_UDP);
		packet.udp.src_port = 53;
		packet.udp.dst_port = 40002;
		parsed = sent(&packet);
		assert_true(answer_init(&answer, &parsed, 0, AT_NS));
		assert_direct(&answer, &parsed, PROBE_UDP);
		assert_int_equal(answer.port, 53);
		assert_int_equal(answer.our_port, 40002);
		assert_int_equal(answer.cookies_count, 0);
	}
}

static void sctp_answers_bring_the_tag(void **state)
{
	static const uint8_t value[16];
	struct packet packet, parsed;
	struct answer answer;
	int v6;

	for (v6 = 0; v6 < 2; v6++) {
		packet = between(v6, false, PACKET_SCTP);
		packet.sctp.src_port = 36412;
		packet.sctp.dst_port = 40003;
		packet.sctp.vtag = COOKIE;
		packet.sctp.chunk_type = SCTP_INIT_ACK;
		packet.payload = value;
		packet.payload_bytes = sizeof(value);
		parsed = sent(&packet);
		assert_true(answer_init(&answer, &parsed, 0, AT_NS));
		assert_direct(&answer, &parsed, PROBE_SCTP);
		assert_int_equal(answer.port, 36412);
		assert_int_equal(answer.our_port, 40003);
		assert_int_equal(answer.cookies_count, 1);
		assert_true(has_cookie(&answer, COOKIE));
	}
}

static void echo_replies_bring_identifier_and_sequence(void **state)
{
	struct packet packet, parsed;
	struct answer answer;
	int v6;

	for (v6 = 0; v6 < 2; v6++) {
		packet = between(v6, false, v6 ? PACKET_ICMPV6 : PACKET_ICMP);
		packet.icmp.type = v6 ? (uint8_t)ICMPV6_ECHO_REPLY : (uint8_t)ICMP_ECHO_REPLY;
		packet.icmp.rest = 0xc3d4a1b2;
		parsed = sent(&packet);
		assert_true(answer_init(&answer, &parsed, 0, AT_NS));
		assert_direct(&answer, &parsed, PROBE_ICMP);
		assert_int_equal(answer.our_port, 0xc3d4);
		assert_int_equal(answer.sequence, 0xa1b2);
	}
}

static void other_protocols_are_told_by_their_number(void **state)
{
	struct packet packet = between(false, false, PACKET_OTHER), parsed;
	struct answer answer;

	packet.ip.protocol = 47;
	parsed = sent(&packet);
	assert_true(answer_init(&answer, &parsed, 0, AT_NS));
	assert_direct(&answer, &parsed, PROBE_PROTOCOL);
	assert_int_equal(answer.protocol, 47);
}

static void neighbours_answer_for_themselves(void **state)
{
	struct ip_addr addr = addr_of("fd00::7");
	struct packet scratch;
	struct answer answer;

	answer_init_neighbour(&answer, &addr, &scratch, AT_NS);
	assert_int_equal(answer.kind, PROBE_NEIGHBOUR);
	assert_true(answer.response.from_target);
	assert_true(answer_same_addr(&answer.target, &addr));
	assert_ptr_equal(answer.response.packet, &scratch);
	assert_int_equal(scratch.ip.src.family, IP_V6);
	assert_int_equal(answer.at_ns, AT_NS);
}

/* ---- errors ---- */

static struct packet probe_of(bool v6, enum packet_kind kind)
{
	static const uint8_t value[16];
	struct packet probe = between(v6, true, kind);

	switch (kind) {
	case PACKET_TCP:
		probe.tcp.src_port = 40001;
		probe.tcp.dst_port = 80;
		probe.tcp.seq = COOKIE;
		probe.tcp.flags = TCP_SYN;
		break;
	case PACKET_UDP:
		probe.udp.src_port = 40001;
		probe.udp.dst_port = 80;
		break;
	case PACKET_SCTP:
		probe.sctp.src_port = 40001;
		probe.sctp.dst_port = 80;
		probe.sctp.vtag = COOKIE;
		probe.sctp.chunk_type = SCTP_COOKIE_ECHO;
		probe.payload = value;
		probe.payload_bytes = sizeof(value);
		break;
	case PACKET_OTHER:
		probe.ip.protocol = 47;
		break;
	default:
		probe.icmp.type = v6 ? (uint8_t)ICMPV6_ECHO : (uint8_t)ICMP_ECHO;
		probe.icmp.rest = 40001u << 16 | 9;
	}
	return probe;
}

static void errors_tell_of_the_probe_they_quote(void **state)
{
	static const struct {
		enum packet_kind kind;
		enum probe_kind probe;
		uint8_t protocol;
		bool has_port, has_cookie;
	} rows[] = {
		{PACKET_TCP, PROBE_TCP, 6, true, true},
		{PACKET_UDP, PROBE_UDP, 17, true, false},
		{PACKET_SCTP, PROBE_SCTP, 132, true, true},
		{PACKET_ICMP, PROBE_ICMP, 1, false, false},
		{PACKET_OTHER, PROBE_PROTOCOL, 47, false, false},
	};
	static const size_t quotes[] = {8, 28, 1000};
	struct packet probe, error;
	struct answer answer;
	unsigned i, j;
	int v6, router;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (j = 0; j < 3; j++)
			for (v6 = 0; v6 < 2; v6++)
				for (router = 0; router < 2; router++) {
					bool is_echo = rows[i].kind == PACKET_ICMP;
					const char *from = router ? v6 ? "fd00::fe" : "10.0.0.254"
							   : v6   ? "fd00::7"
								  : "10.0.0.7";

					probe = probe_of(v6, is_echo && v6 ? PACKET_ICMPV6
									   : rows[i].kind);
					error = error_of(&probe, from, v6 ? ICMPV6_UNREACHABLE : 3,
							 1, quotes[j]);
					assert_true(answer_init(&answer, &error, 0, AT_NS));
					assert_int_equal(answer.kind, rows[i].probe);
					assert_int_equal(answer.protocol,
							 is_echo && v6 ? 58 : rows[i].protocol);
					assert_true(
						answer_same_addr(&answer.target, &probe.ip.dst));
					assert_int_equal(answer.response.from_target, !router);
					assert_ptr_equal(answer.response.quoted, &answer.quoted);
					assert_int_equal(answer.port, rows[i].has_port ? 80 : 0);
					if (rows[i].kind != PACKET_OTHER)
						assert_int_equal(answer.our_port, 40001);
					assert_int_equal(has_cookie(&answer, COOKIE),
							 rows[i].has_cookie);
				}
}

/* The tag of an INIT is 0: no number to know it by. */
static void the_quote_of_an_init_has_no_cookie(void **state)
{
	struct packet probe = probe_of(false, PACKET_SCTP), error;
	struct answer answer;

	probe.sctp.vtag = 0;
	probe.sctp.chunk_type = SCTP_INIT;
	error = error_of(&probe, "10.0.0.254", 3, 13, 28);
	assert_true(answer_init(&answer, &error, 0, AT_NS));
	assert_int_equal(answer.kind, PROBE_SCTP);
	assert_int_equal(answer.cookies_count, 0);
}

static void errors_without_a_quote_are_no_answers(void **state)
{
	struct packet probe = probe_of(false, PACKET_TCP), error, parsed;
	struct answer answer;

	error = error_of(&probe, "10.0.0.254", 3, 1, 4); /* not even the ports and seq */
	assert_false(answer_init(&answer, &error, 0, AT_NS));
	error = between(false, false, PACKET_ICMP);
	error.icmp.type = ICMP_UNREACHABLE;
	parsed = sent(&error);
	assert_false(answer_init(&answer, &parsed, 0, AT_NS));
}

/* A zone is ours alone: packets have none. */
static void a_zone_makes_no_other_address(void **state)
{
	struct ip_addr a = addr_of("fe80::7"), b = a, c = addr_of("fe80::8"),
		       v4 = addr_of("254.128.0.0");

	a.scope_id = 2;
	assert_true(answer_same_addr(&a, &b));
	assert_false(answer_same_addr(&a, &c));
	assert_false(answer_same_addr(&v4, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_answers_bring_their_numbers_back),
		cmocka_unit_test(data_may_be_acknowledged_too),
		cmocka_unit_test(udp_answers_have_ports_alone),
		cmocka_unit_test(sctp_answers_bring_the_tag),
		cmocka_unit_test(echo_replies_bring_identifier_and_sequence),
		cmocka_unit_test(other_protocols_are_told_by_their_number),
		cmocka_unit_test(neighbours_answer_for_themselves),
		cmocka_unit_test(errors_tell_of_the_probe_they_quote),
		cmocka_unit_test(the_quote_of_an_init_has_no_cookie),
		cmocka_unit_test(errors_without_a_quote_are_no_answers),
		cmocka_unit_test(a_zone_makes_no_other_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
