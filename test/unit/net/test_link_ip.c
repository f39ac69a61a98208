/* Links that carry bare IP packets: loopback, tun, and the kernel's own way on
 * Ethernet. */
#include "link_fixture.h"

struct one {
	struct ear ear;
	struct link *link;
};

static void one_init(struct one *one, const char *name, enum interface_kind kind)
{
	struct interface interface = interface_of(name, kind);
	struct link_sockets *sockets = sockets_for(&interface, 1);
	struct link_config config = ear_init(&one->ear);
	struct diag diag = {0};

	if (link_ip_new(&config, sockets, &interface, SMALL_RING, &one->link, &diag) < 0)
		fprintf(stderr, "%s\n", diag.text);
	CHECK(one->link);
	CHECK(link_layer(one->link) == LINK_IP && link_interface(one->link) == interface.index);
	link_sockets_free(sockets);
}

static void one_release(struct one *one)
{
	link_free(one->link);
	loop_free(one->ear.loop);
}

/* The answers of the kernel (to port 9) are not asked for. */
static void loopback(void)
{
	static struct one one;
	struct bytes packets[] = {ipv4(IPPROTO_TCP, 0, "127.0.0.1", 2000, 1),
				  ipv6(IPPROTO_TCP, "::1", 2000, 2),
				  ipv4(IPPROTO_TCP, 0, "127.0.0.1", 2000, 3)};
	struct link_frame frames[3];
	struct link_stats stats;

	sh("ip link set lo up");
	one_init(&one, "lo", INTERFACE_LOOPBACK);
	CHECK(link_filter(one.link, 2000, 2000, false) == 0);
	for (int i = 0; i < 3; i++)
		frames[i] = (struct link_frame){packets[i].at, packets[i].count};
	CHECK(link_send(one.link, frames, 3) == 3);
	ear_hear(&one.ear, 3);
	for (int i = 0; i < 3; i++)
		CHECK(ear_kept(&one.ear, i, &packets[i]));
	ear_turn(&one.ear);
	CHECK(one.ear.heard == 3);
	link_stats(one.link, &stats);
	CHECK(stats.sent == 3 && stats.received == 3 && stats.dropped_sending == 0);
	one_release(&one);
}

/* Unfiltered, and the kernel answers: a question and an answer, each once. */
static void loopback_answers(void)
{
	static struct one one;
	struct bytes question = ipv4(IPPROTO_TCP, 0, "127.0.0.1", 2000, 1);

	sh("ip link set lo up");
	one_init(&one, "lo", INTERFACE_LOOPBACK);
	/* The TCP checksum: without it the kernel is silent. */
	question.at[36] = 0;
	for (uint32_t sum = 6 + 20, i = 12; i < 40; i += 2) {
		sum += question.at[i] << 8 | question.at[i + 1];
		if (i == 38) {
			sum = (sum & 0xffff) + (sum >> 16);
			question.at[36] = (uint8_t)(~sum >> 8);
			question.at[37] = (uint8_t)~sum;
		}
	}
	CHECK(send_one(one.link, &question) == 1);
	ear_hear(&one.ear, 2);
	CHECK(ear_kept(&one.ear, 0, &question));
	CHECK(one.ear.kept[1][21] == 0xd0 || one.ear.kept[1][20] == 2000 >> 8);
	CHECK(one.ear.kept[1][33] & 4); /* RST */
	ear_turn(&one.ear);
	CHECK(one.ear.heard == 2);
	one_release(&one);
}

/* An own address that belongs to another interface is reached through lo. */
static void own_address(void)
{
	static struct one one;
	struct bytes packet = ipv4(IPPROTO_UDP, 0, "10.99.0.1", 2000, 1);
	struct bytes packet_v6 = ipv6(IPPROTO_UDP, "fd99::1", 2000, 2);
	struct bytes link_local = ipv6(IPPROTO_UDP, "fe80::1", 2000, 3);

	make_veth();
	sh("echo 0 > /proc/sys/net/ipv6/conf/a0/disable_ipv6; ip link set lo up &&"
	   "ip addr add 10.99.0.1/24 dev a0 && ip addr add fd99::1/64 dev a0 nodad &&"
	   "ip addr add fe80::1/64 dev a0 nodad");
	one_init(&one, "lo", INTERFACE_LOOPBACK);
	CHECK(link_filter(one.link, 2000, 2000, false) == 0);
	/* From itself, as a scan of oneself is. */
	memcpy(packet.at + 12, packet.at + 16, 4);
	CHECK(send_one(one.link, &packet) == 1);
	ear_hear(&one.ear, 1);
	CHECK(!memcmp(one.ear.kept[0] + 12, packet.at + 12, 28));
	CHECK(send_one(one.link, &packet_v6) == 1);
	ear_hear(&one.ear, 1);
	CHECK(ear_kept(&one.ear, 1, &packet_v6));
	CHECK(send_one(one.link, &link_local) == 1);
	ear_hear(&one.ear, 1);
	CHECK(ear_kept(&one.ear, 2, &link_local));
	one_release(&one);
}

/* What the kernel says of its own (MLD, router solicitation) is read over. */
static void tun_must_give(int fd, const struct bytes *packet)
{
	uint8_t bytes[2000];
	ssize_t got;

	alarm(20);
	do {
		got = read(fd, bytes, sizeof(bytes));
		CHECK(got > 0);
	} while ((size_t)got != packet->count || memcmp(bytes, packet->at, packet->count));
	alarm(0);
}

static void tun(void)
{
	static struct one one;
	struct bytes v4 = ipv4(IPPROTO_TCP, 0, "10.99.1.2", 2000, 1);
	struct bytes v6 = ipv6(IPPROTO_TCP, "fd99:1::2", 2000, 2);
	struct bytes other = ipv4(IPPROTO_TCP, 0, "10.99.1.2", 1999, 3);
	int fd = open_tun(IFF_TUN);

	sh("ip addr add 10.99.1.1/24 dev t0 && ip addr add fd99:1::1/64 dev t0 nodad &&"
	   "ip link set t0 up");
	one_init(&one, "t0", INTERFACE_POINT);
	CHECK(link_filter(one.link, 2000, 2000, false) == 0);
	CHECK(send_one(one.link, &v4) == 1);
	tun_must_give(fd, &v4);
	CHECK(send_one(one.link, &v6) == 1);
	tun_must_give(fd, &v6);
	CHECK(one.ear.heard == 0);
	CHECK(write(fd, other.at, other.count) == (ssize_t)other.count);
	CHECK(write(fd, v4.at, v4.count) == (ssize_t)v4.count);
	ear_hear(&one.ear, 1);
	CHECK(ear_kept(&one.ear, 0, &v4));
	CHECK(write(fd, v6.at, v6.count) == (ssize_t)v6.count);
	ear_hear(&one.ear, 1);
	CHECK(ear_kept(&one.ear, 1, &v6));
	one_release(&one);
	close(fd);
}

/* Two ways lead to the target; the link's is taken, not the cheaper one. */
static void its_own_way(void)
{
	static struct one one;
	static struct one at_the_end;
	struct bytes packet = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 1);
	struct bytes packet_v6 = ipv6(IPPROTO_TCP, "fd99::2", 2000, 2);

	make_veth();
	sh("ip link add c0 type veth peer name d0 && ip link set c0 arp off up && "
	   "ip link set d0 arp off up &&"
	   "ip route add 10.99.0.2 dev c0 metric 1 && ip route add 10.99.0.2 dev a0 metric 2;"
	   "for i in c0 a0; do echo 0 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done;"
	   "ip route add fd99::2 dev c0 metric 1 && ip route add fd99::2 dev a0 metric 2");
	one_init(&one, "a0", INTERFACE_ETHERNET);
	one_init(&at_the_end, "b0", INTERFACE_ETHERNET);
	CHECK(send_one(one.link, &packet) == 1);
	ear_hear(&at_the_end.ear, 1);
	while (!ear_kept(&at_the_end.ear, at_the_end.ear.heard - 1, &packet))
		ear_hear(&at_the_end.ear, 1); /* IPv6 begins to talk */
	CHECK(send_one(one.link, &packet_v6) == 1);
	while (!ear_kept(&at_the_end.ear, at_the_end.ear.heard - 1, &packet_v6))
		ear_hear(&at_the_end.ear, 1);
	one_release(&one);
	one_release(&at_the_end);
}

static void link_local(void)
{
	static struct one one, at_the_end;
	struct bytes packet = ipv6(IPPROTO_TCP, "fe80::2", 2000, 1);

	make_veth();
	sh("ip link add c0 type veth peer name d0 && ip link set c0 up && ip link set d0 up;"
	   "for i in c0 a0; do echo 0 > /proc/sys/net/ipv6/conf/$i/disable_ipv6;"
	   "ip addr add fe80::1/64 dev $i nodad; ip neigh replace fe80::2 lladdr 2:0:0:0:0:1 dev "
	   "$i;"
	   "done");
	one_init(&one, "a0", INTERFACE_ETHERNET);
	one_init(&at_the_end, "b0", INTERFACE_ETHERNET);
	CHECK(link_filter(at_the_end.link, 2000, 2000, false) == 0);
	CHECK(send_one(one.link, &packet) == 1);
	do
		ear_hear(&at_the_end.ear, 1);
	while (!ear_kept(&at_the_end.ear, at_the_end.ear.heard - 1, &packet));
	one_release(&one);
	one_release(&at_the_end);
}

static void hears_ip_only(void)
{
	static struct one one;
	static struct ear ear;
	struct interface a = interface_of("lo", INTERFACE_LOOPBACK);
	struct link_sockets *sockets;
	struct link_config config;
	struct bytes packet = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 1);
	struct bytes other = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 2);
	struct bytes arp = ethernet(0x0806, &other), lldp = ethernet(0x88cc, &other);
	struct bytes ip = ethernet(0x0800, &packet);
	struct link *link = NULL;
	struct diag diag;

	make_veth();
	one_init(&one, "b0", INTERFACE_ETHERNET);
	a = interface_of("a0", INTERFACE_ETHERNET);
	sockets = sockets_for(&a, 1);
	config = ear_init(&ear);
	CHECK(link_packet_new(&config, sockets, &a, SMALL_RING, &link, &diag) == 0);
	CHECK(send_one(link, &arp) == 1);
	CHECK(send_one(link, &lldp) == 1);
	CHECK(send_one(link, &ip) == 1);
	ear_hear(&one.ear, 1);
	/* With Ethernet's padding: what is behind the packet is the parser's affair. */
	CHECK(one.ear.bytes[0] == 46 && !memcmp(one.ear.kept[0], packet.at, packet.count));
	link_sockets_free(sockets);
	link_free(link);
	loop_free(ear.loop);
	one_release(&one);
}

/* Refused one by one, and the rest goes. */
static void refusals(void)
{
	static struct one one;
	struct bytes good = ipv4(IPPROTO_UDP, 0, "127.0.0.1", 2000, 1);
	struct bytes nowhere = ipv4(IPPROTO_UDP, 0, "127.0.0.1", 2000, 2);
	struct bytes junk = {.at = {0x55}, .count = 40}, none = {.count = 0};
	struct bytes cut = {.at = {0x45}, .count = 19};
	struct link_frame frames[6];
	const struct bytes *all[6] = {&junk, &good, &nowhere, &none, &cut, &good};
	struct link_stats stats;

	sh("ip link set lo up");
	one_init(&one, "lo", INTERFACE_LOOPBACK);
	CHECK(link_filter(one.link, 2000, 2000, false) == 0);
	nowhere.at[16] = 10; /* no route there */
	for (int i = 0; i < 6; i++)
		frames[i] = (struct link_frame){all[i]->at, all[i]->count};
	CHECK(link_send(one.link, frames, 6) == 6);
	ear_hear(&one.ear, 2);
	link_stats(one.link, &stats);
	CHECK(stats.sent == 2 && stats.dropped_sending == 4);
	one_release(&one);
}

/* The queue holds a few dozen packets and lets none go. */
static void no_room(void)
{
	static struct one one;
	static struct link_frame frames[300];
	struct bytes packet = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 1);
	struct link_stats stats;
	int r;

	make_veth();
	sh("ip route add 10.99.0.0/24 dev a0");
	if (system("tc qdisc replace dev a0 root tbf rate 8bit burst 1600 limit 1600 "
		   "2>/dev/null")) {
		fprintf(stderr, "left out: no queueing disciplines\n");
		return;
	}
	one_init(&one, "a0", INTERFACE_ETHERNET);
	for (int i = 0; i < 300; i++)
		frames[i] = (struct link_frame){packet.at, packet.count};
	r = link_send(one.link, frames, 300);
	CHECK(r > 0 && r < 300);
	link_stats(one.link, &stats);
	CHECK(stats.dropped_sending == 300 - (uint64_t)r);
	CHECK(stats.sent == (uint64_t)r);
	one_release(&one);
}

static void down(void)
{
	static struct one one;
	struct bytes packet = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 1);

	make_veth();
	sh("ip route add 10.99.0.0/24 dev a0");
	one_init(&one, "a0", INTERFACE_ETHERNET);
	CHECK(send_one(one.link, &packet) == 1);
	sh("ip link set a0 down");
	CHECK(send_one(one.link, &packet) == ERROR_SYSTEM);
	ear_run(&one.ear);
	ear_turn(&one.ear);
	CHECK(one.ear.lost == 1);
	CHECK(send_one(one.link, &packet) == ERROR_SYSTEM);
	one_release(&one);
}

#define IN_NETWORK(name, body)         \
	static void name(void **state) \
	{                              \
		in_network(body);      \
	}

IN_NETWORK(loopback_is_heard_once, loopback)
IN_NETWORK(question_and_answer_on_loopback_are_heard_once_each, loopback_answers)
IN_NETWORK(own_addresses_are_reached_through_loopback, own_address)
IN_NETWORK(a_tun_carries_packets_both_ways, tun)
IN_NETWORK(packets_leave_by_the_interface_of_the_link, its_own_way)
IN_NETWORK(link_local_addresses_are_of_the_link, link_local)
IN_NETWORK(nothing_but_ip_is_heard, hears_ip_only)
IN_NETWORK(what_cannot_be_sent_is_refused_alone, refusals)
IN_NETWORK(a_full_queue_is_told, no_room)
IN_NETWORK(an_interface_going_down_is_told_once, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback_is_heard_once),
		cmocka_unit_test(question_and_answer_on_loopback_are_heard_once_each),
		cmocka_unit_test(own_addresses_are_reached_through_loopback),
		cmocka_unit_test(a_tun_carries_packets_both_ways),
		cmocka_unit_test(packets_leave_by_the_interface_of_the_link),
		cmocka_unit_test(link_local_addresses_are_of_the_link),
		cmocka_unit_test(nothing_but_ip_is_heard),
		cmocka_unit_test(what_cannot_be_sent_is_refused_alone),
		cmocka_unit_test(a_full_queue_is_told),
		cmocka_unit_test(an_interface_going_down_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
