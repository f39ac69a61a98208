-- stops the collector, and makes waste for ever
description = "stops the collector, and makes waste for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	pcall(collectgarbage, "stop")
	pcall(collectgarbage, "setpause", 100000)
	while true do
		local waste = string.rep("x", 100000) .. math.random()
	end
end
