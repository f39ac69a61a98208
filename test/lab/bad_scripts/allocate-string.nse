-- doubles a string for ever
description = "doubles a string for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local text = "lab"
	while true do
		text = text .. text
	end
end
