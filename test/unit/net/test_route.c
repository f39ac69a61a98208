/* The router on the machine at hand: what holds wherever there is a loopback. The lab
 * (test_routes.py) has real tables. Nothing is sent. */
#include "support.h"

#include "net/route.h"
#include "util/error.h"

#include <string.h>

static struct ip_addr ip(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

/* Where there is no netlink, or the loopback is down, there is nothing to test. */
static int router_here(const struct router_config *config, struct router **ret_router)
{
	struct diag diag;
	int r = router_new(config, ret_router, &diag);
	const struct interface *lo;

	if (r == ERROR_MEMORY)
		return r;
	if (r < 0) {
		print_message("no router here: %s\n", diag.text);
		skip();
	}
	lo = interfaces_by_name(router_interfaces(*ret_router), "lo");
	if (!lo || !lo->up || !lo->addrs_count) {
		router_free(*ret_router);
		print_message("no loopback here\n");
		skip();
	}
	return 0;
}

static void the_loopback_is_an_interface(void **state)
{
	const struct router_config config = {0};
	const struct interfaces *interfaces;
	const struct interface *lo;
	struct ip_addr own = ip("127.0.0.1"), other = ip("192.0.2.1");
	struct router *router;

	router_here(&config, &router);
	interfaces = router_interfaces(router);
	lo = interfaces_by_name(interfaces, "lo");
	assert_int_equal(lo->kind, INTERFACE_LOOPBACK);
	assert_ptr_equal(interfaces_by_index(interfaces, lo->index), lo);
	assert_true(interfaces_has_addr(interfaces, &own));
	assert_false(interfaces_has_addr(interfaces, &other));
	assert_null(interfaces_by_index(interfaces, UINT32_MAX));
	assert_null(interfaces_by_name(interfaces, ""));
	router_free(router);
}

static void loopback_addresses_are_local_and_asked_for_once(void **state)
{
	const struct router_config config = {0};
	struct ip_addr one = ip("127.7.0.1"), other = ip("127.7.0.2");
	const struct route *route, *again;
	struct router *router;

	router_here(&config, &router);
	assert_int_equal(router_lookup(router, &one, &route), 0);
	assert_true(route->local);
	assert_int_equal(route->next_hop.family, IP_NONE);
	assert_string_equal(interfaces_by_index(router_interfaces(router), route->interface)->name,
			    "lo");
	assert_true(ip_compare(&route->first, &one) <= 0 && ip_compare(&one, &route->last) <= 0);
	assert_null(router_refusal(router, &one));
	assert_int_equal(router_lookup(router, &other, &again), 0);
	if (ip_compare(&other, &route->last) <= 0)
		assert_ptr_equal(route, again);
	router_free(router);
}

static void what_cannot_be_reached_says_why(void **state)
{
	const struct router_config config = {.interface = "lo"};
	struct ip_addr elsewhere = ip("fe80::1"), none = {0};
	const struct route *route;
	struct router *router;

	router_here(&config, &router);
	elsewhere.scope_id = 12345; /* another zone than -e */
	assert_int_equal(router_lookup(router, &elsewhere, &route), ERROR_NOT_FOUND);
	assert_string_equal(router_refusal(router, &elsewhere), "no route");
	assert_int_equal(router_lookup(router, &none, &route), ERROR_NOT_FOUND);
	router_free(router);
}

static void an_interface_that_is_not_there(void **state)
{
	const struct router_config config = {.interface = "no-such-if"};
	struct router *router = NULL;
	struct diag diag = {0};

	assert_int_equal(router_new(&config, &router, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "no-such-if"));
	assert_null(router);
}

static void another_source_is_in_the_answer(void **state)
{
	const struct router_config config = {.source = ip("192.0.2.200")};
	struct ip_addr to = ip("127.0.0.1"), to6 = ip("::1");
	const struct route *route;
	struct router *router;

	router_here(&config, &router);
	assert_int_equal(router_lookup(router, &to, &route), 0);
	assert_true(ip_equal(&route->source, &config.source));
	/* Of the other family it says nothing. */
	if (router_lookup(router, &to6, &route) == 0)
		assert_true(ip_equal(&route->source, &to6));
	router_free(router);
}

/* More zones than are remembered: what is given out stays right, for a while. */
static void zones_without_end(void **state)
{
	const struct router_config config = {0};
	struct ip_addr to = ip("fe80::1");
	const struct route *route;
	struct router *router;
	uint32_t zone;

	router_here(&config, &router);
	for (zone = 1; zone < 3000; zone++) {
		to.scope_id = zone + 100000;
		assert_int_equal(router_lookup(router, &to, &route), ERROR_NOT_FOUND);
	}
	to = ip("127.0.0.1");
	assert_int_equal(router_lookup(router, &to, &route), 0);
	router_free(router);
}

static int look_up_some(void *self)
{
	const struct router_config config = {.source = ip("192.0.2.200")};
	static const char *const targets[] = {"127.0.0.1", "::1", "127.9.9.9"};
	const struct route *route;
	struct router *router;
	struct mac_addr mac;
	struct ip_addr to;
	size_t i;
	int r = router_here(&config, &router);

	if (r < 0)
		return r;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		to = ip(targets[i]);
		/* Remembering is what fails, never the answer. */
		r = router_lookup(router, &to, &route);
		assert_true(r == 0 || (r == ERROR_NOT_FOUND && to.family == IP_V6));
	}
	to = ip("fe80::1");
	to.scope_id = 77777;
	assert_int_equal(router_lookup(router, &to, &route), ERROR_NOT_FOUND);
	assert_false(router_neighbour(router, 1, &to, &mac));
	router_free(router);
	return 0;
}

static void without_memory(void **state)
{
	support_each_allocation_fails(look_up_some, NULL, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_loopback_is_an_interface),
		cmocka_unit_test(loopback_addresses_are_local_and_asked_for_once),
		cmocka_unit_test(what_cannot_be_reached_says_why),
		cmocka_unit_test(an_interface_that_is_not_there),
		cmocka_unit_test(another_source_is_in_the_answer),
		cmocka_unit_test(zones_without_end),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
