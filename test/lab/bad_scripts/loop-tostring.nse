-- its result takes for ever to be written
description = "its result takes for ever to be written"
categories = {}
portrule = function() return true end

action = function(host, port)
	return setmetatable({ a = 1 }, { __tostring = function() while true do end end })
end
