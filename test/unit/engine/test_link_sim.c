/* What simulated hosts say. */
#include "link_sim_fixture.h"

static const struct link_sim_port ports[] = {
	{.transport = TRANSPORT_TCP, .first = 22, .last = 22, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_TCP, .first = 100, .last = 199, .state = LINK_SIM_SILENT},
	{.transport = TRANSPORT_TCP,
	 .first = 200,
	 .last = 209,
	 .state = LINK_SIM_REJECTED,
	 .icmp_type = ICMP_UNREACHABLE,
	 .icmp_code = 10,
	 .router = {.bytes = {10, 1, 0, 9}, .family = IP_V4}},
	{.transport = TRANSPORT_UDP,
	 .first = 53,
	 .last = 53,
	 .state = LINK_SIM_OPEN,
	 .answer = "pong",
	 .answer_bytes = 4,
	 .wants_payload = true},
	{.transport = TRANSPORT_UDP, .first = 54, .last = 54, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_SCTP, .first = 36412, .last = 36412, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_IP, .first = 47, .last = 47, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_IP,
	 .first = 89,
	 .last = 89,
	 .state = LINK_SIM_OPEN,
	 .answer = "hello",
	 .answer_bytes = 5},
};

/* 10.1.0.0/24 and fd01::/112, three routers away; and one more, peculiar. */
struct one {
	struct fixture fixture;
	struct link_sim_host hosts[2];
};

static void begin(struct one *one, const struct link_sim_stack *stack)
{
	one->hosts[0] = (struct link_sim_host){
		.first = addr_of("10.1.0.0"),
		.last = addr_of("10.1.0.255"),
		.distance = 3,
		.router = addr_of("10.9.0.1"),
		.rtt_ns = MS(25) + 1,
		.stack = stack,
		.ports = ports,
		.ports_count = COUNT(ports),
	};
	one->hosts[1] = one->hosts[0];
	one->hosts[1].first = addr_of("fd01::");
	one->hosts[1].last = addr_of("fd01::ffff");
	one->hosts[1].router = addr_of("fd09::1");
	fixture_init(&one->fixture, one->hosts, 2);
	fixture_begin(&one->fixture);
}

static void end(struct one *one)
{
	fixture_end(&one->fixture);
}

static void syn_to_an_open_port_is_acknowledged(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_true(ip_equal(&answer->ip.src, &probe.ip.dst));
	assert_true(ip_equal(&answer->ip.dst, &probe.ip.src));
	assert_int_equal(answer->ip.ttl, 61);
	assert_true(answer->ip.dont_fragment);
	assert_int_equal(answer->ip.id, 0);
	assert_int_equal(answer->tcp.src_port, 22);
	assert_int_equal(answer->tcp.dst_port, SRC_PORT);
	assert_int_equal(answer->tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(answer->tcp.ack, OUR_SEQ + 1);
	assert_int_equal(answer->tcp.window, 64240);
	assert_int_equal(answer->tcp.options_bytes, 4);
	assert_memory_equal(answer->tcp.options, "\x02\x04\x05\xb4", 4);
	assert_int_equal(one.fixture.kept[0].at_ns, MS(25) + 1);
	end(&one);
}

static void closed_ports_reset(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "fd01::5", 23, TCP_SYN);
	probe.payload = (const uint8_t *)"abc";
	probe.payload_bytes = 3;
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->tcp.flags, TCP_RST | TCP_ACK);
	assert_int_equal(answer->tcp.seq, 0);
	assert_int_equal(answer->tcp.ack, OUR_SEQ + 4);
	assert_int_equal(answer->tcp.options_bytes, 0);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 23, TCP_RST);
	assert_null(ask(&one.fixture, &probe));
	end(&one);
}

/* RFC 9293, 3.10.7: in CLOSED and in LISTEN. */
static void ack_is_reset_with_our_ack_as_its_seq(void **state)
{
	static const uint16_t both[] = {22, 23};
	struct one one;
	size_t i;

	begin(&one, NULL);
	for (i = 0; i < COUNT(both); i++) {
		struct packet probe = tcp_probe(&one.fixture, "10.1.0.5", both[i], TCP_ACK);
		const struct packet *answer = ask(&one.fixture, &probe);

		assert_non_null(answer);
		assert_int_equal(answer->tcp.flags, TCP_RST);
		assert_int_equal(answer->tcp.seq, OUR_ACK);
		assert_int_equal(answer->tcp.window, 0);
	}
	end(&one);
}

static void filtered_ports_are_silent_or_a_router_says_so(void **state)
{
	struct one one;
	struct packet probe, quoted;
	struct ip_addr router = addr_of("10.1.0.9");
	const struct packet *answer;

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 150, TCP_SYN);
	assert_null(ask(&one.fixture, &probe));
	probe = tcp_probe(&one.fixture, "10.1.0.5", 200, TCP_SYN);
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_true(ip_equal(&answer->ip.src, &router));
	assert_int_equal(answer->icmp.type, ICMP_UNREACHABLE);
	assert_int_equal(answer->icmp.code, 10);
	assert_true(packet_parse_quote(answer, &quoted));
	assert_int_equal(quoted.tcp.dst_port, 200);
	assert_int_equal(quoted.tcp.seq, OUR_SEQ);
	end(&one);
}

/* What each stack makes of FIN, NULL, Xmas and FIN|ACK: the answer's flags, 0
 * for silence. */
static uint8_t says(const struct link_sim_stack *stack, uint16_t port, uint8_t flags,
		    uint16_t *ret_window)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;
	uint8_t said = 0;

	begin(&one, stack);
	probe = tcp_probe(&one.fixture, "10.1.0.5", port, flags);
	answer = ask(&one.fixture, &probe);
	if (answer) {
		said = answer->tcp.flags;
		*ret_window = answer->tcp.window;
	}
	end(&one);
	return said;
}

static void odd_flags_are_treated_as_the_stack_would(void **state)
{
	static const uint8_t odd[] = {TCP_FIN, 0, TCP_FIN | TCP_PSH | TCP_URG};
	uint16_t window = 0;
	size_t i;

	for (i = 0; i < COUNT(odd); i++) {
		assert_int_equal(says(&link_sim_plain, 22, odd[i], &window), 0);
		assert_int_equal(says(&link_sim_plain, 23, odd[i], &window), TCP_RST | TCP_ACK);
		assert_int_equal(says(&link_sim_windows, 22, odd[i], &window), TCP_RST | TCP_ACK);
		assert_int_equal(says(&link_sim_windows, 23, odd[i], &window), TCP_RST | TCP_ACK);
	}
	assert_int_equal(says(&link_sim_plain, 22, TCP_FIN | TCP_ACK, &window), TCP_RST);
	assert_int_equal(says(&link_sim_bsd, 22, TCP_FIN | TCP_ACK, &window), 0);
	assert_int_equal(says(&link_sim_bsd, 23, TCP_FIN | TCP_ACK, &window), TCP_RST);
	assert_int_equal(window, 0);
	assert_int_equal(says(&link_sim_bsd, 22, TCP_ACK, &window), TCP_RST);
	assert_int_equal(window, 65535);
}

static void a_synack_that_we_do_not_reset_is_repeated(void **state)
{
	struct link_sim_stack stack = link_sim_plain;
	struct one one;
	struct packet probe;

	stack.synack_repeats = 2;
	begin(&one, &stack);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	send_packet(&one.fixture, &probe);
	settle(&one.fixture);
	assert_int_equal(one.fixture.heard, 3);
	assert_int_equal(one.fixture.kept[2].at_ns, MS(3025) + 1);
	assert_int_equal(one.fixture.truth.answers, 1);
	end(&one);
}

static void udp_is_answered_only_where_the_script_says(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;

	begin(&one, NULL);
	probe = udp_probe(&one.fixture, "10.1.0.5", 53, "ping");
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->kind, PACKET_UDP);
	assert_int_equal(answer->udp.src_port, 53);
	assert_int_equal(answer->payload_bytes, 4);
	assert_memory_equal(answer->payload, "pong", 4);
	probe = udp_probe(&one.fixture, "10.1.0.5", 53, "");
	assert_null(ask(&one.fixture, &probe));
	probe = udp_probe(&one.fixture, "10.1.0.5", 54, "ping");
	assert_null(ask(&one.fixture, &probe));
	end(&one);
}

static void closed_udp_is_unreachable_with_a_quote(void **state)
{
	struct one one;
	struct packet probe, quoted;
	const struct packet *answer;

	begin(&one, NULL);
	probe = udp_probe(&one.fixture, "10.1.0.5", 9, "sixteen bytes...");
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->icmp.type, ICMP_UNREACHABLE);
	assert_int_equal(answer->icmp.code, 3);
	assert_int_equal(answer->payload_bytes, 28); /* header and eight bytes */
	assert_true(packet_parse_quote(answer, &quoted));
	assert_int_equal(quoted.udp.dst_port, 9);
	assert_int_equal(quoted.udp.src_port, SRC_PORT);
	assert_true(ip_equal(&quoted.ip.dst, &probe.ip.dst));
	probe = udp_probe(&one.fixture, "fd01::5", 9, "sixteen bytes...");
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->icmp.type, ICMPV6_UNREACHABLE);
	assert_int_equal(answer->icmp.code, 4);
	assert_int_equal(answer->payload_bytes, 40 + 8 + 16);
	end(&one);
	begin(&one, &link_sim_linux); /* quotes more */
	probe = udp_probe(&one.fixture, "10.1.0.5", 9, "sixteen bytes...");
	assert_int_equal(ask(&one.fixture, &probe)->payload_bytes, 28 + 16);
	end(&one);
}

static const struct packet *icmp(struct one *one, const char *to, enum packet_kind kind,
				 uint8_t type)
{
	struct packet probe = probe_of(&one->fixture, to, kind);

	probe.icmp.type = type;
	probe.icmp.rest = OUR_IDENT;
	probe.payload = (const uint8_t *)"\1\2\3\4\0\0\0\0\0\0\0\0";
	probe.payload_bytes = 12;
	return ask(&one->fixture, &probe);
}

static void icmp_questions_are_answered(void **state)
{
	struct one one;
	const struct packet *answer;
	uint32_t ms_today = START_S % 86400 * 1000u + 12; /* half way */

	begin(&one, &link_sim_bsd);
	answer = icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_TIMESTAMP);
	assert_int_equal(answer->icmp.type, ICMP_TIMESTAMP_REPLY);
	assert_int_equal(answer->icmp.rest, OUR_IDENT);
	assert_memory_equal(answer->payload, "\1\2\3\4", 4);
	assert_int_equal((uint32_t)answer->payload[8] << 24 | answer->payload[9] << 16 |
				 answer->payload[10] << 8 | answer->payload[11],
			 ms_today);
	answer = icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_ECHO);
	assert_int_equal(answer->icmp.type, ICMP_ECHO_REPLY);
	assert_int_equal(answer->icmp.rest, OUR_IDENT);
	assert_int_equal(answer->payload_bytes, 12);
	answer = icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_MASK);
	assert_int_equal(answer->icmp.type, ICMP_MASK_REPLY);
	assert_int_equal(answer->payload_bytes, 4);
	answer = icmp(&one, "fd01::5", PACKET_ICMPV6, ICMPV6_ECHO);
	assert_int_equal(answer->icmp.type, ICMPV6_ECHO_REPLY);
	assert_int_equal(answer->icmp.rest, OUR_IDENT);
	end(&one);
	begin(&one, &link_sim_windows);
	assert_null(icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_TIMESTAMP));
	assert_non_null(icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_ECHO));
	end(&one);
}

static void unknown_protocols_are_unreachable(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;

	begin(&one, &link_sim_linux);
	probe = probe_of(&one.fixture, "10.1.0.5", PACKET_OTHER);
	probe.ip.protocol = 132; /* this Linux has no SCTP */
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->icmp.type, ICMP_UNREACHABLE);
	assert_int_equal(answer->icmp.code, 2);
	probe.ip.protocol = 47;
	assert_null(ask(&one.fixture, &probe));
	probe.ip.protocol = 89;
	link_filter(one.fixture.link, 1, 2, true);
	assert_int_equal(ask(&one.fixture, &probe)->ip.protocol, 89);
	assert_memory_equal(one.fixture.kept[0].packet.payload, "hello", 5);
	link_filter(one.fixture.link, 1, 2, false);
	assert_null(ask(&one.fixture, &probe));
	probe = probe_of(&one.fixture, "fd01::5", PACKET_OTHER);
	probe.ip.protocol = 99;
	answer = ask(&one.fixture, &probe);
	assert_int_equal(answer->icmp.type, ICMPV6_PARAMETER_PROBLEM);
	assert_int_equal(answer->icmp.code, 1);
	assert_int_equal(answer->icmp.rest, 6);
	end(&one);
}

static struct packet sctp_probe(const struct one *one, uint16_t port, enum sctp_chunk chunk)
{
	struct packet probe = probe_of(&one->fixture, "10.1.0.5", PACKET_SCTP);

	probe.sctp.src_port = SRC_PORT;
	probe.sctp.dst_port = port;
	probe.sctp.vtag = chunk == SCTP_INIT ? 0 : OUR_VTAG;
	probe.sctp.chunk_type = chunk;
	probe.payload = (const uint8_t *)"\1\2\3\4\0\1\0\0\0\1\0\1\0\0\0\0";
	probe.payload_bytes = 16;
	return probe;
}

static void sctp_listeners_answer_init_and_are_silent_to_cookies(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;

	begin(&one, NULL);
	probe = sctp_probe(&one, 36412, SCTP_INIT);
	answer = ask(&one.fixture, &probe);
	assert_int_equal(answer->sctp.chunk_type, SCTP_INIT_ACK);
	assert_int_equal(answer->sctp.vtag, OUR_VTAG);
	assert_int_equal(answer->sctp.src_port, 36412);
	probe = sctp_probe(&one, 1, SCTP_INIT);
	answer = ask(&one.fixture, &probe);
	assert_int_equal(answer->sctp.chunk_type, SCTP_ABORT);
	assert_int_equal(answer->sctp.chunk_flags, 0);
	assert_int_equal(answer->sctp.vtag, OUR_VTAG);
	probe = sctp_probe(&one, 36412, SCTP_COOKIE_ECHO);
	assert_null(ask(&one.fixture, &probe));
	probe = sctp_probe(&one, 1, SCTP_COOKIE_ECHO);
	answer = ask(&one.fixture, &probe);
	assert_int_equal(answer->sctp.chunk_type, SCTP_ABORT);
	assert_int_equal(answer->sctp.chunk_flags, 1);
	assert_int_equal(answer->sctp.vtag, OUR_VTAG);
	end(&one);
}

static void sctp_checksums_are_looked_at(void **state)
{
	struct link_sim_stack stack = link_sim_plain;
	struct one one;
	struct packet probe;

	begin(&one, &stack);
	probe = sctp_probe(&one, 36412, SCTP_INIT);
	probe.adler32 = true;
	assert_null(ask(&one.fixture, &probe));
	stack.adler32 = true;
	assert_non_null(ask(&one.fixture, &probe));
	end(&one);
}

/* A TTL that changes on the way is not in the transport's checksum. */
static void send_with_bad_header_sum(struct fixture *fixture)
{
	struct packet v4 = tcp_probe(fixture, "10.1.0.5", 22, TCP_SYN);
	uint8_t bytes[64];
	struct link_frame frame = {.bytes = bytes};

	frame.count = packet_build(&v4, bytes, sizeof(bytes));
	bytes[8]++;
	fixture->heard = 0;
	link_send(fixture->link, &frame, 1);
	settle(fixture);
	assert_int_equal(fixture->heard, 0);
}

static void what_has_a_bad_checksum_is_dropped(void **state)
{
	struct one one;
	struct packet probe;

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	probe.bad_sum = true;
	assert_null(ask(&one.fixture, &probe));
	probe = udp_probe(&one.fixture, "fd01::5", 53, "odd");
	probe.bad_sum = true;
	assert_null(ask(&one.fixture, &probe));
	probe.bad_sum = false;
	assert_non_null(ask(&one.fixture, &probe));
	assert_int_equal(one.fixture.truth.bad_checksum, 2);
	send_with_bad_header_sum(&one.fixture);
	assert_int_equal(one.fixture.truth.bad_checksum, 3);
	end(&one);
}

static void routers_say_when_the_ttl_is_used_up(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;
	struct ip_addr second = addr_of("10.9.0.2");

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	probe.ip.ttl = 2;
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->icmp.type, ICMP_TIME_EXCEEDED);
	assert_true(ip_equal(&answer->ip.src, &second));
	probe.ip.ttl = 3;
	assert_int_equal(ask(&one.fixture, &probe)->ip.src.bytes[3], 3);
	probe.ip.ttl = 4;
	assert_int_equal(ask(&one.fixture, &probe)->kind, PACKET_TCP);
	assert_int_equal(one.fixture.truth.expired, 2);
	end(&one);
}

static void strangers_are_silent_and_counted(void **state)
{
	struct one one;
	struct packet probe;

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "10.1.1.0", 22, TCP_SYN);
	assert_null(ask(&one.fixture, &probe));
	assert_int_equal(one.fixture.truth.to_nowhere, 1);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	probe.ip.src = addr_of("10.0.0.77"); /* a decoy */
	assert_null(ask(&one.fixture, &probe));
	assert_int_equal(one.fixture.truth.to_others, 1);
	end(&one);
}

/* Ranges of 16 with gaps of 16; each answers with a TTL of its own. */
static uint64_t digest_of_ranges(bool in_order)
{
	static struct link_sim_host hosts[200];
	struct fixture fixture;
	struct packet probe;
	uint32_t i;

	for (i = 0; i < COUNT(hosts); i++)
		hosts[in_order ? i : COUNT(hosts) - 1 - i] = (struct link_sim_host){
			.first = ip_v4(0x0a100000 + i * 32),
			.last = ip_v4(0x0a100000 + i * 32 + 15),
			.distance = (uint8_t)(i % 50),
		};
	fixture_init(&fixture, hosts, COUNT(hosts));
	fixture_begin(&fixture);
	probe = tcp_probe(&fixture, "10.16.0.0", 22, TCP_SYN);
	for (i = 0; i < COUNT(hosts) * 32; i++) {
		probe.ip.dst = ip_v4(0x0a100000 + i - 16);
		send_packet(&fixture, &probe);
	}
	settle(&fixture);
	assert_int_equal(fixture.heard, COUNT(hosts) * 16);
	assert_int_equal(fixture.truth.to_nowhere, COUNT(hosts) * 16);
	fixture_end(&fixture);
	return fixture.digest;
}

static void hosts_are_found_whatever_their_order(void **state)
{
	assert_int_equal(digest_of_ranges(true), digest_of_ranges(false));
}

static void routers_may_be_listed_and_silent(void **state)
{
	struct one one;
	struct packet probe;
	const struct ip_addr routers[] = {
		addr_of("10.50.0.9"), {.family = IP_NONE}, addr_of("10.50.0.3")};

	begin(&one, NULL);
	one.hosts[0].routers = routers;
	one.hosts[0].back_distance = 7;
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	probe.ip.ttl = 1;
	assert_true(ip_equal(&ask(&one.fixture, &probe)->ip.src, &routers[0]));
	probe.ip.ttl = 2;
	assert_null(ask(&one.fixture, &probe));
	probe.ip.ttl = 3;
	assert_true(ip_equal(&ask(&one.fixture, &probe)->ip.src, &routers[2]));
	probe.ip.ttl = 4;
	assert_int_equal(ask(&one.fixture, &probe)->ip.ttl, 64 - 7);
	end(&one);
}

static void an_unreachable_host_is_reported_by_its_router(void **state)
{
	struct one one;
	struct packet probe;
	const struct packet *answer;

	begin(&one, NULL);
	one.hosts[0].unreachable = true;
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	answer = ask(&one.fixture, &probe);
	assert_non_null(answer);
	assert_int_equal(answer->icmp.type, ICMP_UNREACHABLE);
	assert_int_equal(answer->icmp.code, 1);
	assert_true(ip_equal(&answer->ip.src, &one.hosts[0].router));
	/* No error is answered with an error; RFC 1122, 3.2.2. */
	assert_non_null(icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_ECHO));
	assert_null(icmp(&one, "10.1.0.5", PACKET_ICMP, ICMP_UNREACHABLE));
	end(&one);
}

/* Sends `bytes` of the packet's transport part from `offset` on. */
static void send_part(struct fixture *fixture, const struct packet *whole, size_t offset,
		      size_t bytes, bool more)
{
	uint8_t image[256];
	struct packet part = *whole;
	size_t count = packet_build(whole, image, sizeof(image));

	assert_true(count >= IPV4_HEADER_BYTES + offset + bytes);
	part.kind = PACKET_OTHER;
	part.ip.protocol = PROTOCOL_TCP;
	part.ip.id = 77;
	part.ip.fragment_offset = (uint16_t)offset;
	part.ip.more_fragments = more;
	part.payload = image + IPV4_HEADER_BYTES + offset;
	part.payload_bytes = bytes;
	send_packet(fixture, &part);
}

static void fragments_are_put_together(void **state)
{
	struct one one;
	struct packet probe;

	begin(&one, NULL);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 22, TCP_SYN);
	probe.payload = (const uint8_t *)"xyz";
	probe.payload_bytes = 3;
	send_part(&one.fixture, &probe, 16, 7, false);
	send_part(&one.fixture, &probe, 0, 8, true);
	send_part(&one.fixture, &probe, 0, 8, true); /* twice */
	settle(&one.fixture);
	assert_int_equal(one.fixture.heard, 0);
	send_part(&one.fixture, &probe, 8, 8, true);
	settle(&one.fixture);
	assert_int_equal(one.fixture.heard, 1);
	assert_int_equal(one.fixture.kept[0].packet.tcp.ack, OUR_SEQ + 1);
	send_part(&one.fixture, &probe, 8, 8, true); /* of another packet, now */
	settle(&one.fixture);
	assert_int_equal(one.fixture.heard, 1);
	end(&one);
}

/* Open until 1 s, closed until the host goes down at 2 s. */
static void hosts_and_ports_change_with_time(void **state)
{
	const struct link_sim_port early = {.transport = TRANSPORT_TCP,
					    .first = 80,
					    .last = 80,
					    .state = LINK_SIM_OPEN,
					    .when = {.until_ns = NS_PER_S}};
	const struct link_sim_host host = {.first = addr_of("10.1.0.0"),
					   .last = addr_of("10.1.0.0"),
					   .ports = &early,
					   .ports_count = 1,
					   .when = {.until_ns = 2 * NS_PER_S}};
	struct fixture fixture;
	struct packet probe;

	fixture_init(&fixture, &host, 1);
	fixture_begin(&fixture);
	probe = tcp_probe(&fixture, "10.1.0.0", 80, TCP_SYN);
	probe.tcp.dst_port = 80;
	/* At 0, 0.75, 1.5 and 2.25 s; the port must stay. */
	for (int i = 0; i < 4; i++) {
		struct stream stream = {&fixture, probe, 0, 1, {0}};

		stream.timer.fire = stream_fire;
		stream.timer.self = &stream;
		loop_timer_set(fixture.loop, &stream.timer, i * MS(750));
		settle(&fixture);
	}
	assert_int_equal(fixture.heard, 3);
	assert_int_equal(fixture.kept[1].packet.tcp.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(fixture.kept[2].packet.tcp.flags, TCP_RST | TCP_ACK);
	fixture_end(&fixture);
}

/* --- identification --- */

static uint16_t id_step(enum link_sim_ipid ipid)
{
	struct link_sim_stack stack = link_sim_plain;
	struct one one;
	struct packet probe;
	uint16_t first;

	stack.ipid = ipid;
	begin(&one, &stack);
	probe = tcp_probe(&one.fixture, "10.1.0.5", 23, TCP_SYN | TCP_ACK);
	first = ask(&one.fixture, &probe)->ip.id;
	first = (uint16_t)(ask(&one.fixture, &probe)->ip.id - first);
	assert_int_equal(one.fixture.kept[0].packet.ip.dont_fragment, ipid == LINK_SIM_IPID_ZERO);
	end(&one);
	return first;
}

static void identifications_follow_their_class(void **state)
{
	assert_int_equal(id_step(LINK_SIM_IPID_ZERO), 0);
	assert_int_equal(id_step(LINK_SIM_IPID_INCREMENTAL), 1);
	assert_int_equal(id_step(LINK_SIM_IPID_PER_PEER), 1);
	assert_int_equal(id_step(LINK_SIM_IPID_BY_TWO), 2);
	assert_int_equal(id_step(LINK_SIM_IPID_BYTE_SWAPPED) & 0xff00, 0x100);
	assert_true(id_step(LINK_SIM_IPID_RANDOM) > 2);
}

/* How far the zombie's counter goes while a SYN is spoofed from it. */
static unsigned idle_scan(uint16_t port, enum link_sim_ipid ipid)
{
	struct link_sim_stack stack = link_sim_zombie;
	struct fixture fixture;
	struct link_sim_host hosts[2] = {
		{.first = addr_of("10.1.0.1"), .last = addr_of("10.1.0.1"), .rtt_ns = MS(10)},
		{.first = addr_of("10.2.0.1"), .last = addr_of("10.2.0.1"), .rtt_ns = MS(30)},
	};
	struct packet poll, spoofed;
	uint16_t before;

	stack.ipid = ipid;
	hosts[0].stack = &stack;
	hosts[1].ports = ports;
	hosts[1].ports_count = COUNT(ports);
	fixture_init(&fixture, hosts, 2);
	fixture_begin(&fixture);
	poll = tcp_probe(&fixture, "10.1.0.1", 80, TCP_SYN | TCP_ACK);
	spoofed = tcp_probe(&fixture, "10.2.0.1", port, TCP_SYN);
	spoofed.ip.src = addr_of("10.1.0.1");
	before = ask(&fixture, &poll)->ip.id;
	assert_null(ask(&fixture, &spoofed));
	before = (uint16_t)(ask(&fixture, &poll)->ip.id - before);
	fixture_end(&fixture);
	return before;
}

static void a_zombie_tells_on_open_ports(void **state)
{
	assert_int_equal(idle_scan(22, LINK_SIM_IPID_INCREMENTAL), 2);
	assert_int_equal(idle_scan(23, LINK_SIM_IPID_INCREMENTAL), 1);
	assert_int_equal(idle_scan(22, LINK_SIM_IPID_PER_PEER), 1);
}

/* --- limits --- */

/* How many of `count` probes, a ms apart, are answered. */
static uint64_t answered(const struct link_sim_stack *stack, const struct packet *like,
			 unsigned count)
{
	struct one one;
	struct packet probe;
	uint64_t heard;

	begin(&one, stack);
	probe = *like;
	send_stream(&one.fixture, &probe, count, MS(1));
	heard = one.fixture.heard;
	assert_int_equal(heard, one.fixture.truth.answers);
	assert_int_equal(count - heard, one.fixture.truth.any_limited +
						one.fixture.truth.rst_limited +
						one.fixture.truth.icmp_limited);
	end(&one);
	return heard;
}

static void limits_hold_to_the_packet(void **state)
{
	struct link_sim_stack stack = link_sim_plain;
	struct fixture blank;
	struct packet closed, udp;

	fixture_init(&blank, NULL, 0);
	closed = tcp_probe(&blank, "10.1.0.5", 1000, TCP_SYN);
	udp = udp_probe(&blank, "10.1.0.5", 1000, "");
	stack.rst = (struct link_sim_rate){200, 50};
	/* At 0..2000 ms: what was there, and one every 5 ms. */
	assert_int_equal(answered(&stack, &closed, 2001), 50 + 400);
	assert_int_equal(answered(&link_sim_linux, &udp, 5001), 6 + 5);
	stack = link_sim_plain;
	stack.any = (struct link_sim_rate){3, 2};
	assert_int_equal(answered(&stack, &closed, 1001), 2 + 3);
	assert_int_equal(answered(&stack, &udp, 1001), 2 + 3);
}

/* --- the link's own neighbours --- */

static void begin_ethernet(struct fixture *fixture, struct link_sim_host hosts[3])
{
	hosts[0] = (struct link_sim_host){
		.first = addr_of("10.0.0.2"), .last = addr_of("10.0.0.9"), .rtt_ns = MS(2)};
	hosts[1] = (struct link_sim_host){.first = addr_of("fd00::2"), .last = addr_of("fd00::9")};
	hosts[2] =
		(struct link_sim_host){.first = addr_of("10.1.0.0"), .last = addr_of("10.1.0.255")};
	fixture_init(fixture, hosts, 3);
	fixture->config.layer = LINK_ETHERNET;
	fixture_begin(fixture);
}

static bool arp(struct fixture *fixture, const char *who, struct arp_packet *ret_reply)
{
	uint8_t bytes[ARP_FRAME_BYTES];
	struct link_frame frame = {bytes, sizeof(bytes)};
	struct ip_addr target = addr_of(who);
	struct ethernet_header ethernet;
	const uint8_t *payload;
	size_t payload_bytes;

	arp_build_request(&fixture->config.mac, &fixture->own[0], &target, bytes);
	fixture->heard = 0;
	assert_int_equal(link_send(fixture->link, &frame, 1), 1);
	settle(fixture);
	if (!fixture->heard)
		return false;
	assert_true(ethernet_parse(fixture->kept[0].bytes, fixture->kept[0].count, &ethernet,
				   &payload, &payload_bytes));
	assert_int_equal(ethernet.type, ETHERNET_ARP);
	assert_true(mac_equal(&ethernet.dst, &fixture->config.mac));
	assert_true(arp_parse(payload, payload_bytes, ret_reply));
	assert_true(mac_equal(&ethernet.src, &ret_reply->sender_mac));
	assert_true(ip_equal(&ret_reply->sender, &target));
	assert_int_equal(ret_reply->operation, ARP_REPLY);
	return true;
}

static void arp_is_answered_on_the_link(void **state)
{
	struct link_sim_host hosts[3];
	struct fixture fixture;
	struct arp_packet reply;
	struct mac_addr mac;

	begin_ethernet(&fixture, hosts);
	assert_true(arp(&fixture, "10.0.0.2", &reply));
	mac = link_sim_mac(&(struct ip_addr){.bytes = {10, 0, 0, 2}, .family = IP_V4});
	assert_true(mac_equal(&reply.sender_mac, &mac));
	assert_true(mac_equal(&reply.target_mac, &fixture.config.mac));
	assert_true(ip_equal(&reply.target, &fixture.own[0]));
	assert_int_equal(fixture.kept[0].at_ns, MS(2));
	hosts[0].mac = (struct mac_addr){{0, 1, 2, 3, 4, 5}};
	assert_true(arp(&fixture, "10.0.0.3", &reply));
	assert_true(mac_equal(&reply.sender_mac, &hosts[0].mac));
	assert_true(arp(&fixture, "10.0.0.254", &reply));
	assert_true(mac_equal(&reply.sender_mac, &fixture.config.gateway_mac));
	assert_false(arp(&fixture, "10.0.0.77", &reply));
	assert_false(arp(&fixture, "10.1.0.5", &reply)); /* there, but not on the link */
	fixture_end(&fixture);
}

static bool nd(struct fixture *fixture, const char *who, uint8_t hop_limit,
	       struct mac_addr *ret_mac)
{
	uint8_t bytes[128];
	struct link_frame frame = {.bytes = bytes};
	struct ip_addr target = addr_of(who), told;
	bool has_mac;

	frame.count = nd_build_solicitation(&fixture->config.mac, &fixture->own[1], &target, bytes,
					    sizeof(bytes));
	bytes[ETHERNET_HEADER_BYTES + 7] = hop_limit;
	fixture->heard = 0;
	assert_int_equal(link_send(fixture->link, &frame, 1), 1);
	settle(fixture);
	if (!fixture->heard)
		return false;
	assert_true(nd_parse_advertisement(&fixture->kept[0].packet, &told, ret_mac, &has_mac));
	assert_true(has_mac);
	assert_true(ip_equal(&told, &target));
	return true;
}

static void neighbour_discovery_is_answered_on_the_link(void **state)
{
	struct link_sim_host hosts[3];
	struct fixture fixture;
	struct mac_addr mac, expected;
	struct ip_addr target = addr_of("fd00::5");

	begin_ethernet(&fixture, hosts);
	assert_true(nd(&fixture, "fd00::5", 255, &mac));
	expected = link_sim_mac(&target);
	assert_true(mac_equal(&mac, &expected));
	assert_true(nd(&fixture, "fd00::fe", 255, &mac));
	assert_true(mac_equal(&mac, &fixture.config.gateway_mac));
	assert_false(nd(&fixture, "fd00::77", 255, &mac));
	assert_false(nd(&fixture, "fd00::5", 254, &mac)); /* it came from elsewhere */
	fixture_end(&fixture);
}

static void frames_need_the_right_hardware_address(void **state)
{
	struct link_sim_host hosts[3];
	struct fixture fixture;
	struct packet near, far;

	begin_ethernet(&fixture, hosts);
	near = tcp_probe(&fixture, "10.0.0.2", 80, TCP_SYN);
	far = tcp_probe(&fixture, "10.1.0.2", 80, TCP_SYN);
	assert_non_null(ask(&fixture, &near));
	assert_memory_equal(fixture.kept[0].bytes, fixture.config.mac.bytes, 6);
	assert_memory_equal(fixture.kept[0].bytes + 6, "\2\0\12\0\0\2", 6);
	assert_null(ask(&fixture, &far)); /* as if it were on the link */
	assert_int_equal(fixture.truth.wrong_mac, 1);
	fixture.heard = 0;
	send_frame(&fixture, &far, &fixture.config.gateway_mac);
	settle(&fixture);
	assert_int_equal(fixture.heard, 1);
	assert_memory_equal(fixture.kept[0].bytes + 6, fixture.config.gateway_mac.bytes, 6);
	fixture_end(&fixture);
}

/* --- in place of the kernel's routes --- */

static struct route route_to(const struct fixture *fixture, const char *to)
{
	struct ip_addr addr = addr_of(to);
	struct route route;

	assert_true(link_sim_route(fixture->link, &addr, &route));
	assert_true(ip_compare(&route.first, &addr) <= 0);
	assert_true(ip_compare(&addr, &route.last) <= 0);
	return route;
}

static void assert_range(const struct route *route, const char *first, const char *last)
{
	struct ip_addr low = addr_of(first), high = addr_of(last);

	assert_true(ip_equal(&route->first, &low));
	assert_true(ip_equal(&route->last, &high));
}

static void routes_are_as_the_kernel_would_say(void **state)
{
	struct link_sim_host hosts[3];
	struct fixture fixture;
	struct interface_addr addrs[2];
	struct interface interface;
	struct route route;
	struct mac_addr mac;

	begin_ethernet(&fixture, hosts);
	route = route_to(&fixture, "10.0.0.5");
	assert_int_equal(route.next_hop.family, IP_NONE);
	assert_true(ip_equal(&route.source, &fixture.own[0]));
	assert_int_equal(route.interface, 7);
	assert_int_equal(route.mtu, 1500);
	assert_range(&route, "10.0.0.2", "10.0.0.255");
	route = route_to(&fixture, "10.0.0.1");
	assert_true(route.local);
	assert_range(&route, "10.0.0.1", "10.0.0.1");
	route = route_to(&fixture, "8.8.8.8");
	assert_true(ip_equal(&route.next_hop, &fixture.config.gateway_v4));
	assert_range(&route, "0.0.0.0", "9.255.255.255");
	route = route_to(&fixture, "192.0.2.1");
	assert_range(&route, "10.0.1.0", "255.255.255.255");
	route = route_to(&fixture, "fd01::1");
	assert_true(ip_equal(&route.next_hop, &fixture.config.gateway_v6));
	assert_true(ip_equal(&route.source, &fixture.own[1]));
	assert_true(link_sim_neighbour(fixture.link, &route.next_hop, &mac));
	assert_true(mac_equal(&mac, &fixture.config.gateway_mac));
	assert_false(link_sim_neighbour(fixture.link, &hosts[0].first, &mac));
	link_sim_interface(fixture.link, addrs, &interface);
	assert_int_equal(interface.kind, INTERFACE_ETHERNET);
	assert_true(interface.up && interface.arp);
	assert_int_equal(interface.addrs_count, 2);
	assert_int_equal(addrs[1].prefix_bits, 64);
	fixture_end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_to_an_open_port_is_acknowledged),
		cmocka_unit_test(closed_ports_reset),
		cmocka_unit_test(ack_is_reset_with_our_ack_as_its_seq),
		cmocka_unit_test(filtered_ports_are_silent_or_a_router_says_so),
		cmocka_unit_test(odd_flags_are_treated_as_the_stack_would),
		cmocka_unit_test(a_synack_that_we_do_not_reset_is_repeated),
		cmocka_unit_test(udp_is_answered_only_where_the_script_says),
		cmocka_unit_test(closed_udp_is_unreachable_with_a_quote),
		cmocka_unit_test(icmp_questions_are_answered),
		cmocka_unit_test(unknown_protocols_are_unreachable),
		cmocka_unit_test(sctp_listeners_answer_init_and_are_silent_to_cookies),
		cmocka_unit_test(sctp_checksums_are_looked_at),
		cmocka_unit_test(what_has_a_bad_checksum_is_dropped),
		cmocka_unit_test(routers_say_when_the_ttl_is_used_up),
		cmocka_unit_test(routers_may_be_listed_and_silent),
		cmocka_unit_test(strangers_are_silent_and_counted),
		cmocka_unit_test(hosts_are_found_whatever_their_order),
		cmocka_unit_test(an_unreachable_host_is_reported_by_its_router),
		cmocka_unit_test(fragments_are_put_together),
		cmocka_unit_test(hosts_and_ports_change_with_time),
		cmocka_unit_test(identifications_follow_their_class),
		cmocka_unit_test(a_zombie_tells_on_open_ports),
		cmocka_unit_test(limits_hold_to_the_packet),
		cmocka_unit_test(arp_is_answered_on_the_link),
		cmocka_unit_test(neighbour_discovery_is_answered_on_the_link),
		cmocka_unit_test(frames_need_the_right_hardware_address),
		cmocka_unit_test(routes_are_as_the_kernel_would_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
