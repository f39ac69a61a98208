--- httpreader: reads HTTP/1.1 responses from a socket, within bounds: of the head, of the
-- body, of the time that one response takes.
-- reader = httpreader.new(socket, bytes_that_have_come); reader:next("GET", options)

local message = require "httpmessage"
local nmap = require "nmap"
local strict = require "strict"
local ipairs, math, pcall, require = ipairs, math, pcall, require
local setmetatable, table, tostring = setmetatable, table, tostring

local M = {}

local has_zlib, zlib = pcall(require, "zlib")

-- What a server may cost us at most.
local head_bytes_max = 64 * 1024
local response_ms_max = 60000
local interim_max = 16
local codings_max = 5

--- A response that failed: no status, why, and what had come.
function M.failure(why, incomplete)
	return { ["status-line"] = "Error: " .. why, header = {}, rawheader = {}, incomplete = incomplete }
end

local Reader = {}
Reader.__index = Reader

--- What comes over a socket; `first` has come already.
function M.new(socket, first)
	return setmetatable({ socket = socket, buffer = first or "", deadline = 0 }, Reader)
end

-- Some bytes more, as a text; nil and why not.
function Reader:receive()
	if nmap.clock_ms() > self.deadline then
		return nil, "the response takes too long"
	end
	local ok, bytes = self.socket:receive()
	if not ok then
		return nil, bytes or "ERROR"
	end
	return bytes
end

-- One head of a response, taken off the buffer; nil, why not, and what had come of it.
local function read_head(reader)
	local searched = 1
	while true do
		local last, body = reader.buffer:match("()\r?\n\r?\n()", searched)
		if last then
			local head = message.parse_response_head(reader.buffer:sub(1, last - 1))
			reader.buffer = reader.buffer:sub(body)
			return head, "no HTTP status line"
		elseif not ("HTTP/"):find(reader.buffer:sub(1, 5), 1, true) or #reader.buffer > head_bytes_max then
			return nil, "no HTTP response"
		end
		local bytes, why = reader:receive()
		if not bytes then
			return nil, why, message.parse_response_head(reader.buffer)
		end
		-- What comes in single bytes is not searched from its beginning each time.
		searched = math.max(1, #reader.buffer - 3)
		reader.buffer = reader.buffer .. bytes
	end
end

-- The head of the final response, behind interim ones.
local function final_head(reader)
	for _ = 1, interim_max do
		local head, why, part = read_head(reader)
		if not head or head.status >= 200 or head.status == 101 then
			return head, why, part
		end
	end
	return nil, "too many interim responses"
end

-- Body readers give: the body, why it is not whole (nil if it is), whether it is too large.

-- Until there are `length` bytes or, without it, until the end.
local function read_plain(reader, length, limit)
	local pieces, count = { reader.buffer }, #reader.buffer
	local wanted = math.min(length or limit + 1, limit + 1)
	local why
	while count < wanted do
		pieces[#pieces + 1], why = reader:receive()
		if why then
			break
		end
		count = count + #pieces[#pieces]
	end
	local all = table.concat(pieces)
	reader.buffer = length and all:sub(length + 1) or ""
	if count > limit and (length or limit + 1) > limit then
		return all:sub(1, limit), "the body is too large", true
	elseif not length and why == "EOF" then
		return all
	end
	return length and all:sub(1, length) or all, why
end

local function read_chunked(reader, limit)
	local decoder = message.chunked_decoder()
	local pieces, bytes, why = {}, reader.buffer, nil
	while true do
		pieces[#pieces + 1] = decoder:feed(bytes)
		if decoder.total > limit then
			return table.concat(pieces):sub(1, limit), "the body is too large", true
		elseif decoder.done or decoder.failed then
			reader.buffer = decoder.rest or ""
			return table.concat(pieces), decoder.failed
		end
		bytes, why = reader:receive()
		if not bytes then
			return table.concat(pieces), why
		end
	end
end

local function read_body(reader, response, method, limit)
	local kind, length = message.body_kind(response, method)
	if kind == "none" then
		return ""
	elseif kind == "chunked" then
		return read_chunked(reader, limit)
	end
	return read_plain(reader, length, limit)
end

local window_bits = { gzip = { 47 }, ["x-gzip"] = { 47 }, deflate = { 47, -15 } }

-- At most `limit` bytes of what is packed; nil if nothing could be unpacked.
local function inflated(packed, bits, limit)
	local pieces, count, more = {}, 0, true
	pcall(function()
		local stream = zlib.inflate(packed, bits)
		while more and count <= limit do
			more = stream:read(math.min(65536, limit + 1 - count))
			pieces[#pieces + 1] = more
			count = count + #(more or "")
		end
	end)
	return count > 0 and table.concat(pieces) or nil
end

local function unpacked(packed, coding, limit)
	for _, bits in ipairs(has_zlib and window_bits[coding] or {}) do
		local plain = inflated(packed, bits, limit)
		if plain then
			return plain
		end
	end
	return nil
end

-- Takes the content codings off the body, the last one first.
local function decode_body(response, limit)
	local codings = {}
	for coding in (response.header["content-encoding"] or ""):gmatch("[^%s,]+") do
		table.insert(codings, 1, coding:lower())
	end
	if #codings == 0 or #codings > codings_max or response.body == "" then
		return
	end
	response.decoded, response.undecoded = {}, {}
	for _, coding in ipairs(codings) do
		local plain = #response.undecoded == 0 and unpacked(response.body, coding, limit)
		if plain then
			response.truncated = #plain > limit or response.truncated
			response.body = plain:sub(1, limit)
		end
		local list = plain and response.decoded or response.undecoded
		list[#list + 1] = coding
	end
	if #response.decoded > 0 then
		local left = table.concat(response.undecoded, ", ")
		response.header["content-encoding"] = left ~= "" and left or nil
		response.header["content-length"] = tostring(#response.body)
	end
end

--- The next response of the connection: a table as httpmessage.parse_response_head gives,
-- with body, rawbody, truncated, decoded, undecoded; or one that says what failed.
-- Options: limit (bytes of a body), truncated_ok (a larger one is cut, not a failure).
function Reader:next(method, options)
	self.deadline = nmap.clock_ms() + response_ms_max
	local response, why, part = final_head(self)
	if not response then
		return M.failure(why, part)
	end
	response["status-line"], response.reason = response["status-line"] .. "\r\n", nil
	response.rawheader[#response.rawheader + 1] = ""
	local body, too_large
	body, why, too_large = read_body(self, response, method, options.limit)
	response.rawbody, response.body, response.truncated = body, body, too_large or nil
	if why and not (too_large and options.truncated_ok) then
		return M.failure(why, response)
	end
	decode_body(response, options.limit)
	return response
end

return strict(M)
