--- redis: requests and answers of Redis (RESP, version 2).
--   local helper = redis.Helper:new(host, port)
--   if helper:connect() then
--     local status, response = helper:reqCmd("CONFIG", "GET", "bind")
--     if status and response.type == redis.Response.Type.MULTIBULK then ... response.data[2] ...
-- Functions give true and a value, or false and why not.

local bytestream = require "bytestream"
local strict = require "strict"
local ipairs, setmetatable, table, tonumber, tostring = ipairs, setmetatable, table, tonumber, tostring

local M = {}

-- Deeper or longer answers are refused.
local depth_max, elements_max, bytes_max = 8, 10000, 4194304

-- Answers ------------------------------------------------------------------------

M.Response = { Type = { STATUS = 0, ERROR = 1, INTEGER = 2, BULK = 3, MULTIBULK = 4 } }
local Type = M.Response.Type

local read_value

local function read_bulk(stream, text)
	local length = tonumber(text:match "^%-?%d+$")
	if not length or length < -1 then
		return nil, "bad length"
	elseif length == -1 then
		return { type = Type.BULK }
	end
	local data, why = stream:read(length + 2)
	if not data then
		return nil, why
	end
	return { type = Type.BULK, data = data:sub(1, -3) }
end

local function read_array(stream, text, depth)
	local count = tonumber(text:match "^%-?%d+$")
	if not count or count > elements_max or depth > depth_max then
		return nil, "bad count"
	end
	local list = {}
	for i = 1, count do
		local value, why = read_value(stream, depth + 1)
		if not value then
			return nil, why
		end
		if value.data == nil then
			value.data = false
		end
		list[i] = value.data
		stream.values = (stream.values or 0) + 1
		if stream.values > elements_max then
			return nil, "too many elements"
		end
	end
	return { type = Type.MULTIBULK, data = list }
end

local readers = {
	["+"] = function(_, text) return { type = Type.STATUS, data = text } end,
	["-"] = function(_, text) return { type = Type.ERROR, data = text } end,
	[":"] = function(_, text)
		local number = tonumber(text:match "^%-?%d+$")
		if not number then
			return nil, "bad number"
		end
		return { type = Type.INTEGER, data = number }
	end,
	["$"] = read_bulk,
	["*"] = read_array,
}

function read_value(stream, depth)
	local line, why = stream:line()
	if not line then
		return nil, why
	end
	local read = readers[line:sub(1, 1)]
	if not read then
		return nil, "not Redis"
	end
	return read(stream, line:sub(2), depth)
end

--- Reads an answer of a bytestream: {type =, data =}. Data of BULK is nil, and an element of
-- MULTIBULK false, where Redis has none.
function M.Response.readFrom(stream)
	return read_value(stream, 0)
end

--- For scripts with a socket of their own: Response:new(socket):receive().
M.Response.__index = M.Response

function M.Response.new(class, socket)
	return setmetatable({ stream = bytestream.wrap(socket, { most = bytes_max }) }, class)
end

function M.Response:receive()
	local value, why = read_value(self.stream, 0)
	return value ~= nil, value or why
end

-- Requests -----------------------------------------------------------------------

M.Request = {}

--- A request of words as bytes.
function M.Request.build(...)
	local words = { ... }
	local out = { "*" .. #words .. "\r\n" }
	for _, word in ipairs(words) do
		word = tostring(word)
		out[#out + 1] = "$" .. #word .. "\r\n" .. word .. "\r\n"
	end
	return table.concat(out)
end

-- Connection ---------------------------------------------------------------------

M.Helper = {}
M.Helper.__index = M.Helper

function M.Helper.new(class, host, port)
	return setmetatable({ host = host, port = port, stream = false }, class)
end

function M.Helper:connect()
	local stream, why = bytestream.open(self.host, self.port, { most = bytes_max })
	self.stream = stream or false
	return stream ~= nil, why
end

--- Sends a command and its arguments; true and the answer.
function M.Helper:reqCmd(...)
	if not self.stream then
		return false, "not connected"
	end
	local ok, why = self.stream:send(M.Request.build(...))
	if not ok then
		return false, why
	end
	self.stream.values = 0
	local response
	response, why = M.Response.readFrom(self.stream)
	return response ~= nil, response or why
end

function M.Helper:close()
	return self.stream and self.stream:close() or false
end

return strict(M)
