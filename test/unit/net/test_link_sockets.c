/* Privileges are needed for link_sockets_open() only, and every allocation may fail. */
#include "link_fixture.h"

#include <linux/capability.h>
#include <net/ethernet.h>
#include <sys/syscall.h>

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	CHECK(syscall(SYS_capset, &header, none) == 0);
	CHECK(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM);
}

static struct ear ear;

static void must_carry(struct link *from, const struct bytes *bytes)
{
	unsigned before = ear.heard;

	CHECK(send_one(from, bytes) == 1);
	ear_hear(&ear, 1);
	CHECK(before < KEPT && !memcmp(ear.kept[before], bytes->at, 40));
}

static void without_capabilities(void)
{
	struct bytes packet = ipv4(IPPROTO_TCP, 0, "10.99.0.2", 2000, 1);
	struct bytes packet_v6 = ipv6(IPPROTO_TCP, "fd99::2", 2000, 1);
	struct bytes frame = ethernet(ETHERTYPE_IP, &packet);
	struct link *packets = NULL, *xdp = NULL, *ip = NULL, *end = NULL;
	struct interface ends[4];
	struct link_sockets *sockets;
	struct link_config deaf, config = ear_init(&ear);
	static struct ear nobody;

	make_veth();
	sh("ip link set lo up; ip route add 10.99.0.0/24 dev a0;"
	   "echo 0 > /proc/sys/net/ipv6/conf/a0/disable_ipv6;"
	   "ip addr add fd99::1/64 dev a0 nodad; ip neigh replace fd99::2 lladdr 2:0:0:0:0:1 dev "
	   "a0");
	for (int i = 0; i < 4; i++)
		ends[i] = interface_of(i == 3 ? "b0" : "a0", INTERFACE_ETHERNET);
	sockets = sockets_for(ends, 4);
	deaf = ear_init(&nobody);
	drop_capabilities();
	CHECK(link_packet_new(&config, sockets, &ends[3], 0, &end, NULL) == 0);
	CHECK(link_packet_new(&deaf, sockets, &ends[0], 0, &packets, NULL) == 0);
	CHECK(link_xdp_new(&deaf, sockets, &ends[1], &xdp, NULL) == 0);
	CHECK(link_ip_new(&deaf, sockets, &ends[2], 0, &ip, NULL) == 0);
	CHECK(link_filter(end, 2000, 2000, false) == 0);
	link_sockets_free(sockets);
	must_carry(packets, &frame);
	must_carry(xdp, &frame);
	CHECK(send_one(ip, &packet) == 1);
	ear_hear(&ear, 1);
	CHECK(!memcmp(ear.kept[2] + ETHERNET_BYTES, packet.at, packet.count));
	CHECK(send_one(ip, &packet_v6) == 1);
	for (unsigned i = 3; memcmp(ear.kept[i] + ETHERNET_BYTES, packet_v6.at, packet_v6.count);
	     i = ear.heard - 1)
		ear_hear(&ear, 1);
	link_free(packets);
	link_free(xdp);
	link_free(ip);
	link_free(end);
	loop_free(ear.loop);
	loop_free(nobody.loop);
}

static void not_allowed(void)
{
	struct interface lo = interface_of("lo", INTERFACE_LOOPBACK);
	const struct interfaces all = {.at = &lo, .count = 1};
	struct link_sockets *sockets = NULL;
	struct diag diag = {0};

	drop_capabilities();
	CHECK(link_sockets_open(&all, &sockets, &diag) == ERROR_PERMISSION && !sockets);
	CHECK(strstr(diag.text, "CAP_NET_RAW"));
}

static void pool_is_empty(void)
{
	struct interface lo = interface_of("lo", INTERFACE_LOOPBACK);
	struct link_sockets *sockets = sockets_for(&lo, 1);
	struct link_config config = ear_init(&ear);
	struct link *first = NULL, *second = NULL, *third = NULL;
	struct diag diag = {0};

	sh("ip link set lo up");
	CHECK(link_ip_new(&config, sockets, &lo, SMALL_RING, &first, &diag) == 0);
	/* Still privileged: there are more. */
	CHECK(link_ip_new(&config, sockets, &lo, SMALL_RING, &second, &diag) == 0);
	drop_capabilities();
	CHECK(link_ip_new(&config, sockets, &lo, SMALL_RING, &third, &diag) == ERROR_LIMIT);
	CHECK(!third && diag.text[0]);
	link_free(first);
	link_free(second);
	link_sockets_free(sockets);
	loop_free(ear.loop);
}

static unsigned open_descriptors(void)
{
	unsigned count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* 300 interfaces do not take 300 descriptors. */
static void frugal(void)
{
	static struct interface many[300];
	unsigned before = open_descriptors();
	struct link_sockets *sockets;

	for (int i = 0; i < 300; i++) {
		many[i] = interface_of("lo", INTERFACE_ETHERNET);
		many[i].up = i >= 10;
	}
	sockets = sockets_for(many, 10);
	CHECK(open_descriptors() == before + 2); /* all are down */
	link_sockets_free(sockets);
	sockets = sockets_for(many, 300);
	CHECK(open_descriptors() <= before + 36);
	link_sockets_free(sockets);
	CHECK(open_descriptors() == before);
}

static void missing_interface(void)
{
	struct interface lo = interface_of("lo", INTERFACE_ETHERNET);
	struct link_config config = ear_init(&ear);
	unsigned before = open_descriptors();
	struct link_sockets *sockets = sockets_for(&lo, 1);
	struct link *link = NULL;
	struct diag diag = {0};

	lo.index = 4711;
	snprintf(lo.name, sizeof(lo.name), "gone0");
	CHECK(link_packet_new(&config, sockets, &lo, SMALL_RING, &link, &diag) == ERROR_SYSTEM);
	CHECK(strstr(diag.text, "gone0"));
	CHECK(link_ip_new(&config, sockets, &lo, SMALL_RING, &link, &diag) == ERROR_SYSTEM);
	CHECK(link_xdp_new(&config, sockets, &lo, &link, &diag) < 0 && !link);
	link_sockets_free(sockets);
	CHECK(open_descriptors() == before);
	loop_free(ear.loop);
	link_free(NULL);
	link_sockets_free(NULL);
}

/* --- memory --- */

static struct interface veth;

static int open_once(void *self)
{
	const struct interfaces all = {.at = &veth, .count = 1};
	struct link_sockets *sockets = NULL;
	struct link *link[3] = {NULL};
	struct diag diag;
	int r = link_sockets_open(&all, &sockets, &diag);

	if (r == 0)
		r = link_packet_new(self, sockets, &veth, SMALL_RING, &link[0], &diag);
	if (r == 0)
		r = link_ip_new(self, sockets, &veth, SMALL_RING, &link[1], &diag);
	if (r == 0)
		r = link_xdp_new(self, sockets, &veth, &link[2], &diag);
	for (int i = 0; i < 3; i++)
		link_free(link[i]);
	link_sockets_free(sockets);
	return r;
}

/* The kernel gives an AF_XDP queue back some time after close(). */
static int open_everything(void *self)
{
	uint64_t deadline_ns = loop_time_ns(ear.loop) + DEADLINE_NS;
	int r;

	do
		r = open_once(self);
	while (r == ERROR_BUSY && loop_time_ns(ear.loop) < deadline_ns);
	return r;
}

static void each_allocation_fails(void)
{
	struct link_config config = ear_init(&ear);
	unsigned before;

	make_veth();
	veth = interface_of("a0", INTERFACE_ETHERNET);
	before = open_descriptors();
	support_each_allocation_fails(open_everything, &config, 100);
	CHECK(open_descriptors() == before);
	loop_free(ear.loop);
}

#define IN_NETWORK(name, body)         \
	static void name(void **state) \
	{                              \
		in_network(body);      \
	}

IN_NETWORK(links_are_made_and_used_without_capabilities, without_capabilities)
IN_NETWORK(raw_sockets_not_allowed_is_told, not_allowed)
IN_NETWORK(an_empty_pool_is_told, pool_is_empty)
IN_NETWORK(many_interfaces_take_few_descriptors, frugal)
IN_NETWORK(an_interface_that_is_not_there_is_told, missing_interface)
IN_NETWORK(every_allocation_may_fail, each_allocation_fails)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_made_and_used_without_capabilities),
		cmocka_unit_test(raw_sockets_not_allowed_is_told),
		cmocka_unit_test(an_empty_pool_is_told),
		cmocka_unit_test(many_interfaces_take_few_descriptors),
		cmocka_unit_test(an_interface_that_is_not_there_is_told),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
