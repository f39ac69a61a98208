-- holds a mutex, and dies
local nmap = require "nmap"
local stdnse = require "stdnse"

description = "holds a mutex, and dies"
categories = {}
portrule = function() return true end

action = function(host, port)
	nmap.mutex "lab" "lock"
	stdnse.sleep(0.5)
	error("it dies")
end
