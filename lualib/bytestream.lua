--- bytestream: a connection that is read by counts of bytes and by lines, within limits: a
-- server that sends without end, or a byte now and then, is left alone after `most` bytes
-- and `seconds`. All functions give nil and why on failure; what came by then is still there
-- for stream:rest().
--   local stream = bytestream.open(host, port)
--   if stream and stream:send("stats\r\n") then local line = stream:line() end

local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local strict = require "strict"
local math, setmetatable, type = math, setmetatable, type

local M = {}

local default_most, default_seconds, default_timeout_ms = 1 << 20, 30, 8000

local Stream = {}
Stream.__index = Stream

--- A stream over an open socket. Options: most, seconds.
function M.wrap(socket, options)
	options = options or {}
	return setmetatable({
		socket = socket, tls = false, buffer = "", at = 1, received = 0, most = options.most or default_most,
		ends = nmap.clock() + (options.seconds or default_seconds),
	}, Stream)
end

-- Ports of TLS beside those that shortport knows.
local tls_ports = { [5671] = true }

-- "ssl" where version detection found TLS, and where that did not look, by the port.
local function protocol_of(host, port)
	if type(port) ~= "table" then
		return "tcp"
	end
	local version = port.version or {}
	local guessed = (version.name_confidence or 0) <= 3 and port.protocol == "tcp" and
		(tls_ports[port.number] or shortport.ssl(host, port))
	if version.service_tunnel == "ssl" or guessed then
		return "ssl", guessed
	end
	return port.protocol or "tcp"
end

local function try(host, port, protocol, timeout)
	local socket = nmap.new_socket(protocol == "udp" and "udp" or "tcp")
	socket:set_timeout(timeout)
	local ok, why = socket:connect(host, port, protocol)
	if not ok then
		socket:close()
		return nil, why or "ERROR"
	end
	return socket
end

--- A connected socket and whether it is TLS; nil and why not. Options: protocol ("tcp", "udp",
-- "ssl"; by default as the port was found or is likely to be), timeout (milliseconds).
function M.connect(host, port, options)
	local timeout = options.timeout or stdnse.get_timeout(host, default_timeout_ms, 2000)
	local protocol, guessed = options.protocol, false
	if not protocol then
		protocol, guessed = protocol_of(host, port)
	end
	local socket, why = try(host, port, protocol, timeout)
	if not socket and guessed then
		protocol = "tcp"
		socket, why = try(host, port, protocol, timeout)
	end
	if not socket then
		return nil, why
	end
	return socket, protocol == "ssl"
end

--- A stream over a new connection. Options: of connect() and of wrap(). stream.tls says whether
-- it is TLS.
function M.open(host, port, options)
	options = options or {}
	local socket, tls = M.connect(host, port, options)
	if not socket then
		return nil, tls
	end
	local stream = M.wrap(socket, options)
	stream.tls = tls
	return stream
end

function Stream:send(data)
	local ok, why = self.socket:send(data)
	if not ok then
		return nil, why
	end
	return true
end

-- One more receive into the buffer.
function Stream:fill()
	if self.received >= self.most then
		return nil, "too long"
	elseif nmap.clock() > self.ends then
		return nil, "TIMEOUT"
	end
	local ok, data = self.socket:receive()
	if not ok then
		return nil, data or "ERROR"
	end
	self.received = self.received + #data
	self.buffer = self.buffer:sub(self.at) .. data
	self.at = 1
	return true
end

local function take(stream, count)
	local data = stream.buffer:sub(stream.at, stream.at + count - 1)
	stream.at = stream.at + #data
	return data
end

local function waiting(stream)
	return #stream.buffer - stream.at + 1
end

--- Exactly that many bytes.
function Stream:read(count)
	if count < 0 or count > self.most then
		return nil, "too long"
	end
	while waiting(self) < count do
		local ok, why = self:fill()
		if not ok then
			return nil, why
		end
	end
	return take(self, count)
end

--- A head of that many bytes and what follows it: rest_of(head) tells how many bytes that are,
-- or nil and what is wrong with the head.
function Stream:framed(count, rest_of)
	local head, why = self:read(count)
	if not head then
		return nil, why
	end
	local length, rest = nil, nil
	length, why = rest_of(head)
	if length then
		rest, why = self:read(length)
	end
	return rest and head, rest or why
end

--- Sends a question, and gives the head and the rest of the answer.
function Stream:ask(data, count, rest_of)
	local ok, why = self:send(data)
	if not ok then
		return nil, why
	end
	return self:framed(count, rest_of)
end

--- What is up to (and without) a text.
function Stream:until_text(ending)
	local searched = 0
	while true do
		local first = self.buffer:find(ending, self.at + searched, true)
		if first then
			local text = take(self, first - self.at)
			take(self, #ending)
			return text
		end
		searched = math.max(0, waiting(self) - #ending + 1)
		local ok, why = self:fill()
		if not ok then
			return nil, why
		end
	end
end

--- The next line, without its end.
function Stream:line()
	local line, why = self:until_text("\n")
	if not line then
		return nil, why
	end
	return (line:gsub("\r$", ""))
end

--- What has come, else what comes next: of UDP, a datagram.
function Stream:some()
	if waiting(self) == 0 then
		local ok, why = self:fill()
		if not ok then
			return nil, why
		end
	end
	return take(self, waiting(self))
end

--- All until the other side closes or says nothing more.
function Stream:rest()
	while self:fill() do end
	return take(self, waiting(self))
end

function Stream:close()
	return self.socket:close()
end

return strict(M)
