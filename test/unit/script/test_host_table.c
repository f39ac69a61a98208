/* The table `host` (nse-api.md 8.1): fields, and the types that scripts see. */
#include "runner_fixture.h"

/* Sorted fields: "name type value"; bytes that cannot be shown in hexadecimal. */
#define DUMP                                                                                       \
	"local function show(v) local t = math.type(v) or type(v) "                                \
	"  if t == 'string' and v:find '[^ -~]' then "                                             \
	"    return t .. ' ' .. v:gsub('.', function(c) return ('%02x'):format(c:byte()) end) "    \
	"  elseif t == 'table' or t == 'userdata' then return t end "                              \
	"  return t .. ' ' .. tostring(v) end "                                                    \
	"local function dump(t, skip) local lines = {} "                                           \
	"  for k, v in pairs(t) do if k ~= skip then lines[#lines + 1] = k .. ' ' .. show(v) end " \
	"end "                                                                                     \
	"  table.sort(lines) return table.concat(lines, '\\n') end "

static void script_says(const char *expression)
{
	char body[4096];

	snprintf(body, sizeof(body), "%sreturn %s", DUMP, expression);
	write_action("a", "hostrule", body);
	run_host();
}

static void little_known_host_has_nine_fields(void **state)
{
	script_says("dump(host)");
	EXPECT("a@host: _Target userdata\n"
	       "bin_ip string 0a000001\n"
	       "interface_mtu integer 0\n"
	       "ip string 10.0.0.1\n"
	       "name string \n"
	       "reason string echo-reply\n"
	       "reason_ttl integer 64\n"
	       "registry table\n"
	       "times table\n");
}

static void times_that_were_not_measured_are_negative(void **state)
{
	script_says("dump(host.times)");
	EXPECT("a@host: rttvar float -1e-06\nsrtt float -1e-06\ntimeout float 1.0\n");
}

static void times_are_seconds(void **state)
{
	fixture.host->has_rtt = true;
	fixture.host->srtt_ns = 12500000;
	fixture.host->rttvar_ns = 2 * NS_PER_S;
	fixture.host->timeout_ns = 100 * NS_PER_MS;
	script_says("dump(host.times)");
	EXPECT("a@host: rttvar float 2.0\nsrtt float 0.0125\ntimeout float 0.1\n");
}

static void names_are_told(void **state)
{
	struct observation seen = {.kind = OBSERVED_NAME, .name = "a.example"};

	fixture.target.name = (char *)(uintptr_t) "typed";
	assert_int_equal(script_host_note(fixture.host, &seen), 0);
	script_says("host.name .. ' ' .. host.targetname");
	EXPECT("a@host: a.example typed\n");
}

static void six_has_sixteen_bytes(void **state)
{
	assert_true(ip_parse("fd00::1", &fixture.target.addr));
	script_says("host.ip .. #host.bin_ip");
	EXPECT("a@host: fd00::116\n");
}

static const struct mac_addr own = {{2, 0, 0, 0, 0, 1}}, theirs = {{2, 0, 0, 0, 0, 2}},
			     between = {{2, 0, 0, 0, 0, 3}};

static struct interface_addr interface_addr = {.prefix_bits = 24};
static struct interface interface = {
	.index = 7,
	.name = "eth7",
	.up = true,
	.mtu = 1500,
	.addrs = &interface_addr,
	.addrs_count = 1,
};

static struct route route = {.interface = 7, .mtu = 1400};

static void set_route(void)
{
	interface.mac = own;
	interface.kind = INTERFACE_ETHERNET;
	route.local = false;
	route.next_hop = (struct ip_addr){0};
	assert_true(ip_parse("10.0.0.9", &route.source));
	fixture.interfaces = (struct interfaces){&interface, 1};
	fixture.host->route = &route;
}

static void neighbour_has_its_hardware_address(void **state)
{
	set_route();
	fixture.host->has_mac = true;
	fixture.host->mac = theirs;
	script_says("dump({host.bin_ip_src, host.directly_connected, host.interface, "
		    "host.interface_mtu, host.mac_addr, host.mac_addr_src}) .. "
		    "tostring(host.mac_addr_next_hop)");
	EXPECT("a@host: 1 string 0a000009\n2 boolean true\n3 string eth7\n4 integer 1400\n"
	       "5 string 020000000002\n6 string 020000000001nil\n");
}

static void next_hop_is_no_neighbour(void **state)
{
	set_route();
	assert_true(ip_parse("10.0.0.254", &route.next_hop));
	fixture.host->has_next_hop = true;
	fixture.host->next_hop = between;
	script_says("dump({host.directly_connected, host.mac_addr_next_hop}) .. "
		    "tostring(host.mac_addr)");
	EXPECT("a@host: 1 boolean false\n2 string 020000000003nil\n");
}

static void loopback_has_no_hardware_address(void **state)
{
	set_route();
	interface.kind = INTERFACE_LOOPBACK;
	route.local = true;
	assert_true(ip_parse("10.0.0.254", &route.next_hop));
	script_says(
		"dump({host.directly_connected, host.interface}) .. tostring(host.mac_addr_src)");
	EXPECT("a@host: 1 boolean true\n2 string eth7nil\n");
}

static void hops_that_were_silent_are_empty(void **state)
{
	struct path_hop hops[3] = {
		{.ttl = 1, .has_rtt = true, .rtt_us = 1500, .name = "gw"},
		{.ttl = 2},
		{.ttl = 3},
	};
	const struct path_facts path = {.hops = hops, .hops_count = 3};
	const struct observation seen = {.kind = OBSERVED_PATH, .path = &path};

	assert_true(ip_parse("10.0.1.1", &hops[0].from));
	assert_true(ip_parse("10.0.0.1", &hops[2].from));
	assert_int_equal(script_host_note(fixture.host, &seen), 0);
	script_says("#host.traceroute .. '\\n' .. dump(host.traceroute[1]) .. '\\n' .. "
		    "tostring(next(host.traceroute[2])) .. '\\n' .. dump(host.traceroute[3])");
	EXPECT("a@host: 3\nip string 10.0.1.1\nname string gw\nsrtt float 0.0015\nnil\n"
	       "ip string 10.0.0.1\n");
}

static const char *const cpes[] = {"cpe:/o:a:b:5", "cpe:/o:a:b:6"};
static const struct system_class class = {
	.vendor = "A",
	.family = "B",
	.type = "general purpose",
	.generation = "5.X",
	.accuracy = 100,
	.cpes = cpes,
	.cpes_count = 2,
};
static struct system_match matches[9];

static void note_system(size_t perfect, size_t all, enum system_result result)
{
	const struct system_facts facts = {
		.result = result,
		.ip_version = 4,
		.matches = matches,
		.matches_count = all,
		.perfect_count = perfect,
		.fingerprint = "SCAN(V=1)\n",
	};
	const struct observation seen = {.kind = OBSERVED_SYSTEM, .system = &facts};
	size_t at;

	for (at = 0; at < 9; at++)
		matches[at] = (struct system_match){
			.name = "A B 5",
			.accuracy = 100,
			.perfect = at < perfect,
			.classes = &class,
			.classes_count = 1,
		};
	assert_int_equal(script_host_note(fixture.host, &seen), 0);
}

static void perfect_matches_are_told(void **state)
{
	note_system(2, 3, SYSTEM_MATCHED);
	script_says("host.os_fp .. #host.os .. host.os[2].name .. '\\n' .. "
		    "dump(host.os[1].classes[1]) .. '\\n' .. dump(host.os[1].classes[1].cpe)");
	EXPECT("a@host: SCAN(V=1)\n2A B 5\ncpe table\nosfamily string B\nosgen string 5.X\n"
	       "type string general purpose\nvendor string A\n"
	       "1 string cpe:/o:a:b:5\n2 string cpe:/o:a:b:6\n");
}

static void near_or_many_matches_are_not(void **state)
{
	note_system(0, 3, SYSTEM_NEAR);
	script_says("tostring(host.os) .. #host.os_fp");
	EXPECT("a@host: nil10\n");
	note_system(9, 9, SYSTEM_MATCHED);
	run_host();
	EXPECT("a@host: nil10\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(little_known_host_has_nine_fields),
		TEST(times_that_were_not_measured_are_negative),
		TEST(times_are_seconds),
		TEST(names_are_told),
		TEST(six_has_sixteen_bytes),
		TEST(neighbour_has_its_hardware_address),
		TEST(next_hop_is_no_neighbour),
		TEST(loopback_has_no_hardware_address),
		TEST(hops_that_were_silent_are_empty),
		TEST(perfect_matches_are_told),
		TEST(near_or_many_matches_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
