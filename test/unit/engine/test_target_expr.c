#include "support.h"

#include "engine/target_expr.h"
#include "util/error.h"

#include <string.h>

static const struct target_expr_grammar line = {.ports = true, .scope_id = 7};
static const struct target_expr_grammar plain = {0};

static struct target_expr parse(const char *text, const struct target_expr_grammar *grammar)
{
	struct target_expr expr;
	struct diag diag;

	if (target_expr_parse(text, grammar, &expr, &diag) < 0)
		fail_msg("'%s': %s", text, diag.text);
	return expr;
}

static void check_range(const char *text, const char *first, const char *last)
{
	struct target_expr expr = parse(text, &line);
	char buffer[IP_TEXT_BYTES];

	assert_int_equal(expr.kind, TARGET_EXPR_RANGE);
	assert_string_equal(ip_format(&expr.range.first, buffer), first);
	assert_string_equal(ip_format(&expr.range.last, buffer), last);
}

static void ipv4_expressions_are_patterns(void **state)
{
	struct target_expr expr = parse("10.1.2.3", &plain);

	assert_int_equal(expr.kind, TARGET_EXPR_PATTERN);
	assert_int_equal(target_pattern_count(&expr.pattern), 1);
	expr = parse("10.1.2.3/020", &plain);
	assert_int_equal(target_pattern_count(&expr.pattern), 4096);
	expr = parse("10.1.2.3/33", &plain);
	assert_int_equal(target_pattern_count(&expr.pattern), 1);
	assert_true(expr.mask_cut);
	expr = parse("10.1.2.3/99999999999999999999", &plain);
	assert_true(expr.mask_cut);
	expr = parse("10.1.2.3/0", &plain);
	assert_true(target_pattern_count(&expr.pattern) == UINT64_C(1) << 32);
	assert_false(expr.mask_cut);
}

static void ipv6_expressions_are_ranges(void **state)
{
	check_range("2001:db8::1", "2001:db8::1", "2001:db8::1");
	check_range("2001:db8::1/126", "2001:db8::", "2001:db8::3");
	check_range("2001:db8::1/129", "2001:db8::1", "2001:db8::1");
	check_range("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	check_range("[2001:db8::1]", "2001:db8::1", "2001:db8::1");
	check_range("[2001:db8::/127]", "2001:db8::", "2001:db8::1");
	/* A link-local address without a zone takes the interface's. */
	check_range("fe80::1", "fe80::1%7", "fe80::1%7");
	check_range("fe80::1%4000000000/127", "fe80::%4000000000", "fe80::1%4000000000");
	assert_int_equal(parse("fe80::1", &plain).range.first.scope_id, 0);
	assert_int_equal(parse("fec0::1", &line).range.first.scope_id, 0);
}

static void check_name(const char *text, const char *name, int mask, const char *ports)
{
	struct target_expr expr = parse(text, &line);

	assert_int_equal(expr.kind, TARGET_EXPR_NAME);
	assert_int_equal(expr.name.bytes, strlen(name));
	assert_memory_equal(expr.name.text, name, strlen(name));
	assert_int_equal(expr.name.mask, mask);
	if (ports)
		assert_string_equal(expr.ports, ports);
	else
		assert_null(expr.ports);
}

static void anything_else_is_a_name(void **state)
{
	check_name("example.com", "example.com", -1, NULL);
	check_name("example.com/24", "example.com", 24, NULL);
	check_name("example.com:U:53,T:80", "example.com", -1, "U:53,T:80");
	check_name("example.com/24:80", "example.com", 24, "80");
	check_name("10.0.0.256", "10.0.0.256", -1, NULL);
	check_name("10.0.0.1/31/31", "10.0.0.1/31", 31, NULL);
	check_name("fe80::1%no-such-zone-here", "fe80", -1, ":1%no-such-zone-here");
	check_name("", "", -1, NULL);
	assert_int_equal(parse("name:80", &plain).name.bytes, strlen("name:80"));
}

static void ports_follow_a_colon_where_they_may(void **state)
{
	struct target_expr expr = parse("10.0.0.1:22,80", &line);

	assert_int_equal(expr.kind, TARGET_EXPR_PATTERN);
	assert_string_equal(expr.ports, "22,80");
	expr = parse("10.0.0.0/24:T:1-5", &line);
	assert_int_equal(target_pattern_count(&expr.pattern), 256);
	assert_string_equal(expr.ports, "T:1-5");
	expr = parse("[2001:db8::1]:443", &line);
	assert_int_equal(expr.kind, TARGET_EXPR_RANGE);
	assert_string_equal(expr.ports, "443");
	/* All of it is an address. */
	expr = parse("2001:db8::1:443", &line);
	assert_int_equal(expr.kind, TARGET_EXPR_RANGE);
	assert_null(expr.ports);
	expr = parse("10.0.0.1:80", &plain);
	assert_int_equal(expr.kind, TARGET_EXPR_NAME);
}

static void senseless_expressions_are_told_apart_from_names(void **state)
{
	static const char *const cases[] = {
		"10.0.0.1/",    "10.0.0.1/-1", "10.0.0.1/x", "10.0.0.1/24x",
		"10.0.0.1/+30", "name/x",      "::1/",       "::1/64%1",
		"[::1",         "[]",          "[10.0.0.1]", "[::1]x",
		"[::1]:",       "10.0.0.1:",   "[name]:80",  "[::1/x]:80",
		"10.0.0.1/ 30", "[::1]/64",    "/",          "[",
	};
	struct target_expr expr;
	struct diag diag;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		diag.text[0] = '\0';
		if (target_expr_parse(cases[i], &line, &expr, &diag) != ERROR_SYNTAX)
			fail_msg("'%s' is taken", cases[i]);
		if (!strstr(diag.text, cases[i]))
			fail_msg("'%s': %s", cases[i], diag.text);
	}
	assert_int_equal(target_expr_parse("[::1]:80", &plain, &expr, NULL), ERROR_SYNTAX);
}

static void expressions_become_ranges_of_a_set(void **state)
{
	struct addrset *set = addrset_new();
	struct target_expr expr = parse("10.0.0-255.1,3-5", &plain);

	assert_int_equal(target_expr_add_to(&expr, set), 0);
	assert_int_equal(addrset_ranges(set), 512);
	expr = parse("10.0.0.0/16", &plain);
	assert_int_equal(target_expr_add_to(&expr, set), 0);
	expr = parse("255.255.255.*", &plain);
	assert_int_equal(target_expr_add_to(&expr, set), 0);
	expr = parse("2001:db8::/32", &plain);
	assert_int_equal(target_expr_add_to(&expr, set), 0);
	assert_int_equal(addrset_ranges(set), 3);
	assert_int_equal(target_expr_ranges(&expr), 1);
	expr = parse("*.*.*.0,2,4,6,8", &plain);
	assert_int_equal(target_expr_ranges(&expr), 5 << 24);
	addrset_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_expressions_are_patterns),
		cmocka_unit_test(ipv6_expressions_are_ranges),
		cmocka_unit_test(anything_else_is_a_name),
		cmocka_unit_test(ports_follow_a_colon_where_they_may),
		cmocka_unit_test(senseless_expressions_are_told_apart_from_names),
		cmocka_unit_test(expressions_become_ranges_of_a_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
