/* Whose answer it is (os-detection.md B1, D4). */
#include "support.h"

#include "detect/os/os6_answers.h"

#include <string.h>

static struct os6_base base;
static unsigned expected; /* 1u << probe */

static bool expects(const void *self, enum os6_probe probe)
{
	return expected & 1u << probe;
}

/* Of a packet that the target sent. */
static int whose(const struct packet *packet, const struct packet *quoted)
{
	struct packet from_target = *packet;

	from_target.ip.src = base.target;
	return os6_answers(&base, &from_target, quoted, expects, NULL);
}

static int set_up(void **state)
{
	unsigned i;

	base = (struct os6_base){.open_tcp = 80,
				 .closed_tcp = 81,
				 .udp_port = 999,
				 .closed_udp = 30001,
				 .seq = 0xfffffffe};
	assert_true(ip_parse("fd66::1", &base.source));
	assert_true(ip_parse("fd66::2", &base.target));
	for (i = 0; i < OS6_TCP_PROBES; i++) {
		base.tcp_ports[i] = (uint16_t)(1000 + i);
		base.acks[i] = 5000 + i;
	}
	expected = ~0u;
	return 0;
}

static struct packet tcp_of(uint16_t from, uint16_t to, uint8_t flags, uint32_t seq, uint32_t ack)
{
	return (struct packet){
		.kind = PACKET_TCP,
		.tcp = {.src_port = from, .dst_port = to, .flags = flags, .seq = seq, .ack = ack}};
}

static void tcp_is_told_apart_by_ports(void **state)
{
	struct packet packet = tcp_of(80, 1003, TCP_SYN | TCP_ACK, 1, 1);

	assert_int_equal(whose(&packet, NULL), OS6_S4);
	packet.tcp.dst_port = 1006;
	assert_int_equal(whose(&packet, NULL), OS6_TECN);
	packet.tcp.dst_port = 1012;
	assert_int_equal(whose(&packet, NULL), -1); /* T7 went to the closed port */
	packet.tcp.src_port = 81;
	assert_int_equal(whose(&packet, NULL), OS6_T7);
	packet.tcp.dst_port = 1013;
	assert_int_equal(whose(&packet, NULL), -1);
	packet = tcp_of(80, 1003, TCP_RST, 1, 1);
	expected &= ~(1u << OS6_S4);
	assert_int_equal(whose(&packet, NULL), -1);
}

/* -g: what is acknowledged tells, and in a RST what it begins with. */
static void with_one_port_numbers_tell(void **state)
{
	struct packet packet;
	unsigned i;

	for (i = 0; i < OS6_TCP_PROBES; i++)
		base.tcp_ports[i] = 4053;
	packet = tcp_of(80, 4053, TCP_SYN | TCP_ACK, 1, base.seq + 2 + 1);
	expected = 1u << OS6_S3 | 1u << OS6_S6 | 1u << OS6_T4;
	assert_int_equal(whose(&packet, NULL), OS6_S3);
	packet = tcp_of(80, 4053, TCP_RST, base.acks[9], 0);
	assert_int_equal(whose(&packet, NULL), OS6_T4);
	packet = tcp_of(80, 4053, TCP_RST, 77, 0);
	assert_int_equal(whose(&packet, NULL), -1);
	packet = tcp_of(80, 4053, TCP_SYN | TCP_ACK, 1, base.seq + 100);
	assert_int_equal(whose(&packet, NULL), -1);
}

static void echoes_are_told_apart_by_sequence(void **state)
{
	struct packet packet = {.kind = PACKET_ICMPV6,
				.icmp = {.type = ICMPV6_ECHO_REPLY, .rest = 0xabcd0000}};

	assert_int_equal(whose(&packet, NULL), OS6_IE1);
	packet.icmp.rest = 0xabcd0001;
	assert_int_equal(whose(&packet, NULL), OS6_IE2);
	packet.icmp.rest = 0xabcd0002;
	assert_int_equal(whose(&packet, NULL), -1);
	packet.icmp.rest = 0xabce0001;
	assert_int_equal(whose(&packet, NULL), -1);
	packet.icmp = (struct icmp_header){.type = ICMPV6_ECHO, .rest = 0xabcd0001};
	assert_int_equal(whose(&packet, NULL), -1); /* our own, on the loopback */
}

static void an_advertisement_is_of_its_target(void **state)
{
	struct packet packet = {.kind = PACKET_ICMPV6,
				.icmp.type = ICMPV6_NEIGHBOUR_ADVERTISEMENT,
				.payload = base.target.bytes,
				.payload_bytes = 16};

	assert_int_equal(whose(&packet, NULL), OS6_NS);
	packet.payload = base.source.bytes;
	assert_int_equal(whose(&packet, NULL), -1);
	packet.payload = base.target.bytes;
	packet.payload_bytes = 15;
	assert_int_equal(whose(&packet, NULL), -1);
}

static void errors_answer_what_they_quote(void **state)
{
	const struct packet error = {.kind = PACKET_ICMPV6, .icmp.type = ICMPV6_UNREACHABLE};
	struct packet quoted = {.kind = PACKET_UDP, .udp = {.src_port = 999, .dst_port = 30001}};

	assert_int_equal(whose(&error, &quoted), OS6_U1);
	quoted.udp.dst_port = 30002;
	assert_int_equal(whose(&error, &quoted), -1);
	quoted = tcp_of(1008, 80, 0, base.seq + 8, 0);
	assert_int_equal(whose(&error, &quoted), OS6_T3);
	quoted.tcp.seq++;
	assert_int_equal(whose(&error, &quoted), -1);
	quoted = (struct packet){.kind = PACKET_ICMPV6,
				 .icmp = {.type = ICMPV6_ECHO, .rest = 0xabcd0001}};
	assert_int_equal(whose(&error, &quoted), OS6_IE2);
	quoted.icmp.type = ICMPV6_NEIGHBOUR_SOLICITATION;
	assert_int_equal(whose(&error, &quoted), OS6_NS);
	quoted.kind = PACKET_OTHER;
	assert_int_equal(whose(&error, &quoted), -1);
}

static void routers_on_the_way_answer_nothing(void **state)
{
	struct packet error = {.kind = PACKET_ICMPV6, .icmp.type = ICMPV6_UNREACHABLE};
	const struct packet quoted = {.kind = PACKET_UDP,
				      .udp = {.src_port = 999, .dst_port = 30001}};

	assert_true(ip_parse("fd66::fe", &error.ip.src));
	assert_int_equal(os6_answers(&base, &error, &quoted, expects, NULL), -1);
	assert_int_equal(whose(&error, &quoted), OS6_U1);
}

static void what_was_not_asked_is_not_answered(void **state)
{
	struct packet packet = {.kind = PACKET_ICMPV6,
				.icmp = {.type = ICMPV6_ECHO_REPLY, .rest = 0xabcd0000}};

	expected = 0;
	assert_int_equal(whose(&packet, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tcp_is_told_apart_by_ports, set_up),
		cmocka_unit_test_setup(with_one_port_numbers_tell, set_up),
		cmocka_unit_test_setup(echoes_are_told_apart_by_sequence, set_up),
		cmocka_unit_test_setup(an_advertisement_is_of_its_target, set_up),
		cmocka_unit_test_setup(errors_answer_what_they_quote, set_up),
		cmocka_unit_test_setup(routers_on_the_way_answer_nothing, set_up),
		cmocka_unit_test_setup(what_was_not_asked_is_not_answered, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
