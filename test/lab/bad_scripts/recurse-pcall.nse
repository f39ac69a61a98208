-- recurses for ever through pcall, and again in the handler
description = "recurses for ever through pcall, and again in the handler"
categories = {}
portrule = function() return true end

action = function(host, port)
	local function again()
		xpcall(again, again)
		return pcall(again)
	end
	while true do
		again()
	end
end
