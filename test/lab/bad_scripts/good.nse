-- what every script of a run may count on
local nmap = require "nmap"
local stdnse = require "stdnse"
description = "says that it ran, after it has waited"
categories = {}
portrule = function() return true end

action = function(host, port)
	stdnse.sleep(0.3)
	local socket = nmap.new_socket()
	local connected = socket:connect(host, port)
	socket:close()
	local text = ("lab"):rep(3):find("b", 1, true)
	return { ran = true, connected = connected, found = text }
end
