-- has a huge result
description = "has a huge result"
categories = {}
portrule = function() return true end

action = function(host, port)
	local result = {}
	for i = 1, 20000000 do
		result[i] = "entry " .. i
	end
	return result
end
