-- reads a stream that has no end
local nmap = require "nmap"

description = "reads a stream that has no end"
categories = {}
portrule = function() return true end

action = function(host, port)
	local socket = nmap.new_socket()
	socket:connect(host, 21002)
	while socket:receive() do end
	return "it had an end"
end
