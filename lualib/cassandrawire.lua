--- cassandrawire: as much of Cassandra's protocols as tells what a server is: CQL's binary
-- protocol, version 3 (port 9042), and calls without arguments over Thrift (port 9160).
-- Builders give bytes, parsers nil where bytes are cut off or something else.

local cut = require "cut"
local strict = require "strict"
local ipairs, select, string = ipairs, select, string

local M = {}

local frame_max, names_max, rows_max = 1048576, 200, 100

--- Kinds of frames.
M.opcodes = {
	ERROR = 0, STARTUP = 1, READY = 2, AUTHENTICATE = 3, OPTIONS = 5, SUPPORTED = 6, QUERY = 7, RESULT = 8,
}

-- CQL, out -----------------------------------------------------------------------

function M.buildFrame(opcode, body)
	return string.pack(">BBI2Bs4", 3, 0, 1, opcode, body or "")
end

--- Begins a session.
function M.buildStartup()
	return M.buildFrame(M.opcodes.STARTUP, string.pack(">I2s2s2", 1, "CQL_VERSION", "3.0.0"))
end

--- A query with consistency ONE.
function M.buildQuery(query)
	return M.buildFrame(M.opcodes.QUERY, string.pack(">s4I2B", query, 1, 0))
end

-- CQL, in ------------------------------------------------------------------------

local head_bytes = 9

local function rest_of(head)
	local version, _, _, _, length = string.unpack(">BBi2BI4", head)
	if version & 0x80 == 0 or version & 0x7f > 5 or length > frame_max then
		return nil, "not CQL"
	end
	return length
end

--- The next frame of a bytestream: its opcode and body; nil and why.
function M.readFrame(stream)
	local head, body = stream:framed(head_bytes, rest_of)
	return head and head:byte(5), body
end

local function string_at(bytes, at)
	return cut.unpack(">s2", bytes, at)
end

--- What a server supports: {COMPRESSION = {"lz4", ...}, CQL_VERSION = {"3.4.4"}, ...}.
function M.parseSupported(body)
	local count, at = cut.unpack(">I2", body, 1)
	local supported = {}
	for _ = 1, count and count <= names_max and count or 0 do
		local name, values
		name, at = string_at(body, at)
		values, at = cut.unpack(">I2", body, at)
		if not values or values > names_max then
			return nil
		end
		supported[name] = {}
		for i = 1, values do
			supported[name][i], at = string_at(body, at)
			if not at then
				return nil
			end
		end
	end
	return at and supported
end

--- An error's {code, message}.
function M.parseError(body)
	local code, at = cut.unpack(">I4", body, 1)
	local message = code and string_at(body, at)
	return message and { code = code, message = message }
end

--- The class that an AUTHENTICATE names.
function M.parseAuthenticate(body)
	return (string_at(body, 1))
end

-- Types without parameters.
local function is_simple(kind)
	return kind >= 0x01 and kind <= 0x15
end

-- Names of columns, and the position behind their types.
local function columns_at(body, at)
	local flags, count
	flags, at = cut.unpack(">I4", body, at)
	count, at = cut.unpack(">I4", body, at)
	if not at or count > names_max or flags & 6 ~= 0 then
		return nil
	end
	local names, skip = {}, flags & 1 == 1 and 0 or 2
	for _ = 1, flags & 1 == 1 and 2 or 0 do
		at = at and select(2, string_at(body, at))
	end
	for i = 1, count do
		for _ = 1, skip do
			at = at and select(2, string_at(body, at))
		end
		local kind
		names[i], at = string_at(body, at)
		kind, at = cut.unpack(">I2", body, at)
		if not at or not is_simple(kind) then
			return nil
		end
	end
	return names, at
end

--- A result's rows of simple columns: {{name = "value"}, ...}.
function M.parseRows(body)
	local kind, at = cut.unpack(">I4", body, 1)
	local names, count
	if kind ~= 2 then
		return nil
	end
	names, at = columns_at(body, at)
	count, at = cut.unpack(">I4", body, at)
	if not at or count > rows_max then
		return nil
	end
	local rows = {}
	for i = 1, count do
		rows[i] = {}
		for _, name in ipairs(names) do
			local length
			length, at = cut.unpack(">i4", body, at)
			if not at or length > 0 and at + length - 1 > #body then
				return nil
			elseif length >= 0 then
				rows[i][name], at = body:sub(at, at + length - 1), at + length
			end
		end
	end
	return rows
end

-- Thrift -------------------------------------------------------------------------

local thrift_call, thrift_reply, thrift_string = 0x80010001, 0x80010002, 11

--- A call without arguments, in a frame.
function M.buildCall(name)
	return string.pack(">s4", string.pack(">I4s4I4B", thrift_call, name, 1, 0))
end

-- The kind and number of the first field of a reply, and the position behind them. Number 0
-- is what the call returns; others are exceptions.
local function reply_field(bytes, name)
	local kind, length, field, number
	kind, length = cut.unpack(">I4", bytes, 1)
	local at = length
	length, at = cut.unpack(">I4", bytes, at)
	if kind ~= thrift_reply or length ~= #name or bytes:sub(at, at + length - 1) ~= name then
		return nil
	end
	field, at = cut.unpack(">B", bytes, at + length + 4)
	number, at = cut.unpack(">I2", bytes, at)
	return number and field, number, at
end

--- The text that a call of that name returned (without the frame's length).
function M.parseReply(bytes, name)
	local field, number, at = reply_field(bytes, name)
	if field ~= thrift_string or number ~= 0 then
		return nil
	end
	return (cut.unpack(">s4", bytes, at))
end

local function rest_of_reply(head)
	local length = string.unpack(">I4", head)
	if length > frame_max then
		return nil, "not Thrift"
	end
	return length
end

-- The reply to a call; nil and why.
local function exchange(stream, name)
	local head, reply = stream:ask(M.buildCall(name), 4, rest_of_reply)
	if not head then
		return nil, reply
	end
	return reply
end

--- Calls, and gives the text that was returned; nil and why.
function M.call(stream, name)
	local reply, why = exchange(stream, name)
	return reply and M.parseReply(reply, name), why
end

--- Whether a call returns something, and no exception.
function M.returns(stream, name)
	local reply = exchange(stream, name)
	local field, number = reply_field(reply or "", name)
	return field ~= nil and field ~= 0 and number == 0
end

return strict(M)
