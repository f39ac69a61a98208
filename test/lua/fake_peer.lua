--- Sockets for tests (fake_socket.lua has those that follow a script): what the script sends is kept, what it receives is what the test says.
-- peer.install(function(sent, socket) return list end): called for each thing that is sent, its
-- list of texts is what the socket receives next; a text false ends it.

local stub = require "stub"

local peer = {}
local socket = {}
socket.__index = socket

function socket:set_timeout() return true end
function socket:close() return true end
function socket:bind() return true end
function socket:get_info() return true, "10.0.0.2", 50000, peer.from or "10.0.0.1", 53 end

function socket:connect(_, _, protocol)
	self.protocol = protocol or self.protocol
	if peer.refuses then
		return nil, "ERROR"
	end
	self:hear("")
	return true
end

function socket:reconnect_ssl() return true end

function socket:hear(bytes)
	for _, text in ipairs(peer.answer(bytes, self) or {}) do
		self.queue[#self.queue + 1] = text
	end
end

function socket:send(bytes)
	peer.sent[#peer.sent + 1] = bytes
	self:hear(bytes)
	return true
end

function socket:sendto(_, _, bytes)
	return self:send(bytes)
end

function socket:receive()
	local text = table.remove(self.queue, 1)
	if not text then
		return nil, text == false and "EOF" or "TIMEOUT"
	end
	return true, text
end

function socket:receive_bytes() return self:receive() end
function socket:receive_lines() return self:receive() end

function socket:receive_buf(delimiter, keep)
	for _ = 1, 10000 do
		local first, last
		if type(delimiter) == "function" then
			first, last = delimiter(self.buffer)
		else
			first, last = self.buffer:find(delimiter)
		end
		if first then
			local text = self.buffer:sub(1, keep and last or first - 1)
			self.buffer = self.buffer:sub(last + 1)
			return true, text
		end
		local ok, text = self:receive()
		if not ok then
			return nil, text
		end
		self.buffer = self.buffer .. text
	end
	error "no end of receive_buf"
end

--- From now on new sockets are answered by that function, until the test's end.
function peer.install(answer)
	peer.answer, peer.sent, peer.refuses = answer, {}, false
	stub.nmap.new_socket = function(protocol)
		return setmetatable({ queue = {}, buffer = "", protocol = protocol or "tcp" }, socket)
	end
	stub.nmap.timing_level = function() return 3 end
	stub.nmap.get_dns_servers = function() return { "10.0.0.1" } end
	-- Time goes on, so that what waits for its end gets there.
	local now = 0
	stub.nmap.clock_ms = function()
		now = now + 5
		return now
	end
end

return peer
