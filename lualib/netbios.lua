--- netbios: names on the wire (RFC 1001, 14; RFC 1002, 4.1) and the answer to a
-- node status request (RFC 1002, 4.2.18); do_nbstat() asks a host for that.

local nmap = require "nmap"
local rand = require "rand"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, string, table, type = ipairs, string, table, type

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

-- Asking ---------------------------------------------------------------------------

local datagrams_max = 10

-- The bytes of an answer with our request's number.
local function receive(socket, id)
	for _ = 1, datagrams_max do
		local ok, bytes = socket:receive()
		if not ok then
			return nil
		elseif #bytes > 12 and string.unpack(">I2", bytes) == id then
			return bytes
		end
	end
end

local function ask(host, port)
	local socket = nmap.new_socket("udp")
	socket:set_timeout(stdnse.get_timeout(host, 4000, 1500))
	local id, answer = string.unpack(">I2", rand.random_string(2)), nil
	local connected = socket:connect(host, port, "udp")
	for _ = 1, connected and 2 or 0 do
		answer = answer or socket:send(M.nbstat_request(id)) and receive(socket, id) or nil
	end
	socket:close()
	return answer
end

--- A host's names: true, a list of {name, suffix, flags}, the statistics' bytes; false and why
-- not. The answer is kept for other scripts that ask.
function M.do_nbstat(host, port)
	local kept = type(host) == "table" and host.registry or {}
	if not kept.nbstat then
		local answer = ask(host, port or { number = 137, protocol = "udp" })
		local names, statistics = nil, nil
		if answer then
			names, statistics = M.nbstat_response(answer)
		end
		if not names then
			return false, "NetBIOS: no answer"
		end
		kept.nbstat = { names, statistics }
	end
	return true, kept.nbstat[1], kept.nbstat[2]
end

local function names_of(host, names)
	if names then
		return names
	end
	local ok, list = M.do_nbstat(host)
	return ok and list or nil
end

local function first_with(names, suffix)
	for _, entry in ipairs(names) do
		if entry.suffix == suffix and entry.flags & 0x8000 == 0 then
			return entry.name
		end
	end
end

--- The name of the server (suffix 0x20), of the workstation (0x00): true and the name (nil if it
-- has none); false and why not.
function M.get_server_name(host, names)
	local list = names_of(host, names)
	if not list then
		return false, "NetBIOS: no answer"
	end
	return true, first_with(list, 0x20)
end

function M.get_workstation_name(host, names)
	local list = names_of(host, names)
	if not list then
		return false, "NetBIOS: no answer"
	end
	return true, first_with(list, 0)
end

--- The user's name: one for messages (suffix 0x03) that is not the server's.
function M.get_user_name(host, names)
	local list = names_of(host, names)
	if not list then
		return false, "NetBIOS: no answer"
	end
	local server = first_with(list, 0x20) or first_with(list, 0)
	for _, entry in ipairs(list) do
		if entry.suffix == 3 and entry.name ~= server then
			return true, entry.name
		end
	end
	return true, nil
end

return strict(M)
