#include "runner_fixture.h"

static void hostrule_and_portrule_give_results(void **state)
{
	write_action("a", "hostrule", "return host.ip");
	write_action("b", "portrule", "return port.number .. port.protocol");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	run_host();
	EXPECT("a@host: 10.0.0.1\nb@port 80/tcp: 80tcp\n");
}

/* ---- what runs, and in which order ---- */

static void nothing_chosen_makes_nothing(void **state)
{
	assert_int_equal(try_open(), 0);
	assert_null(fixture.run);
}

static void host_comes_before_ports_and_tcp_before_udp(void **state)
{
	write_action("h", "hostrule", "return 'h'");
	write_action("p", "portrule", "return port.state .. port.reason .. port.reason_ttl");
	note_port(TRANSPORT_UDP, 53, PORT_OPEN_FILTERED);
	note_port(TRANSPORT_SCTP, 9, PORT_OPEN);
	note_port(TRANSPORT_TCP, 9, PORT_UNFILTERED);
	note_port(TRANSPORT_TCP, 10, PORT_OPEN_FILTERED);
	note_port(TRANSPORT_TCP, 443, PORT_OPEN);
	note_port(TRANSPORT_TCP, 81, PORT_CLOSED);
	note_port(TRANSPORT_TCP, 82, PORT_FILTERED);
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	note_port(TRANSPORT_UDP, 161, PORT_OPEN);
	run_host();
	EXPECT("h@host: h\n"
	       "p@port 80/tcp: opensyn-ack0\n"
	       "p@port 443/tcp: opensyn-ack0\n"
	       "p@port 10/tcp: open|filteredsyn-ack0\n"
	       "p@port 9/tcp: unfilteredsyn-ack0\n"
	       "p@port 161/udp: opensyn-ack0\n"
	       "p@port 53/udp: open|filteredsyn-ack0\n"
	       "p@port 9/sctp: opensyn-ack0\n");
}

/* Ports of a level come before hosts of the next. */
static void levels_hold_for_both_phases(void **state)
{
	write_action("a", "portrule", "nmap.socket.sleep(2) return 'a'");
	write_script("b", "dependencies = {'a'} hostrule = function() return true end "
			  "action = function() return 'b' .. nmap.clock() end");
	write_script("c", "dependencies = {'b'} portrule = function() return true end "
			  "action = function() return 'c' end");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	note_port(TRANSPORT_TCP, 81, PORT_OPEN);
	run_host();
	EXPECT("a@port 80/tcp: a\na@port 81/tcp: a\nb@host: b1002.0\n"
	       "c@port 80/tcp: c\nc@port 81/tcp: c\n");
}

static void script_with_all_rules_runs_in_each_phase(void **state)
{
	write_script("a", "prerule = function() return true end postrule = prerule "
			  "hostrule = prerule portrule = prerule "
			  "action = function(...) return SCRIPT_TYPE .. select('#', ...) end");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	run_phase(SCRIPT_PRE);
	run_host();
	run_phase(SCRIPT_POST);
	EXPECT("a@pre: prerule0\na@host: hostrule1\na@port 80/tcp: portrule2\n"
	       "a@post: postrule0\n");
}

static void nothing_to_run_is_done_from_the_loop(void **state)
{
	write_action("a", "prerule", "return 'a'");
	run_host();
	run_phase(SCRIPT_POST);
	EXPECT("");
}

static void phases_are_wished_for(void **state)
{
	write_action("a", "prerule", "return 'a'");
	open_run();
	assert_true(fixture.runner.phases);
	fixture.plan->scripts.expressions_count = 0;
	assert_false(script_run_runner(fixture.run).phases);
	fixture.plan->scripts.standard = true;
	assert_true(script_run_runner(fixture.run).phases);
}

static void forced_script_is_not_asked(void **state)
{
	write_script("a", "portrule = function() return false end "
			  "action = function() return 'forced' end");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	run_host();
	EXPECT("");
	close_run();
	fixture.expressions[0] = "+a";
	run_host();
	EXPECT("a@port 80/tcp: forced\n");
}

/* ---- what is shared, and what is not ---- */

static void tables_are_each_threads_own(void **state)
{
	write_script("a", "portrule = function(host, port) host.x = 1 port.x = 2 return true end "
			  "action = function(host, port) local r = tostring(host.x) .. port.x "
			  "host.registry.n = (host.registry.n or 0) + 1 "
			  "return r .. host.registry.n .. tostring(host.y) end");
	write_script("b", "dependencies = {'a'} hostrule = function() return true end "
			  "action = function(host) return tostring(host.x) .. host.registry.n end");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	note_port(TRANSPORT_TCP, 81, PORT_OPEN);
	run_host();
	EXPECT("a@port 80/tcp: 121nil\na@port 81/tcp: 122nil\nb@host: nil2\n");
}

static void each_host_has_its_registry(void **state)
{
	struct script_work *first;

	write_action("a", "hostrule",
		     "host.registry.n = (host.registry.n or 0) + 1 nmap.socket.sleep(1) "
		     "return host.ip .. host.registry.n");
	fixture.other = make_host(&fixture.other_target, "10.0.0.2", NULL);
	open_run();
	fixture.order = make_order(fixture.host);
	fixture.other_order = make_order(fixture.other);
	start(&fixture.order);
	first = fixture.work;
	start(&fixture.other_order);
	assert_ptr_not_equal(first, fixture.work);
	loop_run(fixture.loop);
	assert_int_equal(fixture.done, 2);
	EXPECT("a@host: 10.0.0.11\na@host: 10.0.0.21\n");
}

static void arguments_are_there_when_scripts_load(void **state)
{
	fixture.plan->scripts.args = "a=1,b={c=x y,d}";
	write_script("a", "local args = nmap.registry.args local c = args.b.c "
			  "prerule = function() return true end "
			  "action = function() return args.a .. c .. args.b[1] end");
	run_phase(SCRIPT_PRE);
	EXPECT("a@pre: 1x yd\n");
}

static void globals_are_strict(void **state)
{
	write_action("a", "prerule",
		     "x = 1 local function say(f) return select(2, pcall(f)) end "
		     "return say(function() return misspelt end) .. "
		     "say(function() _G.y = 1 end)");
	run_phase(SCRIPT_PRE);
	assert_non_null(strstr(fixture.said, "variable 'misspelt' is not declared"));
	assert_non_null(strstr(fixture.said, "assign to undeclared variable 'y'"));
}

/* ---- how scripts end ---- */

static void failure_is_a_result_unless_debugging(void **state)
{
	write_action("a", "hostrule", "error 'oops'");
	write_script("b", "hostrule = function() error 'early' end action = function() end");
	run_host();
	EXPECT("a@host: ERROR: Script execution failed (use -d to debug)\n"
	       "b@host: ERROR: Script execution failed (use -d to debug)\n");
}

static void debugging_tells_instead(void **state)
{
	fixture.plan->output.debugging = 1;
	write_action("a", "portrule", "error 'oops'");
	write_action("b", "hostrule", "return 'fine'");
	write_script("c", "portrule = function() return false end action = function() end");
	write_action("d", "hostrule", "nmap.new_try()(false, 'TIMEOUT')");
	write_action("e", "prerule", "coroutine.yield()");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	run_host();
	assert_non_null(strstr(fixture.said, "log 1> Starting a against 10.0.0.1:80.\n"));
	assert_non_null(strstr(fixture.said, "log 1> a against 10.0.0.1:80 threw an error!\n"));
	assert_non_null(strstr(fixture.said, "oops\nstack traceback:"));
	assert_non_null(strstr(fixture.said, "log 1> Starting b against 10.0.0.1.\n"));
	assert_non_null(strstr(fixture.said, "log 1> Finished b against 10.0.0.1.\n"));
	assert_non_null(
		strstr(fixture.said, "log 1> Finished d against 10.0.0.1. Reason: TIMEOUT\n"));
	assert_null(strstr(fixture.said, "a@port"));
	assert_null(strstr(fixture.said, " c against"));
	*fixture.said = '\0';
	run_phase(SCRIPT_PRE);
	EXPECT("log 1> Starting e.\nlog 1> e yielded unexpectedly and cannot be resumed\n");
}

static void more_debugging_tells_which_thread(void **state)
{
	fixture.plan->output.debugging = 2;
	write_action("a", "hostrule", "return 'x'");
	run_host();
	EXPECT("log 2> Script a was selected by \"test\".\n"
	       "log 1> Starting a M:1 against 10.0.0.1.\na@host: x\n"
	       "log 1> Finished a M:1 against 10.0.0.1.\n");
}

static void debugging_may_change_meanwhile(void **state)
{
	int debugging = 0;

	write_action("a", "hostrule", "return nmap.debugging()");
	open_run();
	fixture.run->context.debugging = &debugging;
	run_host();
	debugging = 1;
	run_host();
	EXPECT("a@host: 0\nlog 1> Starting a against 10.0.0.1.\na@host: 1\n"
	       "log 1> Finished a against 10.0.0.1.\n");
}

static void limit_is_the_result(void **state)
{
	fixture.plan->scripts.memory_bytes = 1 << 20;
	write_action("a", "hostrule", "return ('x'):rep(2 << 20)");
	run_host();
	EXPECT("a@host:  (memory limit 1 MB)\n");
}

static void timeout_ends_without_a_result(void **state)
{
	fixture.plan->output.debugging = 1;
	fixture.plan->timing.script_timeout_ns = 2 * NS_PER_S;
	write_action("a", "portrule", "nmap.socket.sleep(3) return 'late'");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	run_host();
	EXPECT("log 1> Starting a against 10.0.0.1:80.\n"
	       "log 1> a against 10.0.0.1:80 timed out\n");
}

static void stopped_order_says_nothing_more(void **state)
{
	write_action("a", "hostrule",
		     "if host.ip == '10.0.0.2' then return 'other' end nmap.socket.sleep(1) "
		     "return 'late'");
	write_action("b", "hostrule", "return 'early'");
	fixture.other = make_host(&fixture.other_target, "10.0.0.2", NULL);
	open_run();
	fixture.order = make_order(fixture.host);
	start(&fixture.order);
	fixture.runner.stop(fixture.runner.self, fixture.work);
	fixture.other_order = make_order(fixture.other);
	start(&fixture.other_order);
	loop_run(fixture.loop);
	assert_int_equal(fixture.done, 1);
	EXPECT("a@host: other\nb@host: early\n");
}

static void run_that_is_freed_says_nothing_more(void **state)
{
	write_action("a", "hostrule", "nmap.socket.sleep(1) return 'late'");
	open_run();
	fixture.order = make_order(fixture.host);
	start(&fixture.order);
	loop_stop(fixture.loop);
	loop_run(fixture.loop);
	script_run_free(fixture.run);
	fixture.run = NULL;
	loop_run(fixture.loop);
	assert_int_equal(fixture.done, 0);
	EXPECT("");
}

static void lines_of_scripts_go_to_the_log(void **state)
{
	write_action("a", "prerule",
		     "nmap.log_write('stdout', 'one') nmap.log_write('stderr', 'two') print(3)");
	run_phase(SCRIPT_PRE);
	EXPECT("log 0> one\nlog 0 stderr> two\nlog 0> 3\n");
}

/* ---- results (nse-api.md 7.4) ---- */

static void gives(int line, const char *expression, const char *text)
{
	char body[1024], said[1024];

	snprintf(body, sizeof(body), "return %s", expression);
	write_action("a", "prerule", body);
	run_phase(SCRIPT_PRE);
	snprintf(said, sizeof(said), "a@pre: %s\n", text);
	expect(line, text ? said : "");
	close_run();
}

#define GIVES(expression, text) gives(__LINE__, expression, text)

static void results_have_the_texts_of_the_reference(void **state)
{
	GIVES("'line1\\nline2'", "line1\nline2");
	GIVES("true", "true");
	GIVES("false", "false");
	GIVES("42", "42");
	GIVES("1.5", "1.5");
	GIVES("nil", NULL);
	GIVES("nil, nil", NULL);
	GIVES("nil, false", NULL);
	GIVES("{'a', 'b', 3, true}", "\n  a\n  b\n  3\n  true");
	GIVES("{a = 1}, 'custom'", "custom");
	GIVES("nil, 'x'", "x");
	GIVES("false, 'x'", "x");
	GIVES("{a = 1}, ''", "");
	GIVES("{a = 1}, 5", "5");
	GIVES("setmetatable({a = 1}, {__tostring = function() return 'own' end})", "own");
	GIVES("{k = 'l1\\nl2'}", "\n  k: l1\nl2");
	GIVES("{1, 2, [5] = 3, [true] = 4, [1.5] = 5, s = 6}", "\n  1\n  2\n  s: 6");
	GIVES("'caf\\xc3\\xa9'", "caf\xc3\xa9");
	GIVES("{-0.0, 2^53|0, 2^53}", "\n  -0.0\n  9007199254740992\n  9.007199254741e+15");
}

static unsigned nodes_seen;

static void count_nodes(void *self, const struct script_place *place,
			const struct script_result *result)
{
	nodes_seen = (unsigned)result->nodes_count;
	assert_string_equal(result->id, "a");
	assert_int_equal(result->took_ns, 2 * NS_PER_S);
}

static void results_have_values_and_time(void **state)
{
	write_action("a", "hostrule", "nmap.socket.sleep(2) return {1, x = {2}}");
	open_run();
	fixture.order = make_order(fixture.host);
	fixture.order.result = count_nodes;
	start(&fixture.order);
	loop_run(fixture.loop);
	assert_int_equal(nodes_seen, 4);
}

static void error_in_tostring_is_the_scripts(void **state)
{
	write_action("a", "hostrule",
		     "return setmetatable({}, {__tostring = function() error 'late' end})");
	run_host();
	EXPECT("a@host: ERROR: Script execution failed (use -d to debug)\n");
}

/* ---- findings ---- */

static void finding_has_place_and_source(void **state)
{
	static const char body[] =
		"require 'finding'.report {id = 'x', title = 't', severity = 'high', seen = 's', "
		"why = 'w', remedy = 'r', references = {'CVE-1', 'CWE-2'}, confidence = 0.5}";

	write_action("a", "hostrule", body);
	write_action("b", "portrule", body);
	note_port(TRANSPORT_UDP, 53, PORT_OPEN);
	run_host();
	EXPECT("script a@host! x|t|high|s|w|r|0.5|CVE-1|CWE-2\n"
	       "script b@port 53/udp! x|t|high|s|w|r|0.5|CVE-1|CWE-2\n");
}

static void worker_finds_for_its_script(void **state)
{
	write_action(
		"a", "portrule",
		"require 'stdnse'.new_thread(function() require 'portolan'.finding {id = 'x', "
		"title = 'a\\0b', severity = 'info', seen = 's', why = 'w', remedy = 'r'} end) "
		"nmap.socket.sleep(1)");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	run_host();
	EXPECT("script a@port 80/tcp! x|a\\x00b|info|s|w|r|1\n");
}

static void bad_findings_say_what_is_wrong(void **state)
{
	write_action("a", "prerule",
		     "local finding = require 'portolan'.finding "
		     "local function try(change, value) "
		     "  local t = {id = 'x', title = 't', severity = 'low', seen = 's', why = 'w', "
		     "    remedy = 'r'} if change then t[change] = value end "
		     "  local ok, why = pcall(finding, t) print(why) end "
		     "try('id') try('seen', 3) try('severity', 'worst') try('confidence', 2) "
		     "try('confidence', {}) try('references', 'x') try('references', {1}) "
		     "print(select(2, pcall(finding, 1)):match '%b()')");
	run_phase(SCRIPT_PRE);
	EXPECT("log 0> a finding needs the text 'id'\n"
	       "log 0> a finding needs the text 'seen'\n"
	       "log 0> a finding's severity is info, low, medium, high or critical, not 'worst'\n"
	       "log 0> a finding's confidence is between 0 and 1\n"
	       "log 0> a finding's confidence is between 0 and 1\n"
	       "log 0> a finding's references are a table\n"
	       "log 0> a finding's references are texts\n"
	       "log 0> (table expected, got number)\n");
}

static size_t longest, references_seen;

static void measure_finding(void *self, const struct script_place *place,
			    const struct script_finding *finding)
{
	longest = strlen(finding->seen);
	references_seen = finding->references_count;
}

static void findings_are_cut(void **state)
{
	write_action("a", "hostrule",
		     "local r = {} for i = 1, 100 do r[i] = 'x' end require 'portolan'.finding {id "
		     "= 'x', title = 't', severity = 'low', seen = ('x'):rep(10000), why = 'w', "
		     "remedy = 'r', references = r}");
	open_run();
	fixture.order = make_order(fixture.host);
	fixture.order.finding = measure_finding;
	start(&fixture.order);
	loop_run(fixture.loop);
	assert_int_equal(longest, FINDING_TEXT_MAX);
	assert_int_equal(references_seen, FINDING_REFERENCES_MAX);
}

/* ---- the rest ---- */

static bool say_running(void *self, const char *id, const struct target *target, uint16_t port,
			uint64_t age_ns)
{
	unsigned *most = self;

	say("%s %s %u %llu\n", id, target ? "host" : "none", port,
	    (unsigned long long)(age_ns / NS_PER_S));
	return --*most > 0;
}

static void stop_loop(void *self)
{
	loop_stop(self);
}

static void running_scripts_are_listed_oldest_first(void **state)
{
	struct timer timer = {.fire = stop_loop, .self = fixture.loop};
	unsigned most = 10;

	write_action("a", "hostrule", "nmap.socket.sleep(9)");
	write_action("b", "portrule", "nmap.socket.sleep(9)");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	open_run();
	fixture.order = make_order(fixture.host);
	start(&fixture.order);
	assert_int_equal(loop_timer_set(fixture.loop, &timer, 3 * NS_PER_S), 0);
	loop_run(fixture.loop);
	script_run_each(fixture.run, say_running, &most);
	EXPECT("a host 0 3\nb host 80 3\n");
	most = 1;
	script_run_each(fixture.run, say_running, &most);
	EXPECT("a host 0 3\n");
	loop_run(fixture.loop);
	script_run_each(fixture.run, say_running, &most);
	EXPECT("");
}

static void script_that_does_not_load_is_an_error(void **state)
{
	write_script("a", "require 'no.such.module' hostrule = print action = print");
	fixture.expressions[0] = "a";
	assert_int_equal(
		script_trees_open(&fixture.plan->scripts, NULL, &fixture.trees, &fixture.diag), 0);
	assert_int_equal(script_trees_choose(fixture.trees, &fixture.plan->scripts,
					     &fixture.selection, &fixture.diag),
			 0);
	assert_int_equal(try_open(), ERROR_SYNTAX);
	assert_null(fixture.run);
	assert_non_null(strstr(fixture.diag.text, "a.nse"));
}

static void bad_arguments_are_an_error(void **state)
{
	write_action("a", "prerule", "return 1");
	fixture.plan->scripts.args = "a={";
	assert_int_equal(
		script_trees_open(&fixture.plan->scripts, NULL, &fixture.trees, &fixture.diag), 0);
	assert_int_equal(script_trees_choose(fixture.trees, &fixture.plan->scripts,
					     &fixture.selection, &fixture.diag),
			 0);
	assert_int_equal(try_open(), ERROR_SYNTAX);
	assert_true(*fixture.diag.text);
}

/* What instances do not share is little: a thousand of them fit. */
static void thousand_sleeping_scripts_are_small(void **state)
{
	struct timer timer = {.fire = stop_loop, .self = fixture.loop};
	size_t before, each;
	uint16_t port;

	write_script("a",
		     "local http = require 'http' local dns = require 'dns' "
		     "local vulns = require 'vulns' local json = require 'json' "
		     "portrule = function() return true end "
		     "action = function(host, port) nmap.socket.sleep(9) return port.number end");
	for (port = 1; port <= 1000; port++)
		note_port(TRANSPORT_TCP, port, PORT_OPEN);
	open_run();
	before = script_machine_bytes(fixture.run->machine);
	fixture.order = make_order(fixture.host);
	start(&fixture.order);
	assert_int_equal(loop_timer_set(fixture.loop, &timer, 5 * NS_PER_S), 0);
	loop_run(fixture.loop);
	assert_int_equal(script_scheduler_alive(fixture.run->scheduler), 1000);
	each = (script_machine_bytes(fixture.run->machine) - before) / 1000;
	print_message("%zu KB, and %zu bytes for each instance\n", before >> 10, each);
	assert_true(each < 20000);
}

static int run_all(void *self)
{
	int r = try_open();

	*fixture.said = '\0';
	fixture.done = 0;
	if (r < 0)
		return r;
	fixture.runner = script_run_runner(fixture.run);
	fixture.order = make_order(fixture.host);
	r = fixture.runner.start(fixture.runner.self, &fixture.order, &fixture.work);
	if (r == 0)
		loop_run(fixture.loop);
	if (r == 0)
		assert_int_equal(fixture.done, 1);
	script_run_free(fixture.run);
	fixture.run = NULL;
	return r < 0 ? r : strstr(fixture.said, "b@port 80/tcp: ok") ? 0 : ERROR_MEMORY;
}

static void each_allocation_may_fail(void **state)
{
	write_action("a", "hostrule", "return {host.ip}");
	write_action("b", "portrule",
		     "require 'portolan'.finding {id = 'x', title = 't', severity = 'low', seen = "
		     "'s', why = 'w', remedy = 'r'} return 'ok'");
	note_port(TRANSPORT_TCP, 80, PORT_OPEN);
	open_run();
	script_run_free(fixture.run);
	fixture.run = NULL;
	support_each_allocation_fails(run_all, NULL, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hostrule_and_portrule_give_results, begin, end),
		cmocka_unit_test_setup_teardown(nothing_chosen_makes_nothing, begin, end),
		cmocka_unit_test_setup_teardown(host_comes_before_ports_and_tcp_before_udp, begin,
						end),
		cmocka_unit_test_setup_teardown(levels_hold_for_both_phases, begin, end),
		cmocka_unit_test_setup_teardown(script_with_all_rules_runs_in_each_phase, begin,
						end),
		cmocka_unit_test_setup_teardown(nothing_to_run_is_done_from_the_loop, begin, end),
		cmocka_unit_test_setup_teardown(phases_are_wished_for, begin, end),
		cmocka_unit_test_setup_teardown(forced_script_is_not_asked, begin, end),
		cmocka_unit_test_setup_teardown(tables_are_each_threads_own, begin, end),
		cmocka_unit_test_setup_teardown(each_host_has_its_registry, begin, end),
		cmocka_unit_test_setup_teardown(arguments_are_there_when_scripts_load, begin, end),
		cmocka_unit_test_setup_teardown(globals_are_strict, begin, end),
		cmocka_unit_test_setup_teardown(failure_is_a_result_unless_debugging, begin, end),
		cmocka_unit_test_setup_teardown(debugging_tells_instead, begin, end),
		cmocka_unit_test_setup_teardown(more_debugging_tells_which_thread, begin, end),
		cmocka_unit_test_setup_teardown(debugging_may_change_meanwhile, begin, end),
		cmocka_unit_test_setup_teardown(limit_is_the_result, begin, end),
		cmocka_unit_test_setup_teardown(timeout_ends_without_a_result, begin, end),
		cmocka_unit_test_setup_teardown(stopped_order_says_nothing_more, begin, end),
		cmocka_unit_test_setup_teardown(run_that_is_freed_says_nothing_more, begin, end),
		cmocka_unit_test_setup_teardown(lines_of_scripts_go_to_the_log, begin, end),
		cmocka_unit_test_setup_teardown(results_have_the_texts_of_the_reference, begin,
						end),
		cmocka_unit_test_setup_teardown(results_have_values_and_time, begin, end),
		cmocka_unit_test_setup_teardown(error_in_tostring_is_the_scripts, begin, end),
		cmocka_unit_test_setup_teardown(finding_has_place_and_source, begin, end),
		cmocka_unit_test_setup_teardown(worker_finds_for_its_script, begin, end),
		cmocka_unit_test_setup_teardown(bad_findings_say_what_is_wrong, begin, end),
		cmocka_unit_test_setup_teardown(findings_are_cut, begin, end),
		cmocka_unit_test_setup_teardown(running_scripts_are_listed_oldest_first, begin,
						end),
		cmocka_unit_test_setup_teardown(script_that_does_not_load_is_an_error, begin, end),
		cmocka_unit_test_setup_teardown(bad_arguments_are_an_error, begin, end),
		cmocka_unit_test_setup_teardown(thousand_sleeping_scripts_are_small, begin, end),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
