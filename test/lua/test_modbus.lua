local check = require "check"
local modbus = require "modbus"

local T = {}

local identity = "\0\7\0\0\0\8\1\17\5Lab\1\xff"
local objects = "\0\8\0\0\0\19\1\43\14\1\1\0\0\3\0\3Lab\1\2C7\2\0"

function T.requests_only_read()
	check.equal(modbus.build_report_id(7, 1), "\0\7\0\0\0\2\1\17")
	check.equal(modbus.build_identification(8, 2), "\0\8\0\0\0\5\2\43\14\1\0")
end

function T.who_a_device_is()
	check.equal(modbus.report_id(modbus.parse(identity)), "Lab\1\xff")
	check.equal(modbus.identification(modbus.parse(objects)), { "Lab", "C7", "" })
	check.equal(modbus.joined { "Lab", "C7", "" }, "Lab C7")
	check.equal(modbus.rest_length(identity), 8)
end

function T.exceptions_have_words()
	local seen = modbus.parse "\0\7\0\0\0\3\9\x91\11"
	check.equal({ seen.unit, seen.func, seen.error }, { 9, 17, "GATEWAY TARGET DEVICE FAILED TO RESPONSE" })
	check.is_nil(modbus.report_id(seen))
	check.equal(modbus.parse("\0\7\0\0\0\3\9\x91\99").error, "UNKNOWN EXCEPTION 99")
	check.equal(modbus.parse("\0\7\0\0\0\2\9\x91").error, "UNKNOWN EXCEPTION 0")
end

function T.others_are_none()
	check.is_nil(modbus.parse "HTTP/1.1 400 Bad")
	check.is_nil(modbus.parse(identity:sub(1, -2)))
	check.is_nil(modbus.identification(modbus.parse(identity)))
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		local seen = modbus.parse(bytes)
		if seen then
			modbus.report_id(seen)
			modbus.identification(seen)
		end
	end, { identity, objects })
end

function T.cut_off_objects_end_the_list()
	local function objects_of(data)
		return modbus.identification { func = 43, data = data }
	end
	check.equal(objects_of "\14\1\1\0\0\2\0\1A\1\1B", { "A", "B" })
	check.equal(objects_of "\14\1\1\0\0\2\0\1A\1\2B", { "A" })
	check.equal(objects_of "\14\1\1\0\0\1\0\1A", { "A" })
	check.is_nil(objects_of "\14\1\1\0\0\0")
	check.is_nil(modbus.identification { func = 43, exception = 1, data = "\14\1\1\0\0\1\0\1A" })
	check.is_nil(modbus.identification { func = 17, data = "\14\1\1\0\0\1\0\1A" })
	check.equal(modbus.report_id { func = 17, data = "\2abc" }, "ab")
	check.equal(modbus.parse(identity .. "behind").data, "\5Lab\1\xff")
end

return T
