/* What the kernel says, byte by byte: messages as Linux 6 sends them (the corpus has
 * more), and such as it never would. */
#include "support.h"

#include "net/neighbours.h"
#include "net/netlink_parse.h"
#include "util/buf.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_addrlabel.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* ---- building ---- */

static void put(struct buf *out, const void *bytes, size_t count)
{
	buf_add(out, bytes, count);
	buf_add_repeat(out, '\0', -count & 3);
}

static void put_attr(struct buf *out, uint16_t type, const void *value, size_t bytes)
{
	struct nlattr attr = {.nla_len = (uint16_t)(sizeof(attr) + bytes), .nla_type = type};

	buf_add(out, &attr, sizeof(attr));
	put(out, value, bytes);
}

static void put_u32(struct buf *out, uint16_t type, uint32_t value)
{
	put_attr(out, type, &value, sizeof(value));
}

static struct ip_addr ip(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static void put_ip(struct buf *out, uint16_t type, const char *text)
{
	struct ip_addr addr = ip(text);

	put_attr(out, type, addr.bytes, ip_bits(&addr) / 8);
}

/* An exact copy, so that a sanitizer sees a read past the end. */
static struct reader exact(const struct buf *from, size_t count, void **ret_memory)
{
	*ret_memory = malloc(count ? count : 1);
	assert_non_null(*ret_memory);
	memcpy(*ret_memory, from->data, count);
	return reader_of(*ret_memory, count);
}

/* Cuts the body at every length: no parser may read past the end, nor give out
 * something when the fixed part is not whole. */
static void check_every_cut(const struct buf *body, bool (*parse)(struct reader body), size_t fixed)
{
	size_t count;
	void *memory;

	for (count = 0; count <= body->len; count++) {
		bool good = parse(exact(body, count, &memory));

		free(memory);
		if (count < fixed)
			assert_false(good);
	}
}

/* ---- messages and attributes ---- */

static void messages_follow_one_another(void **state)
{
	struct nlmsghdr header = {.nlmsg_len = 18, .nlmsg_type = 24, .nlmsg_seq = 7};
	struct netlink_message message;
	struct buf bytes = BUF_INIT;
	struct reader in;

	put(&bytes, &header, sizeof(header));
	buf_add(&bytes, "ab\0\0", 4);
	header.nlmsg_len = 17; /* the last one's padding may be missing */
	put(&bytes, &header, sizeof(header));
	buf_add(&bytes, "c", 1);
	in = reader_of(bytes.data, bytes.len);
	assert_true(netlink_next_message(&in, &message));
	assert_int_equal(message.type, 24);
	assert_int_equal(message.seq, 7);
	assert_int_equal(message.body.left_bytes, 2);
	assert_true(netlink_next_message(&in, &message));
	assert_int_equal(message.body.left_bytes, 1);
	assert_int_equal(message.body.at[0], 'c');
	assert_false(netlink_next_message(&in, &message));
	buf_release(&bytes);
}

static void impossible_lengths_end_it(void **state)
{
	static const uint32_t lengths[] = {0, 15, 21, UINT32_MAX};
	struct netlink_message message;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct nlmsghdr header[2] = {{.nlmsg_len = lengths[i]}};
		struct reader in = reader_of(header, 20);

		assert_false(netlink_next_message(&in, &message));
	}
}

static void attributes_with_flags_and_odd_lengths(void **state)
{
	struct buf bytes = BUF_INIT;
	struct netlink_attr attr;
	struct ip_addr addr;
	struct reader in;
	uint32_t value;

	put_attr(&bytes, NLA_F_NESTED | 5, "xyz", 3);
	put_attr(&bytes, 6, "", 0);
	buf_add(&bytes, "\3\0\1\0", 4);
	in = reader_of(bytes.data, bytes.len);
	assert_true(netlink_next_attr(&in, &attr));
	assert_int_equal(attr.type, 5);
	assert_int_equal(attr.value.left_bytes, 3);
	assert_false(netlink_attr_u32(attr, &value));
	assert_false(netlink_attr_ip(attr, &addr));
	assert_true(netlink_next_attr(&in, &attr));
	assert_int_equal(attr.value.left_bytes, 0);
	assert_false(netlink_next_attr(&in, &attr));
	buf_release(&bytes);
}

static void errors_are_errno_values(void **state)
{
	static const struct {
		int32_t said;
		int means;
	} rows[] = {{0, 0}, {-ENETUNREACH, ENETUNREACH}, {5, EPROTO}, {INT32_MIN, EPROTO}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct netlink_message message = {.body = reader_of(&rows[i].said, 4)};

		assert_int_equal(netlink_message_errno(message), rows[i].means);
		message.body.left_bytes = 3;
		assert_int_equal(netlink_message_errno(message), EPROTO);
	}
}

/* ---- links and addresses ---- */

static bool parse_link(struct reader body)
{
	struct link_message link;

	return link_message_parse(body, &link);
}

static void a_link(void **state)
{
	struct ifinfomsg info = {.ifi_type = ARPHRD_ETHER, .ifi_index = 3, .ifi_flags = IFF_UP};
	struct buf body = BUF_INIT;
	struct link_message link;

	put(&body, &info, sizeof(info));
	put_attr(&body, IFLA_IFNAME, "eth0", 5);
	put_u32(&body, IFLA_MTU, 1400);
	put_attr(&body, IFLA_ADDRESS, "\2\0\0\0\0\1", 6);
	assert_true(link_message_parse(reader_of(body.data, body.len), &link));
	assert_int_equal(link.index, 3);
	assert_int_equal(link.mtu, 1400);
	assert_string_equal(link.name, "eth0");
	assert_true(link.has_mac && link.mac.bytes[0] == 2 && link.mac.bytes[5] == 1);
	check_every_cut(&body, parse_link, sizeof(info));
	buf_release(&body);
}

static void names_without_an_end_are_cut(void **state)
{
	struct ifinfomsg info = {.ifi_index = 3};
	struct buf body = BUF_INIT;
	struct link_message link;

	put(&body, &info, sizeof(info));
	put_attr(&body, IFLA_IFNAME, "abcdefghijklmnopqrstuvwxyz", 26);
	put_attr(&body, IFLA_ADDRESS, "12345678901234567890", 20); /* InfiniBand */
	assert_true(link_message_parse(reader_of(body.data, body.len), &link));
	assert_string_equal(link.name, "abcdefghijklmno");
	assert_false(link.has_mac);
	buf_release(&body);
}

/* The message ends with the name, and nothing says so but its length. */
static void names_end_with_their_attribute(void **state)
{
	struct ifinfomsg info = {.ifi_index = 3};
	struct buf body = BUF_INIT;
	struct link_message link;
	void *memory;

	put(&body, &info, sizeof(info));
	put_attr(&body, IFLA_IFNAME, "abcd", 4);
	assert_true(link_message_parse(exact(&body, body.len, &memory), &link));
	assert_string_equal(link.name, "abcd");
	free(memory);
	buf_release(&body);
}

static bool parse_addr(struct reader body)
{
	struct addr_message addr;

	return addr_message_parse(body, &addr);
}

static void our_own_address_and_not_the_peers(void **state)
{
	struct ifaddrmsg info = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 9};
	struct buf body = BUF_INIT;
	struct addr_message addr;

	put(&body, &info, sizeof(info));
	put_ip(&body, IFA_ADDRESS, "10.8.0.2");
	put_ip(&body, IFA_LOCAL, "10.8.0.1");
	assert_true(addr_message_parse(reader_of(body.data, body.len), &addr));
	assert_true(ip_equal(&addr.addr, &(struct ip_addr){.bytes = {10, 8, 0, 1}, .family = 4}));
	assert_int_equal(addr.interface, 9);
	check_every_cut(&body, parse_addr, sizeof(info) + 8);
	((struct ifaddrmsg *)(void *)body.data)->ifa_prefixlen = 33;
	assert_false(parse_addr(reader_of(body.data, body.len)));
	((struct ifaddrmsg *)(void *)body.data)->ifa_family = AF_BRIDGE;
	assert_false(parse_addr(reader_of(body.data, body.len)));
	buf_release(&body);
}

static void link_local_addresses_have_their_zone(void **state)
{
	struct ifaddrmsg info = {.ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 9};
	struct buf body = BUF_INIT;
	struct addr_message addr;

	put(&body, &info, sizeof(info));
	put_ip(&body, IFA_LOCAL, "10.0.0.1"); /* of the other family: ignored */
	put_ip(&body, IFA_ADDRESS, "fe80::1");
	assert_true(addr_message_parse(reader_of(body.data, body.len), &addr));
	assert_int_equal(addr.addr.scope_id, 9);
	assert_int_equal(addr.addr.family, IP_V6);
	buf_release(&body);
}

/* ---- routes ---- */

static bool parse_route(struct reader body)
{
	struct route_message route;

	return route_message_parse(body, &route);
}

static void put_route(struct buf *body, uint8_t family, uint8_t bits)
{
	struct rtmsg info = {.rtm_family = family,
			     .rtm_dst_len = bits,
			     .rtm_table = RT_TABLE_MAIN,
			     .rtm_type = RTN_UNICAST};

	put(body, &info, sizeof(info));
}

static void assert_ip(const struct ip_addr *addr, const char *text)
{
	struct ip_addr wanted = ip(text);

	assert_true(ip_equal(addr, &wanted));
}

static void a_route_through_a_gateway(void **state)
{
	struct buf body = BUF_INIT, metrics = BUF_INIT;
	struct route_message route;

	put_u32(&metrics, RTAX_WINDOW, 5);
	put_u32(&metrics, RTAX_MTU, 1300);
	put_route(&body, AF_INET, 16);
	put_ip(&body, RTA_DST, "10.77.0.0");
	put_u32(&body, RTA_TABLE, 1000);
	put_u32(&body, RTA_PRIORITY, 50);
	put_u32(&body, RTA_OIF, 4);
	put_ip(&body, RTA_GATEWAY, "10.1.0.254");
	put_ip(&body, RTA_PREFSRC, "10.1.0.1");
	put_attr(&body, RTA_METRICS, metrics.data, metrics.len);
	assert_true(route_message_parse(reader_of(body.data, body.len), &route));
	assert_int_equal(route.table, 1000);
	assert_int_equal(route.metric, 50);
	assert_int_equal(route.interface, 4);
	assert_int_equal(route.mtu, 1300);
	assert_int_equal(route.to_bits, 16);
	assert_ip(&route.to, "10.77.0.0");
	assert_ip(&route.gateway, "10.1.0.254");
	assert_ip(&route.source, "10.1.0.1");
	check_every_cut(&body, parse_route, sizeof(struct rtmsg));
	buf_release(&body);
	buf_release(&metrics);
}

static void a_default_route_is_all_zero(void **state)
{
	struct buf body = BUF_INIT;
	struct route_message route;

	put_route(&body, AF_INET6, 0);
	assert_true(route_message_parse(reader_of(body.data, body.len), &route));
	assert_ip(&route.to, "::");
	assert_int_equal(route.to_bits, 0);
	assert_int_equal(route.gateway.family, IP_NONE);
	buf_clear(&body);
	put_route(&body, AF_INET6, 129);
	assert_false(parse_route(reader_of(body.data, body.len)));
	buf_clear(&body);
	put_route(&body, AF_MPLS, 0);
	assert_false(parse_route(reader_of(body.data, body.len)));
	buf_release(&body);
}

static void an_ipv4_route_through_an_ipv6_gateway(void **state)
{
	struct buf body = BUF_INIT, via = BUF_INIT;
	struct ip_addr gateway = ip("fe80::77");
	struct route_message route;
	uint16_t family = AF_INET6;

	buf_add(&via, &family, sizeof(family));
	buf_add(&via, gateway.bytes, 16);
	put_route(&body, AF_INET, 0);
	put_attr(&body, RTA_VIA, via.data, via.len);
	put_u32(&body, RTA_OIF, 7);
	assert_true(route_message_parse(reader_of(body.data, body.len), &route));
	assert_int_equal(route.gateway.family, IP_V6);
	assert_int_equal(route.gateway.scope_id, 7);
	check_every_cut(&body, parse_route, sizeof(struct rtmsg));
	buf_clear(&body);
	put_route(&body, AF_INET, 0);
	put_attr(&body, RTA_VIA, via.data, 10); /* no such address */
	assert_true(route_message_parse(reader_of(body.data, body.len), &route));
	assert_int_equal(route.gateway.family, IP_NONE);
	buf_release(&body);
	buf_release(&via);
}

static void put_way(struct buf *out, uint16_t bytes, int interface, const char *gateway)
{
	struct rtnexthop way = {.rtnh_len = bytes, .rtnh_ifindex = interface};

	put(out, &way, sizeof(way));
	put_ip(out, RTA_GATEWAY, gateway);
}

static void of_several_next_hops_the_first(void **state)
{
	struct buf body = BUF_INIT, ways = BUF_INIT;
	struct route_message route;

	put_way(&ways, 16, 3, "10.1.0.7");
	put_way(&ways, 16, 4, "10.9.0.7");
	put_route(&body, AF_INET, 16);
	put_attr(&body, RTA_MULTIPATH, ways.data, ways.len);
	assert_true(route_message_parse(reader_of(body.data, body.len), &route));
	assert_int_equal(route.interface, 3);
	assert_ip(&route.gateway, "10.1.0.7");
	check_every_cut(&body, parse_route, sizeof(struct rtmsg));
	buf_release(&body);
	buf_release(&ways);
}

static void next_hops_of_impossible_length_are_none(void **state)
{
	static const uint16_t lengths[] = {0, 7, 17, UINT16_MAX};
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf body = BUF_INIT, ways = BUF_INIT;
		struct route_message route;

		put_way(&ways, lengths[i], 3, "10.1.0.7");
		put_route(&body, AF_INET, 16);
		put_attr(&body, RTA_MULTIPATH, ways.data, ways.len);
		assert_true(route_message_parse(reader_of(body.data, body.len), &route));
		assert_int_equal(route.interface, 0);
		buf_release(&body);
		buf_release(&ways);
	}
}

/* ---- rules, labels, neighbours ---- */

static bool parse_rule(struct reader body)
{
	struct prefix_message rule;

	return rule_message_parse(body, &rule);
}

static void a_rule_holds_for_its_destination(void **state)
{
	struct fib_rule_hdr info = {.family = AF_INET, .dst_len = 24, .src_len = 8};
	struct buf body = BUF_INIT;
	struct prefix_message rule;

	put(&body, &info, sizeof(info));
	put_ip(&body, FRA_SRC, "10.0.0.0");
	put_ip(&body, FRA_DST, "10.55.3.0");
	assert_true(rule_message_parse(reader_of(body.data, body.len), &rule));
	assert_ip(&rule.to, "10.55.3.0");
	assert_int_equal(rule.bits, 24);
	check_every_cut(&body, parse_rule, sizeof(info));
	buf_release(&body);
}

static bool parse_label(struct reader body)
{
	struct prefix_message label;

	return label_message_parse(body, &label);
}

static void a_label_holds_for_its_prefix(void **state)
{
	struct ifaddrlblmsg info = {.ifal_family = AF_INET6, .ifal_prefixlen = 7};
	struct buf body = BUF_INIT;
	struct prefix_message label;

	put(&body, &info, sizeof(info));
	put_ip(&body, IFAL_ADDRESS, "fc00::");
	put_u32(&body, IFAL_LABEL, 5);
	assert_true(label_message_parse(reader_of(body.data, body.len), &label));
	assert_ip(&label.to, "fc00::");
	assert_int_equal(label.bits, 7);
	check_every_cut(&body, parse_label, sizeof(info));
	buf_release(&body);
}

static bool parse_neighbour(struct reader body)
{
	struct neighbour_message neighbour;

	return neighbour_message_parse(body, &neighbour);
}

static void a_neighbour(void **state)
{
	struct ndmsg info = {.ndm_family = AF_INET, .ndm_ifindex = 4, .ndm_state = NUD_STALE};
	struct buf body = BUF_INIT;
	struct neighbour_message neighbour;

	put(&body, &info, sizeof(info));
	put_ip(&body, NDA_DST, "10.1.0.7");
	put_attr(&body, NDA_LLADDR, "\2\0\0\0\0\7", 6);
	assert_true(neighbour_message_parse(reader_of(body.data, body.len), &neighbour));
	assert_ip(&neighbour.addr, "10.1.0.7");
	assert_int_equal(neighbour.interface, 4);
	assert_int_equal(neighbour.state, NUD_STALE);
	assert_true(neighbour.has_mac && neighbour.mac.bytes[5] == 7);
	check_every_cut(&body, parse_neighbour, sizeof(info) + 8);
	buf_release(&body);
}

static struct neighbour_message entry(unsigned interface, const char *addr, uint16_t state,
				      uint8_t last)
{
	return (struct neighbour_message){.interface = interface,
					  .addr = ip(addr),
					  .state = state,
					  .has_mac = true,
					  .mac = {{2, 0, 0, 0, 0, last}}};
}

static void only_neighbours_that_answered_are_known(void **state)
{
	static const uint16_t states[] = {NUD_REACHABLE, NUD_STALE,      NUD_DELAY,  NUD_PROBE,
					  NUD_PERMANENT, NUD_INCOMPLETE, NUD_FAILED, NUD_NONE};
	struct neighbours neighbours = {0};
	struct ip_addr addr;
	struct mac_addr mac;
	char text[IP_TEXT_BYTES];
	size_t i;

	for (i = 0; i < 8; i++) {
		struct neighbour_message made;

		snprintf(text, sizeof(text), "10.0.0.%zu", 9 - i);
		made = entry(3, text, states[i], (uint8_t)i);
		assert_int_equal(neighbours_add(&neighbours, &made), 0);
	}
	neighbours_sort(&neighbours);
	for (i = 0; i < 8; i++) {
		snprintf(text, sizeof(text), "10.0.0.%zu", 9 - i);
		addr = ip(text);
		assert_int_equal(neighbours_find(&neighbours, 3, &addr, &mac), i < 5);
		assert_false(neighbours_find(&neighbours, 4, &addr, &mac));
		if (i < 5)
			assert_int_equal(mac.bytes[5], i);
	}
	neighbours_release(&neighbours);
}

static int fill_neighbours(void *self)
{
	struct neighbours neighbours = {0};
	int i, r = 0;

	for (i = 0; r == 0 && i < 100; i++) {
		struct neighbour_message made = entry((unsigned)i, "10.0.0.1", NUD_STALE, 1);

		r = neighbours_add(&neighbours, &made);
	}
	neighbours_release(&neighbours);
	return r;
}

static void neighbours_without_memory(void **state)
{
	support_each_allocation_fails(fill_neighbours, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_follow_one_another),
		cmocka_unit_test(impossible_lengths_end_it),
		cmocka_unit_test(attributes_with_flags_and_odd_lengths),
		cmocka_unit_test(errors_are_errno_values),
		cmocka_unit_test(a_link),
		cmocka_unit_test(names_without_an_end_are_cut),
		cmocka_unit_test(names_end_with_their_attribute),
		cmocka_unit_test(our_own_address_and_not_the_peers),
		cmocka_unit_test(link_local_addresses_have_their_zone),
		cmocka_unit_test(a_route_through_a_gateway),
		cmocka_unit_test(a_default_route_is_all_zero),
		cmocka_unit_test(an_ipv4_route_through_an_ipv6_gateway),
		cmocka_unit_test(of_several_next_hops_the_first),
		cmocka_unit_test(next_hops_of_impossible_length_are_none),
		cmocka_unit_test(a_rule_holds_for_its_destination),
		cmocka_unit_test(a_label_holds_for_its_prefix),
		cmocka_unit_test(a_neighbour),
		cmocka_unit_test(only_neighbours_that_answered_are_known),
		cmocka_unit_test(neighbours_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
