-- recurses for ever
description = "recurses for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local function again(n)
		return 1 + again(n + 1)
	end
	return again(1)
end
