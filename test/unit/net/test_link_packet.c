/* Links that carry frames (AF_PACKET, AF_XDP), between two ends of a veth pair. */
#include "link_fixture.h"

#include <linux/if_ether.h>

typedef int new_link(const struct link_config *config, struct link_sockets *sockets,
		     const struct interface *interface, struct link **ret_link, struct diag *diag);

static int new_packet(const struct link_config *config, struct link_sockets *sockets,
		      const struct interface *interface, struct link **ret_link, struct diag *diag)
{
	return link_packet_new(config, sockets, interface, SMALL_RING, ret_link, diag);
}

struct pair {
	struct ear ear; /* hears b */
	struct ear other;
	struct link *a, *b;
};

static new_link *kind = new_packet;

static struct link *must_open(new_link *open, const struct link_config *config,
			      struct link_sockets *sockets, const struct interface *interface)
{
	struct link *link = NULL;
	struct diag diag = {0};

	if (open(config, sockets, interface, &link, &diag) < 0)
		fprintf(stderr, "%s\n", diag.text);
	CHECK(link);
	return link;
}

/* a is of the kind that is tested, b always a packet link. */
static void pair_init(struct pair *pair)
{
	struct interface ends[2];
	struct link_sockets *sockets;
	struct link_config config;

	make_veth();
	ends[0] = interface_of("a0", INTERFACE_ETHERNET);
	ends[1] = interface_of("b0", INTERFACE_ETHERNET);
	sockets = sockets_for(ends, 2);
	config = ear_init(&pair->other);
	pair->a = must_open(kind, &config, sockets, &ends[0]);
	config = ear_init(&pair->ear);
	pair->b = must_open(new_packet, &config, sockets, &ends[1]);
	link_sockets_free(sockets);
}

static void pair_release(struct pair *pair)
{
	link_free(pair->a);
	link_free(pair->b);
	loop_free(pair->ear.loop);
	loop_free(pair->other.loop);
}

static void cross(void)
{
	static struct pair pair;
	struct bytes packet = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 80, 1);
	struct bytes frame = ethernet(ETH_P_IP, &packet);
	struct link_stats stats;

	pair_init(&pair);
	CHECK(link_layer(pair.a) == LINK_ETHERNET && link_mtu(pair.a) == 1500);
	CHECK(link_interface(pair.a) == if_nametoindex("a0"));
	CHECK(send_one(pair.a, &frame) == 1);
	ear_hear(&pair.ear, 1);
	CHECK(ear_kept(&pair.ear, 0, &frame));
	CHECK(send_one(pair.b, &frame) == 1);
	ear_hear(&pair.other, 1);
	CHECK(ear_kept(&pair.other, 0, &frame));
	ear_turn(&pair.ear);
	ear_turn(&pair.other);
	CHECK(pair.ear.heard == 1 && pair.other.heard == 1);
	link_stats(pair.a, &stats);
	CHECK(stats.sent == 1 && stats.received == 1);
	CHECK(stats.dropped_sending == 0 && stats.dropped_receiving == 0);
	pair_release(&pair);
}

static void batch(void)
{
	static struct pair pair;
	static struct bytes frames[1000];
	static struct link_frame views[1000];
	uint64_t deadline_ns;
	int sent = 0;

	pair_init(&pair);
	for (int i = 0; i < 1000; i++) {
		struct bytes packet = ipv4(IPPROTO_UDP, 0, "10.99.0.2", 1000 + i, 1);

		frames[i] = ethernet(ETH_P_IP, &packet);
		views[i] = (struct link_frame){frames[i].at, frames[i].count};
	}
	/* b's small ring holds 32. */
	while (sent < 1000) {
		int some = 1000 - sent < 20 ? 1000 - sent : 20;

		CHECK(link_send(pair.a, views + sent, some) == some);
		ear_hear(&pair.ear, some);
		if (sent < KEPT - 20)
			CHECK(ear_kept(&pair.ear, sent + 19, &frames[sent + 19]));
		sent += some;
	}
	/* More than a batch at once, and more than a link has room for: b has no
	 * room, and that is not a's affair. */
	deadline_ns = loop_time_ns(pair.ear.loop) + DEADLINE_NS;
	for (sent = 0; sent < 5000;) {
		int r = link_send(pair.a, views, 1000);

		CHECK(r >= 0 && loop_time_ns(pair.ear.loop) < deadline_ns);
		sent += r;
	}
	CHECK(link_send(pair.a, views, 0) == 0);
	pair_release(&pair);
}

static void long_frames(void)
{
	static struct pair pair;
	struct bytes full = ethernet(ETH_P_IP, NULL);
	uint8_t monster[9000] = {255, 255, 255, 255, 255, 255, 2};
	struct link_frame frames[3] = {{full.at, 1514}, {monster, sizeof(monster)}, {full.at, 60}};
	struct link_stats stats;

	full.count = 1514;
	pair_init(&pair);
	CHECK(link_send(pair.a, frames, 3) == 3);
	ear_hear(&pair.ear, 2);
	CHECK(ear_kept(&pair.ear, 0, &full) && pair.ear.bytes[1] == 60);
	link_stats(pair.a, &stats);
	CHECK(stats.sent + stats.dropped_sending == 3 && stats.dropped_sending == 1);
	pair_release(&pair);
}

static void poll_without_loop(void)
{
	static struct pair pair;
	struct bytes frame = ethernet(ETH_P_ARP, NULL);
	uint64_t before_ns, deadline_ns;

	pair_init(&pair);
	CHECK(link_poll(pair.b, 10) == 0);
	before_ns = loop_time_ns(pair.ear.loop);
	deadline_ns = before_ns + DEADLINE_NS;
	for (int i = 0; i < 3; i++)
		CHECK(send_one(pair.a, &frame) == 1);
	while (link_poll(pair.b, 1) == 0)
		CHECK(loop_time_ns(pair.ear.loop) < deadline_ns);
	CHECK(pair.ear.heard == 1);
	while (pair.ear.heard < 3) {
		link_poll(pair.b, 10);
		CHECK(loop_time_ns(pair.ear.loop) < deadline_ns);
	}
	/* The kernel's stamps, by the clock of the loop: the clocks are read one
	 * after the other, and that is how wrong they may be. */
	CHECK(pair.ear.first_ns + NS_PER_MS >= before_ns);
	CHECK(pair.ear.last_ns >= pair.ear.first_ns);
	CHECK(pair.ear.last_ns <= loop_time_ns(pair.ear.loop));
	pair_release(&pair);
}

static void stamp_is_of_arrival(void)
{
	static struct pair pair;
	struct bytes frame = ethernet(ETH_P_ARP, NULL);
	uint64_t sent_ns, deadline_ns;

	pair_init(&pair);
	CHECK(send_one(pair.a, &frame) == 1);
	sent_ns = loop_time_ns(pair.ear.loop);
	deadline_ns = sent_ns + 200 * NS_PER_MS;
	while (loop_time_ns(pair.ear.loop) < deadline_ns)
		usleep(1000);
	CHECK(link_poll(pair.b, 10) == 1);
	CHECK(pair.ear.first_ns < deadline_ns);
	pair_release(&pair);
}

static struct pair *nested;

static void heard_polls(void *self, struct link *link, const struct link_seen *seen)
{
	ear_heard(self, link, seen);
	if (nested->ear.heard < 1000)
		link_poll(link, 1000);
}

/* A ring that is full, and a listener that polls while it listens: each once. */
static void poll_within_heard(void)
{
	static struct pair pair;
	struct bytes frame = ethernet(ETH_P_ARP, NULL);
	struct link_stats stats = {0};
	uint64_t deadline_ns;

	pair_init(&pair);
	nested = &pair;
	pair.b->config.heard = heard_polls;
	deadline_ns = loop_time_ns(pair.ear.loop) + DEADLINE_NS;
	for (int i = 0; i < 40; i++)
		CHECK(send_one(pair.a, &frame) == 1);
	while (stats.dropped_receiving < 8) {
		link_stats(pair.b, &stats);
		CHECK(loop_time_ns(pair.ear.loop) < deadline_ns);
	}
	while (link_poll(pair.b, 1))
		;
	CHECK(pair.ear.heard == 32);
	pair_release(&pair);
}

static void overflow(void)
{
	static struct pair pair;
	struct bytes frame = ethernet(ETH_P_ARP, NULL);
	struct link_stats stats = {0};
	uint64_t deadline_ns;

	pair_init(&pair);
	deadline_ns = loop_time_ns(pair.ear.loop) + DEADLINE_NS;
	for (int i = 0; i < 100; i++)
		CHECK(send_one(pair.a, &frame) == 1);
	while (stats.dropped_receiving < 68) {
		link_stats(pair.b, &stats);
		CHECK(loop_time_ns(pair.ear.loop) < deadline_ns);
	}
	CHECK(link_poll(pair.b, 1000) == 32);
	CHECK(link_poll(pair.b, 1000) == 0);
	CHECK(send_one(pair.a, &frame) == 1);
	ear_hear(&pair.ear, 1);
	link_stats(pair.b, &stats);
	CHECK(stats.dropped_receiving == 68 && stats.received == 33);
	pair_release(&pair);
}

/* Nobody takes frames out of the tap: its queue fills, and the link says so. */
static void no_room(void)
{
	static struct ear ear;
	static struct link_frame frames[300];
	const struct bytes frame = ethernet(ETH_P_ARP, NULL);
	int taken = 0;
	struct link_sockets *sockets;
	struct interface tap;
	struct link_config config = ear_init(&ear);
	struct link_stats stats;
	struct link *link;
	int fd = open_tun(IFF_TAP), r;

	sh("ip link set t0 txqueuelen 100 && ip link set t0 up");
	tap = interface_of("t0", INTERFACE_ETHERNET);
	sockets = sockets_for(&tap, 1);
	link = must_open(kind, &config, sockets, &tap);
	for (int i = 0; i < 300; i++)
		frames[i] = (struct link_frame){frame.at, frame.count};
	/* Small batches: they are sent without a second pair of hands. */
	for (int i = 0; i < 300; i += 50) {
		r = link_send(link, frames + i, 50);
		CHECK(r >= 0 && r <= 50);
		taken += r;
	}
	CHECK(taken <= 100);
	link_stats(link, &stats);
	CHECK(stats.sent == (uint64_t)taken && stats.dropped_sending == 300 - (uint64_t)taken);
	/* Large ones are given a little time, and what is left over is given up. */
	CHECK(link_send(link, frames, 300) <= 300);
	link_stats(link, &stats);
	CHECK(stats.sent == (uint64_t)taken && stats.dropped_sending >= 600 - (uint64_t)taken);
	CHECK(link_send(link, frames, 1) == 0);
	ear_turn(&ear);
	CHECK(ear.lost == 0);
	link_free(link);
	link_sockets_free(sockets);
	loop_free(ear.loop);
	close(fd);
}

/* --- the end of the interface --- */

static void lost_by(const char *command)
{
	static struct pair pair;
	struct bytes frame = ethernet(ETH_P_ARP, NULL);

	pair_init(&pair);
	sh(command);
	ear_run(&pair.other);
	CHECK(pair.other.lost == 1);
	CHECK(send_one(pair.a, &frame) == ERROR_SYSTEM);
	CHECK(send_one(pair.a, &frame) == ERROR_SYSTEM);
	ear_turn(&pair.other);
	CHECK(pair.other.lost == 1);
	pair_release(&pair);
}

static void down(void)
{
	lost_by("ip link set a0 down");
}

static void removed(void)
{
	lost_by("ip link del a0");
}

/* Whoever sends before the loop has its turn learns it, and takes the socket's
 * error with it: lost() must come all the same. */
static void down_while_sending(void)
{
	static struct pair pair;
	struct bytes frame = ethernet(ETH_P_ARP, NULL);

	pair_init(&pair);
	sh("ip link set a0 down");
	CHECK(send_one(pair.a, &frame) == ERROR_SYSTEM);
	CHECK(pair.other.lost == 0);
	/* It is lost for good, even when it comes back at once. */
	sh("ip link set a0 up");
	CHECK(send_one(pair.a, &frame) == ERROR_SYSTEM);
	ear_run(&pair.other);
	ear_turn(&pair.other);
	CHECK(pair.other.lost == 1);
	CHECK(send_one(pair.a, &frame) == ERROR_SYSTEM);
	pair_release(&pair);
}

/* --- the filter --- */

struct sample {
	struct bytes frame;
	bool passes, passes_all;
	struct bytes seen; /* if not as it was sent */
};

static struct bytes tagged(const struct bytes *payload)
{
	struct bytes tag = {.at = {0, 5, 8, 0}, .count = 4}; /* VLAN 5, IPv4 */

	add(&tag, payload->at, payload->count);
	return ethernet(ETH_P_8021Q, &tag);
}

static struct bytes without_tag(struct bytes frame)
{
	frame.count -= 4;
	memmove(frame.at + 12, frame.at + 16, frame.count - 12);
	return frame;
}

/* Two tags, of which the kernel takes the outer one off. */
static struct bytes tagged_twice(const struct bytes *payload)
{
	struct bytes tags = {.at = {0, 6, 0x81, 0, 0, 5, 8, 0}, .count = 8};

	add(&tags, payload->at, payload->count);
	return ethernet(ETH_P_8021Q, &tags);
}

static struct sample of(uint16_t type, struct bytes packet, bool passes)
{
	return (struct sample){
		.frame = ethernet(type, &packet), .passes = passes, .passes_all = true};
}

static size_t make_samples(struct sample *at)
{
	struct bytes udp = ipv4(IPPROTO_UDP, 0, "10.99.0.2", 2000, 40);
	struct bytes options = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 0x0102, 41);
	struct bytes cut = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2011, 42);
	struct sample *first = at;

	*at++ = of(ETH_P_ARP, udp, true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_ICMP, 0, "10.99.0.2", 7, 1), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_ICMP, 100, "10.99.0.2", 7, 2), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_TCP, 0, "10.99.0.2", 1999, 3), false);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 4), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2010, 5), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2011, 6), false);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_UDP, 0, "10.99.0.2", 2005, 7), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_UDP, 0, "10.99.0.2", 53, 8), false);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_SCTP, 0, "10.99.0.2", 2005, 9), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_SCTP, 0, "10.99.0.2", 65535, 10), false);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_TCP, 0x2000, "10.99.0.2", 2000, 11), true);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_TCP, 3, "10.99.0.2", 2000, 12), false);
	*at++ = of(ETH_P_IP, ipv4(IPPROTO_IGMP, 0, "10.99.0.2", 2000, 13), false);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_ICMPV6, "fd99::2", 7, 14), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_TCP, "fd99::2", 1999, 15), false);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_TCP, "fd99::2", 2000, 16), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_UDP, "fd99::2", 2010, 17), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_UDP, "fd99::2", 2011, 18), false);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_SCTP, "fd99::2", 2000, 19), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_HOPOPTS, "fd99::2", 1, 20), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_ROUTING, "fd99::2", 1, 21), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_FRAGMENT, "fd99::2", 1, 22), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_DSTOPTS, "fd99::2", 1, 23), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_AH, "fd99::2", 1, 24), true);
	*at++ = of(ETH_P_IPV6, ipv6(IPPROTO_NONE, "fd99::2", 2000, 25), false);
	*at++ = (struct sample){.frame = ethernet(0x88cc, &udp)}; /* LLDP */
	*at++ = (struct sample){tagged(&udp), true, true, without_tag(tagged(&udp))};
	*at++ = (struct sample){tagged_twice(&udp), true, true, without_tag(tagged_twice(&udp))};
	*at++ = (struct sample){tagged_twice(&cut), false, true, without_tag(tagged_twice(&cut))};
	/* Ports behind a long IPv4 header. */
	options.at[0] = 0x46;
	options.at[24 + 2] = 2000 >> 8;
	options.at[24 + 3] = 2000 & 255;
	*at++ = of(ETH_P_IP, options, true);
	/* A header that points past the frame. */
	*at = of(ETH_P_IP, cut, false);
	at->frame.at[ETHERNET_BYTES] = 0x4f;
	at++;
	/* The mark: when it is heard, nothing is on its way any more. */
	*at++ = of(ETH_P_ARP, udp, true);
	return (size_t)(at - first);
}

static void filter(bool all_protocols)
{
	static struct sample samples[40];
	static struct pair pair;
	size_t count = make_samples(samples);
	unsigned passing = 0, at = 0;

	pair_init(&pair);
	CHECK(link_filter(pair.b, 2000, 2010, all_protocols) == 0);
	for (size_t i = 0; i < count; i++)
		passing += all_protocols ? samples[i].passes_all : samples[i].passes;
	for (size_t i = 0; i < count; i++)
		CHECK(send_one(pair.a, &samples[i].frame) == 1);
	while (!at || !ear_kept(&pair.ear, pair.ear.heard - 1, &samples[count - 1].frame) ||
	       pair.ear.heard < 2) {
		ear_hear(&pair.ear, 1);
		at++;
	}
	at = 0;
	for (size_t i = 0; i < count; i++) {
		bool passes = all_protocols ? samples[i].passes_all : samples[i].passes;

		const struct bytes *seen =
			samples[i].seen.count ? &samples[i].seen : &samples[i].frame;

		if (passes != ear_kept(&pair.ear, at, seen))
			fprintf(stderr, "sample %zu should%s pass\n", i, passes ? "" : " not");
		CHECK(passes == ear_kept(&pair.ear, at, seen));
		at += passes;
	}
	CHECK(pair.ear.heard == passing);
	pair_release(&pair);
}

static void filter_ports(void)
{
	filter(false);
}

static void filter_all_protocols(void)
{
	filter(true);
}

static void not_ethernet(void)
{
	struct interface lo = interface_of("lo", INTERFACE_LOOPBACK);
	struct link_sockets *sockets = sockets_for(&lo, 1);
	struct link_config config = {0};
	struct link *link = NULL;
	struct diag diag = {0};

	CHECK(kind(&config, sockets, &lo, &link, &diag) == ERROR_UNSUPPORTED && !link);
	CHECK(strstr(diag.text, "lo "));
	link_sockets_free(sockets);
}

/* --- registration: each with both kinds --- */

#define WITH_BOTH(name, body)                   \
	static void packet_##name(void **state) \
	{                                       \
		kind = new_packet;              \
		in_network(body);               \
	}                                       \
	static void xdp_##name(void **state)    \
	{                                       \
		kind = link_xdp_new;            \
		in_network(body);               \
	}

WITH_BOTH(frames_cross_both_ways_once, cross)
WITH_BOTH(batches_arrive_whole_and_in_order, batch)
WITH_BOTH(a_frame_too_long_is_refused_alone, long_frames)
WITH_BOTH(polling_hears_without_the_loop, poll_without_loop)
WITH_BOTH(what_the_ring_cannot_hold_is_counted, overflow)
WITH_BOTH(an_interface_going_down_is_told_once, down)
WITH_BOTH(an_interface_removed_is_told_once, removed)
WITH_BOTH(a_sender_learns_of_it_first_and_lost_follows, down_while_sending)
WITH_BOTH(only_ethernet_has_frames, not_ethernet)

static void the_stamp_is_of_the_arrival(void **state)
{
	in_network(stamp_is_of_arrival);
}

static void polling_within_heard_hears_each_once(void **state)
{
	in_network(poll_within_heard);
}

static void the_filter_lets_answers_through(void **state)
{
	in_network(filter_ports);
}

static void the_filter_lets_every_protocol_through_if_asked(void **state)
{
	in_network(filter_all_protocols);
}

static void a_full_queue_is_told(void **state)
{
	kind = new_packet;
	in_network(no_room);
}

#define BOTH(name) cmocka_unit_test(packet_##name), cmocka_unit_test(xdp_##name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(frames_cross_both_ways_once),
		BOTH(batches_arrive_whole_and_in_order),
		BOTH(a_frame_too_long_is_refused_alone),
		BOTH(polling_hears_without_the_loop),
		BOTH(what_the_ring_cannot_hold_is_counted),
		BOTH(an_interface_going_down_is_told_once),
		BOTH(an_interface_removed_is_told_once),
		BOTH(a_sender_learns_of_it_first_and_lost_follows),
		BOTH(only_ethernet_has_frames),
		cmocka_unit_test(the_stamp_is_of_the_arrival),
		cmocka_unit_test(a_full_queue_is_told),
		cmocka_unit_test(polling_within_heard_hears_each_once),
		cmocka_unit_test(the_filter_lets_answers_through),
		cmocka_unit_test(the_filter_lets_every_protocol_through_if_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
