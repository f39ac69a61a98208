-- waits for a signal that nobody gives
local nmap = require "nmap"

description = "waits for a signal that nobody gives"
categories = {}
portrule = function() return true end

action = function(host, port)
	nmap.condvar(host) "wait"
	return "never"
end
