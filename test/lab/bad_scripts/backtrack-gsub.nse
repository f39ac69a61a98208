-- has a replacement that takes for ever, and catches what stops it
description = "has a replacement that takes for ever, and catches what stops it"
categories = {}
portrule = function() return true end

action = function(host, port)
	while true do
		pcall(string.gsub, string.rep("a", 30000) , "(a*)(a*)(a*)(a*)b", "%1")
		pcall(string.match, string.rep("(", 30000), "%b()%b()%b()x")
	end
end
