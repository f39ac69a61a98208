-- writes for ever
local nmap = require "nmap"

description = "writes for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local socket = nmap.new_socket()
	socket:connect(host, 21005)
	local data = string.rep("lab", 10000)
	while true do
		socket:send(data)
		socket:receive_bytes(1)
	end
end
