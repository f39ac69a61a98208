-- reads a file
description = "reads a file"
categories = {}
portrule = function() return true end

action = function(host, port)
	local file = io.open("/etc/hostname")
	return file and file:read() and "done" or "refused"
end
