-- makes sockets for ever
local nmap = require "nmap"

description = "makes sockets for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local kept = {}
	while true do
		kept[#kept + 1] = nmap.new_socket("udp")
		kept[#kept]:bind(nil, 0)
		kept[#kept]:sendto(host, port, "lab")
	end
end
