local check = require "check"
local peer = require "fake_peer"
local stream = require "stream"
local stub = require "stub"

local T = {}

local function opened(...)
	local texts = { ... }
	peer.install(function(bytes) return bytes == "" and texts or {} end)
	return stream.open({ ip = "10.0.0.1" }, { number = 1, protocol = "tcp" })
end

function T.messages_are_cut_out_of_what_comes()
	local server = opened("ab", "cdline one\r\nline", " two\nrest")
	check.equal({ server:bytes(4), server:line(), server:line(), server:bytes(0) }, { "abcd", "line one", "line two", "" })
	check.is_nil(server:bytes(5))
	check.equal(server:send "x", true)
	check.equal(peer.sent[1], "x")
end

function T.no_more_than_a_bound_is_read()
	local server = opened(("x"):rep(9000))
	check.equal(#server:line(), 8192)
	check.is_nil(server:bytes(1 << 30))
	check.is_nil(server:bytes(-1))
end

function T.after_half_a_minute_nothing_is_waited_for()
	local now, clock = 0, stub.nmap.clock
	stub.nmap.clock = function() return now end
	local server = opened("ab", "cd\n", "ef\n")
	check.equal(server:line(), "abcd")
	now = 31
	check.is_nil(server:line())
	check.is_nil(server:bytes(1))
	stub.nmap.clock = clock
end

function T.who_refuses_gives_why()
	opened()
	peer.refuses = true
	check.equal({ stream.open("10.0.0.1", 1) }, { nil, "ERROR" })
	opened("some")
	check.equal(stream.open("10.0.0.1", 1):some(), "some")
end

return T
