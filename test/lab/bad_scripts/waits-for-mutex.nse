-- waits for the mutex that mutex-dies and mutex-loops hold
local nmap = require "nmap"
local stdnse = require "stdnse"
description = "waits for a mutex that another script holds"
categories = {}
portrule = function() return true end

action = function()
	stdnse.sleep(0.1)
	local mutex = nmap.mutex "lab"
	mutex "lock"
	mutex "done"
	return "it was given"
end
