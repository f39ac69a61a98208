-- waits for the end of a line that has none
local nmap = require "nmap"

description = "waits for the end of a line that has none"
categories = {}
portrule = function() return true end

action = function(host, port)
	local socket = nmap.new_socket()
	socket:connect(host, 21002)
	local status, line = socket:receive_buf("\0\0\0", false)
	return status and "it had an end" or nil
end
