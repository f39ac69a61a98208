-- its rule loops for ever
description = "its rule loops for ever"
categories = {}
portrule = function() while true do end end

action = function(host, port)
	return "never"
end
