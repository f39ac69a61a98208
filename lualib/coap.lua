--- coap: CoAP messages (RFC 7252) and lists of resources (RFC 6690).
--   local helper = coap.Helper:new(host, port)
--   if helper:connect() then
--     local status, response = helper:get("/.well-known/core")   -- .code "2.05", .payload

local bytestream = require "bytestream"
local rand = require "rand"
local strict = require "strict"
local ipairs, pairs, setmetatable, string, table, tostring = ipairs, pairs, setmetatable, string, table, tostring

local M = { COAP = { header = {}, payload = {} } }

local options_max, resources_max, blocks_max, payload_max = 64, 1000, 64, 65536

M.COAP.types = { confirmable = 0, ["non-confirmable"] = 1, acknowledgement = 2, reset = 3 }
M.COAP.codes = { get = 1, post = 2, put = 3, delete = 4 }

--- Numbers of options (RFC 7252, 5.10, RFC 7959).
M.COAP.options = {
	if_match = 1, uri_host = 3, etag = 4, uri_port = 7, location_path = 8, uri_path = 11, content_format = 12,
	max_age = 14, uri_query = 15, accept = 17, location_query = 20, block2 = 23, block1 = 27, size2 = 28,
	proxy_uri = 35, proxy_scheme = 39, size1 = 60,
}

-- Building -----------------------------------------------------------------------

-- A number of four bits and what follows it: 13 and 14 announce one and two more bytes.
local function nibble_of(number)
	if number < 13 then
		return number, ""
	elseif number < 269 then
		return 13, string.char(number - 13)
	end
	return 14, string.pack(">I2", number - 269)
end

-- They are given in the order of their numbers.
local function build_options(options)
	local out, last = {}, 0
	for _, option in ipairs(options) do
		local delta, delta_more = nibble_of(option.number - last)
		local length, length_more = nibble_of(#option.value)
		out[#out + 1] = string.char(delta << 4 | length) .. delta_more .. length_more .. option.value
		last = option.number
	end
	return table.concat(out)
end

-- Whole numbers have no leading zeros, 0 no byte at all.
local function number_bytes(number)
	return (string.pack(">I4", number):gsub("^\0+", ""))
end

--- A request's options for a path, and a block of the answer where that is not the first.
function M.COAP.optionsOf(path, block)
	local options = {}
	for part in path:gmatch "[^/]+" do
		options[#options + 1] = { number = M.COAP.options.uri_path, value = part }
	end
	if block then
		options[#options + 1] = { number = M.COAP.options.block2, value = number_bytes(block.number << 4 | block.size) }
	end
	return options
end

--- A message: {type, code, id, token, options, payload}.
function M.COAP.header.build(message)
	local token = message.token or ""
	local head = string.pack(">BBI2", 1 << 6 | (message.type or 0) << 4 | #token, message.code, message.id or 0)
	local payload = message.payload and message.payload ~= "" and "\xff" .. message.payload or ""
	return head .. token .. build_options(message.options or {}) .. payload
end

-- Parsing ------------------------------------------------------------------------

-- The whole of a number whose four bits are given; nil if it is cut off or reserved.
local function number_of(nibble, bytes, at)
	if nibble < 13 then
		return nibble, at
	elseif nibble == 13 and at <= #bytes then
		return bytes:byte(at) + 13, at + 1
	elseif nibble == 14 and at + 1 <= #bytes then
		return string.unpack(">I2", bytes, at) + 269, at + 2
	end
	return nil
end

local function parse_options(bytes, at)
	local options, last = {}, 0
	while at <= #bytes and bytes:byte(at) ~= 0xff and #options < options_max do
		local first, delta, length = bytes:byte(at), nil, nil
		delta, at = number_of(first >> 4, bytes, at + 1)
		if delta then
			length, at = number_of(first & 0xf, bytes, at)
		end
		if not length or at + length - 1 > #bytes then
			return nil
		end
		last = last + delta
		options[#options + 1] = { number = last, value = bytes:sub(at, at + length - 1) }
		at = at + length
	end
	return options, at
end

--- A message's type, code ("2.05"), id, token, options, payload; nil if it is none.
function M.COAP.header.parse(bytes)
	if #bytes < 4 or bytes:byte(1) >> 6 ~= 1 then
		return nil
	end
	local first, code, id = string.unpack(">BBI2", bytes)
	local token_length = first & 0xf
	if token_length > 8 or 4 + token_length > #bytes then
		return nil
	end
	local options, at = parse_options(bytes, 5 + token_length)
	if not options then
		return nil
	end
	return {
		type = first >> 4 & 3, code = string.format("%d.%02d", code >> 5, code & 0x1f), id = id,
		token = bytes:sub(5, 4 + token_length), options = options,
		payload = bytes:byte(at) == 0xff and bytes:sub(at + 1) or "",
	}
end

--- An option's value as a number; nil if the message does not have it.
function M.COAP.optionNumber(message, number)
	for _, option in ipairs(message.options) do
		if option.number == number and #option.value <= 4 then
			return (string.unpack(">I4", string.rep("\0", 4 - #option.value) .. option.value))
		end
	end
	return nil
end

-- Resources ----------------------------------------------------------------------

-- A quoted text, or what is up to the next separator, and the position behind it.
local function link_value(text, at)
	if text:sub(at, at) ~= '"' then
		local value = text:match("^[^;,]*", at)
		return value, at + #value
	end
	local out = {}
	at = at + 1
	while at <= #text and text:sub(at, at) ~= '"' do
		at = text:sub(at, at) == "\\" and at + 1 or at
		out[#out + 1] = text:sub(at, at)
		at = at + 1
	end
	return table.concat(out), at + 1
end

local function link_attributes(text, at)
	local attributes = {}
	while text:sub(at, at) == ";" do
		local name = text:match("^[^;,=]*", at + 1)
		at = at + 1 + #name
		local value = ""
		if text:sub(at, at) == "=" then
			value, at = link_value(text, at + 1)
		end
		name = name:match "^%s*(.-)%s*$"
		if name ~= "" then
			attributes[#attributes + 1] = { name = name, value = value }
		end
	end
	return attributes, at
end

--- A list of links (RFC 6690) as {{path =, attributes = {{name =, value =}, ...}}, ...}.
function M.COAP.payload.parse(text)
	local resources, at = {}, 1
	while #resources < resources_max do
		local first, last, path = text:find("^[%s,]*<([^>]*)>", at)
		if not first then
			break
		end
		local attributes
		attributes, at = link_attributes(text, last + 1)
		resources[#resources + 1] = { path = path, attributes = attributes }
	end
	return resources
end

-- Names ------------------------------------------------------------------------

local code_names = {
	["2.01"] = "created", ["2.02"] = "deleted", ["2.03"] = "valid", ["2.04"] = "changed", ["2.05"] = "content",
	["4.00"] = "bad_request", ["4.01"] = "unauthorized", ["4.02"] = "bad_option", ["4.03"] = "forbidden",
	["4.04"] = "not_found", ["4.05"] = "method_not_allowed", ["4.06"] = "not_acceptable",
	["4.12"] = "precondition_failed", ["4.13"] = "request_entity_too_large", ["4.15"] = "unsupported_content-format",
	["5.00"] = "internal_server_error", ["5.01"] = "not_implemented", ["5.02"] = "bad_gateway",
	["5.03"] = "service_unavailable", ["5.04"] = "gateway_timeout", ["5.05"] = "proxying_not_supported",
}

local type_names = { [0] = "confirmable", "non-confirmable", "acknowledgement", "reset" }
local format_names = {
	[0] = "text/plain", [40] = "application/link-format", [41] = "application/xml", [42] = "application/octet-stream",
	[47] = "application/exi", [50] = "application/json",
}

local option_names = {}
for name, number in pairs(M.COAP.options) do
	option_names[number] = name
end

local number_options = { uri_port = true, max_age = true, accept = true, size1 = true, size2 = true }

local function value_of(option, name)
	local number = M.COAP.optionNumber({ options = { option } }, option.number)
	if name == "content_format" then
		return format_names[number] or number
	elseif (name == "block1" or name == "block2") and number then
		return { number = number >> 4, more = number & 8 ~= 0, length = 1 << (number & 7) + 4 }
	end
	return number_options[name] and number or option.value
end

local function options_in_names(options)
	local out = {}
	for i, option in ipairs(options) do
		local name = option_names[option.number] or tostring(option.number)
		out[i] = { name = name, value = value_of(option, name) }
	end
	return out
end

--- All values of an option of a message in names.
function M.COAP.header.find_options(message, name)
	local values = {}
	for _, option in ipairs(message.options or {}) do
		if option.name == name then
			values[#values + 1] = option.value
		end
	end
	return values
end

--- The first of them.
function M.COAP.header.find_option(message, name)
	return M.COAP.header.find_options(message, name)[1]
end

local function in_names(answer)
	local message = {
		version = 1, type = type_names[answer.type], code = code_names[answer.code] or answer.code, id = answer.id,
		token = answer.token, token_length = #answer.token, options = options_in_names(answer.options),
		payload = answer.payload,
	}
	if M.COAP.header.find_option(message, "content_format") == "application/link-format" then
		message.payload = {}
		for i, resource in ipairs(M.COAP.payload.parse(answer.payload)) do
			message.payload[i] = { name = resource.path, parameters = resource.attributes }
		end
	end
	return message
end

-- Helper -------------------------------------------------------------------------

M.Helper = {}
M.Helper.__index = M.Helper

function M.Helper.new(class, host, port)
	return setmetatable({ host = host, port = port, stream = false }, class)
end

local function open(helper)
	local stream, why = bytestream.open(helper.host, helper.port, { most = 2 * payload_max })
	helper.stream = stream or false
	return stream ~= nil, why
end

--- Sends a message of these fields (code a number): true and the answer with its token.
function M.Helper:exchange(message)
	local request = {}
	for name, value in pairs(message) do
		request[name] = value
	end
	request.id = request.id or string.unpack(">I2", rand.random_string(2))
	request.token = request.token or rand.random_string(4)
	local ok, why = self.stream:send(M.COAP.header.build(request))
	for _ = 1, ok and 4 or 0 do
		local datagram
		datagram, why = self.stream:some()
		local answer = datagram and M.COAP.header.parse(datagram)
		if answer and answer.token == request.token and answer.code ~= "0.00" then
			return true, answer
		elseif not datagram then
			break
		end
	end
	return false, why or "no answer"
end

--- A request in names: {uri =, code = ("get"), type = ("confirmable")}, and a payload. true and
-- the answer in names: {type = "acknowledgement", code = "content", payload =}; a list of
-- resources is {{name =, parameters = {{name =, value =}, ...}}, ...}, else a text.
function M.Helper:request(options, payload)
	local status, answer = self:exchange {
		code = M.COAP.codes[options.code or "get"], type = M.COAP.types[options.type or "confirmable"],
		options = M.COAP.optionsOf(options.uri or "/"), payload = payload,
	}
	if not status then
		return false, answer
	end
	return true, in_names(answer)
end

--- Connects; with a request's options, sends that, too, and gives what request() gives.
function M.Helper:connect(options, payload)
	local status, why = open(self)
	if not status or not options then
		return status, why
	end
	return self:request(options, payload)
end

--- A resource as a whole, however many blocks it comes in: true and the first answer with
-- the payload of all.
function M.Helper:get(path)
	local first, payload, block = nil, {}, nil
	for number = 0, blocks_max - 1 do
		local status, answer = self:exchange { code = M.COAP.codes.get, options = M.COAP.optionsOf(path, block) }
		if not status then
			if not first then
				return false, answer
			end
			break
		end
		first = first or answer
		payload[#payload + 1] = answer.payload:sub(1, payload_max)
		local value = M.COAP.optionNumber(answer, M.COAP.options.block2)
		if not value or value & 8 == 0 then
			break
		end
		block = { number = number + 1, size = value & 7 }
	end
	first.payload = table.concat(payload)
	return true, first
end

function M.Helper:close()
	return self.stream and self.stream:close() or false
end

return strict(M)
