local check = require "check"
local ntp = require "ntp"

local T = {}

local reply = "\x24\2\3\xe9\0\0\1\0\0\0\2\0\10\0\0\1" .. ("\0"):rep(8) .. ("\0"):rep(8) ..
	string.pack(">I4I4I4I4", 1700000000 + 2208988800, 0x80000000, 1700000001 + 2208988800, 0)
local variables = 'version="ntpd 4.2.8p15, built, somewhere", processor="x86_64",\r\nleap=0, stratum=2,refid=10.0.0.1, empty=, tc=6\r\n'
local control = string.pack(">BBI2I2I2I2I2", 0x16, 0x82, 1, 0x0615, 0, 0, #variables) .. variables

function T.a_question_and_its_answer()
	check.equal({ #ntp.build_request(), ntp.build_request():byte(1) }, { 48, 0x23 })
	local seen = ntp.parse_reply(reply)
	check.equal({ seen.stratum, seen.precision, seen.received, seen.sent, seen.version, seen.leap },
		{ 2, -23, 1700000000.5, 1700000001.0, 4, 0 })
	check.is_nil(seen.reference)
	check.is_nil(ntp.parse_reply(reply:sub(1, 47)))
	check.is_nil(ntp.parse_reply(ntp.build_request()))
end

function T.variables_of_a_server()
	check.equal(#ntp.build_read_variables(), 12)
	local seen = ntp.parse_control(control)
	check.equal({ seen.more, seen.error, seen.status }, { false, false, 0x0615 })
	check.equal(ntp.parse_variables(seen.data), { { "version", "ntpd 4.2.8p15, built, somewhere" },
		{ "processor", "x86_64" }, { "leap", "0" }, { "stratum", "2" }, { "refid", "10.0.0.1" }, { "empty", "" },
		{ "tc", "6" } })
	check.is_nil(ntp.parse_control(control:sub(1, -2)))
	check.is_nil(ntp.parse_control(ntp.build_read_variables()))
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		ntp.parse_reply(bytes)
		local seen = ntp.parse_control(bytes)
		ntp.parse_variables(seen and seen.data or bytes)
	end, { reply, control, variables, ("a=1,"):rep(150) })
end

function T.each_field_is_where_the_rfc_has_it()
	local seen = ntp.parse_reply("\xdc\3\6\xec" .. string.pack(">i4I4", 0x18000, 0x8000) .. "GPS\0" ..
		string.pack(">I4I4I4I4I4I4I4I4", 2208988801, 0, 2208988802, 0, 2208988803, 0, 2208988804, 0))
	check.equal({ seen.leap, seen.version, seen.mode, seen.stratum, seen.poll, seen.precision, seen.refid },
		{ 3, 3, 4, 3, 6, -20, "GPS\0" })
	check.equal({ seen.root_delay, seen.root_dispersion, seen.reference, seen.origin, seen.received, seen.sent },
		{ 1.5, 0.5, 1.0, 2.0, 3.0, 4.0 })
	check.equal(ntp.timestamp(string.pack(">I4I4", 2208988800, 0x40000000)), 0.25)
	check.equal(ntp.parse_reply("\x22" .. reply:sub(2)).mode, 2)
	check.is_nil(ntp.parse_reply("\x25" .. reply:sub(2)))
	check.equal(ntp.build_read_variables(), "\x16\2\0\1\0\0\0\0\0\0\0\0")
	check.equal(ntp.parse_control(control .. "more").data, variables)
end

return T
