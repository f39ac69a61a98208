-- loops for ever in a text that it loads
description = "loops for ever in a text that it loads"
categories = {}
portrule = function() return true end

action = function(host, port)
	load("while true do end")()
end
