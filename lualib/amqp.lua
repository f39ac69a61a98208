--- amqp: how a server of AMQP 0-9-1 begins: its version, properties and ways to log in.
--   local amqp_client = amqp.AMQP:new(host, port)
--   if amqp_client:connect() and amqp_client:handshake() then amqp_client:getServerProduct() ...

local bytestream = require "bytestream"
local cut = require "cut"
local strict = require "strict"
local ipairs, setmetatable, string, table, tostring, type = ipairs, setmetatable, string, table, tostring, type

local M = {}

local frame_max, depth_max, fields_max = 131072, 8, 1000
local frame_end = 0xce

--- What a client says first, for a version.
function M.protocolHeader(major, minor, revision)
	return "AMQP" .. string.char(0, major or 0, minor or 9, revision or 1)
end

-- Field tables -------------------------------------------------------------------

local parse_table

-- Each gives the value at a position and the position behind it; nil when cut off.
local function one(format)
	return function(bytes, at)
		return cut.unpack(format, bytes, at)
	end
end

local text = one ">s4"

local function decimal(bytes, at)
	local scale, number, after = cut.unpack(">Bi4", bytes, at)
	return scale and number / 10.0 ^ scale, after
end

local value_at

local function array(bytes, at, depth)
	local content, after = text(bytes, at)
	if not content or depth > depth_max then
		return nil
	end
	local list, inner = {}, 1
	while inner <= #content and #list < fields_max do
		local value
		value, inner = value_at(content, inner, depth + 1)
		if not inner then
			return nil
		end
		list[#list + 1] = value
	end
	return list, after
end

local octet = one "B"
local kinds = {
	t = function(bytes, at)
		local number, after = octet(bytes, at)
		return number ~= 0, number and after
	end,
	b = one "b", B = one "B", s = one ">i2", u = one ">I2", U = one ">i2", I = one ">i4", i = one ">I4",
	l = one ">i8", L = one ">i8", f = one ">f", d = one ">d", T = one ">i8",
	D = decimal, S = text, x = text, A = array,
	F = function(bytes, at, depth)
		local content, after = text(bytes, at)
		local inner = content and parse_table(content, depth + 1)
		return inner, inner and after
	end,
	V = function(_, at) return false, at end,
}

-- A value behind the letter of its kind.
function value_at(bytes, at, depth)
	local kind = kinds[bytes:sub(at, at)]
	if not kind then
		return nil
	end
	return kind(bytes, at + 1, depth)
end

--- A field table's content: {{name =, value =}, ...} in its order; nil if it is broken.
function parse_table(bytes, depth)
	local fields, at = {}, 1
	if depth > depth_max then
		return nil
	end
	while at <= #bytes do
		local length = bytes:byte(at)
		local name, value = bytes:sub(at + 1, at + length), nil
		value, at = value_at(bytes, at + 1 + length, depth)
		if not at or #fields >= fields_max then
			return nil
		end
		fields[#fields + 1] = { name = name, value = value }
	end
	return fields
end

-- Frames -------------------------------------------------------------------------

--- The content of a connection.start (class 10, method 10): {major, minor, properties,
-- mechanisms, locales}; nil if it is something else.
function M.parseStart(content)
	if #content < 6 or string.unpack(">I2I2", content) ~= 10 or content:sub(3, 4) ~= "\0\10" then
		return nil
	end
	local start, bytes, at = { major = content:byte(5), minor = content:byte(6) }, text(content, 7)
	start.properties = bytes and parse_table(bytes, 1)
	if not start.properties then
		return nil
	end
	start.mechanisms, at = text(content, at)
	start.locales = at and text(content, at)
	return start.locales and start or nil
end

-- The content of the next method frame. A server that wants another version says which.
local function read_method(stream)
	local head, why = stream:read(7)
	if not head then
		return nil, why
	elseif head:sub(1, 4) == "AMQP" then
		local last = stream:read(1) or ""
		return nil, "wants protocol " .. table.concat({ (head .. last):byte(5, 8) }, ".")
	end
	local kind, _, length = string.unpack(">BI2I4", head)
	if kind ~= 1 or length > frame_max then
		return nil, "not AMQP"
	end
	local content
	content, why = stream:read(length + 1)
	if not content or content:byte(-1) ~= frame_end then
		return nil, why or "not AMQP"
	end
	return content:sub(1, -2)
end

-- Client -------------------------------------------------------------------------

M.AMQP = {}
M.AMQP.__index = M.AMQP

function M.AMQP.new(class, host, port)
	return setmetatable({ host = host, port = port, stream = false, start = false }, class)
end

function M.AMQP:connect()
	local stream, why = bytestream.open(self.host, self.port)
	self.stream = stream or false
	return stream ~= nil, why
end

--- Begins, and reads what the server says of itself; no login follows.
function M.AMQP:handshake()
	local ok, why = self.stream:send(M.protocolHeader())
	local content
	if ok then
		content, why = read_method(self.stream)
	end
	self.start = content and M.parseStart(content) or false
	return self.start ~= false, why or "not AMQP"
end

function M.AMQP:disconnect()
	return self.stream and self.stream:close() or false
end

local function property(start, name)
	for _, field in ipairs(start and start.properties or {}) do
		if field.name == name and type(field.value) == "string" then
			return field.value
		end
	end
	return nil
end

function M.AMQP:getServerProduct()
	return property(self.start, "product")
end

function M.AMQP:getServerVersion()
	return property(self.start, "version")
end

function M.AMQP:getServerPlatform()
	return property(self.start, "platform")
end

--- "0-9".
function M.AMQP:getProtocolVersion()
	return self.start and self.start.major .. "-" .. self.start.minor or nil
end

-- Lines of a table's fields; an inner table is a list below its name.
local function lines_of(fields)
	local lines = {}
	for _, field in ipairs(fields) do
		local value = field.value
		if type(value) == "table" then
			local inner = lines_of(value)
			inner.name = field.name .. ": "
			lines[#lines + 1] = inner
		else
			value = type(value) == "boolean" and (value and "YES" or "NO") or tostring(value)
			lines[#lines + 1] = field.name .. ": " .. value
		end
	end
	return lines
end

--- What it says of itself, as a list of lines for stdnse.format_output().
function M.AMQP:getServerProperties()
	local lines = lines_of(self.start.properties)
	lines[#lines + 1] = "mechanisms: " .. self.start.mechanisms
	lines[#lines + 1] = "locales: " .. self.start.locales
	return lines
end

return strict(M)
