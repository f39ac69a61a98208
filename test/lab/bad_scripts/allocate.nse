-- allocates for ever
description = "allocates for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local kept = {}
	while true do
		kept[#kept + 1] = { #kept }
	end
end
