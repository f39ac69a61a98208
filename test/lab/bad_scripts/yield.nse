-- yields to nobody
description = "yields to nobody"
categories = {}
portrule = function() return true end

action = function(host, port)
	coroutine.yield()
	return "yielded"
end
