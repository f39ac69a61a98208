-- has a result that is in itself
description = "has a result that is in itself"
categories = {}
portrule = function() return true end

action = function(host, port)
	local result = {}
	result.again = result
	result[1] = { result }
	return result
end
