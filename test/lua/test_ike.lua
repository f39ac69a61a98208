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

return T
