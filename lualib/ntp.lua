--- ntp: messages of NTP as bytes and tables: a client's question and its answer (RFC 5905), the
-- question for a server's variables (mode 6, RFC 9327). Never mode 7, never monlist.

local strict = require "strict"
local string = string

local M = {}

-- Seconds from 1900 to 1970.
local epoch_1900 = 2208988800
local control_mode, read_variables = 6, 2

--- A client's question (mode 3), version 4.
function M.build_request()
	return "\x23" .. string.rep("\0", 47)
end

--- Seconds since 1970 of a timestamp's eight bytes (a float); nil for none.
function M.timestamp(bytes, at)
	local seconds, fraction = string.unpack(">I4I4", bytes, at or 1)
	if seconds == 0 then
		return nil
	end
	return seconds - epoch_1900 + fraction / 4294967296
end

--- An answer: {leap, version, mode, stratum, poll, precision, root_delay, root_dispersion, refid,
-- reference, origin, received, sent}; nil if it is none.
function M.parse_reply(bytes)
	if #bytes < 48 then
		return nil
	end
	local first, stratum, poll, precision, delay, dispersion, refid = string.unpack(">BBbbi4I4c4", bytes)
	if first & 7 ~= 4 and first & 7 ~= 2 then
		return nil
	end
	return { leap = first >> 6, version = first >> 3 & 7, mode = first & 7, stratum = stratum, poll = poll,
		precision = precision, root_delay = delay / 65536, root_dispersion = dispersion / 65536, refid = refid,
		reference = M.timestamp(bytes, 17), origin = M.timestamp(bytes, 25), received = M.timestamp(bytes, 33),
		sent = M.timestamp(bytes, 41) }
end

--- The question for the system's variables.
function M.build_read_variables(sequence)
	return string.pack(">BBI2I2I2I2I2", 2 << 3 | control_mode, read_variables, sequence or 1, 0, 0, 0, 0)
end

--- An answer in mode 6: {more, error, sequence, status, offset, data}; nil if it is none.
function M.parse_control(bytes)
	if #bytes < 12 then
		return nil
	end
	local first, operation, sequence, status, _, offset, count = string.unpack(">BBI2I2I2I2I2", bytes)
	if first & 7 ~= control_mode or operation & 0x80 == 0 or operation & 31 ~= read_variables or
		count > #bytes - 12 then
		return nil
	end
	return { more = operation & 0x20 ~= 0, error = operation & 0x40 ~= 0, sequence = sequence, status = status,
		offset = offset, data = bytes:sub(13, 12 + count) }
end

-- The value at a position and the position behind it: in quotes, or up to the comma.
local function read_value(text, at)
	if text:sub(at, at) == '"' then
		local value, after = text:match('^"([^"]*)"?()', at)
		return value, after
	end
	local value, after = text:match("^([^,]*)()", at)
	return value:match "^(.-)%s*$", after
end

--- The variables of an answer's data, in its order: a list of {name, value}; at most 200.
function M.parse_variables(text)
	local list, at = {}, 1
	while #list < 200 do
		local name, behind = text:match("^[%s,]*([%w_.%-]+)%s*=%s*()", at)
		if not name then
			return list
		end
		local value, after = read_value(text, behind)
		list[#list + 1], at = { name, value }, after
	end
	return list
end

return strict(M)
