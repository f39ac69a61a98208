#include "support.h"

#include "net/resolver_conf.h"
#include "util/error.h"

#include <string.h>

static struct hosts *known;

static int setup(void **state)
{
	static const char text[] = "10.0.0.53 ns.test\n";

	return hosts_parse(text, sizeof(text) - 1, 1, &known);
}

static int teardown(void **state)
{
	hosts_free(known);
	return 0;
}

static void expect(const char *text, const char *addr, unsigned port)
{
	struct dns_servers servers = {0};
	struct diag diag = {0};
	char shown[IP_TEXT_BYTES];

	assert_int_equal(dns_servers_add(&servers, text, known, &diag), 0);
	assert_int_equal(servers.count, 1);
	assert_string_equal(ip_format(&servers.list[0].addr, shown), addr);
	assert_int_equal(servers.list[0].port, port);
	dns_servers_release(&servers);
}

static void expect_bad(const char *text)
{
	struct dns_servers servers = {0};
	struct diag diag = {0};

	assert_int_equal(dns_servers_add(&servers, text, known, &diag), ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, text));
	assert_int_equal(servers.count, 0);
}

static void servers_are_addresses_with_or_without_port_and_names(void **state)
{
	expect("192.0.2.1", "192.0.2.1", 53);
	expect("192.0.2.1:5353", "192.0.2.1", 5353);
	expect("2001:db8::1", "2001:db8::1", 53);
	expect("[2001:db8::1]", "2001:db8::1", 53);
	expect("[2001:db8::1]:5353", "2001:db8::1", 5353);
	expect("ns.test", "10.0.0.53", 53);
	expect("NS.test:5353", "10.0.0.53", 5353);
}

static void what_is_neither_is_refused_by_name(void **state)
{
	expect_bad("192.0.2.1:");
	expect_bad("192.0.2.1:0");
	expect_bad("192.0.2.1:65536");
	expect_bad("192.0.2.1:5x");
	expect_bad("[2001:db8::1");
	expect_bad("[2001:db8::1]x");
	expect_bad("300.0.2.1");
	expect_bad("a b");
	expect_bad(":53");
}

static void the_same_server_is_asked_once(void **state)
{
	struct dns_servers servers = {0};

	dns_servers_add(&servers, "192.0.2.1", known, NULL);
	dns_servers_add(&servers, "192.0.2.1:53", known, NULL);
	dns_servers_add(&servers, "192.0.2.1:54", known, NULL);
	assert_int_equal(servers.count, 2);
	dns_servers_release(&servers);
}

static const char resolv_conf[] = "# nameserver 192.0.2.9\n"
				  "search example.test\n"
				  "nameserver 192.0.2.1\n"
				  "  nameserver\t2001:db8::1 # second\n"
				  "nameserver nonsense\n"
				  "nameservers 192.0.2.8\n"
				  "nameserver\n"
				  "nameserver 192.0.2.2";

static void resolv_conf_gives_its_nameserver_lines(void **state)
{
	struct dns_servers servers = {0};
	char shown[IP_TEXT_BYTES];

	assert_int_equal(
		dns_servers_parse_resolv_conf(&servers, resolv_conf, sizeof(resolv_conf) - 1), 0);
	assert_int_equal(servers.count, 3);
	assert_string_equal(ip_format(&servers.list[0].addr, shown), "192.0.2.1");
	assert_string_equal(ip_format(&servers.list[1].addr, shown), "2001:db8::1");
	assert_string_equal(ip_format(&servers.list[2].addr, shown), "192.0.2.2");
	dns_servers_release(&servers);
	assert_int_equal(dns_servers_load_resolv_conf(&servers, "/nonexistent"), 0);
	assert_int_equal(servers.count, 0);
}

static int parse(void *self)
{
	struct dns_servers servers = {0};
	int r = dns_servers_parse_resolv_conf(&servers, resolv_conf, sizeof(resolv_conf) - 1);

	dns_servers_release(&servers);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	support_each_allocation_fails(parse, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_addresses_with_or_without_port_and_names),
		cmocka_unit_test(what_is_neither_is_refused_by_name),
		cmocka_unit_test(the_same_server_is_asked_once),
		cmocka_unit_test(resolv_conf_gives_its_nameserver_lines),
		cmocka_unit_test(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
