local check = require "check"
local fake = require "fake_server"
local lineclient = require "lineclient"
local stub = require "stub"

local T = {}
local host, port = { ip = "127.0.0.1" }, { number = 25, protocol = "tcp", state = "open", version = {} }

function T.lines_come_without_their_ends()
	fake.play { { nil, "one\r\ntwo\nthree" } }
	local conn = lineclient.connect(host, port)
	check.equal({ conn:line(), conn:line(), conn:line() }, { "one", "two", nil, "EOF" })
	check.equal(conn.tls, false)
end

function T.a_line_without_end_comes_in_pieces()
	fake.play { { nil, ("x"):rep(5000) .. "\n" } }
	local conn = lineclient.connect(host, port)
	check.equal({ #conn:line(), #conn:line() }, { 4096, 904 })
end

function T.a_server_that_never_ends_is_left()
	fake.play { { nil, ("x\n"):rep(1000) } }
	local conn = lineclient.connect(host, port)
	local lines, err, got = conn:lines_until(function() return false end)
	check.equal({ lines == nil, err, #got }, { true, "too many lines", 200 })
end

function T.a_server_that_drips_is_left()
	local now, clock = 0, stub.nmap.clock
	stub.nmap.clock = function()
		now = now + 4
		return now
	end
	fake.play { { nil, ("x\n"):rep(100) } }
	local lines, err, got = lineclient.connect(host, port):lines_until(function() return false end)
	stub.nmap.clock = clock
	check.equal({ lines == nil, err, #got < 5 }, { true, "TIMEOUT", true })
end

function T.who_greets_otherwise_is_left()
	local function hello(line) return line == "hello" end
	local made = fake.play({ { nil, "hello\r\n" } }, { { nil, "SSH-2.0\r\n" } }, {})
	check.equal({ select(2, lineclient.greeted(host, port, nil, hello, "odd")) }, { "hello" })
	check.equal({ lineclient.greeted(host, port, nil, hello, "odd") }, { nil, "odd" })
	check.equal({ lineclient.greeted(host, port, nil, hello, "odd") }, { nil, "EOF" })
	check.equal({ made[1].closed, made[2].closed, made[3].closed }, { nil, true, true })
	check.equal({ lineclient.greeted(host, port, nil, hello, "odd") }, { nil, "ERROR" })
end

function T.an_answer_ends_where_it_says()
	fake.play { { "^X\r\n", "a\nb\n.\nc\n" } }
	local conn = lineclient.connect(host, port)
	check.equal(conn:ask("X", function(line) return line == "." end), { "a", "b", "." })
end

function T.ports_of_tls_are_spoken_to_in_tls()
	local made = fake.play({}, {}, {})
	check.is_true(lineclient.connect(host, { number = 993, protocol = "tcp", state = "open", version = {} }).tls)
	check.is_true(made[1].tls)
	check.equal(lineclient.connect(host, port, { tls = false }).tls, false)
	check.equal(lineclient.connect(host, port, { tls = true }).tls, true)
end

return T
