local bytestream = require "bytestream"
local check = require "check"
local fake = require "fake_server"
local stub = require "stub"

local T = {}

local function open(answers, options, endless)
	local log = fake.serve(answers, "EOF", endless)
	return bytestream.open(fake.host, fake.port(1), options), log
end

function T.bytes_and_lines_are_cut_from_what_arrives()
	local stream = open { "ab", "cd\r", "\nline\nre", "st" }
	check.equal({ stream:read(3), stream:line(), stream:line() }, { "abc", "d", "line" })
	check.equal({ stream:read(9) }, { nil, "EOF" })
	check.equal(stream:some(), "rest")
	check.equal({ stream:some() }, { nil, "EOF" })
	check.equal({ stream:read(0), stream:read(-1) }, { "", nil, "too long" })
end

function T.an_ending_may_arrive_in_two_parts()
	local stream = open { "stats\r", "\nEN", "D\r\nmore" }
	check.equal(stream:until_text "END\r\n", "stats\r\n")
	check.equal(stream:rest(), "more")
end

function T.a_head_tells_what_follows()
	local function rest_of(head)
		local count = tonumber(head)
		return count, "no number"
	end
	local stream, log = open { "3a", "bc0", "x9" }
	check.equal({ stream:ask("q", 1, rest_of) }, { "3", "abc" })
	check.equal({ stream:framed(1, rest_of) }, { "0", "" })
	check.equal({ stream:framed(1, rest_of) }, { nil, "no number" })
	check.equal({ stream:framed(1, rest_of) }, { nil, "EOF" })
	check.equal({ stream:framed(1, rest_of) }, { nil, "EOF" })
	check.equal(log.sent, { "q" })
	stream:close()
	check.equal({ stream:ask("q", 1, rest_of) }, { nil, "socket must be connected" })
end

function T.tls_where_it_was_found()
	local log = fake.serve {}
	local port = fake.port(1)
	port.version.service_tunnel = "ssl"
	bytestream.open(fake.host, port)
	check.equal(log.proto, "ssl")
	bytestream.open(fake.host, port, { protocol = "tcp" })
	check.equal(log.proto, "tcp")
	bytestream.open(fake.host, fake.port(1, "udp"))
	check.equal(log.proto, "udp")
	bytestream.open(fake.host, 80)
	check.equal(log.proto, "tcp")
end

function T.tls_where_it_is_likely_else_plain()
	local log = fake.serve {}
	check.equal({ bytestream.open(fake.host, fake.port(5671)).tls, log.proto }, { true, "ssl" })
	check.equal({ bytestream.open(fake.host, fake.port(636)).tls, log.proto }, { true, "ssl" })
	local probed = fake.port(636)
	probed.version.name_confidence = 10.0
	check.equal({ bytestream.open(fake.host, probed).tls, log.proto }, { false, "tcp" })
	log.refused = "ssl"
	check.equal({ bytestream.open(fake.host, fake.port(636)).tls, log.proto }, { false, "tcp" })
end

function T.refused_is_nil_and_closed()
	local log = fake.serve {}
	log.refused = true
	check.equal({ bytestream.open(fake.host, fake.port(1)) }, { nil, "ERROR" })
	check.is_true(log.closed)
end

function T.an_endless_server_is_left_after_the_limit()
	local stream, log = open({ ("x"):rep(100) }, { most = 1000 }, true)
	check.equal({ stream:line() }, { nil, "too long" })
	check.equal(log.received, 10)
	stream, log = open({ ("x"):rep(100) }, { most = 1000 }, true)
	check.equal(#stream:rest(), 1000)
	check.equal({ stream:read(1001) }, { nil, "too long" })
end

function T.a_slow_server_is_left_after_its_time()
	local now, clock = 0, stub.nmap.clock
	stub.nmap.clock = function() return now end
	local drip = { function() now = now + 4; return "x" end }
	local stream, log = open(drip, { seconds = 10 }, true)
	local line, why = stream:line()
	check.equal({ line, why, log.received }, { nil, "TIMEOUT", 3 })
	stream, log = open(drip, nil, true)
	line, why = stream:line()
	check.equal({ line, why, log.received }, { nil, "TIMEOUT", 8 })
	stub.nmap.clock = clock
end

function T.a_closed_connection_sends_nothing()
	local stream = open {}
	check.is_true(stream:send "x")
	stream:close()
	check.equal({ stream:send "x" }, { nil, "socket must be connected" })
end

return T
