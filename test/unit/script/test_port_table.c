/* The table `port` (nse-api.md 8.2), and what scripts say of ports (9.2). */
#include "runner_fixture.h"

#define DUMP                                                                     \
	"local function show(v) local t = math.type(v) or type(v) "              \
	"  if t == 'table' then return 'table ' .. table.concat(v, ',') end "    \
	"  return t .. ' ' .. tostring(v) end "                                  \
	"local function dump(t) local lines = {} "                               \
	"  for k, v in pairs(t) do lines[#lines + 1] = k .. ' ' .. show(v) end " \
	"  table.sort(lines) return table.concat(lines, '\\n') end "

static void script_says(const char *statements)
{
	char body[8192];

	snprintf(body, sizeof(body), "%s%s", DUMP, statements);
	write_action("a", "portrule", body);
	run_host();
}

static void note_service(const struct service_facts *facts)
{
	const struct observation seen = {
		.kind = OBSERVED_SERVICE,
		.service = {.transport = TRANSPORT_TCP, .number = 443, .facts = facts},
	};

	note_port(TRANSPORT_TCP, 443, PORT_OPEN);
	assert_int_equal(script_host_note(fixture.host, &seen), 0);
}

static void port_without_service_has_the_tables_name(void **state)
{
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	script_says("port.version.cpe = nil return dump(port) .. '\\n' .. dump(port.version)");
	EXPECT("a@port 80/tcp: number integer 80\nprotocol string tcp\nreason string syn-ack\n"
	       "reason_ttl integer 0\nservice string http\nstate string open\nversion table \n"
	       "name string http\nname_confidence float 3.0\nservice_dtype string table\n"
	       "service_tunnel string none\n");
}

static void port_without_a_name_has_none(void **state)
{
	note_port(TRANSPORT_TCP, 64999, PORT_OPEN);
	script_says("return tostring(port.service) .. dump(port.version)");
	EXPECT("a@port 64999/tcp: nilcpe table \nname_confidence float 0.0\n"
	       "service_dtype string table\nservice_tunnel string none\n");
}

static void probed_service_has_all(void **state)
{
	const struct service_facts facts = {
		.end = SERVICE_HARD,
		.name = "http",
		.tunnel = true,
		.confidence = 10,
		.product = "P",
		.version = "1.0",
		.extrainfo = "E",
		.hostname = "h",
		.ostype = "O",
		.devicetype = "D",
		.cpe_a = "cpe:/a:p",
		.cpe_o = "cpe:/o:o",
	};

	note_service(&facts);
	script_says("return port.service .. '\\n' .. dump(port.version)");
	EXPECT("a@port 443/tcp: http\ncpe table cpe:/a:p,cpe:/o:o\ndevicetype string D\n"
	       "extrainfo string E\nhostname string h\nname string http\n"
	       "name_confidence float 10.0\nostype string O\nproduct string P\n"
	       "service_dtype string probed\nservice_tunnel string ssl\nversion string 1.0\n");
}

static void unknown_service_shows_its_fingerprint(void **state)
{
	const struct service_facts facts = {
		.end = SERVICE_UNKNOWN, .confidence = 3, .fingerprint = "SF-Port443"};
	const struct service_facts wrapped = {
		.end = SERVICE_WRAPPED, .confidence = 8, .name = "tcpwrapped"};
	static const char body[] =
		"local v = port.version return v.name .. ' ' .. v.name_confidence .. ' ' .. "
		"v.service_dtype .. ' ' .. tostring(v.service_fp)";

	note_service(&facts);
	script_says(body);
	EXPECT("a@port 443/tcp: https 3.0 table SF-Port443\n");
	note_service(&wrapped);
	run_host();
	EXPECT("a@port 443/tcp: tcpwrapped 8.0 probed nil\n");
}

/* ---- get_port_state, get_ports, set_port_state ---- */

static void port_state_is_fresh(void **state)
{
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	script_says("port.state = 'x' local p = nmap.get_port_state(host, port) "
		    "return p.state .. tostring(p == port) .. "
		    "tostring(nmap.get_port_state(host, {number = 81, protocol = 'tcp'})) .. "
		    "tostring(nmap.get_port_state(host, {number = 80, protocol = 'udp'})) .. "
		    "tostring(nmap.get_port_state(host, {number = 65616, protocol = 'tcp'})) .. "
		    "tostring(nmap.get_port_state({ip = '10.0.0.1'}, port).number)");
	EXPECT("a@port 80/tcp: openfalsenilnilnil80\n");
}

static void ports_are_walked_in_order(void **state)
{
	note_port(TRANSPORT_TCP, 443, PORT_OPEN);
	note_port(TRANSPORT_UDP, 443, PORT_CLOSED);
	note_port(TRANSPORT_TCP, 80, PORT_CLOSED);
	note_port(TRANSPORT_TCP, 81, PORT_CLOSED);
	note_port(TRANSPORT_TCP, 82, PORT_FILTERED);
	script_says(
		"local function all(proto, state) local r, p = '' repeat p = "
		"nmap.get_ports(host, p, proto, state) r = r .. (p and p.number or 'nil') .. ' "
		"' until not p return r end "
		"return all('tcp', 'closed') .. all('tcp', 'open') .. all('udp', 'closed') .. "
		"all('sctp', 'open|filtered') .. all('tcp', 'filtered') .. "
		"tostring(nmap.get_ports(host, {number = 70000, protocol = 'tcp'}, 'tcp', 'open')) "
		".. select('#', nmap.get_ports(host, nil, 'tcp', 'closed|filtered'))");
	EXPECT("a@port 443/tcp: 80 81 nil 443 nil 443 nil nil 82 nil nil1\n");
}

static void state_is_set_once(void **state)
{
	note_port(TRANSPORT_UDP, 53, PORT_OPEN_FILTERED);
	script_says("local n = select('#', nmap.set_port_state(host, port, 'open')) "
		    "nmap.set_port_state(host, port, 'open') "
		    "nmap.set_port_state(host, {number = 54, protocol = 'udp'}, 'open') "
		    "local p = nmap.get_port_state(host, port) "
		    "return n .. port.state .. p.state .. p.reason .. p.reason_ttl");
	EXPECT("state 53/udp open\na@port 53/udp: 0open|filteredopenscript-set0\n");
}

/* ---- set_port_version ---- */

static void version_replaces_what_was_known(void **state)
{
	const struct service_facts facts = {
		.end = SERVICE_HARD,
		.name = "http",
		.confidence = 10,
		.product = "Old",
		.version = "0.9",
		.cpe_a = "cpe:/a:old",
	};

	note_service(&facts);
	script_says("local v = port.version v.product = 'New' v.version = nil v.cpe = {'cpe:/h:n', "
		    "'x', 'cpe:/a:n', 'cpe:/a:m'} v.service_fp = 'SF' v.service_tunnel = nil "
		    "local n = select('#', nmap.set_port_version(host, port)) "
		    "return n .. dump(nmap.get_port_state(host, port).version)");
	EXPECT("a@port 443/tcp: 0cpe table cpe:/a:n,cpe:/h:n\nname string http\n"
	       "name_confidence float 10.0\nproduct string New\nservice_dtype string probed\n"
	       "service_tunnel string none\n");
}

static void version_is_cut_and_made_printable(void **state)
{
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	script_says(
		"local x = ('x'):rep(1000) port.version = {name = 'a\\0\\n\\xe9b', product = x, "
		"version = x, extrainfo = x, hostname = x, ostype = x, devicetype = x, cpe = "
		"{'cpe:/a:' .. x}} nmap.set_port_version(host, port) "
		"local v = nmap.get_port_state(host, port).version "
		"return v.name .. ' ' .. #v.product .. ' ' .. #v.version .. ' ' .. #v.extrainfo .. "
		"' ' .. #v.hostname .. ' ' .. #v.ostype .. ' ' .. #v.devicetype .. ' ' .. "
		"#v.cpe[1]");
	EXPECT("a@port 80/tcp: a...b 79 79 255 79 31 31 79\n");
}

static void probe_states_are_as_in_the_reference(void **state)
{
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	script_says(
		"local r = {} for _, s in ipairs {'hardmatched', 'softmatched', 'nomatch', "
		"'tcpwrapped', 'incomplete'} do port.version = {service_fp = 'F', product = 'P', "
		"version = 7} nmap.set_port_version(host, port, s) "
		"local v = nmap.get_port_state(host, port).version "
		"r[#r + 1] = s .. ' ' .. tostring(v.name) .. ' ' .. v.name_confidence .. ' ' .. "
		"v.service_dtype .. ' ' .. tostring(v.service_fp) .. ' ' .. v.product .. "
		"v.version end return table.concat(r, '\\n')");
	EXPECT("a@port 80/tcp: hardmatched http 10.0 probed nil P7\n"
	       "softmatched http 10.0 probed F P7\n"
	       "nomatch http 3.0 table F P7\n"
	       "tcpwrapped tcpwrapped 8.0 probed F P7\n"
	       "incomplete http 3.0 table F P7\n");
}

static void unknown_port_has_no_version(void **state)
{
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	script_says("port.number = 81 nmap.set_port_version(host, port) "
		    "return tostring(nmap.get_port_state(host, port))");
	EXPECT("a@port 80/tcp: nil\n");
}

static void tls_that_was_seen_stays(void **state)
{
	const struct service_tls tls = {.version = "TLSv1.3"};
	const struct service_facts facts = {
		.end = SERVICE_HARD, .name = "http", .confidence = 10, .tunnel = true, .tls = &tls};

	note_service(&facts);
	script_says("nmap.set_port_version(host, port)");
	assert_string_equal(fixture.host->ports[0].facts->tls->version, "TLSv1.3");
	close_run();
	script_says("port.version.service_tunnel = 'none' nmap.set_port_version(host, port)");
	assert_null(fixture.host->ports[0].facts->tls);
}

/* ---- errors ---- */

static void fails(int line, const char *call, const char *why)
{
	char text[4096], *at;

	snprintf(text, sizeof(text),
		 "local ok, why = pcall(function() return %s end) return tostring(why)", call);
	script_says(text);
	close_run();
	at = strstr(fixture.said, ": ");
	if (!at || !strstr(at, why))
		fail_msg("line %d: said [%s]", line, fixture.said);
	*fixture.said = '\0';
}

#define FAILS(call, why) fails(__LINE__, call, why)

static void errors_are_as_in_the_reference(void **state)
{
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	FAILS("nmap.get_port_state({}, port)",
	      "host table does not have a 'ip' or 'targetname' field");
	FAILS("nmap.get_port_state({ip = '10.9.9.9'}, port)",
	      "(host is not being processed right now)");
	FAILS("nmap.get_port_state({ip = 'nonsense'}, port)",
	      "(host is not being processed right now)");
	FAILS("nmap.get_port_state({targetname = 'x'}, port)",
	      "(host is not being processed right now)");
	FAILS("nmap.get_port_state(3, port)", "table expected, got number");
	FAILS("nmap.get_port_state(host)", "table expected, got no value");
	FAILS("nmap.get_port_state(host, {})", "port 'number' field must be an integer");
	FAILS("nmap.get_port_state(host, {number = 1.5})",
	      "port 'number' field must be an integer");
	FAILS("nmap.get_port_state(host, {number = 1})", "port 'protocol' field must be a string");
	FAILS("nmap.get_port_state(host, {number = 1, protocol = 'icmp'})",
	      "port 'protocol' field must be \"udp\", \"sctp\" or \"tcp\"");
	FAILS("nmap.get_ports(host, nil, 'icmp', 'open')", "(invalid option 'icmp')");
	FAILS("nmap.get_ports(host, nil, 'tcp', 'half')", "(invalid option 'half')");
	FAILS("nmap.set_port_state(host, port, 'filtered')", "(invalid option 'filtered')");
	FAILS("nmap.set_port_version(host, port, 'worse')", "(invalid option 'worse')");
	FAILS("nmap.set_port_version(host, {number = 80, protocol = 'tcp'})",
	      "port 'version' field must be a table");
	FAILS("nmap.set_port_version(host, {number = 80, protocol = 'tcp', version = "
	      "{service_tunnel = 'tls'}})",
	      "invalid value for port.version.service_tunnel");
	FAILS("nmap.set_port_version(host, {number = 80, protocol = 'tcp', version = {cpe = 'x'}})",
	      "port.version 'cpe' field must be a table");
}

static void host_is_found_by_handle_address_or_name(void **state)
{
	fixture.target.name = (char *)(uintptr_t) "typed";
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	script_says("local function ok(h) return nmap.get_port_state(h, port).number .. ' ' end "
		    "return ok {_Target = host._Target} .. ok {ip = '10.0.0.1'} .. "
		    "ok {targetname = 'typed'} .. ok {ip = '10.0.0.1', targetname = 'other'} .. "
		    "tostring(pcall(ok, {targetname = 'other'})) .. "
		    "tostring(pcall(ok, {ip = '10.0.0.2', targetname = 'typed'}))");
	EXPECT("a@port 80/tcp: 80 80 80 80 falsefalse\n");
}

static void hosts_of_no_order_are_not_known(void **state)
{
	write_action("a", "prerule",
		     "return select(2, pcall(nmap.get_port_state, {ip = '10.0.0.1'}, {})):match "
		     "'%((.-)%)'");
	run_phase(SCRIPT_PRE);
	EXPECT("a@pre: host is not being processed right now\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(port_without_service_has_the_tables_name),
		TEST(port_without_a_name_has_none),
		TEST(probed_service_has_all),
		TEST(unknown_service_shows_its_fingerprint),
		TEST(port_state_is_fresh),
		TEST(ports_are_walked_in_order),
		TEST(state_is_set_once),
		TEST(version_replaces_what_was_known),
		TEST(version_is_cut_and_made_printable),
		TEST(probe_states_are_as_in_the_reference),
		TEST(unknown_port_has_no_version),
		TEST(tls_that_was_seen_stays),
		TEST(errors_are_as_in_the_reference),
		TEST(host_is_found_by_handle_address_or_name),
		TEST(hosts_of_no_order_are_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
