/* Hosts that lie, and answers that are not theirs. */
#include "link_sim_fixture.h"

static const struct link_sim_port ports[] = {
	{.transport = TRANSPORT_TCP, .first = 22, .last = 22, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_TCP, .first = 23, .last = 23, .state = LINK_SIM_CLOSED},
	{.transport = TRANSPORT_TCP, .first = 24, .last = 24, .state = LINK_SIM_SILENT},
	{.transport = TRANSPORT_UDP, .first = 24, .last = 24, .state = LINK_SIM_SILENT},
	{.transport = TRANSPORT_UDP,
	 .first = 53,
	 .last = 53,
	 .state = LINK_SIM_OPEN,
	 .answer = "pong",
	 .answer_bytes = 4},
};

struct one {
	struct fixture fixture;
	struct link_sim_host host;
};

static void init(struct one *one, enum link_sim_lie lie)
{
	one->host = (struct link_sim_host){
		.first = addr_of("10.1.0.0"),
		.last = addr_of("10.1.0.255"),
		.distance = 9,
		.rtt_ns = MS(10),
		.ports = ports,
		.ports_count = COUNT(ports),
		.lie = lie,
		.lie_ttl = 250,
	};
	fixture_init(&one->fixture, &one->host, 1);
}

static const struct packet *tell(struct one *one, uint16_t port, uint8_t flags)
{
	struct packet probe = tcp_probe(&one->fixture, "10.1.0.5", port, flags);

	return ask(&one->fixture, &probe);
}

static void a_syn_proxy_has_every_port_open(void **state)
{
	const struct packet *answer;
	struct one one;

	init(&one, LINK_SIM_SYN_PROXY);
	fixture_begin(&one.fixture);
	answer = tell(&one, 4711, TCP_SYN);
	assert_non_null(answer);
	assert_int_equal(answer->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(answer->tcp.ack, OUR_SEQ + 1);
	assert_int_equal(answer->tcp.window, 0);
	assert_int_equal(answer->tcp.options_bytes, 0);
	assert_int_equal(answer->ip.ttl, 250);
	assert_null(tell(&one, 4711, TCP_ACK));
	answer = tell(&one, 22, TCP_SYN); /* named: the host itself */
	assert_int_equal(answer->ip.ttl, 64 - 9);
	assert_int_equal(answer->tcp.window, 64240);
	fixture_end(&one.fixture);
}

static void all_open_is_the_stacks_own_synack(void **state)
{
	const struct packet *answer;
	struct one one;

	init(&one, LINK_SIM_ALL_OPEN);
	fixture_begin(&one.fixture);
	answer = tell(&one, 4711, TCP_SYN);
	assert_int_equal(answer->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(answer->tcp.window, 64240);
	assert_int_equal(answer->ip.ttl, 64 - 9);
	assert_int_equal(tell(&one, 23, TCP_SYN)->tcp.flags, TCP_RST | TCP_ACK);
	fixture_end(&one.fixture);
}

static void a_reset_firewall_resets_even_what_is_broken(void **state)
{
	const struct packet *answer;
	struct packet probe;
	struct one one;

	init(&one, LINK_SIM_RST_FIREWALL);
	fixture_begin(&one.fixture);
	answer = tell(&one, 4711, TCP_SYN);
	assert_int_equal(answer->tcp.flags, TCP_RST | TCP_ACK);
	assert_int_equal(answer->tcp.ack, OUR_SEQ + 1);
	assert_int_equal(answer->ip.ttl, 250);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 4711, TCP_SYN);
	probe.bad_sum = true;
	assert_non_null(ask(&one.fixture, &probe));
	fixture_end(&one.fixture);
}

static void a_tarpit_holds_on(void **state)
{
	const struct packet *answer;
	struct one one;

	init(&one, LINK_SIM_TARPIT);
	fixture_begin(&one.fixture);
	answer = tell(&one, 4711, TCP_SYN);
	assert_int_equal(answer->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(answer->tcp.window, 10);
	answer = tell(&one, 4711, TCP_ACK);
	assert_int_equal(answer->tcp.flags, TCP_ACK);
	assert_int_equal(answer->tcp.window, 0);
	assert_int_equal(answer->tcp.seq, OUR_ACK);
	assert_null(tell(&one, 4711, TCP_FIN));
	fixture_end(&one.fixture);
}

/* --- garbage --- */

/* Asks with everything forged that `garbage` says; gives the first answer, which
 * is forged, and checks that the true one comes after it, if there is one. */
static const struct packet *forged(struct one *one, const struct link_sim_garbage *garbage,
				   const struct packet *probe, unsigned answers)
{
	one->host.garbage = garbage;
	one->fixture.heard = 0;
	send_packet(&one->fixture, probe);
	settle(&one->fixture);
	assert_int_equal(one->fixture.heard, answers);
	return &one->fixture.kept[0].packet;
}

static void a_wrong_cookie_is_all_that_is_wrong(void **state)
{
	const struct link_sim_garbage garbage = {.wrong_cookie = 1};
	const struct packet *answer;
	struct packet probe, quoted;
	struct one one;

	init(&one, LINK_SIM_HONEST);
	fixture_begin(&one.fixture);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	answer = forged(&one, &garbage, &probe, 2);
	assert_int_equal(answer->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_not_equal(answer->tcp.ack, OUR_SEQ + 1);
	assert_int_equal(answer->tcp.src_port, 22);
	assert_int_equal(one.fixture.kept[1].packet.tcp.ack, OUR_SEQ + 1);
	/* A silent port: only the forger says anything. */
	probe.tcp.dst_port = 24;
	answer = forged(&one, &garbage, &probe, 1);
	assert_int_equal(answer->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_not_equal(answer->tcp.ack, OUR_SEQ + 1);
	/* The RST to an ACK has its cookie in seq. */
	probe = tcp_probe(&one.fixture, "10.1.0.5", 23, TCP_ACK);
	answer = forged(&one, &garbage, &probe, 2);
	assert_int_not_equal(answer->tcp.seq, OUR_ACK);
	/* An ICMP error quotes it; UDP has none. */
	probe = probe_of(&one.fixture, "10.1.0.5", PACKET_OTHER);
	probe.ip.protocol = 99;
	probe.payload = (const uint8_t *)"\0\1\2\3\4\5\6\7\10";
	probe.payload_bytes = 8;
	answer = forged(&one, &garbage, &probe, 2);
	assert_true(packet_parse_quote(answer, &quoted));
	assert_int_equal(quoted.payload[4], 4 ^ 0x55);
	probe = udp_probe(&one.fixture, "10.1.0.5", 9, "");
	forged(&one, &garbage, &probe, 1);
	probe.udp.dst_port = 24;
	forged(&one, &garbage, &probe, 0);
	fixture_end(&one.fixture);
}

static void a_wrong_port_is_all_that_is_wrong(void **state)
{
	const struct link_sim_garbage garbage = {.wrong_port = 1};
	const struct packet *answer;
	struct packet probe, quoted;
	struct one one;

	init(&one, LINK_SIM_HONEST);
	fixture_begin(&one.fixture);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	answer = forged(&one, &garbage, &probe, 2);
	assert_int_equal(answer->tcp.src_port, 23);
	assert_int_equal(answer->tcp.ack, OUR_SEQ + 1);
	probe = udp_probe(&one.fixture, "10.1.0.5", 53, "");
	answer = forged(&one, &garbage, &probe, 2);
	assert_int_equal(answer->udp.src_port, 53);
	assert_int_not_equal(answer->udp.dst_port, SRC_PORT);
	probe = udp_probe(&one.fixture, "10.1.0.5", 9, "");
	answer = forged(&one, &garbage, &probe, 2);
	assert_true(packet_parse_quote(answer, &quoted));
	assert_int_equal(quoted.udp.dst_port, 9);
	assert_int_not_equal(quoted.udp.src_port, SRC_PORT);
	fixture_end(&one.fixture);
}

static void a_wrong_source_is_all_that_is_wrong(void **state)
{
	const struct link_sim_garbage garbage = {.wrong_source = 1};
	struct ip_addr other = addr_of("10.1.0.4");
	const struct packet *answer;
	struct packet probe;
	struct one one;

	init(&one, LINK_SIM_HONEST);
	fixture_begin(&one.fixture);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	answer = forged(&one, &garbage, &probe, 2);
	assert_true(ip_equal(&answer->ip.src, &other));
	assert_int_equal(answer->tcp.ack, OUR_SEQ + 1);
	probe = udp_probe(&one.fixture, "10.1.0.5", 9, "");
	forged(&one, &garbage, &probe, 1); /* an error may come from anywhere */
	fixture_end(&one.fixture);
}

static void answers_are_contradicted_later(void **state)
{
	const struct link_sim_garbage garbage = {.contradicted = 1, .contradicted_ns = MS(5)};
	struct packet probe;
	struct one one;

	init(&one, LINK_SIM_HONEST);
	fixture_begin(&one.fixture);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	forged(&one, &garbage, &probe, 2);
	assert_int_equal(one.fixture.kept[0].packet.tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(one.fixture.kept[1].packet.tcp.flags, TCP_RST | TCP_ACK);
	assert_int_equal(one.fixture.kept[1].packet.tcp.ack, OUR_SEQ + 1);
	assert_int_equal(one.fixture.kept[1].at_ns - one.fixture.kept[0].at_ns, MS(5));
	probe.tcp.dst_port = 23;
	forged(&one, &garbage, &probe, 2);
	assert_int_equal(one.fixture.kept[0].packet.tcp.flags, TCP_RST | TCP_ACK);
	assert_int_equal(one.fixture.kept[1].packet.tcp.flags, TCP_SYN | TCP_ACK);
	fixture_end(&one.fixture);
}

static void late_answers_are_true(void **state)
{
	const struct link_sim_garbage garbage = {.late = 1, .late_ns = 3 * NS_PER_S};
	struct packet probe;
	struct one one;

	init(&one, LINK_SIM_HONEST);
	fixture_begin(&one.fixture);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	forged(&one, &garbage, &probe, 1);
	assert_int_equal(one.fixture.kept[0].at_ns, MS(3010));
	assert_int_equal(one.fixture.kept[0].packet.tcp.ack, OUR_SEQ + 1);
	fixture_end(&one.fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_syn_proxy_has_every_port_open),
		cmocka_unit_test(all_open_is_the_stacks_own_synack),
		cmocka_unit_test(a_reset_firewall_resets_even_what_is_broken),
		cmocka_unit_test(a_tarpit_holds_on),
		cmocka_unit_test(a_wrong_cookie_is_all_that_is_wrong),
		cmocka_unit_test(a_wrong_port_is_all_that_is_wrong),
		cmocka_unit_test(a_wrong_source_is_all_that_is_wrong),
		cmocka_unit_test(answers_are_contradicted_later),
		cmocka_unit_test(late_answers_are_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
