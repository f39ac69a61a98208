local check = require "check"
local ipmi = require "ipmi"

local T = {}

local capabilities = "\6\0\xff\7\0" .. ("\0"):rep(8) .. "\x10" .. "\x81\x1c\x63\x20\4\x38\0\1\x97\6\3\0\0\0\0\x03"
local opened = "\6\0\xff\7\6\17" .. ("\0"):rep(8) .. "\36\0" .. "\0\0\4\0\1\0\0\0\2\0\0\0" .. "\0\0\0\8\0\0\0\0" ..
	"\1\0\0\8\0\0\0\0" .. "\2\0\0\8\0\0\0\0"

function T.questions_have_their_layout()
	check.equal(ipmi.build_auth_capabilities(), "\6\0\xff\7\0" .. ("\0"):rep(8) .. "\9\x20\x18\xc8\x81\4\x38\x8e\4\xb1")
	local request = ipmi.build_open_session(0, 1)
	check.equal({ #request, request:byte(5), request:byte(6), (string.unpack("<I2", request, 15)) }, { 48, 6, 16, 32 })
end

function T.ways_to_log_in()
	local told = ipmi.parse_auth_capabilities(capabilities)
	check.equal({ told.version2, told.types, told.v15, told.v20, told.oem },
		{ true, { "password", "md5", "md2", "null" }, true, true, 0 })
	check.equal({ told.per_message, told.named_users, told.unnamed_users, told.anonymous }, { true, true, true, false })
	check.is_nil(ipmi.parse_auth_capabilities(capabilities:sub(1, 24)))
	check.is_nil(ipmi.parse_auth_capabilities(opened))
end

function T.sessions_that_would_be_opened()
	check.equal(ipmi.parse_open_session(opened), { status = 0, authentication = 0, integrity = 0, confidentiality = 0 })
	check.equal(ipmi.parse_open_session(opened:sub(1, 17) .. "\17"), { status = 17 })
	check.is_nil(ipmi.parse_open_session(capabilities))
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		ipmi.parse_auth_capabilities(bytes)
		ipmi.parse_open_session(bytes)
	end, { capabilities, opened })
end

local function with(support, status, extended, oem)
	return ipmi.parse_auth_capabilities(capabilities:sub(1, 22) .. string.char(support, status, extended) ..
		(oem or "\0\0\0") .. "\0\x03")
end

function T.each_bit_has_its_meaning()
	check.equal({ with(0, 0x20, 0).kg, with(0, 0, 0).kg, with(0, 1, 0).anonymous, with(0, 0, 0).anonymous },
		{ true, false, true, false })
	check.equal({ with(0, 0x10, 0).per_message, with(0, 8, 0).user_level, with(0, 4, 0).named_users,
		with(0, 2, 0).unnamed_users }, { false, false, true, true })
	check.equal({ with(0, 0, 0).named_users, with(0, 0, 0).user_level, with(0, 0, 1).v15, with(0, 0, 2).v15,
		with(0, 0, 2).v20, with(0, 0, 1).v20 }, { false, true, true, false, true, false })
	check.equal({ with(0x20, 0, 0).types, with(0, 0, 0).version2, with(0, 0, 0, "\x57\1\0").oem }, { { "oem" }, false, 343 })
	local request = ipmi.build_open_session(3, 0x01020304)
	check.equal(request:sub(17), "\3\0\0\0\4\3\2\1" .. "\0\0\0\8\0\0\0\0\1\0\0\8\0\0\0\0\2\0\0\8\0\0\0\0")
	local aes = opened:sub(1, 48) .. "\1" .. opened:sub(50)
	check.equal(ipmi.parse_open_session(aes).confidentiality, 1)
end

return T
