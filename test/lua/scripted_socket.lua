--- A socket that plays a server: installs nmap.new_socket() for tests without a network.
--   local sent = scripted.serve { "answer", function(sent) return "another" end }
-- Each receive() gives the next answer, a function's is asked with all that was sent; after
-- the last comes "TIMEOUT", or scripted.serve(answers, "EOF"). With `endless` the last answer
-- comes for ever.

local stub = require "stub"

local scripted = {}

local Socket = {}
Socket.__index = Socket

function Socket.set_timeout() return true end

function Socket:connect(host, port, protocol)
	self.log.protocol = protocol
	local refused = self.log.refused
	if refused and (refused == true or refused == protocol) then
		return nil, "ERROR"
	end
	self.open = true
	return true
end

function Socket:send(data)
	if not self.open then
		return nil, "EOF"
	end
	self.log[#self.log + 1] = data
	return true
end

function Socket:next_answer()
	local answer = self.answers[self.log.at]
	if self.log.at < #self.answers or not self.log.endless then
		self.log.at = self.log.at + 1
	end
	if type(answer) == "function" then
		answer = answer(table.concat(self.log))
	end
	return answer
end

function Socket:receive()
	self.log.received = self.log.received + 1
	local answer = self.open and self:next_answer()
	if not answer then
		return nil, self.log.ending
	end
	return true, answer
end

function Socket:receive_bytes() return self:receive() end

function Socket:receive_lines() return self:receive() end

function Socket:close()
	self.open = false
	self.log.closed = self.log.closed + 1
	return true
end

function Socket.get_info() return true, "127.0.0.1", 40000, "127.0.0.1", 1 end

--- Installs it; gives the log: what was sent, `protocol`, counts `received` and `closed`. Set
-- log.refused to true or a protocol to let connect() fail.
function scripted.serve(answers, ending, endless)
	local log = { at = 1, received = 0, closed = 0, ending = ending or "TIMEOUT", endless = endless }
	stub.nmap.new_socket = function()
		return setmetatable({ answers = answers, log = log }, Socket)
	end
	return log
end

scripted.host = { ip = "127.0.0.1", times = { timeout = 1.0 }, registry = {} }

function scripted.port(number, protocol)
	return { number = number, protocol = protocol or "tcp", state = "open", version = {} }
end

return scripted
