/* nmap: what scripts can ask of a scan (nse-api.md 9.1). */
#include "runner_fixture.h"

#include "detect/service/probes.h"

static void says(int line, const char *statements, const char *expected)
{
	char said[1024];

	write_action("a", "prerule", statements);
	run_phase(SCRIPT_PRE);
	close_run();
	snprintf(said, sizeof(said), "a@pre: %s\n", expected);
	expect(line, said);
}

#define SAYS(statements, expected) says(__LINE__, statements, expected)

static void queries_have_their_defaults(void **state)
{
	SAYS("return nmap.debugging() .. nmap.verbosity() .. nmap.timing_level() .. "
	     "nmap.version_intensity() .. nmap.get_ttl() .. nmap.get_payload_length()",
	     "0037640");
	SAYS("return tostring(nmap.have_ssl()) .. tostring(nmap.is_privileged()) .. "
	     "nmap.address_family() .. tostring(nmap.get_interface())",
	     "truefalseinetnil");
}

static void queries_tell_what_was_asked_for(void **state)
{
	struct plan *plan = fixture.plan;

	plan->output.verbosity = 3;
	plan->timing.level = 5;
	plan->version.intensity = 2;
	plan->ttl = 0;
	plan->packets.has_data = true;
	plan->packets.data_bytes = 25;
	plan->privileged = true;
	plan->source_interface = "eth7";
	plan->targets.families = RESOLVE_V6;
	SAYS("return nmap.verbosity() .. nmap.timing_level() .. nmap.version_intensity() .. "
	     "nmap.get_ttl() .. nmap.get_payload_length() .. tostring(nmap.is_privileged()) .. "
	     "nmap.address_family() .. nmap.get_interface()",
	     "352025trueinet6eth7");
}

static void script_chosen_by_name_says_more(void **state)
{
	fixture.plan->output.verbosity = 1;
	fixture.expressions[0] = "a";
	SAYS("return nmap.verbosity() .. nmap.version_intensity()", "29");
}

static void argument_sets_the_intensity(void **state)
{
	fixture.plan->scripts.args = "script-intensity=4";
	SAYS("return nmap.version_intensity()", "4");
	fixture.plan->scripts.args = "script-intensity=40";
	SAYS("return nmap.version_intensity()", "7");
	fixture.plan->scripts.args = "script-intensity={}";
	SAYS("return nmap.version_intensity()", "7");
}

static void debugging_is_a_number(void **state)
{
	fixture.plan->output.debugging = 2;
	write_action("a", "prerule", "return nmap.debugging()");
	run_phase(SCRIPT_PRE);
	assert_non_null(strstr(fixture.said, "a@pre: 2\n"));
}

static void name_servers_are_the_configured_ones(void **state)
{
	static const char *servers[] = {"10.0.0.53", "fd00::53"};

	fixture.plan->dns_servers = servers;
	fixture.plan->dns_servers_count = 2;
	SAYS("return table.concat(nmap.get_dns_servers(), ' ')", "10.0.0.53 fd00::53");
	fixture.plan->dns_servers_count = 0;
	SAYS("return type(nmap.get_dns_servers())", "table");
}

/* Printers are never written to; the probes' file excludes others. */
static void excluded_ports_are_told_with_version_detection_only(void **state)
{
	static const char ask[] = "return tostring(nmap.port_is_excluded(9100, 'tcp')) .. "
				  "tostring(nmap.port_is_excluded(80, 'tcp')) .. "
				  "tostring(nmap.port_is_excluded(70000, 'tcp'))";

	SAYS(ask, "falsefalsefalse");
	fixture.plan->version.wanted = true;
	SAYS(ask, "truefalsefalse");
	fixture.plan->version.all_ports = true;
	SAYS(ask, "falsefalsefalse");
	fixture.plan->version.all_ports = false;
	SAYS("return select(2, pcall(nmap.port_is_excluded, 80, 'icmp')):match '%(.*'",
	     "(invalid option 'icmp')");
}

static void files_are_fetched_from_the_folders(void **state)
{
	make_folder("nselib/data");
	write_file("nselib/data/x.lst", "x");
	SAYS("return nmap.fetchfile('nselib/data/x.lst'):match '/nselib/.*' .. "
	     "tostring(nmap.fetchfile('nselib/data')) .. tostring(nmap.fetchfile('gone'))",
	     "/nselib/data/x.lstnilnil");
}

/* ---- resolve ---- */

static void make_resolver(void)
{
	static struct resolver_sim_entry names[4];

	names[0] = (struct resolver_sim_entry){.name = "both.test", .delay_ns = NS_PER_S};
	names[1] = names[2] = names[0];
	names[3] = (struct resolver_sim_entry){.name = "bad.test", .error = ERROR_TIMED_OUT};
	assert_true(ip_parse("10.0.0.7", &names[0].addr));
	assert_true(ip_parse("10.0.0.7", &names[1].addr));
	assert_true(ip_parse("fd00::7", &names[2].addr));
	assert_int_equal(resolver_sim_new(fixture.loop, names, 4, &fixture.resolver), 0);
}

#define TELL                                                                                \
	"local function tell(ok, a) return tostring(ok) .. ' ' .. (ok and table.concat(a, " \
	"' ') or a) .. '\\n' end "

static void names_are_resolved_while_others_run(void **state)
{
	make_resolver();
	write_action("a", "prerule",
		     TELL "local r = tell(nmap.resolve('both.test')) return r .. nmap.clock()");
	write_action("b", "prerule", "return nmap.clock()");
	run_phase(SCRIPT_PRE);
	EXPECT("b@pre: 1000.0\na@pre: true 10.0.0.7 fd00::7\n1001.0\n");
}

static void families_are_as_asked_for(void **state)
{
	make_resolver();
	SAYS(TELL "return tell(nmap.resolve('both.test', 'inet')) .. "
		  "tell(nmap.resolve('both.test', 'inet6')) .. "
		  "tell(nmap.resolve('both.test', 'unspec'))",
	     "true 10.0.0.7\ntrue fd00::7\ntrue 10.0.0.7 fd00::7\n");
}

static void what_has_no_address_fails(void **state)
{
	make_resolver();
	SAYS(TELL "return tell(nmap.resolve('bad.test')) .. tell(nmap.resolve('gone.test')) .. "
		  "tell(nmap.resolve('no host name'))",
	     "false Failed to resolve\nfalse Failed to resolve\nfalse Failed to resolve\n");
	SAYS("return select(2, pcall(nmap.resolve, 'a', 'ipx')):match '%(.*'",
	     "(invalid option 'ipx')");
}

static void addresses_are_their_own_answer(void **state)
{
	SAYS(TELL "return tell(nmap.resolve('10.0.0.9')) .. tell(nmap.resolve('fd00::9', "
		  "'inet6')) .. tell(nmap.resolve('10.0.0.9', 'inet6'))",
	     "true 10.0.0.9\ntrue fd00::9\nfalse Failed to resolve\n");
}

static void stop_loop(void *self)
{
	loop_stop(self);
}

static void script_that_ends_asks_no_more(void **state)
{
	struct timer timer = {.fire = stop_loop, .self = fixture.loop};

	make_resolver();
	fixture.plan->timing.script_timeout_ns = NS_PER_S / 2;
	write_action("a", "hostrule", "nmap.resolve('both.test') return 'late'");
	open_run();
	fixture.order = make_order(fixture.host);
	start(&fixture.order);
	assert_int_equal(loop_timer_set(fixture.loop, &timer, NS_PER_S * 3 / 4), 0);
	loop_run(fixture.loop);
	assert_int_equal(fixture.done, 1);
	EXPECT("");
	assert_int_equal(resolver_outstanding(fixture.resolver), 0);
}

/* ---- interfaces ---- */

static struct interface_addr addrs[2] = {{.prefix_bits = 24}, {.prefix_bits = 64}};
static struct interface_addr loop_addr = {.prefix_bits = 8};
static struct interface interfaces[] = {
	{.index = 1,
	 .name = "lo",
	 .kind = INTERFACE_LOOPBACK,
	 .up = true,
	 .mtu = 65536,
	 .addrs = &loop_addr,
	 .addrs_count = 1},
	{.index = 2,
	 .name = "eth7",
	 .kind = INTERFACE_ETHERNET,
	 .mtu = 1500,
	 .mac = {{2, 0, 0, 0, 0, 7}},
	 .addrs = addrs,
	 .addrs_count = 2},
	{.index = 3, .name = "bare", .kind = INTERFACE_ETHERNET},
};

static void set_interfaces(void)
{
	assert_true(ip_parse("127.0.0.1", &loop_addr.addr));
	assert_true(ip_parse("10.0.7.1", &addrs[0].addr));
	assert_true(ip_parse("fd00::7", &addrs[1].addr));
	fixture.interfaces = (struct interfaces){interfaces, 3};
}

#define FLAT                                                                                     \
	"local function flat(t) local r = {} for k, v in pairs(t) do if k == 'mac' then v = #v " \
	"end r[#r + 1] = k .. '=' .. v end table.sort(r) return table.concat(r, ' ') .. '\\n' "  \
	"end "

static void interfaces_are_told_by_name(void **state)
{
	set_interfaces();
	SAYS(FLAT "return flat(nmap.get_interface_info('lo')) .. "
		  "flat(nmap.get_interface_info('eth7'))",
	     "address=127.0.0.1 device=lo link=loopback mtu=65536 netmask=8 shortname=lo up=up\n"
	     "address=10.0.7.1 broadcast=10.0.7.255 device=eth7 link=ethernet mac=6 mtu=1500 "
	     "netmask=24 shortname=eth7 up=down\n");
	SAYS("local a, b = nmap.get_interface_info('gone') "
	     "local c, d = nmap.get_interface_info('bare') "
	     "return tostring(a) .. b .. tostring(c) .. d",
	     "falsefailed to find interfacefalsefailed to find interface");
}

static void interfaces_are_listed_by_address(void **state)
{
	set_interfaces();
	SAYS("local r = {} for _, i in ipairs(nmap.list_interfaces()) do r[#r + 1] = i.device .. "
	     "i.address .. tostring(i.broadcast) end return table.concat(r, ' ')",
	     "lo127.0.0.1nil eth710.0.7.110.0.7.255 eth7fd00::7nil");
}

/* ---- the rest ---- */

static void targets_need_a_scan(void **state)
{
	SAYS("return select(2, pcall(nmap.add_targets, '10.0.0.1')) .. "
	     "select(2, pcall(nmap.new_targets_num))",
	     "nmap.add_targets needs a scannmap.new_targets_num needs a scan");
}

static void vendors_and_services_are_the_scans(void **state)
{
	SAYS("return nmapdb.getservbyport(80, 'tcp')", "http");
}

static int ask_all(void *self)
{
	int r = try_open();

	*fixture.said = '\0';
	if (r < 0)
		return r;
	fixture.runner = script_run_runner(fixture.run);
	fixture.order = make_order(fixture.host);
	r = fixture.runner.start(fixture.runner.self, &fixture.order, &fixture.work);
	if (r == 0)
		loop_run(fixture.loop);
	script_run_free(fixture.run);
	fixture.run = NULL;
	return r < 0 ? r : strstr(fixture.said, "@host: ok") ? 0 : ERROR_MEMORY;
}

static void each_allocation_may_fail(void **state)
{
	make_resolver();
	set_interfaces();
	write_action("a", "hostrule",
		     "nmap.resolve('both.test') nmap.list_interfaces() nmap.get_dns_servers() "
		     "nmap.fetchfile('x') nmap.get_ports(host, nil, 'tcp', 'open') "
		     "local p = nmap.get_port_state(host, {number = 80, protocol = 'tcp'}) "
		     "p.version.product = 'x' nmap.set_port_version(host, p) "
		     "nmap.set_port_state(host, p, 'closed') return 'ok'");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	open_run();
	script_run_free(fixture.run);
	fixture.run = NULL;
	support_each_allocation_fails(ask_all, NULL, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(queries_have_their_defaults),
		TEST(queries_tell_what_was_asked_for),
		TEST(script_chosen_by_name_says_more),
		TEST(argument_sets_the_intensity),
		TEST(debugging_is_a_number),
		TEST(name_servers_are_the_configured_ones),
		TEST(excluded_ports_are_told_with_version_detection_only),
		TEST(files_are_fetched_from_the_folders),
		TEST(names_are_resolved_while_others_run),
		TEST(families_are_as_asked_for),
		TEST(what_has_no_address_fails),
		TEST(addresses_are_their_own_answer),
		TEST(script_that_ends_asks_no_more),
		TEST(interfaces_are_told_by_name),
		TEST(interfaces_are_listed_by_address),
		TEST(targets_need_a_scan),
		TEST(vendors_and_services_are_the_scans),
		TEST(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
