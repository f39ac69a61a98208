local check = require "check"
local stun = require "stun"

local T = {}

-- RFC 5769, 2.2: an answer with SOFTWARE "test vector" and 192.0.2.1:32853.
local answer = "\1\1\0\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\1\xbc\x34\xd6\x86\xfa\x87\xdf\xae\x80\x22\0\x0btest vector " ..
	"\0\x20\0\8\0\1\xa1\x47\xe1\x12\xa6\x43\0\8\0\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7" ..
	"\x80\x28\0\4\xc0\x7d\x4c\x96"

function T.the_answer_of_the_rfc()
	local seen = stun.parse_response(answer)
	check.equal({ seen.address, seen.port, seen.software }, { "192.0.2.1", 32853, "test vector" })
end

function T.a_request()
	check.equal(stun.build_request "123456789012", "\0\1\0\0\x21\x12\xa4\x42123456789012")
	check.is_nil(stun.parse_response(stun.build_request "123456789012"))
end

function T.old_answers_are_not_mixed()
	local old = "\1\1\0\12\0\0\0\0" .. "123456789012\0\1\0\8\0\1\x13\x88\10\0\0\1"
	check.equal({ stun.parse_response(old).address, stun.parse_response(old).port }, { "10.0.0.1", 5000 })
	check.is_nil(stun.parse_response(old:sub(1, -2)).address)
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(stun.parse_response, { answer })
end

function T.addresses_of_version_6()
	local key = "\x21\x12\xa4\x42" .. "123456789012"
	local address = "\x20\1\x0d\xb8" .. ("\0"):rep(11) .. "\1"
	local mixed = address:gsub("()(.)", function(at, c) return string.char(c:byte() ~ key:byte(at)) end)
	local message = "\1\1\0\24" .. key .. "\0\x20\0\20\0\2\x21\x13" .. mixed
	check.equal(stun.parse_response(message), { transaction = "123456789012", address = "2001:db8::1", port = 1 })
	check.equal(stun.parse_response(message:sub(1, 20)), { transaction = "123456789012" })
	check.is_nil(stun.parse_response(message:gsub("\0\2\x21", "\0\3\x21")).address)
	check.equal(stun.parse_response("\1\1\0\4" .. key .. "\x80\x22\0\0").software, "")
end

return T
