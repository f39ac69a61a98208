--- netbios: names on the wire (RFC 1001, 14; RFC 1002, 4.1) and the answer to a
-- node status request (RFC 1002, 4.2.18).

local strict = require "strict"
local string, table = string, table

local M = {}

local function half_bytes(c)
	local byte = c:byte()
	return string.char(0x41 + (byte >> 4), 0x41 + (byte & 15))
end

--- A name of up to 15 characters (16 with the suffix byte) in the coding of two
-- letters a byte, as a label of 32; the scope's labels behind it, and the root.
function M.name_encode(name, scope)
	local padding = name == "*" and "\0" or " "
	local full = (name:upper() .. string.rep(padding, 16)):sub(1, 16)
	local out = { "\32", (full:gsub(".", half_bytes)) }
	for label in (scope or ""):gmatch("[^.]+") do
		label = label:sub(1, 63)
		out[#out + 1] = string.char(#label) .. label
	end
	return table.concat(out) .. "\0"
end

-- Two letters as a byte; a letter out of A..P is none.
local function whole_byte(pair)
	local high, low = pair:byte(1) - 0x41, pair:byte(2) - 0x41
	if high < 0 or high > 15 or low < 0 or low > 15 then
		return ""
	end
	return string.char(high << 4 | low)
end

-- The labels behind the name, joined by dots; nil when cut off.
local function scope_of(bytes, at)
	local labels = {}
	while true do
		local length = bytes:byte(at)
		if not length or length > 63 or at + length > #bytes then
			return nil
		elseif length == 0 then
			return table.concat(labels, ".")
		end
		labels[#labels + 1] = bytes:sub(at + 1, at + length)
		at = at + length + 1
	end
end

--- The name (16 bytes without the padding) and the scope; nil if it is no such
-- name.
function M.name_decode(bytes)
	if bytes:byte(1) ~= 32 or #bytes < 33 then
		return nil
	end
	local name = bytes:sub(2, 33):gsub("..", whole_byte)
	if #name ~= 16 then
		return nil
	end
	return (name:gsub("[ \0]+$", "")), scope_of(bytes, 34) or ""
end

local flags = {
	{ 0x8000, "<group>" }, { 0x1000, "<deregister>" }, { 0x0800, "<conflict>" },
	{ 0x0400, "<active>" }, { 0x0200, "<permanent>" },
}

--- What the flags of a name in a node status say.
function M.flags_to_string(value)
	local out = value & 0x8000 == 0 and "<unique>" or ""
	for i = 1, #flags do
		if value & flags[i][1] ~= 0 then
			out = out .. flags[i][2]
		end
	end
	return out
end

--- A node status request with that number: for all names ("*").
function M.nbstat_request(id)
	return string.pack(">I2I2I2I2I2I2", id, 0, 1, 0, 0, 0) .. M.name_encode("*") .. string.pack(">I2I2", 0x21, 1)
end

local function read_names(bytes, at, count)
	local names = {}
	if at + count * 18 - 1 > #bytes then
		return nil
	end
	for i = 1, count do
		local name, suffix, value = string.unpack(">c15BI2", bytes, at)
		names[i] = { name = name:gsub("[ \0]+$", ""), suffix = suffix, flags = value }
		at = at + 18
	end
	return names, at
end

--- The names of a node status response and, where they are there, the statistics'
-- bytes, whose first six are the adapter's MAC address; nil if it is none.
function M.nbstat_response(bytes)
	if #bytes < 12 or string.unpack(">I2", bytes, 3) & 0x8000 == 0 then
		return nil
	end
	-- A question is not repeated in it: name, type, class, time to live, length.
	local at = bytes:find("\0", 13, true)
	if not at or at + 11 > #bytes or string.unpack(">I2", bytes, at + 1) ~= 0x21 then
		return nil
	end
	local names, after = read_names(bytes, at + 12, bytes:byte(at + 11))
	if not names then
		return nil
	end
	return names, bytes:sub(after)
end

return strict(M)
