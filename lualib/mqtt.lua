--- mqtt: MQTT 3.1.1 (OASIS standard) as a client that connects and listens.
--   local helper = mqtt.Helper:new(host, port)
--   local status, response = helper:connect { client_id = "x" }
--   if status and response.accepted then
--     helper:request("SUBSCRIBE", { filters = { { filter = "$SYS/#" } } }, "SUBACK")
--     status, response = helper:receive({ "PUBLISH" }, 2)     -- .topic, .payload
-- Functions give true and a value, or false and why not.

local bytestream = require "bytestream"
local cut = require "cut"
local nmap = require "nmap"
local strict = require "strict"
local ipairs, math, setmetatable, string, table, type = ipairs, math, setmetatable, string, table, type

local M = {}

local packet_max, answers_max = 262144, 10000

M.MQTT = { packet = {} }
local packets = M.MQTT.packet

--- Why a server refuses a connection (table 3.1).
M.MQTT.reasons = {
	[0] = "Connection Accepted", "Unacceptable Protocol Version", "Client Identifier Rejected", "Server Unavailable",
	"Bad User Name or Password", "Not Authorized",
}

-- Parts --------------------------------------------------------------------------

--- A length in one to four bytes of seven bits (2.2.3).
function M.MQTT.length_build(length)
	local out = {}
	repeat
		local byte = length & 0x7f
		length = length >> 7
		out[#out + 1] = string.char(byte | (length > 0 and 0x80 or 0))
	until length == 0
	return table.concat(out)
end

--- A length at a position, and the position behind it; nil if cut off or longer.
function M.MQTT.length_parse(bytes, at)
	at = at or 1
	local length = 0
	for i = 0, 3 do
		local byte = bytes:byte(at + i)
		if not byte then
			return nil
		end
		length = length | (byte & 0x7f) << 7 * i
		if byte < 0x80 then
			return length, at + i + 1
		end
	end
	return nil
end

function M.MQTT.utf8_build(text)
	return string.pack(">s2", text)
end

--- A text behind its length; nil if cut off.
function M.MQTT.utf8_parse(bytes, at)
	return cut.unpack(">s2", bytes, at or 1)
end

local function frame(kind, flags, content)
	return string.char(kind << 4 | flags) .. M.MQTT.length_build(#content) .. content
end

-- Packets ------------------------------------------------------------------------

local level_names = { [3] = "MQIsdp", [4] = "MQTT" }

packets.CONNECT = { number = 1 }

--- Options: protocol_level (4), protocol_name, client_id, username, password,
-- keep_alive_secs (30). Always a clean session.
function packets.CONNECT.build(options)
	local level, utf8_build = options.protocol_level or 4, M.MQTT.utf8_build
	local flags = 0x02 | (options.username and 0x80 or 0) | (options.password and 0x40 or 0)
	local content = utf8_build(options.protocol_name or level_names[level] or "MQTT") ..
		string.pack(">BBI2", level, flags, options.keep_alive_secs or 30) .. utf8_build(options.client_id or "")
	for _, text in ipairs { options.username or false, options.password or false } do
		content = content .. (text and utf8_build(text) or "")
	end
	return frame(1, 0, content)
end

packets.CONNACK = { number = 2 }

function packets.CONNACK.parse(_, content)
	if #content < 2 then
		return nil
	end
	local code = content:byte(2)
	return {
		type = "CONNACK", accepted = code == 0, return_code = code, session_present = content:byte(1) & 1 == 1,
		reason = M.MQTT.reasons[code] or "Unknown",
	}
end

packets.PUBLISH = { number = 3 }

function packets.PUBLISH.parse(flags, content)
	local topic, at = M.MQTT.utf8_parse(content)
	if not topic then
		return nil
	end
	local qos = flags >> 1 & 3
	return { type = "PUBLISH", topic = topic, payload = content:sub(at + (qos > 0 and 2 or 0)), qos = qos, retain = flags & 1 == 1 }
end

packets.SUBSCRIBE = { number = 8 }

--- Options: filters: a list of texts, or of {filter =, qos =}; packet_id (1).
function packets.SUBSCRIBE.build(options)
	local content = string.pack(">I2", options.packet_id or 1)
	for _, one in ipairs(options.filters) do
		one = type(one) == "table" and one or { filter = one }
		content = content .. M.MQTT.utf8_build(one.filter) .. string.char(one.qos or 0)
	end
	return frame(8, 2, content)
end

packets.SUBACK = { number = 9 }

function packets.SUBACK.parse(_, content)
	if #content < 3 then
		return nil
	end
	return { type = "SUBACK", packet_id = string.unpack(">I2", content), codes = { content:byte(3, 40) } }
end

packets.PINGRESP = { number = 13 }

function packets.PINGRESP.parse()
	return { type = "PINGRESP" }
end

packets.PINGREQ = { number = 12 }

function packets.PINGREQ.build()
	return frame(12, 0, "")
end

packets.DISCONNECT = { number = 14 }

function packets.DISCONNECT.build()
	return frame(14, 0, "")
end

local by_number = {}
for _, name in ipairs { "CONNACK", "PUBLISH", "SUBACK", "PINGRESP" } do
	by_number[packets[name].number] = packets[name]
end

--- A packet from its first byte and its content: {type =, ...}; nil if it is broken.
function M.MQTT.parse(first, content)
	local packet = by_number[first >> 4]
	if not packet then
		return { type = "OTHER", number = first >> 4 }
	end
	return packet.parse(first & 0xf, content)
end

-- The next packet of a stream.
local function read_packet(stream)
	local head, why = stream:read(2)
	while head and head:byte(-1) >= 0x80 and #head < 5 do
		local more
		more, why = stream:read(1)
		head = more and head .. more
	end
	if not head then
		return nil, why
	end
	local length = M.MQTT.length_parse(head, 2)
	if not length or length > packet_max then
		return nil, "not MQTT"
	end
	local content
	content, why = stream:read(length)
	local packet = content and M.MQTT.parse(head:byte(1), content)
	return packet, why or "not MQTT"
end

-- Helper -------------------------------------------------------------------------

M.Helper = {}
M.Helper.__index = M.Helper

--- Options: timeout (milliseconds), seconds (of the whole conversation).
function M.Helper.new(class, host, port, options)
	return setmetatable({ host = host, port = port, options = options or {}, stream = false }, class)
end

local function read_wanted(stream, wanted, until_time)
	for _ = 1, answers_max do
		local packet, why = read_packet(stream)
		if not packet then
			return false, why
		end
		for _, name in ipairs(wanted) do
			if name == packet.type then
				return true, packet
			end
		end
		if nmap.clock() > until_time then
			return false, "TIMEOUT"
		end
	end
	return false, "too many packets"
end

--- The next packet of one of these types; others are dropped. The time is in seconds.
function M.Helper:receive(wanted, seconds)
	seconds = seconds or 5
	self.stream.socket:set_timeout(math.max(1, math.floor(seconds * 1000)))
	return read_wanted(self.stream, wanted, nmap.clock() + seconds)
end

--- Sends a packet of a type; with `answer`, waits for one of that type.
function M.Helper:request(name, options, answer)
	local packet = packets[name]
	if not (packet and packet.build and self.stream) then
		return false, "no such request"
	end
	local ok, why = self.stream:send(packet.build(options or {}))
	if not ok then
		return false, why
	end
	if not answer then
		return true
	end
	return read_wanted(self.stream, type(answer) == "table" and answer or { answer }, nmap.clock() + 10)
end

--- Connects, and sends a CONNECT with these options: true and the CONNACK.
function M.Helper:connect(options)
	local stream, why = bytestream.open(self.host, self.port, self.options)
	if not stream then
		return false, why
	end
	self.stream = stream
	return self:request("CONNECT", options, "CONNACK")
end

function M.Helper:close()
	if not self.stream then
		return false
	end
	self.stream:send(packets.DISCONNECT.build())
	return self.stream:close()
end

return strict(M)
