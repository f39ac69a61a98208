-- loops for ever
description = "loops for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	while true do end
end
