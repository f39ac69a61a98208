--- stream: whole messages over a TCP connection: stream.open(), then send(), bytes(count),
-- line(), close(). No more than a bound is ever kept of what a server sends, and after half a
-- minute nothing more is waited for.

local match = require "match"
local nmap = require "nmap"
local stdnse = require "stdnse"
local strict = require "strict"
local setmetatable = setmetatable

local M = {}

local bytes_max, line_max, seconds_max = 1 << 20, 8192, 30

local stream = {}
stream.__index = stream

--- A connection; nil and why not. Options: timeout (milliseconds for each answer), ssl, socket
-- (one that is connected).
function M.open(host, port, options)
	local self = setmetatable({ socket = options and options.socket or nmap.new_socket(),
		ends = nmap.clock() + seconds_max }, stream)
	self.socket:set_timeout(options and options.timeout or stdnse.get_timeout(host, 8000, 2000))
	if not (options and options.socket) then
		local ok, why = self.socket:connect(host, port, options and options.ssl and "ssl" or "tcp")
		if not ok then
			self.socket:close()
			return nil, why
		end
	end
	return self
end

--- Whether the bytes were sent.
function stream:send(bytes)
	return (self.socket:send(bytes))
end

-- What the delimiter ends; nil when it does not come in time.
local function receive(self, delimiter)
	if nmap.clock() > self.ends then
		return nil
	end
	local ok, bytes = self.socket:receive_buf(match.within(delimiter, self.ends), true)
	return ok and bytes or nil
end

--- Exactly that many bytes; nil when they do not come, or when nobody should want so many.
function stream:bytes(count)
	if count == 0 then
		return ""
	elseif count < 0 or count > bytes_max then
		return nil
	end
	local bytes = receive(self, match.numbytes(count))
	return bytes and #bytes == count and bytes or nil
end

--- A line without its end; of one longer than 8 KiB its beginning. nil when none comes.
function stream:line()
	local line = receive(self, match.pattern_limit("\n", line_max))
	return line and line:gsub("\r?\n$", "") or nil
end

--- What has come, at least a byte; nil at the end. Not after bytes() or line().
function stream:some()
	local ok, bytes = self.socket:receive()
	return ok and bytes or nil
end

function stream:close()
	return self.socket:close()
end

return strict(M)
