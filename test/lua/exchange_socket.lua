--- A socket that plays a script: answers to what is sent, from a table of exchanges
-- { expected-pattern-or-nil, answer } in order. Its state: sent (all that was sent), tls, closed.
--   local socket = fake_socket.new { { nil, "220 hi\r\n" }, { "^QUIT", "221 bye\r\n" } }
-- fake_socket.play(script) makes nmap.new_socket() give such sockets, one script each.

local stub = require "stub"

local M = {}
local Socket = {}
Socket.__index = Socket

function M.new(exchanges)
	local socket = setmetatable({ exchanges = exchanges, at = 1, pending = "", sent = {} }, Socket)
	socket:advance(nil)
	return socket
end

-- The answer of the next exchange if that one waits for this text (nil: for nothing).
function Socket:advance(text)
	local exchange = self.exchanges[self.at]
	if not exchange then
		return
	end
	local expected = exchange[1]
	if (expected == nil and text == nil) or (expected and text and text:find(expected)) then
		self.at = self.at + 1
		self.pending = self.pending .. exchange[2]
		self:advance(nil)
	end
end

function Socket:connect(_, _, protocol)
	self.tls = protocol == "ssl"
	return true
end

function Socket:reconnect_ssl()
	self.tls = true
	self:advance(nil)
	return true
end

function Socket:set_timeout() return true end
function Socket:close() self.closed = true return true end
function Socket:get_info() return true, "127.0.0.1", 40000, "127.0.0.1", 25 end
function Socket:get_ssl_certificate() return self.certificate end

function Socket:send(text)
	self.sent[#self.sent + 1] = text
	self:advance(text)
	return true
end

function Socket:receive()
	if self.pending == "" then
		return nil, "EOF"
	end
	local out = self.pending
	self.pending = ""
	return true, out
end

function Socket:receive_bytes() return self:receive() end
function Socket:receive_lines() return self:receive() end

function Socket:receive_buf(delimiter, keep)
	local first, last
	if type(delimiter) == "function" then
		first, last = delimiter(self.pending)
	else
		first, last = self.pending:find(delimiter)
	end
	if not first then
		return nil, "EOF"
	end
	local out = self.pending:sub(1, keep and last or first - 1)
	self.pending = self.pending:sub(last + 1)
	return true, out
end

--- The sockets that a module will open play these scripts, one after the other.
function M.play(...)
	local scripts, made = { ... }, {}
	stub.nmap.new_socket = function()
		local socket = M.new(scripts[#made + 1] or {})
		made[#made + 1] = socket
		return socket
	end
	return made
end

return M
