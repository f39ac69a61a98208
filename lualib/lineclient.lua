--- lineclient: a connection to a server that speaks in lines (mail, FTP), in clear or in TLS.
--   local conn, err = lineclient.connect(host, port)
--   local line = conn:line()       -- without its line end; nil and why not
--   conn:send "QUIT\r\n"
--   conn:close()
-- A line is at most 4096 bytes here: a longer one comes in pieces. It comes within ten seconds,
-- and so does an answer, or what has come by then is taken for it.

local bytestream = require "bytestream"
local match = require "match"
local nmap = require "nmap"
local strict = require "strict"
local setmetatable = setmetatable

local M = {}

local line_bytes_max = 4096
-- A server may send these before it is asked for anything; none sends more.
local lines_max = 200
local seconds_max = 10
local timeout_ms = 8000

local Connection = {}
Connection.__index = Connection

-- What receive_buf takes for the end of a line.
local function line_end(buffer)
	local at = buffer:find("\n", 1, true)
	if at and at <= line_bytes_max then
		return at, at
	elseif #buffer >= line_bytes_max then
		return line_bytes_max, line_bytes_max
	end
	return nil
end

--- The next line of a socket, without its line end; nil and the error. `ends`: on nmap.clock().
function M.read(socket, ends)
	local delimiter = match.within(line_end, ends or nmap.clock() + seconds_max)
	local ok, line = socket:receive_buf(delimiter, true)
	if not ok then
		return nil, line or "ERROR"
	end
	return (line:gsub("\r?\n$", ""))
end

--- Lines until one of which last(line) is true, that one included; nil, the error and the lines
-- until there.
function M.read_until(socket, last)
	local lines, ends = {}, nmap.clock() + seconds_max
	for i = 1, lines_max do
		local line, err = M.read(socket, ends)
		if line and nmap.clock() > ends and not last(line) then
			return nil, "TIMEOUT", lines
		elseif not line then
			return nil, err, lines
		end
		lines[i] = line
		if last(line) then
			return lines
		end
	end
	return nil, "too many lines", lines
end

function Connection:line()
	return M.read(self.socket)
end

function Connection:lines_until(last)
	return M.read_until(self.socket, last)
end

function Connection:send(text)
	return self.socket:send(text)
end

--- Sends a command; gives the lines of the answer.
function Connection:ask(command, last)
	local ok, err = self:send(command .. "\r\n")
	if not ok then
		return nil, err
	end
	return self:lines_until(last)
end

--- Goes on in TLS.
function Connection:starttls()
	local ok, err = self.socket:reconnect_ssl()
	self.tls = ok and true or self.tls
	return ok, err
end

function Connection:close()
	self.socket:close()
end

--- Connects; in TLS where version detection or the port's number says so (bytestream). Options: timeout (milliseconds), tls (true or false: what is known). nil and the error.
function M.connect(host, port, options)
	options = options or {}
	local protocol = nil
	if options.tls ~= nil then
		protocol = options.tls and "ssl" or "tcp"
	end
	local socket, tls = bytestream.connect(host, port, { protocol = protocol, timeout = options.timeout or timeout_ms })
	if not socket then
		return nil, tls
	end
	return setmetatable({ socket = socket, tls = tls }, Connection)
end

--- The same, and takes the greeting: the connection and that line; nil and why not, which is
-- `stranger` when is_greeting(line) says no.
function M.greeted(host, port, options, is_greeting, stranger)
	local conn, err = M.connect(host, port, options)
	if not conn then
		return nil, err
	end
	local greeting, reason = conn:line()
	if not greeting or not is_greeting(greeting) then
		conn:close()
		return nil, reason or stranger
	end
	return conn, greeting
end

return strict(M)
