local ajp = require "ajp"
local check = require "check"
local fake = require "fake_server"

local T = {}

local head = "\4\0\200\0\2OK\0\0\2\xa0\1\0\9text/html\0\0\5Allow\0\0\9GET, HEAD\0"

function T.a_request_has_its_layout()
	local request = ajp.build_request("GET", "/", "lab", 8009)
	check.equal(request:sub(1, 4), "\x12\x34" .. string.pack(">I2", #request - 4))
	check.equal(request:sub(5, 6), "\2\2")
	check.equal(request:sub(-1), "\xff")
	check.is_nil(ajp.build_request("BREW", "/", "lab", 8009))
end

function T.an_answer_of_packets()
	fake.answer(function(bytes)
		return #bytes > 0 and { "AB" .. string.pack(">s2", head), "AB\0\9\3\0\5Hello\0AB\0\2\5\1" }
	end)
	local answer = ajp.request({ ip = "10.0.0.1" }, { number = 8009, protocol = "tcp" }, "GET", "/")
	check.equal({ answer.status, answer.reason, answer.body, ajp.header(answer, "allow") },
		{ 200, "OK", "Hello", "GET, HEAD" })
	check.equal(answer.headers[1], { "Content-Type", "text/html" })
end

function T.others_and_endless_ones_end()
	fake.answer(function() return { "HTTP/1.1 400 Bad Request\r\n" } end)
	check.is_nil(ajp.request({ ip = "10.0.0.1" }, { number = 8009, protocol = "tcp" }, "GET", "/"))
	fake.answer(function(bytes) return #bytes > 0 and { ("AB\0\9\3\0\5Hello\0"):rep(400) } end)
	check.is_nil(ajp.request({ ip = "10.0.0.1" }, { number = 8009, protocol = "tcp" }, "GET", "/"))
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(ajp.parse_headers, { head })
end

function T.every_method_has_its_number()
	for i, name in ipairs { "OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE" } do
		check.equal(ajp.build_request(name, "/", "lab", 1):byte(6), i)
	end
end

function T.what_is_behind_the_end_is_not_read()
	fake.answer(function(bytes)
		return #bytes > 0 and { "AB" .. string.pack(">s2", head) .. "AB\0\9\3\0\5Hello\0AB\0\2\5\1AB\0\9\3\0\5again\0" }
	end)
	check.equal(ajp.request({ ip = "10.0.0.1" }, { number = 8009, protocol = "tcp" }, "GET", "/").body, "Hello")
	check.equal(ajp.parse_headers("\4\1\x94\0\0\0\0\0"), { status = 404, reason = "", headers = {} })
	check.equal(ajp.parse_headers("\4\1\x94\xff\xff\0\0").reason, "")
	check.equal(#ajp.parse_headers(head:sub(1, -3)).headers, 1)
end

return T
