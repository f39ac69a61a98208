-- runs a program
description = "runs a program"
categories = {}
portrule = function() return true end

action = function(host, port)
	local ok, done = pcall(os.execute, "true")
	return ok and done and "done" or "refused"
end
