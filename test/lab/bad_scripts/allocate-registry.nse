-- fills what all scripts share, for ever
local nmap = require "nmap"

description = "fills what all scripts share, for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	nmap.registry.lab = {}
	while true do
		table.insert(nmap.registry.lab, string.rep("x", 10000) .. #nmap.registry.lab)
	end
end
