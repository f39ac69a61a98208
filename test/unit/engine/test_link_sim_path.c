/* What befalls simulated packets between us and the hosts, and at our own card. */
#include "link_sim_fixture.h"

#include "util/random.h"

#include <math.h>

static const struct link_sim_port ports[] = {
	{.transport = TRANSPORT_TCP, .first = 0, .last = 65535, .state = LINK_SIM_OPEN}};

/* A million hosts with everything open, 20 ms away. */
struct one {
	struct fixture fixture;
	struct link_sim_host host;
	struct packet probe;
};

static void init(struct one *one)
{
	one->host = (struct link_sim_host){
		.first = addr_of("10.16.0.0"),
		.last = addr_of("10.31.255.255"),
		.rtt_ns = MS(20),
		.ports = ports,
		.ports_count = 1,
	};
	fixture_init(&one->fixture, &one->host, 1);
	one->probe = tcp_probe(&one->fixture, "10.16.0.5", 1, TCP_SYN);
}

/* `count` probes, one every every_ns. */
static void run(struct one *one, unsigned count, uint64_t every_ns)
{
	fixture_begin(&one->fixture);
	send_stream(&one->fixture, &one->probe, count, every_ns);
}

static void end(struct one *one)
{
	fixture_end(&one->fixture);
}

static void assert_share(uint64_t part, uint64_t whole, double share)
{
	double sigma = sqrt(share * (1 - share) * (double)whole);

	assert_true(fabs((double)part - share * (double)whole) < 5 * sigma);
}

static void losses_are_drawn_for_each_way_alone(void **state)
{
	struct link_sim_way_truth *out, *back;
	struct one one;

	init(&one);
	one.fixture.config.path.out.loss = 0.1;
	one.fixture.config.path.back.loss = 0.01;
	run(&one, 100000, NS_PER_US);
	out = &one.fixture.truth.out;
	back = &one.fixture.truth.back;
	assert_int_equal(out->entered, 100000);
	assert_share(out->lost, 100000, 0.1);
	assert_int_equal(back->entered, 100000 - out->lost);
	assert_share(back->lost, back->entered, 0.01);
	assert_int_equal(back->delivered, back->entered - back->lost);
	assert_int_equal(one.fixture.heard, back->delivered);
	end(&one);
}

static void a_host_may_have_a_path_of_its_own(void **state)
{
	struct link_sim_path path = {.out = {.loss = 1}};
	struct one one;

	init(&one);
	one.host.path = &path;
	run(&one, 10, MS(1));
	assert_int_equal(one.fixture.heard, 0);
	end(&one);
	init(&one);
	one.fixture.config.path.out.loss = 1;
	path.out.loss = 0;
	one.host.path = &path;
	run(&one, 10, MS(1));
	assert_int_equal(one.fixture.heard, 10);
	end(&one);
}

/* A limit is one for all of its path, and nobody else's. */
static void paths_keep_their_own_accounts(void **state)
{
	const struct link_sim_path path = {.out = {.policer = {1, 2}}};
	struct link_sim_host hosts[3];
	struct fixture fixture;
	struct packet probe;
	unsigned i;

	for (i = 0; i < 3; i++)
		hosts[i] = (struct link_sim_host){.first = ip_v4(0x0a100000 + i),
						  .last = ip_v4(0x0a100000 + i)};
	hosts[0].path = &path;
	fixture_init(&fixture, hosts, 3);
	fixture.config.path.out.policer = (struct link_sim_rate){1, 5};
	fixture_begin(&fixture);
	probe = tcp_probe(&fixture, "10.16.0.0", 1, TCP_SYN);
	for (i = 0; i < 30; i++) {
		probe.ip.dst.bytes[3] = (uint8_t)(i / 10);
		send_packet(&fixture, &probe);
	}
	settle(&fixture);
	assert_int_equal(fixture.heard, 2 + 5);
	fixture_end(&fixture);
}

/* Twice the policer's rate for a second: its burst, and its rate. */
static void a_policer_is_exact(void **state)
{
	struct one one;

	init(&one);
	one.fixture.config.path.out.policer = (struct link_sim_rate){20000, 100};
	run(&one, 40001, 25 * NS_PER_US);
	assert_int_equal(one.fixture.heard, 20000 + 100);
	assert_int_equal(one.fixture.truth.out.policed, 40001 - 20100);
	end(&one);
	init(&one);
	one.fixture.config.path.back.policer = (struct link_sim_rate){7, 3};
	run(&one, 10001, MS(1));
	assert_int_equal(one.fixture.heard, 10 * 7 + 3);
	assert_int_equal(one.fixture.truth.back.policed, 10001 - 73);
	end(&one);
}

/* A SYN has 40 bytes: 10 ms each at 32 kbit/s. */
static void a_slow_line_queues_and_drops_the_tail(void **state)
{
	struct one one;

	init(&one);
	one.fixture.config.path.out.bits_per_s = 32000;
	one.fixture.config.path.out.queue_bytes = 120;
	run(&one, 10, 0);
	assert_int_equal(one.fixture.heard, 3); /* one on the line, two behind it */
	assert_int_equal(one.fixture.kept[0].at_ns, MS(30));
	assert_int_equal(one.fixture.kept[2].at_ns, MS(50));
	assert_int_equal(one.fixture.truth.out.queue_full, 7);
	end(&one);
	init(&one);
	one.fixture.config.path.out.bits_per_s = 32000;
	one.fixture.config.path.out.queue_bytes = 120;
	run(&one, 100, MS(10)); /* exactly what it carries */
	assert_int_equal(one.fixture.heard, 100);
	end(&one);
}

static void some_are_overtaken(void **state)
{
	struct one one;
	unsigned i, late = 0;

	init(&one);
	one.fixture.config.path.back.reordered = 0.05;
	one.fixture.config.path.back.reorder_ns = MS(10);
	run(&one, 100000, NS_PER_US);
	assert_int_equal(one.fixture.heard, 100000);
	assert_share(one.fixture.truth.back.reordered, 100000, 0.05);
	end(&one);
	init(&one);
	one.fixture.config.path.back.reordered = 0.3;
	one.fixture.config.path.back.reorder_ns = MS(10);
	run(&one, KEPT, MS(1));
	for (i = 1; i < KEPT; i++)
		late += one.fixture.kept[i].packet.tcp.src_port <
			one.fixture.kept[i - 1].packet.tcp.src_port;
	assert_true(late > 0);
	end(&one);
}

/* What is due at the same instant comes in the order of sending. */
static void equal_ways_keep_the_order(void **state)
{
	struct one one;
	unsigned i;

	init(&one);
	run(&one, KEPT, 0);
	for (i = 0; i < KEPT; i++)
		assert_int_equal(one.fixture.kept[i].packet.tcp.src_port, i + 1);
	end(&one);
}

static void some_come_twice(void **state)
{
	struct one one;

	init(&one);
	one.fixture.config.path.out.duplicated = 1;
	one.fixture.config.path.back.duplicated = 1;
	run(&one, 5, MS(1));
	assert_int_equal(one.fixture.heard, 20);
	assert_int_equal(one.fixture.truth.out.duplicated, 5);
	assert_int_equal(one.fixture.truth.back.duplicated, 10);
	end(&one);
}

static void delay_and_jitter_add_to_the_hosts(void **state)
{
	struct one one;
	uint64_t sent_ns, first = UINT64_MAX, last = 0;
	unsigned i;

	init(&one);
	one.host.jitter_ns = MS(4);
	one.fixture.config.path.out.delay_ns = MS(100);
	run(&one, KEPT, MS(50));
	assert_int_equal(one.fixture.heard, KEPT);
	for (i = 0; i < KEPT; i++) {
		sent_ns = MS(50) * (one.fixture.kept[i].packet.tcp.src_port - 1u);
		sent_ns = one.fixture.kept[i].at_ns - sent_ns;
		first = sent_ns < first ? sent_ns : first;
		last = sent_ns > last ? sent_ns : last;
	}
	assert_in_range(first, MS(120), MS(121));
	assert_in_range(last, MS(123), MS(124) - 1);
	end(&one);
	init(&one);
	one.fixture.config.path.out.jitter_ns = MS(4);
	run(&one, 2, MS(50));
	assert_in_range(one.fixture.kept[0].at_ns, MS(20), MS(24) - 1);
	assert_int_not_equal(one.fixture.kept[1].at_ns - one.fixture.kept[0].at_ns, MS(50));
	end(&one);
}

/* --- our own side --- */

static void a_full_card_takes_fewer(void **state)
{
	const uint8_t bytes[60] = {0x45};
	struct link_frame frames[64];
	struct link_stats stats;
	struct one one;
	int i;

	for (i = 0; i < 64; i++)
		frames[i] = (struct link_frame){bytes, sizeof(bytes)};
	init(&one);
	one.fixture.config.card = (struct link_sim_rate){1000, 50};
	fixture_begin(&one.fixture);
	assert_int_equal(link_send(one.fixture.link, frames, 64), 50);
	assert_int_equal(link_send(one.fixture.link, frames, 64), 0);
	settle(&one.fixture); /* nobody is there: the clock stands still */
	assert_int_equal(one.fixture.truth.refused, 14 + 64);
	link_stats(one.fixture.link, &stats);
	assert_int_equal(stats.sent, 50);
	assert_int_equal(stats.dropped_sending, 78);
	end(&one);
	init(&one);
	one.fixture.config.full = 1;
	fixture_begin(&one.fixture);
	for (i = 0; i < 100; i++)
		assert_in_range(link_send(one.fixture.link, frames, 64), 0, 63);
	end(&one);
}

static void the_ring_overflows(void **state)
{
	struct link_stats stats;
	struct one one;

	init(&one);
	one.fixture.config.ring = (struct link_sim_rate){1000, 10};
	run(&one, 100, 0);
	assert_int_equal(one.fixture.heard, 10);
	assert_int_equal(one.fixture.truth.ring_full, 90);
	link_stats(one.fixture.link, &stats);
	assert_int_equal(stats.received, 10);
	assert_int_equal(stats.dropped_receiving, 90);
	end(&one);
}

static void the_filter_lets_through_what_was_asked_for(void **state)
{
	struct one one;
	struct packet echo;

	init(&one);
	fixture_begin(&one.fixture);
	echo = probe_of(&one.fixture, "10.16.0.5", PACKET_ICMP);
	echo.icmp.type = ICMP_ECHO;
	link_filter(one.fixture.link, SRC_PORT, SRC_PORT + 1, false);
	assert_non_null(ask(&one.fixture, &one.probe));
	assert_non_null(ask(&one.fixture, &echo));
	link_filter(one.fixture.link, SRC_PORT + 1, SRC_PORT + 1, false);
	assert_null(ask(&one.fixture, &one.probe));
	assert_non_null(ask(&one.fixture, &echo));
	link_filter(one.fixture.link, SRC_PORT + 1, SRC_PORT + 1, true);
	assert_non_null(ask(&one.fixture, &one.probe));
	link_filter(one.fixture.link, 1, SRC_PORT - 1, false);
	assert_null(ask(&one.fixture, &one.probe));
	assert_int_equal(one.fixture.truth.filtered, 2);
	end(&one);
}

static void a_lost_interface_sends_and_hears_no_more(void **state)
{
	struct link_frame frame = {(const uint8_t *)"E", 1};
	struct one one;

	init(&one);
	one.fixture.config.lost_at_ns = MS(25);
	run(&one, 10, MS(1)); /* answers at 20, 21 ... 29 ms */
	assert_int_equal(one.fixture.lost, 1);
	assert_int_equal(one.fixture.heard, 5); /* 25: the loss was there first */
	assert_int_equal(link_send(one.fixture.link, &frame, 1), ERROR_SYSTEM);
	end(&one);
}

static void polling_hears_what_is_due(void **state)
{
	struct one one;
	unsigned i;

	init(&one);
	one.host.rtt_ns = 0;
	fixture_begin(&one.fixture);
	for (i = 0; i < 5; i++)
		send_packet(&one.fixture, &one.probe);
	assert_int_equal(link_poll(one.fixture.link, 3), 3);
	assert_int_equal(one.fixture.heard, 3);
	assert_int_equal(link_poll(one.fixture.link, 9), 2);
	assert_int_equal(link_poll(one.fixture.link, 9), 0);
	end(&one);
}

static void frames_beyond_the_mtu_go_nowhere(void **state)
{
	static const char payload[1461];
	struct one one;

	init(&one);
	fixture_begin(&one.fixture);
	one.probe.payload = (const uint8_t *)payload;
	one.probe.payload_bytes = 1460;
	assert_non_null(ask(&one.fixture, &one.probe));
	one.probe.payload_bytes = 1461;
	assert_null(ask(&one.fixture, &one.probe));
	assert_int_equal(one.fixture.truth.too_long, 1);
	end(&one);
}

struct taps {
	uint64_t seen[3], last_ns;
};

static void tap(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		size_t count)
{
	struct taps *taps = self;

	assert_true(at_ns >= taps->last_ns);
	assert_int_equal(bytes[0] >> 4, 4);
	taps->last_ns = at_ns;
	taps->seen[where]++;
}

static void a_tap_sees_every_packet_thrice(void **state)
{
	struct taps taps = {{0}, 0};
	struct one one;

	init(&one);
	one.fixture.config.tap = tap;
	one.fixture.config.tap_self = &taps;
	one.fixture.config.path.out.loss = one.fixture.config.path.back.loss = 0.5;
	run(&one, 1000, NS_PER_US);
	assert_int_equal(taps.seen[LINK_SIM_SENT], 1000);
	assert_int_equal(taps.seen[LINK_SIM_ARRIVED], one.fixture.truth.out.delivered);
	assert_int_equal(taps.seen[LINK_SIM_HEARD], one.fixture.heard);
	end(&one);
}

/* --- the whole --- */

static const struct link_sim_path awful = {
	.out = {.loss = 0.03,
		.jitter_ns = MS(3),
		.reordered = 0.05,
		.reorder_ns = MS(10),
		.duplicated = 0.02,
		.policer = {200000, 10}},
	.back = {.loss = 0.03, .bits_per_s = 100000000, .queue_bytes = 100000, .duplicated = 0.02},
};
static const struct link_sim_garbage lies = {
	.wrong_cookie = 0.1,
	.wrong_port = 0.1,
	.wrong_source = 0.1,
	.contradicted = 0.1,
	.late = 0.1,
	.late_ns = 2 * NS_PER_S,
};

static uint64_t digest_of(uint64_t seed)
{
	struct one one;
	uint64_t digest;

	init(&one);
	one.fixture.config.seed = seed;
	one.fixture.config.path = awful;
	one.fixture.config.garbage = lies;
	run(&one, 20000, 4 * NS_PER_US);
	assert_true(one.fixture.heard > 10000);
	digest = one.fixture.digest;
	end(&one);
	return digest;
}

static void a_seed_replays_bit_for_bit(void **state)
{
	uint64_t first = digest_of(7);

	assert_int_equal(digest_of(7), first);
	assert_int_not_equal(digest_of(8), first);
}

/* An exchange has no allocation once the network has been as busy before. */
static void the_steady_path_allocates_nothing(void **state)
{
	struct one one;

	init(&one);
	run(&one, 1000, NS_PER_US);
	alloc_fault_after(0);
	send_stream(&one.fixture, &one.probe, 1000, NS_PER_US);
	assert_int_equal(alloc_fault_hit(), 0);
	alloc_fault_after(-1);
	assert_int_equal(one.fixture.heard, 2000);
	end(&one);
}

/* Whatever is not remembered for want of memory, is dropped and counted. */
static void without_memory_packets_are_dropped(void **state)
{
	static const char payload[300];
	struct link_sim_stack stack = link_sim_linux;
	long nth;
	bool struck = true;

	for (nth = 0; struck; nth++) {
		struct one one;
		struct packet big;

		init(&one);
		stack.rst = stack.any = (struct link_sim_rate){1000, 1000};
		one.host.stack = &stack;
		one.fixture.config.path.back.duplicated = 1;
		one.fixture.config.path.back.jitter_ns = MS(1);
		fixture_begin(&one.fixture);
		big = one.probe;
		big.payload = (const uint8_t *)payload;
		big.payload_bytes = sizeof(payload);
		alloc_fault_after(nth);
		send_packet(&one.fixture, &big);
		send_stream(&one.fixture, &one.probe, 300, NS_PER_US);
		one.probe.ip.dst.bytes[3]++;
		one.probe.tcp.flags = TCP_ACK;
		send_stream(&one.fixture, &one.probe, 300, NS_PER_US);
		struck = alloc_fault_hit();
		alloc_fault_after(-1);
		assert_int_equal(one.fixture.truth.no_memory > 0, struck);
		end(&one);
	}
	assert_in_range(nth, 5, 100);
}

/* Also when it is the loop that has no memory for the timer. */
static void what_was_dropped_does_not_come_back(void **state)
{
	long nth;
	bool struck = true;

	for (nth = 0; struck; nth++) {
		struct one one;

		init(&one);
		fixture_begin(&one.fixture);
		alloc_fault_after(nth);
		send_packet(&one.fixture, &one.probe);
		struck = alloc_fault_hit();
		alloc_fault_after(-1);
		settle(&one.fixture);
		assert_int_equal(one.fixture.heard, !struck);
		assert_non_null(ask(&one.fixture, &one.probe));
		end(&one);
	}
	assert_int_equal(nth, 4);
}

static void a_link_is_made_whole_or_not_at_all(void **state)
{
	struct one one;
	long nth;
	int r = ERROR_MEMORY;

	init(&one);
	one.fixture.config.lost_at_ns = 1;
	for (nth = 0; r < 0; nth++) {
		one.fixture.loop = loop_sim_new(0);
		one.fixture.config.link.loop = one.fixture.loop;
		one.fixture.link = NULL;
		alloc_fault_after(nth);
		r = link_sim_new(&one.fixture.config, &one.fixture.link);
		assert_int_equal(r, alloc_fault_hit() ? ERROR_MEMORY : 0);
		alloc_fault_after(-1);
		end(&one);
	}
	assert_in_range(nth, 5, 20);
}

/* Frames of ours that are spoilt in any byte, or cut. */
static void spoilt_frames_do_no_harm(void **state)
{
	static const enum packet_kind kinds[] = {PACKET_TCP, PACKET_UDP, PACKET_SCTP, PACKET_ICMP};
	enum link_layer layer;
	struct random random;
	unsigned i;

	random_init(&random, 5);
	for (layer = LINK_ETHERNET; layer <= LINK_IP; layer++) {
		struct one one;

		init(&one);
		one.fixture.config.layer = layer;
		one.fixture.config.garbage = lies;
		one.fixture.config.garbage.wrong_cookie = 1;
		fixture_begin(&one.fixture);
		for (i = 0; i < 40000; i++) {
			struct packet probe = probe_of(&one.fixture, "10.16.0.5", kinds[i % 4]);
			size_t at = layer == LINK_ETHERNET ? ETHERNET_HEADER_BYTES : 0, count;
			uint8_t bytes[256] = {2, 0xbb, 0, 0, 0, 0xfe, [12] = 8};
			uint8_t *exact;
			struct link_frame frame;

			count = at + packet_build(&probe, bytes + at, sizeof(bytes) - at);
			bytes[random_below(&random, count)] = (uint8_t)random_u64(&random);
			bytes[at + random_below(&random, 40)] ^= (uint8_t)(1 << i % 8);
			frame.count = i % 5 ? count : 1 + (size_t)random_below(&random, count);
			exact = malloc(frame.count);
			memcpy(exact, bytes, frame.count);
			frame.bytes = exact;
			assert_int_equal(link_send(one.fixture.link, &frame, 1), 1);
			free(exact);
		}
		settle(&one.fixture);
		assert_true(one.fixture.truth.unparsable > 1000);
		end(&one);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_are_drawn_for_each_way_alone),
		cmocka_unit_test(a_host_may_have_a_path_of_its_own),
		cmocka_unit_test(paths_keep_their_own_accounts),
		cmocka_unit_test(a_policer_is_exact),
		cmocka_unit_test(a_slow_line_queues_and_drops_the_tail),
		cmocka_unit_test(some_are_overtaken),
		cmocka_unit_test(equal_ways_keep_the_order),
		cmocka_unit_test(some_come_twice),
		cmocka_unit_test(delay_and_jitter_add_to_the_hosts),
		cmocka_unit_test(a_full_card_takes_fewer),
		cmocka_unit_test(the_ring_overflows),
		cmocka_unit_test(the_filter_lets_through_what_was_asked_for),
		cmocka_unit_test(a_lost_interface_sends_and_hears_no_more),
		cmocka_unit_test(polling_hears_what_is_due),
		cmocka_unit_test(frames_beyond_the_mtu_go_nowhere),
		cmocka_unit_test(a_tap_sees_every_packet_thrice),
		cmocka_unit_test(a_seed_replays_bit_for_bit),
		cmocka_unit_test(the_steady_path_allocates_nothing),
		cmocka_unit_test(without_memory_packets_are_dropped),
		cmocka_unit_test(what_was_dropped_does_not_come_back),
		cmocka_unit_test(a_link_is_made_whole_or_not_at_all),
		cmocka_unit_test(spoilt_frames_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
