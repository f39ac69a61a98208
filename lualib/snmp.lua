--- snmp: messages of version 1 and 2c (RFC 1157, RFC 3416) as bytes and tables,
-- and the message that asks a version 3 engine who it is (RFC 3412, RFC 3414).
-- Values with a type of their own are tables with the field _snmp: the tag.

local asn1 = require "asn1"
local ipOps = require "ipOps"
local nmap = require "nmap"
local stdnse = require "stdnse"
local strict = require "strict"
local math, pairs, string, table = math, pairs, string, table
local ipairs, setmetatable, tonumber, type = ipairs, setmetatable, tonumber, type

local M = {}

-- Tags of RFC 1155 and of the protocol data units.
local tags = {
	ipaddress = "\x40", counter = "\x41", gauge = "\x42", ticks = "\x43", opaque = "\x44", counter64 = "\x46",
	no_object = "\x80", no_instance = "\x81", end_of_view = "\x82",
	get = "\xa0", get_next = "\xa1", response = "\xa2", set = "\xa3", trap = "\xa4", get_bulk = "\xa5",
	report = "\xa8",
}
M.tags = tags

--- "1.3.6.1" as an OID, and back. nil for other texts.
function M.str2oid(text)
	local oid = { _snmp = "\6" }
	for number in text:gmatch("[^.]+") do
		local value = tonumber(number)
		if not value or math.type(value) ~= "integer" or value < 0 then
			return nil
		end
		oid[#oid + 1] = value
	end
	return #oid > 1 and oid or nil
end

function M.oid2str(oid)
	return table.concat(oid, ".")
end

--- An address with its type, and back.
function M.str2ip(text)
	local bytes = ipOps.ip_to_str(text)
	if not bytes or #bytes ~= 4 then
		return nil
	end
	return { _snmp = tags.ipaddress, bytes:byte(1, 4) }
end

function M.ip2str(ip)
	return table.concat(ip, ".")
end

-- Encoding -----------------------------------------------------------------------

local encoder = asn1.ASN1Encoder:new()

local function tagged(tag, content)
	return encoder:encodeTagged(tag:byte(), content)
end

-- A counter whose 64 bits look negative in Lua is not so on the wire.
local function encode_unsigned(tag, value)
	local whole = math.tointeger(value)
	if not whole then
		return nil
	end
	return tagged(tag, whole < 0 and "\0" .. string.pack(">i8", whole) or encoder:encodeInt(whole))
end

local function encode_list(list)
	local out = {}
	for i = 1, #list do
		local bytes = M.encode(list[i])
		if not bytes then
			return nil
		end
		out[i] = bytes
	end
	return table.concat(out)
end

local number_tags = { [tags.counter] = true, [tags.gauge] = true, [tags.ticks] = true, [tags.counter64] = true }

local function encode_table(value)
	local tag = value._snmp or "\x30"
	if tag == "\6" then
		local content = encoder:encodeOid(value)
		return content and tagged(tag, content)
	elseif tag == tags.ipaddress then
		return tagged(tag, string.char(table.unpack(value)))
	elseif number_tags[tag] then
		return encode_unsigned(tag, value[1])
	end
	local content = encode_list(value)
	return content and tagged(tag, content)
end

--- The bytes of a value: strings, whole numbers, nil (NULL), lists (SEQUENCE, or
-- what their _snmp says). nil if it has none.
function M.encode(value)
	if value == false then
		return "\5\0"
	elseif type(value) == "table" then
		return encode_table(value)
	end
	return encoder:encode(value)
end

local next_id = 0

-- Numbers of requests differ, so that a late answer is known as one.
local function request_id(options)
	if options and options.reqId then
		return options.reqId
	end
	next_id = next_id % 0x7ffffffe + 1
	return next_id
end

local function build_request(tag, options, bindings)
	return { _snmp = tag, request_id(options), options and options.err or 0, options and options.errIdx or 0, bindings }
end

local function oid_of(value)
	return type(value) == "string" and M.str2oid(value) or value
end

-- Names with NULL for the value.
local function null_bindings(...)
	local bindings = {}
	for i, name in pairs { ... } do
		bindings[i] = { oid_of(name), false }
	end
	return bindings
end

--- Requests for names ("1.3.6.1.2.1.1.1.0" or OIDs). `options`: reqId, err, errIdx.
function M.buildGetRequest(options, ...)
	return build_request(tags.get, options, null_bindings(...))
end

function M.buildGetNextRequest(options, ...)
	return build_request(tags.get_next, options, null_bindings(...))
end

--- As many successors of the last names as options.max (10) says; the first
-- options.nonrepeaters (0) names have one.
function M.buildGetBulkRequest(options, ...)
	local bulk = { reqId = options and options.reqId, err = options and options.nonrepeaters or 0,
		errIdx = options and options.max or 10 }
	return build_request(tags.get_bulk, bulk, null_bindings(...))
end

--- Sets a name to a value, or {name, value} pairs.
function M.buildSetRequest(options, name, value)
	local bindings = {}
	if type(name) == "table" and not name._snmp then
		for i = 1, #name do
			bindings[i] = { oid_of(name[i][1]), name[i][2] }
		end
	else
		bindings[1] = { oid_of(name), value }
	end
	return build_request(tags.set, options, bindings)
end

--- The answer to a request, for one name.
function M.buildGetResponse(options, name, value)
	return build_request(tags.response, options, { { oid_of(name), value } })
end

--- A trap of version 1 (RFC 1157, 4.1.6): the enterprise's OID, the agent's address,
-- generic and specific number, time in hundredths of a second.
function M.buildTrap(enterprise, agent, generic, specific, time)
	return { _snmp = tags.trap, oid_of(enterprise), type(agent) == "string" and M.str2ip(agent) or agent, generic,
		specific, { _snmp = tags.ticks, time }, {} }
end

--- A message around a request: version 0 (SNMPv1) or 1 (v2c), community.
function M.buildPacket(pdu, version, community)
	return { version or 0, community or "public", pdu }
end

--- The question that every version 3 engine answers with a report of its
-- identity, boots and time (RFC 3414, 4): an empty engine, no security, and
-- reportable.
function M.buildDiscovery(id)
	local usm = M.encode { "", 0, 0, "", "", "" }
	local scoped = { "", "", build_request(tags.get, { reqId = id }, {}) }
	return { 3, { id, 65507, "\4", 3 }, usm, scoped }
end

-- Decoding -----------------------------------------------------------------------

local function list_decoder(tag)
	return function(decoder, text, length, at)
		local list, after = decoder:decodeSeq(text, length, at)
		if list then
			list._snmp = tag
		end
		return list, after
	end
end

-- Counters have no sign; 64 bits of them may look negative in Lua.
local function unsigned_decoder(_, text, length, at)
	if length < 1 or length > 9 or at + length - 1 > #text then
		return nil, at + length
	end
	local bytes = text:sub(at, at + length - 1):gsub("^\0", "")
	return #bytes < 9 and string.unpack(">I" .. math.max(#bytes, 1), #bytes > 0 and bytes or "\0") or nil, at + length
end

local function address_decoder(_, text, length, at)
	if length ~= 4 then
		return nil, at + length
	end
	return { _snmp = tags.ipaddress, text:byte(at, at + 3) }, at + 4
end

local function oid_decoder(decoder, text, length, at)
	local name, after = decoder:decodeOID(text, length, at)
	return name and M.str2oid(name), after
end

local function absent_decoder(tag)
	return function(_, _, length, at)
		return { _snmp = tag }, at + length
	end
end

local function new_decoder()
	local decoder = asn1.ASN1Decoder:new()
	local extra = { ["\6"] = oid_decoder, [tags.ipaddress] = address_decoder }
	for _, name in pairs { "counter", "gauge", "ticks", "counter64" } do
		extra[tags[name]] = unsigned_decoder
	end
	for _, name in pairs { "no_object", "no_instance", "end_of_view" } do
		extra[tags[name]] = absent_decoder(tags[name])
	end
	for _, name in pairs { "get", "get_next", "response", "set", "get_bulk", "report" } do
		extra[tags[name]] = list_decoder(tags[name])
	end
	extra[tags.opaque] = function(_, text, length, at)
		return text:sub(at, at + length - 1), at + length
	end
	decoder:registerTagDecoders(extra)
	decoder:setStopOnError(true)
	return decoder
end

--- The value at a position (1) and the position behind it; nil if it is broken.
-- NULL is false.
function M.decode(text, at)
	return new_decoder():decode(text, at)
end

--- A message (bytes, or what decode() gave): {version, community, pdu}; nil if it is
-- none. `pdu` has type (its tag), id, error, index, and bindings: a list of
-- {oid = "1.3...", value =}.
function M.decodeMessage(response)
	local message = response
	if type(response) == "string" then
		message = M.decode(response)
	end
	local pdu = type(message) == "table" and message[3]
	if type(pdu) ~= "table" or math.type(message[1]) ~= "integer" or type(message[2]) ~= "string" or
		type(pdu[4]) ~= "table" then
		return nil
	end
	local bindings = {}
	for i, pair in pairs(pdu[4]) do
		if math.type(i) == "integer" then
			if type(pair) ~= "table" or type(pair[1]) ~= "table" or pair[1]._snmp ~= "\6" then
				return nil
			end
			bindings[i] = { oid = M.oid2str(pair[1]), value = pair[2] }
		end
	end
	return { version = message[1], community = message[2],
		pdu = { type = pdu._snmp, id = pdu[1], error = pdu[2], index = pdu[3], bindings = bindings } }
end

local function value_text(value)
	if type(value) == "table" and value._snmp == "\6" then
		return M.oid2str(value)
	elseif type(value) == "table" and value._snmp == tags.ipaddress then
		return M.ip2str(value)
	end
	return value
end

--- The values of a response: a list of {value, oid}; addresses and OIDs
-- as text. Empty when it is no response or says an error.
function M.fetchResponseValues(response)
	local message, list = M.decodeMessage(response), {}
	if not message or message.pdu.error ~= 0 then
		return list
	end
	for i = 1, #message.pdu.bindings do
		local binding = message.pdu.bindings[i]
		list[i] = { value_text(binding.value), binding.oid }
	end
	return list
end

--- The first of them; nil when there is none.
function M.fetchFirst(response)
	local first = M.fetchResponseValues(response)[1]
	return first and first[1]
end

--- What a version 3 engine says of itself: {engine, boots, time}; nil if the
-- bytes are no message of version 3.
function M.decodeEngine(text)
	local message = M.decode(text)
	local usm = type(message) == "table" and message[1] == 3 and type(message[3]) == "string" and M.decode(message[3])
	if type(usm) ~= "table" or type(usm[1]) ~= "string" then
		return nil
	end
	return { engine = usm[1], boots = usm[2], time = usm[3] }
end

-- Asking -------------------------------------------------------------------------

-- A walk ends after so many values, and when it has taken so long (milliseconds).
local walk_max, walk_time_max, datagrams_max = 2000, 20000, 20

local helper = {}
helper.__index = helper
M.Helper = helper

--- Asks an agent: Helper:new(host, port [, community [, options]]). Options: version ("v1", "v2c"),
-- timeout (milliseconds). The community is that of --script-args snmpcommunity, else "public".
function helper.new(class, host, port, community, options)
	local wanted = (options and options.version) or stdnse.get_script_args("snmp.version") or 0
	return setmetatable({
		host = host, port = port,
		community = community or stdnse.get_script_args("snmpcommunity") or "public",
		version = (wanted == "v2c" or wanted == 1) and 1 or 0,
		timeout = options and options.timeout or stdnse.get_timeout(host, 5000, 1500),
	}, class)
end

--- true, or false and why not.
function helper:connect()
	self.socket = nmap.new_socket("udp")
	self.socket:set_timeout(self.timeout)
	return self.socket:connect(self.host, self.port, "udp")
end

function helper:close()
	return self.socket:close()
end

-- Whether a message answers the request with that number.
local function answers(message, id)
	return message and message.pdu.type == tags.response and message.pdu.id == id
end

--- Sends a request and waits for its answer; once again when none comes. true and the decoded
-- message, or false and why there is none.
function helper:request(pdu)
	local bytes, why = M.encode(M.buildPacket(pdu, self.version, self.community)), "NOT A REQUEST"
	for _ = 1, bytes and 2 or 0 do
		local ok, answer = self.socket:send(bytes)
		for _ = 1, ok and datagrams_max or 0 do
			ok, answer = self.socket:receive()
			local message = ok and M.decodeMessage(answer)
			if answers(message, pdu[1]) then
				return true, message
			elseif not ok then
				break
			end
		end
		why = answer
	end
	return false, why
end

-- What fetchResponseValues() says of an answer, when it is no error.
function helper:values(pdu)
	local ok, message = self:request(pdu)
	if not ok then
		return false, message
	elseif message.pdu.error ~= 0 then
		return false, "SNMP error " .. message.pdu.error
	end
	local list = {}
	for i, binding in ipairs(message.pdu.bindings) do
		list[i] = { value_text(binding.value), binding.oid }
	end
	return true, list
end

--- The values of names: true and a list of {value, name}; false and why not.
function helper:get(options, ...)
	return self:values(M.buildGetRequest(options, ...))
end

--- Those that come behind names.
function helper:getnext(options, ...)
	return self:values(M.buildGetNextRequest(options, ...))
end

-- Whether an agent's next name is below the base and was really the next: one that goes back
-- would lead us in a circle.
local function goes_on(name, last, base)
	if name:sub(1, #base + 1) ~= base .. "." then
		return false
	end
	local one, other = M.str2oid(name), M.str2oid(last)
	for i = 1, math.min(#one, #other) do
		if one[i] ~= other[i] then
			return one[i] > other[i]
		end
	end
	return #one > #other
end

--- All below a name ("1.3.6.1.2.1.2"): true and a list of {oid =, value =}; false and why not.
function helper:walk(base)
	local list, last, deadline = {}, base, nmap.clock_ms() + walk_time_max
	while #list < walk_max and nmap.clock_ms() < deadline do
		local ok, values = self:getnext(nil, last)
		if not ok and #list == 0 then
			return false, values
		end
		local value = ok and values[1] and values[1][1]
		local absent = type(value) == "table" and value._snmp
		if not ok or not values[1] or absent or not goes_on(values[1][2], last, base) then
			break
		end
		last = values[1][2]
		list[#list + 1] = { oid = last, value = value }
	end
	return true, list
end

return strict(M)
