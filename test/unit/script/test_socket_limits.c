/* What sockets may do, and how much of it: quotas, the connect lock, the gate, memory; and the
 * lines of --script-trace. */
#include "socket_fixture.h"

static struct socket_world world;

#define PRELUDE                                                                   \
	"local start = require('stdnse').new_thread local s = nmap.new_socket() " \
	"local function open(port, ...) return s:connect('10.0.0.1', port, ...) end "

static void begin(void)
{
	assert_int_equal(socket_world_open(&world), 0);
}

static void run(const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", PRELUDE, body);
	fixture_do(&world.fixture, text);
}

static void end(void)
{
	socket_world_close(&world);
}

static void stopped(const char *body, const char *text)
{
	run(body);
	if (world.fixture.end != SCRIPT_STOPPED || strcmp(world.fixture.text, text) != 0)
		fail_msg("said [%s] end %d [%s]", world.fixture.said, world.fixture.end,
			 world.fixture.text);
}

static void too_much_received_stops_the_instance(void **state)
{
	begin();
	world.plan->scripts.bytes_in = 1 << 20;
	stopped("open(7) while true do pcall(s.receive, s) end", "stopped: byte limit 1 MB");
	end();
	begin();
	world.plan->scripts.bytes_in = 40000;
	run("open(12) local _, d = s:receive() return #d");
	assert_string_equal(world.fixture.said, "s: 40000\n");
	end();
	begin();
	world.plan->scripts.bytes_in = 39999;
	stopped("open(12) s:receive() return 'on'", "stopped: byte limit 39 KB");
	end();
}

static void too_much_sent_stops_the_instance(void **state)
{
	begin();
	world.plan->scripts.bytes_out = 2 << 20;
	stopped("open(4) local data = ('x'):rep(65536) nmap.registry.n = 0 while true do "
		"pcall(s.send, s, data) nmap.registry.n = nmap.registry.n + 1 end",
		"stopped: byte limit 2 MB");
	end();
	begin();
	world.plan->scripts.bytes_out = 3;
	run("local u = nmap.new_socket('udp') u:connect('10.0.0.1', 11) "
	    "return tostring(u:send('ask'))");
	assert_string_equal(world.fixture.said, "s: true\n");
	end();
}

static void too_many_sockets_stop_the_instance(void **state)
{
	begin();
	world.plan->scripts.sockets = 8;
	stopped("local all = {} for i = 1, 9 do all[i] = nmap.new_socket() "
		"all[i]:connect('10.0.0.1', 4) end return 'on'",
		"stopped: limit of 8 open sockets");
	assert_int_equal(flow_net_open_count(world.flows), 0);
	end();
}

/* Those that the script has lost, closed, or could not open do not count. */
static void only_open_sockets_count(void **state)
{
	begin();
	world.plan->scripts.sockets = 2;
	run("for i = 1, 50 do nmap.new_socket():connect('10.0.0.1', 4) end "
	    "for i = 1, 50 do open(4) s:close() end for i = 1, 50 do open(50) end return 'on'");
	assert_string_equal(world.fixture.said, "s: on\n");
	end();
}

/* Nor those that wait for their turn. */
static void waiting_sockets_do_not_count(void **state)
{
	begin();
	world.plan->scripts.sockets = 2;
	world.plan->timing.max_parallelism = 1;
	run("for i = 1, 5 do start(function() local u = nmap.new_socket() "
	    "u:connect('10.0.0.1', 4) u:close() nmap.registry.n = (nmap.registry.n or 0) + 1 "
	    "end) end nmap.socket.sleep(3) return nmap.registry.n");
	assert_string_equal(world.fixture.said, "s: 5\n");
	end();
}

/* --- the connect lock --- */

static void threads_wait_for_their_turn_in_order(void **state)
{
	begin();
	world.plan->timing.max_parallelism = 2;
	run("local out, waiting = {}, 0 for i = 1, 6 do start(function() "
	    "local u = nmap.new_socket() u:connect('10.0.0.1', 4) "
	    "out[#out + 1] = i .. '@' .. nmap.clock() "
	    "waiting = waiting .. nmap.socket.get_stats().connect_waiting "
	    "nmap.socket.sleep(1) u:close() end) end nmap.socket.sleep(9) "
	    "return table.concat(out, ' ') .. ' ' .. waiting");
	assert_string_equal(world.fixture.said,
			    "s: 1@1000.02 2@1000.02 3@1001.04 4@1001.04 5@1002.06 6@1002.06 "
			    "0442200\n");
	end();
}

/* A host whose places are all taken holds up nobody else. */
static void each_host_has_places_of_its_own(void **state)
{
	static const char *const hosts[] = {"slow", "other"};
	char *why;
	size_t at, i;

	begin();
	assert_int_equal(
		fixture_load(&world.fixture, "a.nse",
			     "hostrule = function() return true end action = function(host) "
			     "local s = nmap.new_socket() s:connect('10.0.0.1', 4) "
			     "if host == 'slow' then nmap.registry.n = (nmap.registry.n or 0) + 1 "
			     "nmap.socket.sleep(10) return end local t = nmap.clock() s:close() "
			     "nmap.socket.sleep(5) return t .. ' ' .. nmap.registry.n .. ' ' .. "
			     "nmap.socket.get_stats().connect_waiting end",
			     &why),
		0);
	for (at = 0; at < 2; at++) {
		struct script_group *group =
			fixture_group(&world.fixture, SCRIPT_HOSTRULE, (void *)hosts[at]);

		for (i = 0; i < (at ? 1 : 30); i++)
			fixture_add(group, world.fixture.scripts[0], NULL);
		script_group_start(group);
	}
	loop_run(world.fixture.loop);
	assert_non_null(strstr(world.fixture.said, "a: 1000.02 20 0\n"));
	assert_true(loop_now_ns(world.fixture.loop) > 20 * NS_PER_S);
	end();
}

static void who_has_one_may_have_more(void **state)
{
	begin();
	world.plan->timing.max_parallelism = 1;
	run("open(4) local all = {} for i = 1, 5 do all[i] = nmap.new_socket() "
	    "all[i]:connect('10.0.0.1', 4) end local t = nmap.clock() "
	    "start(function() local u = nmap.new_socket() u:connect('10.0.0.1', 4) "
	    "nmap.registry.t = nmap.clock() - t end) nmap.socket.sleep(1) s:close() "
	    "for i = 1, 5 do all[i]:close() end nmap.socket.sleep(1) return nmap.registry.t");
	assert_string_equal(world.fixture.said, "s: 1.02\n");
	end();
}

/* Whatever becomes of a thread, its place is the next one's. */
static void places_are_given_back(void **state)
{
	begin();
	world.plan->timing.max_parallelism = 1;
	run("local function worker(what) start(function() local u = nmap.new_socket() "
	    "u:connect('10.0.0.1', 4) what(u) end) end "
	    "worker(function() error 'gone' end) worker(function() end) "
	    "worker(function(u) u:close() nmap.socket.sleep(50) end) "
	    "worker(function(u) u:connect('10.0.0.1', 50) nmap.socket.sleep(50) end) "
	    "nmap.socket.sleep(1) open(4) return nmap.clock()");
	if (!strstr(world.fixture.said, "s: 1001.02\n"))
		fail_msg("%s", world.fixture.said);
	end();
}

static void who_ends_in_line_leaves_it(void **state)
{
	struct script_group *groups[2];
	size_t at;

	begin();
	world.plan->timing.max_parallelism = 1;
	fixture_action(&world.fixture, "a.nse",
		       "local s = nmap.new_socket() s:connect('10.0.0.1', 4) nmap.socket.sleep(5) "
		       "return nmap.socket.get_stats().connect_waiting");
	fixture_action(&world.fixture, "b.nse",
		       "local s = nmap.new_socket() s:connect('10.0.0.1', 4) return 'got'");
	for (at = 0; at < 2; at++) {
		groups[at] = fixture_group(&world.fixture, SCRIPT_PRERULE, NULL);
		fixture_add(groups[at], world.fixture.scripts[at], NULL);
		script_group_start(groups[at]);
	}
	fixture_action(&world.fixture, "c.nse", "nmap.socket.sleep(1) return 'c'");
	groups[0] = fixture_group(&world.fixture, SCRIPT_PRERULE, NULL);
	fixture_add(groups[0], world.fixture.scripts[2], NULL);
	script_group_start(groups[0]);
	while (!strstr(world.fixture.said, "c: c")) {
		struct timer timer = {.fire = (void (*)(void *))loop_stop,
				      .self = world.fixture.loop};

		loop_timer_set(world.fixture.loop, &timer,
			       loop_now_ns(world.fixture.loop) + NS_PER_S / 2);
		loop_run(world.fixture.loop);
	}
	script_group_cancel(groups[1]);
	loop_run(world.fixture.loop);
	assert_string_equal(world.fixture.said, "c: c\na: 0\n");
	end();
}

/* The engine has no descriptor left: connecting waits until there is one, or too long. */
static void no_descriptor_left_is_waited_for(void **state)
{
	socket_world_most = 2;
	begin();
	run("open(4) local v = nmap.new_socket() v:connect('10.0.0.1', 4) local r start(function() "
	    "local u = nmap.new_socket() "
	    "r = tostring(u:connect('10.0.0.1', 4)) .. nmap.clock() end) "
	    "local u = nmap.new_socket() u:set_timeout(500) "
	    "local a, b = u:connect('10.0.0.1', 4) nmap.socket.sleep(0.51) s:close() "
	    "nmap.socket.sleep(1) return tostring(a) .. b .. r");
	socket_world_most = 0;
	assert_string_equal(world.fixture.said, "s: nilTIMEOUTtrue1001.11\n");
	end();
}

/* --- the gate --- */

static void excluded_hosts_are_not_spoken_to(void **state)
{
	struct addrset *excludes = addrset_new();
	const struct ip_addr addr = ip_v4(0x0a000001);

	begin();
	world.gate.excludes = excludes;
	assert_int_equal(addrset_add(excludes, &addr), 0);
	run("local ok, e = open(4) return tostring(ok) .. e");
	assert_string_equal(world.fixture.said,
			    "log> connect to 10.0.0.1 port 4: excluded by the user\ns: nilERROR\n");
	assert_int_equal(world.gate.passed, 0);
	end();
	addrset_free(excludes);
}

static void a_printer_is_listened_to(void **state)
{
	begin();
	run("open(9100) local _, d = s:receive() local ok, e = s:send('x') "
	    "return d .. tostring(ok) .. e .. tostring(open(9100, 'ssl'))");
	assert_string_equal(world.fixture.said, "log> connect to 10.0.0.1 port 9100: excluded by "
						"the user\ns: readynilERRORnil\n");
	end();
}

/* --- trace --- */

static void what_goes_over_the_wire_is_traced(void **state)
{
	begin();
	world.context.trace = socket_world_trace;
	run("open(2) s:send('GET /\\r\\n') s:receive() s:send('\\0\\1\\2' .. ('a'):rep(14)) "
	    "s:close() s:connect('10.0.0.1', 11, 'udp') s:send('ask') s:receive()");
	assert_string_equal(world.traced,
			    "TCP 192.0.2.1:32768 > 10.0.0.1:2 | CONNECT\n"
			    "TCP 192.0.2.1:32768 > 10.0.0.1:2 | GET /\\ 13\\ 10\n"
			    "TCP 192.0.2.1:32768 < 10.0.0.1:2 | GET /\\ 13\\ 10\n"
			    "TCP 192.0.2.1:32768 > 10.0.0.1:2 | \n"
			    "00000000: 00 01 02 61 61 61 61 61 61 61 61 61 61 61 61 61  "
			    "...aaaaaaaaaaaaa\n"
			    "00000010: 61                                               a\n"
			    "TCP 192.0.2.1:32768 > 10.0.0.1:2 | CLOSE\n"
			    "UDP 192.0.2.1:32769 > 10.0.0.1:11 | CONNECT\n"
			    "UDP 192.0.2.1:32769 > 10.0.0.1:11 | ask\n"
			    "UDP 192.0.2.1:32769 < 10.0.0.1:11 | answer\n"
			    "UDP 192.0.2.1:32769 > 10.0.0.1:11 | CLOSE\n");
	end();
}

/* --- memory --- */

static void what_is_received_is_the_instances_memory(void **state)
{
	begin();
	stopped("open(7) s:receive_bytes(1 << 40)", "stopped: memory limit 16 MB");
	end();
}

/* What comes in asks for more than the script does with it: the limit is met while no script
 * runs. */
static void what_comes_in_beyond_the_limit_stops_the_instance(void **state)
{
	begin();
	stopped("local all = {} for i = 1, 246 do all[i] = ('x'):rep(1 << 16) end open(2) "
		"while true do s:send('x') s:receive() all = {all} end",
		"stopped: memory limit 16 MB");
	end();
}

static const char everything[] = PRELUDE
	"open(9, 'ssl') s:receive() s:send('x') s:receive() s:get_ssl_certificate() "
	"s:close() open(3) s:receive_buf('\\n', true) s:receive_lines(1) s:close() "
	"s:connect('server.test', 11, 'udp') s:send('ask') s:receive() s:get_info() return 'all'";

/* Each allocation fails once: nothing leaks, whatever becomes of the script. */
static void without_memory_scripts_end(void **state)
{
	struct script_group *group;
	bool hit = true;
	long nth;

	for (nth = 0; hit; nth++) {
		begin();
		fixture_action(&world.fixture, "s.nse", everything);
		group = fixture_group(&world.fixture, SCRIPT_PRERULE, NULL);
		fixture_add(group, world.fixture.scripts[0], NULL);
		script_group_start(group);
		alloc_fault_after(nth);
		loop_run(world.fixture.loop);
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		assert_int_equal(world.fixture.ended, world.fixture.started);
		if (!hit)
			assert_string_equal(world.fixture.said, "s: all\n");
		end();
	}
	assert_true(nth > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_much_received_stops_the_instance),
		cmocka_unit_test(too_much_sent_stops_the_instance),
		cmocka_unit_test(too_many_sockets_stop_the_instance),
		cmocka_unit_test(only_open_sockets_count),
		cmocka_unit_test(waiting_sockets_do_not_count),
		cmocka_unit_test(threads_wait_for_their_turn_in_order),
		cmocka_unit_test(each_host_has_places_of_its_own),
		cmocka_unit_test(who_has_one_may_have_more),
		cmocka_unit_test(places_are_given_back),
		cmocka_unit_test(who_ends_in_line_leaves_it),
		cmocka_unit_test(no_descriptor_left_is_waited_for),
		cmocka_unit_test(excluded_hosts_are_not_spoken_to),
		cmocka_unit_test(a_printer_is_listened_to),
		cmocka_unit_test(what_goes_over_the_wire_is_traced),
		cmocka_unit_test(what_is_received_is_the_instances_memory),
		cmocka_unit_test(what_comes_in_beyond_the_limit_stops_the_instance),
		cmocka_unit_test(without_memory_scripts_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
