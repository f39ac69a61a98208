--- ipmi: who a management controller is over RMCP (IPMI 2.0, 13): its ways to log in, and whether a
-- session without any protection ("cipher zero") would be opened. No login.

local strict = require "strict"
local string = string

local M = {}

local rmcp = "\6\0\xff\7"

local function checksum(bytes)
	local sum = 0
	for i = 1, #bytes do
		sum = sum + bytes:byte(i)
	end
	return string.char(-sum & 0xff)
end

--- Asks for the channel's ways to log in as administrator, and for the data of version 2.0.
function M.build_auth_capabilities(sequence)
	local head, body = "\x20\x18", "\x81" .. string.char((sequence or 1) << 2) .. "\x38\x8e\4"
	local message = head .. checksum(head) .. body .. checksum(body)
	return rmcp .. "\0" .. string.pack("<I4I4", 0, 0) .. string.char(#message) .. message
end

local function bits(value, names)
	local list = {}
	for i = 1, #names do
		if value & names[i][1] ~= 0 then
			list[#list + 1] = names[i][2]
		end
	end
	return list
end

local types = { { 0x20, "oem" }, { 0x10, "password" }, { 0x04, "md5" }, { 0x02, "md2" }, { 0x01, "null" } }

--- {version2, types, per_message, user_level, named_users, unnamed_users, anonymous, kg, v15, v20,
-- oem}: the answer to it; nil if it is none.
function M.parse_auth_capabilities(bytes)
	if #bytes < 29 or bytes:sub(1, 4) ~= rmcp or bytes:byte(5) ~= 0 or bytes:byte(20) ~= 0x38 then
		return nil
	end
	local message = bytes:sub(15)
	if message:byte(2) ~= 0x1c or message:byte(7) ~= 0 then
		return nil
	end
	local support, status, extended = message:byte(9, 11)
	return {
		version2 = support & 0x80 ~= 0, types = bits(support & 0x3f, types), types_mask = support & 0x3f,
		kg = status & 0x20 ~= 0, per_message = status & 0x10 == 0, user_level = status & 0x08 == 0,
		named_users = status & 0x04 ~= 0, unnamed_users = status & 0x02 ~= 0, anonymous = status & 0x01 ~= 0,
		status = status, v15 = extended & 1 ~= 0, v20 = extended & 2 ~= 0,
		oem = #message >= 14 and string.unpack("<I3", message, 12) or 0,
	}
end

--- An open-session request of RMCP+ (13.17) without authentication, integrity and encryption.
function M.build_open_session(tag, session)
	local payload = string.pack("<BBI2I4", tag or 0, 0, 0, session or 1)
	for kind = 0, 2 do
		payload = payload .. string.pack("<BI2BBI3", kind, 0, 8, 0, 0)
	end
	return rmcp .. "\6\16" .. string.pack("<I4I4I2", 0, 0, #payload) .. payload
end

--- {status, authentication, integrity, confidentiality} of its answer; nil if it is none.
function M.parse_open_session(bytes)
	if #bytes < 18 or bytes:sub(1, 4) ~= rmcp or bytes:byte(5) ~= 6 or bytes:byte(6) & 0x3f ~= 17 then
		return nil
	end
	local status = bytes:byte(18)
	if status ~= 0 or #bytes < 52 then
		return { status = status }
	end
	return { status = status, authentication = bytes:byte(33), integrity = bytes:byte(41),
		confidentiality = bytes:byte(49) }
end

return strict(M)
