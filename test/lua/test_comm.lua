local check = require "check"
local comm = require "comm"
local fake = require "fake_socket"
local stub = require "stub"

local T = {}

local host = { ip = "192.0.2.9", times = { timeout = 0.1 } }

local function port(number)
	return { number = number, protocol = "tcp", state = "open", version = {} }
end

function T.a_banner_is_what_the_server_says_first()
	fake.listen { { greeting = "220 hi\r\n" } }
	check.equal({ comm.get_banner(host, port(21)) }, { true, "220 hi\r\n" })
	check.equal(fake.connections[1].closed, true)
	check.equal(fake.connections[1].sent, {})
end

function T.without_a_banner_both_ways_are_tried()
	fake.listen { { last = "TIMEOUT" }, { last = "TIMEOUT" } }
	check.equal({ comm.get_banner(host, port(21)) }, { false, "TIMEOUT" })
	check.equal({ fake.connections[1].proto, fake.connections[2].proto, #fake.connections }, { "tcp", "ssl", 2 })
	fake.listen { { fails = "ERROR" } }
	check.equal({ comm.get_banner(host, { number = 5, protocol = "udp" }) }, { false, "ERROR" })
	check.equal({ fake.connections[1].proto, #fake.connections }, { "udp", 1 })
end

function T.exchange_sends_and_reads()
	fake.listen { { answers = { { "one\n", "two\n", "three\n" } } } }
	check.equal({ comm.exchange(host, port(7), "x", { lines = 2 }) }, { true, "one\ntwo\n" })
	check.equal(fake.connections[1].sent, { "x" })
	check.equal(fake.connections[1].closed, true)
	fake.listen { { answers = { { "ab", "cd", "ef" } } } }
	check.equal({ comm.exchange(host, 7, "x", { bytes = 3 }) }, { true, "abcd" })
	fake.listen { { greeting = "hello" } }
	check.equal({ comm.exchange(host, 7, nil) }, { true, "hello" })
	fake.listen { {} }
	check.equal({ comm.exchange(host, 7, "x") }, { false, "EOF" })
	check.equal(fake.connections[1].closed, true)
	fake.listen { { send_fails = "ERROR" } }
	check.equal({ comm.exchange(host, 7, "x") }, { false, "ERROR" })
end

function T.lines_that_do_not_end_are_not_waited_for()
	fake.listen { { answers = { { ("x"):rep(200000), ("x"):rep(200000), "x" } } } }
	local ok, answer = comm.exchange(host, port(7), "x", { lines = 1 })
	check.equal({ ok, #answer }, { true, 400000 })
	local now, clock = 0, stub.nmap.clock_ms
	stub.nmap.clock_ms = function()
		now = now + 3000
		return now
	end
	fake.listen { { answers = { { "a", "b", "c", "d" } } } }
	check.equal({ comm.exchange(host, port(7), "x", { lines = 1, timeout = 5000 }) }, { true, "ab" })
	stub.nmap.clock_ms = clock
end

function T.opencon_gives_socket_response_and_greeting()
	fake.listen { { greeting = "hi", answers = { "got it" } } }
	local socket, response, greeting = comm.opencon(host, port(7), "x", { recv_before = true })
	check.equal({ response, greeting, socket:close() }, { "got it", "hi", true })
	fake.listen { { greeting = "hi" } }
	socket, response, greeting = comm.opencon(host, port(7), "", { recv_before = true })
	check.equal({ response, greeting, socket ~= nil }, { "hi", "hi", true })
	fake.listen { {} }
	socket, response = comm.opencon(host, port(7), nil)
	check.equal({ socket ~= nil, response }, { true, nil })
	fake.listen { { greeting = "hi" } }
	check.equal({ comm.opencon(host, port(7), "x", { recv_before = true }) }, { nil, "EOF", "hi" })
end

function T.timeouts_of_connecting_and_reading()
	fake.listen { {}, {}, {} }
	check.equal(comm.opencon(host, 7, nil, { timeout = 500 }).timeout, 500)
	check.equal(comm.opencon(host, 7, nil, { connect_timeout = 500, request_timeout = 70 }).timeout, 70)
	check.equal(comm.opencon(host, 7).timeout, 7000)
end

function T.tryssl_begins_with_what_is_likely()
	fake.listen { { proto = "ssl", answers = { "tls" } } }
	local socket, response, proto = comm.tryssl(host, port(443), "x")
	check.equal({ socket ~= nil, response, proto, #fake.connections }, { true, "tls", "ssl", 1 })
	local function only_plain()
		return { proto = "tcp", answers = { "plain" } }
	end
	fake.listen(only_plain)
	socket, response, proto = comm.tryssl(host, port(443), "x")
	check.equal({ socket ~= nil, response, proto, #fake.connections }, { true, "plain", "tcp", 2 })
	fake.listen(only_plain)
	socket, response, proto = comm.tryssl(host, 9999, "x")
	check.equal({ socket ~= nil, response, proto, #fake.connections }, { true, "plain", "tcp", 1 })
	fake.listen { { proto = "tcp", last = "TIMEOUT" }, { proto = "ssl", answers = { "tls" } } }
	socket, response, proto = comm.tryssl(host, 9999, "x", { proto = "tcp" })
	check.equal({ socket ~= nil, response, proto, fake.connections[1].closed }, { true, "tls", "ssl", true })
	fake.listen { { proto = "ssl", greeting = "early", answers = { "tls" } } }
	check.equal({ select(2, comm.tryssl(host, 9999, "x", { proto = "ssl", recv_before = true })) }, { "tls", "ssl", "early" })
end

function T.tryssl_that_fails_says_none()
	fake.listen {}
	check.equal({ comm.tryssl(host, 443, "x") }, { nil, "ERROR", "none" })
end

function T.names_of_any_family()
	stub.state.addresses = { ["lab.test"] = { "192.0.2.1", "2001:db8::1" } }
	fake.listen { { fails = "ERROR" }, { greeting = "six" } }
	check.equal({ comm.exchange("lab.test", 7, nil, { any_af = true }) }, { true, "six" })
	check.equal(fake.connections[2].host, { ip = "2001:db8::1", targetname = "lab.test" })
	fake.listen { {} }
	check.equal({ comm.exchange("other.test", 7, nil, { any_af = true }) }, { false, "the name has no address" })
	check.equal(#fake.connections, 0)
end

return T
