--- modbus: requests of Modbus/TCP that only read who a device is, and their answers.

local strict = require "strict"
local ipairs, string, table = ipairs, string, table

local M = {}

M.FUNCTIONS = { REPORT_SERVER_ID = 17, ENCAPSULATED = 43 }

--- What exception codes mean (V1.1b3, 7).
M.EXCEPTIONS = { "ILLEGAL FUNCTION", "ILLEGAL DATA ADDRESS", "ILLEGAL DATA VALUE", "SLAVE DEVICE FAILURE",
	"ACKNOWLEDGE", "SLAVE DEVICE BUSY", [8] = "MEMORY PARITY ERROR", [10] = "GATEWAY PATH UNAVAILABLE",
	[11] = "GATEWAY TARGET DEVICE FAILED TO RESPONSE" }

local function frame(id, unit, body)
	return string.pack(">I2I2I2B", id, 0, #body + 1, unit) .. body
end

--- Asks a unit for its identity as it likes to tell it.
function M.build_report_id(id, unit)
	return frame(id, unit, "\17")
end

--- Asks a unit for the basic objects: vendor, product, revision.
function M.build_identification(id, unit)
	return frame(id, unit, "\43\14\1\0")
end

--- How many bytes follow the six first ones; nil if they are none of Modbus.
function M.rest_length(head)
	if #head < 6 then
		return nil
	end
	local _, protocol, length = string.unpack(">I2I2I2", head)
	return protocol == 0 and length >= 2 and length <= 260 and length or nil
end

--- {id, unit, func, data} or {..., exception = code, error = text}; nil if it is no answer.
function M.parse(bytes)
	local length = M.rest_length(bytes)
	if not length or #bytes < 6 + length then
		return nil
	end
	local id, _, _, unit, func = string.unpack(">I2I2I2BB", bytes)
	local data = bytes:sub(9, 6 + length)
	local answer = { id = id, unit = unit, func = func & 0x7f, data = data }
	if func & 0x80 ~= 0 then
		answer.exception = data:byte(1) or 0
		answer.error = M.EXCEPTIONS[answer.exception] or string.format("UNKNOWN EXCEPTION %d", answer.exception)
	end
	return answer
end

--- The identity in an answer to build_report_id(); nil if there is none.
function M.report_id(answer)
	local count = answer.data:byte(1)
	if answer.exception or answer.func ~= M.FUNCTIONS.REPORT_SERVER_ID or not count or count == 0 then
		return nil
	end
	return answer.data:sub(2, 1 + count)
end

--- The objects of an answer to build_identification(), as a list of texts; nil if it is none.
function M.identification(answer)
	if answer.exception or answer.func ~= M.FUNCTIONS.ENCAPSULATED or #answer.data < 6 then
		return nil
	end
	local list, at = {}, 7
	for _ = 1, answer.data:byte(6) do
		local length = answer.data:byte(at + 1)
		if not length or at + 1 + length > #answer.data then
			break
		end
		list[#list + 1] = answer.data:sub(at + 2, at + 1 + length)
		at = at + 2 + length
	end
	return #list > 0 and list or nil
end

--- Texts on one line; empty ones are left out.
function M.joined(list)
	local out = {}
	for _, text in ipairs(list) do
		if text ~= "" then
			out[#out + 1] = text
		end
	end
	return table.concat(out, " ")
end

return strict(M)
