local check = require "check"
local ike = require "ike"

local T = {}

local cookie = "portolan"

local function message(kinds)
	local out, first = "", kinds[1] and kinds[1][1] or 0
	for i, kind in ipairs(kinds) do
		out = out .. string.pack(">BBI2", kinds[i + 1] and kinds[i + 1][1] or 0, 0, #kind[2] + 4) .. kind[2]
	end
	return cookie .. "12345678" .. string.pack(">BBBBI4I4", first, 0x10, 2, 0, 0, 28 + #out) .. out
end

local strongswan = message { { 1, "\0\0\0\1\0\0\0\1" }, { 13, "\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb" },
	{ 13, "\x09\0\x26\x89\xdf\xd6\xb7\x12" }, { 13, "\1\2\3" } }
local refused = message { { 11, "\0\0\0\1\1\0\0\14" } }

function T.the_request_has_its_length()
	local request = ike.build_request(cookie)
	check.equal({ request:sub(1, 8), request:byte(17), (string.unpack(">I4", request, 25)) }, { cookie, 1, #request })
	check.equal((string.unpack(">I2", request, 31)), #request - 28)
	check.is_nil(ike.parse_response(request, cookie))
end

function T.who_answers()
	local told = ike.parse_response(strongswan, cookie)
	check.equal({ told.accepted, #told.vendors }, { true, 3 })
	check.equal({ ike.describe_vendors(told.vendors) }, { "strongSwan", { "XAUTH", "010203" } })
	check.equal(ike.parse_response(refused, cookie).notification, "NO-PROPOSAL-CHOSEN")
	check.is_nil(ike.parse_response(strongswan, "another1"))
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		local told = ike.parse_response(bytes, cookie)
		if told then
			ike.describe_vendors(told.vendors)
		end
	end, { strongswan, refused })
end

-- Attributes of a transform: number to value, each of four bytes (RFC 2408, 3.3).
local function attributes(bytes)
	local out = {}
	for at = 1, #bytes, 4 do
		local kind, value = string.unpack(">I2I2", bytes, at)
		out[kind & 0x7fff] = value
	end
	return out
end

function T.the_ways_that_are_offered()
	local request = ike.build_request(cookie)
	local count, at, list = request:byte(48), 49, {}
	for i = 1, count do
		local following, _, length, number, id = string.unpack(">BBI2BB", request, at)
		check.equal({ following, number, id }, { i < count and 3 or 0, i, 1 })
		list[i], at = attributes(request:sub(at + 8, at + length - 1)), at + length
	end
	check.equal(at, #request + 1)
	check.equal(list[1], { [1] = 7, [14] = 256, [2] = 2, [3] = 1, [4] = 14, [11] = 1, [12] = 28800 })
	check.equal(list[3], { [1] = 5, [2] = 2, [3] = 1, [4] = 2, [11] = 1, [12] = 28800 })
	check.equal({ list[2][14], list[4][2], list[5][3], list[6][3], count }, { 128, 1, 3, 3, 6 })
end

function T.an_answer_may_end_anywhere()
	check.equal(ike.parse_response(strongswan:sub(1, 28), cookie), { vendors = {} })
	check.equal(#ike.parse_response(strongswan:sub(1, -2), cookie).vendors, 2)
	check.equal(ike.parse_response(message { { 11, "\0\0\0\1\1\0\0\5" } }, cookie).notification, "INVALID-MAJOR-VERSION")
	check.equal(ike.parse_response(message { { 11, "\0\0\0\1\1\0\0\99" } }, cookie).notification, "notification 99")
	check.equal({ ike.describe_vendors { "\x1e\x2b\x51\x69\5\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61\0\0\0\9" } },
		{ "Microsoft Windows", {} })
end

return T
