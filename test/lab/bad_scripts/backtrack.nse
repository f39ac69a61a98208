-- has a pattern that takes for ever
description = "has a pattern that takes for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local text = string.rep("a", 50000)
	return text:find(".-.-.-.-.-.-.-b")
end
