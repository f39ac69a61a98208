--- kafka: as much of Kafka's protocol (kafka.apache.org/protocol) as tells what a broker is:
-- ApiVersions, Metadata, and which ways to log in it has.
--   local kafka_client = kafka.Client:new(host, port)
--   if kafka_client:connect() then
--     local versions = kafka_client:apiVersions()    -- {[3] = {min = 0, max = 12}, ...}
--     local metadata = kafka_client:metadata()       -- {brokers = {...}, topics = {...}}
-- Functions give nil and why on failure; parsers nil where bytes are cut off.

local bytestream = require "bytestream"
local strict = require "strict"
local setmetatable, string = setmetatable, string

local M = {}

M.keys = { METADATA = 3, SASL_HANDSHAKE = 17, API_VERSIONS = 18 }

local answer_max, list_max = 4194304, 5000

--- A request with the header of version 1.
function M.buildRequest(key, version, correlation, body)
	return string.pack(">s4", string.pack(">I2I2I4s2", key, version, correlation, "portolan") .. (body or ""))
end

-- Parsing ------------------------------------------------------------------------

-- A reader that remembers that it read past the end: then all it gives is nil.
local Reader = {}
Reader.__index = Reader

local function reader(bytes)
	return setmetatable({ bytes = bytes, at = 1, failed = false }, Reader)
end

function Reader:number(format)
	local size = string.packsize(format)
	if self.failed or self.at + size - 1 > #self.bytes then
		self.failed = true
		return nil
	end
	local value = string.unpack(format, self.bytes, self.at)
	self.at = self.at + size
	return value
end

-- A text; -1 stands for null, which is "".
function Reader:text()
	local length = self:number ">i2"
	if not length or self.at + length - 1 > #self.bytes then
		self.failed = true
		return nil
	end
	local text = length > 0 and self.bytes:sub(self.at, self.at + length - 1) or ""
	self.at = self.at + #text
	return text
end

-- As many as a count says; each is what the function gives.
function Reader:list(read)
	local count, list = self:number ">i4", {}
	if not count or count > list_max then
		self.failed = true
		return nil
	end
	for i = 1, count do
		list[i] = read(self)
		if self.failed then
			return nil
		end
	end
	return list
end

--- What an ApiVersions (0) answered, behind the correlation: {[key] = {min =, max =}}.
function M.parseApiVersions(bytes)
	local from, versions = reader(bytes), {}
	local code = from:number ">I2"
	from:list(function()
		local key = from:number ">I2"
		local range = { min = from:number ">I2", max = from:number ">I2" }
		if not from.failed then
			versions[key] = range
		end
		return true
	end)
	if from.failed or code ~= 0 then
		return nil
	end
	return versions
end

local function read_broker(from)
	local broker = { id = from:number ">i4", host = from:text(), port = from:number ">i4" }
	from:text()
	return broker
end

local function read_number(from)
	return from:number ">i4"
end

local function read_partition(from)
	local partition = { code = from:number ">i2", id = from:number ">i4", leader = from:number ">i4" }
	partition.replicas, partition.in_sync = from:list(read_number), from:list(read_number)
	return partition
end

local function read_topic(from)
	local topic = { code = from:number ">i2", name = from:text(), internal = from:number "B" == 1 }
	topic.partitions = from:list(read_partition)
	return topic
end

--- What a Metadata (1) answered: {brokers = {{id, host, port}}, controller, topics = {{name,
-- internal, partitions}}}.
function M.parseMetadata(bytes)
	local from = reader(bytes)
	local metadata = { brokers = from:list(read_broker), controller = from:number ">i4", topics = from:list(read_topic) }
	if from.failed then
		return nil
	end
	return metadata
end

--- What a SaslHandshake (0) answered: a code, and the names of the ways to log in.
function M.parseHandshake(bytes)
	local from = reader(bytes)
	local code = from:number ">i2"
	local mechanisms = from:list(from.text)
	if from.failed then
		return nil
	end
	return code, mechanisms
end

-- Client -------------------------------------------------------------------------

M.Client = {}
M.Client.__index = M.Client

function M.Client.new(class, host, port)
	return setmetatable({ host = host, port = port, stream = false, asked = 0 }, class)
end

function M.Client:connect()
	local stream, why = bytestream.open(self.host, self.port, { most = 2 * answer_max })
	self.stream = stream or false
	return stream ~= nil, why
end

-- What is behind the correlation of the answer.
function M.Client:exchange(key, version, body)
	self.asked = self.asked + 1
	local head, content = self.stream:ask(M.buildRequest(key, version, self.asked, body), 8, function(head)
		local length, correlation = string.unpack(">I4I4", head)
		if length < 4 or length > answer_max or correlation ~= self.asked then
			return nil, "not Kafka"
		end
		return length - 4
	end)
	if not head then
		return nil, content
	end
	return content
end

function M.Client:apiVersions()
	local bytes, why = self:exchange(M.keys.API_VERSIONS, 0)
	if not bytes then
		return nil, why
	end
	return M.parseApiVersions(bytes)
end

--- Of all topics.
function M.Client:metadata()
	local bytes, why = self:exchange(M.keys.METADATA, 1, "\xff\xff\xff\xff")
	if not bytes then
		return nil, why
	end
	return M.parseMetadata(bytes)
end

--- The ways to log in, asked for by a name that none has.
function M.Client:mechanisms()
	local bytes, why = self:exchange(M.keys.SASL_HANDSHAKE, 0, string.pack(">s2", "NONE"))
	if not bytes then
		return nil, why
	end
	local _, mechanisms = M.parseHandshake(bytes)
	return mechanisms
end

function M.Client:close()
	return self.stream and self.stream:close() or false
end

return strict(M)
