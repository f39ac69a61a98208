--- ldap: bind and search of LDAP (RFC 4511).
--   local status, why = ldap.bindRequest(socket, { version = 3, username = "", password = "" })
--   local status, entries = ldap.searchRequest(socket, { baseObject = "", scope = ldap.SCOPE.base,
--     filter = { op = ldap.FILTER.present, obj = "objectClass" }, attributes = { "namingContexts" } })
-- An entry is {objectName =, attributes = {{"name", "value", "another"}, ...}}; the list of them
-- also has the resultCode and errorMessage.
-- Functions over sockets give true and a value, or false and why not.

local asn1 = require "asn1"
local bytestream = require "bytestream"
local strict = require "strict"
local ipairs, math, os, string, table = ipairs, math, os, string, table
local tonumber, tostring, type = tonumber, tostring, type

local M = {}

--- Numbers of operations (application tags).
M.APPNO = {
	BindRequest = 0, BindResponse = 1, UnbindRequest = 2, SearchRequest = 3, SearchResponse = 4, SearchDone = 5,
	SearchReference = 19, ExtendedRequest = 23, ExtendedResponse = 24,
}
local APPNO = M.APPNO

M.SCOPE = { base = 0, one = 1, sub = 2, children = 3, default = 0 }
M.DEREFPOLICY = { never = 0, searching = 1, finding = 2, always = 3, default = 0 }

--- Kinds of filters (context tags). `op` of a filter table; of _and and _or, `val` is a list
-- of filters, of _not one; else `obj` is an attribute and `val` a text.
M.FILTER = {
	_and = 0, _or = 1, _not = 2, equalityMatch = 3, substrings = 4, greaterOrEqual = 5, lessOrEqual = 6, present = 7,
	approxMatch = 8, extensibleMatch = 9,
}

M.ERROR_CODES = {
	LDAP_SUCCESS = 0, LDAP_TIMELIMIT_EXCEEDED = 3, LDAP_SIZELIMIT_EXCEEDED = 4, LDAP_STRONG_AUTH_REQUIRED = 8,
	LDAP_NO_SUCH_OBJECT = 32, LDAP_INVALID_CREDENTIALS = 49, LDAP_INSUFFICIENT_ACCESS = 50,
}

--- What result codes mean (RFC 4511, A.2).
M.ERROR_MSG = {
	[0] = "Success", "Operations error", "Protocol error", "Time limit exceeded", "Size limit exceeded",
	[7] = "Authentication method not supported", [8] = "Stronger authentication required", [10] = "Referral",
	[13] = "Confidentiality required", [16] = "No such attribute", [32] = "No such object", [34] = "Invalid DN syntax",
	[48] = "Inappropriate authentication", [49] = "Invalid credentials", [50] = "Insufficient access rights",
	[51] = "Busy", [52] = "Unavailable", [53] = "Unwilling to perform",
}

local message_max, bytes_max, entries_max, values_max = 4194304, 16777216, 10000, 10000

-- BER ----------------------------------------------------------------------------

local function element(tag, content)
	return string.char(tag) .. asn1.encode_length(#content) .. content
end

local function integer(number, tag)
	return element(tag or 0x02, asn1.ASN1Encoder.encodeInt(number))
end

local function octets(text)
	return element(0x04, text)
end

-- The tag of an element at a position, its content, and the position behind it.
local function element_at(bytes, at)
	local length, content = asn1.ASN1Decoder.decodeLength(bytes, at + 1)
	if not length or content + length - 1 > #bytes then
		return nil
	end
	return bytes:byte(at), bytes:sub(content, content + length - 1), content + length
end

-- The elements in a content, at most that many.
local function elements_of(bytes, most)
	local list, at = {}, 1
	while at <= #bytes and #list < most do
		local tag, content, after = element_at(bytes, at)
		if not tag then
			break
		end
		list[#list + 1] = { tag = tag, content = content }
		at = after
	end
	return list
end

-- Small numbers that are not negative, as ids and codes are.
local function number_of(content)
	if #content == 0 or #content > 7 then
		return nil
	end
	return (string.unpack(">I" .. #content, content))
end

-- Filters ------------------------------------------------------------------------

--- A filter table as bytes; nil if it is none.
function M.createFilter(filter, depth)
	depth = depth or 0
	local op = type(filter) == "table" and filter.op
	if not op or depth > 32 then
		return nil
	elseif op == M.FILTER._and or op == M.FILTER._or then
		local parts = {}
		for i, one in ipairs(filter.val) do
			parts[i] = M.createFilter(one, depth + 1) or ""
		end
		return element(0xa0 | op, table.concat(parts))
	elseif op == M.FILTER._not then
		local inner = M.createFilter(filter.val[1] or filter.val, depth + 1)
		return inner and element(0xa0 | op, inner)
	elseif op == M.FILTER.present then
		return element(0x80 | op, filter.obj)
	elseif op == M.FILTER.substrings then
		return element(0xa0 | op, octets(filter.obj) .. element(0x30, element(0x81, filter.val)))
	end
	return element(0xa0 | op, octets(filter.obj) .. octets(filter.val))
end

-- Messages -----------------------------------------------------------------------

--- A message of an operation that is encoded already.
function M.encodeLDAPOp(appno, constructed, content, id)
	return element(0x30, integer(id or 1) .. element(0x40 | (constructed and 0x20 or 0) | appno, content))
end

--- A message's {id, op, content}; nil if it is none.
function M.decodeMessage(bytes)
	local tag, content = element_at(bytes, 1)
	if tag ~= 0x30 then
		return nil
	end
	local parts = elements_of(content, 3)
	if #parts < 2 or parts[1].tag ~= 0x02 or parts[2].tag & 0xc0 ~= 0x40 then
		return nil
	end
	return { id = number_of(parts[1].content), op = parts[2].tag & 0x1f, content = parts[2].content }
end

--- A result's {code, matchedDN, message}.
function M.parseResult(content)
	local parts = elements_of(content, 3)
	if #parts < 3 then
		return nil
	end
	return { code = number_of(parts[1].content), matchedDN = parts[2].content, message = parts[3].content }
end

--- An entry that was found.
function M.parseEntry(content)
	local parts = elements_of(content, 2)
	if #parts < 2 then
		return nil
	end
	local entry = { objectName = parts[1].content, attributes = {} }
	for _, attribute in ipairs(elements_of(parts[2].content, values_max)) do
		local pair = elements_of(attribute.content, 2)
		if #pair == 2 then
			local row = { pair[1].content }
			for _, value in ipairs(elements_of(pair[2].content, values_max)) do
				row[#row + 1] = value.content
			end
			entry.attributes[#entry.attributes + 1] = row
		end
	end
	return entry
end

-- The bytes of the next message: a sequence with its length.
local function read_message(stream)
	local head, why = stream:read(2)
	if not head then
		return nil, why
	end
	local more = head:byte(2) >= 0x80 and head:byte(2) & 0x7f or 0
	if head:byte(1) ~= 0x30 or more > 4 or head:byte(2) == 0x80 then
		return nil, "not LDAP"
	end
	local length, content
	length, why = stream:read(more)
	if not length then
		return nil, why
	end
	head = head .. length
	length = asn1.ASN1Decoder.decodeLength(head .. "\0", 2)
	if not length or length > message_max then
		return nil, "message too long"
	end
	content, why = stream:read(length)
	local message = content and M.decodeMessage(head .. content)
	return message, why or "not LDAP"
end

local function stream_of(socket)
	return bytestream.wrap(socket, { most = bytes_max })
end

-- Why a result is no success.
local function result_text(result)
	local text = M.ERROR_MSG[result.code] or "unknown error"
	return string.format("Code: %s|Error: %s|Details: %s", result.code or "?", text, result.message)
end

-- Bind and search ----------------------------------------------------------------

--- A bind with a name and a password (RFC 4511, 4.2); empty: anonymous.
function M.buildBind(params, id)
	local content = integer(params.version or 3) .. octets(params.username or "") .. element(0x80, params.password or "")
	return M.encodeLDAPOp(APPNO.BindRequest, true, content, id)
end

function M.bindRequest(socket, params)
	local stream = stream_of(socket)
	local ok, why = stream:send(M.buildBind(params, 1))
	local message
	if ok then
		message, why = read_message(stream)
	end
	local result = message and message.op == APPNO.BindResponse and M.parseResult(message.content)
	if not result or not result.code then
		return false, why or "not LDAP"
	end
	return result.code == 0, result.code ~= 0 and result_text(result) or nil
end

-- Scripts give -1 for all.
local function size_limit(most)
	return most and most > 0 and most or 0
end

--- Parameters: baseObject, scope, derefPolicy, sizeLimit (or maxObjects), timeLimit, filter,
-- attributes.
function M.buildSearch(params, id)
	local attributes = {}
	for i, name in ipairs(params.attributes or {}) do
		attributes[i] = octets(name)
	end
	local filter = params.filter or { op = M.FILTER.present, obj = "objectClass" }
	local content = octets(params.baseObject or "") .. integer(params.scope or M.SCOPE.sub, 0x0a) ..
		integer(params.derefPolicy or M.DEREFPOLICY.never, 0x0a) .. integer(params.sizeLimit or size_limit(params.maxObjects)) ..
		integer(params.timeLimit or 0) .. element(0x01, "\0") .. (M.createFilter(filter) or "") ..
		element(0x30, table.concat(attributes))
	return M.encodeLDAPOp(APPNO.SearchRequest, true, content, id)
end

-- What a search gave is also useful where it hit a limit.
local useful = { [0] = true, [3] = true, [4] = true, [10] = true }

function M.searchRequest(socket, params)
	local stream = stream_of(socket)
	local ok, why = stream:send(M.buildSearch(params, 2))
	local entries = {}
	for _ = 1, ok and entries_max or 0 do
		local message
		message, why = read_message(stream)
		if not message then
			break
		elseif message.op == APPNO.SearchResponse then
			entries[#entries + 1] = M.parseEntry(message.content)
		elseif message.op == APPNO.SearchDone then
			local result = M.parseResult(message.content)
			if not result or not useful[result.code] then
				return false, result and result_text(result) or "not LDAP"
			end
			entries.resultCode, entries.errorMessage = result.code, result.message
			return true, entries
		end
	end
	if #entries > 0 then
		return true, entries
	end
	return false, why
end

--- Says that this was all; nothing is answered.
function M.unbind(socket)
	return socket:send(M.encodeLDAPOp(APPNO.UnbindRequest, false, "", 3))
end

-- Results ------------------------------------------------------------------------

--- The values of an attribute in all entries, or nil.
function M.extractAttribute(entries, name)
	local values = {}
	for _, entry in ipairs(entries) do
		for _, row in ipairs(entry.attributes) do
			if row[1]:lower() == name:lower() then
				table.move(row, 2, #row, #values + 1, values)
			end
		end
	end
	return #values > 0 and values or nil
end

--- Entries for stdnse.format_output(): each its name, and in it a list of "name: value".
function M.searchResultToTable(entries)
	local out = {}
	for i, entry in ipairs(entries) do
		local lines = {}
		for _, row in ipairs(entry.attributes) do
			for at = 2, #row do
				lines[#lines + 1] = row[1] .. ": " .. row[at]
			end
		end
		out[i] = { name = entry.objectName == "" and "<ROOT>" or "dn: " .. entry.objectName, lines }
	end
	return out
end

--- A time of Active Directory (tenths of microseconds since 1601) as a text; the number
-- itself where that stands for "never".
function M.convertADTimeStamp(value)
	local number = math.tointeger(tonumber(value))
	local seconds = number and number // 10000000 - 11644473600
	if not seconds or seconds < 0 or seconds > 0xffffffff then
		return value
	end
	return os.date("!%Y-%m-%dT%H:%M:%S+00:00", seconds)
end

return strict(M)
