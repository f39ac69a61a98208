/* Sockets of scripts against scripted servers: nse-api.md 10, its table 10.5 row by row. */
#include "socket_fixture.h"

static struct socket_world world;

/* Each body sees `s`, a TCP socket, and open(port, ...), which connects it to that port. */
#define PRELUDE                                                                       \
	"local s = nmap.new_socket() local start = require('stdnse').new_thread "     \
	"local function open(port, ...) return s:connect('10.0.0.1', port, ...) end " \
	"local function show(...) local t = table.pack(...) for i = 1, t.n do "       \
	"t[i] = tostring(t[i]) end return table.concat(t, ' ') end "

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

static void says(int line, const char *body, const char *expected)
{
	char said[1024];

	begin();
	run(body);
	snprintf(said, sizeof(said), "s: %s\n", expected);
	if (strcmp(world.fixture.said, said) != 0)
		fail_msg("line %d: said [%s] end %d [%s]", line, world.fixture.said,
			 world.fixture.end, world.fixture.text);
	socket_world_close(&world);
}

#define SAYS(body, expected) says(__LINE__, body, expected)

static void raises(int line, const char *body, const char *part)
{
	begin();
	run(body);
	if (world.fixture.end != SCRIPT_FAILED || !strstr(world.fixture.text, part))
		fail_msg("line %d: said [%s] end %d [%s]", line, world.fixture.said,
			 world.fixture.end, world.fixture.text);
	socket_world_close(&world);
}

#define RAISES(body, part) raises(__LINE__, body, part)

static void connecting(void **state)
{
	SAYS("return show(open(2))", "true");
	SAYS("return show(open(50))", "nil ERROR");
	SAYS("s:set_timeout(500) local t = nmap.clock() local r = show(open(99)) "
	     "return r .. ' ' .. nmap.clock() - t",
	     "nil TIMEOUT 0.5");
	SAYS("return show(open('2')) .. show(open({number = 2, protocol = 'tcp'})) .. "
	     "show(s:connect({ip = '10.0.0.1'}, 2)) .. "
	     "show(s:connect({targetname = 'server.test'}, 2))",
	     "truetruetruetrue");
	SAYS("return show(s:connect('server.test', 2)) .. nmap.clock()", "true1000.07");
	SAYS("return show(s:connect('nobody.test', 2))", "false Name or service not known");
	SAYS("return show(s:connect('slow.test', 2))",
	     "false Temporary failure in name resolution");
}

static void receiving(void **state)
{
	SAYS("open(1) local a, b, c = show(s:receive()), show(s:receive()), show(s:receive()) "
	     "return a .. '|' .. b .. '|' .. c",
	     "true hello\nworld|nil EOF|nil EOF");
	SAYS("open(2) return show(s:send('ping')) .. ' ' .. show(s:receive())", "true true ping");
	SAYS("open(2) return show(s:sendto({ip = '10.0.0.9'}, 77, 'ping')) .. ' ' .. "
	     "show(s:receive())",
	     "true true ping");
	SAYS("open(3) return show(s:receive_lines(1))", "true l1\nl2\nl3\npartial");
	SAYS("open(3) s:set_timeout(2000) local t = nmap.clock() "
	     "return show(s:receive_lines(9)) .. ' ' .. nmap.clock() - t",
	     "true l1\nl2\nl3\npartial 2.0");
	SAYS("open(4) s:set_timeout(100) return show(s:receive()) .. ' ' .. "
	     "show(s:receive_lines(1)) .. ' ' .. show(s:receive_bytes(1))",
	     "nil TIMEOUT nil TIMEOUT nil TIMEOUT");
	SAYS("open(8) s:send('go') s:send('more') return show(s:receive_bytes(8))",
	     "true abcdefgh");
	SAYS("open(6) s:set_timeout(1000) return show(s:receive_bytes(50))", "true 0123456789");
	SAYS("open(5) s:send('x') return show(s:receive()) .. ' ' .. show(s:send('y'))",
	     "nil ERROR nil ERROR");
	SAYS("open(12) local _, d = s:receive() return #d", "40000");
	SAYS("open(12) local _, d = s:receive_bytes(0) return #d", "40000");
}

static void buffering(void **state)
{
	SAYS("open(3) s:set_timeout(300) local r = {} for _, a in ipairs {{'\\n', false}, {'\\n', "
	     "true}, "
	     "{'\\n', false}, {'\\n', false}, {'part', true}} do "
	     "r[#r + 1] = show(s:receive_buf(a[1], a[2])) end return table.concat(r, ';')",
	     "true l1;true l2\n;true l3;nil TIMEOUT;true part");
	SAYS("open(3) s:set_timeout(300) s:receive_buf('\\n', false) return show(s:receive())",
	     "nil TIMEOUT");
	SAYS("open(3) return show(s:receive_buf(function(b) return b:find('l3', 1, true) end, "
	     "true))",
	     "true l1\nl2\nl3");
	SAYS("open(6) return show(s:receive_buf('[a-f]', true))", "true 0123456789a");
	SAYS("open(1) return show(s:receive_buf('nothing', true)) .. show(s:receive_buf('w', "
	     "false))",
	     "nil EOFtrue hello\n");
	RAISES("open(3) s:receive_buf('x*', true)", "invalid indices for match");
	RAISES("open(3) s:receive_buf({}, true)", "function/string expected, got table");
	RAISES("open(3) s:receive_buf('x')", "bad argument");
	RAISES("open(3) s:receive_buf(function() return 1, 99 end, true)",
	       "invalid indices for match");
	RAISES("open(3) s:receive_buf(function() nmap.socket.sleep(1) end, true)",
	       "attempt to yield across a C-call boundary");
}

static void datagrams(void **state)
{
	SAYS("local u = nmap.new_socket('udp') u:connect('10.0.0.1', 11) "
	     "return show(u:send('ask')) .. show(u:receive()) .. show(u:send('empty')) .. "
	     "show(u:receive())",
	     "truetrue answertruetrue ");
	SAYS("return show(open(14, 'udp')) .. show(s:send('x')) .. show(s:receive())",
	     "truetruenil ERROR");
	SAYS("open(14, 'udp') s:send('x') s:receive() return show(s:send('x')) .. "
	     "show(s:receive())",
	     "truenil ERROR");
	SAYS("local u = nmap.new_socket('udp') u:set_timeout(10) u:connect('10.0.0.1', 11) "
	     "return show(u:receive())",
	     "nil TIMEOUT");
	SAYS("open(11, 'udp') s:send('ask') s:send('ask') nmap.socket.sleep(1) "
	     "return show(s:receive()) .. show(s:receive_bytes(1))",
	     "true answertrue answer");
}

static void tls(void **state)
{
	SAYS("return show(open(9, 'ssl')) .. show(s:receive()) .. show(s:send('x')) .. "
	     "show(s:receive()) .. show(s:get_ssl_certificate().subject.commonName)",
	     "truetrue 220 hello\ntruetrue xwww.lab.test");
	SAYS("return show(open(2, 'ssl')) .. show(open(15, 'ssl'))", "nil ERRORnil ERROR");
	SAYS("s:set_timeout(500) return show(open(4, 'ssl'))", "nil TIMEOUT");
	SAYS("local u = nmap.new_socket('udp') return show(u:connect('10.0.0.1', 10, 'ssl')) .. "
	     "show(u:send('x')) .. show(u:receive())",
	     "truetruetrue x");
	RAISES("open(2) s:get_ssl_certificate()", "not a SSL socket");
}

static void states(void **state)
{
	SAYS("open(2) return show(s:close()) .. ' ' .. show(s:close())",
	     "true false socket already closed");
	SAYS("return show(s:send('x')) .. show(s:receive()) .. show(s:get_info()) .. "
	     "show(s:reconnect_ssl()) .. show(s:receive_buf('x', true))",
	     "false socket must be connectedfalse socket must be connectedfalse socket must be "
	     "connectedfalse socket must be connectedfalse socket must be connected");
	SAYS("open(2) return show(s:get_info())", "true 192.0.2.1 32768 10.0.0.1 2");
	SAYS("s:bind('192.0.2.7', 1234) open(2) return show(s:get_info())",
	     "true 192.0.2.7 1234 10.0.0.1 2");
	SAYS("return show(s:bind('name', 1))", "false getaddrinfo: Name or service not known");
	SAYS("return show(s:bind(nil, 5)) .. show(s:set_timeout(1.7)) .. show(s:set_timeout(-1))",
	     "truetruetrue");
	SAYS("local m = getmetatable(s) return type(m) .. show(next(m))", "tablenil");
	RAISES("s:bind('192.0.2.7')", "bad argument");
	RAISES("s:set_timeout(-2)", "Negative timeout: -2");
	RAISES("s:connect({}, 2)", "host table lacks 'ip' or 'targetname' fields");
	RAISES("open({})", "port table lacks integer 'number' field");
	RAISES("open(2, 'sctp')", "invalid connection protocol");
	RAISES("open(65536)", "port number out of range");
}

/* A connection in the clear to a server that waits for a handshake. */
static void tls_begins_later(void **state)
{
	SAYS("open(9) return show(s:reconnect_ssl()) .. show(s:receive()) .. show(s:send('x')) .. "
	     "show(s:receive()) .. s:get_ssl_certificate().subject.commonName .. "
	     "show(s:reconnect_ssl())",
	     "truetrue 220 hello\ntruetrue xwww.lab.testnil ERROR");
	SAYS("open(2) s:send('x') s:receive() return show(s:reconnect_ssl()) .. show(s:send('x'))",
	     "nil ERRORfalse socket must be connected");
	SAYS("s:set_timeout(300) open(4) local t = nmap.clock() return show(s:reconnect_ssl()) .. "
	     "('%.2f'):format(nmap.clock() - t)",
	     "nil TIMEOUT0.30");
	SAYS("open(1) s:receive() s:receive() return show(s:reconnect_ssl())", "nil EOF");
	SAYS("open(11, 'udp') return show(s:reconnect_ssl())", "nil ERROR");
}

/* Nothing is read ahead: what a server pours out waits with it. */
static void who_does_not_read_holds_nothing(void **state)
{
	SAYS("open(7) nmap.socket.sleep(60) local _, d = s:receive() return #d", "40000");
	SAYS("open(7) return show(#select(2, s:receive_bytes(700000)) >= 700000)", "true");
}

static void timeouts(void **state)
{
	SAYS("open(3) nmap.socket.sleep(1) s:set_timeout(0) return show(s:receive())",
	     "true l1\nl2\nl3\npartial");
	SAYS("open(4) s:set_timeout(0) return show(s:receive())", "nil TIMEOUT");
	SAYS("s:set_timeout(0) return show(open(2))", "nil TIMEOUT");
	SAYS("s:set_timeout(-1) open(13) s:send('x') return show(s:receive())", "true late");
	SAYS("open(4) local t = nmap.clock() s:receive() return nmap.clock() - t", "30.0");
	SAYS("s:set_timeout(100) open(4) s:close() open(4) local t = nmap.clock() s:receive() "
	     "return nmap.clock() - t",
	     "30.0");
}

static void one_thread_at_a_time(void **state)
{
	SAYS("open(4) "
	     "local w = start(function() s:receive() end) nmap.socket.sleep(1) "
	     "return select(2, pcall(s.receive, s))",
	     "Invalid reuse of a socket from one thread to another.");
	SAYS("local w = start(function() open(2) nmap.socket.sleep(5) end) nmap.socket.sleep(1) "
	     "s:send('x') return show(s:receive())",
	     "true x");
	SAYS("open(4) local r start(function() r = show(s:receive()) end) nmap.socket.sleep(1) "
	     "s:close() nmap.socket.sleep(1) return r",
	     "nil CANCELLED");
	SAYS("start(function() open(2) end) nmap.socket.sleep(1) return show(s:send('x'))",
	     "false socket must be connected");
	SAYS("start(function() open(2) nmap.socket.sleep(2) end) nmap.socket.sleep(1) "
	     "s:send('x') nmap.socket.sleep(2) return show(s:receive())",
	     "true x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connecting),
		cmocka_unit_test(receiving),
		cmocka_unit_test(buffering),
		cmocka_unit_test(datagrams),
		cmocka_unit_test(tls),
		cmocka_unit_test(states),
		cmocka_unit_test(tls_begins_later),
		cmocka_unit_test(who_does_not_read_holds_nothing),
		cmocka_unit_test(timeouts),
		cmocka_unit_test(one_thread_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
