-- allocates for ever, and catches what stops it
description = "allocates for ever, and catches what stops it"
categories = {}
portrule = function() return true end

action = function(host, port)
	kept = {}
	while true do
		pcall(function()
			while true do
				kept[#kept + 1] = string.rep("x", 100000) .. #kept
			end
		end)
	end
end
