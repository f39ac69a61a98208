-- opens sockets for ever
local nmap = require "nmap"

description = "opens sockets for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local kept = {}
	while true do
		local socket = nmap.new_socket()
		socket:connect(host, port)
		kept[#kept + 1] = socket
	end
end
