-- dies of an error that takes for ever to be written
description = "dies of an error that takes for ever to be written"
categories = {}
portrule = function() return true end

action = function(host, port)
	error(setmetatable({}, { __tostring = function() while true do end end }))
end
