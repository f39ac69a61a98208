-- Lists the methods that a SIP server allows.
-- Example: portolan -sU -p5060 --script sip-methods 192.0.2.1

local nmap = require "nmap"
local outlib = require "outlib"
local shortport = require "shortport"
local sip = require "sip"
local stdnse = require "stdnse"

description = "Asks a SIP server with OPTIONS which methods it allows."
author = "portolan"
license = "same as portolan's"
categories = { "default", "safe", "discovery" }

portrule = shortport.port_or_service(5060, "sip", { "tcp", "udp" })

local answers_max = 4

-- The final response; a server may tell first that it tries.
local function receive(socket)
	for _ = 1, answers_max do
		local ok, text = socket:receive()
		local response = ok and sip.parse_response(text)
		if not ok or response and response.status >= 200 then
			return response or nil
		end
	end
end

action = function(host, port)
	local socket = nmap.new_socket(port.protocol)
	socket:set_timeout(stdnse.get_timeout(host, 6000, 3000))
	local response = nil
	if socket:connect(host, port, port.protocol) then
		local _, address, number = socket:get_info()
		local request = sip.build_options(port.protocol, address, number, host.ip, port.number)
		response = socket:send(request) and receive(socket) or nil
	end
	socket:close()
	if not response then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	local methods = sip.methods(response.header.allow)
	return #methods > 0 and outlib.list_sep(methods) or nil
end
