-- leaves finalizers that loop for ever
description = "leaves finalizers that loop for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	for _ = 1, 100 do
		setmetatable({}, { __gc = function() while true do end end })
	end
	collectgarbage()
	collectgarbage()
	while true do
		local waste = { {} }
	end
end
