-- its result has entries without end
description = "its result has entries without end"
categories = {}
portrule = function() return true end

action = function(host, port)
	return setmetatable({}, { __pairs = function()
		local number = 0
		return function()
			number = number + 1
			return "k" .. number, number
		end
	end })
end
