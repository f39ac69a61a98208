-- loops for ever, and catches what stops it
description = "loops for ever, and catches what stops it"
categories = {}
portrule = function() return true end

action = function(host, port)
	local function try()
		while true do
			pcall(function() while true do end end)
		end
	end
	while true do
		pcall(try)
		xpcall(try, function() while true do end end)
	end
end
