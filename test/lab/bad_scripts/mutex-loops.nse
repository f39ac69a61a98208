-- holds a mutex, and loops for ever
local nmap = require "nmap"

description = "holds a mutex, and loops for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	nmap.mutex "lab" "lock"
	while true do end
end
