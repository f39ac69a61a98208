#include "support.h"

#include "engine/target_special.h"
#include "util/error.h"

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static struct addrset *added(const char *first, const char *last, double *ret_left)
{
	struct addrset *set = addrset_new();
	struct ip_addr from = addr_of(first), to = addr_of(last);

	*ret_left = 0;
	assert_non_null(set);
	assert_int_equal(target_special_add(set, &from, &to, ret_left), 0);
	return set;
}

static double size_of(struct addrset *set)
{
	struct ip_addr first, last;
	double size = 0;
	size_t i;

	for (i = 0; i < addrset_ranges(set); i++) {
		addrset_range_at(set, i, &first, &last);
		size += (double)(ip_value_of(&last) - ip_value_of(&first)) + 1;
	}
	return size;
}

static void assert_has(struct addrset *set, const char *text, bool has)
{
	struct ip_addr addr = addr_of(text);

	if (addrset_has(set, &addr) != has)
		fail_msg("%s is %s", text, has ? "missing" : "there");
}

struct edge {
	const char *before, *first, *last, *after; /* NULL: the world's end */
};

static const struct edge edges[] = {
	{NULL, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
	{"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
	{"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
	{"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
	{"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
	{"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
	{"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
	{"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
	{"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
	{"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
	{"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
	{"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
	{"223.255.255.255", "224.0.0.0", "255.255.255.255", NULL},
	{NULL, "::", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "101::"},
	{"ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "100::", "100::ffff:ffff:ffff:ffff",
	 "100:0:0:1::"},
	{"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
	 "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
	{"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	 "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"},
	{"fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	 "fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fec0::"},
	{"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	 "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
};

/* In the whole world they are left out, to the address. */
static void prefixes_are_left_out_of_wider_ranges(void **state)
{
	double left, left6;
	struct addrset *v4 = added("0.0.0.0", "255.255.255.255", &left);
	struct addrset *v6 = added("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", &left6);
	size_t i;

	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct addrset *set = addr_of(edges[i].first).family == IP_V6 ? v6 : v4;

		/* ::/8 and 100::/64 have no address between them. */
		if (edges[i].before && i != 14)
			assert_has(set, edges[i].before, true);
		assert_has(set, edges[i].first, false);
		assert_has(set, edges[i].last, false);
		if (edges[i].after)
			assert_has(set, edges[i].after, true);
	}
	assert_true(size_of(v4) + left == 4294967296.0);
	assert_true(left6 > 0 && size_of(v6) > left6);
	addrset_free(v4);
	addrset_free(v6);
}

/* Whoever writes 10.1.2.0/24 means it. */
static void what_is_named_is_kept(void **state)
{
	struct addrset *set;
	double left;
	size_t i;

	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		set = added(edges[i].first, edges[i].last, &left);
		assert_true(left == 0);
		assert_has(set, edges[i].first, true);
		assert_has(set, edges[i].last, true);
		addrset_free(set);
		set = added(edges[i].last, edges[i].last, &left);
		assert_has(set, edges[i].last, true);
		addrset_free(set);
	}
}

static void a_range_that_begins_or_ends_within_loses_that_part(void **state)
{
	struct addrset *set;
	double left;

	set = added("9.255.255.0", "10.0.0.255", &left);
	assert_true(left == 256);
	assert_true(size_of(set) == 256);
	assert_has(set, "9.255.255.255", true);
	assert_has(set, "10.0.0.0", false);
	addrset_free(set);
	set = added("10.255.255.0", "11.0.0.255", &left);
	assert_true(left == 256);
	assert_true(size_of(set) == 256);
	assert_has(set, "10.255.255.255", false);
	assert_has(set, "11.0.0.0", true);
	addrset_free(set);
	set = added("192.0.0.255", "192.0.3.0", &left);
	assert_true(left == 257);
	assert_true(size_of(set) == 257);
	addrset_free(set);
	set = added("223.255.255.255", "255.255.255.255", &left);
	assert_true(left == 536870912.0);
	assert_true(size_of(set) == 1);
	addrset_free(set);
}

static void what_touches_none_is_whole(void **state)
{
	double left;
	struct addrset *set = added("11.0.0.0", "11.255.255.255", &left);

	assert_true(left == 0);
	assert_true(size_of(set) == 16777216.0);
	addrset_free(set);
}

static bool is_special(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return target_is_special(&addr);
}

static void an_address_is_in_one_or_not(void **state)
{
	(void)state;
	assert_true(is_special("10.0.0.0") && is_special("10.255.255.255"));
	assert_true(is_special("127.0.0.1") && is_special("192.168.7.1"));
	assert_true(is_special("fe80::1") && is_special("fdab::7"));
	assert_false(is_special("9.255.255.255") || is_special("11.0.0.0"));
	assert_false(is_special("2606:4700::1") || is_special("172.32.0.0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_are_left_out_of_wider_ranges),
		cmocka_unit_test(what_is_named_is_kept),
		cmocka_unit_test(a_range_that_begins_or_ends_within_loses_that_part),
		cmocka_unit_test(what_touches_none_is_whole),
		cmocka_unit_test(an_address_is_in_one_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
