local check = require "check"
local fake = require "fake_server"
local redis = require "redis"
local stub = require "stub"

local T = {}
local Type = redis.Response.Type

local function ask(answers, ...)
	local log = fake.serve(answers, "EOF")
	local helper = redis.Helper:new(fake.host, fake.port(6379))
	assert(helper:connect())
	local status, response = helper:reqCmd(...)
	helper:close()
	return status, response, log
end

function T.a_request_and_its_bytes()
	local _, _, log = ask({}, "CONFIG", "GET", "bind")
	check.equal(log.sent[1], "*3\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n$4\r\nbind\r\n")
	check.is_true(log.closed)
end

function T.kinds_of_answers()
	local function of(...) return select(2, ask({ ... }, "X")) end
	check.equal(of "+OK\r\n", { type = Type.STATUS, data = "OK" })
	check.equal(of "-NOAUTH Authentication required.\r\n", { type = Type.ERROR, data = "NOAUTH Authentication required." })
	check.equal(of ":-12\r\n", { type = Type.INTEGER, data = -12 })
	check.equal(of("$7\r\nab\r", "\ncde\r\n"), { type = Type.BULK, data = "ab\r\ncde" })
	check.equal(of "$-1\r\n", { type = Type.BULK })
	check.equal(of "*3\r\n$1\r\na\r\n$-1\r\n*1\r\n:5\r\n", { type = Type.MULTIBULK, data = { "a", false, { 5 } } })
end

function T.strangers_and_broken_answers()
	local status, why, log = ask({ "HTTP/1.1 400 Bad Request\r\n" }, "X")
	check.equal({ status, why, log.received, log.closed, log.sent },
		{ false, "not Redis", 1, true, { "*1\r\n$1\r\nX\r\n" } })
	for _, bytes in ipairs { "$x\r\n", "$-2\r\n", "$9999999\r\n", "*99999\r\n", ":x\r\n", "*2\r\n:1\r\n", ("*1\r\n"):rep(20) } do
		check.equal((ask({ bytes }, "X")), false, bytes)
	end
	check.equal((ask({ "*100\r\n" .. ("*100\r\n" .. (":1\r\n"):rep(100)):rep(100) }, "X")), false)
end

function T.without_a_connection()
	check.equal({ redis.Helper:new(fake.host, fake.port(1)):reqCmd "X" }, { false, "not connected" })
	fake.serve({}).refused = true
	check.equal((redis.Helper:new(fake.host, fake.port(1)):connect()), false)
end

function T.scripts_may_have_their_own_socket()
	fake.serve({ "+PONG\r\n" }, "EOF")
	local socket = stub.nmap.new_socket()
	socket:connect(fake.host, fake.port(6379))
	check.equal({ redis.Response:new(socket):receive() }, { true, { type = Type.STATUS, data = "PONG" } })
	check.equal({ redis.Response:new(socket):receive() }, { false, "EOF" })
end

function T.any_bytes()
	check.fuzz(function(bytes) ask({ bytes }, "X") end,
		{ "$5\r\nhello\r\n", "*3\r\n$1\r\na\r\n$-1\r\n*1\r\n:5\r\n", "-ERR x\r\n" }, 1500)
end

return T
