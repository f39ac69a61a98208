--- ajp: requests of AJP13, as a web server passes them to a servlet container, and the answers.
-- ajp.request(host, port, "OPTIONS", "/") asks; no secret, no attributes.

local bytestream = require "bytestream"
local strict = require "strict"
local ipairs, string, table = ipairs, string, table

local M = {}

local methods = { OPTIONS = 1, GET = 2, HEAD = 3, POST = 4, PUT = 5, DELETE = 6, TRACE = 7 }
local headers_max, packets_max, packet_max, body_max = 100, 200, 65535, 1 << 16

-- Headers of an answer that have a number.
local header_names = { "Content-Type", "Content-Language", "Content-Length", "Date", "Last-Modified", "Location",
	"Set-Cookie", "Set-Cookie2", "Servlet-Engine", "Status", "WWW-Authenticate" }

local function text(value)
	return string.pack(">s2", value) .. "\0"
end

--- A request without a body; nil for a method that is not known.
function M.build_request(method, path, server, port)
	if not methods[method] then
		return nil
	end
	local headers = "\xa0\11" .. text(server) .. "\xa0\14" .. text "portolan" .. "\xa0\8" .. text "0"
	local body = "\2" .. string.char(methods[method]) .. text "HTTP/1.1" .. text(path) .. text "127.0.0.1" ..
		"\xff\xff" .. text(server) .. string.pack(">I2BI2", port, 0, 3) .. headers .. "\xff"
	return "\x12\x34" .. string.pack(">s2", body)
end

-- A counted text at a position and the position behind it; nil if it is cut off.
local function read_text(bytes, at)
	if at + 1 > #bytes then
		return nil, at
	end
	local length = string.unpack(">I2", bytes, at)
	if length == 0xffff then
		return "", at + 2
	elseif at + 1 + length > #bytes then
		return nil, at
	end
	return bytes:sub(at + 2, at + 1 + length), at + 3 + length
end

local function read_name(bytes, at)
	if bytes:byte(at) == 0xa0 then
		local number = bytes:byte(at + 1)
		return number and (header_names[number] or string.format("Header-%d", number)), at + 2
	end
	return read_text(bytes, at)
end

--- The head of an answer (what follows the length, type 4): {status, reason, headers = list of
-- {name, value}}; nil if it is none.
function M.parse_headers(bytes)
	if bytes:byte(1) ~= 4 or #bytes < 7 then
		return nil
	end
	local status = string.unpack(">I2", bytes, 2)
	local reason, at = read_text(bytes, 4)
	if not reason or at + 1 > #bytes then
		return nil
	end
	local count, list = string.unpack(">I2", bytes, at), {}
	at = at + 2
	for i = 1, count <= headers_max and count or 0 do
		local name, value = nil, nil
		name, at = read_name(bytes, at)
		if name then
			value, at = read_text(bytes, at)
		end
		if not value then
			break
		end
		list[i] = { name, value }
	end
	return { status = status, reason = reason, headers = list }
end

local function rest_of(head)
	local length = string.unpack(">I2", head, 3)
	return head:sub(1, 2) == "AB" and length > 0 and length <= packet_max and length or nil
end

-- The next packet's type and content; nil at the end.
local function receive(connection)
	local head, bytes = connection:framed(4, rest_of)
	if not head then
		return nil
	end
	return bytes:byte(1), bytes
end

local function receive_answer(connection)
	local answer, body, size = nil, {}, 0
	for _ = 1, packets_max do
		local kind, bytes = receive(connection)
		if kind == 4 then
			answer = M.parse_headers(bytes)
		elseif kind == 3 and size < body_max then
			local chunk = read_text(bytes, 2) or ""
			size, body[#body + 1] = size + #chunk, chunk
		elseif not kind or kind == 5 then
			break
		end
	end
	if answer then
		answer.body = table.concat(body)
	end
	return answer
end

--- Asks for a path: {status, reason, headers, body}; nil when there is no answer.
function M.request(host, port, method, path)
	local bytes = M.build_request(method, path or "/", host.targetname or host.ip, port.number)
	local connection = bytes and bytestream.open(host, port)
	if not connection then
		return nil
	end
	local answer = connection:send(bytes) and receive_answer(connection) or nil
	connection:close()
	return answer
end

--- The value of a header, whatever its case.
function M.header(answer, name)
	for _, pair in ipairs(answer.headers) do
		if pair[1]:lower() == name:lower() then
			return pair[2]
		end
	end
end

return strict(M)
